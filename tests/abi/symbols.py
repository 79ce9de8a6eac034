#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The public names: headers, version script and built library must list the same ones.

  symbols.py check LIBRARY   compare; print what differs, exit 1
  symbols.py map             write the newest node of libdaotp/libdaotp.map from the headers
"""
import pathlib
import re
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
MAP = top / "libdaotp/libdaotp.map"


def of_headers():
    names = set()
    for header in (top / "include/daotp").rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        names.update(re.findall(r"DAOTP_API\b[^;]*?\b(daotp_\w+)\s*\(", text))
    return names


def of_map():
    return set(re.findall(r"^\s+(daotp_\w+);", MAP.read_text(), re.M))


def of_library(path):
    out = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    names = {line.split()[2].split("@")[0] for line in out.splitlines() if line.split()[1] in "TDBR"}
    return {name for name in names if not name.startswith("DAOTP_")}


def compare(what, a, b):
    for name in sorted(a ^ b):
        print(f"{what}: {name} is only in {'the first' if name in a else 'the second'}")
    return a == b


if sys.argv[1] == "map":
    names = "".join(f"        {name};\n" for name in sorted(of_headers()))
    MAP.write_text("/* SPDX-License-Identifier: BSD-2-Clause */\n"
                   "/* A node a release, chained; a published node is never edited. */\n"
                   "DAOTP_0.1 {\n    global:\n" + names + "    local:\n        *;\n};\n")
else:
    ok = compare("headers and version script", of_headers(), of_map())
    ok = compare("version script and library", of_map(), of_library(sys.argv[2])) and ok
    print(f"{len(of_map())} public names")
    sys.exit(0 if ok else 1)
