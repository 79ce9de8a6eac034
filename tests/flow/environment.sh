#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# All that the libraries below us read of the environment and of files, set to traps: an enrolment by
# each way to the CA, a logon, fetches over HTTP and LDAP, RADIUS, RadSec and discovery do the same as
# without, at the same hosts, and no secret is in any file that came to be. What is read is noted, and
# the manual's page on threads names it.
#
#   environment.sh DAOTP-PROGRAM WATCHER
WATCHER=$2
set -- "$1"
. "$(dirname "$0")/lib.sh"
TRAPS=$WORK/traps
cp "$WATCHER" "$WORK/watcher.so" || exit 70 # a path in LD_PRELOAD holds no blank
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
	    KRB5_TRACE="$TRAPS/trace" KRB5_KTNAME="$TRAPS/keytab" KRB5_CLIENT_KTNAME="$TRAPS/keytab"
	    KRB5RCACHEDIR="$TRAPS" KRB5RCACHENAME="dfl:$TRAPS" KRB5_KDC_PROFILE="$TRAPS/kdc.conf"
	    P11_KIT_STRICT=1 XDG_CONFIG_HOME="$TRAPS/home" GNUTLS_SYSTEM_PRIORITY_FILE="$TRAPS/priorities"
	    LIBFFI_TMPDIR="$TRAPS" TMPDIR="$TRAPS" TZ=Pacific/Kiritimati)
}

# trapped COMMAND...: in a folder with an ldaprc of its own, watched
trapped() { (cd "$TRAPS/here" && exec "$WORK/trapped" "$@"); }

# The same as a program, for what takes a program's name. A sanitizer must be the first library.
write_trapped() {
	IS_WATCHED=
	if ! grep -q "__[at]san_init" "$DAOTP"; then
		IS_WATCHED=yes
		VARIABLES+=(LD_PRELOAD="$WORK/watcher.so" WATCH_LOG="$WORK/watched")
	fi
	{
		echo '#!/bin/bash'
		printf 'exec env'
		printf ' %q' "${VARIABLES[@]}"
		# KRB5CCNAME is the test's own, and documented
		echo ' "$@"'
	} >"$WORK/trapped"
	printf '#!/bin/bash\ncd %q && exec %q %q "$@"\n' "$TRAPS/here" "$WORK/trapped" "$DAOTP" >"$WORK/trapped-daotp"
	chmod +x "$WORK/trapped" "$WORK/trapped-daotp"
}

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

# trapped_enrol WHAT STATUS [OPTION...]: as alice, by the way that $WAY says
trapped_enrol() {
	local what=$1 status=$2
	shift 2
	ENROL_WITH=$WORK/trapped-daotp enrol alice --key-kind p256 "$@"
	expect_end "$what" "$status"
	CODES+=("$CODE")
}

# The paths to the CA, and the logon: TLS, HTTP, Kerberos and RPC.
enrolments() {
	trapped_enrol 'an enrolment' 0
	[ -n "${LAB_KDC:-}" ] || { echo '# no KDC: no logon, no RPC'; return; }
	trapped_enrol 'a logon proof' 0 --logon --kdc "$LAB_KDC" --realm "$LAB_REALM"
	expect_finding 'a logon proof' LOGON-TICKET
	WAY=rpc trapped_enrol 'RPC, with the password' 0
	WAY=dcom trapped_enrol 'DCOM, with the password' 0
	log_in alice "FILE:$WORK/cache"
	WAY=rpc TICKETS=FILE:$WORK/cache WITH_PASSWORD=not-asked-for trapped_enrol 'RPC, with a ticket' 0
	export KRB5CCNAME=FILE:$WORK/cache # the manual names it
	trapped_enrol 'Negotiate, to a service that has no key' 1 --ces-auth negotiate
	unset KRB5CCNAME
}

# Two certificates whose list is at an HTTP and at an LDAP place of this machine.
make_pki() {
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
		[leaf_ldap]
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		crlDistributionPoints = URI:ldap:///cn=ca?certificateRevocationList
		[server]
		subjectAltName = IP:127.0.0.1
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
	local name
	for name in leaf leaf_ldap server; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/$name.key" -subj "/CN=$name" \
		    -config "$WORK/pki.cnf" -out "$WORK/$name.csr" 2>/dev/null
		openssl x509 -req -in "$WORK/$name.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" -days 7 -out "$WORK/$name.pem" \
		    -extfile "$WORK/pki.cnf" -extensions "$name" 2>/dev/null
	done
	openssl ca -config "$WORK/pki.cnf" -name store -keyfile "$WORK/ca.key" -cert "$WORK/ca.pem" -gencrl \
	    -crldays 7 -crlexts list -out "$WORK/ca.crl.pem" 2>/dev/null
	openssl crl -in "$WORK/ca.crl.pem" -outform DER -out "$WORK/www/ca.crl"
}

fetches() {
	local verify=("$DAOTP" verify -v --trust "$WORK/ca.pem" --fetch --allow 127.0.0.0/8 --timeout 10)
	same 'a fetch over HTTP' 0 REVOCATION-GOOD "${verify[@]}" "$WORK/leaf.pem"
	same 'a fetch over LDAP' 0 REVOCATION-GOOD "${verify[@]}" --ldap "localhost:$LDAP_PORT" "$WORK/leaf_ldap.pem"
}

