# SPDX-License-Identifier: BSD-2-Clause
"""The context: log sink and clocks."""
from __future__ import annotations

import time
from typing import Any, Callable, Optional

from . import _table
from ._handle import Handle, callback, make, target
from ._table import LogLevel
from .report import decode

Log = Callable[[LogLevel, str, str], None]
Clock = Callable[[], int]


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


def _now() -> int:
    return int(time.time())


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@callback(_table.DAOTP_LOG_FN, None)
def _LOG(key: Optional[int], level: int, name: bytes, text: bytes) -> None:
    log = target(key, "set_log")
    if log is not None:
        log(LogLevel(level), decode(name), decode(text))


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
