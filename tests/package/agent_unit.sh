#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The unit of `daotp agent`: systemd has no complaint, as a unit of a user. And under the filters of the unit the agent
# runs, where a service manager of the system is there to try it.
#
#   agent_unit.sh DAOTP-PROGRAM SOURCE
set -u
DAOTP=$(realpath "$1") SOURCE=$(realpath "$2")
WORK=$(mktemp -d /tmp/daotp-unit.XXXXXX) || exit 70
trap 'rm -rf "$WORK"' EXIT
command -v systemd-analyze >/dev/null || { echo '# no systemd-analyze'; exit 77; }
sed "s,/usr/bin/daotp,$DAOTP," "$SOURCE/examples/systemd/daotp-agent.service" >"$WORK/daotp-agent.service"
mkdir -m 700 "$WORK/run"
export XDG_RUNTIME_DIR=$WORK/run HOME=$WORK
systemd-analyze --user --man=no --recursive-errors=no verify "$WORK/daotp-agent.service" >"$WORK/verify" 2>&1
status=$?
if grep -q 'initialize manager' "$WORK/verify"; then # a user manager does not start here
	systemd-analyze --man=no --recursive-errors=no verify "$WORK/daotp-agent.service" >"$WORK/verify" 2>&1
	status=$?
fi
if [ $status -eq 0 ] && ! grep daotp "$WORK/verify"; then
	echo 'ok - systemd takes the unit'
else
	echo "not ok - systemd takes the unit: $status $(cat "$WORK/verify")"
	exit 1
fi
