# SPDX-License-Identifier: BSD-2-Clause
"""Trust: anchors, intermediate certificates and CRLs; and fetching CRLs ahead of need."""
from __future__ import annotations

from typing import Optional

from ._flow import Flow
from ._handle import FilePath, Handle, Octets, make, octets
from ._library import lib
from ._types import Address
from .context import Context, context_or_new
from .report import Report, snapshot


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

    def allow_network(self, network: str) -> None:
        """Allow fetches from a private network ("10.0.0.0/8", "127.0.0.1"), any port there."""
        self._call("allow_network", network)

    def allow_ldap(self, server: Optional[str]) -> None:
        """Follow LDAP distribution points too, within networks that were allowed; "host[:port]" for
        URLs that name no server; None for none."""
        self._call("allow_ldap", server)

    def set_fetch_limits(self, max_bytes: int, timeout_ms: int) -> None:
        """Bound each fetch; 64 MiB and 15 s unless set."""
        self._call("set_fetch_limits", max_bytes, timeout_ms)

    def set_cache(self, folder: Optional[FilePath]) -> None:
        """Keep fetched CRLs in a folder that processes may share; None for none."""
        self._call("set_cache", folder)

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


class Prefetch(Flow):
    """Fetches the CRLs of a trust again before they end, so that no verification waits."""

    _object = "daotp_prefetch"

    def __init__(self, trust: Trust, context: Optional[Context] = None) -> None:
        context = context_or_new(context)
        super().__init__(make("daotp_prefetch", "new", context, trust))
        self._keep("context", context)
        self._keep("trust", trust)

    def _report(self) -> Report:
        return snapshot(self._get("report"))

    @property
    def report(self) -> Report:
        """What the last run could not fetch."""
        return self._report()

    def begin(self, ahead_seconds: int) -> None:
        """Begin; then step."""
        self._begin("begin", ahead_seconds)

    def run(self, ahead_seconds: int) -> None:
        """Fetch all that end within this time, or are over. Blocks."""
        self.begin(ahead_seconds)
        self._run()

    async def run_async(self, ahead_seconds: int) -> None:
        """The same for a coroutine."""
        self.begin(ahead_seconds)
        await self._run_async()
