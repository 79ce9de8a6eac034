#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The doctor's rows of a domain controller's directory, on OpenLDAP with the objects of Active Directory:
# one that is right, and one fault after the other. The same against Samba is discover.sh's.
#
#   doctor_directory.sh DAOTP-PROGRAM
PATH=$PATH:/usr/sbin
DAOTP_PROGRAM=$(realpath "$1")
for program in slapd ldapmodify; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
. "$(dirname "$0")/lib.sh"
export HOME=$WORK LDAPNOINIT=1
cd "$WORK" || exit 70
"$DAOTP" doctor --help | grep -q -e --directory || { echo 'not ok - no help'; exit 1; }

# ---- certificates: a root of the directory's TLS, and CAs that hold and that do not ------------------------

certificate() { # NAME SUBJECT DAYS [OPTION...]
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -subj "$2" \
	    -days "$3" "${@:4}" 2>/dev/null
}
certificate tls '/CN=directory' 30 -addext 'subjectAltName = IP:127.0.0.1' # libldap has a name of its own for localhost
certificate ca '/CN=Issuing CA' 3650
certificate renewed '/CN=Issuing CA' 3650
certificate other '/CN=Other CA' 3650
certificate old '/CN=Issuing CA' 30 -not_before 20200101000000Z -not_after 20210101000000Z
certificate former '/CN=Former CA' 30 -not_before 20200101000000Z -not_after 20210101000000Z
[ -s old.pem ] || { # a req of OpenSSL before 3.4 has no such dates
	for name in old former; do
		subject='/CN=Issuing CA'
		[ $name = old ] || subject='/CN=Former CA'
		faketime '2020-01-01' openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key \
		    -out $name.pem -subj "$subject" -days 30 2>/dev/null
	done
}
[ -s old.pem ] && [ -s former.pem ] || { echo 'skipped: no way to make a certificate that has expired'; exit 77; }
der() { openssl x509 -in "$1.pem" -outform DER | base64 -w 0; }

# ---- a directory ------------------------------------------------------------------------------------------

PKI='CN=Public Key Services,CN=Services,CN=Configuration,DC=corp,DC=example'
mkdir db
printf 'secret' >password && chmod 600 password
cat >root.ldif <<-X
	dn:
	configurationNamingContext: CN=Configuration,DC=corp,DC=example
