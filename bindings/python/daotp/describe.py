# SPDX-License-Identifier: BSD-2-Clause
"""In words: what a message, a request or a certificate holds."""
from __future__ import annotations

import ctypes
from typing import Optional

from ._handle import REPORT, Octets, octets, reported
from ._library import lib
from ._table import Format
from ._types import Address
from .context import Context, context_or_new
from .report import decode


def describe(
    data: Octets, format: Format = Format.TEXT, context: Optional[Context] = None
) -> str:  # pylint: disable=redefined-builtin
    """Describe either MS-OTPCE message, a PKCS#10, a CMC, a PKCS#7 or certificates, DER or PEM.
    A one-time password is never shown. PeerError when it is none of these."""
    context, given, out = context_or_new(context), octets(data) or b"", Address()
    args = (context, given, len(given), format, REPORT, ctypes.byref(out))
    reported(context, "daotp_describe", *args)
    try:
        return decode(ctypes.string_at(out.value or 0))
    finally:
        lib.daotp_free(out)
