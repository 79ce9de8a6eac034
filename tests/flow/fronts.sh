#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Web servers in front of `daotp serve --unix`: Apache, which can ask for the client certificate after
# the request as IIS does, and nginx. Enrolments with a good certificate, with none, and with a
# foreign one, in each way of asking. Where the certificate is refused, the code must not leave: the
# responder must not have seen one, and the front no POST.
#
#   fronts.sh DAOTP-PROGRAM [apache|nginx]
. "$(dirname "$0")/lib.sh"
need curl
lab_up --no-kdc
FRONTS=$HERE/../lab
SERVE=$(mktemp -d /tmp/daotp-serve.XXXXXX) # a socket's name is short
LOG=$WORK/serve.log

stop_fronts() {
	local front
	for front in apache nginx; do
		[ ! -d "$WORK/$front" ] || "$FRONTS/$front.sh" stop "$WORK/$front"
	done
	rm -rf "$SERVE"
}
AT_END+=(stop_fronts)

start_serve() {
	"$DAOTP" serve --unix "$SERVE/s" --template "$LAB_TEMPLATE" --ra-cert "$WORK/lab/pki/ra.pem" \
	    --ra-key "$WORK/lab/pki/ra.key" --issuing-ca "$LAB_CA_CONFIG" --users "$LAB_USERS" \
	    >>"$LOG" 2>&1 </dev/null &
	SERVE_PID=$!
	CHILDREN+=("$SERVE_PID")
	local i
	for ((i = 0; i < 50; i++)); do
		[ ! -S "$SERVE/s" ] || return 0
		sleep 0.1
	done
	echo "not ok - daotp serve does not start: $(cat "$LOG")"
	exit 1
}

# our own responder, not the lab's
forget_codes() {
	reap "$SERVE_PID"
	rm -f "$SERVE/s"
	start_serve
	[ "$(id -u)" != 0 ] || chown nobody "$SERVE/s"
	SPENT=()
}

start_front() { # apache|nginx
	local rc=0
	"$FRONTS/$1.sh" start "$WORK/$1" "$WORK/lab/pki/server.pem" "$WORK/lab/pki/server.key" "$LAB_TRUST" \
	    "$SERVE/s" 2>"$WORK/front.err" || rc=$?
	if [ $rc = 77 ]; then
		echo "# $(cat "$WORK/front.err")"
		return 1
	elif [ $rc != 0 ]; then
		not_ok "$1 does not start: $(cat "$WORK/front.err")"
		return 1
	fi
	ACCESS=$WORK/$1/access.log
	touch "$ACCESS"
	# shellcheck disable=SC1090
	. "$WORK/$1/env"
}

GOOD=(--cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY")
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=host1 \
    -addext extendedKeyUsage=clientAuth -keyout "$WORK/foreign.key" -out "$WORK/foreign.pem" 2>"$WORK/foreign.log"
FOREIGN=(--cert "$WORK/foreign.pem" --key "$WORK/foreign.key")

# The POSTs in the front's log, which is written after the answer: until two looks agree.
posts() {
	local before=none now
	now=$(grep -c ' POST ' "$ACCESS")
	while [ "$now" != "$before" ]; do
		before=$now
		sleep 0.1
		now=$(grep -c ' POST ' "$ACCESS")
	done
	echo "$now"
}

# accepted WHAT URL [OPTION...]
accepted() {
	local what=$1 url=$2
	shift 2
	SERVERS=("$url") IDENTITY=("${GOOD[@]}")
	enrol alice --key-kind p256 "$@"
	expect_end "$what" 0
	expect_no_finding "$what" TLS-NO-CLIENT-CERT-REQUEST
}

# refused WHAT URL none|foreign|good STATUS ID [OPTION...]
refused() {
	local what="$1, $3" url=$2 codes posts status=$4 id=$5
	case $3 in
	none) IDENTITY=() ;;
	foreign) IDENTITY=("${FOREIGN[@]}") ;;
	good) IDENTITY=("${GOOD[@]}") ;;
	esac
	shift 5
	SERVERS=("$url")
	codes=$(codes_seen "$LOG") posts=$(posts)
	enrol alice --key-kind p256 "$@"
	expect_end "$what" "$status" "$id"
	expect_equal "$what: no code was looked at" "$codes" "$(codes_seen "$LOG")"
	# one POST may have: that which no server can fulfil, before there is a code
	expect_equal "$what: the code has not left" yes \
	    "$([ $(($(posts) - posts)) -le 1 ] && ! grep -q '^otp ' "$WORK/err" && echo yes)"
}

