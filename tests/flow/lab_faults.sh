#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Faults of the lab: broken, met, named, mended. The table says what an administrator must be
# told, and where: the client's finding, or, where the protocol gives the client only OtherError, the
# line in the responder's log.
#
#   lab_faults.sh DAOTP-PROGRAM [FAULT]
. "$(dirname "$0")/lib.sh"
lab_up
LOG=$WORK/lab/run/responder.log

# fault | exit status | finding that stops the run, or - | further: note:ID beside it, log:ID in the
# responder's log, no-code: the code must not have left, with:OPTION
# further, way:WAY: to the CA by RPC
# fault | ra | what the responder's log must say of the signing certificate
JUDGED="with:--issuer-trust=$LAB_TRUST with:--fetch with:--allow=127.0.0.0/8"
TABLE="
responder-down        2  TCP-FAILED              no-code
server-name           1  TLS-SERVER-NAME         no-code
server-expired        1  TLS-SERVER-EXPIRED      no-code
server-untrusted      1  TLS-SERVER-UNTRUSTED    no-code
otp-server-down       2  OTP-SPENT               with:--timeout=2
no-issuing-ca         2  OTP-OTHER               log:SERVE-NO-CA
user-no-upn           2  OTP-OTHER               log:USER-NO-UPN
ra-expired            ra RA-VALIDITY
ra-no-eku             ra RA-EKU
ra-self-signed        ra RA-NOTSELF
ra-key-mismatch       ra KEY-MISMATCH
ra-revoked            1  CA-RA-REVOKED
ra-revocation-offline 1  CA-RA-REVOCATION
ca-down               2  CA-UNREACHABLE          note:TCP-FAILED
icpr-off              0  -                       way:auto note:CA-RPC-OFF note:CA-WAY
dcom-off              1  CA-DCOM-OFF             way:dcom
dcom-class            2  CA-DCOM-CLASS           way:dcom
dcom-access           1  CA-RPC-ACCESS           way:dcom
rpc-access            1  CA-RPC-ACCESS           way:rpc
rpc-clear             2  CA-LOST                 way:rpc note:CA-RPC-SEAL
rpc-drop              2  CA-LOST                 way:auto
rpc-firewall          2  CA-RPC-FIREWALL         way:rpc note:TCP-FAILED
ca-bare-fault         2  CA-FAULT
ca-pending            1  CA-PENDING
ca-localised          0  -
template-unpublished  1  CA-TEMPLATE-UNSUPPORTED
enroll-denied         1  CA-TEMPLATE-DENIED
sha1-refused          0  -
key-length            1  CA-KEY-LENGTH           with:--key-kind=rsa2048
two-signatures        1  CA-SIGNATURE-COUNT
cert-no-upn           1  OTP-UPN
cert-other-user       1  OTP-UPN
cert-no-eku           1  OTP-EKU
cert-long-life        1  OTP-LIFETIME
cert-other-key        2  CA-RESPONSE
cert-no-sid           0  -                       note:OTP-SID
cert-no-cdp           0  -                       note:OTP-CDP
crl-expired           2  CRL-STALE               $JUDGED
crl-gone              2  CRL-MISSING             $JUDGED note:FETCH-STATUS
kdc-down              0  -
radius-down           2  OTP-OTHER               log:SERVE-CODE-UNREACHABLE log:RADIUS-REFUSED
radius-secret         2  OTP-OTHER               log:SERVE-CODE-UNREACHABLE log:RADIUS-TIMEOUT
radius-silent         2  OTP-OTHER               log:SERVE-CODE-UNREACHABLE log:RADIUS-TIMEOUT
radius-new-pin        3  OTP-CHALLENGE           log:SERVE-CODE-CHALLENGE log:RADIUS-WANTS-PIN
radius-number         3  OTP-CHALLENGE           log:SERVE-CODE-CHALLENGE log:RADIUS-WANTS-APPROVAL
radius-password       1  OTP-AUTHENTICATION      log:SERVE-CODE-REJECTED log:RADIUS-WANTS-PASSWORD
"

row_of() { grep -E "^$1 " <<<"$TABLE"; }

further() { # FAULT CODES-BEFORE WORD...
	local fault=$1 before=$2 word
	shift 2
	for word; do
		case $word in
		note:*) expect_finding "$fault" "${word#note:}" ;;
		log:*) expect_text "$fault, in the responder's log" "${word#log:}" "$LOG" ;;
		no-code) expect_equal "$fault: the code has not left" "$before" "$(codes_seen)" ;;
		esac
	done
}

