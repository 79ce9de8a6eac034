#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The RADIUS client and `daotp radius` against real FreeRADIUS: one as Debian has it, one that drops
# requests without Message-Authenticator.
#
#   radius_freeradius.sh DAOTP-PROGRAM RADIUS_DRIVER-PROGRAM
. "$(dirname "$0")/lib.sh"
DRIVER=${2:-$(dirname "$DAOTP")/radius_driver}
need freeradius
[ -x "$DRIVER" ] || { echo "usage: $0 DAOTP-PROGRAM RADIUS_DRIVER-PROGRAM"; exit 64; }
LAB=$HERE/../lab/freeradius.sh

# ---- the servers, and what is wrong beside them ------------------------------------------------------

FREERADIUS=()
stop_servers() {
	local status=$? dir
	for dir in "${FREERADIUS[@]}"; do "$LAB" stop "$dir"; done
	(exit "$status") # finish() takes it up
	finish
}
trap stop_servers EXIT

server_up() { # NAME [MODE]: its env is sourced
	FREERADIUS+=("$WORK/$1")
	"$LAB" start "$WORK/$1" "${2:-plain}" || { echo "not ok - FreeRADIUS does not start"; exit 1; }
	# shellcheck disable=SC1090,SC1091
	. "$WORK/$1/env"
}

server_up hard require
HARD=127.0.0.1:$LAB_RADIUS_PORT HARD_SECRET=$LAB_RADIUS_SECRET_FILE HARD_PORT=$LAB_RADIUS_PORT
server_up plain
PORT=$LAB_RADIUS_PORT SECRET=$LAB_RADIUS_SECRET_FILE
SERVER=127.0.0.1:$PORT PLAIN=$WORK/plain

# A socket that takes requests and never answers; its port is in the file.
spawn sink python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
open(sys.argv[1], "w").write(str(s.getsockname()[1]))
while True:
    s.recv(4096)
' "$WORK/sink.port"
await_file "$WORK/sink.port" || { echo "not ok - no sink"; exit 1; }
SINK=127.0.0.1:$(cat "$WORK/sink.port")
CLOSED=127.0.0.1:$(free_port)

# ---- running the tool --------------------------------------------------------------------------------

secret_file() { # NAME TEXT: a file that only we can read, its name
	printf '%s\n' "$2" >"$WORK/$1"
	echo "$WORK/$1"
}

WRONG_SECRET=$(secret_file wrong.secret "marked-wrong-secret-0123456789")
WRONG_WORD=$(secret_file wrong.word "marked-wrong-word")
: >"$WORK/everything"

LOG=debug
radius() { # OPTION...: the tool; $STATUS, $WORK/out, $WORK/err
	DAOTP_LOG=$LOG "$DAOTP" radius "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
	cat "$WORK/out" "$WORK/err" >>"$WORK/everything"
}

login() { # WHAT WANTED-STATUS WANTED-TEXT OPTION...
	local what=$1 status=$2 text=$3
	shift 3
	radius "$@"
	expect_equal "$what, exit status" "$status" "$STATUS"
	expect_text "$what" "$text" "$WORK/out" "$WORK/err"
}

field() { # PYTHON-EXPRESSION over d: of the JSON in out
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
ids = [f["id"] for f in d["report"]["findings"]]
print(eval(sys.argv[2]))' "$WORK/out" "$1" 2>&1
}

to() { echo --server "$1" --secret-file "$SECRET"; }

# ---- answers -----------------------------------------------------------------------------------------

