#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The request submitted by HTTP Negotiate: real tickets of the lab's KDC, Apache with mod_auth_gssapi in
# front of the lab's CES. What is accepted, what is refused and in which words, and that nothing of the
# user's goes where it has no business: no password, no forwarded ticket, nothing to another server.
#
#   negotiate.sh DAOTP-PROGRAM [FILTER]
. "$(dirname "$0")/lib.sh"
need curl kinit klist kadmin.local krb5kdc
FRONT=$HERE/../lab/negotiate.sh
SERVE=$(mktemp -d /tmp/daotp-serve.XXXXXX) # a socket's name is short
stop_front() {
	[ ! -d "$WORK/front" ] || "$FRONT" stop "$WORK/front"
	rm -rf "$SERVE"
}
AT_END+=(stop_front)

# ---- the front and the tickets --------------------------------------------------------------------

start_front() {
	local rc=0
	lab_up --kdc
	unset KRB5_CONFIG # the lab's; here only who is to have it gets it
	set_policy front "$SERVE/ces"
	lab_break ca-down
	lab_mend ca-down
	[ -S "$SERVE/ces" ] || { echo "not ok - no socket: $(tail -3 "$WORK/lab/run/ca.log")"; exit 1; }
	"$FRONT" start "$WORK/front" "$WORK/lab" "$SERVE/ces" 2>"$WORK/front.err" || rc=$?
	[ $rc != 77 ] || { cat "$WORK/front.err"; exit 77; }
	[ $rc = 0 ] || { echo "not ok - the front does not start: $(cat "$WORK/front.err")"; exit 1; }
	# shellcheck disable=SC1091
	. "$WORK/front/env"
	ACCESS=$WORK/front/access.log
	touch "$ACCESS"
	CACHES=$WORK/caches
	mkdir "$CACHES"
}

as() { # CACHE COMMAND...: with the tickets of this cache, which may hold none
	local cache=$1
	shift
	KRB5_CONFIG=$WORK/front/krb5.conf KRB5CCNAME=FILE:$CACHES/$cache "$@"
}

password_of() { sed -n "s/^$1 //p" "$WORK/front/passwords"; }

ticket() { # CACHE USER [OPTION...]: a fresh one
	local cache=$1 user=$2
	shift 2
	password_of "$user" | as "$cache" kinit "$@" "$user@$LAB_REALM" >"$WORK/kinit.out" 2>&1 ||
	    not_ok "kinit $user: $(cat "$WORK/kinit.out")"
}

# ---- an enrolment and its traces ------------------------------------------------------------------

SERVICE='{ca}_CES_Kerberos/service.svc/CES' # as Windows names it, below a path of the front

# submit CACHE URL USER [OPTION...]: URL is the template of --ces-template. $SENT: the lines of the
# front's log about it, $DECIDED: those of the CA.
submit() {
	local cache=$1 url=$2 before decided
	shift 2
	before=$(wc -l <"$ACCESS") decided=$(wc -l <"$WORK/lab/run/ca.log")
	CES='' as "$cache" enrol "$1" --key-kind p256 --ces-auth negotiate --ces-template "$url" "${@:2}"
	sleep 0.1 # the front writes its line after the answer
	cat "$WORK/out" "$WORK/err" >>"$WORK/said"
	SENT=$(tail -n "+$((before + 1))" "$ACCESS")
	DECIDED=$(tail -n "+$((decided + 1))" "$WORK/lab/run/ca.log" | grep '^ces:')
}

requests() { grep -c . <<<"$SENT"; }
tokens() { grep -c '\[Negotiate ' <<<"$SENT"; }

expect_requests() { # WHAT ALL WITH-TOKEN
	expect_equal "$1: requests, and with a token" "$2 $3" "$(requests) $(tokens)"
}

expect_undecided() { # WHAT: the CA was not asked
	expect_equal "$1: the CA was not asked" '' "$DECIDED"
}

by_curl() { # [OPTION...] URL: the HTTP status in $FOUND
	FOUND=$(curl -q -s --max-time 20 --cacert "$LAB_TRUST" -o "$WORK/page" -w '%{http_code}' "$@")
	sleep 0.1
}

