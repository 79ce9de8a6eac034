#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Put a frame around each page that Doxygen made: a sidebar with the manual first and the reference behind it, and
places at which long names may be broken.

  frame.py HTML-FOLDER INDEX.md

The sidebar is made from the tables of the manual's index page, so there is one list of pages.
"""
import html
import pathlib
import re
import sys

LONG = 12  # letters from which on a name may be broken, behind these:
BREAK = re.compile(r"(?<=[/_.:,=?-])(?=[^\s/_.:,=?-])")
REFERENCE = [("api.html", "The interface by topic"), ("findings.html", "Every finding"), ("files.html", "Headers"),
             ("globals.html", "Index of names")]


def pages(index):
    """(heading, [(file, title)]) of the index page, in its order; a page is named once."""
    seen = set()
    for part in re.split(r"^## ", index, flags=re.M)[1:]:
        heading, _, rest = part.partition("\n")
        links = []
        for title, name in re.findall(r"\[([^\]]+)\]\((?:@ref )?([a-z_]+)(?:\.md)?\)", rest):
            if name not in seen and name not in ("api", "findings"):
                links.append((name + ".html", title[0].upper() + title[1:]))
                seen.add(name)
        if links:
            yield heading.strip(), links


def item(url, title, current):
    here = ' aria-current="page"' if url == current else ""
    return f'<li><a href="{url}"{here}>{html.escape(title)}</a></li>'


def sidebar(groups, current):
    lists = "".join(f"<h2>{html.escape(heading)}</h2><ul>" + "".join(item(*link, current) for link in links) + "</ul>"
                    for heading, links in groups)
    return ('<input type="checkbox" id="menu" aria-label="Show the pages">'
            '<nav id="sidebar" aria-label="Pages of the manual"><a class="home" href="index.html">libdaotp</a>'
            f'<label for="menu">Pages</label><div id="search-here"></div><div class="pages">{lists}</div></nav>\n')


def breakable(text):
    """Code and names of functions get places to be broken at, so that they are never broken elsewhere."""
    def in_text(match):
        word = match.group(0)
        return BREAK.sub("<wbr>", word) if len(word) >= LONG else word

    def in_element(match):
        parts = re.split(r"(<[^>]*>)", match.group(0))
        return "".join(part if part.startswith("<") else re.sub(r"(?:&[^;\s]+;|[^\s&])+", in_text, part) for part in parts)
    return re.sub(r"<code>.*?</code>|<a class=\"el\"[^>]*>.*?</a>|<h[1-4]\b.*?</h[1-4]>|<div class=\"title\">.*?</div>", in_element,
                  text, flags=re.S)


def unlinked(text):
    """Doxygen makes a link of each https://..., also of an example."""
    return re.sub(r'<a href="(https?:[^"]*)">(.*?)</a>', lambda m: m.group(0) if re.match(
        r"https?://[a-z0-9.-]+\.[a-z]{2,}(/|$)", m.group(1)) else m.group(2), text)


def frame(path, groups):
    text = path.read_text(encoding="utf-8")
    if 'id="sidebar"' in text or "<body>" not in text:
        return
    text = re.sub(r'<div class="summary">.*?</div>', "", breakable(unlinked(text)), flags=re.S)  # what the page's headings say
    text = text.replace("<body>", "<body>\n" + sidebar(groups, path.name), 1)
    path.write_text(text, encoding="utf-8")


def main():
    folder, index = map(pathlib.Path, sys.argv[1:])
    groups = [*pages(index.read_text(encoding="utf-8")), ("Reference", REFERENCE)]
    for path in folder.glob("*.html"):
        frame(path, groups)
    print(f"{sum(len(links) for _, links in groups)} pages in the sidebar")


main()