try_apache() {
	local site url
	for site in RENEG PHA AUTO H2 ASK ASK12; do
		url=FRONT_$site
		url=${!url}
		accepted "Apache $site, as IIS" "$url/need/otp"
		refused "Apache $site, as IIS" "$url/need/otp" none 78 TLS-CLIENT-CERT-MISSING
		refused "Apache $site, as IIS" "$url/need/otp" foreign 1 TLS-CLIENT-CERT-REFUSED
		# having asked early, Apache cannot ask more strictly later over TLS 1.3
		[ "$site" != ASK ] || continue
		accepted "Apache $site, hard" "$url/hard/otp"
		refused "Apache $site, hard" "$url/hard/otp" none 78 TLS-CLIENT-CERT-MISSING
		refused "Apache $site, hard" "$url/hard/otp" foreign 1 TLS-CLIENT-CERT-REFUSED
	done
	accepted 'Apache EARLY' "$FRONT_EARLY/open/otp"
	accepted 'Apache EARLY, TLS 1.2' "$FRONT_EARLY/open/otp" --tls12
	for version in '' --tls12; do
		refused "Apache EARLY $version" "$FRONT_EARLY/open/otp" none 78 TLS-CLIENT-CERT-MISSING $version
		refused "Apache EARLY $version" "$FRONT_EARLY/open/otp" foreign 1 TLS-CLIENT-CERT-REFUSED $version
	done
	accepted 'Apache, optional' "$FRONT_AUTO/may/otp"
	refused 'Apache, optional' "$FRONT_AUTO/may/otp" none 78 TLS-CLIENT-CERT-MISSING
	accepted 'Apache ASK, optional' "$FRONT_ASK/open/otp"
	refused 'Apache ASK, optional' "$FRONT_ASK/open/otp" none 78 TLS-CLIENT-CERT-MISSING
	# never asked: whoever stands behind cannot know who comes, and refuses
	refused 'Apache, never asked' "$FRONT_AUTO/open/otp" good 1 HTTP-FORBIDDEN
	refused 'Apache, never asked' "$FRONT_AUTO/open/otp" none 1 HTTP-FORBIDDEN
	expect_finding 'Apache, never asked' TLS-NO-CLIENT-CERT-REQUEST
	# the late request comes with the code under way
	accepted 'Apache RENEG, without a preflight' "$FRONT_RENEG/hard/otp" --no-preflight
	accepted 'Apache PHA, without a preflight' "$FRONT_PHA/hard/otp" --no-preflight
	accepted 'Apache RENEG, RSA 4096' "$FRONT_RENEG/hard/otp" --key-kind rsa4096 --no-preflight
	SERVERS=("$FRONT_EARLY/nothing/otp") IDENTITY=("${GOOD[@]}")
	enrol alice --key-kind p256
	expect_end 'Apache, no such path' 2 HTTP-PATH
}

try_nginx() {
	local site url
	for site in OPTIONAL OPTIONAL12; do
		url=FRONT_$site
		url=${!url}
		accepted "nginx $site" "$url/otp"
		refused "nginx $site" "$url/otp" none 78 TLS-CLIENT-CERT-MISSING
		refused "nginx $site" "$url/otp" foreign 1 TLS-CLIENT-CERT-REFUSED
	done
	accepted 'nginx REQUIRED' "$FRONT_REQUIRED/otp"
	refused 'nginx REQUIRED' "$FRONT_REQUIRED/otp" none 78 TLS-CLIENT-CERT-MISSING
	refused 'nginx REQUIRED' "$FRONT_REQUIRED/otp" foreign 1 TLS-CLIENT-CERT-REFUSED
	# without a HEAD the code goes out with it: what nginx answers then is no bare HTTP 400
	SERVERS=("$FRONT_REQUIRED/otp") IDENTITY=("${FOREIGN[@]}")
	enrol alice --key-kind p256 --no-preflight
	expect_end 'nginx REQUIRED, foreign, without a preflight' 1 TLS-CLIENT-CERT-REFUSED
	refused 'nginx NONE' "$FRONT_NONE/otp" good 1 HTTP-FORBIDDEN
	expect_finding 'nginx NONE' TLS-NO-CLIENT-CERT-REQUEST
}

# A certificate is not a header: what a client sends under the front's names does not count.
forged() { # URL
	local status
	status=$(curl -q -s --max-time 20 --cacert "$LAB_TRUST" -o /dev/null -w '%{http_code}' \
	    -H 'X-Client-Verify: SUCCESS' -H 'X-Client-Cert: LS0tLQ==' \
	    -H "X-Client-Cert: $(python3 -c 'import sys, urllib.parse
print(urllib.parse.quote(open(sys.argv[1]).read(), safe=""))' "$LAB_MACHINE_CERT")" \
	    -H 'X-OTPCEP-version: 1.0' --data-binary '<x/>' "$1")
	expect_equal "a forged header at ${1##*:}" 403 "$status"
}

start_serve
if [ "$FILTER" != nginx ] && start_front apache; then
	try_apache
	forged "$FRONT_AUTO/open/otp"
	forged "$FRONT_ASK/open/otp"
fi
if [ "$FILTER" != apache ] && start_front nginx; then
	try_nginx
	forged "$FRONT_NONE/otp"
	forged "$FRONT_OPTIONAL/otp"
fi
[ "$COUNT" -gt 0 ] || { echo 'skipped: neither apache2 nor nginx'; exit 77; }
summary
