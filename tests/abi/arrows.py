#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The house's arrows: a folder of libdaotp/ includes only what stands below it, never its
neighbour; each foreign library is known to its one place; and the habits a guest keeps."""
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1]) / "libdaotp"
# Floors, from the top. Folders of one floor are neighbours.
FLOORS = [["doctor", "profile"], ["client", "responder"], ["ca", "radius", "describe"],
          ["otpce", "request", "validate", "store"], ["net", "xml"], ["x509"], ["knowledge"], ["core"]]
FLOOR = {folder: n for n, floor in enumerate(FLOORS) for folder in floor}
# Where a foreign header may be included.
FOREIGN = {r"curl/": ["net/"], r"openssl/ssl\.h": ["net/"], r"ares\.h": ["net/"],
           r"(ldap|lber)\.h": [], r"libxml/": ["xml/"], r"ini\.h": ["profile/ini.c"], r"http_parser\.h": ["net/http_syntax_http_parser.c"], r"llhttp\.h": ["net/http_syntax_llhttp.c"],
           r"krb5\.h": ["client/logon_krb5.c", "ca/ticket_krb5.c", "ca/krb5_names."],
           r"profile\.h": ["client/logon_krb5.c", "ca/krb5_names.c"], r"gssapi/": ["ca/rpc_gss.c"],
           r"openssl/": ["x509/", "net/tls", "net/stream.c", "net/https_exchange.c"]}
FORBIDDEN = {r"\b(malloc|calloc|realloc|strdup|strndup|asprintf)\s*\(": ["core/memory.c"],
             r"\b(printf|puts|fprintf|perror)\s*\(": [], r"\bsyslog\s*\(": [],
             r"\batexit\s*\(": [], r"\b(setenv|putenv|setlocale|chdir|umask|fork)\s*\(": [],
             r"\b(sigaction|signal)\s*\(": [], r"\bpthread_create\s*\(": [],
             r"\b(strcpy|strcat|sprintf|gets)\s*\(": []}
wrong = []


def allowed(name, places):
    return any(name.startswith(place) for place in places)


def check_includes(name, text):
    folder = name.split("/")[0]
    if folder not in FLOOR:
        wrong.append(f"{name}: folder {folder} is not in the house")
        return
    for include in re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M):
        other = include.split("/")[0]
        if "/" not in include or other not in FLOOR:
            wrong.append(f"{name}: include {include} with its folder")
        elif other != folder and FLOOR[other] <= FLOOR[folder]:
            wrong.append(f"{name}: includes {include}, which does not stand below it")
    for include in re.findall(r"^\s*#\s*include\s+<([^>]+)>", text, re.M):
        for pattern, places in FOREIGN.items():
            if re.match(pattern, include):
                if not allowed(name, places):
                    wrong.append(f"{name}: {include} is known elsewhere only ({', '.join(places)})")
                break


def check_extensions(name, text):
    """A store or a transport of our own knows no more of the object around it than an extender does."""
    for table, private in (("daotp_ca_transport", "ca/ca.h"), ("daotp_store_backend", "store/store.h"),
                           ("daotp_store_backend", "store/item.h")):
        if re.search(rf"^static const {table} \w+ = \{{", text, re.M) and f'#include "{private}"' in text:
            wrong.append(f"{name}: includes {private}, which an extender does not have")


def check_calls(name, text):
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    code = re.sub(r'"(\\.|[^"\\])*"', '""', code)
    for pattern, places in FORBIDDEN.items():
        for found in re.finditer(pattern, code):
            if not allowed(name, places):
                wrong.append(f"{name}: calls {found.group(0).rstrip('( ')}")


files = sorted(top.rglob("*.[ch]"))
assert files, "no sources"
for file in files:
    name = str(file.relative_to(top))
    check_includes(name, file.read_text())
    check_calls(name, file.read_text())
    check_extensions(name, file.read_text())
print("\n".join(wrong) if wrong else f"{len(files)} files keep the arrows")
sys.exit(1 if wrong else 0)
