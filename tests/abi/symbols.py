#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The public names: headers, version script, baseline and built library must list the same ones,
each in the node of the version it came with.

  symbols.py check LIBRARY   compare; print what differs, exit 1
  symbols.py map             write libdaotp/libdaotp.map, a node a version, chained, and the ledger
                             tests/abi/ledger.txt (name, since, header), from the headers

To add a function: give it `@since X.Y` of the version in daotp/version.h, then `symbols.py map`.
"""
import pathlib
import re
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
MAP = top / "libdaotp/libdaotp.map"
LEDGER = top / "tests/abi/ledger.txt"
BASELINE = top / "tests/abi/baseline.abi"
UNKNOWN = "?"


def ledger():
    """Each name with the version its comment says it came with, and its header."""
    rows = []
    for header in sorted((top / "include/daotp").rglob("*.h")):
        for comment, name in re.findall(r"/\*\*((?:(?!\*/).)*)\*/\s*DAOTP_API\b[^;]*?\b(daotp_\w+)\s*\(",
                                        header.read_text(), re.S):
            since = re.findall(r"@since\s+(\d+\.\d+)\s", comment)
            rows.append((name, since[-1] if since else UNKNOWN, header.relative_to(top / "include")))
    return sorted(rows)


def ledger_text():
    return "".join(f"{name} {since} {header}\n" for name, since, header in ledger())


def number(version):
    """So that 0.10 comes after 0.9."""
    return tuple(int(part) for part in version.split("."))


def map_text():
    """A node for each version that brought something, chained to the one before."""
    of = since_of_headers()
    text = ("/* SPDX-License-Identifier: BSD-2-Clause */\n"
            "/* A node a release, chained; a published node is never edited. */\n")
    before = None
    for version in sorted(set(of.values()), key=number):
        names = "".join(f"        {name};\n" for name in sorted(of) if of[name] == version)
        rest = "" if before else "    local:\n        *;\n"
        text += ("\n" if before else "") + f"DAOTP_{version} {{\n    global:\n{names}{rest}}}"
        text += (f" DAOTP_{before}" if before else "") + ";\n"
        before = version
    return text


# ---- who says in which version a name came ---------------------------------------------------------


def since_of_headers():
    return {name: since for name, since, _ in ledger()}


def since_of_library(path):
    out = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    symbols = [line.split() for line in out.splitlines()]
    pairs = [one[2].partition("@") for one in symbols if not one[2].startswith("DAOTP_")]  # a node's own
    return {name: node.lstrip("@").removeprefix("DAOTP_") for name, _, node in pairs}


def since_of_baseline():
    return dict(re.findall(r"<elf-symbol name='(\w+)' version='DAOTP_([\d.]+)'", BASELINE.read_text()))


def of_headers():
    names = set()
    for header in (top / "include/daotp").rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        names.update(re.findall(r"DAOTP_API\b[^;]*?\b(daotp_\w+)\s*\(", text))
    return names


def version_in_work():
    """Of the headers: "major.minor", and is this the release that brings it?"""
    text = (top / "include/daotp/version.h").read_text()
    major, minor, patch = (int(re.search(rf"VERSION_{part} (\d+)$", text, re.M)[1])
                           for part in ("MAJOR", "MINOR", "PATCH"))
    return f"{major}.{minor}", patch == 0


# ---- what is wrong -------------------------------------------------------------------------------


def differences(what, first, second):
    for name in sorted(set(first) | set(second)):
        a, b = first.get(name, "not there"), second.get(name, "not there")
        if a != b:
            yield f"{what}: {name}: {a}, and {b}"


def not_published(headers):
    """What was published stays where it is, and no node gets more once its version is out."""
    current, is_new = version_in_work()
    published = since_of_baseline()
    for name, since in headers.items():
        if number(since) > number(current):
            yield f"{name} is since {since}, and these headers are {current}"
        elif name not in published and (since != current or not is_new):
            yield f"{name} is since {since}, which is published without it"
    for name, since in published.items():
        if headers.get(name) != since:
            yield f"{name} was published in {since}, and is {headers.get(name, 'not there')}"


def not_said():
    said = {name for name, since in since_of_headers().items() if since != UNKNOWN}
    return [f"{name} does not say since when it is there" for name in sorted(of_headers() - said)]


def wrongs(library):
    headers = since_of_headers()
    yield from not_published(headers)
    if MAP.read_text() != map_text():
        yield f"{MAP.name} is not what the headers say: symbols.py map, and look at what changes"
    if LEDGER.read_text() != ledger_text():
        yield f"{LEDGER.name} is not what the headers say: symbols.py map, and look at what changes"
    yield from differences("headers and library", headers, since_of_library(library))


def main():
    wrong = not_said()
    if not wrong and sys.argv[1] == "map":
        MAP.write_text(map_text())
        LEDGER.write_text(ledger_text())
    elif not wrong:
        wrong = list(wrongs(sys.argv[2]))
    print("\n".join(wrong + [f"{len(of_headers())} public names"]))
    return 1 if wrong else 0


sys.exit(main())
