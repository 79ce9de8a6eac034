#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The man pages: nothing that mandoc or man would warn of, and libdaotp(3) has each public name.
#   man.sh BUILD SOURCE
set -u
pages=("$2/docs/man/daotp.1" "$1/docs/libdaotp.3" "$1/docs/daotp.conf.5") bad=0
for page in "${pages[@]}"; do
	[ -s "$page" ] || { echo "not ok - there is no $page"; exit 1; }
done
if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "${pages[@]}" || { bad=1; echo 'not ok - mandoc'; }
else
	echo '# no mandoc'
fi
for page in "${pages[@]}"; do
	said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
	[ -z "$said" ] || { bad=1; echo "not ok - man: $said"; }
done
missing=$(comm -23 <(cut -d ' ' -f 1 "$2/tests/abi/ledger.txt" | LC_ALL=C sort -u) \
    <(sed -n 's/^\.Fn \(daotp_[a-z0-9_]*\).*/\1/p' "${pages[1]}" | LC_ALL=C sort -u))
[ -z "$missing" ] || { bad=1; echo "not ok - libdaotp(3) has not:" $missing; }
[ $bad = 1 ] || echo 'ok - man pages'
exit $bad
