#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write daotp.conf.5: the template, with the keys of libdaotp/profile/keys.def.

  profile.py LIBDAOTP daotp.conf.5.in daotp.conf.5
"""
import pathlib
import re
import sys

TEXT = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
ROW = re.compile(r'^ROW\((\w+), "([\w-]+)", (\w+), "([^"]*)", (ONE|MANY), (\w+),\s*' + TEXT + r",\s*" + TEXT + r",\s*" +
                 TEXT + r"\)", re.M)


def joined(text):
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return "".join(parts).replace(r"\\", "\\").replace(r"\"", '"')


def read_keys(folder):
    """The rows of the table: name, what is wanted, list or not, group, setter, meaning, example."""
    wanted = {kind: joined(text) for kind, text in re.findall(
        r"\[DAOTP__VALUE_(\w+)\] =\s*" + TEXT, (folder / "profile/value.c").read_text())}
    for name, key, kind, choices, many, group, setter, meaning, example in ROW.findall(
            (folder / "profile/keys.def").read_text()):
        yield {"key": key, "wanted": choices.replace("|", ", ") if kind == "CHOICE" else wanted[kind],
               "many": many == "MANY", "group": "" if group == "OTHERS" else group.lower(), "setter": joined(setter),
               "meaning": joined(meaning), "example": joined(example)}


def escaped(text):
    text = text.replace("\\", r"\e").replace("'", r"\(aq").replace("~", r"\(ti").replace("^", r"\(ha")
    text = re.sub(r"(?<=[A-Za-z0-9)])([.?]) (?=[A-Z])", r"\1\n", text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def section(row):
    marks = (["may be given again"] if row["many"] else []) + ([f"locked with {row['group']}"] if row["group"] else [])
    return (f".It Cm {row['key']} No = Ar value\n{escaped(row['meaning'])}\n.br\n"
            + escaped(f"Value: {row['wanted']}{''.join('; ' + mark for mark in marks)}.") + "\n.br\n"
            + escaped(f"Example: {row['example']}") + "\n.br\n" + escaped(f"For: {row['setter']}") + "\n")


if __name__ == "__main__":
    folder, template, target = map(pathlib.Path, sys.argv[1:4])
    made = template.read_text().replace("@KEYS@", "".join(section(row) for row in read_keys(folder)))
    if not target.exists() or target.read_text() != made:
        target.write_text(made)
