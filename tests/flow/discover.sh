#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# daotp discover against a real directory, Samba's, with the objects of a PKI put in: what is found, what
# is proposed, what must be chosen; what a directory says that nobody should believe; and an enrolment
# with the profile that was written.
#
#   discover.sh DAOTP-PROGRAM
#
# Needs root, for the ports are fixed and provisioning changes owners; else it is left out.
set -u
PATH=$PATH:/usr/sbin:/sbin
DAOTP_PROGRAM=$(realpath "$1")
for program in samba samba-tool unshare kinit ldapmodify; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
ls /usr/lib/*/sasl2/libgssapiv2.so >/dev/null 2>&1 || { echo 'skipped: no libsasl2-modules-gssapi-mit'; exit 77; }
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 77; }
if [ -z "${DISCOVER_INSIDE:-}" ]; then
	unshare -mn true 2>/dev/null || { echo 'skipped: no network namespace'; exit 77; }
	DISCOVER_INSIDE=1 exec unshare -mn "$0" "$DAOTP_PROGRAM"
fi

. "$(dirname "$0")/lib.sh"
export SAMBA_TLS=yes
. "$(dirname "$0")/samba.sh"
export HOME=$WORK/home KRB5CCNAME=FILE:$WORK/cc
mkdir "$HOME"
cd "$WORK" || exit 70
"$DAOTP" discover --help | grep -q ldaps || { echo 'not ok - no help'; exit 1; }

# the lab is the CA and the OTP server of that domain; its own krb5.conf is not wanted here
lab_up --no-kdc
export KRB5_CONFIG=$D/krb5.conf
BASE=DC=ad,DC=lab,DC=example
PKI="CN=Public Key Services,CN=Services,CN=Configuration,$BASE"
der() { openssl x509 -in "$1" -outform DER | base64 -w 0; }

objects() {
	cat <<-X
		dn: $PKI
		changetype: add
		objectClass: container

		dn: CN=Certificate Templates,$PKI
		changetype: add
		objectClass: container

		dn: CN=Enrollment Services,$PKI
		changetype: add
		objectClass: container

		dn: CN=Certification Authorities,$PKI
		changetype: add
		objectClass: container

		dn: CN=CDP,$PKI
		changetype: add
		objectClass: container

		dn: CN=AIA,$PKI
		changetype: add
		objectClass: container

		dn: CN=OTPLogon,CN=Certificate Templates,$PKI
		changetype: add
		objectClass: pKICertificateTemplate
		msPKI-Cert-Template-OID: $LAB_TEMPLATE
		revision: $LAB_TEMPLATE_MAJOR
		msPKI-Template-Minor-Revision: $LAB_TEMPLATE_MINOR
		msPKI-RA-Signature: 1
		pKIExtendedKeyUsage: 1.3.6.1.4.1.311.20.2.2
		msPKI-Certificate-Application-Policy: 1.3.6.1.4.1.311.20.2.2
		msPKI-RA-Application-Policies: msPKI-RA-Application-Policies\`PZPWSTR\`1.3.6.1.4.1.311.81.1.1\`msPKI-Hash-Algorithm\`PZPWSTR\`SHA256\`

		dn: CN=OTPSigning,CN=Certificate Templates,$PKI
		changetype: add
		objectClass: pKICertificateTemplate
		msPKI-Cert-Template-OID: 1.3.6.1.4.1.311.21.8.9.9.1
		revision: 100
		msPKI-Template-Minor-Revision: 1
		pKIExtendedKeyUsage: 1.3.6.1.4.1.311.81.1.1

		dn: CN=SmartcardLogon,CN=Certificate Templates,$PKI
		changetype: add
		objectClass: pKICertificateTemplate
		msPKI-Cert-Template-OID: 1.3.6.1.4.1.311.21.8.9.9.2
		msPKI-RA-Signature: 0
		pKIExtendedKeyUsage: 1.3.6.1.4.1.311.20.2.2

		dn: CN=NearlyRA,CN=Certificate Templates,$PKI
		changetype: add
		objectClass: pKICertificateTemplate
		msPKI-Cert-Template-OID: 1.3.6.1.4.1.311.21.8.9.9.3
		msPKI-RA-Signature: 1
		pKIExtendedKeyUsage: 1.3.6.1.4.1.311.20.2.2
		msPKI-RA-Application-Policies: 1.3.6.1.4.1.311.81.1.11

		dn: CN=Lab CA,CN=Enrollment Services,$PKI
		changetype: add
		objectClass: pKIEnrollmentService
		dNSHostName: localhost
		certificateTemplates: Machine
		certificateTemplates: OTPLogon
		msPKI-Enrollment-Servers:: $(printf '1\n4\n0\n%s' "$LAB_CES" | base64 -w 0)
		msPKI-Enrollment-Servers:: $(printf '0\n2\n1\nhttps://renewals.alone.example/CES' | base64 -w 0)

		dn: CN=Other CA,CN=Enrollment Services,$PKI
		changetype: add
		objectClass: pKIEnrollmentService
		dNSHostName: other.ad.lab.example
		certificateTemplates: Machine

		dn: CN=Lab Root,CN=Certification Authorities,$PKI
		changetype: add
		objectClass: certificationAuthority
		cACertificate:: $(der "$LAB_TRUST")
		certificateRevocationList:: AA==
		authorityRevocationList:: AA==

		dn: CN=Lab Root,CN=AIA,$PKI
		changetype: add
		objectClass: certificationAuthority
		cACertificate:: $(der "$LAB_TRUST")
		certificateRevocationList:: AA==
		authorityRevocationList:: AA==

		dn: CN=NTAuthCertificates,$PKI
		changetype: add
		objectClass: certificationAuthority
		cACertificate:: $(der "$LAB_TRUST")
		certificateRevocationList:: AA==
		authorityRevocationList:: AA==

		dn: CN=localhost,CN=CDP,$PKI
		changetype: add
		objectClass: container

		dn: CN=Lab CA,CN=localhost,CN=CDP,$PKI
		changetype: add
		objectClass: cRLDistributionPoint
		certificateRevocationList:: AA==
	X
}

as_administrator() { # reads LDIF
	KRB5CCNAME=FILE:$WORK/admin.cc LDAPNOINIT=1 ldapmodify -c -Q -Y GSSAPI -N -H "ldap://$HOST" >ldif.out 2>&1
}
KRB5CCNAME=FILE:$WORK/admin.cc kinit "Administrator@$REALM" <<<Admin-password-1 >/dev/null || { echo 'not ok - kinit'; exit 1; }
objects | as_administrator
grep -q 'CN=NTAuthCertificates' ldif.out || { cat ldif.out; exit 1; }

discover() { "$DAOTP" discover ad.lab.example "$@" >said 2>err </dev/null; }

discover --server $HOST
expect_equal 'without a ticket' 78 $?
expect_text 'without a ticket it says so' kinit err
kinit "alice@$REALM" <<<Alice-password-1 >/dev/null
spawn dns python3 "$HERE/srv_stub.py" "$WORK/dns.port" 20:0:389:none.ad.lab.example 0:100:389:$HOST 0:200:389:dc.evil.example
await_file dns.port
discover --dns "127.0.0.1:$(cat dns.port)" --url "$LAB_URL"
expect_equal 'by DNS, with a ticket' 0 $?
for line in "template = $LAB_TEMPLATE:$LAB_TEMPLATE_MAJOR.$LAB_TEMPLATE_MINOR" "#ces-url = $LAB_CES" \
    'user-form = ADLAB\{user}' 'upn-form = {user}@ad.lab.example' 'ca-realm = AD.LAB.EXAMPLE' '#ca-host = localhost' \
    "# domain controller: $HOST" '# CA: localhost\Lab CA' '# CA: other.ad.lab.example\Other CA, which does not' \
    '# template of registration authorities: OTPSigning' '# CRL: ldap:///CN=Lab%20CA,CN=localhost,CN=CDP,' "url = $LAB_URL"; do
	expect_text 'it is found' "$line" said
done
expect_no_text 'no host is allowed unasked' 'renewals.alone' said
check 'no host is allowed unasked' bash -c '! grep -q "^c[ae]s*-[hu]" said'
expect_text 'a controller of another domain is left out' 'dc.evil.example, which DNS names' err
discover --server $HOST --json --url "$LAB_URL" --ca-host LOCALHOST
expect_equal 'JSON' 0 $?
check 'JSON says it all' python3 -c '
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "'"$HERE"'")
import json_schema
d = json.load(open("said"))
assert d["complete"] and d["roots"]["count"] == d["ntauth"]["count"] == d["aia"]["count"] == 1, d
assert "BEGIN CERTIFICATE" in d["aia"]["pem"] and d["crls"][0].endswith("?certificateRevocationList"), d
assert not json_schema.check(d, "discover"), json_schema.check(d, "discover")
assert [t["name"] for t in d["templates"] if t["logon"]] == ["OTPLogon"], d
assert [t["name"] for t in d["templates"] if t["ra"]] == ["OTPSigning"], d
assert {c["name"]: c["issues_template"] for c in d["cas"]} == {"Lab CA": True, "Other CA": False}, d
assert d["profile"]["ca-host"] == "localhost", d
assert d["profile"]["ces-url"].startswith("https://localhost:") and d["profile"]["ces-auth"] == "username", d'
"$DAOTP" doctor --set directory-tls=sealed directory $HOST >said 2>err
expect_equal 'the doctor reads it by the ticket' 0 $?
expect_equal 'each of its rows passes' 6 "$(grep -c ' pass ' said)"
"$DAOTP" doctor --set directory-tls=sealed --set template=1.3.6.1.4.1.311.21.8.9.9.1 directory $HOST >said 2>err
expect_equal 'the template of the profile is another' 1 $?
expect_text 'the doctor names the fault' 'verdict: templates: TPL-RASIG' said
discover --server 127.0.0.1 --timeout 5
expect_equal 'an address has no ticket' 78 $?
LDAPRC=trap LDAPURI=ldap://127.0.0.1:1 LDAPSASL_MECH=PLAIN discover --server $HOST --url "$LAB_URL"
expect_equal 'LDAP variables change nothing' 0 $?

# a name and password, over LDAPS alone
printf 'Alice-password-1\n' >password && chmod 600 password
discover --server $HOST --user "alice@ad.lab.example" --password-file password
expect_equal 'a password goes over TLS alone' 78 $?
expect_text 'it says so' '--ldaps' err
if (: <>/dev/tcp/127.0.0.1/636) 2>/dev/null; then
	kdestroy -A >/dev/null 2>&1
	SSLKEYLOGFILE=$WORK/keys discover --server $HOST --ldaps --trust "$D/private/tls/ca.pem" --user alice@ad.lab.example \
	    --password-file password
	expect_equal 'LDAPS with a password' 0 $?
	check 'no secret of that connection is written' [ ! -s "$WORK/keys" ]
	discover --server $HOST --ldaps --trust "$LAB_TRUST" --user alice@ad.lab.example --password-file password
	expect_equal 'LDAPS of another root' 78 $?
	kinit "alice@$REALM" <<<Alice-password-1 >/dev/null
else
	echo '# no LDAPS here'
fi

# the profile that is written is one with which an enrolment runs
discover --server $HOST --write --url "$LAB_URL" --ca-host localhost --set "cert=$LAB_MACHINE_CERT" --set "key=$LAB_MACHINE_KEY" \
    --set 'user=LAB\alice' --set upn=alice@LAB.EXAMPLE --set ca=wstep --set "store=$WORK/store"
expect_equal 'it is written' 0 $?
CONF=$HOME/.config/daotp/daotp.conf
expect_equal 'only its owner reads it' 600 "$(stat -c %a "$CONF")"
"$DAOTP" config check >said 2>&1
expect_equal 'what is written is right' 0 $?
expect_text 'the root is beside it' 'BEGIN CERTIFICATE' "$HOME/.config/daotp/default-roots.pem"
check 'the root is the one' cmp <(openssl x509 -in "$LAB_TRUST" -outform DER) <(openssl x509 -in "$HOME/.config/daotp/default-roots.pem" -outform DER)
field_of alice 7 >lab.password && chmod 600 lab.password
next_code alice
"$DAOTP" enroll --otp-fd 7 --password-file lab.password >said 2>err </dev/null 7<<<"$CODE"
expect_equal 'enroll with what was discovered' 0 $?
discover --server $HOST --write --url "$LAB_URL"
expect_equal 'a profile that is there is not written over' 78 $?
discover --server $HOST --write --url "$LAB_URL" --profile second
expect_equal 'another is added' 0 $?
"$DAOTP" config check >said 2>&1
expect_equal 'both are right' 0 $?

# several, and what nobody should believe
as_administrator <<-X
	dn: CN=OTPLogon2,CN=Certificate Templates,$PKI
	changetype: add
	objectClass: pKICertificateTemplate
	msPKI-Cert-Template-OID: 1.3.6.1.4.1.311.21.8.9.9.4
	msPKI-RA-Signature: 1
	pKIExtendedKeyUsage: 1.3.6.1.4.1.311.20.2.2
	msPKI-RA-Application-Policies: 1.3.6.1.4.1.311.81.1.1

	dn: CN=Bad CA,CN=Enrollment Services,$PKI
	changetype: add
	objectClass: pKIEnrollmentService
	dNSHostName:: $(printf 'evil.example\nca = rpc' | base64 -w 0)
	certificateTemplates: OTPLogon

	dn: CN=No Host,CN=Enrollment Services,$PKI
	changetype: add
	objectClass: pKIEnrollmentService
	dNSHostName: not a host
	certificateTemplates: OTPLogon
	msPKI-Enrollment-Servers:: $(printf '0\n4\n0\nhttp://plain.example/CES' | base64 -w 0)

	dn: CN=Steering,CN=Enrollment Services,$PKI
	changetype: add
	objectClass: pKIEnrollmentService
	dNSHostName:: $(printf 'st\xc2\x9beer.example' | base64 -w 0)
	certificateTemplates: OTPLogon
	msPKI-Enrollment-Servers:: $(printf '0\n4\n0\nhttps://st\xe2\x80\xaeeer.example/CES' | base64 -w 0)

	dn: CN=Junk,CN=Certification Authorities,$PKI
	changetype: add
	objectClass: certificationAuthority
	cACertificate:: $(printf 'no certificate' | base64 -w 0)
	certificateRevocationList:: AA==
	authorityRevocationList:: AA==
X
discover --server $HOST
expect_equal 'two templates: one must be chosen' 78 $?
expect_text 'the candidates are named' 'OTPLogon2' err
expect_text 'the candidates are named' "$LAB_TEMPLATE" err
discover --server $HOST --template otplogon --url "$LAB_URL" --ca-host 'not a host'
expect_equal 'what is no host, and no https URL, is left out' 78 $?
expect_text 'it is said' 'ca-host is left out' err
expect_no_text 'no line comes out of a value' 'evil.example' said
expect_no_text 'nothing steers the terminal' 'eer.example' said
expect_no_text 'a URL that is not https is none' 'plain.example' said
# a person on a terminal is asked
python3 "$HERE/on_terminal.py" 'Which one?=OTPLogon' 'URL of the OTP service=https://da.lab.example/otp' 'Lab CA=no' \
    'Bad\|No Host\|not a host=no' 'web service on localhost=yes' -- "$DAOTP" discover ad.lab.example --server $HOST >said 2>err
expect_equal 'on a terminal' 0 $?
for line in 'url = https://da.lab.example/otp' "ces-url = $LAB_CES" '#ca-host = localhost' "template = $LAB_TEMPLATE"; do
	expect_text 'what was answered' "$line" said
done
discover --server $HOST --template none
expect_equal 'no such template' 78 $?
discover --server $HOST --json --template "$LAB_TEMPLATE" --set ces-url="$LAB_CES"
expect_equal 'by its OID' 0 $?
check 'a junk certificate is none' python3 -c 'import json; assert json.load(open("said"))["roots"]["count"] == 1'
# more than is read: said, and not passed over
for i in $(seq 33); do
	printf 'dn: CN=Many %d,CN=Enrollment Services,%s\nchangetype: add\nobjectClass: pKIEnrollmentService\n' "$i" "$PKI"
	printf 'dNSHostName: many%d.ad.lab.example\ncertificateTemplates: Machine\n\n' "$i"
done | as_administrator
discover --server $HOST --json --template "$LAB_TEMPLATE" --set ces-url="$LAB_CES"
expect_equal 'more CAs than are read' 78 $?
expect_text 'it is said' 'more than 32 CAs; the others are left out' err
for wrong in '' 'a b' 'a.example b.example' '--timeout 0 a.example' '--set' 'x..y/../z'; do
	# shellcheck disable=SC2086
	"$DAOTP" discover $wrong >said 2>err </dev/null
	expect_equal "usage: $wrong" 64 $?
done
# who may enrol for the registration authority's certificate
sam() { samba-tool "$@" -H "$D/private/sam.ldb" --configfile="$D/smb.conf"; }
SID=$(sam user show alice --attributes=objectSid 2>/dev/null | sed -n 's/^objectSid: //p')
audit() { "$DAOTP" ra audit "$@" >said 2>err </dev/null; }
permit() { sam dsacl set --objectdn="CN=OTPSigning,CN=Certificate Templates,$PKI" --sddl="$1" >>ldif.out 2>&1; }
audit $HOST
expect_equal 'administrators alone may enrol' 0 $?
expect_text 'the template' 'template OTPSigning (1.3.6.1.4.1.311.21.8.9.9.1)' said
expect_no_text 'no other template' 'SmartcardLogon' said
permit "(OA;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;$SID)"
audit $HOST
expect_equal 'alice may enrol too' 1 $?
expect_text 'she is named' "OTHER    alice ($SID): enrol" said
audit --allow ALICE $HOST OTPSigning
expect_equal 'alice is allowed, by name' 0 $?
audit --allow "$SID" --json $HOST 1.3.6.1.4.1.311.21.8.9.9.1
expect_equal 'alice is allowed, by SID' 0 $?
check 'as JSON' python3 -c 'import json; t = json.load(open("said"))["templates"][0]
assert [a["rights"] for a in t["accounts"] if a["name"] == "alice"] == ["enrol"] and t["approval"] is False, t'
permit '(A;;WD;;;AU)'
audit --allow alice $HOST
expect_equal 'everybody of the domain may change it' 1 $?
expect_text 'they are named' 'Authenticated Users (S-1-5-11): change' said
audit $HOST none
expect_equal 'no such template' 78 $?
audit --allow alice --allow 'Authenticated Users' $HOST OTPSigning none
expect_equal 'one template of two is not there' 78 $?
expect_text 'which one' "no template 'none'" err
for wrong in '' '--timeout 0 h' '--user alice h' 'h:x' 'h:' ':389' '[]' '[::1' '[::1]x'; do
	# shellcheck disable=SC2086
	audit $wrong
	expect_equal "usage: ra audit $wrong" 64 $?
done
summary
