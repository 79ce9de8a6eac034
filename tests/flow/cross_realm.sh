#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# User and CA in different realms: the ticket for the CA's host is fetched from realm to realm, each
# KDC asked over our own connections. Two and three realms of an MIT KDC, on ports of this test.
#
#   cross_realm.sh RPC-PROBE
. "$(dirname "$0")/lib.sh"
need krb5kdc kdb5_util kadmin.local
PROBE=$DAOTP D=$WORK KDCS=()
REALMS=(USER.EXAMPLE HUB.EXAMPLE CA.EXAMPLE)

# one KDC a realm; the user's one refers hosts of ca.example to the realm that is next on the way
make_realm() { # INDEX
	local realm=${REALMS[$1]} port=${PORTS[$1]} dir=$D/${REALMS[$1]}
	mkdir "$dir"
	cat >"$dir/kdc.conf" <<-X
		[kdcdefaults]
		 kdc_listen = 127.0.0.1:$port
		 kdc_tcp_listen = 127.0.0.1:$port
		 spake_preauth_kdc_challenge = edwards25519
		[realms]
		 $realm = {
		  database_name = $dir/principal
		  key_stash_file = $dir/stash
		  acl_file = $dir/acl
		 }
		[logging]
		 kdc = FILE:$dir/kdc.log
	X
	cat >"$dir/krb5.conf" <<-X
		[libdefaults]
		 default_realm = $realm
		 dns_lookup_kdc = false
		[domain_realm]
		 .ca.example = CA.EXAMPLE
		 .loop.example = ${REALMS[$1 == 0 ? 1 : 0]}
		[capaths]
		 USER.EXAMPLE = {
		  CA.EXAMPLE = HUB.EXAMPLE
		 }
	X
	in_realm "$1" kdb5_util -r "$realm" create -s -P master >/dev/null 2>&1
}

in_realm() { # INDEX COMMAND...
	local dir=$D/${REALMS[$1]}
	shift
	KRB5_CONFIG=$dir/krb5.conf KRB5_KDC_PROFILE=$dir/kdc.conf "$@"
}

trust() { # INDEX OF INDEX: who has a ticket of the first is known to the second
	local name=krbtgt/${REALMS[$2]}@${REALMS[$1]} realm
	for realm in "$1" "$2"; do
		in_realm "$realm" kadmin.local >/dev/null 2>&1 <<<"addprinc -pw between-$1-$2 $name"
	done
}

PORTS=("$(free_port)" "$(free_port)" "$(free_port)")
for i in 0 1 2; do make_realm $i; done
trust 0 1
trust 1 0
trust 1 2
in_realm 0 kadmin.local >/dev/null 2>&1 <<<'addprinc -pw alice-password +requires_preauth alice'
in_realm 2 kadmin.local >/dev/null 2>&1 <<<'addprinc -randkey host/ca1.ca.example'
for i in 0 1 2; do
	spawn "kdc$i" env "KRB5_CONFIG=$D/${REALMS[i]}/krb5.conf" "KRB5_KDC_PROFILE=$D/${REALMS[i]}/kdc.conf" krb5kdc -n
	KDCS+=("$CHILD")
	for _ in $(seq 100); do
		(: <>/dev/tcp/127.0.0.1/"${PORTS[i]}") 2>/dev/null && break
		sleep 0.05
	done
done
cat >"$D/krb5.conf" <<-X
	[libdefaults]
	 dns_lookup_kdc = false
	 dns_lookup_realm = false
	 dns_canonicalize_hostname = false
	[realms]
	 USER.EXAMPLE = {
	  kdc = 127.0.0.1:${PORTS[0]}
	 }
	 HUB.EXAMPLE = {
	  kdc = 127.0.0.1:${PORTS[1]}
	 }
	 CA.EXAMPLE = {
	  kdc = 127.0.0.1:${PORTS[2]}
	 }
X
export KRB5_CONFIG=$D/krb5.conf

expect() { # WHAT TEXT HOST
	"$PROBE" "$3" 0 9 alice USER.EXAMPLE "127.0.0.1:${PORTS[0]}" 0 <<<alice-password >"$D/said" 2>&1
	expect_text "$1" "$2" "$D/said"
}

expect 'over the realm between' 'ticket for host/ca1.ca.example@CA.EXAMPLE' ca1.ca.example
expect 'no such host there' 'finding CA-PRINCIPAL' ca2.ca.example

# Each KDC refers the host to the other one, without an end.
expect 'two realms that refer to each other' 'finding CA-' ca1.loop.example
check 'two realms that refer to each other: the ways are bounded' \
    [ "$(cat "$D"/*/kdc.log | grep -c 'ca1.loop.example')" -lt 40 ]
reap "${KDCS[2]}"
expect 'the last KDC is down' 'finding CA-KDC' ca1.ca.example
spawn silent python3 -c 'import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
kept = []
while True: kept.append(listener.accept())' "${PORTS[2]}"
await_file "$WORK/silent.out"
expect 'the last KDC accepts and is silent' 'finding CA-KDC' ca1.ca.example
expect_text 'the last KDC accepts and is silent: that is told' 'accepted the connection and did not answer' "$D/said"
summary
