# SPDX-License-Identifier: BSD-2-Clause
"""The context: log sink and clocks."""
from __future__ import annotations

import ctypes
import time
from typing import Any, Callable, Optional

from . import _table
from ._handle import FilePath, Handle, callback, exposed, make, target
from ._table import LogLevel, SecretKind, Status
from .report import decode

Log = Callable[[LogLevel, str, str], None]
Clock = Callable[[], int]
# (kind, subject, bits of SecretWarning) -> the secret, which is wiped; None when there is none
Secret = Callable[[SecretKind, str, int], Optional[bytearray]]


class Context(Handle):
    """Log sink and clocks; what is made with it keeps it alive. No state is global."""

    _object = "daotp_context"

    def __init__(self) -> None:
        super().__init__(make("daotp_context", "new"))

    def set_log(self, log: Optional[Log], level: LogLevel = LogLevel.INFO) -> None:
        """Tell `log(level, id, text)` what is at least as important as `level`; None for silence."""
        self._set_callback("set_log", _LOG, log, level)

    def set_wall_clock(self, clock: Optional[Clock]) -> None:
        """Judge certificates by `clock()`, seconds since 1970 UTC; None for the system's."""
        self._set_callback("set_wall_clock", _WALL, clock)

    def set_monotonic_clock(self, clock: Optional[Clock]) -> None:
        """Judge deadlines by `clock()`, milliseconds that never go back; None for the system's."""
        self._set_callback("set_monotonic_clock", _MONOTONIC, clock)

    def set_secret(self, ask: Optional[Secret]) -> None:
        """Ask `ask(kind, subject, warnings)` for the passphrases and PINs of stores: it returns a
        bytearray, which is wiped, or None for none. An answer is tried once."""
        self._set_callback("set_secret", _SECRET, ask)

    def set_plugin_folder(self, folder: Optional[FilePath]) -> None:
        """Set the folder that plug-ins of stores are loaded from; with None none is loaded."""
        self._call("set_plugin_folder", folder)


def _now() -> int:
    return int(time.time())


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@callback(_table.DAOTP_LOG_FN, None)
def _LOG(key: Optional[int], level: int, name: bytes, text: bytes) -> None:
    log = target(key, "set_log")
    if log is not None:
        log(LogLevel(level), decode(name), decode(text))


@callback(_table.DAOTP_SECRET_FN, Status.REJECTED)
def _SECRET(
    key: Optional[int], kind: int, subject: bytes, warnings: int, answer: int, room: int, size: Any
) -> int:
    ask = target(key, "set_secret")
    given = ask(SecretKind(kind), decode(subject), warnings) if ask is not None else None
    if given is None:
        return Status.REJECTED
    length = len(given)
    with exposed(given) as secret:
        if length > room:
            return Status.REJECTED
        ctypes.memmove(answer, secret, length)
    size[0] = length
    return Status.OK


def _clock(verb: str, system: Clock) -> Any:
    """A clock that fails or has gone is the system's."""

    @callback(_table.DAOTP_CLOCK_FN, system)
    def thunk(key: Optional[int]) -> int:
        clock = target(key, verb)
        return int(clock()) if clock is not None else system()

    return thunk


_WALL = _clock("set_wall_clock", _now)
_MONOTONIC = _clock("set_monotonic_clock", _now_ms)


def context_or_new(context: Optional[Context]) -> Context:
    """For constructors: their own context unless one is given."""
    return context if context is not None else Context()
