# SPDX-License-Identifier: BSD-2-Clause
"""The callback that gives the domain credential, for Client and CA."""
from __future__ import annotations

from typing import Callable, Optional, Tuple

from ._handle import call, exposed
from ._table import HostOrigin, Status
from ._types import Address
from .report import decode

AskCredential = Callable[[str, HostOrigin, int], Optional[Tuple[str, bytearray]]]


def ask_credential(
    ask: Optional[Callable[..., Optional[Tuple[str, bytearray]]]],
    host: bytes,
    origin: int,
    attempt: int,
    answer: Address,
) -> int:
    """Ask, and hand the credential to the library; the password is wiped."""
    found = ask(decode(host), HostOrigin(origin), attempt) if ask is not None else None
    if found is None:
        return Status.CONFIGURATION
    user_name, password = found
    length = len(password)
    with exposed(password) as secret:
        return call("daotp_domain_credential_set", answer, user_name, secret, length)
