# SPDX-License-Identifier: BSD-2-Clause
"""An exception for each kind of failure. Rejected and undecided are two of them, never False."""
from __future__ import annotations

import os
from typing import Any, Dict, Optional, Tuple, Type

from ._table import Stage, Status
from .report import Finding, Report


class Error(Exception):
    """A call that failed: what kind, and the report of the handle it was made on.

    status   the kind, as the library has it
    report   what happened; None where the call has no report
    """

    status = Status.INTERNAL

    def __init__(self, message: str, report: Optional[Report] = None) -> None:
        super().__init__(message)
        self.report = report

    @property
    def finding(self) -> Optional[Finding]:
        """The finding that stopped the run."""
        return self.report.error if self.report else None

    @property
    def stage(self) -> Stage:
        """The stage that failed; CALL when it was none."""
        return self.finding.stage if self.finding else Stage.CALL


class ChallengeError(Error):
    """The peer wants another round: for RADIUS, respond(); MS-OTPCE cannot."""

    status = Status.CHALLENGE


class UsageError(Error):
    """The call is wrong: an argument, or the order of calls."""

    status = Status.USAGE


class ConfigurationError(Error):
    """What was set up cannot work."""

    status = Status.CONFIGURATION


class OutOfMemoryError(Error):
    """Memory ran out."""

    status = Status.MEMORY


class NetworkError(Error):
    """A peer could not be reached, or the connection broke."""

    status = Status.NETWORK


class PeerError(Error):
    """A peer answered what it must not, or what was given cannot be read."""

    status = Status.PEER


class DeadlineError(Error):
    """A deadline passed."""

    status = Status.TIMEOUT


class RejectedError(Error):
    """The verdict is no."""

    status = Status.REJECTED


class UndecidedError(Error):
    """There is no verdict: not yes, not no."""

    status = Status.UNDECIDED


class CancelledError(Error):
    """The caller cancelled."""

    status = Status.CANCELLED


class InternalError(Error):
    """A fault of the library or of the system below it."""

    status = Status.INTERNAL


BY_STATUS: Dict[Status, Type[Error]] = {
    kind.status: kind
    for kind in (
        ChallengeError, UsageError, ConfigurationError, OutOfMemoryError, NetworkError, PeerError,
        DeadlineError, RejectedError, UndecidedError, CancelledError, InternalError,
    )
}  # fmt: skip


def error_for(
    call: str, status: Status, report: Optional[Report], args: Tuple[Any, ...] = ()
) -> Error:
    """The exception for a status; its text is the finding that stopped the run, if there is one,
    else the call with its arguments that are text (no secret is)."""
    text = f"{call}: {status.name.lower()}"
    shown = [repr(one) for one in args if isinstance(one, (str, os.PathLike))]
    if shown:
        text += f": {', '.join(shown)}"
    if report is not None and report.error is not None:
        text = str(report.error)
    return BY_STATUS.get(status, InternalError)(text, report)
