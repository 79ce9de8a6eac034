#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs of others, built against the installed headers alone, enrol a crowd of the lab's users.
#
#   apps.sh BUILD-DIR SOURCE-DIR LIBDIR APP [COUNT]
set -euo pipefail
build=$1 source=$2 libdir=$3 app=$4 count=${5:-50}
dir=$(mktemp -d)
embed=$source/examples/embed
clean_up() {
	[ ! -d "$dir/lab" ] || "$dir/usr/bin/daotp" lab down "$dir/lab" >/dev/null || true
	rm -rf "$dir"
}
trap clean_up EXIT
skip() {
	echo "skipped: no $1"
	exit 77
}
has_package() { pkg-config --exists "$1" || skip "$1"; }
cmake --install "$build" --prefix "$dir/usr" >"$dir/log" || { cat "$dir/log"; exit 1; }
lib=$dir/usr/$libdir
export LD_LIBRARY_PATH=$lib DAOTP_LIBRARY=$lib/libdaotp.so
pc() { PKG_CONFIG_PATH=$lib/pkgconfig pkg-config "$@"; }
flags=(-std=gnu11 -Wall -Wextra -Werror -O1 -pthread)
lab_up() {
	"$dir/usr/bin/daotp" lab up --no-radius --no-kdc "$dir/lab" >/dev/null
	. "$dir/lab/env"
}
crowd() { "$source/tests/apps/crowd.py" "$@"; }
compile() { # OUTPUT SOURCE [FLAG...]
	cc "${flags[@]}" "$embed/$2" -o "$dir/$1" $(pc --cflags daotp) "${@:3}" $(pc --libs daotp)
}

flight() { # LOOP PACKAGE...
	local loop=$1 kind
	shift
	for package in "$@"; do has_package "$package"; done
	compile flight "flight_$loop.c" $(pc --cflags --libs "$@")
	lab_up
	for kind in p256 rsa rsa-ahead; do
		[ "$kind" != rsa-ahead ] || count=$(((count + 4) / 5))
		crowd "$count" "$dir/flight" "$count" "$kind"
		echo "ok - $count in flight by $loop, keys $kind"
	done
}

case $app in
libevent) flight libevent libevent_core ;;
glib) flight glib glib-2.0 ;;
module)
	compile module.so module.c -fPIC -shared -fvisibility=hidden
	cc "${flags[@]}" "$embed/module_host.c" -o "$dir/host"
	lab_up
	# what glibc keeps of freed blocks, to hand it out again, would count as heap in use
	crowd "$count" env GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0 \
	    "$dir/host" "$dir/module.so" "$count"
	echo "ok - a module, $count times"
	;;
cxx)
	command -v g++ >/dev/null || skip g++
	g++ -std=c++17 -Wall -Wextra -Werror $(pc --cflags daotp) "$embed/enroll.cc" -o "$dir/enroll" $(pc --libs daotp)
	lab_up
	crowd 2 "$dir/enroll"
	echo "ok - a C++ wrapper"
	;;
node)
	command -v node >/dev/null || skip node
	include=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")/include/node
	[ -f "$include/node_api.h" ] || skip node_api.h
	compile daotp.node daotp_node.c -fPIC -shared -I"$include" -fvisibility=hidden
	lab_up
	crowd "$count" node "$embed/enroll.mjs" "$dir/daotp.node" "$count"
	echo "ok - $count in flight from Node"
	;;
go)
	command -v go >/dev/null || skip go
	mkdir "$dir/go"
	cp "$embed/enroll.go" "$dir/go"
	(cd "$dir/go" && GOFLAGS=-mod=mod GO111MODULE=off CGO_ENABLED=1 CGO_CFLAGS=$(pc --cflags daotp) \
	    CGO_LDFLAGS=$(pc --libs daotp) GOCACHE="$dir/cache" go build -o "$dir/enroll" enroll.go)
	lab_up
	crowd 2 "$dir/enroll"
	echo "ok - a caller from Go"
	;;
asyncio)
	export PYTHONPATH=$source/bindings/python
	if command -v mypy >/dev/null; then
		MYPYPATH=$PYTHONPATH mypy --strict --cache-dir "$dir/mypy" "$embed/service.py"
	else
		echo "# no mypy: types are not looked at"
	fi
	lab_up
	crowd "$count" python3 "$embed/service.py" "$count"
	echo "ok - an asyncio service, $count at once"
	;;
esac
