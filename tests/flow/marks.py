#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Look for secrets in everything under some files and folders.

  marks.py MARKS PATH...

MARKS is a file, a secret a line. A secret is looked for as it is, in pieces of eight, and in the
disguises that programs put on texts: base64 at each of its three places, percent, XML, JSON, and
hexadecimal. Prints where one is found; 0 when none is, 1 otherwise. The secret itself is not shown.
"""
import base64
import json
import os
import sys
import urllib.parse
from xml.sax.saxutils import escape, quoteattr

PIECE = 8


def in_base64(secret):
    """What of the encoding depends on the secret alone, for each place it can stand in."""
    found = set()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + secret).rstrip(b"=")
        first = -(-shift * 8 // 6)
        last = (shift + len(secret)) * 8 // 6
        found.add(text[first:last])
        found.add(text[first:last].translate(bytes.maketrans(b"+/", b"-_")))
    return found


def disguises(secret):
    text = secret.decode()
    percent = urllib.parse.quote(text, safe="")
    every = "".join(f"%{byte:02X}" for byte in secret)
    forms = {
        "as it is": {secret},
        "base64": in_base64(secret),
        "percent": {percent.encode(), every.encode(), percent.lower().encode(),
                    every.lower().encode(), urllib.parse.quote_plus(text).encode()},
        "XML": {escape(text).encode(), quoteattr(text)[1:-1].encode(),
                escape(text, {'"': "&quot;", "'": "&apos;"}).encode(),
                escape(text, {'"': "&#34;", "'": "&#39;"}).encode()},
        "JSON": {json.dumps(text)[1:-1].encode(),
                 "".join(f"\\u{ord(c):04x}" for c in text).encode()},
        "hexadecimal": {secret.hex().encode(), secret.hex().upper().encode()},
        "backwards": {secret[::-1]},
        "UTF-16": {text.encode("utf-16-le"), text.encode("utf-16-be")},
    }
    if len(secret) > PIECE:
        forms["a piece"] = {secret[i:i + PIECE] for i in range(len(secret) - PIECE + 1)}
    return forms


def files_of(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            for name in names:
                yield os.path.join(folder, name)


def main():
    with open(sys.argv[1], "rb") as file:
        secrets = [line for line in file.read().split(b"\n") if line]
    hits = looked = size = 0
    for path in files_of(sys.argv[2:]):
        with open(path, "rb") as file:
            content = file.read()
        looked += 1
        size += len(content)
        for number, secret in enumerate(secrets, 1):
            for name, forms in disguises(secret).items():
                at = [content.find(form) for form in forms if len(form) >= 6 and form in content]
                if at:
                    hits += 1
                    begin = content.rfind(b"\n", 0, at[0]) + 1
                    print(f"# secret {number} ({name}) in {path} at {at[0]}, line: "
                          f"{content[begin:at[0]].decode(errors='replace')[-120:]}...")
    print(f"# {len(secrets)} secrets, {looked} files, {size} bytes, {hits} hits")
    sys.exit(hits > 0)


if __name__ == "__main__":
    main()
