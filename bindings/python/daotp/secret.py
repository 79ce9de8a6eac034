# SPDX-License-Identifier: BSD-2-Clause
"""Reading secrets so that they can be wiped: never a str or bytes, which nobody can overwrite."""
from __future__ import annotations

import contextlib
import os
import sys
import termios
from typing import Iterator

from ._handle import wipe

_LONGEST = 4096


@contextlib.contextmanager
def _without_echo(descriptor: int) -> Iterator[None]:
    if not os.isatty(descriptor):
        yield
        return
    before = termios.tcgetattr(descriptor)
    silent = before[:]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
        print(file=sys.stderr)


def read_secret(prompt: str = "", descriptor: int = 0) -> bytearray:
    """Read one line, without its end, from a descriptor; a terminal does not show it.

    The prompt goes to standard error. The calls that take a secret wipe it; else wipe() does.
    """
    sys.stderr.write(prompt)
    sys.stderr.flush()
    buffer = bytearray(_LONGEST)
    try:
        with _without_echo(descriptor):
            length = _read_line(descriptor, buffer)
        secret = bytearray(length)
        memoryview(secret)[:] = memoryview(buffer)[:length]
        return secret
    finally:
        wipe(buffer)


def _read_line(descriptor: int, buffer: bytearray) -> int:
    """Octet by octet, so that the next line stays where it is; its length."""
    view, length = memoryview(buffer), 0
    while length < len(buffer):
        count = os.readv(descriptor, [view[length : length + 1]])
        if count == 0 and length == 0:
            raise EOFError("no secret: the input has ended")
        if count == 0 or buffer[length] == ord("\n"):
            return length - (length > 0 and buffer[length - 1] == ord("\r"))
        length += 1
    raise ValueError(f"a secret of more than {len(buffer) - 1} octets")
