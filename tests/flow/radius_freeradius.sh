#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The RADIUS client and `daotp radius` against real FreeRADIUS: one as Debian has it, one that drops
# requests without Message-Authenticator, and one that is reached by RadSec, with TLS 1.2 and 1.3.
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

server_up plain
PORT=$LAB_RADIUS_PORT
server_up hard require
HARD_PORT=$LAB_RADIUS_PORT
server_up strange radsec-secret
STRANGE12=$LAB_RADSEC_PORT12 STRANGE13=$LAB_RADSEC_PORT13
server_up radsec radsec
PORT12=$LAB_RADSEC_PORT12 PORT13=$LAB_RADSEC_PORT13
SERVER=127.0.0.1:$PORT SECRET=$WORK/plain/secret

# A socket that takes requests and never answers; and a port where nobody listens, which is taken, so
# that nobody can: by TCP without listening, by UDP connected to the discard port.
spawn sink python3 -c '
import socket, sys
sink, udp = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
sink.bind(("127.0.0.1", 0))
while True:
    tcp = socket.socket()
    tcp.bind(("127.0.0.1", 0))
    try:
        udp.bind(tcp.getsockname())
        break
    except OSError:
        tcp.close()
udp.connect(("127.0.0.1", 9))
open(sys.argv[1], "w").write("SINK=127.0.0.1:%d CLOSED=127.0.0.1:%d\n" % (sink.getsockname()[1], tcp.getsockname()[1]))
while True:
    sink.recv(4096)
' "$WORK/ports"
await_file "$WORK/ports" || { echo "not ok - no sink"; exit 1; }
# shellcheck disable=SC1091
. "$WORK/ports"

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

rounds() { # WHAT WANTED HOST:PORT SECRET USER WORD...: what the last round came to
	"$DRIVER" rounds "${3%:*}" "${3##*:}" "${@:4}" >"$WORK/rounds" 2>&1
	expect_equal "$1" "$2" "$(tail -n 1 "$WORK/rounds")"
}

many() { # WHAT COUNT HOST:PORT SECRET: so many in flight at once, a quarter of them with a wrong word
	"$DRIVER" many "${3%:*}" "${3##*:}" "$4" "$2" >"$WORK/many" 2>&1
	expect_equal "$1, exit status" 0 $?
	expect_text "$1" "accepted $(($2 * 3 / 4)) rejected $(($2 / 4)) undecided 0 wrong 0" "$WORK/many"
	echo "# $(cat "$WORK/many")"
}

field() { # PYTHON-EXPRESSION over d: of the JSON in out
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
ids = [f["id"] for f in d["report"]["findings"]]
print(eval(sys.argv[2]))' "$WORK/out" "$1" 2>&1
}

to() { echo --server "$1" --secret-file "$SECRET"; }
over_tls() { # HOST:PORT [CLIENT [CA]]
	echo --server "$1" --radsec --trust "$WORK/radsec/${3:-ca}.pem" \
	    --cert "$WORK/radsec/${2:-client}.pem" --key "$WORK/radsec/${2:-client}.key"
}

# ---- what must work with each of them ----------------------------------------------------------------

