#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A crowd of users for the lab, and a program that enrols them.

    crowd.py COUNT PROGRAM [ARGUMENT...]

The users are added to LAB_USERS, each with a token of its own. The program asks on its standard output:
"?" for the next user (a line: name, UPN, password), "code NAME" for the user's code of now. All other
lines are passed on. Ends as the program does.
"""
import base64
import hashlib
import hmac
import os
import pathlib
import secrets
import struct
import subprocess
import sys
import time

STEP_S = 30


def totp(secret):
    """RFC 6238, SHA-1, six digits."""
    digest = hmac.new(secret, struct.pack(">Q", int(time.time()) // STEP_S), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06}"


def add_users(count):
    """One line each, like those of the lab; the file is replaced, so that its readers notice."""
    path = pathlib.Path(os.environ["LAB_USERS"])
    realm, crowd = os.environ["LAB_REALM"], {}
    lines, first_rid = [], 20000 + secrets.randbelow(1 << 30)  # no SID may stand there twice
    for i in range(count):
        name, secret, password = f"user{secrets.token_hex(4)}", secrets.token_bytes(20), secrets.token_hex(8)
        sid = f"S-1-5-21-1004336348-1177238915-682003330-{first_rid + i}"
        text = base64.b32encode(secret).decode()
        lines.append(f"{name}:LAB:{name}@{realm}:CN={name},CN=Users,DC=lab,DC=example:{sid}:{text}:{password}:\n")
        crowd[name] = (f"{name}@{realm}", password, secret)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(path.read_text() + "".join(lines))
    fresh.replace(path)
    return crowd


def main():
    count = int(sys.argv[1])
    crowd = add_users(count)
    waiting = iter(crowd.items())
    with subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout:
            word = line.split()
            if word == ["?"]:
                name, (upn, password, _secret) = next(waiting)
                answer = f"{name} {upn} {password}"
            elif len(word) == 2 and word[0] == "code" and word[1] in crowd:
                answer = totp(crowd[word[1]][2])
            else:
                print(line, end="", flush=True)
                continue
            program.stdin.write(answer + "\n")
            program.stdin.flush()
    return program.returncode


sys.exit(main())