# shellcheck disable=SC2046
answers() {
	login accept 0 "accepted by $SERVER, round 1, after 1 transmissions" $(to "$SERVER") --user alice --password-file "$PLAIN/alice.pw"
	expect_text "its message" "message: welcome alice" "$WORK/out"
	login reject 1 "rejected by $SERVER" $(to "$SERVER") --user alice --password-file "$WRONG_WORD"
	expect_text "finding" RADIUS-REJECTED "$WORK/err"
	login "unknown user" 1 "message: denied" $(to "$SERVER") --user nobody --password-file "$WRONG_WORD"
	login IPv6 0 "accepted by [::1]:$PORT" $(to "[::1]:$PORT") --user alice --password-file "$PLAIN/alice.pw"
	login "a name" 0 "accepted by localhost:$PORT" $(to "localhost:$PORT") --user alice --password-file "$PLAIN/alice.pw"
	login "128 octets" 0 accepted $(to "$SERVER") --user long --password-file "$PLAIN/long.pw"
	login "127 of 128 octets" 1 rejected $(to "$SERVER") --user long --password-file "$(secret_file long127 "$(head -c 127 "$PLAIN/long.pw")")"
	login "129 octets" 64 RADIUS-PASSWORD $(to "$SERVER") --user long --password-file "$(secret_file long129 "$(cat "$PLAIN/long.pw")x")"
	login UTF-8 0 accepted $(to "$SERVER") --user zoë --password-file "$PLAIN/zoë.pw"
	login backslash 0 accepted $(to "$SERVER") --user 'corp\bob' --password-file "$PLAIN/bob.pw"
	login "unknown domain" 1 rejected $(to "$SERVER") --user 'CORP\alice' --password-file "$PLAIN/alice.pw"
	login "--strip of a domain" 0 accepted $(to "$SERVER") --strip --user 'CORP\alice' --password-file "$PLAIN/alice.pw"
	login "--strip of a suffix" 0 accepted $(to "$SERVER") --strip --user alice@corp.example --password-file "$PLAIN/alice.pw"
	login "vendors' attributes" 0 accepted $(to "$SERVER") --user vsa --password-file "$(secret_file vsa.word word-vsa)"
	login push 0 "accepted by $SERVER, round 1" $(to "$SERVER") --user push1 --profile push --password-file "$WRONG_WORD"
}

# shellcheck disable=SC2046
hostile_text() {
	radius $(to "$SERVER") --user esc --password-file "$WRONG_WORD"
	expect_equal "a message with escapes" 1 "$STATUS"
	expect_text "what can be read of it" gone "$WORK/out"
	expect_no_text "escape" $'\033' "$WORK/out" "$WORK/err"
	expect_no_text "control sequence introducer, U+009B" $'\302\233' "$WORK/out" "$WORK/err"
}

# shellcheck disable=SC2046
passwords_elsewhere() {
	exec 9<"$PLAIN/alice.pw"
	radius $(to "$SERVER") --user alice --password-fd 9
	exec 9<&-
	expect_equal "password from a descriptor" 0 "$STATUS"
	cp "$PLAIN/alice.pw" "$WORK/open.pw"
	chmod 644 "$WORK/open.pw"
	radius $(to "$SERVER") --user alice --password-file "$WORK/open.pw"
	check "a password that others can read is refused" test "$STATUS" -ge 64
	expect_text "and why" "others can read it" "$WORK/err"
}

# ---- challenges --------------------------------------------------------------------------------------

# shellcheck disable=SC2046
challenges() {
	local pin
	pin=$(secret_file pin pin)
	login "challenge, nobody to answer" 3 "challenged by $SERVER" $(to "$SERVER") --user sms1 --password-file "$pin"
	expect_text "its message" "message: Enter the code we sent you" "$WORK/out"
	login "--no-challenge" 3 challenged $(to "$SERVER") --user sms1 --no-challenge --password-file "$pin"
	"$DRIVER" rounds 127.0.0.1 "$PORT" "$SECRET" sms2 pin next 123456 >"$WORK/rounds" 2>&1
	expect_equal "two challenges, then accept" "challenged round=1 echo=0 message=Enter the code we sent you
challenged round=2 echo=1 message=Wait for the code to change, then enter it
accepted round=3 echo=0" "$(cat "$WORK/rounds")"
	"$DRIVER" rounds ::1 "$PORT" "$SECRET" sms3 pin 000000 >"$WORK/rounds" 2>&1
	expect_equal "a wrong answer" "rejected round=2 echo=0" "$(tail -n 1 "$WORK/rounds")"
	"$DRIVER" rounds 127.0.0.1 "$HARD_PORT" "$HARD_SECRET" sms4 pin 123456 >"$WORK/rounds" 2>&1
	expect_equal "with Message-Authenticator required" "accepted round=2 echo=0" "$(tail -n 1 "$WORK/rounds")"
	printf 'pin\nnext\n123456\n' >"$WORK/lines"
	python3 "$HERE/radius_terminal.py" "$WORK/lines" "$DAOTP" radius $(to "$SERVER") --user sms5 >"$WORK/out" 2>&1
	expect_equal "on a terminal, exit status" 0 $?
	expect_text "on a terminal" "accepted by $SERVER, round 3" "$WORK/out"
	expect_no_text "no echo" 123456 "$WORK/out"
}

