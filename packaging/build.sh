#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Make the Debian packages: the tree is copied, packaging/debian becomes its debian/, and
# dpkg-buildpackage does the rest. The same sources give the same bytes.
#
#   packaging/build.sh OUT [TREE]     TREE: where it is built; a temporary folder unless given
set -euo pipefail
out=$(realpath -m "${1:?usage: packaging/build.sh OUT [TREE]}")
cd "$(dirname "$0")/.."
tree=${2:-}
[ -n "$tree" ] || { tree=$(mktemp -d)/libdaotp && trap 'rm -rf "${tree%/*}"' EXIT; }
mkdir -p "$tree" "$out"
if git rev-parse --git-dir >/dev/null 2>&1; then git ls-files -co --exclude-standard -z; else find . -name build -prune -o -type f -print0; fi |
	while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
	tar -c --null -T - -f - | tar -x -C "$tree"
mv "$tree/packaging/debian" "$tree/debian"
if [ -e "$tree/bindings/python/pyproject.toml" ]; then
	cat "$tree/debian/control.python" >>"$tree/debian/control"
	sed -i 's/ liboath-dev, doxygen$/ liboath-dev, doxygen, dh-python, python3-all, python3-setuptools, pybuild-plugin-pyproject/' \
	    "$tree/debian/control"
fi
rm "$tree/debian/control.python"
# the ledger of the ABI is the one list of symbols: name, since, header
{
	echo 'libdaotp.so.0 libdaotp0 #MINVER#'
	echo '* Build-Depends-Package: libdaotp-dev'
	awk '!seen[$2]++ { print " DAOTP_" $2 "@DAOTP_" $2, $2 } { print " " $1 "@DAOTP_" $2, $2 }' "$tree/tests/abi/ledger.txt" |
		LC_ALL=C sort
} >"$tree/debian/libdaotp0.symbols"
cd "$tree"
export PATH=/usr/sbin:/usr/bin:/sbin:/bin # the Python of the distribution
export DPKG_GENSYMBOLS_CHECK_LEVEL=4 # a symbol more or less than the ledger has is an error
dpkg-buildpackage -b -us -uc -rfakeroot -j2 >"$out/build.log" 2>&1 || { tail -15 "$out/build.log" | cut -c1-300 >&2; exit 1; }
mv ../*.deb ../*.changes ../*.buildinfo "$out"
