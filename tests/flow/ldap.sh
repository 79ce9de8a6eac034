#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# CRLs from a directory (OpenLDAP), as the CAs of a Windows forest publish theirs: the distribution
# point names a server, or none.
#
#   ldap.sh DAOTP-PROGRAM
set -uo pipefail
umask 077
daotp=$1
slapd=$(command -v slapd || echo /usr/sbin/slapd)
[ -x "$slapd" ] && command -v ldapadd >/dev/null || { echo "1..0 # skipped: no slapd"; exit 77; }
work=$(mktemp -d)
count=0 failed=0 pid=
finish() { [ -z "$pid" ] || kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"; }
trap finish EXIT

expect() { # WHAT STATUS ID COMMAND...
	local what=$1 status=$2 id=$3 out rc
	shift 3
	out=$("$@" 2>&1) && rc=0 || rc=$?
	count=$((count + 1))
	if [ "$rc" = "$status" ] && grep -q "$id" <<<"$out"; then echo "ok $count - $what"; return; fi
	failed=$((failed + 1))
	echo "not ok $count - $what: wanted $status with $id, found $rc"
	sed 's/^/# /' <<<"$out"
}

# A port that was free a moment ago; slapd says if it no longer is.
start_slapd() {
	local port try
	mkdir -p "$work/db"
	cat >"$work/slapd.conf" <<-C
		include /etc/ldap/schema/core.schema
		modulepath /usr/lib/ldap
		moduleload back_mdb
		database mdb
		maxsize 33554432
		suffix "dc=corp,dc=example"
		rootdn "cn=admin,dc=corp,dc=example"
		rootpw secret
		directory $work/db
	C
	for try in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 12000))
		"$slapd" -f "$work/slapd.conf" -h "ldap://127.0.0.1:$port" -d 0 >"$work/slapd.log" 2>&1 &
		pid=$!
		for _ in $(seq 50); do
			ldapsearch -x -H "ldap://127.0.0.1:$port" -b "" -s base >/dev/null 2>&1 && { PORT=$port; return; }
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
	done
	echo "not ok - slapd does not start"
	cat "$work/slapd.log"
	exit 1
}

make_pki() {
	local dn='CN=ca,CN=CDP,DC=corp,DC=example'
	cd "$work" || exit 1
	cat >ca.cnf <<-C
		[req]
		distinguished_name = dn
		[dn]
		[ca]
		basicConstraints = critical,CA:TRUE
		keyUsage = critical,keyCertSign,cRLSign
		subjectKeyIdentifier = hash
		[named]
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		crlDistributionPoints = URI:ldap://127.0.0.1:$PORT/CN=ca%2CCN=CDP%2CDC=corp%2CDC=example?certificateRevocationList?base
		[unnamed]
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		crlDistributionPoints = URI:ldap:///CN=ca%2CCN=CDP%2CDC=corp%2CDC=example?certificateRevocationList;binary?base?(objectClass=cRLDistributionPoint)
		[missing]
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		crlDistributionPoints = URI:ldap:///CN=nobody%2CDC=corp%2CDC=example?certificateRevocationList?base
		[subtree]
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		crlDistributionPoints = URI:ldap:///DC=corp%2CDC=example?certificateRevocationList?sub
		[crl]
		authorityKeyIdentifier = keyid
		[default]
		database = $work/index
		crlnumber = $work/number
		default_md = sha256
	C
	sed -i 's/%2C/,/g' ca.cnf # a comma ends a value in this file: the names stand in sections instead
	python3 - ca.cnf <<-'P'
		import re, sys
		text = open(sys.argv[1]).read()
		out, extra = [], []
		for i, line in enumerate(text.split("\n")):
		    match = re.match(r"crlDistributionPoints = URI:(.*)", line)
		    if match:
		        extra += [f"[uri{i}]", f"fullname = @names{i}", f"[names{i}]", "URI = " + match[1].replace(",", "%2C")]
		        line = f"crlDistributionPoints = uri{i}"
		    out.append(line)
		open(sys.argv[1], "w").write("\n".join(out + extra) + "\n")
	P
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj "/CN=Directory CA" -days 30 \
	    -config ca.cnf -extensions ca 2>/dev/null
	for name in named unnamed missing subtree revoked; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" -subj "/CN=$name" \
		    -config ca.cnf -out "$name.csr" 2>/dev/null
		openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -days 7 -out "$name.pem" -extfile ca.cnf \
		    -extensions "${name/revoked/unnamed}" 2>/dev/null
	done
	: >index
	echo 01 >number
	openssl ca -config ca.cnf -name default -keyfile ca.key -cert ca.pem -revoke revoked.pem 2>/dev/null
	openssl ca -config ca.cnf -name default -keyfile ca.key -cert ca.pem -gencrl -crldays 7 -crlexts crl \
	    -out ca.crl.pem 2>/dev/null
	openssl crl -in ca.crl.pem -outform DER -out ca.crl
	ldapadd -x -H "ldap://127.0.0.1:$PORT" -D "cn=admin,dc=corp,dc=example" -w secret >/dev/null <<-L
		dn: dc=corp,dc=example
		objectClass: dcObject
		objectClass: organization
		dc: corp
		o: corp

		dn: CN=CDP,DC=corp,DC=example
		objectClass: applicationProcess
		cn: CDP

		dn: $dn
		objectClass: cRLDistributionPoint
		cn: ca
		certificateRevocationList;binary:: $(base64 -w0 ca.crl)
	L
}

start_slapd
make_pki
verify() { "$daotp" verify -v --trust ca.pem --fetch --allow 127.0.0.0/8 --timeout 10 "$@"; }
server=127.0.0.1:$PORT
expect "a point that names its server" 0 REVOCATION-GOOD verify --ldap "$server" named.pem
expect "a point that names none" 0 REVOCATION-GOOD verify --ldap "$server" unnamed.pem
expect "a revoked certificate" 1 REVOKED verify --ldap "$server" revoked.pem
expect "unless asked for, no directory is asked" 2 FETCH-URL verify unnamed.pem
expect "nor outside the networks allowed" 2 FETCH-ADDRESS \
    "$daotp" verify --trust ca.pem --fetch --ldap "$server" --timeout 10 unnamed.pem
expect "an entry that is not there" 2 FETCH-STATUS verify --ldap "$server" missing.pem
expect "a whole subtree is not searched" 2 FETCH-URL verify --ldap "$server" subtree.pem
kill "$pid" && wait "$pid" 2>/dev/null
pid=
expect "a server that is gone" 2 FETCH-FAILED verify --ldap "$server" unnamed.pem
python3 -c '
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(60)' >silent.port &
pid=$!
until [ -s silent.port ]; do sleep 0.05; done
expect "a server that says nothing" 2 'FETCH-TIMEOUT\|CALL-TIMEOUT\|timeout' timeout 20 \
    "$daotp" verify --trust ca.pem --fetch --allow 127.0.0.0/8 --timeout 1 --ldap "127.0.0.1:$(cat silent.port)" unnamed.pem
echo "1..$count"
[ "$failed" = 0 ]