# ---- accepted -------------------------------------------------------------------------------------

accepted() { # WHAT SITE-URL TLS [OPTION...]
	local what=$1 url=$2 tls=$3
	shift 3
	submit alice "$url/need/$SERVICE" alice "$@"
	expect_end "$what" 0
	expect_text "$what: as whom" 'LAB\alice: issued' <(echo "$DECIDED")
	expect_text "$what: TLS" " $tls POST /need/" <(echo "$SENT")
	expect_requests "$what" 1 1
}

tickets_of() { # CACHE: for which services
	local names
	mapfile -t names < <(as "$1" klist | grep -oE '(HTTP|krbtgt)/[^@]+' | sort -u)
	echo "${names[*]}"
}

good_tickets() {
	ticket alice alice -f # one that could be given away
	accepted 'TLS 1.2' "$FRONT_TLS12" TLSv1.2
	accepted 'TLS 1.3' "$FRONT_TLS13" TLSv1.3
	accepted 'RSA 4096' "$FRONT_TLS13" TLSv1.3 --key-kind rsa4096
	expect_equal 'no ticket was given away' '' "$(ls "$WORK/front/delegated/")"
	expect_equal 'tickets asked for: two' "HTTP/localhost krbtgt/$LAB_REALM" "$(tickets_of alice)"
	submit alice "$FRONT_TLS13/both/$SERVICE" alice
	expect_end 'where Basic is offered too' 0
	expect_requests 'where Basic is offered too' 1 1
}

# The caller's names are in the certificate: it is bob's.
ticket_of_another() {
	ticket bob bob
	submit bob "$FRONT_TLS13/need/$SERVICE" alice
	expect_text "bob's ticket for alice: as whom" 'LAB\bob: issued' <(echo "$DECIDED")
	expect_end "bob's ticket for alice" 1 OTP-UPN
}

# Larger than a packet and a TLS record: the RA's certificate, which is part of the request, is large.
# The responder reads it again when it changes.
large_ra() {
	local pki=$WORK/lab/pki
	cp "$pki/ra.pem" "$WORK/ra.pem"
	openssl x509 -x509toreq -in "$pki/ra.pem" -key "$pki/ra.key" -copy_extensions copy -out "$WORK/large.req" &&
	    printf 'nsComment=%032000d\n' 0 >"$WORK/comment" &&
	    openssl x509 -req -in "$WORK/large.req" -CA "$pki/issuing.pem" -CAkey "$pki/issuing.key" -days 1 \
	        -set_serial 4711 -copy_extensions copyall -extfile "$WORK/comment" -out "$WORK/large.pem" &&
	    mv "$WORK/large.pem" "$pki/ra.pem"
}

large_request() {
	local site size
	check 'a large certificate for the responder' large_ra
	for site in "$FRONT_TLS12" "$FRONT_TLS13"; do
		submit alice "$site/need/$SERVICE" alice
		size=$(sed -n 's/.* \[\([0-9]*\)\] \[Neg.*/\1/p' <<<"$SENT")
		expect_end 'a large request' 0
		check "a large request: ${size:-0} bytes are more than two records" [ "${size:-0}" -gt 40000 ]
		expect_text 'a large request: as whom' 'LAB\alice: issued' <(echo "$DECIDED")
		# answered while it is still on its way
		GSS_USE_PROXY=no refused 'a large request without a ticket' none "$site/need/$SERVICE" 0
		FINDING=CA-TICKET-REFUSED refused 'a large request, asked for another token' alice "$site/again" 1
	done
	mv "$WORK/ra.pem" "$WORK/lab/pki/ra.pem"
}

