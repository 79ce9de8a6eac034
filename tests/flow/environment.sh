#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# All that the libraries below us read of the environment and of files, set to traps: an enrolment, a
# fetch over HTTP and LDAP, and RADIUS do the same as without, at the same hosts, and no secret is in
# any file that came to be.
#
#   environment.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"
TRAPS=$WORK/traps
mkdir "$TRAPS" "$TRAPS/home" "$TRAPS/sasl" "$TRAPS/here"

# A listener that notes who comes: nobody may.
start_trap() {
	cat >"$WORK/trap.py" <<-'P'
		import socket, sys
		listener = socket.create_server(("127.0.0.1", 0))
		print(listener.getsockname()[1], flush=True)
		with open(sys.argv[1], "a") as file:
		    while True:
		        peer, _ = listener.accept()
		        file.write("came\n")
		        file.flush()
		        peer.close()
	P
	spawn trap python3 "$WORK/trap.py" "$WORK/trap.log"
	await_file "$WORK/trap.out" || { echo 'not ok - no trap'; exit 1; }
	TRAP=$(cat "$WORK/trap.out")
	touch "$WORK/trap.log"
}

set_traps() {
	local name
	printf 'localhost evil.example\nda evil.example\n' >"$TRAPS/aliases"
	printf 'URI ldap://127.0.0.1:%s\nREFERRALS on\nSASL_NOCANON off\nTLS_REQCERT never\n' "$TRAP" |
	    tee "$TRAPS/home/.ldaprc" "$TRAPS/home/ldaprc" "$TRAPS/ldap.conf" >"$TRAPS/here/ldaprc"
	printf 'default login trap password trap\n' >"$TRAPS/home/.netrc"
	printf 'proxy = http://127.0.0.1:%s\ninsecure\n' "$TRAP" >"$TRAPS/home/.curlrc"
	for name in http https all; do
		VARIABLES+=("${name}_proxy=http://127.0.0.1:$TRAP" "${name^^}_PROXY=http://127.0.0.1:$TRAP")
	done
	VARIABLES+=(HOME="$TRAPS/home" CURL_HOME="$TRAPS/home" NETRC="$TRAPS/home/.netrc"
	    SSLKEYLOGFILE="$TRAPS/keys" CURL_CA_BUNDLE="$WORK/other.pem" CURL_SSL_BACKEND=gnutls
	    SSL_CERT_FILE="$WORK/other.pem" SSL_CERT_DIR="$TRAPS" RANDFILE="$TRAPS/random"
	    LDAPCONF="$TRAPS/ldap.conf" LDAPRC=ldaprc LDAPURI="ldap://127.0.0.1:$TRAP" LDAPHOST=127.0.0.1
	    LDAPPORT="$TRAP" LDAPREFERRALS=on LDAPBASE=dc=trap SASL_PATH="$TRAPS/sasl" SASL_CONF_PATH="$TRAPS/sasl"
	    HOSTALIASES="$TRAPS/aliases" LOCALDOMAIN=evil.example RES_OPTIONS='ndots:9 debug' CARES_HOSTS="$TRAPS/aliases"
	    XML_CATALOG_FILES="$TRAPS/catalog" SGML_CATALOG_FILES="$TRAPS/catalog"
	    KRB5_TRACE="$TRAPS/trace" KRB5_KTNAME="$TRAPS/keytab" KRB5RCACHEDIR="$TRAPS"
	    TMPDIR="$TRAPS" TZ=Pacific/Kiritimati)
}

# trapped COMMAND...: in a folder with an ldaprc of its own
trapped() { (cd "$TRAPS/here" && env "${VARIABLES[@]}" "$@"); }

# What can be asked twice ends and says the same, with the traps and without.
same() { # WHAT STATUS ID COMMAND...
	local what=$1 status=$2 id=$3 plain=0 set=0
	shift 3
	"$@" >"$WORK/plain" 2>&1 || plain=$?
	trapped "$@" >"$WORK/set" 2>&1 || set=$?
	expect_equal "$what: how it ends" "$status $status" "$plain $set"
	expect_text "$what, without" "$id" "$WORK/plain"
	expect_text "$what, with" "$id" "$WORK/set"
}

