#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Submissions to the lab's CA by RPC, as the user: with the domain password and with tickets, by ICPR
# and DCOM, under SPNEGO and bare Kerberos; when another way is taken and when none is; what is told
# where Kerberos says no. What an outage of the CA looks like stands in lab_faults.sh.
#
#   lab_rpc.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"
need kinit
lab_up
[ -n "${LAB_KDC:-}" ] || { echo 'skipped: no KDC'; exit 77; }
TICKETS_OF_ALICE=FILE:$WORK/alice.cc
CA_LOG=$WORK/lab/run/ca.log

requests() { grep -c 'ces: request' "$CA_LOG"; }

both_ways() {
	local way mechanism
	for way in rpc dcom; do
		for mechanism in spnego kerberos; do
			WAY=$way enrol alice --key-kind p256 --ca-mechanism $mechanism
			expect_end "$way, $mechanism, by password" 0
			expect_no_finding "$way, $mechanism" CA-WAY
		done
		expect_text "$way: the CA was asked by it" "$([ $way = rpc ] && echo ICPR || echo DCOM)" \
		    <(grep '^rpc:' "$CA_LOG" | tail -1)
	done
	WAY=rpc enrol bob --key-kind p256
	expect_end 'a password of XML' 0
	NAME=alice@$LAB_REALM WAY=rpc enrol alice --key-kind p256
	expect_end 'by the UPN' 0
	WAY=rpc STORE=$WORK/store enrol alice --key-kind rsa2048 --logon --kdc "$LAB_KDC" --realm "$LAB_REALM"
	expect_end 'from code to Kerberos ticket' 0
	expect_finding 'from code to Kerberos ticket' LOGON-TICKET
}

with_tickets() {
	log_in alice "$TICKETS_OF_ALICE"
	WITH_PASSWORD=wrong TICKETS=$TICKETS_OF_ALICE WAY=rpc enrol alice --key-kind p256
	expect_end 'a ticket is there: no password is asked for' 0
	check 'the user'\''s cache is as it was: no ticket for the CA' \
	    eval "! klist -c '$TICKETS_OF_ALICE' | grep -q host/localhost"
	TICKETS=$TICKETS_OF_ALICE WAY=rpc enrol bob --key-kind p256
	expect_end 'tickets of another user are left alone: the password is used' 0
	expect_text 'bob is the caller' "rpc: bob@$LAB_REALM" <(grep '^rpc:' "$CA_LOG" | tail -1)
}

kerberos_says_no() {
	local before
	WITH_PASSWORD=wrong WAY=rpc enrol alice --key-kind p256
	expect_end 'a wrong password' 1 CA-CREDENTIAL
	WAY=rpc enrol alice --key-kind p256 --ca-kdc 127.0.0.1:1
	expect_end 'no KDC there' 2 CA-KDC
	before=$(codes_seen)
	WAY=rpc enrol alice --key-kind p256 --ca-mechanism ntlm
	expect_end 'no such mechanism' 64
	expect_equal 'and no code was sent' "$before" "$(codes_seen)"
	CES='' enrol alice --key-kind p256 --ticket-cache "FILE:$WORK/no-cache"
	expect_end 'RPC is the default, and no host is allowed' 78 CA-HOST-LIST
	expect_equal 'and no code was sent' "$before" "$(codes_seen)"
}

decisions() {
	lab_break ca-pending
	WAY=rpc enrol alice --key-kind p256
	expect_end 'pending' 1 CA-PENDING
	lab_mend ca-pending
	lab_break template-unpublished
	WAY=dcom enrol alice --key-kind p256
	expect_end 'denied' 1 CA-TEMPLATE-UNSUPPORTED
	expect_text 'denied: the words of the CA' 'Denied by Policy Module' "$WORK/out" "$WORK/err"
	lab_mend template-unpublished
}

resume() { # WAY ID [USER]
	WITH_CODE=not-used WAY=$1 enrol "${3:-alice}" --resume "$2" --issuing-ca "$LAB_CA_CONFIG" --pending-key "$WORK/pending.key"
}

# The CA's manager takes his time: the number is the CA's, by whichever way it is asked for later.
put_aside() {
	local id id_text way
	lab_break ca-pending
	WAY=rpc enrol alice --key-kind p256 --pending-key "$WORK/pending.key"
	expect_end 'put aside' 1 CA-PENDING
	id=$(sed -n 's/^ *found: *request \([0-9]*\).*/\1/p' "$WORK/out" | head -1)
	for way in rpc dcom; do
		resume $way "$id"
		expect_end "$way: asked again too early" 1 CA-PENDING
		resume $way 99999
		expect_end "$way: no such request" 1 CA-DATABASE
		resume $way "$id" bob
		expect_end "$way: the request of another" 1 CA-DATABASE
	done
	for id_text in 0 x 4294967296 "-1" "$id "; do
		resume rpc "$id_text"
		expect_end "no number: '$id_text'" 64 CALL-ARGUMENT
	done
	lab_mend ca-pending
	for way in rpc dcom; do
		resume $way "$id"
		expect_end "$way: asked again, and issued" 0
	done
}

