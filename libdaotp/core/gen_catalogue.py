#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write include/daotp/catalogue.h from catalogue.def (run by hand; a unit test compares the two)."""
import pathlib
import re

here = pathlib.Path(__file__).resolve().parent
rows = re.findall(r'^ROW\((\d+), (\w+), "([A-Z0-9-]+)",', (here / "catalogue.def").read_text(), re.M)
numbers = [int(r[0]) for r in rows]
assert len(set(numbers)) == len(rows) and sorted(numbers) == numbers, "numbers: unique, ascending"
assert len({r[2] for r in rows}) == len(rows), "ids are unique"
width = max(len(r[1]) for r in rows)
enum = "\n".join(f"    DAOTP_FINDING_{name:<{width}} = {number}, /**< {ident} */" for number, name, ident in rows)
header = here.parent.parent / "include/daotp/catalogue.h"
text = (here / "catalogue.h.in").read_text().replace("@ROWS@", enum)
if not header.exists() or header.read_text() != text:
    header.write_text(text)
