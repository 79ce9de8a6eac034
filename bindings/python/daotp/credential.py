# SPDX-License-Identifier: BSD-2-Clause
"""Credentials: a certificate, its chain, and its private key."""
from __future__ import annotations

from typing import Optional, Tuple

from ._handle import FilePath, Handle, Octets, borrowed, make_reported, octets, taken
from ._library import lib
from ._types import Address
from .context import Context, context_or_new
from .key import Key


class Credential(Handle):
    """A certificate with its chain and key: immutable, usable from several threads."""

    _object = "daotp_credential"

    def __init__(self, address: Address, context: Handle) -> None:
        super().__init__(address)
        self._keep("context", context)

    @classmethod
    def new(cls, certificates: Octets, key: Key, context: Optional[Context] = None) -> Credential:
        """Of certificates (PEM, the leaf first, or one in DER) and the leaf's private key."""
        context, data = context_or_new(context), octets(certificates) or b""
        args = (context, data, len(data), key)
        return cls(make_reported("daotp_credential", "new", *args), context)

    @classmethod
    def load(
        cls, certificate_path: FilePath, key_path: FilePath, context: Optional[Context] = None
    ) -> Credential:
        """Of files; the key's, without pass phrase, must be closed to others (0600)."""
        context = context_or_new(context)
        args = (context, certificate_path, key_path)
        return cls(make_reported("daotp_credential", "load", *args), context)

    @classmethod
    def _shared(cls, address: Address, context: Handle) -> Credential:
        """A reference of our own to a credential that C lends."""
        return cls(lib.daotp_credential_ref(address), context)

    @property
    def key(self) -> Key:
        """The private key."""
        return Key._shared(self._get("get_key"), self._kept["context"])

    @property
    def certificates(self) -> Tuple[bytes, ...]:
        """All certificates in DER, the leaf first."""
        name = "daotp_credential_get_certificate"
        found = (borrowed(name, self, at) for at in range(self._get("get_count")))
        return tuple(one for one in found if one is not None)

    @property
    def pem(self) -> str:
        """All certificates as PEM, the leaf first."""
        return taken("daotp_credential_copy_pem", self).decode("ascii")

    @property
    def upn(self) -> str:
        """The UPN that the leaf names; "" when none."""
        return self._text("get_upn")

    @property
    def subject(self) -> str:
        """The leaf's subject (RFC 4514)."""
        return self._text("get_subject")

    @property
    def issuer(self) -> str:
        """The leaf's issuer (RFC 4514)."""
        return self._text("get_issuer")

    @property
    def serial(self) -> str:
        """The leaf's serial number in hexadecimal."""
        return self._text("get_serial")

    @property
    def not_before(self) -> int:
        """The leaf's notBefore, seconds since 1970 UTC."""
        return int(self._get("get_not_before"))

    @property
    def not_after(self) -> int:
        """The leaf's notAfter, seconds since 1970 UTC."""
        return int(self._get("get_not_after"))
