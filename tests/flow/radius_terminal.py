#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs a program on a terminal of its own and types lines into it, one at each prompt.

  radius_terminal.py LINES-FILE COMMAND...

Shows what the terminal showed, and ends as the command did. A line is typed when what was shown ends
with ": ".
"""
import os
import pty
import select
import sys
import time

lines = open(sys.argv[1], "rb").read().splitlines()
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown, since, deadline = b"", b"", time.monotonic() + 30
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        octets = os.read(terminal, 4096)
    except OSError:  # the other end is closed
        break
    if not octets:
        break
    shown += octets
    since += octets
    if since.endswith(b": ") and lines:
        time.sleep(0.05)
        os.write(terminal, lines.pop(0) + b"\n")
        since = b""
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
sys.stdout.flush()
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
