#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The ABI against what was published: tests/abi/baseline.abi, as abidw writes it.
#   baseline.sh check TOP LIBRARY   what is no addition stops; an old program still runs
#   baseline.sh write TOP LIBRARY   when a version is published (and until the first one)
set -euo pipefail
what=$1 top=$2 library=$3
command -v abidw > /dev/null || { echo "skipped: no abidw (abigail-tools)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Handles are opaque: what is inside is nobody's business. (Libabigail goes by the names of files, and
# private headers are named as the public ones.)
{
	echo "[suppress_type]"
	echo "  name_regexp = ^daotp__"
	grep -rhoE '^typedef struct (daotp_[a-z_]+) \1;' "$top/include" | awk '{print $3}' | sort -u |
	    while read -r name; do
		grep -rqE "^typedef struct $name \{|^struct $name \{" "$top/include" ||
		    printf '[suppress_type]\n  name = %s\n' "$name"
	done
} > "$work/opaque"
options=(--headers-dir "$top/include/daotp" --headers-dir "$top/include/daotp/sys" --drop-private-types
    --suppressions "$work/opaque")

if [ "$what" = write ]; then
	abidw "${options[@]}" --drop-undefined-syms --no-corpus-path --no-comp-dir-path --no-show-locs \
	    --no-parameter-names --type-id-style hash --out-file "$top/tests/abi/baseline.abi" "$library"
	exit 0
fi
abidiff --no-added-syms --suppressions "$work/opaque" "$top/tests/abi/baseline.abi" "$library"

# A program that was linked against the published library, of which the names are what is left.
names=$(grep -o "<elf-symbol name='daotp_[a-z0-9_]*'" "$top/tests/abi/baseline.abi" | cut -d"'" -f2 | sort -u)
{ for name in $names; do echo "void $name(void); void $name(void) {}"; done; } > "$work/old.c"
{ echo "DAOTP_0.1 { global:"; for name in $names; do echo "$name;"; done; echo "local: *; };"; } > "$work/old.map"
gcc -shared -fPIC -Wl,-soname,libdaotp.so.0 -Wl,--version-script="$work/old.map" -o "$work/libdaotp.so.0" "$work/old.c"
ln -s libdaotp.so.0 "$work/libdaotp.so"
cat > "$work/program.c" <<'C'
#include <daotp/daotp.h>
#include <stdio.h>
int main(void)
{
    daotp_context *context;
    daotp_client *client;
    if (daotp_context_new(&context) != DAOTP_OK || daotp_client_new(context, &client) != DAOTP_OK)
        return 1;
    if (daotp_client_prepare(client, "alice") == DAOTP_OK) /* nothing is set */
        return 1;
    puts(daotp_finding_get_id(daotp_report_error(daotp_client_report(client))));
    daotp_client_free(client);
    daotp_context_free(context);
    return 0;
}
C
gcc -I"$top/include" -o "$work/program" "$work/program.c" -L"$work" -ldaotp
rm "$work"/libdaotp.so*
LD_LIBRARY_PATH=$(dirname "$library") "$work/program"
echo "ok: $(echo "$names" | wc -l) published names stand"
