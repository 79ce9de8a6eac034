#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A marked code and a marked password go through enrolments that succeed and that fail in each stage,
# with everything that can be logged switched on. Neither may be found in anything that is emitted:
# standard output and error, as text and as JSON, the store, the logs of responder and CA, argv and
# environment of the running program.
#
#   secrets.sh DAOTP-PROGRAM
. "$(dirname "$0")/lib.sh"
lab_up
MARK_CODE='Qx7Otp-Mark&93kz<'
MARK_PASSWORD='Zq8Pw/Mark+"51>&wv'
EMITTED=$WORK/emitted
MARKS=$WORK/marks
mkdir "$EMITTED"
printf '%s\n' "$MARK_CODE" "$MARK_PASSWORD" >"$MARKS"
export DAOTP_LOG=debug
KEPT=$EMITTED/store

# alice and carol get the marked password; the file is replaced, so that all read it again
remark_users() {
	python3 - "$LAB_USERS" "$MARK_PASSWORD" <<'X'
import os, sys
lines = open(sys.argv[1]).read().split("\n")
for i, line in enumerate(lines):
    fields = line.split(":")
    if fields[0] in ("alice", "carol"):
        fields[6] = sys.argv[2]
        lines[i] = ":".join(fields)
with open(sys.argv[1] + ".new", "w") as out:
    out.write("\n".join(lines))
os.rename(sys.argv[1] + ".new", sys.argv[1])
X
}

# our own responder, with a log of all it can say
start_responder() {
	rm -f "$WORK/port"
	"$DAOTP" serve --listen 127.0.0.1:0 --port-file "$WORK/port" --cert "$WORK/lab/pki/server.pem" \
	    --key "$WORK/lab/pki/server.key" --client-ca "$LAB_TRUST" --template "$LAB_TEMPLATE" \
	    --ra-cert "$WORK/lab/pki/ra.pem" --ra-key "$WORK/lab/pki/ra.key" --issuing-ca "$LAB_CA_CONFIG" \
	    --users "$LAB_USERS" >>"$EMITTED/responder.log" 2>&1 </dev/null &
	RESPONDER=$!
	CHILDREN+=("$RESPONDER")
	await_file "$WORK/port" || { echo "not ok - no responder: $(cat "$EMITTED/responder.log")"; exit 1; }
	URL=https://localhost:$(cat "$WORK/port")/otp
}

forget_codes() {
	reap "$RESPONDER"
	start_responder
	SERVERS=("$URL")
	SPENT=()
}

RUN=0
# run WHAT STATUS USER [OPTION...]: once in words and once as JSON; all is kept. STATUS may be
# several, as "1|2".
run() {
	local what=$1 status=$2 who=$3 form
	shift 3
	for form in '' --json; do
		RUN=$((RUN + 1))
		enrol "$who" --key-kind p256 "$@" $form
		check "$what${form:+, $form}: ends with $RC, one of $status" eval "[[ '|$status|' == *'|$RC|'* ]]"
		cp "$WORK/out" "$EMITTED/$RUN.out"
		cp "$WORK/err" "$EMITTED/$RUN.err"
		[ -n "${WITH_CODE:-}" ] || echo "$CODE" >>"$WORK/codes"
	done
}

good_ones() {
	STORE=$KEPT run 'good' 0 alice
	run 'good, TLS 1.2' 0 alice --tls12
	run 'good, without a preflight' 0 alice --no-preflight
	[ -z "${LAB_KDC:-}" ] || run 'good, logon' 0 alice --logon --kdc "$LAB_KDC" --realm "$LAB_REALM"
}

