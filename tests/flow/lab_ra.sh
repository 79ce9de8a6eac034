#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The registration authority's own certificate from the lab's CA: enrolled as the machine, by each way
# and with key and ticket; renewed with the old key; and what the CA refuses. The responder signs
# with what was issued.
#
#   lab_ra.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"
need kinit
lab_up
[ -n "${LAB_KDC:-}" ] || { echo 'skipped: no KDC'; exit 77; }
KEYTAB=FILE:$WORK/lab/kdc/ra.keytab
CA_LOG=$WORK/lab/run/ca.log
CA_NAME=${LAB_CA_CONFIG#*\\}
RA_TEMPLATE=${LAB_TEMPLATE%.*.*}.3145435.9752053
export KRB5_CONFIG=$WORK/lab/kdc/krb5.conf

ra() { # VERB OPTION...
	local verb=$1
	shift
	RC=0
	"$DAOTP" ra "$verb" --key "$WORK/ra.key" --cert "$WORK/ra.pem" --machine 'LAB\da1$' \
	    --mapper-port "$LAB_CA_MAPPER_PORT" --keytab "$KEYTAB" --ticket-cache "FILE:$WORK/no-cache" \
	    "$@" localhost "$CA_NAME" >"$WORK/out" 2>"$WORK/err" || RC=$?
	ERROR=$(sed -n 's/^error \([A-Z0-9-]*\).*/\1/p' "$WORK/out" | head -n 1)
}

enrol_ra() { # OPTION...
	ra enroll --template "$RA_TEMPLATE" --dns-name da1.lab.example --key-kind p256 "$@"
}

serial() { openssl x509 -in "$WORK/ra.pem" -noout -serial; }
key_fits() { # the key is that of the certificate
	cmp -s <(openssl pkey -in "$WORK/ra.key" -pubout) <(openssl x509 -in "$WORK/ra.pem" -noout -pubkey)
}

issued() { # WHAT
	expect_end "$1" 0
	check "$1: key and certificate fit" key_fits
	expect_equal "$1: the key is closed to others" 600 "$(stat -c %a "$WORK/ra.key")"
	"$DAOTP" requirements --part ra "$WORK/ra.pem" >"$WORK/fit" 2>&1
	expect_equal "$1: it is fit to sign" 0 $?
}

enrolments() {
	local way
	for way in rpc dcom auto; do
		enrol_ra --way $way
		issued "enrol by $way"
	done
	expect_text 'the machine is the caller' "rpc: DA1\$@$LAB_REALM" <(grep '^rpc:.*asks' "$CA_LOG" | tail -1)
	enrol_ra --key-kind rsa2048 --json
	issued 'enrol for an RSA key'
	check '--json is JSON' is_json "$WORK/out"
	log_in_machine "FILE:$WORK/machine.cc"
	enrol_ra --keytab FILE:/nonexistent --ticket-cache "FILE:$WORK/machine.cc"
	issued 'enrol with a ticket of the machine'
}

renewals() {
	local before way
	for way in rpc dcom; do
		before=$(serial)
		ra renew --way $way
		issued "renew by $way"
		check "renew by $way: another certificate" [ "$before" != "$(serial)" ]
	done
	before=$(serial)
	ra renew --before 1
	expect_end 'renew: there is time left' 0
	expect_equal 'renew: there is time left' "$before" "$(serial)"
	ra renew --before 72
	expect_end 'renew: less than three days left' 0
	check 'renew: less than three days left' [ "$before" != "$(serial)" ]
}

by_web_service() {
	set_policy machine_user 'DA1$'
	enrol_ra --way wstep --ces-url "$LAB_CES_CERT" --ces-auth certificate --trust "$LAB_TRUST" \
	    --machine-cert "$LAB_MACHINE_CERT" --machine-key "$LAB_MACHINE_KEY"
	issued 'enrol by the web service'
	ra renew --way wstep --ces-url "$LAB_CES_CERT" --ces-auth certificate --trust "$LAB_TRUST" \
	    --machine-cert "$LAB_MACHINE_CERT" --machine-key "$LAB_MACHINE_KEY"
	issued 'renew by the web service'
}

refusals() {
	local before
	before=$(serial)
	enrol_ra --template 1.2.3.4
	expect_end 'a template that the CA does not offer' 1 CA-TEMPLATE-UNSUPPORTED
	enrol_ra --machine 'LAB\other$'
	expect_end 'another machine than that of the key' 78 CA-KEYTAB
	log_in alice "FILE:$WORK/alice.cc"
	enrol_ra --machine 'LAB\alice' --ticket-cache "FILE:$WORK/alice.cc"
	expect_end 'a user has no right on the template' 1 CA-TEMPLATE-DENIED
	enrol_ra --dns-name 192.0.2.1
	expect_end 'an address for a name' 64 CALL-ARGUMENT
	enrol_ra --dns-name 'no host'
	expect_end 'no host name' 64 CALL-ARGUMENT
	expect_text 'no host name: the argument is named' 'DNS name of this host' "$WORK/out"
	enrol_ra --template DAOTPRA
	expect_end 'a name for a template' 64 CALL-ARGUMENT
	expect_text 'a name for a template: the argument is named' 'template of the' "$WORK/out"
	ra renew --mapper-port 0
	expect_end 'no port' 64
	CA_NAME=$(printf '%02000d' 1) ra renew
	expect_end 'a CA whose name is too long' 64
	expect_text 'a CA whose name is too long' 'longer than 1023 octets' "$WORK/err"
	ra renew --password-file "$WORK/ra.key"
	expect_end 'a machine has no password' 64
	ra renew --way wstep --ces-url http://localhost/
	expect_end 'no https URL' 64
	check 'no https URL: nothing is said of another option' eval "! grep -q template '$WORK/err'"
	expect_equal 'nothing that failed has touched the files' "$before" "$(serial)"
	check 'nothing is left beside them' eval "! ls '$WORK'/*.new 2>/dev/null"
	cp "$WORK/ra.key" "$WORK/kept.key"
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$WORK/ra.key" 2>/dev/null
	ra renew
	expect_end 'a key that is not of the certificate' 78
	cp "$WORK/kept.key" "$WORK/ra.key"
	cp "$LAB_MACHINE_CERT" "$WORK/ra.pem"
	cp "$LAB_MACHINE_KEY" "$WORK/ra.key"
	chmod 600 "$WORK/ra.key"
	ra renew
	expect_text 'a certificate of no template' RA-TEMPLATE "$WORK/out"
}

enrolments
renewals
by_web_service
refusals
summary
