#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Install what is missing, build, run the tests; print the minutes by label.
#
#   tests/run.sh                 everything: unit flow sanitizer packages platform
#   tests/run.sh unit flow       these labels only
#   tests/run.sh long            what everything takes a fixed tenth of: whole fault tables, soaks
#
# A build that fails ends the run. A run of everything that passes, on a tree without changes, writes the
# commit to build/.passed.
set -uo pipefail
cd "$(dirname "$0")/.."
everything="unit flow sanitizer packages platform"
labels=${*:-$everything}
if [ "$labels" = unit ]; then packages=unit; else packages=test; fi
tests/install.sh $packages || exit 78

failed=() spent=() passed=0 broken=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

print_summary() {
	local entry name hundredths
	echo
	echo "minutes by label:"
	for entry in "${spent[@]}"; do
		read -r name hundredths <<<"$entry"
		printf '  %-16s %d.%02d\n' "$name" $((hundredths / 100)) $((hundredths % 100))
	done
	echo "$passed passed, $broken failed, $skipped skipped"
	[ ${#failed[@]} = 0 ] || echo "FAILED: ${failed[*]}"
}

# stage NAME MINUTES COMMAND...: run it, note time and outcome. MINUTES: what it takes on two cores.
stage() {
	local name=$1 minutes=$2 began=$SECONDS rc=0
	shift 2
	echo "== $name (about $minutes minutes)"
	"$@" || rc=$?
	[ $rc = 0 ] || failed+=("$name")
	spent+=("$name $(((SECONDS - began) * 10 / 6))") # hundredths of a minute
	return $rc
}

# The last line of a command's output that begins with [N/M] or "N/M Test": on a terminal as it comes,
# elsewhere each half minute.
show_progress() {
	local line shown=$SECONDS
	while IFS= read -r line; do
		[[ $line =~ ^\ *\[?([0-9]+/[0-9]+)\]?\  ]] || continue
		if [ -t 2 ]; then
			printf '\r  %s ' "${BASH_REMATCH[1]}" >&2
		elif [ $((SECONDS - shown)) -ge 30 ]; then
			echo "  ${BASH_REMATCH[1]}"
			shown=$SECONDS
		fi
	done
	[ ! -t 2 ] || printf '\r\033[K' >&2
}

# build PRESET [OPTION...]: what the compiler says is shown only if it fails
build() {
	local preset=$1 log=$work/build.log
	shift
	cmake --preset "$preset" -DDAOTP_WERROR=ON -DDAOTP_WITH_TESTS=ON "$@" >"$log" 2>&1 &&
	    cmake --build --preset "$preset" 2>&1 | tee -a "$log" | show_progress && return 0
	grep -aE -A12 'error|FAILED|undefined reference' "$log" | head -60
	echo "The build failed; its output ends so:"
	tail -3 "$log"
	return 1
}

build_or_end() {
	stage "$1-build" "$2" build "${@:3}" && return
	print_summary
	exit 1
}

# suite PRESET ARGS...: ctest, and its counts; what passes is counted only
suite() {
	local preset=$1 out=$work/ctest rc
	shift
	ctest --preset "$preset" -j 2 --no-tests=error "$@" 2>&1 | tee "$out" | tee >(show_progress) |
	    grep -vE '^ +Start +[0-9]+:|^ *[0-9]+/[0-9]+ .*Passed +[0-9.]+ sec$'
	rc=${PIPESTATUS[0]}
	add_counts "$out"
	return "$rc"
}

add_counts() {
	passed=$((passed + $(grep -cE ' +Passed +[0-9.]+ sec' "$1")))
	broken=$((broken + $(grep -cE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$1")))
	skipped=$((skipped + $(grep -cE '\*\*\*Skipped' "$1")))
}

# The other release of Debian that the project supports, in a folder of its own.
platform() {
	tests/platform.sh run >"$work/platform" 2>&1
	local rc=$?
	if [ $rc = 77 ]; then
		cat "$work/platform"
		skipped=$((skipped + 1))
		return 0
	fi
	grep -vE '^ +Start +[0-9]+:|^ *[0-9]+/[0-9]+ .*Passed +[0-9.]+ sec$' "$work/platform"
	add_counts "$work/platform"
	return $rc
}

for label in $labels; do
	case $label in
	unit)
		build_or_end unit 1 release
		stage unit 1 suite release -L unit
		;;
	flow)
		build_or_end flow 1 release
		stage flow 4 suite release -L flow -LE long
		;;
	sanitizer)
		build_or_end asan 2 asan
		stage asan 7 suite asan -L 'unit|flow' -LE 'slow|long'
		build_or_end tsan 1 tsan
		stage tsan 1 suite tsan -L thread
		;;
	packages)
		build_or_end packages 1 release
		stage packages 4 suite release -L package
		;;
	platform) stage platform 8 platform ;;
	long)
		build_or_end long 1 release
		stage long 60 suite release -L long
		;;
	*) echo "tests/run.sh: no label $label; there are $everything long" >&2; exit 64 ;;
	esac
done

print_summary
[ ${#failed[@]} = 0 ] || exit 1
if [ "$labels" = "$everything" ] && [ -z "$(git status --porcelain 2>/dev/null)" ]; then
	git rev-parse HEAD >build/.passed 2>/dev/null || rm -f build/.passed
fi
exit 0