refused_ones() {
	WITH_CODE=$MARK_CODE run 'a wrong code' 1 alice
	WITH_CODE=$MARK_CODE run 'a wrong code, without a preflight' 1 alice --no-preflight
	WITH_CODE=$MARK_CODE NAME='LAB\nobody' run 'nobody' 1 alice
	WITH_CODE=$(printf '%s%0500d' "$MARK_CODE" 0) run 'a code that is too long' 64 alice
	run 'denied by the CA' 1 carol
	WITH_PASSWORD=$MARK_PASSWORD-wrong run 'a wrong password' 1 alice
	IDENTITY=()
	WITH_CODE=$MARK_CODE run 'no client certificate' 78 alice
	IDENTITY=(--cert "$WORK/foreign.pem" --key "$WORK/foreign.key")
	WITH_CODE=$MARK_CODE run 'TLS refused' '1|2' alice
	WITH_CODE=$MARK_CODE run 'TLS refused, the code under way' '1|2' alice --no-preflight
	IDENTITY=(--cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY")
	SERVERS=("https://localhost:$(free_port)/otp")
	WITH_CODE=$MARK_CODE run 'nothing there' 2 alice
	SERVERS=("$URL")
	CES=https://localhost:$(free_port)/ces run 'no CA there' 2 alice
	run 'too long a life' 1 alice --max-lifetime 60
}

start_stub() { # NAME OPTION...: $STUB
	local name=$1
	shift
	rm -f "$WORK/$name.port"
	spawn "$name" python3 "$HERE/stub.py" --cert "$WORK/lab/pki/server.pem" --key "$WORK/lab/pki/server.key" \
	    --port-file "$WORK/$name.port" --log "$WORK/$name.asked" --client-ca "$LAB_TRUST" --head-status 405 \
	    --head-version "$@"
	await_file "$WORK/$name.port" || not_ok "the stub does not start: $(cat "$WORK/$name.out")"
	STUB=https://localhost:$(cat "$WORK/$name.port")/otp
}

# A server may say what it was sent. Whatever of an answer is shown, it is not that.
repeating_servers() {
	local place
	for place in body version type reason code root ca; do
		start_stub "otp-$place" --status "$([ $place = reason ] && echo 500 || echo 200)" \
		    --echo "$MARK_CODE" --in $place
		SERVERS=("$STUB")
		WITH_CODE=$MARK_CODE run "the code comes back in: $place" 2 alice
		reap "$CHILD"
	done
	SERVERS=("$URL")
	for place in body type reason fault hresult; do
		start_stub "ca-$place" --status "$([ $place = body ] && echo 200 || echo 500)" \
		    --echo "$MARK_PASSWORD" --in $place
		CES=$STUB run "the password comes back in: $place" "$([ $place = hresult ] && echo 1 || echo 2)" alice
		reap "$CHILD"
	done
}

# While it runs: its arguments and its environment.
running_program() {
	local pid i
	start_stub stall --status 200 --in stall
	SERVERS=("$STUB")
	"$DAOTP" enroll --url "$STUB" --user 'LAB\alice' --upn "alice@$LAB_REALM" --trust "$LAB_TRUST" \
	    "${IDENTITY[@]}" --template "$LAB_TEMPLATE" --ces-url "$LAB_CES" --otp-fd 9 --password-fd 8 \
	    --no-store --key-kind p256 --timeout 20 >"$EMITTED/running.out" 2>"$EMITTED/running.err" \
	    9<<<"$MARK_CODE" 8<<<"$MARK_PASSWORD" &
	pid=$!
	CHILDREN+=("$pid")
	for ((i = 0; i < 50; i++)); do ! grep -q POST "$WORK/stall.asked" || break; sleep 0.1; done
	check 'the code is on its way' grep -q POST "$WORK/stall.asked"
	cp "/proc/$pid/cmdline" "$EMITTED/running.cmdline"
	cp "/proc/$pid/environ" "$EMITTED/running.environ"
	kill -INT "$pid"
	wait "$pid"
	expect_equal 'interrupted while the code is on its way' 75 $?
	expect_text 'interrupted' CALL-CANCELLED "$EMITTED/running.err"
	reap "$CHILD"
	SERVERS=("$URL")
}

# A captured message, shown to an administrator.
decoded_message() {
	local form
	python3 - "$MARK_CODE" >"$WORK/message.xml" <<'X'
import sys
from xml.sax.saxutils import quoteattr
print('<signCertRequest xmlns="http://schemas.microsoft.com/otpcep/1.0/protocol" userName="LAB\\alice" '
      f'oneTimePassword={quoteattr(sys.argv[1])} CertRequest="MAA="/>')
X
	for form in '' --json --brief; do
		"$DAOTP" decode $form "$WORK/message.xml" >"$EMITTED/decoded$form.out" 2>"$EMITTED/decoded$form.err"
	done
	ok 'a message is decoded'
}

remark_users
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=host1 \
    -keyout "$WORK/foreign.key" -out "$WORK/foreign.pem" 2>"$WORK/foreign.log"
start_responder
SERVERS=("$URL")
good_ones
refused_ones
repeating_servers
running_program
decoded_message
cp -r "$WORK/lab/run" "$EMITTED/lab-run"
[ ! -d "$WORK/lab/kdc" ] || cp "$WORK"/lab/kdc/*.log "$WORK"/lab/kdc/*.trace "$EMITTED/" 2>/dev/null

# the search itself must be able to find: in clear, and in base64
mkdir "$WORK/planted"
printf 'x%sx' "$MARK_CODE" | base64 >"$WORK/planted/one"
printf 'y%sy' "$MARK_PASSWORD" >"$WORK/planted/two"
check 'the search finds what is planted' eval \
    "! python3 '$HERE/marks.py' '$MARKS' '$WORK/planted' | grep -q ' [01] hits'"
if python3 "$HERE/marks.py" "$MARKS" "$EMITTED" >"$WORK/found"; then
	ok "neither code nor password in what was emitted: $(tail -1 "$WORK/found")"
else
	cat "$WORK/found"
	not_ok "secrets in what was emitted: $(tail -1 "$WORK/found")"
fi
# codes that were good are six digits: looked for as words of their own
sort -u "$WORK/codes" | sed 's/.*/(?<![0-9A-Fa-f.:-])&(?![0-9A-Fa-f.:-])/' >"$WORK/patterns"
found=$(while read -r pattern; do grep -rlP -- "$pattern" "$EMITTED"; done <"$WORK/patterns" | sort -u)
expect_equal 'no good code in what was emitted' '' "$found"
summary
