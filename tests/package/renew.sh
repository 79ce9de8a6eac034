#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The helper of certmonger and the script of the timer, against the lab; by hand, and by certmonger
# itself where it is installed.   renew.sh DAOTP-PROGRAM
#
# A code command leaves a line in $WORK/asked each time it is called: none may be called in a loop.
. "$(dirname "$0")/../flow/lib.sh" || exit 70
: "${WORK:?}"
EXAMPLES=$(realpath "$HERE/../../examples")
"$DAOTP" enroll --help | grep -q -e --csr-key || { echo 'skipped: daotp enroll takes no --csr'; exit 77; }
lab_up --no-kdc
mkdir "$WORK/bin" && ln -s "$DAOTP" "$WORK/bin/daotp"
PATH=$WORK/bin:$PATH

cat >"$WORK/code" <<END
#!/bin/sh
echo asked >>$WORK/asked
cat $WORK/next
END
chmod 700 "$WORK/code"
field_of alice 7 >"$WORK/password"
cat >"$WORK/conf" <<END
URL=$LAB_URL
USER_NAME='LAB\\alice'
TRUST=$LAB_TRUST
CERT=$LAB_MACHINE_CERT
KEY=$LAB_MACHINE_KEY
KEY_FILE=$WORK/alice.key
STORE=$WORK/store
LABEL=alice+1
RENEW_BEFORE=1800
CODE_COMMAND=$WORK/code
PASSWORD_FILE=$WORK/password
MORE='--upn alice@$LAB_REALM --ces-url $LAB_CES'
END
echo "PATH=$WORK/bin:$PATH" >>"$WORK/conf" # certmonger gives an environment of its own
: >"$WORK/next"

asked() { if [ -e "$WORK/asked" ]; then wc -l <"$WORK/asked"; else echo 0; fi; }
give_code() { next_code alice && echo "$CODE" >"$WORK/next"; }

# try WHAT STATUS ASKED COMMAND...: how it ended, and how often it asked for a code
try() {
	local what=$1 wanted=$2 often=$3 rc=0
	shift 3
	rm -f "$WORK/asked"
	"$@" >"$WORK/out" 2>"$WORK/err" || rc=$?
	expect_equal "$what: status" "$wanted" "$rc"
	expect_equal "$what: codes asked for" "$often" "$(asked)"
	[ "$rc" = "$wanted" ] || head -c 600 "$WORK/out" "$WORK/err"
}

by_hand() {
	local submit=$EXAMPLES/certmonger/daotp-submit
	cat >"$WORK/openssl.cnf" <<END
[req]
distinguished_name=dn
req_extensions=ext
[dn]
[ext]
1.3.6.1.4.1.311.21.7=ASN1:SEQUENCE:template
subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@$LAB_REALM
[template]
oid=OID:$LAB_TEMPLATE
END
	openssl req -new -newkey rsa:2048 -nodes -keyout "$WORK/alice.key" -subj / -out "$WORK/csr.pem" \
	    -config "$WORK/openssl.cnf" 2>"$WORK/openssl.out"
	try 'no request' 4 0 env -u CERTMONGER_CSR "$submit" "$WORK/conf"
	export CERTMONGER_CSR
	CERTMONGER_CSR=$(cat "$WORK/csr.pem")
	try 'no code' 1 1 "$submit" "$WORK/conf"
	expect_equal 'no code: a cookie' 1 "$(wc -l <"$WORK/out")"
	try 'polled, no code' 1 1 env CERTMONGER_OPERATION=POLL CERTMONGER_CA_COOKIE=no-code-yet "$submit" "$WORK/conf"
	sed /^CODE_COMMAND/d "$WORK/conf" >"$WORK/conf.without"
	try 'no command' 1 0 "$submit" "$WORK/conf.without"
	try 'no configuration' 4 0 "$submit" "$WORK/none"
	try 'an operation that is not there' 6 0 env CERTMONGER_OPERATION=FETCH-ROOTS "$submit" "$WORK/conf"
	try 'who is it' 0 0 env CERTMONGER_OPERATION=IDENTIFY "$submit" "$WORK/conf"
	give_code
	try 'a code' 0 1 "$submit" "$WORK/conf"
	openssl x509 -in "$WORK/out" -noout -pubkey >"$WORK/public.certificate"
	openssl pkey -in "$WORK/alice.key" -pubout >"$WORK/public.key"
	check 'a certificate for this key' cmp "$WORK/public.certificate" "$WORK/public.key"
	try 'not due' 5 0 env CERTMONGER_CERTIFICATE="$(cat "$WORK/out")" "$submit" "$WORK/conf"
	expect_equal 'not due: so many seconds' 1 "$(head -n 1 "$WORK/out" | grep -cE '^[0-9]{3,4}$')"
	try 'the same code again' 2 1 "$submit" "$WORK/conf"
	expect_text 'the same code again' OTP-AUTHENTICATION "$WORK/out"
	no_secret "$CODE" "$(field_of alice 7)"
	lab_break responder-down
	give_code
	try 'no server' 3 1 "$submit" "$WORK/conf"
	lab_mend responder-down
	SPENT=()
	unset CERTMONGER_CSR
	: >"$WORK/next"
}

