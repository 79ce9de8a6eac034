#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run a program on a terminal of its own, and answer its questions. Ends as it ends.

  on_terminal.py QUESTION=ANSWER... -- PROGRAM...      QUESTION: a regular expression
"""
import os
import pty
import re
import select
import sys

end = sys.argv.index("--")
answers = [word.rpartition("=")[::2] for word in sys.argv[1:end]]
child, fd = pty.fork()
if child == 0:
    os.execvp(sys.argv[end + 1], sys.argv[end + 1:])
said, seen = "", 0
while select.select([fd], [], [], 60)[0]:
    try:
        octets = os.read(fd, 4096)
    except OSError:  # the program has ended
        break
    if not octets:
        break
    said += octets.decode("utf-8", "replace")
    line = said[seen:].rsplit("\n", 1)[-1]
    for question, answer in answers:
        if line.endswith("? ") or line.endswith(") ") or line.endswith(": "):
            if re.search(question.replace("\\|", "|"), line):
                os.write(fd, (answer + "\n").encode())
                seen = len(said)
                break
sys.stdout.write(said.replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
