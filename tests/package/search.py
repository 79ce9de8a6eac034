#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manual's search index: what people look for is in it, every line leads somewhere, every page has the box.

  search.py HTML-FOLDER
"""
import json
import pathlib
import re
import sys

HTML = pathlib.Path(sys.argv[1])
if not (HTML / "search-index.js").exists():
    print("skipped: no manual was made")
    sys.exit(77)
INDEX = json.loads((HTML / "search-index.js").read_text()[len("const searchIndex = "):].rstrip().rstrip(";"))
ANCHORS = {page.name: set(re.findall(r'\bid="([^"]+)"', page.read_text())) for page in HTML.glob("*.html")}
bad = 0


def check(good, what):
    global bad
    bad += not good
    print(f"{'ok' if good else 'not ok'} - {what}")


def finds(word):
    return [row for row in INDEX if word in row[1]]


for word in ("OTP-EKU", "TLS-SERVER-NAME", "daotp_client_set_trust", "daotp_verifier_add_crls", "Threads"):
    check(finds(word), f"{word} is found")
catalogue = (pathlib.Path(__file__).resolve().parents[2] / "libdaotp/core/catalogue.def").read_text()
ids = set(re.findall(r'^ROW\(\d+, \w+,\s*"([^"]+)"', catalogue, re.M))
check(len(ids) > 200 and ids <= {row[1] for row in INDEX}, f"each of {len(ids)} findings has a line")
lost = [url for url, *_ in INDEX
        if url.partition("#")[0] not in ANCHORS or (
            "#" in url and url.partition("#")[2] not in ANCHORS[url.partition("#")[0]])]
check(not lost, f"each of {len(INDEX)} lines leads to a place that is there {lost[:5]}")
without = [page.name for page in HTML.glob("*.html") if 'src="search.js"' not in page.read_text()]
check(not without, f"each page has the box {without[:5]}")
literal = [page.name for page in HTML.glob("*.html")
           if re.search(r"@(section|code|endcode|ref)\b|&lt;(tt|table|div)\b", re.sub(r"<pre.*?</pre>|<div class=\"(line|fragment)\".*?</div>", "", page.read_text(), flags=re.S))
           and not page.name.endswith("_source.html")]
check(not literal, f"no page shows its own source {literal[:5]}")
entities = [page.name for page in HTML.glob("*.html") if re.search(r"&amp;#\d+;", page.read_text())]
check(not entities, f"no page shows an entity {entities[:5]}")
sys.exit(bad != 0)
