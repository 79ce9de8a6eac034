#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The whole on one machine: install what is missing, build, start the lab, enrol a user with a
# real TOTP code, look at the certificate, log on with it.
set -euo pipefail
cd "$(dirname "$0")/.."
tests/install.sh demo
echo "Building (build/release) ..."
log=$(mktemp)
{ cmake --preset release && cmake --build --preset release --target daotp_tool; } >"$log" 2>&1 ||
	{ tail -30 "$log" >&2; rm -f "$log"; exit 70; }
rm -f "$log"
exec build/release/bin/daotp demo "$@"
