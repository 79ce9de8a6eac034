#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Published numbers are pinned in libdaotp/core/pins.c, one assertion an enumerator.

  pins.py check   every enumerator of the public headers is pinned, none twice
  pins.py add     pin those that are not yet; what is pinned is never changed
"""
import pathlib
import re
import sys

top = pathlib.Path(__file__).resolve().parents[2]
PINS = top / "libdaotp/core/pins.c"


def published():
    """Name and value, in the order of the headers; the catalogue has assertions of its own."""
    for header in sorted((top / "include/daotp").rglob("*.h")):
        if header.name == "catalogue.h":
            continue
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        for body in re.findall(r"enum\b[^{;]*\{(.*?)\}", text, re.S):
            value = -1
            for item in filter(None, (part.strip() for part in body.split(","))):
                name, _, given = (word.strip() for word in item.partition("="))
                value = int(given, 0) if given else value + 1
                yield header.name, name, value


pinned = dict(re.findall(r"^PIN\((\w+), (-?\d+)\);", PINS.read_text(), re.M)) if PINS.exists() else {}
missing = [row for row in published() if row[1] not in pinned]
gone = sorted(set(pinned) - {row[1] for row in published()})
if sys.argv[1] == "add":
    PINS.write_text(PINS.read_text() + "".join(f"PIN({name}, {value});\n" for _, name, value in missing))
else:
    for _, name, _ in missing:
        print(f"{name} is not pinned")
    for name in gone:
        print(f"{name} was published, and is gone")
    print(f"{len(pinned)} numbers")
    sys.exit(1 if missing or gone or not pinned else 0)
