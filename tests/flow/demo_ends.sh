#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# daotp demo ends whole: nothing runs and no file stays when nobody reads its output on, the folder is
# made where TMPDIR says, and without a KDC the logon alone is left out.
#
#   demo_ends.sh DAOTP
set -u
tool=$1 bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

ok() { echo "ok - $*"; }
not_ok() { bad=1; echo "not ok - $*"; }

# processes that were started with a path below the work folder
count_left() { grep -slF -f <(echo "$work") /proc/[0-9]*/cmdline 2>/dev/null | wc -l; }

for lines in 1 4 10; do
	"$tool" demo 2>/dev/null | head -n $lines >/dev/null
	for _ in $(seq 50); do
		[ "$(count_left)" != 0 ] || break
		sleep 0.1
	done
	if [ "$(count_left)" = 0 ] && [ -z "$(ls "$work")" ]; then
		ok "nothing is left after demo | head -n $lines"
	else
		not_ok "after demo | head -n $lines: $(count_left) processes, files: $(ls "$work")"
	fi
done

if "$tool" demo --no-kdc --no-radius >"$work/said" 2>&1 && grep -q 'The logon was left out' "$work/said" &&
    grep -q 'The demo succeeded' "$work/said"; then
	ok 'without a KDC the logon is left out by name'
else
	not_ok 'without a KDC'
	tail -5 "$work/said"
fi
for way in rpc dcom; do
	if ! command -v krb5kdc >/dev/null && ! [ -x /usr/sbin/krb5kdc ]; then
		echo "skipped: demo --ca $way without a KDC"
	elif "$tool" demo --ca $way --no-radius >"$work/said" 2>&1 && grep -q 'LOGON-TICKET' "$work/said" &&
	    grep -q 'The demo succeeded' "$work/said"; then
		ok "from the code to a Kerberos ticket, the CA asked by $way"
	else
		not_ok "demo --ca $way"
		tail -20 "$work/said"
	fi
done
exit $bad