both_answers() { # WHAT FOLDER HOST:PORT SECRET-OF-DRIVER OPTION...
	local what=$1 dir=$WORK/$2 server=$3 secret=$4 long=$WORK/$2.long
	shift 4
	head -c 127 "$dir/long.pw" >"$long"
	login "$what: accept" 0 "accepted by $server, round 1, after 1 transmissions" "$@" --user alice --password-file "$dir/alice.pw"
	expect_text "$what: its message" "message: welcome alice" "$WORK/out"
	login "$what: reject" 1 "rejected by $server" "$@" --user alice --password-file "$WRONG_WORD"
	expect_text "$what: finding" RADIUS-REJECTED "$WORK/err"
	login "$what: unknown user" 1 "message: denied" "$@" --user nobody --password-file "$WRONG_WORD"
	login "$what: 128 octets" 0 accepted "$@" --user long --password-file "$dir/long.pw"
	login "$what: 127 of 128 octets" 1 rejected "$@" --user long --password-file "$long"
	login "$what: UTF-8" 0 accepted "$@" --user zoë --password-file "$dir/zoë.pw"
	login "$what: Status-Server" 0 "accepted by $server" "$@" --status
	expect_text "$what: finding" RADIUS-ALIVE "$WORK/err"
	login "$what: DirectAccess probe, rejected, so alive" 0 "accepted by $server" "$@" --probe
	rounds "$what: two challenges, then accept" "accepted round=3 echo=0" "$server" "$secret" sms2 pin next 123456
	expect_equal "$what: the challenges" "challenged round=1 echo=0 message=Enter the code we sent you challenged round=2 echo=1 message=Wait for the code to change, then enter it" "$(head -n 2 "$WORK/rounds" | tr '\n' ' ' | sed 's/ $//')"
	rounds "$what: a wrong answer" "rejected round=2 echo=0" "$server" "$secret" sms3 pin 000000
}

# shellcheck disable=SC2046
each() {
	local hard=127.0.0.1:$HARD_PORT hard_secret=$WORK/hard/secret
	both_answers plain plain "$SERVER" "$SECRET" $(to "$SERVER")
	both_answers "plain, IPv6" plain "[::1]:$PORT" "$SECRET" $(to "[::1]:$PORT")
	both_answers required hard "$hard" "$hard_secret" --server "$hard" --secret-file "$hard_secret"
	both_answers "TLS 1.2" radsec "127.0.0.1:$PORT12" "tls:$WORK/radsec" $(over_tls "127.0.0.1:$PORT12")
	both_answers "TLS 1.3" radsec "127.0.0.1:$PORT13" "tls:$WORK/radsec" $(over_tls "127.0.0.1:$PORT13")
}

