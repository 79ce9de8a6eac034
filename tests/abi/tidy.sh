#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# clang-tidy with the checks of .clang-tidy over the library and the tool: it has nothing to say.
#
#   tidy.sh SOURCE-DIR BUILD-DIR
set -uo pipefail
cd "$1" || exit 70
tidy=$(command -v clang-tidy) || { echo "skipped: no clang-tidy"; exit 77; }
[ -f "$2/compile_commands.json" ] || { echo "skipped: $2 has no compile_commands.json"; exit 77; }
out=$(mktemp)
trap 'rm -f "$out"' EXIT
# what this build does not compile has no command to go by
for file in libdaotp/*/*.c examples/daotp/*.c; do
	! grep -q "/$file\"" "$2/compile_commands.json" || printf '%s\0' "$file"
done |
    xargs -0 -P "$(nproc)" -n 4 "$tidy" -p "$2" --quiet >"$out" 2>/dev/null
rc=$?
grep -A4 -E 'warning:|error:' "$out" && exit 1
exit $rc
