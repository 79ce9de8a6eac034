#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The KDCs of a realm that nobody names: SRV records in their order, the addresses of each, IPv6 among them, and the
# realm's own name where there are none. An MIT KDC and a name server in a network of their own.
#
#   kdc_dns.sh RPC-PROBE
#
# Needs root, for the ports are fixed; else it is left out.
set -u
PATH=$PATH:/usr/sbin:/sbin
PROBE=$(realpath "$1")
for program in unshare krb5kdc kdb5_util kadmin.local; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 77; }
if [ -z "${KDC_DNS_INSIDE:-}" ]; then
	unshare -mn true 2>/dev/null || { echo 'skipped: no network namespace'; exit 77; }
	KDC_DNS_INSIDE=1 exec unshare -mn "$0" "$PROBE"
fi

. "$(dirname "$0")/lib.sh"
ip link set lo up
D=$WORK REALM=DNS.EXAMPLE
echo 'nameserver 127.0.0.1' >"$D/resolv.conf"
echo '127.0.0.1 localhost' >"$D/hosts"
mount --bind "$D/resolv.conf" /etc/resolv.conf
mount --bind "$D/hosts" /etc/hosts
LISTEN=127.0.0.1:8888,127.0.0.1:88
[ ! -e /proc/sys/net/ipv6 ] || LISTEN=$LISTEN,[::1]:8888
cat >"$D/kdc.conf" <<-X
	[kdcdefaults]
	 kdc_listen = ""
	 kdc_tcp_listen = $LISTEN
	[realms]
	 $REALM = {
	  database_name = $D/principal
	  key_stash_file = $D/stash
	  acl_file = $D/acl
	 }
	[logging]
	 kdc = FILE:$D/kdc.log
X
cat >"$D/krb5.conf" <<-X
	[libdefaults]
	 default_realm = $REALM
	 dns_canonicalize_hostname = false
X
export KRB5_CONFIG=$D/krb5.conf KRB5_KDC_PROFILE=$D/kdc.conf
kdb5_util -r $REALM create -s -P master >/dev/null 2>&1
kadmin.local >/dev/null 2>&1 <<-X
	addprinc -pw alice-password +requires_preauth alice
	addprinc -randkey host/ca1.dns.example
X
: >"$D/zone"
spawn dns python3 -B "$HERE/dns_stub.py" "$D/zone"
await_file "$D/dns.out"
spawn kdc krb5kdc -n
for _ in $(seq 100); do
	(: <>/dev/tcp/127.0.0.1/8888) 2>/dev/null && break
	sleep 0.05
done

zone() { printf '%s\n' "$@" >"$D/zone"; }

expect() { # WHAT TEXT [KDC]
	: >"$D/dns.out"
	"$PROBE" ca1.dns.example 0 9 alice $REALM "${3:--}" 0 <<<alice-password >"$D/said" 2>&1
	expect_text "$1" "$2" "$D/said"
}

TICKET="ticket for host/ca1.dns.example@$REALM"
zone '_kerberos._tcp.dns.example SRV 0 0 8888 kdc1.dns.example' 'kdc1.dns.example A 127.0.0.1'
expect 'one record' "$TICKET"
expect_text 'the realm was asked about' '_kerberos._tcp.dns.example SRV' "$D/dns.out"
zone '_kerberos._tcp.dns.example SRV 20 0 8888 kdc2.dns.example' '_kerberos._tcp.dns.example SRV 10 0 1 kdc1.dns.example' \
    'kdc1.dns.example A 127.0.0.1' 'kdc2.dns.example A 127.0.0.1'
expect 'the first by priority is down' "$TICKET"
expect_text 'it was tried first' 'kdc1.dns.example A' "$D/dns.out"
zone '_kerberos._tcp.dns.example SRV 0 0 8888 nowhere.dns.example' '_kerberos._tcp.dns.example SRV 1 0 8888 kdc1.dns.example' \
    'kdc1.dns.example A 127.0.0.1'
expect 'the first has no address' "$TICKET"
if [[ $LISTEN == *::1* ]]; then
	zone '_kerberos._tcp.dns.example SRV 0 0 8888 kdc6.dns.example' 'kdc6.dns.example AAAA ::1'
	expect 'a KDC with an IPv6 address alone' "$TICKET"
	zone '_kerberos._tcp.dns.example SRV 0 0 8888 kdc6.dns.example' 'kdc6.dns.example A 127.0.0.9' 'kdc6.dns.example AAAA ::1'
	expect 'its first address is dead' "$TICKET"
	expect 'an IPv6 address that the caller names' "$TICKET" '[::1]:8888'
fi
zone 'dns.example A 127.0.0.1'
expect 'no record: the realm is the host, at port 88' "$TICKET"
zone '_kerberos._tcp.dns.example SRV 0 0 0 .' 'dns.example A 127.0.0.1'
expect 'a record that says there is no such service' "$TICKET"
zone '_kerberos._tcp.dns.example SRV 0 0 1 kdc1.dns.example' 'kdc1.dns.example A 127.0.0.1' 'dns.example A 127.0.0.1'
expect 'the KDCs that DNS names are down: no other is tried' 'finding CA-KDC'
zone
expect 'DNS knows nothing' 'finding CA-KDC'
sed -i 's/^\[libdefaults\]/&\n dns_lookup_kdc = false/' "$D/krb5.conf"
zone '_kerberos._tcp.dns.example SRV 0 0 1 kdc1.dns.example' 'kdc1.dns.example A 127.0.0.1' 'dns.example A 127.0.0.1'
expect 'dns_lookup_kdc = false: the realm is the host' "$TICKET"
expect_no_text 'and no record is asked for' SRV "$D/dns.out"
summary
