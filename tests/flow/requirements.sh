#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# daotp requirements, as an administrator calls it: a good and a bad certificate of each part, and
# which rows pass, fail or stay unknown; what the tool explains to the requirement that fails.
. "$(dirname "$0")/lib.sh"
cd "$WORK" || exit 70
. "$HERE/pki.sh"

# section NAME LINE...: of pki.cnf, with the issuer's key identifier
section() {
	printf '%s\n' "[$1]" "${@:2}" 'authorityKeyIdentifier = keyid' >>pki.cnf
}

CRL='crlDistributionPoints = URI:http://pki.example.com/ca.crl'
section ca basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign subjectKeyIdentifier=hash \
    crlDistributionPoints=URI:http://pki.example.com/root.crl
section bad_ca basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign extendedKeyUsage=serverAuth \
    subjectKeyIdentifier=hash
section ra keyUsage=critical,digitalSignature extendedKeyUsage=1.3.6.1.4.1.311.81.1.1 \
    subjectAltName=DNS:da.example.com "$CRL"
section bad_ra keyUsage=critical,keyEncipherment extendedKeyUsage=clientAuth
section logon keyUsage=critical,digitalSignature extendedKeyUsage=1.3.6.1.4.1.311.20.2.2 \
    'subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@example.com' "$CRL" \
    1.3.6.1.4.1.311.25.2=ASN1:SEQUENCE:sid
section bad_logon keyUsage=critical,keyEncipherment extendedKeyUsage=clientAuth
section machine keyUsage=critical,digitalSignature extendedKeyUsage=clientAuth subjectAltName=DNS:pc7.example.com "$CRL"
section bad_machine extendedKeyUsage=serverAuth
section server keyUsage=critical,digitalSignature,keyEncipherment extendedKeyUsage=serverAuth \
    subjectAltName=DNS:da.example.com "$CRL"
section bad_server keyUsage=critical,keyEncipherment extendedKeyUsage=clientAuth crlDistributionPoints=URI:ldap:///CN=ca
section kdc keyUsage=critical,digitalSignature,keyEncipherment extendedKeyUsage=1.3.6.1.5.2.3.5,serverAuth,clientAuth \
    subjectAltName=DNS:dc1.example.com,DNS:example.com "$CRL"
section bad_kdc keyUsage=critical,keyEncipherment extendedKeyUsage=serverAuth
cat >>pki.cnf <<-C
	[sid]
	name = IMPLICIT:0,SEQUENCE:sid_name
	[sid_name]
	type = OID:1.3.6.1.4.1.311.25.2.1
	value = EXPLICIT:0,OCTETSTRING:S-1-5-21-1-2-3-1105
C
PKI_KEY=(rsa:2048)
make_root && make ca root ca "/CN=Issuing CA" 20 && make bad_ca root bad_ca "/CN=Web CA" 20 || exit 70
for part in ra logon machine server kdc; do
	make $part ca $part "/CN=$part" 1 && make bad_$part ca bad_$part "/CN=bad" 1 || exit 70
done
make_crl root root.crl && make_crl ca ca.crl || exit 70

rows() { # STATE: the ids that have it, of what stands in `said`
	sed -n "s/^$1 *\(C[0-9.]*[a-z]*\) .*/\1/p" said | tr '\n' ' ' | sed 's/ $//'
}

# judge WHAT STATUS FAILED PART CERT [OPTION...]
judge() {
	local what=$1 status=$2 failed=$3 part=$4
	shift 4
	"$DAOTP" requirements --part "$part" "$@" >said 2>err
	expect_equal "$what: exit status" "$status" $?
	expect_equal "$what: what fails" "$failed" "$(rows FAIL)"
}

