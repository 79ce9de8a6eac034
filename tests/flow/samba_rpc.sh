#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# RPC and Kerberos of the library against a real domain controller, Samba's, in a network of its own:
# endpoint mapper, ticket by the password, SPNEGO and bare Kerberos, sealed calls of several fragments,
# and what Kerberos refuses.
#
#   samba_rpc.sh RPC-PROBE
#
# Needs root, for the ports are fixed and provisioning changes owners; else it is left out.
set -u
PATH=$PATH:/usr/sbin:/sbin
PROBE=$(realpath "$1")
for program in samba samba-tool faketime unshare; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 77; }
if [ -z "${SAMBA_RPC_INSIDE:-}" ]; then
	unshare -mn true 2>/dev/null || { echo 'skipped: no network namespace'; exit 77; }
	SAMBA_RPC_INSIDE=1 exec unshare -mn "$0" "$PROBE"
fi

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/samba.sh"

probe() { # TYPE USER PASSWORD PADDING [HOST] [COMMAND...]
	local type=$1 user=$2 password=$3 padding=$4 host=${5:-$HOST}
	shift $(($# < 5 ? $# : 5))
	"$@" "$PROBE" "$host" 135 "$type" "$user" $REALM 127.0.0.1 "$padding" <<<"$password" >"$D/said" 2>&1
}

expect() { # WHAT TEXT
	expect_text "$1" "$2" "$D/said"
}

for type in 9 16; do
	for padding in 0 5700 5720 30000; do
		probe $type alice Alice-password-1 $padding
		expect "type $type, $padding octets more" 'reply of 24 octets'
	done
done
probe 9 'ADLAB\alice' Alice-password-1 0
expect 'DOMAIN\user' 'reply of 24 octets'
probe 9 alice@ad.lab.example Alice-password-1 0
expect 'UPN' 'reply of 24 octets'
probe 9 alice wrong 0
expect 'wrong password' 'finding CA-CREDENTIAL'
probe 9 nobody wrong 0
expect 'no such user' 'finding CA-CREDENTIAL'
probe 9 alice Alice-password-1 0 other.ad.lab.example
expect 'a host that the domain does not know' 'finding CA-PRINCIPAL'
probe 9 alice Alice-password-1 0 127.0.0.1
expect 'an address' 'finding CA-ADDRESS'
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 # faketime comes first
probe 9 alice Alice-password-1 0 $HOST faketime -f +1h
expect 'the clock is an hour off: libkrb5 makes up for it' 'reply of 24 octets'
sed -i 's/^\[libdefaults\]/&\n kdc_timesync = 0/' "$D/krb5.conf"
probe 9 alice Alice-password-1 0 $HOST faketime -f +1h
expect 'the clock is an hour off, and it may not' 'finding CA-CLOCK'
summary
