#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Install the Debian packages that are missing: for building, for the demo, for the unit tests, or
# for all tests. Root is needed only when something is missing. Of "a|b" the first that this release
# of Debian has is taken.
#
#   tests/install.sh build|demo|unit|test
set -euo pipefail

build="gcc g++ libc6-dev cmake ninja-build pkg-config python3 libssl-dev libcurl4-openssl-dev
  libxml2-dev libc-ares-dev libinih-dev libllhttp-dev|libhttp-parser-dev nettle-dev libradcli-dev
  libkrb5-dev libp11-kit-dev libhiredis-dev libevent-dev liboath-dev libldap-dev"
demo="$build openssl freeradius krb5-kdc krb5-admin-server krb5-pkinit krb5-user"
unit="$build libcmocka-dev libgnutls28-dev libjansson-dev openssl binutils abigail-tools mypy
  python3-pip python3-setuptools python3-wheel"
# libclang-rt-dev: the run-time library of the sanitizers and of libFuzzer. Not here: golang-go (440 MB)
# and nodejs with libnode-dev (230 MB); without them app_go, app_node and Go's part of flow_foreign_makers
# are skipped.
test="$demo $unit build-essential freeradius-utils apache2-bin libapache2-mod-auth-gssapi nginx-light curl
  slapd ldap-utils libsasl2-modules-gssapi-mit faketime doxygen clang libclang-rt-dev clang-tidy libxml2-utils
  libglib2.0-dev mandoc man-db debhelper dh-python pybuild-plugin-pyproject python3-all lintian fakeroot
  debootstrap zsh fish certmonger eapoltest openssh-client openssh-server opensc p11-kit
  libengine-pkcs11-openssl|pkcs11-provider libnss3-tools gnutls-bin openconnect strongswan-pki
  strongswan-charon strongswan-swanctl libstrongswan-standard-plugins softhsm2 opensc redis-server iproute2
  python3-cryptography python3-gssapi python3-impacket samba-ad-dc samba-ad-provision
  samba-dsdb-modules samba-vfs-modules winbind"

case ${1:-} in
build) wanted=$build ;;
demo) wanted=$demo ;;
unit) wanted=$unit ;;
test) wanted=$test ;;
*) echo "usage: $0 build|demo|unit|test" >&2; exit 64 ;;
esac

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || :)" = installed ]
}

has_candidate() {
	[ -n "$(apt-cache madison "$1" 2>/dev/null)" ]
}

# all that is missing, each still with its alternatives
find_missing() {
	local choice package
	for choice in $wanted; do
		for package in ${choice//|/ }; do
			! is_installed "$package" || continue 2
		done
		echo "$choice"
	done
}

# of each choice the first that there is
choose_packages() {
	local choice package
	for choice in "$@"; do
		for package in ${choice//|/ }; do
			! has_candidate "$package" || break
		done
		echo "$package"
	done
}

# The links by which services start when the machine boots.
list_boot_links() {
	find /etc/systemd/system /etc/rc?.d -type l 2>/dev/null | sort
}

# Packages of daemons enable them for the next boot. The tests start their own, so undo that.
disable_new_services() {
	comm -13 "$1" <(list_boot_links) | while read -r link; do
		case $link in
		/etc/rc*) update-rc.d "$(basename "$link" | cut -c4-)" disable >/dev/null 2>&1 || : ;;
		*) rm -f "$link" ;;
		esac
	done
}

# Heimdal's hxtool, whose package conflicts with MIT Kerberos, is unpacked into the build folder. Root is not
# needed. Where the packages cannot be had its tests are skipped.
heimdal=$(realpath "$(dirname "$0")/..")/build/heimdal

unpack_heimdal() {
	local libraries package
	! command -v hxtool >/dev/null || return 0
	[ ! -x "$heimdal/usr/bin/hxtool" ] || return 0
	libraries=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
	    --no-enhances heimdal-clients 2>/dev/null | grep '^lib.*-heimdal$' | sort -u) || return 0
	mkdir -p "$heimdal/packages"
	(cd "$heimdal/packages" && apt-get download -qq heimdal-clients $libraries) >/dev/null 2>&1 || return 0
	for package in "$heimdal"/packages/*.deb; do
		dpkg -x "$package" "$heimdal"
	done
}

missing=$(find_missing)
if [ -z "$missing" ]; then
	[ "$1" != test ] || unpack_heimdal
	exit 0
fi
if [ "$(id -u)" != 0 ]; then
	echo "missing:" $missing >&2
	echo "run this as root once: $(realpath "$0") $1" >&2
	exit 78
fi

export DEBIAN_FRONTEND=noninteractive
work=$(mktemp -d)
policy=/usr/sbin/policy-rc.d # while it stands, no daemon is started by its package
made_policy=
clean_up() {
	[ -z "$made_policy" ] || rm -f "$policy"
	rm -rf "$work"
}
trap clean_up EXIT
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
	made_policy=yes
fi
list_boot_links >"$work/links"

# Show that something goes on: the count of packages on a terminal, a line each half minute elsewhere.
watch_progress() {
	local seconds=0
	while sleep 1; do
		seconds=$((seconds + 1))
		if [ -t 1 ]; then
			printf '\r  %d s, %d packages set up ' "$seconds" "$(grep -c '^Setting up' "$work/log" || :)"
		elif [ $((seconds % 30)) = 0 ]; then
			echo "  $seconds s, $(grep -c '^Setting up' "$work/log" || :) packages set up"
		fi
	done
}

run_logged() {
	local watcher rc=0
	watch_progress &
	watcher=$!
	"$@" >>"$work/log" 2>&1 || rc=$?
	kill "$watcher" 2>/dev/null
	wait "$watcher" 2>/dev/null || :
	[ ! -t 1 ] || printf '\r\033[K'
	[ $rc = 0 ] || { tail -20 "$work/log" >&2; exit 78; }
}

: >"$work/log"
echo "Updating the list of packages ..."
run_logged apt-get update -qq
packages=$(choose_packages $missing)
echo "Installing (a minute or several):" $packages
run_logged apt-get install -y --no-install-recommends $packages
disable_new_services "$work/links"
[ "$1" != test ] || unpack_heimdal
