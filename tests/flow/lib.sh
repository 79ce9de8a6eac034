# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What the flow tests in bash share. Sourced: . "$(dirname "$0")/lib.sh"
#
#   test.sh DAOTP-PROGRAM [FILTER]
#
# A test of another program is given that one; it is $DAOTP here all the same.
# A test keeps everything in $WORK, ends only what it started (also when it fails), prints an `ok`
# or `not ok` line for each expectation with what was found, and ends 0, 1, or 77 when a program
# that it needs is missing. The lab is in $WORK/lab, its env is sourced.

set -u
umask 077
export LC_ALL=C TZ=UTC COLUMNS=1000 # a line of a report is a line
PATH=$PATH:/usr/sbin:/sbin
unset KRB5_CONFIG KRB5_KDC_PROFILE KRB5CCNAME KRB5_KTNAME KRB5_TRACE OPENSSL_CONF OPENSSL_MODULES \
      SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE CURL_HOME DAOTP_LOG DAOTP_CONFIG XDG_DATA_HOME \
      http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DAOTP=${1:-$HERE/../../build/release/bin/daotp}
FILTER=${2:-}

need() { # PROGRAM...
	local program
	for program; do
		command -v "$program" >/dev/null 2>&1 && continue
		echo "skipped: no $program"
		exit 77
	done
}

[ -x "$DAOTP" ] || { echo "usage: $0 DAOTP-PROGRAM"; exit 64; }
DAOTP=$(realpath "$DAOTP")
need python3 openssl
WORK=$(mktemp -d /tmp/daotp-flow.XXXXXX) || exit 70

# ---- what is started is ended ---------------------------------------------------------------------

LABS=() CHILDREN=() AT_END=() # AT_END: commands

