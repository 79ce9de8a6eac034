#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `daotp serve --directory` against a real directory, Samba's: names in each form, accounts that are
# closed, groups in groups, names that are filters, what is remembered and for how long, controllers
# that end and come back; by Kerberos, LDAPS and StartTLS.
#
#   serve_directory.sh DAOTP-PROGRAM RADIUS_ACCEPT
#
# Needs root, for the ports are fixed and provisioning changes owners; else it is left out.
set -u
PATH=$PATH:/usr/sbin:/sbin
DAOTP_PROGRAM=$(realpath "$1") ACCEPT=$(realpath "$2")
for program in samba samba-tool unshare kinit ldapmodify; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
ls /usr/lib/*/sasl2/libgssapiv2.so >/dev/null 2>&1 || { echo 'skipped: no libsasl2-modules-gssapi-mit'; exit 77; }
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 77; }
if [ -z "${SERVE_DIRECTORY_INSIDE:-}" ]; then
	unshare -mn true 2>/dev/null || { echo 'skipped: no network namespace'; exit 77; }
	SERVE_DIRECTORY_INSIDE=1 exec unshare -mn "$0" "$DAOTP_PROGRAM" "$ACCEPT"
fi

. "$(dirname "$0")/lib.sh"
export SAMBA_TLS=yes
. "$(dirname "$0")/samba.sh"
SAMBA=$CHILD
export HOME=$WORK/home KRB5CCNAME=FILE:$WORK/cc
mkdir "$HOME"
cd "$WORK" || exit 70
"$DAOTP" serve --help | grep -q directory || { echo 'not ok - no help'; exit 1; }
lab_up --no-kdc
lab_break responder-down
export KRB5_CONFIG=$D/krb5.conf
BASE=DC=ad,DC=lab,DC=example
(umask 077 && head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >radius.secret)
spawn radius "$ACCEPT" radius.secret radius.port
await_file radius.port 200 || { echo "not ok - no RADIUS: $(cat radius.out)"; exit 1; }

sam() { samba-tool "$@" -H "$D/private/sam.ldb" --configfile="$D/smb.conf" >>sam.out 2>&1; }
for user in bob carol dave erin frank gina heidi ivan; do sam user create $user Some-password-1; done
sam user disable carol
sam user setexpiry dave --days=0
sam user create 'o(brien)' Some-password-1
sam group add inner
sam group add 'Otp (users)'
for user in alice carol dave erin frank gina heidi ivan 'o(brien)'; do sam group addmembers inner "$user"; done
sam group addmembers 'Otp (users)' inner
KRB5CCNAME=FILE:$WORK/admin.cc kinit "Administrator@$REALM" <<<Admin-password-1 >/dev/null || { echo 'not ok - kinit'; exit 1; }
change() { KRB5CCNAME=FILE:$WORK/admin.cc LDAPNOINIT=1 ldapmodify -Q -Y GSSAPI -N -H "ldap://$HOST" >>ldif.out 2>&1; }
modify() { # USER ATTRIBUTE [VALUE]
	printf 'dn: CN=%s,CN=Users,%s\nchangetype: modify\nreplace: %s\n%s' "$1" $BASE "$2" "${3:+$2: $3
}" | change
}
modify erin userPrincipalName erin@other.example
modify 'o(brien)' userPrincipalName ''
GROUP="CN=Otp (users),CN=Users,$BASE"
# what Samba's own checks refuse: past them, in the file of the domain
/usr/bin/python3 - "tdb://$D/private/sam.ldb.d/${BASE^^}.ldb" "CN=Users,$BASE" <<'END' || { echo 'not ok - accounts cannot be changed'; exit 1; }
import ldb
import sys

base = ldb.Ldb(sys.argv[1])
for user, attribute, value in (("frank", "userPrincipalName", []), ("gina", "userPrincipalName", "frank@ad.lab.example"),
                               ("heidi", "accountExpires", []), ("ivan", "userPrincipalName", "ivan\1@ad.lab.example")):
    message = ldb.Message(ldb.Dn(base, f"CN={user},{sys.argv[2]}"))
    message[attribute] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, attribute)
    base.modify(message)
END
kinit "alice@$REALM" <<<Alice-password-1 >/dev/null
SAMBA_CA=$D/private/tls/ca.pem

begin_serve() { # OPTION...
	rm -f port audit
	spawn serve "$DAOTP" serve --listen localhost:0 --port-file "$WORK/port" --workers 2 \
	    --cert "$WORK/lab/pki/server.pem" --key "$WORK/lab/pki/server.key" --client-ca "$LAB_TRUST" \
	    --template "$LAB_TEMPLATE" --ra-cert "$WORK/lab/pki/ra.pem" --ra-key "$WORK/lab/pki/ra.key" \
	    --issuing-ca "$LAB_CA_CONFIG" --radius "127.0.0.1:$(cat radius.port)" --radius-secret radius.secret \
	    --audit "$WORK/audit" --directory-group "$GROUP" --directory-timeout 3 "$@"
	SERVE=$CHILD
	await_file port 200 || { echo "not ok - daotp serve does not start: $(cat serve.out)"; exit 1; }
}

(umask 077 && echo any >word)
# ask NAME UPN: the line of the audit is in audit.line
ask() {
	local before
	before=$(wc -l <audit 2>/dev/null || echo 0)
	"$DAOTP" enroll --url "https://localhost:$(cat port)/otp" --user "$1" --upn "$2" --trust "$LAB_TRUST" \
	    --cert "$LAB_MACHINE_CERT" --key "$LAB_MACHINE_KEY" --template "$LAB_TEMPLATE" --ces-url "$LAB_CES" \
	    --password-file word --key-kind p256 --no-store --otp-fd 9 >said 2>&1 9<<<123456
	tail -n +$((before + 1)) audit >audit.line
}
member() { # NAME: of the line
	python3 -c 'import json, sys
line = json.load(open("audit.line"))
value = line[sys.argv[1]]
print(" ".join(value) if isinstance(value, list) else value)' "$1"
}
expect_account() { # WHAT NAME UPN
	ask "$2" "$3"
	expect_equal "$1: outcome" ok "$(member outcome)"
	expect_equal "$1: UPN" "$3" "$(member upn)"
	check "$1: SID" grep -q '"sid":"S-1-5-21-' audit.line
}
expect_nobody() { # WHAT NAME [FINDING]
	ask "$2" "${3:-x@ad.lab.example}"
	expect_equal "$1: outcome" rejected "$(member outcome)"
	expect_equal "$1: finding" SERVE-USER-UNKNOWN "$(member finding)"
	expect_equal "$1: account" None "$(member upn)"
}

DIRECTORY=(--directory "127.0.0.1:1" --directory "$HOST" --directory-tls sealed)
begin_serve "${DIRECTORY[@]}" --directory-cache 0.001
expect_account 'NetBIOS name' 'ADLAB\alice' alice@ad.lab.example
expect_account 'DNS name' 'ad.lab.example\Alice' alice@ad.lab.example
expect_account 'UPN' alice@ad.lab.example alice@ad.lab.example
expect_account 'UPN in another case' ALICE@AD.LAB.EXAMPLE alice@ad.lab.example
expect_account 'bare' alice alice@ad.lab.example
expect_account 'UPN with another suffix' erin@other.example erin@other.example
expect_account 'implicit UPN, of an explicit one' erin@ad.lab.example erin@other.example
expect_account 'no UPN, and a name with parentheses' 'ADLAB\o(brien)' 'o(brien)@ad.lab.example'
expect_nobody 'no such domain' 'OTHER\alice'
expect_nobody 'no such account' 'ADLAB\nobody'
for name in 'ADLAB\*' 'ADLAB\ali*' 'ADLAB\alice)(cn=*' '*@ad.lab.example' '\alice' 'ADLAB\alice\00'; do
	expect_nobody "a filter, $name" "$name"
done
expect_nobody 'not a member' 'ADLAB\bob' bob@ad.lab.example
check 'not a member' grep -q SERVE-USER-GROUP audit.line
expect_nobody 'disabled' 'ADLAB\carol' carol@ad.lab.example
check 'disabled' grep -q SERVE-USER-CLOSED audit.line
expect_nobody 'expired' 'ADLAB\dave' dave@ad.lab.example
check 'expired' grep -q SERVE-USER-CLOSED audit.line
expect_nobody "an implicit UPN that is another account's" 'ADLAB\frank' frank@ad.lab.example
check "an implicit UPN that is another account's" grep -q SERVE-USER-TWICE audit.line
expect_account 'that other account' frank@ad.lab.example frank@ad.lab.example
expect_nobody 'no accountExpires' 'ADLAB\heidi' heidi@ad.lab.example
check 'no accountExpires' grep -q SERVE-USER-CLOSED audit.line
expect_nobody 'an explicit UPN that cannot be read' 'ADLAB\ivan' ivan@ad.lab.example
ask 'ADLAB\alice' erin@other.example
expect_equal "somebody else's UPN" rejected "$(member outcome)"

# the directory ends, and comes back
reap "$SAMBA"
ask 'ADLAB\alice' alice@ad.lab.example
expect_equal 'without a controller' undecided "$(member outcome)"
check 'without a controller' grep -q SERVE-DIRECTORY audit.line
spawn samba samba -s "$D/smb.conf" -M single --foreground --no-process-group
for _ in $(seq 100); do (: <>/dev/tcp/127.0.0.1/389) 2>/dev/null && break; sleep 0.1; done
# it listens before it answers, and each of the four threads may have a connection of before
in_a_row=0
for _ in $(seq 40); do
	ask 'ADLAB\alice' alice@ad.lab.example
	if [ "$(member outcome)" = ok ]; then in_a_row=$((in_a_row + 1)); else in_a_row=0; fi
	[ $in_a_row -lt 4 ] || break
	[ $in_a_row -gt 0 ] || sleep 0.5
done
expect_account 'a controller that is back' 'ADLAB\alice' alice@ad.lab.example
reap "$SERVE"

# a part of the domain
begin_serve "${DIRECTORY[@]}" --directory-base "CN=Users,$BASE"
expect_account 'within the base' 'ADLAB\alice' alice@ad.lab.example
reap "$SERVE"
begin_serve "${DIRECTORY[@]}" --directory-base "OU=Domain Controllers,$BASE"
for name in 'ADLAB\alice' alice@ad.lab.example alice; do
	expect_nobody "outside of the base, $name" "$name" alice@ad.lab.example
done
reap "$SERVE"

# what is remembered
begin_serve "${DIRECTORY[@]}" --directory-cache 3600 --metrics "127.0.0.1:$(free_port | tee metrics.port)"
expect_account 'asked' 'ADLAB\alice' alice@ad.lab.example
sam user disable alice
expect_account 'remembered' 'adlab\ALICE' alice@ad.lab.example
python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode())' "$(cat metrics.port)" >metrics
expect_text 'one search' 'daotp_serve_asked_total{peer="directory",answered="yes"} 1' metrics
expect_text 'one that was remembered' 'daotp_serve_directory_cache_hits_total 1' metrics
kill -HUP "$SERVE" # forgets it
for _ in $(seq 100); do grep -q 'read anew' serve.out && break; sleep 0.1; done
expect_nobody 'disabled, and forgotten' 'ADLAB\alice' alice@ad.lab.example
sam user enable alice
reap "$SERVE"

# the other ways to it
(umask 077 && echo Alice-password-1 >directory.password)
rm -f "$WORK/cc"
for tls in ldaps starttls; do
	begin_serve --directory "$HOST" --directory-tls $tls --directory-user alice@ad.lab.example \
	    --directory-password-file directory.password --directory-trust "$SAMBA_CA"
	expect_account "$tls" 'ADLAB\alice' alice@ad.lab.example
	reap "$SERVE"
	expect_equal "$tls, ended" 0 $?
	begin_serve --directory "$HOST" --directory-tls $tls --directory-user alice@ad.lab.example \
	    --directory-password-file directory.password --directory-trust "$LAB_TRUST"
	ask 'ADLAB\alice' alice@ad.lab.example
	expect_equal "$tls, a foreign certificate" undecided "$(member outcome)"
	reap "$SERVE"
	check_serve() { "$DAOTP" serve --check --unix "$WORK/s" --template "$LAB_TEMPLATE" --ra-cert "$WORK/lab/pki/ra.pem" \
	    --ra-key "$WORK/lab/pki/ra.key" --issuing-ca "$LAB_CA_CONFIG" --radius "127.0.0.1:$(cat radius.port)" \
	    --radius-secret radius.secret --directory "$HOST" --directory-tls $tls --directory-user alice@ad.lab.example \
	    --directory-password-file "$1" --directory-trust "$2" >said 2>&1; }
	check_serve directory.password "$SAMBA_CA"
	expect_equal "$tls, checked" 0 $?
	check_serve directory.password "$LAB_TRUST"
	expect_equal "$tls, checked with a foreign certificate" 78 $?
	expect_text "$tls, checked with a foreign certificate" SERVE-DIRECTORY said
	(umask 077 && echo wrong >wrong.password)
	check_serve wrong.password "$SAMBA_CA"
	expect_equal "$tls, checked with a wrong password" 78 $?
done
expect_no_text 'no password is told' Alice-password serve.out audit said
summary
