#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""No circles between the files of a folder of libdaotp/. NAME.c and NAME.h are one node; it needs
another one when it includes that one's header, or names a function that the other one defines. So a
header that several files share hides no circle.

  circles.py SOURCE-DIR
"""
import pathlib
import re
import sys

# Circles that wait to be mended, as FOLDER: [the files of one]. One that is no more is refused.
KNOWN = {}

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
DEFINITION = re.compile(r"^(?!static\b|typedef\b)[A-Za-z_][^;{}()=#]*?\b(\w+)\([^;{}]*\)\s*\{", re.M)


def read_node_needs(folder, texts):
    """texts: {file name: its text}. Answers {node: the nodes it needs}."""
    codes = {name: COMMENT_OR_TEXT.sub(" ", text) for name, text in texts.items()}
    defined = {}
    for name, code in codes.items():
        for function in DEFINITION.findall(code) if name.endswith(".c") else ():
            defined.setdefault(function, set()).add(name.split(".")[0])
    needs = {name.split(".")[0]: set() for name in texts}
    for name, text in texts.items():
        node = name.split(".")[0]
        for include in INCLUDE.findall(text):
            if include.split("/")[0] == folder:
                needs[node].add(include.split("/")[-1].split(".")[0])
        for word in set(re.findall(r"\w+", codes[name])) if name.endswith(".c") else ():
            needs[node] |= defined.get(word, set()) if node not in defined.get(word, ()) else set()
        needs[node].discard(node)
    return needs


def find_reached(needs, start):
    reached, todo = set(), [start]
    while todo:
        for node in needs.get(todo.pop(), ()):
            if node not in reached:
                reached.add(node)
                todo.append(node)
    return reached


def find_circles(needs):
    """Sorted lists of the nodes that reach each other."""
    reached = {node: find_reached(needs, node) for node in needs}
    circles = {tuple(sorted(other for other in reached[node] if node in reached.get(other, ())))
               for node in needs}
    return sorted(list(circle) for circle in circles if circle)


def check_self():
    """What is refused below is found here: an include, and a call through a header of both."""
    assert find_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]
    included = {"a.h": '#include "x/b.h"', "b.h": "", "b.c": '#include "x/a.h"'}
    assert find_circles(read_node_needs("x", included)) == [["a", "b"]]
    called = {"all.h": "void a(void); void b(void);",
              "a.c": "void a(void)\n{\n    b();\n}\n", "b.c": "void b(void)\n{\n    a();\n}\n"}
    assert find_circles(read_node_needs("x", called)) == [["a", "b"]]
    called["b.c"] = 'void b(void)\n{\n    /* a(); */ say("a");\n}\n'
    assert not find_circles(read_node_needs("x", called))


check_self()
wrong, count = [], 0
for path in sorted(p for p in (pathlib.Path(sys.argv[1]) / "libdaotp").iterdir() if p.is_dir()):
    files = {file.name: file.read_text() for file in sorted(path.glob("*.[ch]"))}
    circles = find_circles(read_node_needs(path.name, files))
    count += len(files)
    wrong += [f"{path.name}/: {', '.join(circle)} need each other" for circle in circles
              if circle not in KNOWN.get(path.name, [])]
    wrong += [f"{path.name}/: {', '.join(circle)}: no such circle any more" for circle in
              KNOWN.get(path.name, []) if circle not in circles]
assert count, "no sources"
print("\n".join(wrong) if wrong else f"{count} files, no circle")
sys.exit(1 if wrong else 0)