# Where ICPR is off DCOM is taken, where that is off too the web service; never after the request left.
from_way_to_way() {
	local before
	lab_break icpr-off
	WAY=rpc enrol alice --key-kind p256
	expect_end 'ICPR alone, and it is off' 2 CA-RPC-OFF
	lab_break dcom-off
	WAY=auto enrol alice --key-kind p256
	expect_end 'both off' 1 CA-DCOM-OFF
	WAY=auto enrol alice --key-kind p256 --ces-url "$LAB_CES"
	expect_end 'both off, and a web service' 0
	expect_text 'each change is told' 'the enrolment web service in the place of DCOM' "$WORK/out" "$WORK/err"
	lab_mend dcom-off
	lab_mend icpr-off
	lab_break rpc-firewall
	WAY=auto enrol alice --key-kind p256 --ces-url "$LAB_CES"
	expect_end 'the port of the CA is shut, and a web service' 0
	expect_text 'DCOM is left out' 'the enrolment web service in the place of ICPR' "$WORK/out" "$WORK/err"
	lab_mend rpc-firewall
	lab_break rpc-drop
	before=$(requests)
	WAY=auto enrol alice --key-kind p256 --ces-url "$LAB_CES"
	expect_end 'the answer is lost' 2 CA-LOST
	expect_equal 'and nothing was submitted again' $((before + 1)) "$(requests)"
	lab_mend rpc-drop
}

ask_ca() { # ping|info OPTION... HOST [NAME]
	local verb=$1
	shift
	field_of alice 7 >"$WORK/password"
	RC=0
	"$DAOTP" ca "$verb" --user 'LAB\alice' --realm "$LAB_REALM" --mapper-port "$LAB_CA_MAPPER_PORT" \
	    --ticket-cache "FILE:$WORK/no-cache" --password-file "$WORK/password" "$@" \
	    >"$WORK/out" 2>"$WORK/err" || RC=$?
	ERROR=$(sed -n 's/^error \([A-Z0-9-]*\) .*/\1/p' "$WORK/out" | head -1)
}

ping_ca() { # OPTION... NAME
	ask_ca ping "${@:1:$#-1}" localhost "${@: -1}"
}

pings() {
	local before
	before=$(requests)
	ping_ca "$CA_NAME"
	expect_end 'ping' 0
	expect_text 'ping by ICPR' 'ICPR, port' "$WORK/out"
	expect_text 'ping by DCOM' 'DCOM, port' "$WORK/out"
	ping_ca --way dcom 'Another CA'
	expect_end 'ping of another name' 1
	expect_text 'ping of another name' CA-ARGUMENT "$WORK/out"
	ping_ca 'Another CA'
	expect_end 'ping of another name, by both ways' 1
	http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 ping_ca "$CA_NAME"
	expect_end 'a proxy in the environment does nothing' 0
	lab_break icpr-off
	ping_ca "$CA_NAME"
	expect_end 'ping without ICPR' 0
	expect_text 'ping without ICPR' CA-RPC-OFF "$WORK/out"
	lab_mend icpr-off
	ping_ca --json "$CA_NAME"
	check 'ping --json is JSON' is_json "$WORK/out"
	expect_equal 'no request was made' "$before" "$(requests)"
}

