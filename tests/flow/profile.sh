#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Profiles, as an administrator and a user meet them: daotp config, the commands that take their values
# from one, what the system locks, and the samples in C and Python.
#
#   profile.sh DAOTP-PROGRAM [FILTER]
. "$(dirname "$0")/lib.sh"
export HOME=$WORK/home
CONF=$HOME/.config/daotp/daotp.conf
mkdir -p "$HOME/.config/daotp"
cd "$WORK" || exit 70

# say STATUS WHAT WORDS... -- COMMAND...: it ends so, and each word is in what it says
says() {
	local status=$1 what=$2 words=() word end
	shift 2
	while [ "$1" != -- ]; do words+=("$1") && shift; done
	shift
	"$@" >said 2>&1 </dev/null
	end=$?
	expect_equal "$what: status" "$status" $end
	for word in "${words[@]}"; do
		check "$what: $word" grep -qF -- "$word" said
	done
}

write() { printf '%s\n' "$@" >"$CONF" && chmod 600 "$CONF"; }

config_command() {
	write '[default]' 'url = https://da.example/otp' 'timeout = 7' '[other]' 'timeout = 8'
	says 0 'check' 'all lines are right' -- "$DAOTP" config check
	write '[default]' 'trust = /nowhere/roots.pem' "store = $WORK/new" 'issuer-trust = system'
	says 0 'check without --files' 'all lines are right' -- "$DAOTP" config check
	says 78 'check with --files' "$CONF:2: FILE-READ: trust = /nowhere/roots.pem" -- "$DAOTP" config check --files
	write '[default]' 'url = https://da.example/otp' 'timeout = 7' '[other]' 'timeout = 8'
	says 0 'show' "$CONF:2" 'url = https://da.example/otp' -- "$DAOTP" config show
	says 0 'show a named one' 'timeout = 8' -- "$DAOTP" config show --profile other
	says 78 'show none' CONFIG-MISSING 'default other' -- "$DAOTP" config show --profile nix
	says 64 'no name of a profile' 1 -- "$DAOTP" config show --profile 'a b'
	printf '[default]\ntimeout = 9\n' >named.conf
	DAOTP_CONFIG=$WORK/named.conf says 0 'DAOTP_CONFIG is the stronger' 'timeout = 9' named.conf:2 -- "$DAOTP" config show
	DAOTP_CONFIG=$WORK/none.conf says 78 'DAOTP_CONFIG must be there' FILE-READ -- "$DAOTP" config show
	write '[default]' 'urll = x' 'timeout = soon' 'nonsense' 'password = GEHEIM' 'timeout = 1' '[a' 'fetch = 1'
	says 78 'check names each line' "$CONF:2: CONFIG-KEY" "$CONF:3: CONFIG-VALUE" "$CONF:4: CONFIG-LINE" \
	    "$CONF:5: CONFIG-SECRET" "$CONF:6: CONFIG-TWICE" "$CONF:7: CONFIG-LINE" 'wanted: seconds' -- "$DAOTP" config check
	check 'no secret is shown' bash -c '! grep -q GEHEIM said'
	says 78 'check of a file' "$CONF:2: CONFIG-KEY" -- "$DAOTP" config check "$CONF"
	"$DAOTP" config check --json >said 2>err </dev/null
	check 'JSON of check' python3 -c 'import json; r = json.load(open("said")); assert r["status"] == "configuration" and len(r["findings"]) >= 6, r'
	"$DAOTP" config show --json >said 2>err </dev/null
	check 'JSON of show' python3 -c 'import json; r = json.load(open("said")); assert r["profile"] == "default" and r["report"]["findings"], r'
	says 78 'enroll does not run with it' CONFIG-KEY -- "$DAOTP" enroll
	"$DAOTP" config keys >keys.conf
	says 0 'the list of keys is a file' 'all lines are right' -- "$DAOTP" config check keys.conf
	sed -E 's/^#([a-z0-9-]+ = )/\1/' keys.conf >every.conf && chmod 644 every.conf
	says 0 'each example is a value' 'all lines are right' -- "$DAOTP" config check --system every.conf every.conf
}

