#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Nothing that OpenSSL has deprecated is used, so that what OpenSSL 4 removes is not missed: each file
of the library, the tool and the lab that includes an OpenSSL header passes the compiler without them.

  deprecated.py SOURCE-DIR BUILD-DIR
"""
import concurrent.futures
import json
import pathlib
import shlex
import subprocess
import sys

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
LAUNCHERS = {"ccache", "sccache", "distcc"}


def check(command):
    words = shlex.split(command["command"])
    while pathlib.Path(words[0]).name in LAUNCHERS:
        words.pop(0)
    at = words.index("-o")
    del words[at:at + 2]
    words += ["-fsyntax-only", "-DOPENSSL_NO_DEPRECATED", "-Werror=implicit-function-declaration"]
    done = subprocess.run(words, cwd=command["directory"], capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def uses_openssl(path):
    return "openssl/" in path.read_text(errors="replace")


seen, files = set(), []
for row in json.loads((BUILD / "compile_commands.json").read_text()):
    path = pathlib.Path(row["file"])
    ours = any(path.is_relative_to(SOURCE / folder) for folder in ("libdaotp", "examples"))
    if ours and path not in seen and uses_openssl(path):
        seen.add(path)
        files.append(row)
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    said = [text for text in pool.map(check, files) if text]
print("\n".join(said) or f"{len(files)} files")
sys.exit(1 if said or not files else 0)
