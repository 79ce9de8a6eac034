# SPDX-License-Identifier: BSD-2-Clause
"""What a number, a name or a message means, and what is to be done."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Tuple, Union

from ._handle import call
from ._library import lib
from ._table import AnswerField, CauseField, FindingNumber, Status
from ._types import Address
from .errors import error_for
from .report import decode


@dataclass(frozen=True)
class Cause:
    """What may be wrong when an answer applies."""

    id: str
    stage: str
    title: str  # what is wrong
    check: str  # how to see whether it is this
    cure: str  # what to do
    source: str
    is_likely: bool  # an inference


@dataclass(frozen=True)
class Answer:
    """What one number, name or message means."""

    id: str
    kind: str  # in words
    names: Tuple[str, ...]  # other names, and ways to write the number
    stage: str
    meaning: str
    confused: str  # what it is often confused with
    source: str
    is_likely: bool  # an inference
    is_guess: bool  # nothing is known of the text itself; this has most of its words
    finding: FindingNumber  # NONE when it is something else
    causes: Tuple[Cause, ...]  # the most frequent first


def _cause(answers: Address, at: int, number: int) -> Cause:
    def text(field: CauseField) -> str:
        return decode(lib.daotp_answers_get_cause(answers, at, number, field))

    return Cause(
        text(CauseField.ID),
        text(CauseField.STAGE),
        text(CauseField.TITLE),
        text(CauseField.CHECK),
        text(CauseField.CURE),
        text(CauseField.SOURCE),
        bool(lib.daotp_answers_is_cause_likely(answers, at, number)),
    )


def _answer(answers: Address, at: int) -> Answer:
    def text(field: AnswerField) -> str:
        return decode(lib.daotp_answers_get_text(answers, at, field))

    return Answer(
        text(AnswerField.ID),
        text(AnswerField.KIND),
        tuple(text(AnswerField.NAMES).split()),
        text(AnswerField.STAGE),
        text(AnswerField.MEANING),
        text(AnswerField.CONFUSED),
        text(AnswerField.SOURCE),
        bool(lib.daotp_answers_is_likely(answers, at)),
        bool(lib.daotp_answers_is_guess(answers)),
        FindingNumber(lib.daotp_answers_get_finding(answers, at)),
        tuple(_cause(answers, at, n) for n in range(lib.daotp_answers_get_cause_count(answers, at))),
    )


def search(text: Union[str, bytes]) -> Tuple[Answer, ...]:
    """What an id, a number in any form, a symbolic name, a message in English, German, French or
    Spanish, or a whole pasted event or log means, the best answer first; () when nothing is known.
    Octets may be UTF-8, UTF-16 with a byte order mark or Windows-1252. At most 1 MiB, else UsageError."""
    given = text.encode("utf-8", "replace") if isinstance(text, str) else bytes(text)
    answers = Address()
    status = call("daotp_catalogue_search", given, len(given), ctypes.byref(answers))
    if status != Status.OK:
        raise error_for("daotp_catalogue_search", status, None, ())
    try:
        return tuple(_answer(answers, at) for at in range(lib.daotp_answers_get_count(answers)))
    finally:
        lib.daotp_answers_free(answers)
