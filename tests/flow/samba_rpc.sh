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
ip link set lo up
umask 022
D=$WORK
REALM=AD.LAB.EXAMPLE HOST=dc1.ad.lab.example
echo "127.0.0.1 $HOST other.ad.lab.example localhost" >"$D/hosts"
mount --bind "$D/hosts" /etc/hosts

printf '[global]\n' >"$D/seed.conf"
samba-tool domain provision --configfile="$D/seed.conf" --targetdir="$D" --realm=$REALM --domain=ADLAB \
    --host-name=dc1 --host-ip=127.0.0.1 --server-role=dc --dns-backend=NONE --adminpass=Admin-password-1 \
    --option="posix:eadb=$D/eadb.tdb" >"$D/provision.out" 2>&1 ||
    { echo "skipped: samba-tool cannot provision here: $(tail -1 "$D/provision.out")"; exit 77; }
mkdir -p "$D/run" "$D/cache"
cat >"$D/smb.conf" <<-X
	[global]
	server role = active directory domain controller
	workgroup = ADLAB
	realm = $REALM
	netbios name = DC1
	interfaces = 127.0.0.1/8
	bind interfaces only = yes
	server services = rpc, ldap, cldap, kdc
	dcerpc endpoint servers = epmapper, lsarpc, samr, netlogon, dssetup, drsuapi
	private dir = $D/private
	state directory = $D/state
	cache directory = $D/cache
	lock directory = $D
	pid directory = $D/run
	ncalrpc dir = $D/run/ncalrpc
	winbindd socket directory = $D/run/winbindd
	ntp signd socket directory = $D/run/ntp_signd
	binddns dir = $D/bind-dns
	posix:eadb = $D/eadb.tdb
	logging = file
	log file = $D/samba.log
	tls enabled = no
X
cat >"$D/krb5.conf" <<-X
	[libdefaults]
	 default_realm = $REALM
	 dns_lookup_kdc = false
	 dns_lookup_realm = false
	 dns_canonicalize_hostname = false
	[realms]
	 $REALM = {
	  kdc = 127.0.0.1
	 }
X
export KRB5_CONFIG=$D/krb5.conf
samba-tool user create alice Alice-password-1 -H "$D/private/sam.ldb" --configfile="$D/smb.conf" >/dev/null
spawn samba samba -s "$D/smb.conf" -M single --foreground --no-process-group
for port in 88 135; do
	for _ in $(seq 100); do
		(: <>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break
		sleep 0.1
	done
done

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
