# SPDX-License-Identifier: BSD-2-Clause
"""What the certificates of a deployment must be like, and whether one is."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

from ._handle import Handle, Octets, make, octets
from ._table import FindingNumber, Part, RequirementField, RequirementState
from .context import Context, context_or_new
from .report import Report, snapshot
from .verifier import Verifier


@dataclass(frozen=True)
class Requirement:
    """One requirement, and whether it holds."""

    id: str
    weight: str  # "must", "should" or "may"
    statement: str  # what must hold
    setting: str  # where it is set
    command: str  # how to see the setting
    source: str
    finding: FindingNumber  # what a verifier reports when it does not hold; NONE where nothing shows it
    state: RequirementState
    found: str  # what was found when it fails


class Requirements(Handle):
    """The requirements of a part of a deployment: a sequence of Requirement."""

    _object = "daotp_requirements"

    def __init__(self, part: Part, *, context: Optional[Context] = None) -> None:
        context = context_or_new(context)
        super().__init__(make("daotp_requirements", "new", context, part))
        self._keep("context", context)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """Why the last call did not succeed; what a certificate fails is not in it."""
        return self._report()

    def add_ntauth(self, certificates: Octets) -> None:
        """Add CAs that may issue for logon: PEM (any number) or one in DER."""
        given = octets(certificates) or b""
        self._call("add_ntauth", given, len(given))

    def check(self, certificate: Octets) -> Tuple[Requirement, ...]:
        """Look at a certificate, PEM or DER: what it shows passes or fails, the rest is unknown."""
        given = octets(certificate) or b""
        self._call("check", given, len(given))
        return tuple(self)

    def take(self, verifier: Verifier) -> Tuple[Requirement, ...]:
        """Take in what a verifier found about the same certificate: path, dates, revocation."""
        self._call("take_report", verifier._get("get_report"))
        return tuple(self)

    def __iter__(self) -> Iterator[Requirement]:
        return (self[at] for at in range(len(self)))

    def __len__(self) -> int:
        return int(self._get("get_count"))

    def __getitem__(self, at: int) -> Requirement:
        if not 0 <= at < len(self):
            raise IndexError(at)

        def text(field: RequirementField) -> str:
            return self._text("get_text", at, field)

        return Requirement(
            text(RequirementField.ID),
            text(RequirementField.WEIGHT),
            text(RequirementField.STATEMENT),
            text(RequirementField.SETTING),
            text(RequirementField.COMMAND),
            text(RequirementField.SOURCE),
            FindingNumber(self._get("get_finding", at)),
            RequirementState(self._get("get_state", at)),
            text(RequirementField.FOUND),
        )