finish() {
	local status=$? lab child command
	trap - EXIT
	trap '' INT TERM
	for command in "${AT_END[@]}"; do $command; done
	# children of this shell that it has not waited for: their numbers are not used again
	for child in "${CHILDREN[@]}"; do kill "$child" 2>/dev/null; done
	for child in "${CHILDREN[@]}"; do wait "$child" 2>/dev/null; done
	for lab in "${LABS[@]}"; do "$DAOTP" lab down "$lab" >/dev/null 2>&1; done
	# FLOW_KEEP=1: look at what is left of a failed run
	if [ -n "${FLOW_KEEP:-}" ]; then echo "# kept: $WORK"; else rm -rf "$WORK"; fi
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# spawn NAME COMMAND...: in the background, its output in $WORK/NAME.out; its number is in $CHILD
spawn() {
	local name=$1
	shift
	"$@" >"$WORK/$name.out" 2>&1 </dev/null &
	CHILD=$!
	CHILDREN+=("$CHILD")
}

reap() { # CHILD: end it
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

await_file() { # FILE [TENTHS]: until it is there and not empty
	local i
	for ((i = 0; i < ${2:-50}; i++)); do
		[ ! -s "$1" ] || return 0
		sleep 0.1
	done
	return 1
}

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# ---- what is expected -----------------------------------------------------------------------------

COUNT=0 BAD=0

ok() {
	COUNT=$((COUNT + 1))
	echo "ok $COUNT - $*"
}

not_ok() { # WHAT: WHY
	COUNT=$((COUNT + 1))
	BAD=$((BAD + 1))
	echo "not ok $COUNT - $*"
}

check() { # WHAT COMMAND...
	local what=$1
	shift
	if "$@" >"$WORK/check.out" 2>&1; then ok "$what"; else not_ok "$what: $* failed: $(head -c 300 "$WORK/check.out")"; fi
}

expect_equal() { # WHAT WANTED FOUND
	if [ "$2" = "$3" ]; then ok "$1: $2"; else not_ok "$1: wanted '$2', found '$3'"; fi
}

expect_text() { # WHAT FIXED-TEXT FILE...
	if cat "${@:3}" | grep -qF -- "$2"; then ok "$1: $2"; else not_ok "$1: no '$2' in: $(cat "${@:3}" | head -c 600)"; fi
}

expect_no_text() { # WHAT FIXED-TEXT FILE..., which must be there: in what is not there nothing is
	local file
	for file in "${@:3}"; do
		[ -r "$file" ] || { not_ok "$1: there is no $file"; return; }
	done
	if cat "${@:3}" | grep -qF -- "$2"; then not_ok "$1: '$2' is in: $(cat "${@:3}" | head -c 600)"; else ok "$1: no $2"; fi
}

summary() {
	echo "1..$COUNT"
	[ "$BAD" = 0 ] || echo "# $BAD of $COUNT failed"
	[ "$COUNT" -gt 0 ] || echo '# nothing was looked at'
	[ "$BAD" = 0 ] && [ "$COUNT" -gt 0 ]
}

# ---- the lab --------------------------------------------------------------------------------------

# The responder checks the codes itself, unless --radius is given.
lab_up() { # [OPTION...]: $WORK/lab, its env sourced
	local radius=--no-radius
	[[ " $* " != *" --radius "* ]] || radius=
	LABS+=("$WORK/lab")
	unset LAB_KDC LAB_RADIUS
	# shellcheck disable=SC2086
	"$DAOTP" lab up $radius "$@" "$WORK/lab" >"$WORK/up.out" 2>&1 ||
	    { echo "not ok - the lab does not start: $(cat "$WORK/up.out")"; exit 1; }
	# shellcheck disable=SC1091
	. "$WORK/lab/env"
	SERVERS=("$LAB_URL")
	IDENTITY=(--cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY")
}

lab_break() { "$DAOTP" lab break "$WORK/lab" "$1" || { echo "not ok - lab break $1"; exit 1; }; }
lab_mend() { "$DAOTP" lab mend "$WORK/lab" "$1" || { echo "not ok - lab mend $1"; exit 1; }; }

field_of() { # USER FIELD: 3 UPN, 4 DN, 5 SID, 7 password
	grep "^$1:" "$WORK/lab/users.txt" | cut -d: -f"$2"
}

log_in() { # USER CACHE: the user's ticket, by the password
	kinit -c "$2" "$1@$LAB_REALM" <<<"$(field_of "$1" 7)" >/dev/null
}

log_in_machine() { # CACHE: the ticket of the lab's registration authority
	kinit -k -t "FILE:$WORK/lab/kdc/ra.keytab" -c "$1" 'DA1$' >/dev/null
}

set_policy() { # KEY VALUE: of the lab's CA, for what is no fault
	grep -q "^$1 *=" "$WORK/lab/ca/policy" || { echo "not ok - the CA's policy has no $1"; exit 1; }
	sed -i "s|^$1 *=.*|$1 = $2|" "$WORK/lab/ca/policy"
}

lab_down() {
	"$DAOTP" lab down "$WORK/lab"
}

# A code is good once. The responder takes the step before, the present and the next one, each later
# than the last that was used; FreeRADIUS the present one only. When a user has none left, whoever
# keeps count is started again, which forgets. The wanted code is in $CODE.
declare -A SPENT=()

forget_codes() {
	local fault=responder-down
	[ -z "${LAB_RADIUS:-}" ] || fault=radius-silent
	lab_break $fault
	lab_mend $fault
	SPENT=()
}

steps_of() { # NOW: those that are taken and will be for a while
	local second=$((EPOCHSECONDS % 30))
	if [ -n "${LAB_RADIUS:-}" ]; then
		[ $second -gt 25 ] || echo "$1"
	else
		# the step before ends with the present one
		[ $second -gt 20 ] || echo $(($1 - 1))
		echo "$1" $(($1 + 1))
	fi
}

next_code() { # USER
	local now step steps
	while :; do
		now=$((EPOCHSECONDS / 30))
		steps=$(steps_of "$now")
		for step in $steps; do
			[ "$step" -gt "${SPENT[$1]:-0}" ] || continue
			CODE=$("$DAOTP" lab totp "$WORK/lab" "$1" $((step - now)))
			[ $((EPOCHSECONDS / 30)) = "$now" ] || continue 2
			SPENT[$1]=$step
			return
		done
		if [ -z "$steps" ]; then sleep 1; else forget_codes; fi
	done
}

# ---- an enrolment ---------------------------------------------------------------------------------

# enrol USER [OPTION...]: as the lab's user, with the next code, or with $WITH_CODE. What it says is in
# $WORK/out and $WORK/err, how it ended in $RC, the finding that stopped it in $ERROR.
# Set by whoever wants them otherwise: $WITH_PASSWORD, $NAME (as sent), $NO_UPN, $CES, $STORE, and the
# arrays $SERVERS and $IDENTITY. An empty $CES: no --ces-url. $WAY: auto, rpc or dcom, to the lab's
# CA by RPC in the place of its web service; the cache $TICKETS has the tickets, else there are none.
# $ENROL_WITH: another program than $DAOTP.
# No run may show code or password: looked at here, once for all.
enrol() {
	local who=$1 password upn url
	shift
	if [ -n "${WITH_CODE:-}" ]; then CODE=$WITH_CODE; else next_code "$who"; fi
	password=${WITH_PASSWORD:-$(field_of "$who" 7)}
	upn=$who@$LAB_REALM
	local args=(--user "${NAME:-LAB\\$who}" --trust "$LAB_TRUST" --template "$LAB_TEMPLATE"
	    --otp-fd 9 --password-fd 8)
	if [ -n "${WAY:-}" ]; then
		args+=(--ca "$WAY" --ca-host localhost --ca-mapper-port "$LAB_CA_MAPPER_PORT"
		    --ca-realm "$LAB_REALM" --ticket-cache "${TICKETS:-FILE:$WORK/no-cache}")
	elif [ -n "${CES-$LAB_CES}" ]; then args+=(--ces-url "${CES-$LAB_CES}"); fi
	[ -n "${NO_UPN:-}" ] || args+=(--upn "$upn")
	for url in "${SERVERS[@]}"; do args+=(--url "$url"); done
	args+=("${IDENTITY[@]}")
	if [ -n "${STORE:-}" ]; then args+=(--store "$STORE"); else args+=(--no-store); fi
	RC=0
	"${ENROL_WITH:-$DAOTP}" enroll "${args[@]}" "$@" >"$WORK/out" 2>"$WORK/err" 9<<<"$CODE" 8<<<"$password" || RC=$?
	ERROR=$(sed -n 's/^error \([A-Z0-9-]*\) .*/\1/p' "$WORK/out" | head -1)
	no_secret "$CODE" "$password"
}

# A code is six digits: found when it stands by itself, not as part of a longer hexadecimal number.
no_secret() { # CODE PASSWORD
	local file
	for file in "$WORK/out" "$WORK/err"; do
		if grep -qP "(?<![0-9A-Fa-f])$1(?![0-9A-Fa-f])" "$file"; then
			not_ok "the code is shown: $(grep -m 1 -oP ".{0,100}$1" "$file")"
		fi
		[ -z "$2" ] || ! grep -qF -- "$2" "$file" ||
			not_ok "the password is shown: $(grep -m 1 -F -- "$2" "$file" | head -c 300)"
	done
}

finding() { # ID: was it told, as error, warning or information?
	grep -qE "^(error|warning|information) $1[ :]" "$WORK/out" "$WORK/err"
}

brief() { head -qc 1500 "$WORK/out" "$WORK/err" | grep -E '^(status|error|  found|usage|daotp)' | tr '\n' ';'; }

expect_end() { # WHAT RC [ID]: how it ended, and what stopped it
	if [ "$RC" != "$2" ]; then
		not_ok "$1: wanted status $2, found $RC ${ERROR:-no error}; $(brief)"
	elif [ -n "${3:-}" ] && [ "$ERROR" != "$3" ]; then
		not_ok "$1: wanted $3, found ${ERROR:-no error}; $(brief)"
	else
		ok "$1: $2${3:+ $3}"
	fi
}

expect_finding() { # WHAT ID
	if finding "$2"; then ok "$1: $2"; else not_ok "$1: no $2; $(brief)"; fi
}

expect_no_finding() { # WHAT ID
	if finding "$2"; then not_ok "$1: there is $2; $(brief)"; else ok "$1: no $2"; fi
}

is_json() { python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"; }

# How many codes the responder has looked at: each exchange that passed HTTP has a line "200 ...".
codes_seen() { grep -c '^200 ' "${1:-$WORK/lab/run/responder.log}"; }
