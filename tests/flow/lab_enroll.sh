#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Enrolments against the lab, by the tool: what succeeds, what is refused and in which words, where
# it is kept, and that another program can log on with it.
#
#   lab_enroll.sh DAOTP-PROGRAM [FILTER]
. "$(dirname "$0")/lib.sh"
need curl
lab_up
HAS_KDC=
[ -z "${LAB_KDC:-}" ] || HAS_KDC=1
command -v kinit >/dev/null || HAS_KDC=
LOGON=()
[ -z "$HAS_KDC" ] || LOGON=(--logon --kdc "$LAB_KDC" --realm "$LAB_REALM")
KEPT=$WORK/store
CARD=$(dirname "$DAOTP")/../libdaotp-pkcs11/libdaotp-pkcs11.so
# kinit cannot load what has a sanitizer in it
[ -e "$CARD" ] && ! grep -qaE '__(asan|tsan|ubsan)_' "$CARD" || CARD=

# kinit, a program that is not ours, judges what the store holds
log_on_from() { # LABEL USER
	local entry=$KEPT/$1
	[ -n "$HAS_KDC" ] || return 0
	KRB5CCNAME=FILE:$WORK/cc kinit -X "X509_user_identity=FILE:$entry/cert.pem,$entry/key.pem" "$2@$LAB_REALM" &&
	    KRB5CCNAME=FILE:$WORK/cc klist | grep -q "krbtgt/$LAB_REALM@$LAB_REALM" && rm -f "$WORK/cc"
}

# As from a smart card: certificate and key are in a token that kinit reads by PKCS#11.
log_on_from_token() { # LABEL USER
	local entry=$KEPT/$1 module tokens=$WORK/tokens
	[ -n "$HAS_KDC" ] || return 0
	for module in /usr/lib/softhsm/libsofthsm2.so /usr/lib64/softhsm/libsofthsm2.so; do
		[ ! -e "$module" ] || break
	done
	mkdir -p "$tokens"
	echo "directories.tokendir = $tokens" >"$WORK/softhsm2.conf"
	export SOFTHSM2_CONF=$WORK/softhsm2.conf
	openssl x509 -in "$entry/cert.pem" -outform der -out "$WORK/card.der" &&
	    softhsm2-util --init-token --free --label card --pin 1234 --so-pin 12345678 &&
	    softhsm2-util --import "$entry/key.pem" --token card --label card --id 01 --pin 1234 &&
	    pkcs11-tool --module "$module" --token-label card --login --pin 1234 --write-object "$WORK/card.der" --type cert \
	        --id 01 --label card &&
	    KRB5CCNAME=FILE:$WORK/cc kinit -X "X509_user_identity=PKCS11:module_name=$module:token=card" \
	        "$2@$LAB_REALM" <<<1234 &&
	    KRB5CCNAME=FILE:$WORK/cc klist | grep -q "krbtgt/$LAB_REALM@$LAB_REALM"
	local status=$?
	unset SOFTHSM2_CONF
	rm -f "$WORK/cc"
	return $status
}

# The same certificate as a smart card of our own. libkrb5 1.20 finds only RSA keys in a token, and wants one
# certificate, so that its label is told.
log_on_from_card() { # LABEL USER
	[ -n "$HAS_KDC" ] || return 0
	printf '[default]\nstore = dir:%s\n' "$KEPT" >"$WORK/card.conf"
	DAOTP_CONFIG=$WORK/card.conf KRB5CCNAME=FILE:$WORK/cc \
	    kinit -X "X509_user_identity=PKCS11:module_name=$CARD:token=$1:certlabel=$1" "$2@$LAB_REALM" </dev/null &&
	    KRB5CCNAME=FILE:$WORK/cc klist | grep -q "krbtgt/$LAB_REALM@$LAB_REALM" && rm -f "$WORK/cc"
}

