#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every public header compiles alone, as C99, C11, C++11 and C++20, warnings as errors.
set -euo pipefail
top=$1
for header in "$top"/include/daotp/*.h "$top"/include/daotp/sys/*.h; do
	for how in 'gcc -std=c99 -x c' 'gcc -std=c11 -x c' 'g++ -std=c++11 -x c++' 'g++ -std=c++20 -x c++'; do
		$how -pedantic -Wall -Wextra -Wshadow -Werror -I"$top/include" -fsyntax-only \
		    -include "$header" /dev/null || { echo "not ok: $header, $how"; exit 1; }
	done
done
# what the comments say of parameters fits the declarations
if command -v clang >/dev/null; then
	for header in "$top"/include/daotp/*.h "$top"/include/daotp/sys/*.h; do
		clang -std=c11 -Wdocumentation -Werror -I"$top/include" -fsyntax-only -x c "$header" ||
		    { echo "not ok: $header, -Wdocumentation"; exit 1; }
	done
else
	echo "# no clang: -Wdocumentation is not looked at"
fi
echo "ok"
