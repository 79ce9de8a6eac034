#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Install into a folder, then build and run consumers there: by pkg-config, by find_package, and
# statically.   linkage.sh BUILD-DIR SOURCE-DIR LIBDIR
set -euo pipefail
build=$1 here=$2 libdir=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cmake --install "$build" --prefix "$dir/usr" >"$dir/log" || { cat "$dir/log"; exit 1; }
lib=$dir/usr/$libdir
export PKG_CONFIG_PATH=$lib/pkgconfig LD_LIBRARY_PATH=$lib
# The tree was installed elsewhere than configured, and there is no other package's .pc file: what a
# shared link needs stands in daotp.pc alone.
pc() { PKG_CONFIG_LIBDIR=$lib/pkgconfig pkg-config "$@" daotp; }

gcc -std=c99 -Wall -Wextra -Werror $(pc --cflags) "$here/consumer.c" -o "$dir/c" $(pc --libs)
"$dir/c" && echo "ok - C99 by pkg-config"
g++ -std=c++11 -Wall -Wextra -Werror $(pc --cflags) -x c++ "$here/consumer.c" -o "$dir/cc" $(pc --libs)
"$dir/cc" && echo "ok - C++11 by pkg-config"
# the library itself from its archive, what it needs from shared libraries: Debian's static libcurl
# would want a dozen packages more
needs=$(sed -n 's/^Libs.private: //p' "$lib/pkgconfig/daotp.pc")
gcc $(pc --cflags) "$here/consumer.c" -o "$dir/static" "$lib/libdaotp.a" $needs
env -u LD_LIBRARY_PATH "$dir/static" && echo "ok - C, static"
cmake -S "$here/package" -B "$dir/p" -DCMAKE_PREFIX_PATH="$dir/usr" >"$dir/log" &&
    cmake --build "$dir/p" >>"$dir/log" || { cat "$dir/log"; exit 1; }
"$dir/p/consumer" && echo "ok - find_package"
[ "$(pc --cflags | wc -w)" = 1 ] && echo "ok - pkg-config prints no include path but ours"
mv "$dir/usr" "$dir/moved"
env -u LD_LIBRARY_PATH "$dir/moved/bin/daotp" --version >/dev/null && echo "ok - the installed tool, moved elsewhere"
python3 "$here/../abi/runpath.py" "$dir/moved" && echo "ok - no library from the current folder"
if readelf -dW "$dir/moved/bin/daotp" | grep -E '(RPATH|RUNPATH).*/libdaotp'; then
	echo "not ok - the installed tool looks into the build tree"
	exit 1
fi