# The key is made in a token and never leaves it: it signs the request there, and the logon.
token_enrolment() {
	local module=/usr/lib/softhsm/libsofthsm2.so plugins kind proof
	plugins=$(cd "$(dirname "$DAOTP")/../store-pkcs11" 2>/dev/null && pwd)
	if [ -z "$plugins" ] || [ ! -e "$module" ] || ! command -v softhsm2-util >/dev/null; then
		echo '# without softhsm2: no enrolment into a token'
		return
	fi
	mkdir -p "$WORK/own-tokens"
	echo "directories.tokendir = $WORK/own-tokens" >"$WORK/own.conf"
	export SOFTHSM2_CONF=$WORK/own.conf
	softhsm2-util --init-token --free --label own --pin 1234 --so-pin 12345678 >/dev/null
	# MIT Kerberos signs with RSA keys of tokens only: no logon with the other
	for kind in rsa2048 p256; do
		[ $kind = rsa2048 ] && proof=("${LOGON[@]}") || proof=()
		STORE="pkcs11:token=own?module-path=$module" enrol alice --plugins "$plugins" --pin-fd 7 --key-kind $kind \
		    --label "own-$kind" "${proof[@]}" 7<<<1234
		expect_end "alice, $kind in a token" 0
		[ ${#proof[@]} = 0 ] || expect_finding "alice, $kind in a token, logon" LOGON-TICKET
	done
	"$DAOTP" store export "pkcs11:token=own?module-path=$module" own-p256 --out "$WORK/own.pem" --plugins "$plugins" \
	    --pin-fd 7 7<<<1234 >"$WORK/out" 2>"$WORK/err"
	check 'no key leaves the token' grep -q 'does not leave' "$WORK/err"
	[ -z "$HAS_KDC" ] || check 'kinit with the key that the token made' kinit_own "$module"
	STORE="pkcs11:token=own?module-path=$module" enrol alice --plugins "$plugins" --pin-fd 7 --label own-p256 7<<<9999
	expect_end 'alice, a wrong PIN' 78 STORE-PIN
	unset SOFTHSM2_CONF
}

kinit_own() { # MODULE
	local id
	id=$(pkcs11-tool --module "$1" --token-label own --list-objects --type cert 2>/dev/null |
	    awk '/label:/ { own = $2 == "own-rsa2048" } own && /ID:/ { print $2 }')
	KRB5CCNAME=FILE:$WORK/cc kinit -X "X509_user_identity=PKCS11:module_name=$1:token=own:certid=$id" \
	    "alice@$LAB_REALM" <<<1234 && KRB5CCNAME=FILE:$WORK/cc klist | grep -q "krbtgt/$LAB_REALM@$LAB_REALM"
}

good_enrolments() {
	local kind
	for kind in rsa2048 p256 p384; do
		STORE=$KEPT enrol alice --key-kind $kind --label "alice-$kind" "${LOGON[@]}"
		expect_end "alice, $kind" 0
		[ -z "$HAS_KDC" ] || expect_finding "alice, $kind, logon" LOGON-TICKET
		expect_finding "alice, $kind" OTP-SERIAL
		check "alice, $kind: kinit from the store" log_on_from "alice-$kind" alice
		[ -z "$CARD" ] || [ $kind != rsa2048 ] || check "alice, $kind: kinit from the card" log_on_from_card "alice-$kind" alice
	done
	if command -v softhsm2-util >/dev/null && command -v pkcs11-tool >/dev/null; then
		check 'alice, rsa2048: kinit from a token' log_on_from_token alice-rsa2048 alice
	else
		echo '# skipped: kinit from a token: no softhsm2-util or no pkcs11-tool'
	fi
	check 'the key is of the kind asked for' grep -qE 'P-384|secp384r1' \
	    <(openssl pkey -in "$KEPT/alice-p384/key.pem" -noout -text)
	NAME=alice@$LAB_REALM NO_UPN=1 STORE=$KEPT enrol alice --key-kind p256
	expect_end 'alice by her UPN alone' 0
	expect_equal 'modes of folder, key and certificate' '700 600 600' \
	    "$(cd "$KEPT/alice@$LAB_REALM" && stat -c %a . key.pem cert.pem | tr '\n' ' ' | sed 's/ $//')"
	NAME=lab\\ALICE enrol alice --key-kind p256
	expect_end 'domain and user in other case' 0
	enrol alice --key-kind p256 --template "$LAB_TEMPLATE:$LAB_TEMPLATE_MAJOR.$LAB_TEMPLATE_MINOR"
	expect_end 'with the version of the template' 0
	enrol alice --key-kind p256 --no-preflight
	expect_end 'without a preflight' 0
	expect_finding 'without a preflight' PREPARE-NO-PREFLIGHT
	enrol alice --key-kind p256 --tls12
	expect_end 'TLS 1.2' 0
	enrol alice --key-kind p256 --sid "$(field_of alice 5)" --dn "$(field_of alice 4)"
	expect_end 'DN and SID given' 0
	expect_no_finding 'DN given' USER-NO-DN
	expect_no_finding 'SID given' OTP-SID-OTHER
	CES='' enrol alice --key-kind p256 --ces-template "${LAB_CES%%/Lab*}/{ca}_CES_UsernamePassword/service.svc/CES"
	expect_end 'URL of the service from the name of the CA' 0
}

hostile_user() {
	STORE=$KEPT enrol bob --key-kind p256 --dn "$(field_of bob 4)" "${LOGON[@]}"
	expect_end 'bob: a password of XML, a DN with a comma' 0
	expect_no_finding 'bob: subject' OTP-SUBJECT
	expect_text 'bob: subject' 'CN=Builder\, Bob' "$WORK/out"
	check 'bob: kinit from the store' log_on_from "bob@$LAB_REALM" bob
	enrol bob --key-kind p256 --dn 'CN=Builder\, Bobby,CN=Users,DC=lab,DC=example'
	expect_end 'bob by the DN of another: the responder refuses the request' 2 OTP-OTHER
	enrol bob --key-kind p256 --sid "$(field_of alice 5)"
	expect_end 'bob with the SID of alice' 1 OTP-SID-OTHER
}

the_store() {
	local listed=$WORK/listed
	"$DAOTP" store --dir "$KEPT" list >"$listed"
	expect_text 'store list' "bob@$LAB_REALM" "$listed"
	expect_equal 'entries of the store' 5 "$(wc -l <"$listed")"
	expect_equal 'all of them valid' 5 "$(grep -c ' valid$' "$listed")"
	"$DAOTP" store --dir "$KEPT" --json list >"$listed"
	check 'store list --json is JSON' is_json "$listed"
	"$DAOTP" store --dir "$KEPT" show "bob@$LAB_REALM" >"$listed"
	expect_text 'store show' "UPN: bob@$LAB_REALM" "$listed"
	"$DAOTP" store --dir "$KEPT" expire >"$listed"
	expect_text 'nothing has expired' '0 removed' "$listed"
	check 'store remove' "$DAOTP" store --dir "$KEPT" remove alice-p384
	expect_equal 'one less' 4 "$("$DAOTP" store --dir "$KEPT" list | wc -l)"
	"$DAOTP" store --dir "$KEPT" remove alice-p384 >"$listed" 2>&1
	expect_equal 'removed twice' 1 $?
	expect_text 'removed twice' STORE-MISSING "$listed"
	cp -a "$KEPT/alice-p256" "$WORK/before"
	WITH_CODE=000000 STORE=$KEPT enrol alice --key-kind p256 --label alice-p256
	check 'a refusal leaves the old entry' diff -r "$WORK/before" "$KEPT/alice-p256"
	STORE=$KEPT enrol alice --key-kind p256 --label alice-p256
	expect_end 'a new certificate in the place of the old one' 0
	check 'the entry is another one' eval "! cmp -s '$WORK/before/cert.pem' '$KEPT/alice-p256/cert.pem'"
}

refused_codes() {
	local used
	enrol alice --key-kind p256
	expect_end 'a code used for the first time' 0
	used=$CODE
	WITH_CODE=$used enrol alice --key-kind p256
	expect_end 'the same code again' 1 OTP-AUTHENTICATION
	WITH_CODE=000000 enrol alice --key-kind p256
	expect_end 'a wrong code' 1 OTP-AUTHENTICATION
	WITH_CODE='<&>"]]>' enrol alice --key-kind p256
	expect_end 'a code of XML' 1 OTP-AUTHENTICATION
	WITH_CODE=$(printf '%0512d' 0) enrol alice --key-kind p256
	expect_end 'the longest code' 1 OTP-AUTHENTICATION
	WITH_CODE=$(printf '%0513d' 0) enrol alice --key-kind p256
	expect_end 'a code that is too long' 64 OTP-FORM
	enrol erin --key-kind p256
	expect_end 'erin: a challenge' 3 OTP-CHALLENGE
	enrol frank --key-kind p256
	expect_end 'frank: disabled' 1 OTP-AUTHENTICATION
	NAME='LAB\nobody' enrol alice --key-kind p256
	expect_end 'nobody of this name' 1 OTP-AUTHENTICATION
	NAME='LAB\bob' enrol alice --key-kind p256
	# without a rule for names only who has a right code learns that they do not fit
	expect_end 'a request in the name of another' 1 OTP-AUTHENTICATION
	NAME='LAB\dave' NO_UPN=1 enrol dave --key-kind p256
	expect_end 'dave: no UPN known' 78 USER-NO-UPN
	enrol alice --key-kind p256 --template 1.3.6.1.4.1.311.21.8.1
	expect_end 'another template than the responder has' 2 OTP-OTHER
}

refused_by_ca() {
	enrol carol --key-kind p256
	expect_end 'carol: no right on the template' 1 CA-TEMPLATE-DENIED
	expect_text 'carol: the number' 0x80094012 "$WORK/out" "$WORK/err"
	WITH_PASSWORD=not-the-password enrol alice --key-kind p256
	expect_end 'a wrong domain password' 1 CA-CREDENTIAL
	enrol alice --key-kind p256 --domain-user 'LAB\bob'
	expect_end "alice's password for bob" 1 CA-CREDENTIAL
	CES=${LAB_CES%%/Lab*}/nothing/here enrol alice --key-kind p256
	expect_end 'no such service' 2 CA-PATH
	expect_text 'no such service' 'HTTP 404' "$WORK/out" "$WORK/err"
	enrol alice --key-kind p256 --max-lifetime 60
	expect_end 'an hour is too long' 1 OTP-LIFETIME
}

# One that accepts and says nothing: the certificate is kept all the same.
silent_kdc() {
	local port
	[ -n "$HAS_KDC" ] || return 0
	spawn silent python3 -c 'import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
kept = []
while True: kept.append(s.accept())'
	await_file "$WORK/silent.out"
	port=$(cat "$WORK/silent.out")
	STORE=$WORK/silent-store enrol alice --key-kind p256 --logon --kdc "127.0.0.1:$port" --realm "$LAB_REALM" --timeout 3
	expect_end 'a KDC that says nothing' 2 LOGON-KDC-SILENT
	expect_text 'a KDC that says nothing: the certificate is kept' "alice@$LAB_REALM" \
	    <("$DAOTP" store --dir "$WORK/silent-store" list)
	reap "$CHILD"
}

password_from_file() {
	local file=$WORK/password
	field_of alice 7 >"$file"
	enrol alice --key-kind p256 --password-file "$file"
	expect_end 'the password from a file' 0
	rm -f "$file"
}

json() {
	enrol alice --key-kind p256 --json
	expect_end '--json, good' 0
	check '--json, good: JSON' is_json "$WORK/out"
	expect_text '--json, good: status' '"status":"ok"' "$WORK/out"
	expect_equal '--json, good: nothing beside it' '' "$(cat "$WORK/err")"
	WITH_CODE=000000 enrol alice --key-kind p256 --json
	expect_end '--json, refused' 1
	check '--json, refused: JSON' is_json "$WORK/out"
	expect_text '--json, refused: the finding' '"id":"OTP-AUTHENTICATION"' "$WORK/out"
	expect_text '--json, refused: what stopped it' '"error":"OTP-AUTHENTICATION"' "$WORK/out"
	NAME=$'LAB\\"quoted" \\ and <b>' enrol alice --key-kind p256 --json
	expect_end '--json, a name of quotes' 1
	check '--json, a name of quotes: JSON' is_json "$WORK/out"
	enrol carol --key-kind p256 --json
	expect_end '--json, a text of the CA' 1
	check '--json, a text of the CA: JSON' is_json "$WORK/out"
	SERVERS=(http://localhost/) enrol alice --json
	expect_end '--json, wrong option' 64
	SERVERS=(https://localhost:1/otp)
	enrol alice --key-kind p256 --json
	expect_end '--json, nothing there' 2
	check '--json, nothing there: JSON' is_json "$WORK/out"
	SERVERS=("$LAB_URL")
	IDENTITY=(--cert "$WORK/none" --key "$WORK/none")
	enrol alice --key-kind p256 --json
	expect_end '--json, no such file' 78
	check '--json, no such file: JSON' is_json "$WORK/out"
	IDENTITY=(--cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY")
}

by_certificate() {
	CES=$LAB_CES_CERT enrol alice --key-kind p256 --ces-auth certificate
	expect_end '--ces-auth certificate' 0
	CES=$LAB_CES enrol alice --key-kind p256 --ces-auth certificate
	expect_end 'without a password where one is wanted' 1 CA-CREDENTIAL
}

# The server names the CA: it is asked only on a host that was allowed, and who gets the password is told.
ca_hosts() {
	local site=${LAB_CES%%/Lab*} host template before
	template="https://{host}:${site##*:}/{ca}_CES_{method}/service.svc/CES"
	for host in localhost LOCALHOST. .example.com,localhost; do
		# shellcheck disable=SC2046
		CES='' enrol alice --key-kind p256 --ces-template "$template" \
		    $(printf -- '--ca-host %s ' ${host//,/ })
		expect_end "--ca-host $host" 0
	done
	CES='' enrol alice --key-kind p256 --ces-template "$template" --ca-host .corp.example --ca-host 127.0.0.1
	expect_end 'a host that is not allowed' 1 CA-HOST
	expect_text 'a host that is not allowed: which, and by which rule' \
	    'IssuingCA: host localhost; allowed: .corp.example 127.0.0.1' "$WORK/out" "$WORK/err"
	before=$(codes_seen)
	for template in "$template" 'https://{host}/x'; do
		CES='' enrol alice --key-kind p256 --ces-template "$template"
		expect_end "no host allowed, $template" 78 CA-HOST-LIST
	done
	CES='' enrol alice --key-kind p256
	expect_end 'neither URL nor host' 78 CA-HOST-LIST
	CES='' enrol alice --key-kind p256 --ca-host localhost --ces-template 'https://{ca}/x'
	expect_end 'the name of the CA as the host' 78 CA-URL
	for host in localhost:443 '*.example.com' https://localhost . .127.0.0.1; do
		CES='' enrol alice --key-kind p256 --ca-host "$host"
		expect_end "--ca-host $host" 64
		expect_text "--ca-host $host: told which" "--ca-host cannot be '$host'" "$WORK/out" "$WORK/err"
	done
	expect_equal 'no code has left for these' "$before" "$(codes_seen)"
}

# Whatever can be known wrong without the code must be known before it leaves.
known_beforehand() {
	local before what
	before=$(codes_seen)
	unspent() { # WHAT RC [ID]
		expect_end "$@"
		expect_equal "$1: the code has not left" "$before" "$(codes_seen)"
		before=$(codes_seen)
	}
	mkdir -m 755 "$WORK/open"
	STORE=$WORK/open enrol alice --key-kind p256
	unspent 'a store that others may look into' 78 STORE-MODE
	STORE=$WORK/users.txt/none enrol alice --key-kind p256
	unspent 'a store that cannot be made' 78 STORE-WRITE
	STORE=$KEPT enrol alice --key-kind p256 --label ../other
	unspent 'a label that is none' 64
	enrol alice --key-kind p256 --request-file "$WORK/no/such/folder" --certificate-file "$WORK/certificate"
	unspent 'by hand in a folder that is not there' 78 FILE-WRITE
	CES='' enrol alice --key-kind p256 --ces-template 'http://{host}/{ca}'
	unspent 'a template of a URL without TLS' 78 CA-URL
	IDENTITY=()
	CES=$LAB_CES_CERT enrol alice --key-kind p256 --ces-auth certificate
	unspent '--ces-auth certificate without a certificate' 78
	IDENTITY=(--cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY")
	echo x >"$WORK/password"
	chmod 644 "$WORK/password"
	enrol alice --key-kind p256 --password-file "$WORK/password"
	unspent 'a password file that others can read' 78
	expect_text 'a password file that others can read' 'chmod 600' "$WORK/out" "$WORK/err"
	rm -f "$WORK/password"
}

# Options that the tool or the library does not take: which one must be told.
wrong_options() {
	local before
	before=$(codes_seen)
	CES=http://localhost/ enrol alice --key-kind p256
	expect_end 'a URL of the CA without TLS' 64
	expect_text 'a URL of the CA without TLS: told which' http://localhost/ "$WORK/out" "$WORK/err"
	enrol alice --key-kind dsa
	expect_end 'no such kind of key' 64
	expect_text 'no such kind of key: told which' dsa "$WORK/out" "$WORK/err"
	enrol alice --template 1.2.x
	expect_end 'no object identifier' 64
	expect_text 'no object identifier: told which' 1.2.x "$WORK/out" "$WORK/err"
	enrol alice --ces-auth magic
	expect_end 'no such authentication' 64
	expect_text 'no such authentication: told which' magic "$WORK/out" "$WORK/err"
	enrol alice --dn garbage
	expect_end 'no distinguished name' 64
	expect_text 'no distinguished name: told which' garbage "$WORK/out" "$WORK/err"
	expect_no_text 'what is refused is not ok' 'status: ok' "$WORK/out" "$WORK/err"
	enrol alice --timeout 5x
	expect_end 'no number of seconds' 64
	expect_text 'no number of seconds: told which' "--timeout cannot be '5x'" "$WORK/out" "$WORK/err"
	enrol alice --template 1.2.3:4
	expect_end 'no version of a template' 64
	expect_text 'no version of a template: told which' 1.2.3:4 "$WORK/out" "$WORK/err"
	enrol alice --no-such-option
	expect_end 'no such option' 64
	CES=http://localhost/ enrol alice --json
	expect_end '--json, an option that is not taken' 64
	check '--json, an option that is not taken: JSON' is_json "$WORK/out"
	expect_no_text '--json, an option that is not taken' '"status":"ok"' "$WORK/out"
	expect_equal 'no code was looked at' "$before" "$(codes_seen)"
}

# ---- by hand --------------------------------------------------------------------------------------

# What an administrator does with certreq: the request of the file goes to the CA in alice's name.
submit_by_hand() { # REQUEST CERTIFICATE-FILE der|pem|cmc|slow|paused
	local ns=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd
	cat >"$WORK/envelope" <<-X
	<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">
	<s:Header><a:Action>http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep</a:Action>
	<a:MessageID>urn:uuid:1</a:MessageID>
	<o:Security xmlns:o="$ns"><o:UsernameToken><o:Username>LAB\\alice</o:Username>
	<o:Password>$(field_of alice 7)</o:Password></o:UsernameToken></o:Security></s:Header><s:Body>
	<RequestSecurityToken xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512">
	<RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>
	<BinarySecurityToken xmlns="$ns" ValueType="$ns#PKCS7">$(base64 "$1")</BinarySecurityToken>
	</RequestSecurityToken></s:Body></s:Envelope>
	X
	curl -q -sS --max-time 20 --cacert "$LAB_TRUST" -H 'Content-Type: application/soap+xml; charset=utf-8' \
	    --data-binary "@$WORK/envelope" -o "$WORK/answer" "$LAB_CES" || return 1
	python3 - "$WORK/answer" "$2" "$3" <<'X'
import base64, os, ssl, sys, time
import xml.etree.ElementTree as tree
trust = "{http://docs.oasis-open.org/ws-sx/ws-trust/200512}"
token = ("{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
         "BinarySecurityToken")
root = tree.parse(sys.argv[1]).getroot()
made = base64.b64decode(root.find(f".//{trust}RequestedSecurityToken/{token}").text)
cmc = base64.b64decode(root.find(f".//{trust}RequestSecurityTokenResponse/{token}").text)
form = sys.argv[3]
out = {"pem": ssl.DER_cert_to_PEM_cert(made).encode(), "cmc": cmc}.get(form, made)
step, pause = {"slow": (200, 0.1), "paused": (500, 0.9)}.get(form, (len(out), 0))
with open(sys.argv[2], "wb") as file:
    for at in range(0, len(out), step):
        file.write(out[at:at + step])
        file.flush()
        time.sleep(pause)
X
}

by_hand() { # REQUEST CERTIFICATE-FILE der|pem|cmc|slow|paused
	local ns=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd
	cat >"$WORK/envelope" <<-X
	<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">
	<s:Header><a:Action>http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep</a:Action>
	<a:MessageID>urn:uuid:1</a:MessageID>
	<o:Security xmlns:o="$ns"><o:UsernameToken><o:Username>LAB\\alice</o:Username>
	<o:Password>$(field_of alice 7)</o:Password></o:UsernameToken></o:Security></s:Header><s:Body>
	<RequestSecurityToken xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512">
	<RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>
	<BinarySecurityToken xmlns="$ns" ValueType="$ns#PKCS7">$(base64 "$1")</BinarySecurityToken>
	</RequestSecurityToken></s:Body></s:Envelope>
	X
	curl -q -sS --max-time 20 --cacert "$LAB_TRUST" -H 'Content-Type: application/soap+xml; charset=utf-8' \
	    --data-binary "@$WORK/envelope" -o "$WORK/answer" "$LAB_CES" || return 1
	python3 - "$WORK/answer" "$2" "$3" <<'X'
import base64, os, ssl, sys, time
import xml.etree.ElementTree as tree
trust = "{http://docs.oasis-open.org/ws-sx/ws-trust/200512}"
token = ("{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
         "BinarySecurityToken")
root = tree.parse(sys.argv[1]).getroot()
made = base64.b64decode(root.find(f".//{trust}RequestedSecurityToken/{token}").text)
cmc = base64.b64decode(root.find(f".//{trust}RequestSecurityTokenResponse/{token}").text)
out = {"der": made, "pem": ssl.DER_cert_to_PEM_cert(made).encode(), "cmc": cmc, "slow": made}[sys.argv[3]]
with open(sys.argv[2], "wb") as file:
    for at in range(0, len(out), 200 if sys.argv[3] == "slow" else len(out)):
        file.write(out[at:at + (200 if sys.argv[3] == "slow" else len(out))])
        file.flush()
        time.sleep(0.1 if sys.argv[3] == "slow" else 0)
X
}

by_hand() {
	local request=$WORK/request certificate=$WORK/certificate form hand
	for form in der pem cmc slow paused; do
		rm -f "$request"
		echo 'from another time' >"$certificate"
		{ await_file "$request" 100 && submit_by_hand "$request" "$certificate" $form; } \
		    >"$WORK/hand.out" 2>&1 </dev/null &
		hand=$!
		CHILDREN+=("$hand")
		enrol alice --key-kind p256 --request-file "$request" --certificate-file "$certificate" --timeout 20
		wait "$hand" || not_ok "by hand, $form: $(cat "$WORK/hand.out")"
		expect_end "by hand, $form" 0
	done
	expect_equal 'the request is for nobody else' 600 "$(stat -c %a "$request")"
	"$DAOTP" decode --brief "$request" >"$WORK/listed" 2>&1
	expect_text 'the request is a CMC' CMC "$WORK/listed"
	enrol alice --key-kind p256 --request-file "$request" --certificate-file "$certificate" --timeout 1
	expect_end 'nobody does it' 2 CA-WAITING-FILE
	rm -f "$request"
	{ await_file "$request" 100 && echo 'The request was denied.' >"$certificate"; } &
	hand=$!
	CHILDREN+=("$hand")
	enrol alice --key-kind p256 --request-file "$request" --certificate-file "$certificate" --timeout 2
	wait "$hand"
	expect_end 'what is put there is no certificate' 2 CA-RESPONSE
	rm -f "$request"
	{ await_file "$request" 100 && cp "$LAB_MACHINE_CERT" "$certificate"; } &
	hand=$!
	CHILDREN+=("$hand")
	enrol alice --key-kind p256 --request-file "$request" --certificate-file "$certificate" --timeout 20
	wait "$hand"
	expect_end 'a certificate for another key' 2 CA-RESPONSE
}

# ---- several servers ------------------------------------------------------------------------------

start_stub() { # NAME STATUS [OPTION...]: $STUB is its URL, $WORK/NAME.asked what it was asked
	local name=$1 status=$2
	shift 2
	rm -f "$WORK/$name.port"
	spawn "$name" python3 "$HERE/stub.py" --cert "${STUB_CERT:-$WORK/lab/pki/server.pem}" \
	    --key "${STUB_KEY:-$WORK/lab/pki/server.key}" --port-file "$WORK/$name.port" \
	    --log "$WORK/$name.asked" --status "$status" "$@"
	await_file "$WORK/$name.port" || not_ok "the stub does not start: $(cat "$WORK/$name.out")"
	STUB=https://localhost:$(cat "$WORK/$name.port")/otp
}

several_servers() {
	local dead
	dead=https://localhost:$(free_port)/otp
	SERVERS=("$dead" "$LAB_URL")
	enrol alice --key-kind p256
	expect_end 'a dead port, then the good one' 0
	expect_finding 'a dead port, then the good one' TCP-FAILED
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
	    -addext subjectAltName=DNS:localhost -keyout "$WORK/self.key" -out "$WORK/self.pem" 2>"$WORK/self.log"
	STUB_CERT=$WORK/self.pem STUB_KEY=$WORK/self.key start_stub untrusted 200
	SERVERS=("$STUB" "$LAB_URL")
	enrol alice --key-kind p256
	expect_end 'one that is not trusted, then the good one' 0
	expect_finding 'one that is not trusted, then the good one' TLS-SERVER-UNTRUSTED
	expect_equal 'one that is not trusted was told nothing' '' "$(cat "$WORK/untrusted.asked")"
	start_stub broken 503
	SERVERS=("$STUB" "$LAB_URL")
	enrol alice --key-kind p256
	expect_end 'one that answers 503, then the good one' 0
	expect_finding 'one that answers 503, then the good one' HTTP-UNAVAILABLE
	expect_equal 'one that answers 503 saw no code' 'HEAD POST' "$(cut -d' ' -f1 "$WORK/broken.asked" | xargs)"
	SERVERS=("https://localhost.invalid/otp" "$LAB_URL")
	enrol alice --key-kind p256
	expect_end 'a name that does not exist, then the good one' 0
	SERVERS=("$STUB" "$dead")
	enrol alice --key-kind p256
	expect_end 'none is good' 2 TCP-FAILED
	expect_finding 'none is good: both are told' HTTP-UNAVAILABLE
	: >"$WORK/broken.asked"
	SERVERS=("$STUB" "$LAB_URL")
	enrol alice --key-kind p256 --no-preflight
	expect_end 'without a preflight the code goes to the first and is not repeated' 2 HTTP-UNAVAILABLE
	expect_equal 'without a preflight: one POST' 1 "$(grep -c ^POST "$WORK/broken.asked")"
	SERVERS=("$LAB_URL" "$STUB")
	: >"$WORK/broken.asked"
	WITH_CODE=000000 enrol alice --key-kind p256
	expect_end 'a code that is refused' 1 OTP-AUTHENTICATION
	expect_equal 'a code that is refused is not tried elsewhere' '' "$(cat "$WORK/broken.asked")"
	SERVERS=("$LAB_URL")
}

# ---- who may come ---------------------------------------------------------------------------------

# The server closes at once, so that its alert, the reset behind it, and our first bytes meet:
# whatever comes first, the certificate was refused, and that is what must be told.
always_refused() { # OPTION
	local i found=0
	for ((i = 0; i < 20; i++)); do
		WITH_CODE=000000 enrol alice --key-kind p256 $1
		[ "$ERROR" != TLS-CLIENT-CERT-REFUSED ] || found=$((found + 1))
	done
	expect_equal "a client certificate of nobody $1, of 20 runs told so" 20 "$found"
}

client_certificates() {
	local before
	before=$(codes_seen)
	IDENTITY=()
	enrol alice --key-kind p256
	expect_end 'no client certificate' 78 TLS-CLIENT-CERT-MISSING
	IDENTITY=(--cert "$WORK/self.pem" --key "$WORK/self.key")
	enrol alice --key-kind p256
	expect_end 'a client certificate of nobody' 1 TLS-CLIENT-CERT-REFUSED
	always_refused ''
	always_refused --tls12
	always_refused --no-preflight
	expect_equal 'no code was looked at' "$before" "$(codes_seen)"
	IDENTITY=(--cert "$LAB_MACHINE_CERT" --key "$WORK/self.key")
	enrol alice --key-kind p256
	expect_end 'the key of another certificate' 78 KEY-MISMATCH
	IDENTITY=(--cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY")
	enrol alice --key-kind p256 --tls12
	expect_end 'the machine certificate' 0
}

# judged WHAT WANTED OPTION...: the HTTP status for a POST of nothing, to a server of these options
judged() {
	local what=$1 wanted=$2
	shift 2
	rm -f "$WORK/judge.port"
	spawn judge "$DAOTP" serve --listen 127.0.0.1:0 --port-file "$WORK/judge.port" --cert "$WORK/lab/pki/server.pem" \
	    --key "$WORK/lab/pki/server.key" --client-ca "$LAB_TRUST" --template "$LAB_TEMPLATE" \
	    --ra-cert "$WORK/lab/pki/ra.pem" --ra-key "$WORK/lab/pki/ra.key" --users "$LAB_USERS" "$@"
	await_file "$WORK/judge.port"
	expect_equal "$what" "$wanted" "$(curl -s -o "$WORK/judge.body" -w '%{http_code}' --cacert "$LAB_TRUST" \
	    --cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY" --data '' \
	    "https://localhost:$(cat "$WORK/judge.port")/otp")"
	reap "$CHILD"
}

# The certificate holds the key of the handshake; whether it still holds is the list's to say.
clients_of_the_server() {
	local list=$WORK/judge.crl by=(--trust "$LAB_TRUST" --with "$WORK/lab/pki/issuing.pem")
	curl -s -o "$list" "$(openssl x509 -in "$LAB_MACHINE_CERT" -noout -ext crlDistributionPoints |
	    sed -n 's/.*URI:\(http.*\)/\1/p')"
	judged 'a client that nobody judges' 400
	judged 'a client with a list' 400 "${by[@]}" --crl "$list" --crl "$WORK/lab/ca/www/root.crl"
	judged 'a client without a list' 403 "${by[@]}"
	expect_text 'why it was refused' CRL-MISSING "$WORK/judge.out"
	judged 'a list is not asked for' 400 "${by[@]}" --revocation ignore
	judged 'a client whose issuer is not at hand' 403 --trust "$LAB_TRUST" --revocation ignore
	expect_text 'which one' 'CN=Lab Issuing CA' "$WORK/judge.out"
}

good_enrolments
token_enrolment
hostile_user
the_store
refused_codes
refused_by_ca
silent_kdc
password_from_file
json
by_certificate
ca_hosts
known_beforehand
wrong_options
by_hand
several_servers
client_certificates
clients_of_the_server
[ -n "$HAS_KDC" ] || echo '# without a KDC or kinit: logon not tried'
summary
