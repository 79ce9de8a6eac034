#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The units of `daotp serve` and of the renewal of its signing certificate: systemd has no complaint, and
# they may do little. The panels are JSON, and ask
# for metrics that there are.
#
#   serve_unit.sh DAOTP-PROGRAM SOURCE
set -u
DAOTP=$(realpath "$1") SOURCE=$(realpath "$2")
WORK=$(mktemp -d /tmp/daotp-unit.XXXXXX) || exit 70
trap 'rm -rf "$WORK"' EXIT
bad=0
result() { # WHAT FOUND: nothing is right
	if [ -z "$2" ]; then echo "ok - $1"; else echo "not ok - $1: $2"; bad=1; fi
}

while read -r name; do
	result "a panel asks for $name" \
	    "$(grep -q "\"${name#daotp_serve_}\"" "$SOURCE/examples/daotp/serve_metrics.c" || echo 'there is no such metric')"
done < <(grep -o 'daotp_serve_[a-z_]*' "$SOURCE/examples/serve/grafana.json" | sed 's/_bucket$//' | sort -u)
result 'the panels are JSON' "$(python3 -c 'import json, sys; json.load(open(sys.argv[1]))' \
    "$SOURCE/examples/serve/grafana.json" 2>&1)"
command -v systemd-analyze >/dev/null || { echo '# no systemd-analyze'; exit $bad; }
sed "s,/usr/bin/daotp,$DAOTP," "$SOURCE/examples/systemd/daotp-serve.service" >"$WORK/daotp-serve.service"
cp "$SOURCE/examples/systemd/daotp-serve.socket" "$WORK"
sed "s,/usr/bin/daotp,$DAOTP," "$SOURCE/examples/systemd/daotp-ra-renew.service" >"$WORK/daotp-ra-renew.service"
cp "$SOURCE/examples/systemd/daotp-ra-renew.timer" "$WORK"
systemd-analyze --man=no verify "$WORK"/daotp-*.* >"$WORK/verify" 2>&1
result 'systemd takes the units' "$(grep daotp "$WORK/verify")"
for unit in daotp-serve daotp-ra-renew; do
	systemd-analyze security --offline=yes --threshold=20 "$WORK/$unit.service" >"$WORK/security" 2>&1 ||
	    result "$unit may do little" "$(tail -3 "$WORK/security")"
	grep 'Overall exposure' "$WORK/security"
done
exit $bad
