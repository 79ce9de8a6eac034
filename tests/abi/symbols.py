#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The public names: headers, version script and built library must list the same ones.

  symbols.py check LIBRARY   compare; print what differs, exit 1
  symbols.py map             write the newest node of libdaotp/libdaotp.map, and the ledger
                             tests/abi/ledger.txt (name, since, header), from the headers
"""
import pathlib
import re
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
MAP = top / "libdaotp/libdaotp.map"
LEDGER = top / "tests/abi/ledger.txt"


def ledger():
    """Each name with the version its comment says it came with, and its header."""
    rows = []
    for header in sorted((top / "include/daotp").rglob("*.h")):
        for comment, name in re.findall(r"/\*\*((?:(?!\*/).)*)\*/\s*DAOTP_API\b[^;]*?\b(daotp_\w+)\s*\(",
                                        header.read_text(), re.S):
            since = re.findall(r"Since\s*(?:\*\s*)?(\d+\.\d+)\.", comment)
            rows.append((name, since[-1] if since else "?", header.relative_to(top / "include")))
    return sorted(rows)


def ledger_text():
    return "".join(f"{name} {since} {header}\n" for name, since, header in ledger())


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
    LEDGER.write_text(ledger_text())
else:
    ok = compare("headers and version script", of_headers(), of_map())
    ok = compare("version script and library", of_map(), of_library(sys.argv[2])) and ok
    ok = compare("headers and ledger", of_headers(), {row[0] for row in ledger()}) and ok
    if LEDGER.read_text() != ledger_text() or " ? " in ledger_text():
        print("the ledger is not what the headers say: symbols.py map, and look at what changes")
        ok = False
    print(f"{len(of_map())} public names")
    sys.exit(0 if ok else 1)