who_wrote_it() {
	local mode
	write '[default]' 'timeout = 7'
	for mode in 620 602 666 664; do
		chmod $mode "$CONF"
		says 78 "mode $mode" CONFIG-OWNER -- "$DAOTP" config show
		says 78 "mode $mode: enroll" CONFIG-OWNER -- "$DAOTP" enroll
	done
	rm "$CONF" && mkfifo "$CONF"
	says 78 'a FIFO is not waited for' 'not a regular file' -- timeout 20 "$DAOTP" config show
	rm "$CONF"
	[ "$(id -u)" = 0 ] || return 0
	write '[default]' 'timeout = 7'
	chown 65534 "$CONF"
	says 78 'another owner' CONFIG-OWNER 'owner 65534' -- "$DAOTP" config show
	rm "$CONF"
}

locks() {
	printf '[*]\nlocked = trust hosts networks\ntrust = /s.pem\n' >system.conf
	write '[default]' 'url = https://da.example/otp' 'trust = /u.pem' 'allow = 10.0.0.0/8' 'timeout = 7'
	says 78 'what is locked' "$CONF:2" "$CONF:3" "$CONF:4" CONFIG-LOCKED 'trust = /s.pem' 'timeout = 7' -- \
	    "$DAOTP" config show --system system.conf
	check 'the system keeps its value' bash -c '! grep -q "^trust = /u.pem\|^url\|^allow" said'
	# in a mount namespace of its own the file is the system's; not where that is not allowed
	mkdir -p etc && cp system.conf etc/daotp.conf
	cat >locked.sh <<-END
		mkdir -p /etc/daotp && mount --bind $WORK/etc /etc/daotp && exec "\$@"
	END
	if [ "$(id -u)" = 0 ] && [ ! -e /etc/daotp ] && unshare -m bash locked.sh true 2>/dev/null; then
		rm "$CONF"
		says 78 'an option' CONFIG-LOCKED 'trust, locked by /etc/daotp/daotp.conf:2' -- \
		    unshare -m bash locked.sh "$DAOTP" enroll --trust /u.pem
		says 78 'an option with =' CONFIG-LOCKED -- unshare -m bash locked.sh "$DAOTP" enroll --url=https://da.example/
		says 64 'a shortened option' 'did you mean' -- unshare -m bash locked.sh "$DAOTP" enroll --trus /u.pem
		says 78 'an option behind a value that is --' CONFIG-LOCKED -- \
		    unshare -m bash locked.sh "$DAOTP" enroll --label -- --trust /u.pem
		says 64 'what is not locked' 'needs --url' -- unshare -m bash locked.sh "$DAOTP" enroll --timeout 5
		rmdir /etc/daotp
	else
		echo '# no mount namespace: options are not tried against locks'
	fi
	rm -f "$CONF"
}

forms_of_names() {
	write '[default]' 'url = https://127.0.0.1:1/otp' 'trust = system' 'template = 1.2.3' 'ca = wstep' \
	    'ca-host = .corp.example' 'user-form = CORP\{user}' 'timeout = 3' 'upn-form = {user}@corp.example'
	says 2 'the user who is logged on' -- "$DAOTP" enroll --json
	check 'it is a report' python3 -c 'import json; json.load(open("said"))'
	write '[default]' 'url = https://127.0.0.1:1/otp' 'trust = system' 'ca = wstep'
	says 64 'what is missing is named' 'needs --template' 'daotp discover' -- "$DAOTP" enroll --user 'CORP\bob'
}