# ---- silence, and what it is made of -----------------------------------------------------------------

# shellcheck disable=SC2046
silences() {
	login "wrong secret" 2 RADIUS-TIMEOUT --server "$SERVER" --secret-file "$WRONG_SECRET" --timeout 1 --user alice --password-file "$PLAIN/alice.pw"
	login "a user that is never answered" 2 RADIUS-TIMEOUT $(to "$SERVER") --timeout 1 --user drop1 --password-file "$WRONG_WORD"
	login "nothing listens" 2 RADIUS-REFUSED $(to "$CLOSED") --user alice --password-file "$PLAIN/alice.pw"
	login "no such name" 2 DNS-FAILED $(to "no-such-host.invalid:1812") --timeout 3 --user alice --password-file "$PLAIN/alice.pw"
	login "dead first server" 0 "accepted by $SERVER" $(to "$CLOSED") --server "$SERVER" --user alice --password-file "$PLAIN/alice.pw"
	expect_text "finding" RADIUS-FAILOVER "$WORK/err"
	login "silent first server" 0 "accepted by $SERVER" $(to "$SINK") --server "$SERVER" --timeout 3 --user alice --password-file "$PLAIN/alice.pw"
	expect_text "finding" RADIUS-FAILOVER "$WORK/err"
	login "silent first server, a human in the loop" 2 RADIUS-TIMEOUT $(to "$SINK") --server "$SERVER" --timeout 3 --profile push --user alice --password-file "$PLAIN/alice.pw"
	login "no server answers" 2 RADIUS-TIMEOUT $(to "$SINK") --server "$SINK" --timeout 1 --user alice --password-file "$PLAIN/alice.pw"
}

# ---- Message-Authenticator ---------------------------------------------------------------------------

# shellcheck disable=SC2046
signatures() {
	local noma=(--user noma-1 --password-file "$WRONG_WORD" --timeout 1)
	login "required by the server" 0 accepted --server "$HARD" --secret-file "$HARD_SECRET" --user alice --password-file "$WORK/hard/alice.pw"
	if freeradius -v | grep -qE 'Version 3\.(0|2\.[0-4][^0-9])'; then
		login "unsigned reply" 2 RADIUS-UNSIGNED $(to "$SERVER") "${noma[@]}"
		login "unsigned reply, policy first" 2 RADIUS-UNSIGNED $(to "$SERVER") --policy first "${noma[@]}"
		login "unsigned reply, policy optional" 1 rejected $(to "$SERVER") --policy optional "${noma[@]}"
		login "unsigned reply, policy auto" 1 rejected $(to "$SERVER") --policy auto "${noma[@]}"
	fi
	login "signed first, policy first" 0 accepted $(to "$SERVER") --policy first --user alice --password-file "$PLAIN/alice.pw"
}

# ---- health ------------------------------------------------------------------------------------------

# shellcheck disable=SC2046
health() {
	login Status-Server 0 "accepted by $SERVER" $(to "$SERVER") --status
	expect_text "finding" RADIUS-ALIVE "$WORK/err"
	login "DirectAccess probe, rejected, so alive" 0 "accepted by $SERVER" $(to "$SERVER") --probe
	login "Status-Server, Message-Authenticator required" 0 accepted --server "$HARD" --secret-file "$HARD_SECRET" --status
	login "probe, Message-Authenticator required" 0 accepted --server "$HARD" --secret-file "$HARD_SECRET" --probe
	login "Status-Server, wrong secret" 2 RADIUS-TIMEOUT --server "$SERVER" --secret-file "$WRONG_SECRET" --status --timeout 1
	login "probe, nothing listens" 2 RADIUS-REFUSED $(to "$CLOSED") --probe
	login "Status-Server, nothing listens" 2 RADIUS-REFUSED $(to "$CLOSED") --status --timeout 1
	radius watch $(to "$SERVER") --server "$CLOSED" --interval 0.1 --count 2
	expect_equal "watch, exit status" 0 "$STATUS"
	expect_equal "watch, alive" 2 "$(grep -c "^$SERVER .*alive" "$WORK/out")"
	expect_equal "watch, not alive" 2 "$(grep -c "^$CLOSED .*RADIUS-REFUSED" "$WORK/out")"
}

