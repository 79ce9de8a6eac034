#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every link leads somewhere: in the pages of the tree as they are read as text, and in the HTML manual.

  links.py SOURCE          README, CONTRIBUTING, SECURITY, CHANGELOG, the manual, the binding's README
  links.py SOURCE HTML     each page of the HTML, its pictures, styles and scripts too

What is outside is not fetched: it must be a whole https or http address.
"""
import html.parser
import pathlib
import re
import sys
import urllib.parse

SOURCE = pathlib.Path(sys.argv[1]).resolve()
wrong, count = [], 0


def check(good, where, link):
    global count
    count += 1
    if not good:
        wrong.append(f"{where}: {link}")


def is_outside(link):
    return re.match(r"[a-z][a-z0-9+.-]*:", link) is not None


def check_outside(where, link):
    check(re.fullmatch(r"(https?://[a-z0-9.-]+\.[a-z]{2,}(/\S*)?|mailto:\S+@\S+|javascript:\S+)", link), where, link)


# ---- pages as text -------------------------------------------------------------------------------


def anchors_of(text):
    """Those that are written, {#name}, and those that a heading makes."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*?)(?: \{#([\w-]+)\})?$", text, re.M)
    made = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading, _ in headings}
    return made | {name for _, name in headings if name}


def check_text(path):
    text = path.read_text(encoding="utf-8")
    shown = re.sub(r"^```.*?^```$|`[^`\n]*`|^    .*$", "", text, flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", shown):
        if link.startswith("@ref"):
            continue
        if is_outside(link):
            check_outside(path.name, link)
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name) if name else path
        is_there = target.exists() and SOURCE in target.resolve().parents
        check(is_there and (not anchor or anchor in anchors_of(target.read_text(encoding="utf-8"))), path.name, link)


# ---- HTML ----------------------------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.add(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def check_html(folder):
    pages = {path.name: Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}
    assert len(pages) > 50, "no manual"
    for name, page in pages.items():
        for link in sorted(page.links):
            if is_outside(link):
                check_outside(name, link)
                continue
            file, _, anchor = urllib.parse.unquote(link).partition("#")
            file = file.partition("?")[0] or name
            good = (folder / file).exists() and (not anchor or file in pages and anchor in pages[file].anchors)
            check(good, name, link)
    reachable, more = set(), ["index.html"]
    while more:
        name = more.pop()
        if name in pages and name not in reachable:
            reachable.add(name)
            more += [urllib.parse.unquote(link).partition("#")[0] for link in pages[name].links]
    manual = {path.stem + ".html" for path in (SOURCE / "docs/manual").glob("*.md")}
    check(manual <= reachable, "index.html", f"leads not to {sorted(manual - reachable)}")
    for name, page in pages.items():
        check("sidebar" in page.anchors, name, "has no sidebar")


if len(sys.argv) > 2:
    if not pathlib.Path(sys.argv[2], "index.html").exists():
        print("skipped: no manual was made")
        sys.exit(77)
    check_html(pathlib.Path(sys.argv[2]))
else:
    texts = [SOURCE / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bindings/python/README.md")]
    for one in [*texts, *sorted((SOURCE / "docs/manual").glob("*.md"))]:
        check_text(one)
print("\n".join(wrong) or f"{count} links")
sys.exit(1 if wrong or count < 50 else 0)