X
cat >slapd.conf <<-X
	include /etc/ldap/schema/core.schema
	attributetype ( 1.2.840.113556.1.4.1 NAME 'configurationNamingContext' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
	attributetype ( 1.2.840.113556.1.4.145 NAME 'revision' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch )
	attributetype ( 1.2.840.113556.1.4.1430 NAME 'msPKI-Enrollment-Flag' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch )
	attributetype ( 1.2.840.113556.1.4.1432 NAME 'msPKI-Certificate-Name-Flag' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch )
	attributetype ( 1.2.840.113556.1.4.1429 NAME 'msPKI-RA-Signature' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch )
	attributetype ( 1.2.840.113556.1.4.1436 NAME 'msPKI-Cert-Template-OID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
	attributetype ( 1.2.840.113556.1.4.1675 NAME 'msPKI-RA-Application-Policies' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
	attributetype ( 1.2.840.113556.1.4.1333 NAME 'pKIExtendedKeyUsage' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
	attributetype ( 1.2.840.113556.1.4.512 NAME 'certificateTemplates' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
	attributetype ( 1.2.840.113556.1.4.619 NAME 'dNSHostName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
	attributetype ( 1.3.6.1.4.1.55555.1 NAME 'caOctets' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
	objectclass ( 1.2.840.113556.1.3.23 NAME 'container' SUP top STRUCTURAL MUST cn )
	objectclass ( 1.2.840.113556.1.5.177 NAME 'pKICertificateTemplate' SUP top STRUCTURAL MUST cn MAY ( revision \$
	  msPKI-Enrollment-Flag \$ msPKI-Certificate-Name-Flag \$ msPKI-RA-Signature \$ msPKI-Cert-Template-OID \$
	  msPKI-RA-Application-Policies \$ pKIExtendedKeyUsage ) )
	objectclass ( 1.2.840.113556.1.5.178 NAME 'pKIEnrollmentService' SUP top STRUCTURAL MUST cn MAY ( dNSHostName \$
	  certificateTemplates \$ cACertificate ) )
	objectclass ( 1.3.6.1.4.1.55555.2 NAME 'caHolder' SUP top STRUCTURAL MUST cn MAY cACertificate )
	rootDSE $WORK/root.ldif
	TLSCertificateFile $WORK/tls.pem
	TLSCertificateKeyFile $WORK/tls.key
	modulepath /usr/lib/ldap
	moduleload back_mdb
	database mdb
	maxsize 33554432
	suffix "dc=corp,dc=example"
	rootdn "cn=admin,dc=corp,dc=example"
	rootpw secret
	directory $WORK/db
X
start_slapd() {
	local try
	for try in 1 2 3 4 5; do
		PLAIN=$((20000 + RANDOM % 6000)) PORT=$((26000 + RANDOM % 6000))
		spawn slapd slapd -f slapd.conf -h "ldap://127.0.0.1:$PLAIN ldaps://127.0.0.1:$PORT" -d 0
		for _ in $(seq 50); do
			(: <>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null && return
			kill -0 "$CHILD" 2>/dev/null || break
			sleep 0.1
		done
	done
	cat slapd.out
	echo "not ok - slapd does not start (try $try)"
	exit 1
}
start_slapd
SLAPD=$CHILD
modify() { ldapmodify -x -H "ldap://127.0.0.1:$PLAIN" -D cn=admin,dc=corp,dc=example -w secret >ldif.out 2>&1 || cat ldif.out; }

container() { printf 'dn: CN=%s\nchangetype: add\nobjectClass: container\n\n' "$1"; }
{
	printf 'dn: DC=corp,DC=example\nchangetype: add\nobjectClass: dcObject\nobjectClass: organization\ndc: corp\no: corp\n\n'
	container 'Configuration,DC=corp,DC=example'
	container 'Services,CN=Configuration,DC=corp,DC=example'
	container "${PKI#CN=}"
	for name in 'Certificate Templates' 'Enrollment Services' AIA; do container "$name,$PKI"; done
	cat <<-X
		dn: CN=OTPLogon,CN=Certificate Templates,$PKI
		changetype: add
		objectClass: pKICertificateTemplate
		msPKI-Cert-Template-OID: 1.3.6.1.4.1.311.21.8.1.2.3
		revision: 100
		msPKI-RA-Signature: 1
		msPKI-Enrollment-Flag: 8
		msPKI-Certificate-Name-Flag: -2113929216
		pKIExtendedKeyUsage: 1.3.6.1.4.1.311.20.2.2
		msPKI-RA-Application-Policies: 1.3.6.1.4.1.311.81.1.1

		dn: CN=Issuing CA,CN=Enrollment Services,$PKI
		changetype: add
		objectClass: pKIEnrollmentService
		dNSHostName: ca1.corp.example
		certificateTemplates: Machine
		certificateTemplates: otplogon
		cACertificate;binary:: $(der ca)

		dn: CN=Other CA,CN=Enrollment Services,$PKI
		changetype: add
		objectClass: pKIEnrollmentService
		dNSHostName: ca2.corp.example
		certificateTemplates: Machine
		cACertificate;binary:: $(der other)

		dn: CN=NTAuthCertificates,$PKI
		changetype: add
		objectClass: caHolder
		cACertificate;binary:: $(der old)
		cACertificate;binary:: $(der ca)

		dn: CN=Issuing CA,CN=AIA,$PKI
		changetype: add
		objectClass: caHolder
		cACertificate;binary:: $(der old)
		cACertificate;binary:: $(der ca)
	X
} | modify

# ---- what the doctor says ------------------------------------------------------------------------------------

SETTINGS=(--set directory-user=cn=admin,dc=corp,dc=example --set "directory-password-file=$WORK/password"
    --set "directory-trust=$WORK/tls.pem" --set directory-timeout=3)
visit() {
	RC=0
	"$DAOTP" doctor --json "${SETTINGS[@]}" "$@" directory "127.0.0.1:$PORT" >out 2>err || RC=$?
}
told() { python3 -c "import json
told = json.load(open('out'))
rows = [row for row in told['rows'] if row['name'] != 'profile']
print($1)"; }
SHORT='" ".join(row["name"] + ":" + row["state"] for row in rows)'
found_is() { # WHAT WANTED: exit status, first failing row and its finding; and the states
	expect_equal "$1" "$2" "$RC $(told 'rows[told["verdict"] - 1]["name"] + " " + told["error"] if told["error"] else "-"')"
}
GOOD='directory:pass templates:pass enrolment:pass ntauth:pass aia:pass'

# with_change WHAT WANTED LDIF LDIF-BACK [OPTION...]
with_change() {
	local what=$1 wanted=$2 there=$3 back=$4
	shift 4
	modify <<<"$there"
	visit "$@"
	found_is "$what" "$wanted"
	modify <<<"$back"
}
change() { # DN ATTRIBUTE [VALUE...]: replaces it
	printf 'dn: %s,%s\nchangetype: modify\nreplace: %s\n' "$1" "$PKI" "$2"
	for value in "${@:3}"; do printf '%s%s\n' "$2" "$value"; done
}

visit
expect_equal 'a directory that is right' "0 $GOOD" "$RC $(told "$SHORT")"
check 'the answer is as its schema says' python3 -B -c "import json, sys
sys.path.insert(0, '$HERE')
import json_schema
wrong = json_schema.check(json.load(open('out')), 'doctor')
assert not wrong, wrong"
expect_text 'when the CA ends is there for the metrics' CERTIFICATE-ENDS out
visit --set template=1.3.6.1.4.1.311.21.8.1.2.3:100.4
expect_equal 'the template of the profile' "0 $GOOD" "$RC $(told "$SHORT")"
visit --set template=1.3.6.1.4.1.311.21.8.9.9.9
found_is 'the template of the profile is not there' '1 templates TPL-ABSENT'
expect_equal 'and nothing else is said to be wrong' 'directory:pass templates:fail enrolment:pass ntauth:pass aia:pass' "$(told "$SHORT")"

T='CN=OTPLogon,CN=Certificate Templates' S='CN=Issuing CA,CN=Enrollment Services'
with_change 'no template requires the policy' '1 templates TPL-ABSENT' "$(change "$T" msPKI-RA-Application-Policies)" \
    "$(change "$T" msPKI-RA-Application-Policies ': 1.3.6.1.4.1.311.81.1.1')"
with_change 'the template of the profile does not require the policy' '1 templates TPL-RAPOL' "$(change "$T" msPKI-RA-Application-Policies)" \
    "$(change "$T" msPKI-RA-Application-Policies ': 1.3.6.1.4.1.311.81.1.1')" --set template=1.3.6.1.4.1.311.21.8.1.2.3
with_change 'two signatures' '1 templates TPL-RASIG' "$(change "$T" msPKI-RA-Signature ': 2')" "$(change "$T" msPKI-RA-Signature ': 1')"
with_change 'another purpose' '1 templates TPL-EKU' "$(change "$T" pKIExtendedKeyUsage ': 1.3.6.1.5.5.7.3.2')" \
    "$(change "$T" pKIExtendedKeyUsage ': 1.3.6.1.4.1.311.20.2.2')"
for flag in '16384 TPL-NOREV' '524288 TPL-NOSID' '2 TPL-PENDING'; do
	with_change "flag ${flag#* }" "1 templates ${flag#* }" "$(change "$T" msPKI-Enrollment-Flag ": ${flag% *}")" \
	    "$(change "$T" msPKI-Enrollment-Flag ': 8')"
done
with_change 'names from the request' '1 templates TPL-NAME' "$(change "$T" msPKI-Certificate-Name-Flag ': 1')" \
    "$(change "$T" msPKI-Certificate-Name-Flag ': -2113929216')"
with_change 'the template is not published' '1 enrolment TPL-UNPUBLISHED' "$(change "$S" certificateTemplates ': Machine')" \
    "$(change "$S" certificateTemplates ': Machine' ': OTPLogon')"
with_change 'the certificate of the CA has expired' '1 enrolment DIRECTORY-CA-EXPIRED' "$(change "$S" 'cACertificate;binary' ":: $(der old)")" \
    "$(change "$S" 'cACertificate;binary' ":: $(der ca)")"
with_change 'another CA in NTAuth' '1 ntauth NTAUTH-LIST' "$(change CN=NTAuthCertificates 'cACertificate;binary' ":: $(der other)")" \
    "$(change CN=NTAuthCertificates 'cACertificate;binary' ":: $(der ca)")"
with_change 'the old certificate of the CA in NTAuth' '1 ntauth NTAUTH-LIST' "$(change CN=NTAuthCertificates 'cACertificate;binary' ":: $(der old)")" \
    "$(change CN=NTAuthCertificates 'cACertificate;binary' ":: $(der ca)")"
with_change 'the CA was renewed' '1 ntauth NTAUTH-LIST' "$(change "$S" 'cACertificate;binary' ":: $(der renewed)")" \
    "$(change "$S" 'cACertificate;binary' ":: $(der ca)")"
with_change 'no CA in NTAuth' '1 ntauth NTAUTH-ABSENT' "$(change CN=NTAuthCertificates 'cACertificate;binary')" \
    "$(change CN=NTAuthCertificates 'cACertificate;binary' ":: $(der ca)")"
with_change 'only an expired certificate of the CA in AIA' '1 aia DIRECTORY-CA-EXPIRED' "$(change 'CN=Issuing CA,CN=AIA' 'cACertificate;binary' ":: $(der old)")" \
    "$(change 'CN=Issuing CA,CN=AIA' 'cACertificate;binary' ":: $(der ca)")"
modify <<<"$(change 'CN=Issuing CA,CN=AIA' 'cACertificate;binary' ":: $(der former)")"
visit
expect_equal 'AIA lacks the CA, and has a former one' "0 ${GOOD%pass}warn" "$RC $(told "$SHORT")"
expect_equal 'and says so' 'DIRECTORY-CA-OLD AIA-ABSENT' "$(told '" ".join(one["id"] for one in rows[4]["report"]["findings"])')"
modify <<<"$(change 'CN=Issuing CA,CN=AIA' 'cACertificate;binary' ":: $(der ca)")"
for name in 'Issuing CA' 'Other CA'; do printf 'dn: CN=%s,CN=Enrollment Services,%s\nchangetype: delete\n' "$name" "$PKI" | modify; done
visit
found_is 'no CA' '1 enrolment DIRECTORY-NO-CA'

# ---- who may read it, and who answers --------------------------------------------------------------------------

printf 'wrong' >no-password && chmod 600 no-password
visit --set "directory-password-file=$WORK/no-password"
found_is 'a wrong password cannot tell' '2 directory DIRECTORY-UNREADABLE'
expect_equal 'what needs it is skipped' 'directory:undecided templates:skipped enrolment:skipped ntauth:skipped aia:skipped' "$(told "$SHORT")"
visit --set "directory-trust=$WORK/ca.pem"
found_is 'a certificate that is not trusted' '1 directory DIRECTORY-UNREACHABLE'
RC=0
"$DAOTP" doctor --set directory-user=a directory "127.0.0.1:$PORT" >out 2>err || RC=$?
expect_equal 'a user needs a password' 64 "$RC"
"$DAOTP" doctor directory >out 2>err && RC=0 || RC=$?
expect_equal 'some controller is needed' 64 "$RC"
kill "$SLAPD"
visit
found_is 'nobody is there' '1 directory DIRECTORY-UNREACHABLE'
spawn silent python3 -c 'import signal, socket
held = socket.create_server(("127.0.0.1", 0), backlog=8)
print(held.getsockname()[1], flush=True)
signal.pause()'
await_file silent.out
PORT=$(cat silent.out)
visit
found_is 'a controller that takes connections and says nothing' '1 directory DIRECTORY-UNREACHABLE'
expect_equal 'ends in its stated time' True "$(told 'rows[0]["ms"] < 6500')"
spawn every "$DAOTP" doctor "${SETTINGS[@]}" --timeout 1 --every 600 directory "127.0.0.1:$PORT"
for _ in $(seq 100); do
	grep -qs CALL-TIMEOUT every.out && break
	sleep 0.1
done
expect_text 'the run ends before the controller answers' CALL-TIMEOUT every.out
expect_equal 'and no process of it is left' '' "$(cat "/proc/$CHILD/task/$CHILD/children")"
kill "$CHILD"
summary
