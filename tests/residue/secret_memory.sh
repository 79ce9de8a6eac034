#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# secret_memory against the lab: good and failed enrolments, TLS 1.2 and 1.3.
#   secret_memory.sh DAOTP SECRET_MEMORY RADIUS_ACCEPT
set -euo pipefail
daotp=$1 program=$2 radius_accept=$3
dir=$(mktemp -d /tmp/daotp-residue.XXXXXX)
serve= radius=
finish() {
	[ -z "$radius" ] || kill "$radius" 2>/dev/null || :
	[ -z "$serve" ] || { kill "$serve" 2>/dev/null || :; wait "$serve" 2>/dev/null || :; }
	"$daotp" lab down "$dir" >/dev/null 2>&1 || :
	rm -rf "$dir"
}
trap finish EXIT

otp=Otp$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
password='Pw&<'$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
mask() { printf %s "$1" | python3 -c 'import sys; sys.stdout.buffer.write(bytes(b ^ 0x5A for b in sys.stdin.buffer.read()))'; }
mask "$otp" >"$dir.otp"; mask "$password" >"$dir.pw"
trap 'finish; rm -f "$dir.otp" "$dir.pw"' EXIT
unset otp

"$daotp" lab up "$dir" >/dev/null
. "$dir/env"
# alice's password becomes the marked one
PW=$password python3 - "$dir/users.txt" <<'P'
import os, sys
path = sys.argv[1]
lines = open(path).read().split("\n")
for i, line in enumerate(lines):
    if line.startswith("alice:"):
        lines[i] = line.replace("alice-password", os.environ["PW"])
open(path, "w").write("\n".join(lines))
P
# and at the KDC too, where the lab has one
if [ -n "${LAB_KDC:-}" ]; then
	PATH=$PATH:/usr/sbin KRB5_KDC_PROFILE=$dir/kdc/kdc.conf kadmin.local >/dev/null <<<"cpw -pw \"$password\" alice"
fi
unset password
start() { # OPTION...: our responder
	rm -f "$dir/serve.port"
	"$daotp" serve --listen 127.0.0.1:0 --port-file "$dir/serve.port" --cert "$dir/pki/server.pem" \
	    --key "$dir/pki/server.key" --client-ca "$dir/pki/root.pem" --ra-cert "$dir/pki/ra.pem" \
	    --ra-key "$dir/pki/ra.key" --template "$LAB_TEMPLATE" --users "$dir/users.txt" --quiet "$@" &
	serve=$!
	for _ in $(seq 100); do [ ! -s "$dir/serve.port" ] || break; sleep 0.05; done
	export SERVE_URL=https://localhost:$(cat "$dir/serve.port")/otp
}
stop() { kill "$serve"; wait "$serve" 2>/dev/null || :; serve=; }

export MARK_OTP=$dir.otp MARK_PASSWORD=$dir.pw
n=0 bad=0
try() { # WHAT STATUS...
	local what=$1
	shift
	n=$((n + 1))
	if "$program" "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; bad=1; fi
}
# an OTP server for which every code is right
(umask 077 && head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$dir/radius.accept")
"$radius_accept" "$dir/radius.accept" "$dir/radius.port" &
radius=$!
for _ in $(seq 100); do [ ! -s "$dir/radius.port" ] || break; sleep 0.05; done
start --radius "127.0.0.1:$(cat "$dir/radius.port")" --radius-secret "$dir/radius.accept" --issuing-ca "$LAB_CA_CONFIG"
for i in 1 2 3; do try "enrolled, run $i" ok; done
try 'enrolled, without a preflight' ok no-preflight
if [ -n "${LAB_KDC:-}" ]; then
	for i in 1 2 3; do try "enrolled by ICPR, run $i" ok rpc; done
	try 'enrolled by DCOM' ok dcom
	"$daotp" lab break "$dir" rpc-access >/dev/null
	try 'the CA denies access' rejected rpc
	"$daotp" lab mend "$dir" rpc-access >/dev/null
	"$daotp" lab break "$dir" kdc-down >/dev/null
	try 'the KDC is down' network rpc
	"$daotp" lab mend "$dir" kdc-down >/dev/null
fi
"$daotp" lab break "$dir" enroll-denied >/dev/null
try 'the CA refuses' rejected
"$daotp" lab mend "$dir" enroll-denied >/dev/null
"$daotp" lab break "$dir" ca-bare-fault >/dev/null
try 'the CA fails' peer
"$daotp" lab mend "$dir" ca-bare-fault >/dev/null
"$daotp" lab break "$dir" ca-down >/dev/null
try 'the CA is down' network
"$daotp" lab mend "$dir" ca-down >/dev/null
stop
start --issuing-ca "$LAB_CA_CONFIG"
try 'the code is refused' rejected
stop
exit $bad