# Where the caller leaves the method open: the user's own ticket, else his password, which also goes out
# where the service has no Kerberos.
left_open() {
	local direct="${LAB_CES%%/Lab*}/{ca}_CES_{method}/service.svc/CES"
	ticket alice alice
	ticket bob bob
	submit alice "$FRONT_TLS13/need/{ca}_CES_{method}/service.svc/CES" alice --ces-auth any
	expect_end 'left open, with a ticket' 0
	expect_requests 'left open, with a ticket' 1 1
	submit none "$direct" alice --ces-auth any
	expect_end 'left open, without a ticket' 0
	expect_text 'left open, without a ticket: as whom' 'LAB\alice: issued' <(echo "$DECIDED")
	submit bob "$direct" alice --ces-auth any
	expect_end "left open, with bob's ticket" 0
	expect_text "left open, with bob's ticket: as whom" 'LAB\alice: issued' <(echo "$DECIDED")
	submit alice "$direct" alice --ces-auth any
	expect_end 'left open, a ticket that the service does not know' 0
	expect_text 'left open, a ticket that the service does not know: as whom' 'LAB\alice: issued' <(echo "$DECIDED")
	WITH_PASSWORD=wrong submit alice "$FRONT_TLS13/need/{ca}_CES_{method}/service.svc/CES" alice --ces-auth any
	expect_end 'left open, with a ticket: the password is not looked at' 0
}

# ---- no ticket that is good ---------------------------------------------------------------------

# Where gssproxy might have tickets we cannot know that there is none: that lets requests without one out.
# refused WHAT CACHE URL TOKENS [OPTION...]: one request, with this many tokens, then CA-CREDENTIAL. In
# $WHY: what must be told.
refused() {
	local what=$1 cache=$2 url=$3 with=$4
	shift 4
	submit "$cache" "$url" alice "$@"
	expect_end "$what" 1 "${FINDING:-CA-CREDENTIAL}"
	expect_text "$what" "HTTP 401${WHY:+; $WHY}" "$WORK/out" "$WORK/err"
	expect_requests "$what" 1 "$with"
	expect_undecided "$what"
}

# unasked WHAT CACHE URL: that there is no ticket is known before the code is spent; nobody is asked.
unasked() {
	submit "$2" "$3" alice
	expect_end "$1" 78 DOMAIN-CREDENTIAL
	expect_text "$1" 'no Kerberos ticket that is valid' "$WORK/out" "$WORK/err"
	expect_requests "$1" 0 0
	expect_undecided "$1"
}

bad_tickets() {
	local address=${FRONT_TLS13/localhost/127.0.0.1}
	GSS_USE_PROXY=no WHY='No credentials were supplied' refused 'no ticket that we know of' none "$FRONT_TLS13/need/$SERVICE" 0
	GSS_USE_PROXY=no refused 'no ticket that we know of, TLS 1.2' none "$FRONT_TLS12/need/$SERVICE" 0
	unasked 'no ticket' none "$FRONT_TLS13/need/$SERVICE"
	unasked 'no ticket, where Basic is offered too' none "$FRONT_TLS13/both/$SERVICE"
	ticket short alice -l 2s
	sleep 3
	unasked 'an expired ticket' short "$FRONT_TLS13/need/$SERVICE"
	ticket alice alice
	WHY='Server HTTP/127.0.0.1@LAB.EXAMPLE not found in Kerberos database' \
	    refused 'a service that the KDC does not know' alice "$address/need/$SERVICE" 0
	WHY="The ticket isn't for us" refused 'a service that has the key of another' alice "$FRONT_TLS13/other/$SERVICE" 1
}

# What is said of TLS is for the CES too: this site speaks 1.3 alone.
tls12_only() {
	ticket alice alice
	submit alice "$FRONT_TLS13/need/$SERVICE" alice --tls12
	check 'TLS 1.2 only, where 1.3 is wanted: refused' [ "$RC" -eq 2 ]
	expect_requests 'TLS 1.2 only, where 1.3 is wanted' 0 0
	submit alice "$FRONT_TLS12/need/$SERVICE" alice --tls12
	expect_end 'TLS 1.2 only, where that is wanted' 0
}

kdc_down() {
	ticket fresh alice
	ticket used alice
	submit used "$FRONT_TLS13/need/$SERVICE" alice
	lab_break kdc-down
	WHY='Cannot contact any KDC for realm' refused 'the KDC is down' fresh "$FRONT_TLS13/need/$SERVICE" 0
	submit used "$FRONT_TLS13/need/$SERVICE" alice
	expect_end 'the KDC is down, and the ticket for the service is there' 0
	lab_mend kdc-down
}