try_fault() { # FAULT
	local fault=$1 status id words word before options=() way=
	read -r _ status id words <<<"$(row_of "$fault")"
	[[ "$words" != *way:* ]] || [ -n "${LAB_KDC:-}" ] || return 0 # nobody has a ticket
	[ -n "${status:-}" ] || { not_ok "$fault: not in the table: what must an administrator be told?"; return; }
	[ "$status" != ra ] || { try_signer "$fault" "$id"; return; }
	for word in $words; do
		[ "${word#with:}" = "$word" ] || options+=("${word#with:}")
		[ "${word#way:}" = "$word" ] || way=${word#way:}
	done
	# now: it may start the responder or FreeRADIUS again, which would mend some
	next_code alice
	lab_break "$fault"
	: >"$LOG"
	before=$(codes_seen)
	WITH_CODE=$CODE WAY=$way enrol alice --key-kind p256 "${options[@]}"
	if [ "$id" = - ]; then expect_end "$fault" "$status"; else expect_end "$fault" "$status" "$id"; fi
	# shellcheck disable=SC2086
	further "$fault" "$before" $words
	[ "$fault" != ca-localised ] || in_german
	[ "$fault" != key-length ] || long_enough
	[ "$fault" != kdc-down ] || without_kdc
	lab_mend "$fault"
	WAY=$way enrol alice --key-kind p256
	expect_end "$fault, mended" 0
}

# ---- what one enrolment cannot show ---------------------------------------------------------------

# No decision may hang on the words of a message.
in_german() {
	enrol carol --key-kind p256
	expect_end 'ca-localised, carol' 1 CA-TEMPLATE-DENIED
	expect_text 'ca-localised: the words of the CA are shown' Verweigert "$WORK/out" "$WORK/err"
	lab_break ca-pending
	enrol alice --key-kind p256
	expect_end 'ca-localised, pending' 1 CA-PENDING
	lab_mend ca-pending
}

# The CA's manager takes his time: the certificate is fetched later, by another process, without a code.
put_aside() {
	local id codes config="localhost\\Lab Issuing CA" key=$WORK/pending.key
	lab_break ca-pending
	enrol alice --key-kind p256 --pending-key "$key"
	expect_end 'put aside' 1 CA-PENDING
	id=$(sed -n 's/^ *found: *request \([0-9]*\).*/\1/p' "$WORK/out" | head -1)
	config=$(sed -n 's/^ *looked at: *//p' "$WORK/out" | head -1)
	expect_equal 'put aside: the key is for nobody else' 600 "$(stat -c %a "$key")"
	codes=$(codes_seen "$LOG")
	resume() { # ID [OPTION...]
		local number=$1
		shift
		WITH_CODE=not-used enrol alice --resume "$number" --issuing-ca "$config" --pending-key "$key" "$@"
	}
	resume "$id"
	expect_end 'put aside, asked again too early' 1 CA-PENDING
	resume 99999
	expect_end 'put aside, no such request' 2 CA-FAULT
	lab_mend ca-pending
	STORE=$WORK/store resume "$id"
	expect_end 'put aside, then issued' 0
	expect_text 'put aside, then issued: stored' "alice@$LAB_REALM" <("$DAOTP" store --dir "$WORK/store" list)
	expect_equal 'put aside: no code was looked at' "$codes" "$(codes_seen "$LOG")"
	openssl ecparam -name prime256v1 -genkey -noout -out "$WORK/other.key" 2>/dev/null
	lab_break ca-pending
	enrol alice --key-kind p256
	id=$(sed -n 's/^ *found: *request \([0-9]*\).*/\1/p' "$WORK/out" | head -1)
	lab_mend ca-pending
	key=$WORK/other.key
	resume "$id"
	expect_end 'put aside, with another key' 2 CA-RESPONSE
}

long_enough() {
	enrol alice --key-kind rsa4096
	expect_end 'key-length, 4096 bits' 0
}

without_kdc() {
	[ -n "${LAB_KDC:-}" ] || return 0
	STORE=$WORK/store enrol alice --key-kind p256 --logon --kdc "$LAB_KDC" --realm "$LAB_REALM"
	expect_end 'kdc-down, logon wanted' 2 LOGON-KDC-UNREACHABLE
	expect_text 'kdc-down: the certificate is kept all the same' "alice@$LAB_REALM" <("$DAOTP" store --dir "$WORK/store" list)
	enrol alice --key-kind p256 --logon --realm "$LAB_REALM"
	expect_end 'kdc-down, KDC of krb5.conf' 2 LOGON-KDC-UNREACHABLE
}

# A responder that has signed goes on with the good pair it has, and says what is wrong with the new
# one: a renewal that fails must not wait for the old one's end to be seen. One that starts has none.
try_signer() { # FAULT REASON
	local fault=$1 reason=$2 code pki=$WORK/lab/pki
	lab_break "$fault" # for its files: whoever breaks a lab means it, and has the responder begin anew
	cp "$pki/ra.pem" "$WORK/bad.pem" && cp "$pki/ra.key" "$WORK/bad.key"
	lab_mend "$fault"
	cp "$pki/ra.pem" "$WORK/good.pem" && cp "$pki/ra.key" "$WORK/good.key"
	forget_codes
	enrol alice --key-kind p256
	expect_end "$fault, before" 0
	next_code alice # there is one left: nothing is started again
	: >"$LOG"
	cp "$WORK/bad.key" "$pki/ra.key" && cp "$WORK/bad.pem" "$pki/ra.pem"
	WITH_CODE=$CODE enrol alice --key-kind p256
	expect_end "$fault, responder at work" 0
	expect_text "$fault, responder at work, in its log" "$reason" "$LOG"
	cp "$WORK/good.key" "$pki/ra.key" && cp "$WORK/good.pem" "$pki/ra.pem"
	: >"$LOG"
	forget_codes
	lab_break "$fault"
	enrol alice --key-kind p256
	code=$CODE
	expect_end "$fault, responder started with it" 2 OTP-OTHER
	expect_text "$fault, responder started with it, in its log" SERVE-RA-MISSING "$LOG"
	expect_text "$fault, responder started with it, in its log" "$reason" "$LOG"
	lab_mend "$fault"
	WITH_CODE=$code enrol alice --key-kind p256
	expect_end "$fault, mended: the code was not used up" 0
}

two_at_once() {
	lab_break ca-pending
	lab_break cert-no-eku
	enrol alice --key-kind p256
	expect_end 'two faults: the first one met is told' 1 CA-PENDING
	lab_mend ca-pending
	enrol alice --key-kind p256
	expect_end 'then the second' 1 OTP-EKU
	lab_mend cert-no-eku
}

enrol alice --key-kind p256
expect_end 'nothing is broken' 0
put_aside
# the others are tried by lab_fault_table.sh, by their findings alone
FAULTS=$(cut -d' ' -f1 <<<"$TABLE")
expect_equal 'each of the table is one of the lab' '' \
    "$(grep -vxFf <("$DAOTP" lab faults | cut -d' ' -f1) <<<"${FAULTS//$'\n\n'/}" | grep .)"
for fault in $FAULTS; do
	[ -z "$FILTER" ] || [ "$FILTER" = "$fault" ] || continue
	[[ $fault = radius-* ]] || try_fault "$fault"
done
two_at_once
expect_equal 'nothing is left broken' '' "$("$DAOTP" lab status "$WORK/lab" | grep broken)"
enrol alice --key-kind p256
expect_end 'at the end' 0
[ -n "${LAB_KDC:-}" ] || echo '# without a KDC: logon not tried'
lab_down

# Once more with an OTP server behind the responder.
if [ -z "$FILTER" ] || [[ $FILTER = radius-* ]]; then
	if "$DAOTP" lab up --radius --no-kdc "$WORK/radius-lab" >"$WORK/up.out" 2>&1; then
		"$DAOTP" lab down "$WORK/radius-lab"
		lab_up --radius --no-kdc
		enrol alice --key-kind p256
		expect_end 'codes checked by FreeRADIUS' 0
		WITH_CODE=$CODE enrol alice --key-kind p256
		expect_end 'codes checked by FreeRADIUS, used' 1 OTP-AUTHENTICATION
		WITH_CODE=000000 enrol alice --key-kind p256
		expect_end 'codes checked by FreeRADIUS, wrong' 1 OTP-AUTHENTICATION
		enrol erin --key-kind p256
		expect_end 'codes checked by FreeRADIUS, a challenge' 3 OTP-CHALLENGE
		for fault in $FAULTS; do
			[[ $fault != radius-* ]] || try_fault "$fault"
		done
	else
		echo "# without FreeRADIUS: $(cat "$WORK/up.out")"
	fi
fi
summary
