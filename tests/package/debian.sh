#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The Debian packages: lintian has nothing to say, two builds in two places give the same bytes, and in a
# Debian made for it they are installed and used, in C and Python, from an enrolment to the removal.
#
#   debian.sh SOURCE     ends 77 when a tool is missing
set -u
source=$(realpath "$1")
for tool in dpkg-buildpackage dh pybuild lintian fakeroot doxygen debootstrap; do
	command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
work=$(mktemp -d /tmp/daotp-debian.XXXXXX) || exit 70
trap 'rm -rf "$work"' EXIT
OUT=$work/out root=$work/root bad=0
cd "$source" || exit 70

ok() { echo "ok - $*"; }
not_ok() { bad=1; echo "not ok - $*"; }

build() {
	packaging/build.sh "$OUT" || { not_ok 'dpkg-buildpackage'; exit 1; }
	ok 'dpkg-buildpackage'
	packaging/build.sh "$work/again" "$work/another/and/longer/path/libdaotp" || { not_ok 'a second time'; exit 1; }
	local deb
	for deb in "$OUT"/*.deb; do
		if cmp "$deb" "$work/again/${deb##*/}"; then ok "the same bytes: ${deb##*/}"; else not_ok "other bytes: ${deb##*/}"; fi
	done
	lintian --allow-root --pedantic --display-info --fail-on error,warning "$OUT"/*.changes >"$work/lintian" 2>&1
	if [ $? = 0 ] && ! grep -qE '^[EWIP]:' "$work/lintian"; then ok lintian; else not_ok lintian; cat "$work/lintian"; fi
}

# What a user does in the new system. No process and no mount outlives it.
inside() {
	cat >"$root/inside" <<'SCRIPT'
set -eu
export OUT=/debs DEBIAN_FRONTEND=noninteractive HOME=/root LC_ALL=C.UTF-8 TMPDIR=/tmp
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
cd /root
{
apt-get update
apt-get install -y "$OUT"/*.deb
apt-get install -y --no-install-recommends gcc libc6-dev pkg-config
} >/log 2>&1 || { tail -20 /log; exit 1; }
echo 'ok - installed'
daotp --version
daotp lab up --no-kdc --no-radius lab >/log
. lab/env
cc enrol.c -o enrol $(pkg-config --cflags --libs daotp)
{ daotp lab totp lab alice; echo alice-password; } | ./enrol >said || { cat said; exit 1; }
grep 'CN=Alice' said
echo 'ok - C enrols'
{ daotp lab totp lab alice 1; echo alice-password; } | python3 enroll.py >said
grep 'CN=Alice' said
echo 'ok - Python enrols'
daotp lab down lab
test -s /usr/share/doc/libdaotp-doc/html/index.html && test -x /usr/share/doc/daotp-tools/examples/certmonger/daotp-submit
test -s "$(echo /usr/lib/*/pkcs11/libdaotp-pkcs11.so)"
test -s "$(echo /usr/lib/*/daotp/store-pkcs11.so)"
test -s "$(echo /usr/lib/*/daotp/store-redis.so)" && test -s "$(echo /usr/lib/*/daotp/store-rediss.so)"
dpkg --verify libdaotp0 libdaotp-dev libdaotp-pkcs11 libdaotp-store-pkcs11 libdaotp-store-redis daotp-tools
apt-get purge -y libdaotp0 libdaotp-dev libdaotp-pkcs11 libdaotp-store-pkcs11 libdaotp-store-redis daotp-tools libdaotp-doc python3-daotp >/log 2>&1
left=$(find /usr /etc /var/lib -name '*daotp*' ! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*')
test -z "$left" || { echo "left behind: $left"; exit 1; }
echo 'ok - removed without a trace'
SCRIPT
	unshare --mount --pid --fork --kill-child sh -c "mount -t proc proc '$root/proc' && exec chroot '$root' sh /inside"
}

use() {
	[ "$(id -u)" = 0 ] || { echo '# not root: not installed anywhere'; return; }
	debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap" 2>&1 ||
		{ echo "# no Debian to install into: $(tail -n 1 "$work/debootstrap")"; return; }
	mkdir "$root/debs"
	cp "$OUT"/*.deb "$root/debs"
	rm -f "$root"/debs/*-dbgsym_*
	cp /etc/resolv.conf "$root/etc/"
	echo '127.0.0.1 localhost' >"$root/etc/hosts" # debootstrap makes none
	awk '/enrol\.c: /{p = 1} /^```$/{p = 0} p' README.md >"$root/root/enrol.c"
	cp bindings/python/examples/enroll.py "$root/root/"
	inside || not_ok 'installed and used'
}

build
use
exit $bad
