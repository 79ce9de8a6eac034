# SPDX-License-Identifier: BSD-2-Clause
"""Reports and findings: copies of what the library knows, which nothing can clear later."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Optional, Tuple

from . import catalogue
from ._library import lib
from ._table import STAGE_COUNT, FindingNumber, Severity, Stage, StageState, Status
from ._types import Address


def decode(octets: Optional[bytes]) -> str:
    """Text of the library; "" for NULL."""
    return (octets or b"").decode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed: what was looked at, and what was found there."""

    number: FindingNumber
    id: str
    stage: Stage
    severity: Severity
    subject: str
    found: str
    upstream: int  # the number another library or a peer gave as the cause; 0 for none

    @property
    def explanation(self) -> catalogue.Explanation:
        """The row of the catalogue: title, wanted, hint, source, aliases."""
        return catalogue.explanation(self.number)

    def __str__(self) -> str:
        what = ": ".join(part for part in (self.subject, self.found) if part)
        text = f"{self.id} at stage {catalogue.stage_name(self.stage)}"
        return f"{text}: {what or self.explanation.title}"


@dataclass(frozen=True)
class StageRun:
    """How far a stage came, and how long it took; -1 when it did not end."""

    state: StageState
    ms: int


@dataclass(frozen=True)
class Report:
    """What happened: the status, how far the stages came, and the findings."""

    status: Status
    findings: Tuple[Finding, ...]
    error: Optional[Finding]  # the verdict: the first one that stopped the run
    stages: Dict[Stage, StageRun]  # those that were reached
    text: str = field(repr=False)  # in words, with what to do
    json: str = field(repr=False)
    cause: Optional[Finding] = None  # what the error goes back to, where it is one thing

    def __str__(self) -> str:
        return self.text


def _finding(address: Optional[Address]) -> Optional[Finding]:
    if not address:
        return None
    return Finding(
        FindingNumber(lib.daotp_finding_get_number(address)),
        decode(lib.daotp_finding_get_id(address)),
        Stage(lib.daotp_finding_get_stage(address)),
        Severity(lib.daotp_finding_get_severity(address)),
        decode(lib.daotp_finding_get_subject(address)),
        decode(lib.daotp_finding_get_found(address)),
        lib.daotp_finding_get_upstream(address),
    )


def _stages(address: Address) -> Dict[Stage, StageRun]:
    runs = {}
    for number in range(STAGE_COUNT):
        state = StageState(lib.daotp_report_get_stage_state(address, number))
        if state is not StageState.NOT_REACHED:
            runs[Stage(number)] = StageRun(state, lib.daotp_report_get_stage_ms(address, number))
    return runs


def snapshot(address: Address) -> Report:
    """Copy a report that the library lends."""
    found = (
        _finding(lib.daotp_report_get_finding(address, at))
        for at in range(lib.daotp_report_get_count(address))
    )
    return Report(
        Status(lib.daotp_report_get_status(address)),
        tuple(one for one in found if one is not None),
        _finding(lib.daotp_report_get_error(address)),
        _stages(address),
        decode(lib.daotp_report_get_text(address)),
        decode(lib.daotp_report_get_json(address)),
        _finding(lib.daotp_report_get_cause(address)),
    )


class Findings:
    """Where a store or a transport of one's own reports what it found. Only during its call."""

    def __init__(self, address: Optional[Address]) -> None:
        self._address = address

    def __len__(self) -> int:
        return int(lib.daotp_report_get_count(self._address))

    def add(
        self, number: FindingNumber, subject: str = "", found: str = "", upstream: int = 0
    ) -> Status:
        """Report a finding: what was looked at, and what was found there in one's own words. What
        it returns is the status that the row stops a run with."""
        return Status(
            lib.daotp_report_add(self._address, number, upstream, encode(subject), encode(found))
        )

    def conclude(
        self, since: int, number: FindingNumber, subject: str = "", found: str = ""
    ) -> Status:
        """Report an error that sums up those from len() = `since` on: the first is its cause."""
        return Status(
            lib.daotp_report_conclude(self._address, since, number, encode(subject), encode(found))
        )

    def downgrade_errors(self, since: int) -> None:
        """What failed was made good: errors from len() = `since` on become warnings."""
        lib.daotp_report_downgrade_errors(self._address, since)


def encode(text: str) -> bytes:
    """As C takes it; a NUL and half a surrogate become question marks."""
    return text.replace("\0", "?").encode("utf-8", "replace")
