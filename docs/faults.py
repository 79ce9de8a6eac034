#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the manual's page of the lab's faults, of what finds each, and where, from the table of the lab.

  faults.py FAULTS.def CATALOGUE.def PAGE.md
"""
import pathlib
import re
import sys

from findings import STRING, rows, safe, write

ROW = re.compile(rf"^FAULT\(\s*({STRING}),\s*((?:{STRING}\s*)+),\s*({STRING}),\s*(NULL|{STRING}),", re.M)
GROUPS = (("The OTP server: reach it", "responder- otp-server- server-"),
          ("The OTP server: HTTP and the answer", "http- answer- no-issuing-"),
          ("The machine certificate", "machine-"), ("The RA signing certificate", "ra- user-"),
          ("The code and RADIUS", "radius-"), ("The CA: reach it", "ca-down ces- icpr- dcom- rpc- ca-bare- ca-access"),
          ("The CA: its decision", "ca- template- enroll- sha1- key- two-"), ("What was issued", "cert-"),
          ("Revocation", "crl-"), ("The KDC and the account", "kdc- account-"))


def text_of(literals):
    return "".join(one[1:-1] for one in re.findall(STRING, literals)).replace(r"\"", '"')


def read_faults(text):
    found = [tuple(text_of(part) for part in row) for row in ROW.findall(text)]
    wanted = len(re.findall(r"^FAULT\(", text, re.M))
    assert len(found) == wanted, f"{len(found)} rows were read, {wanted} are there"
    return found


def group_of(name):
    """Of the prefixes that fit, the longest decides."""
    fits = [(len(prefix), title) for title, prefixes in GROUPS for prefix in prefixes.split() if name.startswith(prefix)]
    assert fits, f"{name} is in no group"
    return max(fits)[1]


def finding_links(ids, titles):
    if ids == "NONE":
        return "none: the enrolment ends well"
    return " or ".join(f"[{one}](@ref {one})" for one in ids.split(",") if one in titles)


def evidence(finding, how, titles):
    if how.startswith("log:"):
        one = how[4:]
        return f"the client is told no more than OtherError; the responder's log has [{one}](@ref {one}): {safe(titles[one])}"
    seen = [safe(titles[one]) for one in finding.split(",") if one in titles]
    ways = {"way:": "by RPC: ", "rsa": "with a key of 2048 bits: ", "patience": "when the time is up: "}
    before = next((text for prefix, text in ways.items() if how.startswith(prefix)), "")
    return before + (seen[0] if seen else "no warning either")


def page(faults, titles):
    out = ["# Faults, findings, evidence {#faults}", "",
           "After this page you know what a broken deployment looks like: which finding names each fault, and where it shows.",
           "", f"{len(faults)} faults that `daotp lab break DIR NAME` makes, and `daotp lab mend` mends. A test makes each, "
           "enrols, and looks for the finding: it is the verdict, the verdict's cause, or a warning of a run that ends well.", ""]
    for title, _prefixes in GROUPS:
        out += [f"## {title}", "", "| Fault | What is broken | Finding | Evidence |", "|---|---|---|---|"]
        out += [f"| {name} | {safe(what)} | {finding_links(finding, titles)} | {evidence(finding, how, titles)} |"
                for name, what, finding, how in faults if group_of(name) == title]
        out.append("")
    return "\n".join(out)


def main():
    faults, catalogue, out = (pathlib.Path(one) for one in sys.argv[1:4])
    titles = {row[1]: row[5].replace("\0", ",") for row in rows(catalogue.read_text())}
    write(out, page(read_faults(faults.read_text()), titles))


if __name__ == "__main__":
    main()
