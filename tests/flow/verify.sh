#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# daotp verify and daotp crl, as a person calls them: what each option does to the verdict, the
# table, the JSON, the exit status.
. "$(dirname "$0")/lib.sh"
cd "$WORK" || exit 70
. "$HERE/pki.sh"

# ---- the certificates -----------------------------------------------------------------------------

# Lists: root.crl, ca.crl, and clean.crl from before the revocation.
make_lists() {
	make_crl root root.crl && make_crl ca clean.crl && authority ca -revoke revoked.pem -crl_reason keyCompromise &&
	    make_crl ca ca.crl && openssl crl -in ca.crl -outform DER -out ca.der
}

make_pki() {
	cat >>pki.cnf <<-C
		[ca]
		basicConstraints = critical,CA:TRUE
		keyUsage = critical,keyCertSign,cRLSign
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		[server]
		keyUsage = critical,digitalSignature
		extendedKeyUsage = serverAuth
		subjectAltName = DNS:www.example.com,IP:192.0.2.1,email:a@example.com
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		[bare]
		keyUsage = critical,digitalSignature
		extendedKeyUsage = serverAuth
		subjectAltName = DNS:www.example.com
		authorityKeyIdentifier = none
	C
	make_root && make ca root ca "/CN=Issuing CA" && make server ca server "/CN=www.example.com" &&
	    make revoked ca server "/CN=www.example.com" && make bare ca bare "/CN=www.example.com" &&
	    make_lists
}

# ---- asking ---------------------------------------------------------------------------------------

# expect WHAT STATUS TEXT COMMAND...: the text, an extended regular expression, is in what is said
expect() {
	local what=$1 status=$2 text=$3 rc
	shift 3
	"$@" >said 2>&1
	rc=$?
	if [ "$rc" = "$status" ] && grep -qE -- "$text" said; then ok "$what"; return; fi
	not_ok "$what: wanted $status with '$text', found $rc: $(head -c 1500 said)"
}

base=(--trust root.pem --with ca.pem)
lists=(--crl root.crl --crl ca.crl)
verify() { "$DAOTP" verify "${base[@]}" "${lists[@]}" "$@"; }
bare() { "$DAOTP" verify "${base[@]}" "$@"; }
crl() { "$DAOTP" crl "$@"; }
later() { date -u -d "+$1" +%Y-%m-%dT%H:%M:%SZ; }

json() { # PYTHON: of the lines in `said`, each an object in `all`
	python3 -c 'import json, sys
all = [json.loads(line) for line in open("said")]
sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" || { not_ok "json: $1: $(head -c 1500 said)"; return; }
	ok "json: $1"
}

verify_table() {
	local row
	expect 'a good one' 0 '^server.pem: accepted$' verify server.pem
	expect_equal 'what passed is not shown' 'server.pem: accepted' "$(cat said)"
	expect 'but with -v' 0 '^server.pem: accepted$' verify -v server.pem
	expect_text 'certificates are named by subject and serial' \
	    "CN=www.example.com, serial $(openssl x509 -in server.pem -noout -serial | cut -d= -f2 | tr A-F a-f)" said
	for row in signature dates 'public key' issuer CA names policies extensions purpose profile; do
		expect_equal "a row for $row, of two certificates" 2 "$(grep -cE "^  ok   $row" said)"
	done
	expect_text 'the anchor is named' ', serial ' <(grep '^CN=Root, .* (anchor)$' said)
	expect_text 'revocation has a row' 'REVOCATION-GOOD' said
	expect 'a revoked one' 1 '^  FAIL .*REVOKED.*keyCompromise' verify revoked.pem
	expect_text 'and what is to be done' 'what to do:' said
	expect_equal 'the verdict comes first' '  verdict: REVOKED' "$(sed -n '2s/^\(  verdict: [A-Z-]*\):.*/\1/p' said)"
	expect_equal 'of one certificate only is something told' 1 "$(grep -c '^CN=' said)"
	expect 'several, one revoked' 1 '^revoked.pem: rejected$' verify server.pem revoked.pem server.pem
	expect_text 'the others are judged too' 'server.pem: accepted' said
	expect 'not a certificate' 2 'CERT-DER' verify pki.cnf
	expect 'no such file' 78 none.pem verify none.pem
}

