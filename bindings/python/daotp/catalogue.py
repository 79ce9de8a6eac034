# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue of everything that can be wrong."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

from ._library import lib
from ._table import FindingNumber, Severity, Stage, StageState, Status, StoreState


@dataclass(frozen=True)
class Explanation:
    """A row of the catalogue."""

    number: FindingNumber
    id: str
    stage: Stage
    severity: Severity
    status: Status  # how a call ends that it stops
    title: str  # what is wrong, in one line
    wanted: str  # what would have been right
    hint: str  # what to do
    source: str  # where the rule stands
    aliases: Tuple[str, ...]  # other names it goes by


def explanation(number: FindingNumber) -> Explanation:
    """The row of a number."""

    def text(octets: bytes) -> str:
        return octets.decode("utf-8")

    return Explanation(
        number,
        text(lib.daotp_catalogue_get_id(number)),
        Stage(lib.daotp_catalogue_get_stage(number)),
        Severity(lib.daotp_catalogue_get_severity(number)),
        Status(lib.daotp_catalogue_get_status(number)),
        text(lib.daotp_catalogue_get_title(number)),
        text(lib.daotp_catalogue_get_wanted(number)),
        text(lib.daotp_catalogue_get_hint(number)),
        text(lib.daotp_catalogue_get_source(number)),
        tuple(text(lib.daotp_catalogue_get_aliases(number)).split()),
    )


def explain(text: str) -> Optional[Explanation]:
    """The first row for an id ("OTP-EKU"), an HRESULT or NTSTATUS ("0x80094012"), or a number with its
    kind ("event:10005", "krb:16", "winhttp:12002", "iis:403.7", "errno:12", "finding:5")."""
    number = FindingNumber(lib.daotp_catalogue_find(text))
    return explanation(number) if number else None


def explain_all(text: str) -> Iterator[Explanation]:
    """All rows for a name: an alias may stand in several."""
    number = FindingNumber(lib.daotp_catalogue_find(text))
    while number:
        yield explanation(number)
        number = FindingNumber(lib.daotp_catalogue_find_next(text, number))


def catalogue() -> Iterator[Explanation]:
    """All rows, by number."""
    number = FindingNumber(lib.daotp_catalogue_next(FindingNumber.NONE))
    while number:
        yield explanation(number)
        number = FindingNumber(lib.daotp_catalogue_next(number))


def stage_name(stage: Stage) -> str:
    """ "otp", "submit", ..."""
    return str(lib.daotp_stage_name(stage).decode())


def severity_name(severity: Severity) -> str:
    """ "error", "warning", "information"."""
    return str(lib.daotp_severity_name(severity).decode())


def status_name(status: Status) -> str:
    """ "ok", "again", "usage", ..."""
    return str(lib.daotp_status_name(status).decode())


def stage_state_name(state: StageState) -> str:
    """ "not reached", "running", "passed", "failed", "skipped"."""
    return str(lib.daotp_stage_state_name(state).decode())


def store_state_name(state: StoreState) -> str:
    """ "valid", "due", "expired", "damaged"."""
    return str(lib.daotp_store_state_name(state).decode())


def version() -> str:
    """The version of the library that is running."""
    return str(lib.daotp_version().decode())
