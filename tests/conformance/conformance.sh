#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# One run of daotp-conformance, for ctest: skipped where the vectors are not there.
#
#   conformance.sh PROGRAM VECTORS pkits|limbo|subset|judge|malformed_inputs|difference|asked
set -uo pipefail
program=$1 vectors=$2
limbo=$vectors/limbo/limbo.json
[ -e "$vectors/pkits/manifest.json" ] && [ -e "$limbo" ] || exit 77

# One case of each suite with its answer turned round must be a failure, named; as it is, none.
judge() {
	local out rc
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	python3 "$(dirname "$0")/flip_expectations.py" "$vectors" "$dir" || return 1
	for row in "pkits --pkits $dir/pkits 4.1.1" "limbo --limbo $dir/limbo.json webpki::san::exact-dns-san"; do
		read -r suite option path id <<<"$row"
		out=$("$program" "$option" "$path")
		rc=$?
		[ $rc = 1 ] && grep -qxF "$id" <<<"$out" && [ "$(tail -1 <<<"$out")" = '0 passed, 1 failed' ] ||
		    { echo "not ok: $suite turned round: $rc"; echo "$out"; return 1; }
	done
	"$program" --pkits "$vectors/pkits" --only 4.1.1 >/dev/null &&
	    "$program" --limbo "$limbo" --only webpki::san::exact-dns-san >/dev/null ||
	    { echo 'not ok: as they are'; return 1; }
	echo ok
}

# What the program says of itself, and of options that it has not got.
asked() {
	local rc

	"$program" --help | grep -q '^example: ' || { echo 'not ok: --help has no example'; return 1; }
	for options in '--no-such-option' '' "$vectors/pkits" "--seed x $vectors/pkits $limbo" \
	    "--forged 1x $vectors/pkits $limbo"; do
		"$program" $options >/dev/null 2>&1
		rc=$?
		[ $rc = 64 ] || { echo "not ok: '$options': $rc"; return 1; }
	done
	"$program" --only 'no such case' --forged 0 "$vectors/pkits" "$limbo" >/dev/null 2>&1
	rc=$?
	[ $rc = 66 ] || { echo "not ok: nothing to run: $rc"; return 1; }
	echo ok
}

case $3 in
pkits) "$program" --verbose --pkits "$vectors/pkits" ;;
limbo) "$program" --verbose --limbo "$limbo" ;;
subset) "$program" --verbose --subset --pkits "$vectors/pkits" --limbo "$limbo" ;;
judge) judge ;;
malformed_inputs) exec python3 "$(dirname "$0")/malformed_inputs.py" "$program" "$vectors" ;;
difference) "$program" "$vectors/pkits" "$limbo" ;;
asked) asked ;;
*) exit 64 ;;
esac