enrolment() {
	local password
	password=$(field_of alice 7)
	next_code alice
	trapped "$DAOTP" enroll --user 'LAB\alice' --upn "alice@$LAB_REALM" --trust "$LAB_TRUST" \
	    --template "$LAB_TEMPLATE" --ces-url "$LAB_CES" --url "$LAB_URL" "${IDENTITY[@]}" --key-kind p256 \
	    --no-store --otp-fd 9 --password-fd 8 >"$WORK/out" 2>"$WORK/err" 9<<<"$CODE" 8<<<"$password"
	expect_equal 'an enrolment' 0 $?
	expect_equal 'no secret of TLS in SSLKEYLOGFILE' 0 "$(cat "$TRAPS/keys" 2>/dev/null | wc -c)"
	expect_equal 'the password is in no file of the traps' '' "$(grep -rlF -- "$password" "$TRAPS")"
	expect_equal 'the code is in no file of the traps' '' \
	    "$(grep -rlP -- "(?<![0-9A-Fa-f.:-])$CODE(?![0-9A-Fa-f.:-])" "$TRAPS")"
}

# A certificate whose list is at an HTTP place of this machine. (LDAP: ldap_hostile.py.)
fetches() {
	cat >"$WORK/pki.cnf" <<-C
		[req]
		distinguished_name = dn
		[dn]
		[ca]
		basicConstraints = critical,CA:TRUE
		keyUsage = critical,keyCertSign,cRLSign
		subjectKeyIdentifier = hash
		[leaf]
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		crlDistributionPoints = URI:http://localhost:$1/ca.crl
		[list]
		authorityKeyIdentifier = keyid
		[store]
		database = $WORK/index
		crlnumber = $WORK/number
		default_md = sha256
	C
	: >"$WORK/index"
	echo 01 >"$WORK/number"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/ca.key" -out "$WORK/ca.pem" \
	    -subj '/CN=Environment CA' -days 30 -config "$WORK/pki.cnf" -extensions ca 2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/other.key" \
	    -out "$WORK/other.pem" -subj '/CN=Another' -days 30 -config "$WORK/pki.cnf" -extensions ca 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/leaf.key" -subj /CN=leaf \
	    -config "$WORK/pki.cnf" -out "$WORK/leaf.csr" 2>/dev/null
	openssl x509 -req -in "$WORK/leaf.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" -days 7 -out "$WORK/leaf.pem" \
	    -extfile "$WORK/pki.cnf" -extensions leaf 2>/dev/null
	openssl ca -config "$WORK/pki.cnf" -name store -keyfile "$WORK/ca.key" -cert "$WORK/ca.pem" -gencrl \
	    -crldays 7 -crlexts list -out "$WORK/ca.crl.pem" 2>/dev/null
	openssl crl -in "$WORK/ca.crl.pem" -outform DER -out "$WORK/www/ca.crl"
}

unset LOCALDOMAIN HOSTALIASES RES_OPTIONS
VARIABLES=()
start_trap
set_traps
lab_up --radius
mkdir "$WORK/www"
spawn web python3 -u -c 'import functools, http.server, sys
h = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), h)
print(s.server_address[1], flush=True)
s.serve_forever()' "$WORK/www"
await_file "$WORK/web.out" || { echo 'not ok - no web server'; exit 1; }
fetches "$(head -1 "$WORK/web.out")"
same 'a fetch over HTTP' 0 REVOCATION-GOOD "$DAOTP" verify -v --trust "$WORK/ca.pem" --fetch --allow 127.0.0.0/8 --timeout 10 "$WORK/leaf.pem"
enrolment
echo not-the-code-4711 >"$WORK/wrong-code"
same 'RADIUS' 1 RADIUS-REJECT "$DAOTP" radius --server "localhost:${LAB_RADIUS##*:}" \
    --secret-file "$LAB_RADIUS_SECRET_FILE" --user alice --password-file "$WORK/wrong-code"
expect_equal 'no secret of RADIUS is in any file of the traps' '' \
    "$(grep -rlF -e not-the-code-4711 -e "$(cat "$LAB_RADIUS_SECRET_FILE")" "$TRAPS")"
expect_equal 'nobody came to the trap' '' "$(cat "$WORK/trap.log")"
expect_equal 'files that came to be' 'keys ' "$(cd "$TRAPS" && ls -A | grep -vxE 'aliases|home|sasl|here|ldap.conf' | tr '\n' ' ')"
summary