verify_options() {
	expect 'no issuer' 1 'CHAIN-(NO-PATH|ISSUER-MISSING)' "$DAOTP" verify --trust root.pem "${lists[@]}" server.pem
	expect 'a stranger for an anchor' 1 CHAIN "$DAOTP" verify --trust server.pem --with ca.pem "${lists[@]}" revoked.pem
	mkdir folder && cp root.pem folder && echo x >folder/README
	expect 'anchors of a folder' 0 accepted "$DAOTP" verify --trust folder --with ca.pem "${lists[@]}" server.pem
	[ ! -e /etc/ssl/certs/ca-certificates.crt ] ||
	    expect "the system's anchors" 1 CHAIN "$DAOTP" verify --trust system --with ca.pem "${lists[@]}" server.pem
	expect 'no such anchor' 78 FILE-READ "$DAOTP" verify --trust none.pem server.pem
	expect 'no lists' 2 CRL-MISSING bare server.pem
	expect 'prefer' 0 '^  warn .*CRL-MISSING' bare --revocation prefer server.pem
	expect 'ignore' 0 REVOCATION-IGNORED bare --revocation ignore revoked.pem
	expect 'rules path' 0 accepted verify --rules path bare.pem
	expect 'rules strict, which are the usual' 1 PROFILE-AKI verify bare.pem
	expect 'rules webpki' 1 WEBPKI verify --rules webpki server.pem
	expect 'at a time in words' 1 CHAIN-EXPIRED verify --at "$(later 31days)" server.pem
	expect 'at a time in seconds' 1 CHAIN-NOT-YET verify --at 1000000000 server.pem
	expect 'a list that is over' 2 CRL-STALE verify --at "$(later 8days)" server.pem
	expect 'and tolerated' 0 CRL-STALE-TAKEN verify --at "$(later 8days)" --stale 172800 server.pem
	expect 'the newer of two lists' 1 REVOKED verify --crl clean.crl revoked.pem
	cat clean.crl ca.crl >both.crl
	expect 'the second list of a file' 1 REVOKED "$DAOTP" verify "${base[@]}" --crl root.crl --crl both.crl revoked.pem
	expect 'a role' 1 OTP-EKU verify --as otp-logon server.pem
	expect 'a role that fits' 0 accepted verify --as server server.pem
	expect 'not in NTAuth' 1 NTAUTH-LIST verify --as kdc --ntauth root.pem server.pem
	"$DAOTP" verify "${base[@]}" "${lists[@]}" --as kdc --ntauth ca.pem server.pem >said 2>&1
	expect_no_text 'in NTAuth' NTAUTH-LIST said
	expect 'the purpose' 0 accepted verify --purpose 1.3.6.1.5.5.7.3.1 server.pem
	expect 'another purpose' 1 CHAIN-PURPOSE verify --purpose 1.3.6.1.5.5.7.3.2 server.pem
	expect 'its names' 0 accepted verify --name www.example.com --ip 192.0.2.1 --email a@example.com server.pem
	for name in '--name example.com' '--ip 192.0.2.2' '--email b@example.com' '--upn a@example.com'; do
		# shellcheck disable=SC2086
		expect "not $name" 1 CHAIN-HOST verify $name server.pem
	done
}

verify_usage() {
	expect help 0 '^example: ' "$DAOTP" verify --help
	for wrong in --nonsense '--rules x' '--revocation x' '--as x' '--at yesterday' '--stale -1' '--timeout 0' \
	    '--name -' '--ip x' '--allow x'; do
		# shellcheck disable=SC2086
		expect "usage: $wrong" 64 . verify $wrong server.pem
	done
	expect 'usage: no file' 64 '^daotp verify: needs a FILE' "$DAOTP" verify --trust root.pem
}

verify_json() {
	verify --json server.pem revoked.pem >said
	expect_equal 'two files, of which one is revoked' 1 $?
	json '[one["status"] for one in all] == ["ok", "rejected"]'
	json '[(one["format"], one["file"]) for one in all] == [(1, "server.pem"), (1, "revoked.pem")]'
	json '[len(one["path"]) for one in all] == [3, 3] and all[0]["path"][2]["anchor"]'
	json '{"check": "signature", "state": "pass", "finding": None} in all[0]["path"][0]["checks"]'
	json '{"check": "revocation", "state": "fail", "finding": "REVOKED"} in all[1]["path"][0]["checks"]'
	json '"REVOKED" in [f["id"] for f in all[1]["findings"]]'
	json '"REVOCATION-GOOD" in [f["id"] for f in all[0]["findings"]]'
	"$DAOTP" verify --json --trust none.pem server.pem >said
	expect_equal 'no such anchor' 78 $?
	json '[f["id"] for f in all[0]["findings"]] == ["FILE-READ"]'
}

verify_ocsp() {
	local serial
	serial=$(openssl x509 -in server.pem -noout -serial | cut -d= -f2)
	printf 'V\t351231235959Z\t\t%s\tunknown\t/CN=www.example.com\n' "$serial" >ocsp-index
	openssl ocsp -index ocsp-index -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer ca.pem -cert server.pem \
	    -ndays 1 -no_nonce -respout answer.der >>openssl.log 2>&1
	expect 'a stapled answer' 0 accepted "$DAOTP" verify "${base[@]}" --crl root.crl --ocsp answer.der server.pem
	expect 'about another' 2 CRL-MISSING "$DAOTP" verify "${base[@]}" --crl root.crl --ocsp answer.der revoked.pem
}

