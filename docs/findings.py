#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the manual's page of all findings from libdaotp/core/catalogue.def.

  findings.py CATALOGUE.def PAGE.md
"""
import pathlib
import re
import sys

STRING = r'"(?:[^"\\]|\\.)*"'
STAGES = ["call", "prepare", "resolve", "connect", "tls", "otp", "signature", "submit", "profile", "chain", "revocation",
          "store", "logon", "decode", "request", "user", "code", "sign"]
ROW = re.compile(rf'^ROW\((\d+), (\w+),\s*({STRING}),\s*(\w+),\s*(\w+),\s*(\w+),((?:\s*(?:{STRING}|,))*)\s*\)', re.M)


def rows(text):
    for number, _name, ident, stage, severity, status, rest in ROW.findall(text):
        texts = ["".join(s[1:-1] for s in re.findall(STRING, part)) for part in split(rest)]
        title, wanted, hint, source, aliases = (t.replace(r"\"", '"').replace(r"\\", "\\") for t in texts)
        yield int(number), ident.strip('"'), stage.lower(), severity.lower(), status.lower(), title, wanted, hint, source, aliases


def split(rest):
    """At the commas that stand between strings."""
    return re.sub(STRING, lambda m: m.group(0).replace(",", "\0"), rest).replace("\n", " ").split(",")


def safe(text):
    """Text that Markdown and Doxygen leave alone. Doxygen shows &#95; as it stands, so it is backslashes."""
    text = text.replace("\0", ",").replace("&", "&amp;")
    text = re.sub(r"([\\`*_#@|$%])", r"\\\1", text)
    text = re.sub(r"-{2,}", lambda m: "\\" + m.group(0), text)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def sentence(text):
    return safe(text[0].upper() + text[1:])


def page(text):
    found = list(rows(text))
    wanted = len(re.findall(r"^ROW\(", text, re.M))
    assert len(found) == wanted, f"{len(found)} rows were read, {wanted} are there"
    unknown = {row[2] for row in found} - set(STAGES)
    assert not unknown, f"not a stage: {unknown}"
    out = ["# Every finding {#findings}", "", "After this page you know which findings there are, and what to do about each.", "",
           f"{len(found)} rows, by stage. `daotp explain ID` tells the same; how to read one is in "
           "[Errors and findings](@ref errors).", ""]
    for stage in STAGES:
        out += [f"## {stage}", ""]
        for number, ident, where, severity, status, title, needed, hint, source, aliases in found:
            if where == stage:
                out += [f"### {ident} {{#{ident}}}", "", f"{sentence(title)}.  ",
                        f"Wanted: {safe(needed)}.  " if needed else "",
                        f"What to do: **{safe(hint)}**.  " if hint else "",
                        f"Source: {safe(source)}. Number {number}, {severity}, status {status}."
                        + (f" Also known as: {safe(aliases)}." if aliases else ""), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)) + "\n"


def write(path, text):
    """A page that is as before keeps its time."""
    path = pathlib.Path(path)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    write(sys.argv[2], page(pathlib.Path(sys.argv[1]).read_text()))


if __name__ == "__main__":
    main()
