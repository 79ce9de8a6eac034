#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The table of keys, and what is made of it, agree: the example file is what `daotp config keys`
prints; the man page has each key; each setter is a public function; each option that the tool makes
of a key is one of the command's, and each key but `locked` is an option of some command or is the
library's alone.

  profile.py DAOTP SOURCE BUILD
"""
import pathlib
import re
import subprocess
import sys

daotp, source, build = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
sys.path.insert(0, str(source / "docs"))
import profile as pages  # noqa: E402  (docs/profile.py, not the module of the standard library)

# Of these the tool has no option: the library sets them, and daotp config shows them.
LIBRARY_ALONE = {"locked", "reserved", "require-certificate", "user-form", "upn-form"}
wrong = []
rows = list(pages.read_keys(source / "libdaotp"))
keys = {row["key"] for row in rows}
if len(rows) < 70 or len(keys) != len(rows):
    wrong.append(f"{len(rows)} keys were read")

printed = subprocess.run([daotp, "config", "keys"], stdout=subprocess.PIPE, text=True, check=True).stdout
example = source / "docs/daotp.conf.example"
if printed != example.read_text():
    wrong.append(f"{example} is not what daotp config keys prints: write it again")
for row in rows:
    if f"#{row['key']} = {row['example']}\n" not in printed or row["meaning"] not in printed:
        wrong.append(f"daotp config keys has not {row['key']}")

page = build / "docs/daotp.conf.5"
if page.exists():
    shown = set(re.findall(r"^\.It Cm ([\w-]+) No = Ar value$", page.read_text(), re.M))
    wrong += [f"daotp.conf(5) has not {key}" for key in sorted(keys - shown)]

public = set(re.findall(r"^(daotp_\w+)", (source / "tests/abi/ledger.txt").read_text(), re.M))
for row in rows:
    for name in re.findall(r"daotp_\w+", row["setter"]):
        if name not in public:
            wrong.append(f"{row['key']}: {name}() is no public function")
    if row["setter"] != "tool" and "daotp_" not in row["setter"]:
        wrong.append(f"{row['key']} names no setter")

tool = (source / "examples/daotp/profile.c").read_text()
used = set()
for command, key, option in re.findall(r'\{"(\w+)", "([\w-]+)", "([\w-]+)",', tool) + [
        (command, key, key) for command, key in re.findall(r'SAME\("(\w+)", "([\w-]+)"\)', tool)] + [
        ("enroll", key, key) for key in re.findall(r'(?:ISSUER|FETCHED)\("([\w-]+)"\)', tool)]:
    command = {"radsec": "radius"}.get(command, command)
    text = (source / f"examples/daotp/{command}.c").read_text()
    for shared in re.findall(r'#include "(\w+_options\.h)"', text):
        text += (source / "examples/daotp" / shared).read_text()
    apart = source / f"examples/daotp/{command}_options.c"
    text += apart.read_text() if apart.exists() else ""
    used.add(key)
    if key not in keys:
        wrong.append(f"{command}: there is no key {key}")
    if f'{{"{option}", ' not in text:
        wrong.append(f"{command}: there is no option --{option}")
used |= set(re.findall(r'"([\w-]+)"', re.search(r"user_keys\[\] = \{(.*?)\}", tool, re.S).group(1)))
wrong += [f"no command takes {key}" for key in sorted(keys - used - LIBRARY_ALONE)]
wrong += [f"a command takes {key} after all" for key in sorted(LIBRARY_ALONE & used)]

print("\n".join(f"not ok - {line}" for line in wrong) if wrong else f"ok - {len(rows)} keys agree")
sys.exit(bool(wrong))
