#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make the manual searchable: Doxygen's own search finds names by how they begin, and people have the id of a
finding, a word, or the middle of a name. Each section, function and finding becomes a line of an index that
search.js looks through, in any page, without a server.

  search.py HTML-FOLDER SEARCH.js
"""
import html.parser
import json
import pathlib
import re
import shutil
import sys

SKIP = {"script", "style"}
BLOCK = {"p", "li", "td", "th", "dt", "dd", "tr", "div", "pre"}
NO_TEXT = {"memproto", "permalink", "summary", "memberdecls"}
CODE = {"fragment"}
VOID = {"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr"}


class Page(html.parser.HTMLParser):
    """A page's sections: [anchor, heading, text, samples]. What navigates is left out."""

    def __init__(self, text):
        super().__init__()
        self.sections = []
        self.depth = 0       # within div.contents
        self.skipped = 0     # within something that is no text
        self.heading = 0     # within a heading
        self.code = 0        # within a sample
        self.title = ""
        self.in_title = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        kind = at.get("class") or ""
        self.in_title = self.in_title or kind == "title" or "headertitle" in kind
        if tag in VOID:
            return
        if self.skipped or tag in SKIP or (self.depth and kind in NO_TEXT):
            self.skipped += 1
        elif self.depth:
            self.depth += 1
            if kind in CODE and not self.code:
                self.code = self.depth
            if tag == "a" and at.get("id") and (kind == "anchor" or not at.get("href")):
                self.sections.append([at["id"], "", "", ""])
            elif re.fullmatch(r"h[1-4]", tag):
                self.heading = self.depth
        elif tag == "div" and kind == "contents":
            self.depth = 1
            self.sections.append(["", self.title.strip(), "", ""])

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if self.skipped:
            self.skipped -= 1
            return
        if tag == "div":
            self.in_title = False
        if self.code and self.code == self.depth:
            self.code = 0
        elif self.depth and tag in BLOCK and not self.heading and not self.code:
            self.end_sentence(tag)
        if self.depth:
            if self.heading == self.depth:
                self.heading = 0
            self.depth -= 1

    def end_sentence(self, tag):
        """What stands in a block of its own is a sentence, also where no full stop ends it."""
        section = self.sections[-1]
        text = section[2].rstrip()
        if text and tag != "tr" and text[-1] not in ".:;?!":
            text += ":" if tag in ("dt", "th") else "."
        section[2] = text + " " if text else ""

    def handle_data(self, data):
        if self.in_title and not self.depth:
            self.title += data
        if self.depth and not self.skipped:
            self.sections[-1][1 if self.heading else 3 if self.code else 2] += data


def lines(folder):
    for path in sorted(folder.glob("*.html")):
        if re.search(r"_source\.html$|^(globals|files|dir_|annotated|classes|pages|functions)", path.name):
            continue
        page = Page(path.read_text(encoding="utf-8"))
        last = page.title.strip()
        for anchor, heading, text, code in page.sections:
            words = [" ".join(part.replace("\u25c6", " ").replace("\u00a0", " ").split()) for part in (heading, text, code)]
            last = words[0] or last
            if words[0] or words[1] or words[2]:
                yield [path.name + ("#" + anchor if anchor else ""), last, page.title.strip(), words[1][:1500], words[2][:1500]]


def main():
    folder, script = map(pathlib.Path, sys.argv[1:])
    index = list(lines(folder))
    (folder / "search-index.js").write_text(
        "const searchIndex = " + json.dumps(index, ensure_ascii=False, separators=(",", ":")) + ";\n", encoding="utf-8")
    shutil.copyfile(script, folder / "search.js")
    tag = '<script defer src="search.js"></script>\n'
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        if tag not in text:
            path.write_text(text.replace("</head>", tag + "</head>", 1), encoding="utf-8")
    print(f"{len(index)} lines to search in")


main()
