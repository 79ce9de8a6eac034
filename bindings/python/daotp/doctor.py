# SPDX-License-Identifier: BSD-2-Clause
"""The doctor: does a deployment work, and if not, what is wrong with it?"""
from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import _table
from ._flow import Flow
from ._handle import (
    Handle,
    callback,
    exposed,
    function_or_none,
    guarded,
    handle_of,
    lend,
    make,
    target,
)
from ._library import lib
from ._table import ClientRows, ProbeState, Status
from ._types import FLAG, Address
from .client import Client
from .context import Context, context_or_new
from .errors import Error, RejectedError, UndecidedError
from .radius import Radius
from .report import Findings, Report, decode, snapshot

Progress = Callable[[int, ProbeState], None]
ProbeStep = Callable[[Findings], Status]


@dataclass(frozen=True)
class Row:
    """One probe: what it looked at, and what it found."""

    name: str
    title: str
    subject: str
    state: ProbeState
    blocker: Optional[int]  # the number of the row because of which this one was skipped
    ms: int  # -1 when it was not tried
    report: Report


class Doctor(Flow):
    """Tries each stage of a client's deployment, RADIUS servers and KDCs.

    run() answers whether nothing is wrong; rows, text and json tell the rest.
    """

    _object = "daotp_doctor"

    def __init__(
        self, client: Optional[Client] = None, *, context: Optional[Context] = None
    ) -> None:
        """Of this client, which belongs to the doctor while a run lasts."""
        context = context_or_new(context)
        super().__init__(make("daotp_doctor", "new", context))
        self._keep("context", context)
        self._probes: List[ProbeStep] = []
        self._give_back: Callable[[], Any] = lambda: None  # what the run borrows
        if client is not None:
            self.set_client(client)

    def set_client(self, client: Optional[Client]) -> None:
        """Set the client whose servers are tried; None for none."""
        self._call("set_client", client)
        self._keep("client", client)

    def set_client_rows(self, rows: ClientRows) -> None:
        """Set which rows are made of the client: all, those of TLS, or none."""
        self._call("set_client_rows", rows)

    def set_user(self, user_name: Optional[str]) -> None:
        """Set whom the KDCs are asked about, and whose code it is."""
        self._call("set_user", user_name)

    def set_code(self, otp: bytearray) -> None:
        """Set a code, which is wiped: one enrolment and logon is made with it."""
        length = len(otp)
        with exposed(otp) as octets_of:
            self._call("set_code", octets_of, length)

    def set_code_wrong(self, is_wrong: bool) -> None:
        """The code is wrong on purpose: it is right when it is refused."""
        self._call("set_code_wrong", is_wrong)

    def set_radius(self, radius: Optional[Radius]) -> None:
        """Set RADIUS servers that are asked whether they are alive; None for none."""
        self._call("set_radius", radius)
        self._keep("radius", radius)

    def add_kdc(self, realm: str, kdc: str) -> None:
        """Add a KDC, "host" or "host:port"."""
        self._call("add_kdc", realm, kdc)

    def add_crl(self, source: str) -> None:
        """Add a revocation list, a file or a URL, that is looked at alone."""
        self._call("add_crl", source)

    def add_file(self, name: str, octets: bytes) -> None:
        """Add a file that was collected on Windows: a log, an output, a certificate."""
        self._call("add_file", name, octets, len(octets))

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set the deadline of the whole run."""
        self._call("set_timeout_ms", timeout_ms)

    def set_progress_callback(self, tell: Optional[Progress]) -> None:
        """Tell `tell(row, state)` when a row begins or ends."""
        self._set_callback("set_progress_callback", _PROGRESS, tell)

    def add_probe(
        self, name: str, title: str, step: ProbeStep, subject: str = "", comes_first: bool = False,
        follows: bool = False,
    ) -> None:
        """Add a probe of one's own: `step(findings)` answers Status.AGAIN to be called again, Status.OK
        when it passed, and anything else when it did not."""
        number = len(self._probes)
        first = FLAG.from_param(comes_first)
        table = _table.daotp_probe(
            ctypes.sizeof(_table.daotp_probe), _STEP, _NO_FD, _NO_TIMEOUT, _FREE, first,
            FLAG.from_param(follows),
        )
        self._probes.append(function_or_none("add_probe", step))
        key = Address(self._key << _SHIFT | number)
        self._call("add_probe", name, title, ctypes.byref(table), key, subject)

    # ---- the run

    def begin(self) -> None:
        """Begin; then step, until it answers True or raises."""
        kept = (self._kept.get(name) for name in ("client", "radius"))
        lent: List[Handle] = [handle for handle in kept if handle is not None]
        for handle in lent:  # none may have been closed meanwhile
            handle._pointer()
        self._begin("begin")
        self._give_back = lend(self, lent)

    def step(self) -> bool:
        """Go on: False to wait and step again, True when nothing is wrong; else it raises."""
        try:
            return super().step()
        finally:
            if not self._is_waiting and not self._depth:
                self._give_back()

    def close(self) -> None:
        """Free it now; what is under way ends."""
        super().close()
        self._give_back()

    def run(self) -> bool:
        """Try everything: True when nothing is wrong, False when a row failed or is undecided."""
        self.begin()
        try:
            self._run()
        except (RejectedError, UndecidedError):
            return False
        return True

    async def run_async(self) -> bool:
        """run() for a coroutine: cancelling the task cancels the run."""
        self.begin()
        try:
            await self._run_async()
        except (RejectedError, UndecidedError):
            return False
        return True

    @property
    def verdict(self) -> Optional[int]:
        """The number of the first row that failed, else of the first that is undecided; None when
        there is neither."""
        row = ctypes.c_size_t()
        if lib.daotp_doctor_finish(self, ctypes.byref(row)) == Status.USAGE:
            raise Error("no run has ended")
        return row.value if row.value < self._get("get_count") else None

    @property
    def rows(self) -> Tuple[Row, ...]:
        """What each probe found, in the order of the pipeline."""
        count = int(self._get("get_count"))
        return tuple(self._row(at, count) for at in range(count))

    def _row(self, at: int, count: int) -> Row:
        blocker = int(self._get("get_blocker", at))
        return Row(
            self._text("get_name", at),
            self._text("get_title", at),
            self._text("get_subject", at),
            ProbeState(self._get("get_state", at)),
            blocker if blocker < count else None,
            int(self._get("get_ms", at)),
            snapshot(self._get("get_row_report", at)),
        )

    @property
    def text(self) -> str:
        """The whole in words, the verdict first."""
        return self._text("get_text")

    @property
    def json(self) -> str:
        """The whole as JSON."""
        return self._text("get_json")


def probe_state_name(state: ProbeState) -> str:
    """The name of a state: "pass", "fail", ..."""
    return decode(lib.daotp_probe_state_name(state))


_SHIFT = 16  # below it stands the number of the probe, above it the key of its doctor


@callback(_table.DAOTP_DOCTOR_PROGRESS_FN, None)
def _PROGRESS(key: Optional[int], row: int, state: int) -> None:
    tell = target(key, "set_progress_callback")
    if tell is not None:
        tell(row, ProbeState(state))


def _step(key: Optional[int], report: Optional[Address]) -> int:
    doctor = handle_of((key or 0) >> _SHIFT)
    if not isinstance(doctor, Doctor):
        return Status.CANCELLED
    return Status(doctor._probes[(key or 0) & ((1 << _SHIFT) - 1)](Findings(report)))


_FIELDS: Dict[str, Any] = {field[0]: field[1] for field in _table.daotp_probe._fields_}
_STEP = _FIELDS["step"](guarded(Status.CANCELLED)(_step))
_NO_FD = _FIELDS["get_fd"]()
_NO_TIMEOUT = _FIELDS["get_timeout_ms"]()
_FREE = _FIELDS["free"](lambda key: None)
