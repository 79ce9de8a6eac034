# SPDX-License-Identifier: BSD-2-Clause
"""The callback that gives the domain credential, for Client and CA."""
from __future__ import annotations

from typing import Callable, Optional, Tuple, Union

from ._handle import call, exposed
from ._table import HostOrigin, Status
from ._types import Address
from .report import decode


class Later:
    """What a callback returns whose answer comes later."""

    def __repr__(self) -> str:
        return "daotp.LATER"


LATER = Later()
AskCredential = Callable[[str, HostOrigin, int], Union[Tuple[str, bytearray], Later, None]]


def ask_credential(
    ask: Optional[AskCredential],
    host: bytes,
    origin: int,
    attempt: int,
    answer: Address,
) -> int:
    """Ask, and hand the credential to the library; the password is wiped."""
    found = ask(decode(host), HostOrigin(origin), attempt) if ask is not None else None
    if found is None:
        return Status.CONFIGURATION
    if isinstance(found, Later):
        return Status.AGAIN
    user_name, password = found
    length = len(password)
    with exposed(password) as secret:
        return call("daotp_domain_credential_set", answer, user_name, secret, length)