# ---- JSON --------------------------------------------------------------------------------------------

# shellcheck disable=SC2046
json() {
	radius $(to "$SERVER") --json --user alice --password-file "$PLAIN/alice.pw"
	expect_equal "JSON of an accept" "accepted $SERVER 1 1 []" "$(field '" ".join(map(str, [d["answer"], d["server"], d["transmissions"], d["round"], ids]))')"
	radius $(to "$SERVER") --json --user alice --password-file "$WRONG_WORD"
	expect_equal "JSON of a reject" "rejected ['RADIUS-REJECTED']" "$(field 'd["answer"] + " " + str(ids)')"
	radius $(to "$CLOSED") --server "$SERVER" --json --user alice --password-file "$PLAIN/alice.pw"
	expect_equal "JSON of a failover" "accepted $SERVER True" "$(field '" ".join([d["answer"], d["server"], str("RADIUS-FAILOVER" in ids)])')"
	expect_equal "no error in an accept" "[]" "$(field '[f["id"] for f in d["report"]["findings"] if f["severity"] == "error"]')"
	radius $(to "$SINK") --json --timeout 1 --user alice --password-file "$PLAIN/alice.pw"
	expect_equal "JSON of a silence" "undecided True" "$(field '" ".join([d["answer"], str("RADIUS-TIMEOUT" in ids)])')"
}

# ---- usage -------------------------------------------------------------------------------------------

# shellcheck disable=SC2046
usage() {
	local what LOG=
	radius
	expect_equal "no options" 64 "$STATUS"
	radius $(to "$SERVER")
	expect_equal "no user" 64 "$STATUS"
	for what in "--server nonsense" "--server 127.0.0.1:0" "--server 127.0.0.1:65536" "--server 127.0.0.1:18x" "--policy maybe" "--profile slow" "--timeout 0" "--timeout -1"; do
		# shellcheck disable=SC2086
		radius $(to "$SERVER") $what --user alice --password-file "$PLAIN/alice.pw"
		expect_equal "$what" 64 "$STATUS"
		check "$what: says something" test -s "$WORK/err"
	done
	radius --server "$SERVER" --secret-file "$WORK/none" --user alice --password-file "$PLAIN/alice.pw"
	check "no secret file" test "$STATUS" -ge 64
	radius --server "$SERVER" --secret-file "$(secret_file secret256 "$(printf '%0256d' 7)")" --user alice --password-file "$PLAIN/alice.pw"
	expect_equal "a secret of 256 octets" 64 "$STATUS"
	check "a secret of 256 octets: says something" test -s "$WORK/err"
}

# ---- many --------------------------------------------------------------------------------------------

many() {
	"$DRIVER" many 127.0.0.1 "$PORT" "$SECRET" 2000 >"$WORK/many" 2>&1
	expect_equal "2,000 in flight, exit status" 0 $?
	expect_text "2,000 in flight" "accepted 1500 rejected 500 undecided 0 wrong 0" "$WORK/many"
	echo "# $(cat "$WORK/many")"
	"$DRIVER" many ::1 "$PORT" "$SECRET" 500 >"$WORK/many" 2>&1
	expect_text "500 in flight, IPv6" "accepted 375 rejected 125 undecided 0 wrong 0" "$WORK/many"
}

# ---- what must not be seen ---------------------------------------------------------------------------

secrets_stay() {
	local file
	check "something was written" test -s "$WORK/everything"
	for file in "$SECRET" "$HARD_SECRET" "$WRONG_SECRET" "$WRONG_WORD" "$PLAIN"/{alice,long,bob,zoë}.pw "$WORK/hard/alice.pw" "$WORK/vsa.word"; do
		if grep -qF -- "$(cat "$file")" "$WORK/everything"; then
			not_ok "the tool shows the content of ${file##*/}"
		else
			ok "nothing of ${file##*/} is shown"
		fi
	done
}

answers
hostile_text
passwords_elsewhere
challenges
silences
signatures
health
json
usage
many
secrets_stay
summary
