#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The ABI against what was published: tests/abi/baseline.abi, as abidw writes it.
#   baseline.sh check TOP LIBRARY   what is no addition stops (old.py runs a program of then)
#   baseline.sh write TOP LIBRARY   when a version is published (and until the first one). The file
#                                   stays as it is when nothing of the ABI differs: abidw orders types
#                                   by the sources that use them.
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

baseline=$top/tests/abi/baseline.abi
if [ "$what" = write ]; then
	! abidiff --suppressions "$work/opaque" "$baseline" "$library" >/dev/null 2>&1 || exit 0
	abidw "${options[@]}" --drop-undefined-syms --no-corpus-path --no-comp-dir-path --no-show-locs \
	    --no-parameter-names --type-id-style hash --out-file "$baseline" "$library"
	exit 0
fi
abidiff --no-added-syms --suppressions "$work/opaque" "$baseline" "$library"
