# SPDX-License-Identifier: BSD-2-Clause
"""One CRL, to look into it."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Optional

from ._handle import FilePath, Handle, Octets, call, invoke, make_reported, octets
from ._library import lib
from ._table import Format, Status
from ._types import Address
from .context import Context, context_or_new
from .report import Report, decode, snapshot


@dataclass(frozen=True)
class Revoked:
    """An entry of a CRL."""

    reason: int  # RFC 5280 5.3.1
    date: int  # seconds since 1970 UTC


class Crl(Handle):
    """A certificate revocation list from a file, at most 1 GiB.

    A file that holds several is refused, unless at says which one is meant, from 0; file_count is
    how many there are.
    """

    _object = "daotp_crl"

    def __init__(
        self, path: FilePath, context: Optional[Context] = None, at: Optional[int] = None
    ) -> None:
        context = context_or_new(context)
        if at is None:
            super().__init__(make_reported("daotp_crl", "open", context, path))
        else:
            super().__init__(make_reported("daotp_crl", "open_at", context, path, at))
        self._keep("context", context)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """Why the last verify(), index() or find() did not succeed."""
        return self._report()

    @property
    def file_count(self) -> int:
        """How many CRLs the file holds that it was opened from."""
        return int(self._get("get_file_count"))

    @property
    def issuer(self) -> str:
        """The issuer's name (RFC 4514)."""
        return self._text("get_issuer")

    @property
    def number(self) -> str:
        """The CRL number in hexadecimal; "" when it has none."""
        return self._text("get_number")

    @property
    def base_number(self) -> str:
        """The number that it is a delta to; "" for a complete one."""
        return self._text("get_base_number")

    @property
    def this_update(self) -> int:
        """thisUpdate, seconds since 1970 UTC."""
        return int(self._get("get_this_update"))

    @property
    def next_update(self) -> int:
        """nextUpdate, seconds since 1970 UTC; 0 when it has none."""
        return int(self._get("get_next_update"))

    @property
    def size(self) -> int:
        """Octets of it in DER."""
        return int(self._get("get_size"))

    @property
    def is_indirect(self) -> bool:
        """Does it answer for other issuers' certificates too?"""
        return bool(self._get("is_indirect"))

    def __len__(self) -> int:
        """How many entries it has, counted by a look at each."""
        return int(self._get("get_count"))

    def __bool__(self) -> bool:
        """An empty list is a list all the same."""
        return True

    def describe(self, format: Format = Format.TEXT) -> str:  # pylint: disable=redefined-builtin
        """In words: issuer, number, key identifier, scope, where its delta CRLs are, when the next
        one is published. Not its entries."""
        out = Address()
        status = call("daotp_describe_crl", self._pointer(), format, ctypes.byref(out))
        if status is not Status.OK:
            raise self._error("daotp_describe_crl", status)
        try:
            return decode(ctypes.string_at(out.value or 0))
        finally:
            lib.daotp_free(out)

    def verify(self, issuer: Octets) -> None:
        """Look at every entry and check the signature by the issuer's certificate."""
        given = octets(issuer) or b""
        self._call("verify", given, len(given))

    def index(self) -> None:
        """Make the index for look-ups now; the second look-up makes it anyway."""
        self._call("index")

    def find(self, serial: Octets) -> Optional[Revoked]:
        """Is a serial number (the octets of the INTEGER) on it? None: it is not.
        UndecidedError when the list was not verified before."""
        given = octets(serial) or b""
        reason, date = ctypes.c_int(), ctypes.c_int64()
        args = (self, given, len(given), ctypes.byref(reason), ctypes.byref(date))
        status, raised = invoke("daotp_crl_find", *args)
        if raised is not None:
            raise raised
        if status == Status.REJECTED:
            return Revoked(reason.value, date.value)
        if status != Status.OK:
            raise self._error("daotp_crl_find", status)
        return None
