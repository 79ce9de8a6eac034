#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Install what is missing, build, run the tests; print the minutes by label.
#
#   tests/run.sh                 everything
#   tests/run.sh unit flow       these labels only: unit flow sanitizer packages
set -uo pipefail
cd "$(dirname "$0")/.."
labels=${*:-unit flow sanitizer packages}
tests/install.sh test || exit 78

failed=() spent=() passed=0 broken=0 skipped=0

# stage NAME COMMAND...: run it, note time and outcome; its output goes on as it comes
stage() {
	local name=$1 began=$SECONDS
	shift
	echo "== $name"
	if "$@"; then :; else failed+=("$name"); fi
	spent+=("$name $(((SECONDS - began) * 10 / 6))")	# hundredths of a minute
}

build() { # PRESET [options]
	local preset=$1 log
	shift
	log=$(mktemp)
	cmake --preset "$preset" -DDAOTP_WERROR=ON "$@" >"$log" 2>&1 &&
	    cmake --build --preset "$preset" >>"$log" 2>&1 || { tail -40 "$log"; rm -f "$log"; return 1; }
	rm -f "$log"
}

# suite PRESET JOBS ARGS...: ctest, and its counts
suite() {
	local preset=$1 jobs=$2 out rc
	shift 2
	out=$(mktemp)
	ctest --preset "$preset" -j "$jobs" --no-tests=error "$@" 2>&1 | tee "$out" |
	    grep -vE '^ +Start +[0-9]+:|^ *[0-9]+/[0-9]+ .*Passed +[0-9.]+ sec$'
	rc=${PIPESTATUS[0]}
	passed=$((passed + $(grep -cE ' +Passed +[0-9.]+ sec' "$out")))
	broken=$((broken + $(grep -cE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$out")))
	skipped=$((skipped + $(grep -cE '\*\*\*Skipped' "$out")))
	rm -f "$out"
	return "$rc"
}

for label in $labels; do
	case $label in
	unit)
		stage unit-build build release
		stage unit suite release 2 -L unit
		;;
	flow)
		stage flow-build build release
		stage flow suite release 2 -L flow
		;;
	sanitizer)
		stage asan-build build asan
		stage asan suite asan 2 -L 'unit|flow' -LE slow
		stage tsan-build build tsan
		stage tsan suite tsan 2 -L thread
		;;
	packages)
		stage packages-build build release
		stage packages suite release 2 -L package
		;;
	*) echo "no label $label" >&2; exit 64 ;;
	esac
done

echo
echo "minutes by label:"
for s in "${spent[@]}"; do
	read -r name hundredths <<<"$s"
	printf '  %-16s %d.%02d\n' "$name" $((hundredths / 100)) $((hundredths % 100))
done
echo "$passed passed, $broken failed, $skipped skipped"
[ ${#failed[@]} = 0 ] || { echo "FAILED: ${failed[*]}"; exit 1; }