by_timer() {
	local renew=$EXAMPLES/systemd/daotp-renew
	sed -i "s/^MORE='/&--template $LAB_TEMPLATE --key-kind p256 /" "$WORK/conf"
	try 'due, no code' 0 1 "$renew" "$WORK/conf"
	expect_text 'due, no code' waiting "$WORK/out"
	give_code
	try 'due, a code' 0 1 "$renew" "$WORK/conf"
	check 'it is in the store' "$DAOTP" store show "$WORK/store" alice+1
	try 'not due' 0 0 "$renew" "$WORK/conf"
	sed -i 's/^RENEW_BEFORE=.*/RENEW_BEFORE=90000/' "$WORK/conf"
	try 'due, the code was used' 1 1 "$renew" "$WORK/conf"
	chmod 755 "$WORK/store"
	try 'a store that others may read' 78 0 "$renew" "$WORK/conf"
	expect_text 'a store that others may read' STORE-MODE "$WORK/out"
	chmod 700 "$WORK/store"
	sed -i "s,^STORE=.*,STORE=dir:$WORK/store,; s/^RENEW_BEFORE=.*/RENEW_BEFORE=1800/" "$WORK/conf"
	try 'not due, in a store by its URI' 0 0 "$renew" "$WORK/conf"
	command -v systemd-analyze >/dev/null || return
	mkdir "$WORK/units"
	cp "$EXAMPLES/systemd/daotp-renew.timer" "$WORK/units"
	sed "s,/usr/bin/daotp-renew,$renew," "$EXAMPLES/systemd/daotp-renew.service" >"$WORK/units/daotp-renew.service"
	systemd-analyze --man=no verify "$WORK"/units/* >"$WORK/verify" 2>&1
	expect_equal 'the units: no complaint' '' "$(grep daotp "$WORK/verify")"
}

await_state() { # STATE: of certmonger's request
	local i
	for ((i = 0; i < 100; i++)); do
		if getcert list -i one 2>/dev/null | grep -q "status: $1"; then return; fi
		sleep 0.1
	done
	getcert list -i one
	return 1
}

by_certmonger() {
	local monger=/usr/sbin/certmonger
	[ -x $monger ] && command -v getcert >/dev/null || { echo '# no certmonger'; return; }
	[ "$(id -u)" = 0 ] || { echo '# certmonger has a lock file that only root may write'; return; }
	mkdir "$WORK/requests" "$WORK/cas" "$WORK/local" "$WORK/tmp" "$WORK/conf.d"
	export CERTMONGER_REQUESTS_DIR=$WORK/requests CERTMONGER_CAS_DIR=$WORK/cas \
	    CERTMONGER_LOCAL_CA_DIR=$WORK/local CERTMONGER_CONFIG_DIR=$WORK/conf.d CERTMONGER_TMPDIR=$WORK/tmp \
	    CERTMONGER_PVT_ADDRESS=unix:path=$WORK/bus
	sed -i 's/--template [^ ]* //; s/--key-kind p256 //' "$WORK/conf"
	sed -i "s,^KEY_FILE=.*,KEY_FILE=$WORK/monger.key," "$WORK/conf"
	rm -f "$WORK/asked"
	: >"$WORK/next"
	spawn certmonger $monger -n -L -P "$WORK/bus" -p "$WORK/certmonger.pid"
	for _ in {1..50}; do [ ! -S "$WORK/bus" ] || break; sleep 0.1; done
	ln -s "$EXAMPLES/certmonger/daotp-submit" "$WORK/helper" # the command of a helper is split at blanks
	HELPER=$WORK/helper CONF=$WORK/conf CERTIFICATE=$WORK/monger.pem KEY_FILE=$WORK/monger.key
	TEMPLATE=$LAB_TEMPLATE:$LAB_TEMPLATE_MAJOR:$LAB_TEMPLATE_MINOR UPN=alice@$LAB_REALM
	NAME='DC=example,DC=lab,CN=Users,CN=Alice Example'
	check 'certmonger takes the helper' getcert add-ca -c daotp -e "$HELPER $CONF"
	check 'certmonger takes the request' \
	    getcert request -I one -c daotp -f "$CERTIFICATE" -k "$KEY_FILE" --ms-template-spec "$TEMPLATE" -N "$NAME" -K "$UPN"
	check 'it waits' await_state CA_WORKING
	sleep 2
	expect_equal 'it waits, and does not loop' 1 "$(asked)"
	give_code
	check 'asked again' getcert refresh -i one # resubmit would start the helper twice
	await_file "$WORK/monger.pem" 100
	check 'a certificate of the CA' openssl verify -partial_chain -trusted "$WORK/lab/pki/issuing.pem" "$WORK/monger.pem"
	check 'it is watched' await_state MONITORING
	sleep 2
	expect_equal 'one code for one certificate' 2 "$(asked)"
}

by_hand
by_timer
by_certmonger
summary