# Discovery is the tool's alone; libldap and SASL belong to it.
discovery() {
	"$DAOTP" discover --help >/dev/null 2>&1 || { echo '# built without discovery'; return; }
	local discover=("$DAOTP" discover corp.example --timeout 5)
	echo directory-password >"$WORK/directory-password"
	same 'discovery by LDAPS, with a password' 78 'names no configuration' "${discover[@]}" --server "127.0.0.1:$LDAPS_PORT" \
	    --ldaps --trust "$WORK/ca.pem" --user alice --password-file "$WORK/directory-password"
	KRB5CCNAME=FILE:$WORK/cache same 'discovery with a ticket' 78 'no Kerberos ticket' "${discover[@]}" \
	    --server "localhost:$LDAP_PORT"
}

radius() {
	echo not-the-code-4711 >"$WORK/wrong-code"
	same 'RADIUS' 1 RADIUS-REJECT "$DAOTP" radius --server "localhost:${LAB_RADIUS##*:}" \
	    --secret-file "$LAB_RADIUS_SECRET_FILE" --user alice --password-file "$WORK/wrong-code"
	mkfifo "$WORK/radsec.in"
	spawn radsec bash -c "exec python3 '$HERE/radius_hostile.py' <'$WORK/radsec.in'"
	exec 7>"$WORK/radsec.in"
	await_file "$WORK/radsec.out" 200 || { echo 'not ok - no RadSec server'; exit 1; }
	local port folder
	read -r _ _ _ _ _ _ _ port _ folder <"$WORK/radsec.out"
	same 'RadSec' 1 RADIUS-REJECT "$DAOTP" radius --radsec --server "127.0.0.1:$port" --trust "$folder/ca.pem" \
	    --cert "$folder/client.pem" --key "$folder/client.key" --user reject --password-file "$WORK/wrong-code"
	exec 7>&-
}

# ---- what is left, and what was read ---------------------------------------------------------------

look_at_the_traps() {
	local code
	expect_equal 'no secret of TLS in SSLKEYLOGFILE' 0 "$(cat "$TRAPS/keys" 2>/dev/null | wc -c)"
	expect_equal 'no password or secret is in any file of the traps' '' "$(grep -rlF -e "$(field_of alice 7)" \
	    -e not-the-code-4711 -e directory-password -e "$(cat "$LAB_RADIUS_SECRET_FILE")" "$TRAPS")"
	for code in "${CODES[@]}"; do
		expect_equal 'no code is in any file of the traps' '' \
		    "$(grep -rlE -- "(^|[^0-9A-Fa-f.:-])$code([^0-9A-Fa-f.:-]|\$)" "$TRAPS")"
	done
	expect_equal 'nobody came to the trap' '' "$(cat "$WORK/trap.log")"
	expect_equal 'files that came to be' 'keys ' \
	    "$(cd "$TRAPS" && ls -A | grep -vxE 'aliases|home|sasl|here|ldap.conf|trace' | tr '\n' ' ')"
}

# The page on threads names each variable that is asked for and each file below /etc, /usr and the home
# that is opened. The tool's own are none of the library's; discovery's stand in a row of their own.
look_at_the_watched() {
	local kind library name page=$HERE/../../docs/manual/threads.md count=0
	[ -n "$IS_WATCHED" ] || { echo '# not watched: a sanitizer'; return; }
	while read -r kind library name; do
		[ "$library" != daotp ] || continue
		count=$((count + 1))
		case $kind:$name in
		file:/dev/* | file:/proc/* | file:"$WORK"/* | file:[!/]*) ;;
		# a family of variables may stand there as `GNUTLS_*`
		*) grep -qF -e "\`$name\`" -e "\`${name%%_*}_*\`" "$page" || not_ok "threads.md does not name what $library reads: $name" ;;
		esac
	done < <(sort -u "$WORK/watched")
	check 'what is read was seen' [ $count -gt 10 ]
	expect_equal 'what the library itself asks the environment for' GSS_USE_PROXY \
	    "$(sed -n 's/^env libdaotp[^ ]* //p' "$WORK/watched" | sort -u | tr '\n' ' ' | sed 's/ $//')"
}

unset LOCALDOMAIN HOSTALIASES RES_OPTIONS
VARIABLES=() CODES=()
start_trap
set_traps
write_trapped
lab_up --radius
mkdir "$WORK/www"
spawn web python3 -u -c 'import functools, http.server, sys
h = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), h)
print(s.server_address[1], flush=True)
s.serve_forever()' "$WORK/www"
await_file "$WORK/web.out" || { echo 'not ok - no web server'; exit 1; }
make_pki "$(head -1 "$WORK/web.out")"
spawn directory python3 "$HERE/directory_stub.py" "$WORK/server.pem" "$WORK/server.key" "$WORK/www/ca.crl"
await_file "$WORK/directory.out" || { echo 'not ok - no directory'; exit 1; }
read -r LDAP_PORT LDAPS_PORT <"$WORK/directory.out"
fetches
enrolments
radius
discovery
look_at_the_traps
look_at_the_watched
summary