# A profile in which everything stands keeps no command from its work.
a_full_profile() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=r -days 3 2>/dev/null
	echo 'a long enough secret' >secret && chmod 600 secret
	write '[default]' 'url = https://127.0.0.1:1/otp' "trust = $WORK/root.pem" 'template = 1.2.3:1.2' 'user-form = CORP\{user}' \
	    'upn-form = {user}@corp.example' 'ca-host = .corp.example' "issuer-trust = $WORK/root.pem" 'allow = 10.0.0.0/8' \
	    'ldap = dc1.corp.example' "cache = $WORK/cache" 'stale = 60' "ntauth = $WORK/root.pem" 'radius-server = 127.0.0.1:9' \
	    "radius-secret = $WORK/secret" 'radius-timeout = 1' "store = $WORK/store2" 'ca-realm = CORP.EXAMPLE' \
	    'ca-kdc = dc1.corp.example' 'ca-mechanism = kerberos' "ra-cert = $WORK/root.pem" "ra-key = $WORK/root.key" \
	    'issuing-ca = ca1.corp.example\CA' "client-trust = $WORK/root.pem" 'client-revocation = ignore' "state = $WORK/state" \
	    'timeout = 3' 'revocation = prefer' 'renew-before = 60' 'password-fd = 9' 'radius-policy = optional' 'locked = url'
	says 78 'no lock here' CONFIG-VALUE -- "$DAOTP" config check
	sed -i '/^locked/d' "$CONF"
	says 0 'check' 'all lines are right' -- "$DAOTP" config check --files
	says 0 'verify' -- "$DAOTP" verify root.pem
	says 0 'requirements' 'C6.2' -- "$DAOTP" requirements
	says 0 'requirements of a part' 'C6.2' -- "$DAOTP" requirements --part ca
	says 1 'requirements of a certificate' 'C6.2' -- "$DAOTP" requirements --part ca root.pem
	says 0 'store' "$WORK/store2" -- "$DAOTP" store list
	says 0 'decode' 'CN=r' -- "$DAOTP" decode root.pem
	says 0 'explain' 'OTP-EKU' -- "$DAOTP" explain --profile default OTP-EKU
	says 2 'radius' RADIUS-REFUSED -- "$DAOTP" radius --user alice --password-file secret
	says 2 'enroll' 'status: ' -- "$DAOTP" enroll
	says 64 'serve' 'needs --listen' -- "$DAOTP" serve
	sed -i '/^issuer-trust/d; /^client-trust/d' "$CONF"
	echo "issuer-crl = $WORK/none.crl" >>"$CONF"
	says 1 'verify without anchors' 'r' -- "$DAOTP" verify root.pem
	says 2 'enroll without issuers' 'status: ' -- "$DAOTP" enroll
	rm "$CONF"
}

in_the_lab() {
	local password python=$HERE/../../bindings/python library runtime sanitized=()
	lab_up
	says 0 'the profile of the lab' 'all lines are right' -- "$DAOTP" config check "$LAB_PROFILE"
	export DAOTP_CONFIG=$LAB_PROFILE
	password=$(field_of alice 7)
	printf '%s\n' "$password" >password && chmod 600 password
	next_code alice
	"$DAOTP" enroll --user 'LAB\alice' --otp-fd 7 --password-file password --no-store >said 2>err </dev/null 7<<<"$CODE"
	expect_equal 'enroll with a user alone' 0 $?
	sed 's/^user-form.*/user = LAB\\alice/; s/^upn-form.*/upn = alice@LAB.EXAMPLE/' "$LAB_PROFILE" >alice.conf
	printf 'password-file = %s/password\nstore = %s/store\nlabel = mine\n' "$WORK" "$WORK" >>alice.conf
	next_code alice
	DAOTP_CONFIG=$WORK/alice.conf "$DAOTP" enroll --otp-fd 7 >said 2>err </dev/null 7<<<"$CODE"
	expect_equal 'enroll alone' 0 $?
	DAOTP_CONFIG=$WORK/alice.conf "$DAOTP" store list >said
	expect_text 'the store is that of the profile' mine said
	next_code bob
	printf '%s\n' "$(field_of bob 7)" "$CODE" | "${DAOTP%/*}/example-profile" 'LAB\bob' "$(field_of bob 3)" >said 2>err
	expect_equal 'the sample in C' 0 $?
	library=$(realpath "${DAOTP%/*}/../libdaotp/libdaotp.so.0")
	# a library built with AddressSanitizer wants its runtime first; Python itself leaks
	runtime=$(ldd "$library" | awk '/libasan/ { print $3 }')
	[ -z "$runtime" ] || sanitized=(LD_PRELOAD="$runtime" ASAN_OPTIONS=detect_leaks=0)
	next_code alice
	printf '%s\n' "$CODE" "$password" |
	    env "${sanitized[@]}" DAOTP_LIBRARY="$library" PYTHONPATH="$python" python3 -B "$python/examples/profile.py" >said 2>err
	expect_equal 'the sample in Python' 0 $?
	unset DAOTP_CONFIG
}

[ -x "${DAOTP%/*}/example-profile" ] || { echo 'skipped: no example-profile'; exit 77; }
for part in config_command who_wrote_it locks forms_of_names a_full_profile in_the_lab; do
	[[ -z $FILTER || $part == *$FILTER* ]] || continue
	$part
done
summary
