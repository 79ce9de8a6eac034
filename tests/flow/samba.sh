# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A domain controller, Samba's, on 127.0.0.1 in a network and mount namespace of its own. Sourced behind
# lib.sh by a test that is root there: $D is its folder, $REALM and $HOST are its names; alice has the
# password Alice-password-1, and Administrator Admin-password-1. SAMBA_TLS=yes: with LDAPS.
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
	tls enabled = ${SAMBA_TLS:-no}
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
# a server that runs all services does this itself
samba-tool spn add "ldap/$HOST" 'DC1$' -H "$D/private/sam.ldb" --configfile="$D/smb.conf" >/dev/null
spawn samba samba -s "$D/smb.conf" -M single --foreground --no-process-group
for port in 88 135 389; do
	for _ in $(seq 100); do
		(: <>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break
		sleep 0.1
	done
done