# Which step fails is told by the steps that are done before it.
ping_faults() {
	local fault finding
	for fault in dcom-class:CA-DCOM-CLASS dcom-access:CA-RPC-ACCESS dcom-stopped:CA-RPC-BUSY; do
		finding=${fault#*:} fault=${fault%:*}
		lab_break "$fault"
		ping_ca --way dcom "$CA_NAME"
		expect_text "ping, $fault" "$finding" "$WORK/out"
		expect_text "ping, $fault: the ticket is there" 'a ticket for host/localhost' "$WORK/out"
		check "ping, $fault: no CA answers" eval "! grep -q CA-ANSWERS '$WORK/out'"
		ping_ca "$CA_NAME"
		expect_end "ping by both ways, $fault" 0
		expect_text "ping by both ways, $fault" "$finding" "$WORK/out"
		lab_mend "$fault"
	done
	lab_break rpc-firewall
	ping_ca --way rpc "$CA_NAME"
	expect_text 'ping, the high port is shut' CA-RPC-FIREWALL "$WORK/out"
	expect_text 'ping, the high port is shut: the mapper answered' 'the endpoint mapper names port' "$WORK/out"
	lab_mend rpc-firewall
	set_policy rpc stalled
	ping_ca --timeout 4 "$CA_NAME"
	expect_end 'ping, port 135 accepts and is silent' 2
	expect_text 'ping, port 135 accepts and is silent' CA-RPC-SILENT "$WORK/out"
	expect_text 'ping, port 135 accepts and is silent: its own hint' 'sc query RpcEptMapper' "$WORK/out"
	set_policy rpc sealed
}

# Whoever looks is told the same as whoever enrols: by ping and by info, what each fault of the CA's host is called, the
# command that ends it, and no more than was asked for.
looks_at_faults() {
	local row policy finding hint verb
	while read -r policy finding hint; do
		set_policy "${policy%=*}" "${policy#*=}"
		for verb in ping info; do
			ask_ca $verb $([ $verb = info ] || echo --way dcom) localhost "$CA_NAME"
			check "$verb, $policy: it does not succeed" [ "$RC" != 0 ]
			expect_text "$verb, $policy" "$finding" "$WORK/out"
			expect_text "$verb, $policy: what to do" "$hint" "$WORK/out"
			check "$verb, $policy: no CA answers" eval "! grep -q -e CA-ANSWERS -e '^template' '$WORK/out'"
		done
		set_policy "${policy%=*}" "$([ "${policy%=*}" = rpc ] && echo sealed || echo on)"
	done <<-ROWS
		dcom=class CA-DCOM-CLASS compare the host
		dcom=access CA-RPC-ACCESS Certificate Service DCOM Access
		dcom=stopped CA-RPC-BUSY net start certsvc
		dcom=rights CA-ACCESS Request Certificates
		rpc=access CA-RPC-ACCESS Certificate Service DCOM Access
		rpc=clear CA-RPC-SEAL
	ROWS
	lab_break icpr-off
	ping_ca --way rpc "$CA_NAME"
	expect_text 'ping, ICPR is off: the command' 'certutil -setreg CA\InterfaceFlags -IF_NORPCICERTREQUEST' "$WORK/out"
	# a stopped service has registered nothing and cannot be started by those who ask
	lab_break dcom-stopped
	ping_ca "$CA_NAME"
	check 'ping, the service is stopped: no way answers' [ "$RC" != 0 ]
	expect_text 'ping, the service is stopped' CA-RPC-BUSY "$WORK/out"
	lab_mend dcom-stopped
	lab_mend icpr-off
	lab_break rpc-firewall
	ask_ca info localhost "$CA_NAME"
	expect_end 'info, the high port is shut' 2 CA-RPC-FIREWALL
	ping_ca --way dcom "$CA_NAME"
	expect_end 'ping by DCOM, the high port is shut' 2 CA-RPC-FIREWALL
	expect_text 'ping by DCOM, the high port is shut: the activation answered' 'RemoteActivation names port' "$WORK/out"
	lab_mend rpc-firewall
	set_policy dcom rights
	WAY=dcom enrol alice --key-kind p256
	expect_end 'no right on the CA' 1 CA-ACCESS
	set_policy dcom on
}

# Whose tickets are there, when they are not the user's and there is no password either.
tickets_of_others() {
	log_in_machine "FILE:$WORK/machine.cc"
	log_in bob "FILE:$WORK/bob.cc"
	ask_ca ping --password-file /nonexistent --ticket-cache "FILE:$WORK/machine.cc" localhost "$CA_NAME"
	expect_text 'the tickets of the machine' CA-MACHINE-TICKET "$WORK/out"
	expect_text 'the tickets of the machine: whose' 'DA1$@' "$WORK/out"
	ask_ca ping --password-file /nonexistent --ticket-cache "FILE:$WORK/bob.cc" localhost "$CA_NAME"
	expect_text 'the tickets of another user' CA-OTHER-TICKET "$WORK/out"
}

# Names of the CA's host that Kerberos has no ticket for; and a ticket whose session key is RC4's.
no_ticket_to_use() {
	local host
	for host in 127.0.0.1 ::1; do
		ask_ca ping $host "$CA_NAME"
		expect_text "ping of $host" CA-ADDRESS "$WORK/out"
	done
	ask_ca ping other.localhost "$CA_NAME"
	expect_text 'ping of a host that the realm does not know' CA-PRINCIPAL "$WORK/out"
	sed -i 's/^\[libdefaults\]/&\n allow_rc4 = true/' "$WORK"/lab/kdc/krb5{,.kdc}.conf
	lab_break kdc-down
	lab_mend kdc-down
	of_kdc kadmin.local setstr "host/localhost@$LAB_REALM" session_enctypes arcfour-hmac
	log_in alice "FILE:$WORK/rc4.cc"
	KRB5CCNAME=FILE:$WORK/rc4.cc kvno "host/localhost@$LAB_REALM" >/dev/null 2>&1
	if klist -e -c "FILE:$WORK/rc4.cc" | grep -q 'skey.*arcfour'; then
		# a client that takes AES gets a subkey for AES, whatever the key of the ticket is (RFC 4537)
		ping_ca "$CA_NAME"
		expect_end 'a session key for RC4, and a subkey for AES' 0
		sed 's/^\[libdefaults\]/&\n permitted_enctypes = arcfour-hmac aes256-cts-hmac-sha1-96/' "$KRB5_CONFIG" >"$WORK/rc4.conf"
		KRB5_CONFIG=$WORK/rc4.conf ping_ca "$CA_NAME"
		expect_text 'a session key for RC4' CA-RPC-CIPHER "$WORK/out"
		check 'a session key for RC4: no CA answers' eval "! grep -q CA-ANSWERS '$WORK/out'"
	else
		echo '# left out: this Kerberos makes no RC4 keys'
	fi
	of_kdc kadmin.local delstr "host/localhost@$LAB_REALM" session_enctypes
	sed -i '/allow_rc4/d' "$WORK"/lab/kdc/krb5{,.kdc}.conf
}

of_kdc() {
	KRB5_CONFIG=$WORK/lab/kdc/krb5.conf KRB5_KDC_PROFILE=$WORK/lab/kdc/kdc.conf "$@" >/dev/null 2>&1
}

# A CA tells what it is, by either form of activation; a gap of the second interface is told.
infos() {
	local before
	before=$(requests)
	ask_ca info localhost "$CA_NAME"
	expect_end info 0
	expect_text 'info: the template' "template: DAOTPLogon $LAB_TEMPLATE" "$WORK/out"
	ask_ca info --json --certificate "$WORK/ca.pem" localhost
	expect_end 'info without a name' 0
	check 'info --json is JSON' is_json "$WORK/out"
	check 'info: the certificate is the CA'\''s' \
	    cmp -s <(openssl x509 -in "$WORK/ca.pem" -outform der) <(openssl x509 -in "$WORK/lab/pki/issuing.pem" -outform der)
	expect_equal 'info: with its root' 2 "$(grep -c BEGIN "$WORK/ca.pem")"
	ask_ca info localhost 'Another CA'
	expect_end 'info of another name' 1
	expect_text 'info of another name' CA-ARGUMENT "$WORK/out"
	set_policy dcom create
	ask_ca info localhost
	expect_end 'info, RemoteActivation is refused' 0
	expect_text 'info, RemoteActivation is refused' 'RemoteCreateInstance names port' "$WORK/out"
	set_policy dcom on
	expect_equal 'no request was made' "$before" "$(requests)"
}

# The forms of DCOM: an object of the second interface, of the first alone, and the second activation.
forms_of_dcom() {
	local form
	for form in on create first; do
		set_policy dcom $form
		WAY=dcom enrol alice --key-kind p256
		expect_end "by DCOM, $form" 0
	done
	set_policy dcom on
	expect_text 'RemoteCreateInstance was asked' 'rpc: RemoteCreateInstance' "$CA_LOG"
}

with_a_keytab() {
	printf 'addent -password -p alice@%s -k 1 -e aes256-cts-hmac-sha1-96\n%s\nwkt %s\nq\n' \
	    "$LAB_REALM" "$(field_of alice 7)" "$WORK/alice.keytab" | ktutil >/dev/null 2>&1
	ping_ca --password-file /nonexistent --keytab "FILE:$WORK/alice.keytab" "$CA_NAME"
	expect_end 'ping with a keytab' 0
	ping_ca --keytab "FILE:$WORK/no.keytab" "$CA_NAME"
	expect_end 'ping with a keytab that is not there' 78
	expect_text 'ping with a keytab that is not there' CA-KEYTAB "$WORK/out"
	ping_ca --user 'LAB\bob' --keytab "FILE:$WORK/alice.keytab" "$CA_NAME"
	expect_text 'ping with the keytab of another' CA-KEYTAB "$WORK/out"
}

# With a ticket of the machine the exchange with the password is armoured (FAST, RFC 6113).
with_armour() {
	log_in_machine "FILE:$WORK/machine.cc"
	KRB5_TRACE=$WORK/trace WAY=rpc enrol alice --key-kind p256 --armor-cache "FILE:$WORK/machine.cc"
	expect_end 'by the password, armoured' 0
	expect_text 'the KDC was asked under FAST' 'FAST armor key' "$WORK/trace"
	expect_text 'and answered' 'Decoding FAST response' "$WORK/trace"
}

CA_NAME=${LAB_CA_CONFIG#*\\}
pings
ping_faults
looks_at_faults
tickets_of_others
no_ticket_to_use
infos
forms_of_dcom
with_a_keytab
with_armour
both_ways
with_tickets
kerberos_says_no
decisions
put_aside
from_way_to_way
summary
