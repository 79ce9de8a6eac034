#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Our client by RPC against a server that is not ours (rpc_server.py: python3-gssapi and impacket): bind by SPNEGO
# and Kerberos, header signing, sealed fragments both ways, ICPR, RemoteActivation, Ping, GetCAProperty and Request2;
# over IPv4 and, where the first address of localhost refuses, over IPv6. And what such a server may do wrong: each
# has its finding, and nothing is submitted again.
#
#   rpc_foreign_server.sh DAOTP-PROGRAM PYTHON
. "$(dirname "$0")/lib.sh"
PYTHON=$2
need kinit kvno
"$PYTHON" -c 'import gssapi, impacket' 2>/dev/null || { echo 'skipped: no python3-gssapi or no python3-impacket'; exit 77; }
lab_up
[ -n "${LAB_KDC:-}" ] || { echo 'skipped: no KDC'; exit 77; }
CA_LOG=$WORK/lab/run/ca.log
CA_NAME=${LAB_CA_CONFIG#*\\}

# What the server relays goes to the lab's CA with this cache.
log_in alice "FILE:$WORK/relay.cc"
KRB5CCNAME=FILE:$WORK/relay.cc kvno "host/localhost@$LAB_REALM" >/dev/null

LAB_MAPPER=$LAB_CA_MAPPER_PORT
serve() { # HOST: the server, asked from now on in the place of the lab's
	mode right
	spawn server env KRB5CCNAME="$WORK/relay.cc" LAB_CA_MAPPER_PORT="$LAB_MAPPER" \
	    "$PYTHON" -B "$HERE/rpc_server.py" "$WORK/lab" "$WORK/mode" "$1"
	await_file "$WORK/server.out" || { echo "not ok - the server does not start: $(cat "$WORK/server.out")"; exit 1; }
	LAB_CA_MAPPER_PORT=$(head -1 "$WORK/server.out")
	SERVER=$CHILD
}

mode() { echo "$1" >"$WORK/mode"; }

requests() { grep -c 'ces: request' "$CA_LOG"; }

said() { # WHAT TEXT: of the server, since the last call of forget
	expect_text "$1" "$2" <(tail -n "+$((SAID + 1))" "$WORK/server.out")
}

forget() { SAID=$(wc -l <"$WORK/server.out"); }

ask_ca() { # ping|info OPTION...
	local verb=$1
	shift
	field_of alice 7 >"$WORK/password"
	RC=0
	"$DAOTP" ca "$verb" --user 'LAB\alice' --realm "$LAB_REALM" --mapper-port "$LAB_CA_MAPPER_PORT" \
	    --ticket-cache "FILE:$WORK/no-cache" --password-file "$WORK/password" "$@" localhost "$CA_NAME" \
	    >"$WORK/out" 2>"$WORK/err" || RC=$?
}

what_is_right() { # FAMILY
	local way mechanism type
	for way in rpc dcom; do
		for mechanism in spnego:9 kerberos:16; do
			type=${mechanism#*:} mechanism=${mechanism%:*}
			forget
			WAY=$way enrol alice --key-kind p256 --ca-mechanism "$mechanism"
			expect_end "$1: $way, $mechanism: issued" 0
			said "$1: $way, $mechanism" "service: bind type $type level 6 header signing"
		done
		[ "$way" = rpc ] || said "$1: the call is Request2" 'service: request opnum 6'
	done
	ask_ca ping
	expect_end "$1: ping by both ways" 0
	check "$1: ping by DCOM" grep -q 'DCOM, port [0-9]*, sealed' "$WORK/out"
	forget
	ask_ca info
	expect_end "$1: info" 0
	expect_text "$1: info" "template: DAOTPLogon $LAB_TEMPLATE" "$WORK/out"
	said "$1: info" 'service: request opnum 7'
}

fragments() {
	mode fragments
	WAY=rpc enrol alice --key-kind p256
	expect_end 'an answer in fragments of 64 octets' 0
	said 'an answer in fragments of 64 octets' ' fragments'
	mode small
	forget
	WAY=dcom enrol alice --key-kind rsa2048
	expect_end 'a server that takes 2048 octets' 0
	check 'a server that takes 2048 octets: several sealed fragments' \
	    eval "tail -n +$((SAID + 1)) '$WORK/server.out' | grep -qE 'opnum 6, [2-9] fragments'"
	mode denied
	WAY=rpc enrol alice --key-kind p256
	expect_end 'an answer that impacket wrote' 1 CA-TEMPLATE-DENIED
	expect_text 'an answer that impacket wrote' 'Refused by python' "$WORK/out"
}

# 127.0.0.1 has both ports too, and takes no connection: the queue of each listener is full. It has half of the time that
# a connection may take, and ::1 the rest.
silent_first_address() {
	local began ms
	spawn full "$PYTHON" -c 'import signal, socket, sys
kept = []
for port in map(int, sys.argv[1:]):
    kept.append(socket.create_server(("127.0.0.1", port), backlog=0))
    for _ in range(4):
        kept.append(socket.socket())
        kept[-1].setblocking(False)
        kept[-1].connect_ex(("127.0.0.1", port))
print("ready", flush=True)
signal.pause()' "$LAB_CA_MAPPER_PORT" "$(sed -n 's/^ports: //p' "$WORK/server.out")"
	await_file "$WORK/full.out"
	began=$(date +%s%3N)
	ask_ca ping --way rpc
	ms=$(($(date +%s%3N) - began))
	expect_end 'the first address is silent, the second answers' 0
	check "the first address is silent: it was waited for ($ms ms)" [ "$ms" -gt 1000 ]
	reap "$CHILD"
}

# The request was carried out, and its answer cannot be trusted or does not come: it may have been issued.
lost() { # MODE CAUSE [REQUESTS]
	local before
	before=$(requests)
	mode "$1"
	WAY=auto enrol alice --key-kind p256 --ces-url "$LAB_CES"
	expect_end "$1" 2 CA-LOST
	[ -z "$2" ] || expect_finding "$1" "$2"
	expect_equal "$1: submitted so often" "${3:-1}" $(($(requests) - before))
}

# A ping carries nothing out: the fault itself is the verdict.
pinged() { # MODE FINDING
	mode "$1"
	ask_ca ping --way dcom
	check "ping, $1: it does not succeed" [ "$RC" != 0 ]
	expect_finding "ping, $1" "$2"
	check "ping, $1: no CA answers" eval "! grep -q CA-ANSWERS '$WORK/out'"
}

what_is_wrong() {
	local word
	for word in unsealed header data integrity; do
		pinged $word CA-RPC-SEAL
		lost $word CA-RPC-SEAL
	done
	for word in second-unsealed repeated swapped; do lost $word CA-RPC-SEAL; done
	for word in context type other-call; do
		pinged $word CA-RPC-MESSAGE
		lost $word CA-RPC-MESSAGE
	done
	pinged auth-context CA-RPC-SEAL
	lost half ''
	lost closed '' 0
	lost fault '' 0
	for word in unsigned-ack:CA-RPC-SEAL no-ack-token:CA-RPC-MESSAGE rejected:CA-RPC-FAULT alter-rejected:CA-RPC-FAULT \
	    ntlm:CA-NTLM nak:CA-RPC-FAULT bind-fault:CA-RPC-ACCESS fault-not-executed:CA-RPC-ACCESS; do
		pinged "${word%:*}" "${word#*:}"
	done
	mode fault-not-executed
	WAY=rpc enrol alice --key-kind p256
	expect_end 'a fault that says it did not execute' 1 CA-RPC-ACCESS
}

serve 127.0.0.1
what_is_right IPv4
fragments
what_is_wrong
expect_no_text 'the server met nothing that it does not know' Traceback "$WORK/server.out"
reap "$SERVER"
: >"$WORK/server.out"
# 127.0.0.1, the first address of localhost, refuses: ::1 is the next one
if "$PYTHON" -c 'import socket; socket.create_server(("::1", 0), family=socket.AF_INET6)' 2>/dev/null; then
	serve ::1
	what_is_right IPv6
	silent_first_address
	expect_no_text 'over IPv6 as well' Traceback "$WORK/server.out"
fi
summary
