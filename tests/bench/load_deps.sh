#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A library with nothing in it that needs what another needs: what the dependencies cost alone.
#   load_deps.sh COMPILER LIBRARY OUTPUT
set -eu
needed=$(readelf -d "$2" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/-l:\1/p')
# shellcheck disable=SC2086
echo 'int daotp_bench_nothing;' | "$1" -shared -fPIC -x c - -x none -Wl,--no-as-needed -Wl,-z,now \
    -L/usr/lib/x86_64-linux-gnu/mit-krb5 $needed -o "$3"
