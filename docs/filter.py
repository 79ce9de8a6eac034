#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What Doxygen reads of a page of the manual. The pages are written for who reads them as text:

  [words](page.md)       becomes a reference to that page (doxygen 1.9.8 resolves those by page only)
  [words](../../FILE)    becomes the words, for the file is not in the HTML
  Findings: A, B.        becomes a table: what is wrong, and what to do, from the catalogue

  filter.py CATALOGUE.def PAGE.md
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from findings import rows, sentence  # noqa: E402


def table(ids, catalogue):
    known = {row[1]: row for row in rows(catalogue)}
    unknown = [name for name in ids if name not in known]
    if unknown:
        sys.exit(f"no such findings: {unknown}")
    lines = ["| Finding | What is wrong | What to do |", "|---|---|---|"]
    lines += [f"| @ref {name} \"{name}\" | {sentence(known[name][5])} | {sentence(known[name][7])} |" for name in ids]
    return "\n".join(lines)


def page(text, catalogue):
    text = re.sub(r"\]\(([a-z_]+)\.md\)", r"](@ref \1)", text)
    text = re.sub(r"\[([^\]]+)\]\(\.\./\.\./[^)]+\)", r"\1", text)
    return re.sub(r"^Findings: ([A-Z0-9, -]+)\.$", lambda m: table(m.group(1).split(", "), catalogue), text, flags=re.M)


if __name__ == "__main__":
    sys.stdout.write(page(pathlib.Path(sys.argv[2]).read_text(), pathlib.Path(sys.argv[1]).read_text()))