# ---- what the server may not get ------------------------------------------------------------------

# Not even where a .netrc offers one: who asks for Negotiate means it.
only_basic() {
	local cache with home=$WORK/home
	mkdir "$home"
	echo "default login alice password $(password_of alice)" >"$home/.netrc"
	# so that the test means something: with the password, this front lets in
	by_curl --netrc-file "$home/.netrc" "$FRONT_TLS13/basic"
	expect_equal 'Basic, by curl' 404 "$FOUND"
	for cache in alice none; do
		with=$([ $cache = none ] || echo 1)
		HOME=$home GSS_USE_PROXY=no WHY='the service does not offer Negotiate' FINDING=CA-METHOD \
		    refused "only Basic, cache $cache" $cache "$FRONT_TLS13/basic" "${with:-0}"
		expect_no_text "only Basic, cache $cache" '[Basic ' <(echo "$SENT")
	done
	HOME=$home GSS_USE_PROXY=no refused 'Basic too' none "$FRONT_TLS13/both/$SERVICE" 0
	expect_no_text 'Basic too' '[Basic ' <(echo "$SENT")
}

# A known user who may not: IIS says 401 again. No second request: it would not be another one.
refused_twice() {
	local FINDING=CA-TICKET-REFUSED
	WHY='the ticket was sent' refused 'known, and refused' alice "$FRONT_TLS13/denied" 1
	refused 'known, and refused, TLS 1.2' alice "$FRONT_TLS12/denied" 1
	refused 'asked for another token without end' alice "$FRONT_TLS13/again" 1
	refused 'asked for another token without end, TLS 1.2' alice "$FRONT_TLS12/again" 1
}

redirects() {
	local number path site
	for number in 302 307 308; do
		for path in "$number" "open/$number"; do
			for site in "$FRONT_TLS12" "$FRONT_TLS13"; do
				submit alice "$site/$path" alice
				expect_end "redirect /$path" 2 CA-HTTP
				expect_text "redirect /$path" "HTTP $number" "$WORK/out" "$WORK/err"
				expect_requests "redirect /$path" 1 1
			done
		done
	done
	expect_equal 'nobody came to the trap' 0 "$(grep -c '^TRAP ' "$ACCESS")"
	expect_no_text 'no ticket for the trap' HTTP/127.0.0.1 <(as alice klist)
	# so that the test means something: the trap notes who comes
	by_curl "$FRONT_TRAP/"
	expect_equal 'the trap notes who comes' 1 "$(grep -c '^TRAP ' "$ACCESS")"
}

# Whatever went out in all these runs, by the front's own log.
nothing_leaked() {
	local user
	for user in alice bob; do
		expect_no_text "no password of $user in what is said" "$(password_of $user)" "$WORK/said"
		expect_no_text "no password of $user in the front's log" "$(password_of $user)" "$ACCESS"
	done
	expect_equal 'authorizations of another kind' 0 \
	    "$(sed 's/.* \[\([^]]*\)\]$/\1/' "$ACCESS" | grep -vcE '^(-|Negotiate [A-Za-z0-9+/=]+|Basic .*)$')"
	expect_equal 'Basic was said by curl alone' 1 "$(grep -c '\[Basic ' "$ACCESS")"
	expect_equal 'no ticket was given away' '' "$(ls "$WORK/front/delegated/")"
}

# The endpoint that believes the front is not there for those who come directly.
forged() {
	by_curl -H "X-Remote-User: alice@$LAB_REALM" -H 'Content-Type: application/soap+xml' -d '<x/>' \
	    "${LAB_CES/UsernamePassword/Kerberos}"
	expect_equal 'a forged name, to the CES' 404 "$FOUND"
}

start_front
for part in good_tickets ticket_of_another left_open large_request bad_tickets kdc_down only_basic refused_twice redirects \
    nothing_leaked forged; do
	[ -z "$FILTER" ] || [ "$FILTER" = "$part" ] || continue
	[ -z "$FILTER" ] || ticket alice alice -f
	$part
done
summary