judge 'a good signing certificate' 0 '' ra ra.pem
expect_equal 'what it shows passes' 'C2.1 C2.1a C2.1b C2.1c C2.2 C2.2a C2.3a C2.4 C2.5 C2.6 C2.10' "$(rows pass)"
expect_equal 'what it does not show is unknown' 'C2.3 C2.3b C2.4a C2.7 C2.8 C2.9 C2.11' "$(rows unknown)"
judge 'a bad one' 1 'C2.1 C2.3a C2.5 C2.10' ra bad_ra.pem
expect_text 'what was found stands there' 'other usages only' said
expect_text 'where to set it, too' 'Application Policies' said
judge 'a logon certificate for a signing one' 1 'C2.1 C2.5' ra logon.pem
judge 'a good logon certificate' 0 'C3.6' otp-logon logon.pem
judge 'a bad one' 1 'C3.1 C3.2 C3.4 C3.6 C3.7 C3.10' otp-logon bad_logon.pem
judge 'a good machine certificate' 0 '' machine machine.pem
judge 'a bad one' 1 'C4.2 C4.2a C4.3 C4.6' machine bad_machine.pem
judge 'a good server certificate' 0 '' server server.pem
judge 'a bad one' 1 'C1.2 C1.4 C1.6 C1.11' server bad_server.pem
judge 'a good certificate of a domain controller' 0 '' kdc kdc.pem
judge 'a bad one' 1 'C5.2 C5.3 C5.4 C5.4a C5.5 C5.6' kdc bad_kdc.pem
judge 'a good CA' 0 '' ca ca.pem
judge 'a CA for servers only' 1 'C6.3 C6.4a C6.4b' ca bad_ca.pem
judge 'no CA at all' 1 'C6.4 C6.4a C6.4b' ca ra.pem
judge 'a CA in NTAuth' 0 '' ntauth --ntauth ca.pem ca.pem
expect_equal 'both rows pass' 'C6.1 C6.1a' "$(rows pass)"
judge 'its root instead of it' 1 'C6.1' ntauth --ntauth root.pem ca.pem
judge 'without the list' 0 '' ntauth ca.pem

anchors=(--trust root.pem --with ca.pem --crl root.crl --crl ca.crl)
judge 'with anchors and CRLs' 0 '' server "${anchors[@]}" server.pem
expect_equal 'path, dates and revocation pass' 'C1.1 C1.2 C1.3 C1.4 C1.5 C1.6 C1.6a C1.10 C1.11' "$(rows pass)"
judge 'without CRLs' 0 '' server --trust root.pem --with ca.pem server.pem
expect_equal 'revocation is unknown' 'C1.2a C1.6a C1.7 C1.8 C1.9 C1.12' "$(rows unknown)"
judge 'under another root' 1 'C1.5' server --trust bad_ca.pem --with ca.pem server.pem
judge 'a domain controller whose CA is in NTAuth' 0 '' kdc "${anchors[@]}" --ntauth ca.pem kdc.pem
expect_text 'that passes' 'pass    C5.7 ' said
judge 'and is not' 1 'C5.7' kdc "${anchors[@]}" --ntauth bad_ca.pem kdc.pem
judge 'a logon certificate whose CA is in NTAuth' 0 'C3.6' otp-logon "${anchors[@]}" --ntauth ca.pem logon.pem
expect_text 'that passes, too' 'pass    C3.22 ' said
judge 'and is not, either' 1 'C3.6 C3.22' otp-logon "${anchors[@]}" --ntauth bad_ca.pem logon.pem
openssl x509 -in server.pem -outform DER -out server.der
judge 'DER' 0 '' server server.der

"$DAOTP" requirements >said 2>err
expect_equal 'all parts' 0 $?
for part in ra otp-logon machine server kdc ca ntauth; do expect_text "$part has a table" "$part:" said; done
"$DAOTP" requirements --json --part ra bad_ra.pem >said
expect_equal 'JSON: the status is the same' 1 $?
python3 -c 'import json
rows = {row["id"]: row for row in json.load(open("said"))}
assert rows["C2.1"]["state"] == "fail" and rows["C2.1"]["found"] and rows["C2.1"]["finding"] == "RA-EKU"
assert rows["C2.7"]["state"] == "unknown" and rows["C2.7"]["finding"] == ""
assert all(row["setting"] and row["command"] and row["requirement"] for row in rows.values())' &&
    ok 'JSON: what fails, found, setting and command' || not_ok 'JSON'
for wrong in '--part none' 'ra.pem' '--part ra ra.pem kdc.pem' '--none'; do
	# shellcheck disable=SC2086
	"$DAOTP" requirements $wrong >said 2>err
	expect_equal "usage: $wrong" 64 $?
done
"$DAOTP" requirements --part ra none.pem >said 2>err
expect_equal 'no such file' 78 $?
"$DAOTP" requirements --part ra pki.cnf >said 2>err
expect_equal 'no certificate' 2 $?
expect_text 'it is named, where the table would be' CERT-DER said
# what fails is explained
"$DAOTP" explain C2.1 RA-EKU >said
expect_text 'a requirement is explained' 'DA-RA-CERT-EKU' said
summary
