#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Install what is missing on Debian 12. Sourced names: packages for building, for the demo, and
# for the tests. Root is needed only when something is missing.
#
#   tests/install.sh build|demo|test
set -euo pipefail

build="gcc g++ libc6-dev cmake ninja-build pkg-config python3 libssl-dev libcurl4-openssl-dev
  libxml2-dev libc-ares-dev libhttp-parser-dev nettle-dev libradcli-dev libgnutls28-dev libkrb5-dev libevent-dev liboath-dev libcmocka-dev
  libjansson-dev"
demo="$build openssl krb5-kdc krb5-admin-server krb5-pkinit krb5-user"
# libclang-rt-14-dev: the sanitizers' and libFuzzer's runtime
test="$demo freeradius freeradius-utils apache2-bin libapache2-mod-auth-gssapi nginx-light curl slapd ldap-utils faketime doxygen clang-14 libclang-rt-14-dev clang-tidy-14
  binutils libxml2-utils abigail-tools mypy python3-pip python3-setuptools python3-wheel
  mandoc man-db debhelper dh-python pybuild-plugin-pyproject python3-all lintian fakeroot debootstrap zsh fish
  certmonger libnss3-tools"

case ${1:-} in
build) wanted=$build ;;
demo) wanted=$demo ;;
test) wanted=$test ;;
*) echo "usage: $0 build|demo|test" >&2; exit 64 ;;
esac

missing=
for package in $wanted; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "missing:$missing" >&2
	echo "run as root once, or: sudo apt-get install --no-install-recommends$missing" >&2
	exit 78
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# no daemon starts itself
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
	trap 'rm -f $policy' EXIT
fi
log=$(mktemp)
{ apt-get update -qq && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 ||
	{ tail -20 "$log" >&2; exit 78; }
rm -f "$log"
