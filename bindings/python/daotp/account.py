# SPDX-License-Identifier: BSD-2-Clause
"""What a directory says of a user."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ._handle import call
from ._library import lib
from ._table import Status
from ._types import Address
from .errors import error_for
from .report import decode


@dataclass(frozen=True)
class Account:
    """As far as it is known: UPN, distinguished name (RFC 4514, leaf first), SID."""

    upn: Optional[str] = None
    dn: Optional[str] = None
    sid: Optional[str] = None


def fill(address: Address, account: Account) -> None:
    """Tell the library."""
    for field in ("upn", "dn", "sid"):
        name = f"daotp_account_set_{field}"
        status = call(name, address, getattr(account, field))
        if status != Status.OK:
            raise error_for(name, status, None)


def read(address: Address) -> Account:
    """Ask the library."""
    return Account(*(
        decode(octets) if octets is not None else None
        for octets in (
            lib.daotp_account_get_upn(address),
            lib.daotp_account_get_dn(address),
            lib.daotp_account_get_sid(address),
        )
    ))  # fmt: skip
