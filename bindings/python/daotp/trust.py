# SPDX-License-Identifier: BSD-2-Clause
"""Trust: anchors, intermediate certificates and CRLs."""
from __future__ import annotations

from typing import Optional

from ._handle import FilePath, Handle, Octets, make, octets
from ._library import lib
from ._types import Address
from .context import Context, context_or_new


class Trust(Handle):
    """What is believed. Fill it first: from its first use it is immutable."""

    _object = "daotp_trust"

    def __init__(self, *files: FilePath, context: Optional[Context] = None) -> None:
        """With the anchors of these files; without any it believes nobody."""
        context = context_or_new(context)
        super().__init__(make("daotp_trust", "new", context))
        self._keep("context", context)
        for path in files:
            self.add_file(path)

    def _add_octets(self, verb: str, data: Octets) -> None:
        given = octets(data) or b""
        self._call_reported(verb, given, len(given))

    def add(self, certificates: Octets) -> None:
        """Add anchors: PEM (any number), one certificate in DER, or a PKCS#7."""
        self._add_octets("add", certificates)

    def add_file(self, path: FilePath) -> None:
        """Add the anchors of a file."""
        self._call_reported("add_file", path)

    def add_directory(self, path: FilePath) -> None:
        """Add the anchors of all files in a folder."""
        self._call_reported("add_directory", path)

    def add_system(self) -> None:
        """Add the anchors that the system trusts."""
        self._call_reported("add_system")

    def add_intermediates(self, certificates: Octets) -> None:
        """Add certificates that help to build paths; they are not believed."""
        self._add_octets("add_intermediates", certificates)

    def add_crls(self, crls: Octets) -> None:
        """Add CRLs: PEM (any number) or one in DER."""
        self._add_octets("add_crls", crls)

    def add_crl_file(self, path: FilePath) -> None:
        """Add the CRL of a file, at most 1 GiB."""
        self._call_reported("add_crl_file", path)

    def __len__(self) -> int:
        """How many anchors there are."""
        return int(self._get("get_count"))

    def __bool__(self) -> bool:
        """An empty trust is a trust all the same."""
        return True

    @classmethod
    def _shared(cls, address: Address, context: Handle) -> Trust:
        """A reference of our own to a trust that C lends."""
        trust = cls.__new__(cls)
        Handle.__init__(trust, lib.daotp_trust_ref(address))
        trust._keep("context", context)
        return trust