crl_shows() {
	local serial
	serial=$(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)
	for list in ca.crl ca.der; do
		expect "$list" 0 '^entries: 1$' crl "$list"
		expect_text issuer 'issuer: CN=Issuing CA' said
		expect_text number 'number: 03' said
		expect 'the signature' 0 '^signature: holds$' crl --issuer ca.pem "$list"
		expect 'listed' 1 "^$serial: listed, reason 1, 20" crl --issuer ca.pem --serial "$serial" "$list"
		expect 'not listed' 0 '^0a: not listed$' crl --issuer ca.pem --serial 0a "$list"
		expect 'indexed' 1 'listed, reason 1' crl --issuer ca.pem --index --serial "$serial" "$list"
	done
	expect 'in small letters, with zeros in front' 1 'listed, reason 1' \
	    crl --issuer ca.pem --serial "0000$(tr A-F a-f <<<"$serial")" ca.crl
	expect 'several' 1 'not listed' crl --issuer ca.pem --serial 1 --serial "$serial" --serial 2 ca.crl
	expect_equal 'each is answered' 3 "$(grep -c 'listed' said)"
	cat clean.crl ca.crl >both.crl
	head -c -20 both.crl >cut.crl
	expect 'the second list of a file' 1 "^$serial: listed, reason 1, 20" \
	    crl --issuer ca.pem --serial "$serial" both.crl
	expect_equal 'both are shown' 2 "$(grep -c '^CRL [12] of 2$' said)"
	expect 'on neither' 0 '^0a: not listed$' crl --issuer ca.pem --serial 0a both.crl
	expect 'in JSON' 1 '^{"format":1,"crls":\[.*\],"status":"rejected"}$' \
	    crl --json --issuer ca.pem --serial "$serial" both.crl
	expect 'a list that is cut' 2 'block 2' crl cut.crl
	expect 'measured' 0 '^index: [0-9.]+ ms$' crl --issuer ca.pem --index --measure --serial 1 ca.crl
	for row in 'opened and copied: [0-9.]+ ms' 'walked: [0-9.]+ ms' 'signature: holds, [0-9.]+ ms' \
	    '1: not listed, [0-9]+ ns'; do
		check "measured: $row" grep -qE "^$row\$" said
	done
}

crl_refuses() {
	expect 'of another CA' 2 'CRL-(SIGNER|SIGNATURE)' crl --issuer root.pem ca.crl
	expect 'and so nothing is looked up' 2 . crl --issuer root.pem --serial 1 ca.crl
	expect_no_text 'nothing at all' 'not listed' said
	python3 -c '
der = open("ca.der", "rb").read()
open("changed.der", "wb").write(der[:-1] + bytes([der[-1] ^ 1]))'
	expect 'changed' 2 'CRL-SIGNATURE' crl --issuer ca.pem changed.der
	expect 'a certificate' 2 CRL-DER crl ca.pem
	expect 'an issuer that is none' 2 . crl --issuer pki.cnf ca.crl
	expect 'no such list' 78 FILE-READ crl none.crl
	expect 'no such issuer' 78 none.pem crl --issuer none.pem ca.crl
	expect 'a serial that is none' 64 'not a serial number' crl --issuer ca.pem --serial xyz ca.crl
	expect help 0 '^example: ' crl --help
	for wrong in '--nonsense ca.crl' '--serial 1 ca.crl' '--index ca.crl' '' 'ca.crl root.crl'; do
		# shellcheck disable=SC2086
		expect "usage: $wrong" 64 . crl $wrong
	done
}

crl_json() {
	local serial
	serial=$(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)
	crl --json ca.crl >said
	json 'all[0]["entries"] == 1 and all[0]["number"] == "03" and not all[0]["indirect"]'
	json 'all[0]["next_update"] - all[0]["this_update"] == 7 * 86400'
	crl --json --issuer ca.pem --serial "$serial" ca.crl >said
	expect_equal 'listed' 1 $?
	crl --json --issuer root.pem ca.crl >said
	expect_equal 'of another CA' 2 $?
	json 'any(f["id"].startswith("CRL-SIG") for f in all[0]["report"]["findings"])'
}

make_pki || { cat openssl.log; not_ok 'the certificates cannot be made'; summary; exit 1; }
for group in verify_table verify_options verify_usage verify_json verify_ocsp crl_shows crl_refuses crl_json; do
	[[ $group == *$FILTER* ]] && $group
done
summary
