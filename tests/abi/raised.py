#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every row of the catalogue is raised: named in a source file, the finding of an HRESULT, or found by
the number that Kerberos or a domain controller has for it. What nothing raises is a promise that is not kept."""
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1])
table = (top / "libdaotp/core/catalogue.def").read_text()
rows = re.findall(r'^ROW\(\d+, (\w+), "([A-Z0-9-]+)",.*?"([^"]*)"\)$', table, re.M | re.S)
source = "".join(file.read_text() for folder in ("libdaotp", "store-pkcs11", "store-redis", "examples")
                 for file in sorted((top / folder).rglob("*.c")))
named = set(re.findall(r"\bDAOTP_FINDING_(\w+)", source))
# What only an extender can raise is raised by a sample of the manual, which a test runs.
samples = "".join(page.read_text() for page in sorted((top / "docs/manual").glob("*.md")))
named |= set(re.findall(r"\bdaotp_report_(?:add|conclude)\([^;]*?\bDAOTP_FINDING_(\w+)", samples))
named |= set(re.findall(r"^ROW\(\w+, \w+, (\w+)\)", (top / "libdaotp/ca/hresult.def").read_text(), re.M))
idle = [identifier for name, identifier, aliases in rows
        if name not in named and not re.search(r"\bkrb5?:-?\d|0xC0", aliases)]
print("\n".join(f"{identifier}: nothing raises it" for identifier in idle) if idle
      else f"{len(rows)} rows are raised")
sys.exit(1 if idle or len(rows) < 200 else 0)