# shellcheck disable=SC2046
names() {
	login "a name" 0 "accepted by localhost:$PORT" $(to "localhost:$PORT") --user alice --password-file "$WORK/plain/alice.pw"
	login "129 octets" 64 RADIUS-PASSWORD $(to "$SERVER") --user long --password-file "$(secret_file long129 "$(cat "$WORK/plain/long.pw")x")"
	login backslash 0 accepted $(to "$SERVER") --user 'corp\bob' --password-file "$WORK/plain/bob.pw"
	login "unknown domain" 1 rejected $(to "$SERVER") --user 'CORP\alice' --password-file "$WORK/plain/alice.pw"
	login "--strip of a domain" 0 accepted $(to "$SERVER") --strip --user 'CORP\alice' --password-file "$WORK/plain/alice.pw"
	login "--strip of a suffix" 0 accepted $(to "$SERVER") --strip --user alice@corp.example --password-file "$WORK/plain/alice.pw"
	login "vendors' attributes" 0 accepted $(to "$SERVER") --user vsa --password-file "$(secret_file vsa.word word-vsa)"
	login push 0 "accepted by $SERVER, round 1" $(to "$SERVER") --user push1 --timers push --password-file "$WRONG_WORD"
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
secrets_elsewhere() {
	exec 9<"$WORK/plain/alice.pw" 8<"$SECRET"
	radius --server "$SERVER" --secret-fd 8 --user alice --password-fd 9
	exec 9<&- 8<&-
	expect_equal "secret and password from descriptors" 0 "$STATUS"
	cp "$WORK/plain/alice.pw" "$WORK/open.pw"
	chmod 644 "$WORK/open.pw"
	radius $(to "$SERVER") --user alice --password-file "$WORK/open.pw"
	check "a password that others can read is refused" test "$STATUS" -ge 64
	expect_text "and why" "FILE-OPEN-TO-OTHERS" "$WORK/err"
	cat "$SECRET" <(echo) "$WORK/plain/alice.pw" >"$WORK/lines"
	python3 "$HERE/radius_terminal.py" "$WORK/lines" "$DAOTP" radius --server "$SERVER" --user alice >"$WORK/out" 2>&1
	expect_equal "secret and password asked for, exit status" 0 $?
	expect_text "secret and password asked for" "accepted by $SERVER" "$WORK/out"
	cat "$WORK/out" >>"$WORK/everything"
}

# ---- challenges --------------------------------------------------------------------------------------

# shellcheck disable=SC2046
challenges() {
	local pin
	pin=$(secret_file pin pin)
	login "challenge, nobody to answer" 3 "challenged by $SERVER" $(to "$SERVER") --user sms1 --password-file "$pin"
	expect_text "its message" "message: Enter the code we sent you" "$WORK/out"
	login "--no-challenge" 3 challenged $(to "$SERVER") --user sms1 --no-challenge --password-file "$pin"
	printf 'pin\nnext\n123456\n' >"$WORK/lines"
	python3 "$HERE/radius_terminal.py" "$WORK/lines" "$DAOTP" radius $(to "$SERVER") --user sms5 >"$WORK/out" 2>&1
	expect_equal "on a terminal, exit status" 0 $?
	expect_text "on a terminal" "accepted by $SERVER, round 3" "$WORK/out"
	expect_no_text "no echo" 123456 "$WORK/out"
}

# What the server wants is in the report.
# shellcheck disable=SC2046
demands() {
	local user finding text
	while read -r user finding text; do
		login "$user" 3 "$finding" $(to "$SERVER") --user "$user" --password-file "$WRONG_WORD"
		expect_text "$user: its words" "$text" "$WORK/out"
		expect_no_text "$user: there is a State" RADIUS-NO-STATE "$WORK/out"
	done <<-'DEMANDS'
		want-pin RADIUS-WANTS-PIN message: Enter a new PIN of 4 to 8 digits:
		want-number RADIUS-WANTS-APPROVAL message: Approve the sign-in: enter the number shown, 42
		want-latin RADIUS-WANTS-PASSWORD message: Nouveau mot de passe, le vôtre a expiré
		want-latin RADIUS-CHARSET Windows-1252
	DEMANDS
}

# ---- silence, and what it is made of -----------------------------------------------------------------

# shellcheck disable=SC2046
silences() {
	local alice=(--user alice --password-file "$WORK/plain/alice.pw")
	login "wrong secret" 2 RADIUS-TIMEOUT --server "$SERVER" --secret-file "$WRONG_SECRET" --timeout 1 "${alice[@]}"
	login "wrong secret, required" 2 RADIUS-TIMEOUT --server "127.0.0.1:$HARD_PORT" --secret-file "$WRONG_SECRET" --timeout 1 "${alice[@]}"
	login "a user that is never answered" 2 RADIUS-TIMEOUT $(to "$SERVER") --timeout 1 --user drop1 --password-file "$WRONG_WORD"
	login "nothing listens" 2 RADIUS-REFUSED $(to "$CLOSED") "${alice[@]}"
	login "no such name" 2 DNS-FAILED $(to "no-such-host.invalid:1812") --timeout 3 "${alice[@]}"
	login "dead first server" 0 "accepted by $SERVER" $(to "$CLOSED") --server "$SERVER" "${alice[@]}"
	expect_text "finding" RADIUS-FAILOVER "$WORK/err"
	login "first server without an address" 0 "accepted by $SERVER" $(to "no-such-host.invalid:1812") --server "$SERVER" "${alice[@]}"
	expect_text "finding" RADIUS-FAILOVER "$WORK/err"
	login "silent first server" 0 "accepted by $SERVER" $(to "$SINK") --server "$SERVER" --timeout 3 "${alice[@]}"
	expect_text "finding" RADIUS-FAILOVER "$WORK/err"
	login "silent first server, a human in the loop" 2 RADIUS-TIMEOUT $(to "$SINK") --server "$SERVER" --timeout 3 --timers push "${alice[@]}"
	login "no server answers" 2 RADIUS-TIMEOUT $(to "$SINK") --server "$SINK" --timeout 1 "${alice[@]}"
}

# ---- Message-Authenticator ---------------------------------------------------------------------------

# shellcheck disable=SC2046
signatures() {
	local noma=(--user noma-1 --password-file "$WRONG_WORD" --timeout 1)
	# those before 3.2.5 do not sign of themselves
	if freeradius -v | grep -qE 'Version 3\.(0|2\.[0-4][^0-9])'; then
		login "unsigned reply" 2 RADIUS-UNSIGNED $(to "$SERVER") "${noma[@]}"
		login "unsigned reply, policy first" 2 RADIUS-UNSIGNED $(to "$SERVER") --policy first "${noma[@]}"
		login "unsigned reply, policy optional" 1 rejected $(to "$SERVER") --policy optional "${noma[@]}"
		login "unsigned reply, policy auto" 1 rejected $(to "$SERVER") --policy auto "${noma[@]}"
		login "unsigned reply over TLS" 1 rejected $(over_tls "127.0.0.1:$PORT13") "${noma[@]}"
	fi
	login "signed first, policy first" 0 accepted $(to "$SERVER") --policy first --user alice --password-file "$WORK/plain/alice.pw"
}

# ---- RadSec ------------------------------------------------------------------------------------------

speaks() { # PORT OPTION: openssl's own client comes to terms with it
	openssl s_client -connect "127.0.0.1:$1" "$2" -CAfile "$WORK/radsec/ca.pem" -cert "$WORK/radsec/client.pem" -key "$WORK/radsec/client.key" </dev/null
}

refuses() { ! speaks "$@"; }

# shellcheck disable=SC2046
radsec() {
	local port alice=(--user alice --password-file "$WORK/radsec/alice.pw")
	check "one port has TLS 1.2" speaks "$PORT12" -tls1_2
	check "and only that" refuses "$PORT12" -tls1_3
	check "the other has TLS 1.3" speaks "$PORT13" -tls1_3
	check "and only that" refuses "$PORT13" -tls1_2
	login "RadSec, IPv6" 0 "accepted by [::1]:$PORT13" $(over_tls "[::1]:$PORT13") "${alice[@]}"
	login "RadSec, a name" 0 "accepted by localhost:$PORT13" $(over_tls "localhost:$PORT13") "${alice[@]}"
	for port in "$PORT12" "$PORT13"; do
		login "a server of another CA" 2 TLS-SERVER-UNTRUSTED $(over_tls "127.0.0.1:$port" client other-ca) "${alice[@]}"
		expect_text "nothing is decided" "undecided by 127.0.0.1:$port" "$WORK/out"
		login "a client of another CA" 2 "undecided by 127.0.0.1:$port" $(over_tls "127.0.0.1:$port" other) "${alice[@]}"
	done
	login "RadSec, nothing listens" 2 TCP-FAILED $(over_tls "$CLOSED") "${alice[@]}"
	login "RadSec, dead first server" 0 "accepted by 127.0.0.1:$PORT13" --server "$CLOSED" $(over_tls "127.0.0.1:$PORT13") "${alice[@]}"
	expect_text "finding" RADIUS-FAILOVER "$WORK/err"
	login "RadSec, a user that is never answered" 2 RADIUS-TIMEOUT $(over_tls "127.0.0.1:$PORT13") --timeout 1 --user drop1 --password-file "$WRONG_WORD"
	expect_text "it was sent once" "after 1 transmissions" "$WORK/out"
	radius watch $(over_tls "127.0.0.1:$PORT12") --server "127.0.0.1:$PORT13" --count 1
	expect_equal "RadSec, watch" 2 "$(grep -c alive "$WORK/out")"
}

# TLS stands, and the server's secret for its clients is not the one that RFC 6614 fixes.
# shellcheck disable=SC2046
radsec_secret() {
	local port
	for port in "$STRANGE12" "$STRANGE13"; do
		login "RadSec, another secret" 2 RADIUS-RADSEC-UNANSWERED --server "127.0.0.1:$port" --radsec \
		    --trust "$WORK/strange/ca.pem" --cert "$WORK/strange/client.pem" --key "$WORK/strange/client.key" \
		    --timeout 4 --user alice --password-file "$WRONG_WORD"
		expect_text "as the cause" "because:   RADIUS-RADSEC-UNANSWERED" "$WORK/out"
	done
}

# A server whose certificate has no authorityKeyIdentifier: RFC 5280 4.2.1.1 wants one, section 6 does not.
bare_server() { # its port is $BARE
	local dir=$WORK/radsec
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/bare-ca.key" -out "$dir/bare-ca.pem" \
	    -subj "/CN=bare CA" -days 2 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/bare.key" -out "$dir/bare.csr" \
	    -subj "/CN=bare" 2>/dev/null
	printf '%s\n' subjectAltName=IP:127.0.0.1 authorityKeyIdentifier=none keyUsage=critical,digitalSignature \
	    extendedKeyUsage=serverAuth >"$dir/bare.cnf"
	openssl x509 -req -in "$dir/bare.csr" -CA "$dir/bare-ca.pem" -CAkey "$dir/bare-ca.key" -days 2 -extfile "$dir/bare.cnf" \
	    -out "$dir/bare.pem" 2>/dev/null
	spawn bare openssl s_server -accept 127.0.0.1:0 -cert "$dir/bare.pem" -key "$dir/bare.key" -www
	check "a server with a bare certificate" await_line "$WORK/bare.out" "^ACCEPT 127"
	BARE=$(sed -n 's/^ACCEPT 127.0.0.1://p' "$WORK/bare.out")
}

# shellcheck disable=SC2046
server_rules() {
	local what=(--timeout 2 --user alice --password-file "$WORK/radsec/alice.pw") rules
	bare_server
	for rules in "" "--server-rules path"; do
		# shellcheck disable=SC2086
		login "server rules: '$rules' takes it" 2 RADIUS-TIMEOUT $(over_tls "127.0.0.1:$BARE" client bare-ca) $rules "${what[@]}"
	done
	for rules in strict webpki; do
		login "server rules: $rules refuses it" 2 TLS-SERVER-UNTRUSTED $(over_tls "127.0.0.1:$BARE" client bare-ca) \
		    --server-rules "$rules" "${what[@]}"
	done
	login "server rules that there are not" 64 "one of: path, strict, webpki" $(over_tls "127.0.0.1:$BARE") \
	    --server-rules x "${what[@]}"
}

# ---- health ------------------------------------------------------------------------------------------

# shellcheck disable=SC2046
health() {
	login "Status-Server, wrong secret" 2 RADIUS-TIMEOUT --server "$SERVER" --secret-file "$WRONG_SECRET" --status --timeout 1
	login "probe, nothing listens" 2 RADIUS-REFUSED $(to "$CLOSED") --probe
	login "Status-Server, nothing listens" 2 RADIUS-REFUSED $(to "$CLOSED") --status
	radius watch $(to "$SERVER") --server "$CLOSED" --server "$SINK" --interval 0.1 --count 2 --timeout 1
	expect_equal "watch, exit status: not all are alive" 2 "$STATUS"
	expect_equal "watch, alive" 2 "$(grep -c "^$SERVER .*alive" "$WORK/out")"
	expect_equal "watch, not there" 2 "$(grep -c "^$CLOSED .*RADIUS-REFUSED" "$WORK/out")"
	expect_equal "watch, silent" 2 "$(grep -c "^$SINK .*RADIUS-TIMEOUT" "$WORK/out")"
}

await_line() { # FILE TEXT
	local i
	for ((i = 0; i < 100; i++)); do
		! grep -q -- "$2" "$1" || return 0
		sleep 0.1
	done
	return 1
}

# A server goes, and comes again, while it is watched. It is the last test of this one.
health_live() {
	local hard=127.0.0.1:$HARD_PORT
	spawn watch "$DAOTP" radius watch --server "$hard" --secret-file "$WORK/hard/secret" --interval 0.2
	check "watch, live: it is there" await_line "$WORK/watch.out" "^$hard .*alive"
	"$LAB" stop "$WORK/hard"
	check "watch, live: it goes" await_line "$WORK/watch.out" "^$hard .*RADIUS-REFUSED"
	reap "$CHILD"
}

# ---- JSON --------------------------------------------------------------------------------------------

# shellcheck disable=SC2046
json() {
	local alice=(--user alice --password-file "$WORK/plain/alice.pw")
	radius $(to "$SERVER") --json "${alice[@]}"
	expect_equal "JSON of an accept" "accepted $SERVER 1 1 []" "$(field '" ".join(map(str, [d["answer"], d["server"], d["transmissions"], d["round"], ids]))')"
	radius $(to "$SERVER") --json --user alice --password-file "$WRONG_WORD"
	expect_equal "JSON of a reject" "rejected ['RADIUS-REJECTED']" "$(field 'd["answer"] + " " + str(ids)')"
	radius $(to "$CLOSED") --server "$SERVER" --json "${alice[@]}"
	expect_equal "JSON of a failover" "accepted $SERVER True" "$(field '" ".join([d["answer"], d["server"], str("RADIUS-FAILOVER" in ids)])')"
	expect_equal "no error in an accept" "[]" "$(field '[f["id"] for f in d["report"]["findings"] if f["severity"] == "error"]')"
	radius $(to "$SINK") --json --timeout 1 "${alice[@]}"
	expect_equal "JSON of a silence" "undecided True" "$(field '" ".join([d["answer"], str("RADIUS-TIMEOUT" in ids)])')"
}

# ---- usage -------------------------------------------------------------------------------------------

# shellcheck disable=SC2046
usage() {
	local what LOG='' alice=(--user alice --password-file "$WORK/plain/alice.pw")
	radius
	expect_equal "no options" 64 "$STATUS"
	radius $(to "$SERVER")
	expect_equal "no user" 64 "$STATUS"
	for what in "--server nonsense" "--server 127.0.0.1:0" "--server 127.0.0.1:65536" "--server 127.0.0.1:18x" "--policy maybe" "--timers slow" "--timeout 0" "--timeout -1"; do
		# shellcheck disable=SC2086
		radius $(to "$SERVER") $what "${alice[@]}"
		expect_equal "$what" 64 "$STATUS"
		check "$what: says something" test -s "$WORK/err"
	done
	radius --server "$SERVER" --secret-file "$WORK/none" "${alice[@]}"
	check "no secret file" test "$STATUS" -ge 64
	radius --server "$SERVER" --secret-file "$(secret_file secret256 "$(printf '%0256d' 7)")" "${alice[@]}"
	expect_equal "a secret of 256 octets" 64 "$STATUS"
	check "a secret of 256 octets: says something" test -s "$WORK/out"
}

# ---- what must not be seen ---------------------------------------------------------------------------

secrets_stay() {
	local file
	check "something was written" test -s "$WORK/everything"
	for file in "$WORK"/{plain,hard,radsec}/{secret,alice.pw,long.pw,bob.pw,zoë.pw} "$WRONG_SECRET" "$WRONG_WORD" "$WORK/vsa.word"; do
		if grep -qF -- "$(cat "$file")" "$WORK/everything"; then
			not_ok "the tool shows the content of ${file#"$WORK/"}"
		else
			ok "nothing of ${file#"$WORK/"} is shown"
		fi
	done
}

each
names
hostile_text
secrets_elsewhere
challenges
demands
silences
signatures
radsec
radsec_secret
server_rules
health
json
usage
many "2,000 in flight" 2000 "$SERVER" "$SECRET"
many "2,000 in flight, IPv6" 2000 "[::1]:$PORT" "$SECRET"
many "2,000 in flight, required" 2000 "127.0.0.1:$HARD_PORT" "$WORK/hard/secret"
many "2,000 in flight, TLS 1.2" 2000 "127.0.0.1:$PORT12" "tls:$WORK/radsec"
many "2,000 in flight, TLS 1.3" 2000 "127.0.0.1:$PORT13" "tls:$WORK/radsec"
health_live
secrets_stay
summary
