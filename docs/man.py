#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write libdaotp.3: the template, with the names of the public headers.

  man.py INCLUDE-DIR libdaotp.3.in libdaotp.3
"""
import pathlib
import re
import sys

include, template, target = map(pathlib.Path, sys.argv[1:4])


def names(header):
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
    return re.findall(r"\bDAOTP_API\b[^;]*?\b(daotp_\w+)\s*\(", text)


def section(header):
    found = names(header)
    if not found:
        return ""
    lines = [f".Fn {name} ," for name in found]
    lines[-1] = lines[-1].removesuffix(" ,")
    return f".Ss {header.relative_to(include)}\n" + "\n".join(lines) + "\n"


functions = "".join(section(header) for header in sorted(include.rglob("*.h")))
made = template.read_text().replace("@FUNCTIONS@", functions)
if not target.exists() or target.read_text() != made:
    target.write_text(made)
