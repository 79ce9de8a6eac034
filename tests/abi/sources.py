#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each C file of the library, the examples and the tests is named in a CMake file: what is listed
nowhere is built and tested nowhere. The headers of tests/support declare, and hold no function.

  sources.py SOURCE-DIR
"""
import pathlib
import re
import sys

TOP = pathlib.Path(sys.argv[1])
WORDS = set()
for path in [*TOP.rglob("CMakeLists.txt"), *TOP.rglob("*.cmake")]:
    if "build" not in path.relative_to(TOP).parts:
        WORDS |= set(re.findall(r"[\w.${}/-]+", path.read_text()))
NAMES = {word.rsplit("/", 1)[-1] for word in WORDS}

missing, count = [], 0
for folder in ("libdaotp", "libdaotp-pkcs11", "store-pkcs11", "store-redis", "examples", "tests/support", "tests/unit", "tests/torture", "tests/fuzz"):
    for path in sorted((TOP / folder).rglob("*.c")):
        name = path.relative_to(TOP).as_posix()
        count += 1
        if path.name not in NAMES and not path.name.startswith("http_syntax_"):
            missing.append(f"{name} is named in no CMake file")
# fetch_names.h gives a program functions of libc's: it can be in no archive.
for path in sorted((TOP / "tests/support").glob("*.h")):
    if path.name != "fetch_names.h" and re.search(r"^\{", path.read_text(), re.M):
        missing.append(f"{path.relative_to(TOP)} holds a function: it belongs into a .c file beside it")
print("\n".join(missing) or f"{count} files")
sys.exit(1 if missing or not count else 0)
