#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Build and run unit and flow tests on the other supported release of Debian, in build/platform, by the
# release preset alone. Root and debootstrap are needed; what is mounted is gone when it ends.
#
#   platform.sh run [SUITE [LABELS]]   ends 77 where it cannot be run
#   platform.sh shell [SUITE]          a shell there, to look at a failure
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run} suite=${2:-} labels=${3:-unit|flow}
# of the two supported releases the one that this machine is not
if [ -z "$suite" ]; then
	suite=trixie
	! grep -qs '^VERSION_CODENAME=trixie' /etc/os-release || suite=bookworm
fi
root=$PWD/build/platform/$suite

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'root is needed for a chroot'
command -v debootstrap >/dev/null || skip 'no debootstrap'
unshare -m true 2>/dev/null || skip 'no mount namespace can be made'

# The mirror of this machine, or Debian's.
find_mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
	    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ' | grep . || echo http://deb.debian.org/debian
}

make_root() {
	[ ! -e "$root/.made" ] || return 0
	# A mirror that does not answer once may answer the next time. What an attempt that was killed has
	# mounted must not be there when the next one removes the folder.
	for _ in 1 2 3; do
		rm -rf "$root"
		mkdir -p "$root"
		if unshare -m debootstrap --variant=minbase "$suite" "$root" "$(find_mirror)" >"$root.log" 2>&1; then
			touch "$root/.made"
			return 0
		fi
	done
	tail -5 "$root.log"
	skip "debootstrap of $suite failed three times"
}

# The sources as git has them, changes included. Shared test data is mounted beside them.
copy_sources() {
	rm -rf "$root/src/libdaotp.new"
	mkdir -p "$root/src/libdaotp" "$root/src/libdaotp.new"
	git ls-files -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
	    tar -c --null -T - -f - | tar -x -C "$root/src/libdaotp.new"
	[ ! -e "$root/src/libdaotp/build" ] || mv "$root/src/libdaotp/build" "$root/src/libdaotp.new/build"
	rm -rf "$root/src/libdaotp"
	mv "$root/src/libdaotp.new" "$root/src/libdaotp"
	mkdir -p "$root/src/shared"
}

# enter COMMAND...: in the other system, with mounts that nobody else sees
enter() {
	exec unshare -m bash -c '
		root=$1; shift
		# a root that is a mount point, so that tests there can make mount namespaces
		mount --bind "$root" "$root"
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/run"
		[ ! -d ../shared ] || mount --bind ../shared "$root/src/shared"
		exec env -i HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" \
		    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"' _ "$root" "$@"
}

make_root
copy_sources
case $what in
run)
	echo "Debian $suite in $root"
	enter bash -euc '
		cd /src/libdaotp
		tests/install.sh test
		log=$(mktemp)
		{ cmake --preset release -DDAOTP_WERROR=ON -DDAOTP_WITH_TESTS=ON &&
		    cmake --build --preset release; } >"$log" 2>&1 || { grep -aE -A12 "error|FAILED" "$log" | head -60; exit 1; }
		rm -f "$log"
		exec ctest --preset release -j 2 --no-tests=error -L "$1" -LE long' _ "$labels"
	;;
shell) enter bash ;;
*) echo "usage: tests/platform.sh run|shell [SUITE]" >&2; exit 64 ;;
esac
