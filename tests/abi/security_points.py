#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Is each statement of the security page held by a test that there is?

    security_points.py SOURCE_DIR CTEST BUILD_DIR

Compares security_points.txt with docs/manual/security.md (each item of "What the library guarantees", each row of
the table) and with the tests: those that ctest knows, and their functions.
"""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(sys.argv[1])
TESTS = TOP / "tests"


def statements():
    """The beginnings of all statements of the page, in order."""
    page = (TOP / "docs/manual/security.md").read_text(encoding="utf-8")
    held = page.split("## What the library guarantees")[1].split("\n## ")[0]
    table = page.split("## What a peer can use up")[1].split("\n## ")[0]
    items = ["".join(re.findall(r"\*\*(.+?)\*\*", item, re.S)[:1]) for item in re.split(r"\n- ", held)[1:]]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")][2:]
    return [re.sub(r"\s+", " ", text) for text in items + rows]


def points():
    """What is listed: (beginning of a statement, its tests)."""
    listed = []
    for line in (TESTS / "abi/security_points.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            listed[-1][1].append(line.split())
        elif line and not line.startswith("#"):
            listed.append((line, []))
    return listed


def sources_of(name):
    """The program of a test: flow_step_flow is step_flow.c, flow_fetch_hostile test_fetch_hostile.c."""
    if not name.startswith("flow_"):
        return sorted(TESTS.glob(f"*/{name}.c"))
    bare = name.removeprefix("flow_")
    return [TESTS / f"flow/{stem}.c" for stem in (bare, "test_" + bare) if (TESTS / f"flow/{stem}.c").exists()]


def fault_of(test, known):
    """Why this is no test; None when it is one. A program of cmocka is named with its function."""
    sources = sources_of(test[0])
    if test[0] not in known:
        return f"there is no test {test[0]}"
    if len(test) > 1 and not any(re.search(rf"^static \w+ {test[1]}\(", path.read_text(encoding="utf-8"), re.M)
                                 for path in sources):
        return f"{test[0]} has no function {test[1]}"
    if len(test) == 1 and any("cmocka_unit_test" in path.read_text(encoding="utf-8") for path in sources):
        return f"{test[0]} is named without a function"
    return None


def main():
    """Say what does not fit."""
    names = subprocess.run([sys.argv[2], "-N"], cwd=sys.argv[3], capture_output=True, text=True, check=True)
    known = set(re.findall(r"Test +#\d+: (\S+)", names.stdout))
    said, listed, faults = statements(), points(), []
    for text in said:
        if not any(text.startswith(beginning) and tests for beginning, tests in listed):
            faults.append(f"no test holds: {text}")
    for beginning, tests in listed:
        if not any(text.startswith(beginning) for text in said):
            faults.append(f"the page does not say: {beginning}")
        faults += [f"{beginning}: {fault}" for fault in (fault_of(test, known) for test in tests) if fault]
    print("\n".join(faults) or f"{len(said)} statements, each held by a test")
    sys.exit(len(faults) > 0)


main()
