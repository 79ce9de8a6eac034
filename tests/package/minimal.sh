#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The build without what may be left out: the same symbols with the same versions, fewer libraries
# needed, and what was left out says so. Programs linked with the one run with the other.
#
#   minimal.sh BUILD SOURCE LIBDIR     BUILD: a whole one
set -euo pipefail
build=$1 source=$2 libdir=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
quietly() { "$@" >"$dir/log" 2>&1 || { tail -30 "$dir/log"; exit 1; }; }

quietly cmake -S "$source" -B "$dir/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX="$dir/usr" \
    -DCMAKE_INSTALL_LIBDIR="$libdir" -DDAOTP_WERROR=ON -DDAOTP_WITH_TESTS=OFF -DDAOTP_WITH_TOOLS=OFF \
    -DDAOTP_WITH_KRB5=OFF -DDAOTP_WITH_RADCLI=OFF -DDAOTP_WITH_PKCS11=OFF -DDAOTP_WITH_REDIS=OFF
quietly cmake --build "$dir/build" -j 2
quietly cmake --install "$dir/build"
minimal=$dir/usr/$libdir/libdaotp.so.0
whole=$(find "$build/libdaotp" -name libdaotp.so.0 | head -n 1)
echo 'ok - built, with warnings as errors'

symbols() { nm -D --defined-only --with-symbol-versions "$1" | awk '{ print $2, $3 }' | LC_ALL=C sort; }
diff <(symbols "$whole") <(symbols "$minimal")
[ "$(symbols "$minimal" | wc -l)" -gt 100 ]
echo 'ok - the same symbols, of the same versions'

needs() { objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }'; }
for library in libradcli libkrb5 libldap; do
	if needs "$minimal" | grep "^$library"; then echo "not ok - $library is still needed"; exit 1; fi
done
echo 'ok - nothing needed of what was left out'

export PKG_CONFIG_PATH=$dir/usr/$libdir/pkgconfig
cat >"$dir/without.c" <<'C'
#include <daotp/daotp.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    daotp_context *context = NULL;
    daotp_radius *radius = NULL;
    daotp_status rc = daotp_context_new(&context);
    rc = rc ? rc : daotp_radius_new(context, &radius);
    if (rc == DAOTP_OK) {
        daotp_status added = daotp_radius_add_attributes(radius, "NAS-Port-Type = Virtual");
        const daotp_finding *why = daotp_report_get_error(daotp_radius_get_report(radius));
        bool left_out = added == DAOTP_CONFIGURATION && why && strcmp(daotp_finding_get_id(why), "BUILD-WITHOUT") == 0;
        printf("%s\n", left_out ? "left out" : daotp_status_name(added));
        rc = left_out == (argc > 1 && strcmp(argv[1], "minimal") == 0) ? DAOTP_OK : DAOTP_INTERNAL;
    }
    daotp_radius_free(radius);
    daotp_context_unref(context);
    return rc != DAOTP_OK;
}
C
gcc -Wall -Wextra -Werror $(pkg-config --cflags daotp) "$dir/without.c" -o "$dir/without" $(pkg-config --libs daotp)
LD_LIBRARY_PATH=${minimal%/*} "$dir/without" minimal
LD_LIBRARY_PATH=${whole%/*} "$dir/without" whole
echo 'ok - what was left out says so; the same program runs with the whole'

consumer=$source/tests/linkage/consumer.c
g++ -std=c++20 -Wall -Wextra -Werror $(pkg-config --cflags daotp) -x c++ "$consumer" -o "$dir/cc" $(pkg-config --libs daotp)
LD_LIBRARY_PATH=${minimal%/*} "$dir/cc"
needed=$(sed -n 's/^Libs.private: //p' "$PKG_CONFIG_PATH/daotp.pc")
gcc $(pkg-config --cflags daotp) "$consumer" -o "$dir/static" "$dir/usr/$libdir/libdaotp.a" $needed
"$dir/static"
if needs "$dir/static" | grep libdaotp; then echo 'not ok - not static'; exit 1; fi
echo 'ok - C++20, and C, static'

mkdir "$dir/app"
cat >"$dir/app/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.16)
project(consumer LANGUAGES CXX)
find_package(daotp 0.1 REQUIRED)
set_source_files_properties("$consumer" PROPERTIES LANGUAGE CXX)
add_executable(consumer "$consumer")
target_compile_features(consumer PRIVATE cxx_std_11)
target_link_libraries(consumer PRIVATE daotp::daotp)
CMAKE
quietly cmake -S "$dir/app" -B "$dir/app/build" -DCMAKE_PREFIX_PATH="$dir/usr"
quietly cmake --build "$dir/app/build"
"$dir/app/build/consumer"
echo 'ok - C++ by find_package'
