# SPDX-License-Identifier: BSD-2-Clause
"""Fetching what certificates name: CRLs, issuer certificates and OCSP answers; and ahead of need."""
from __future__ import annotations

from typing import Optional

from ._flow import Flow
from ._handle import FilePath, Handle, make
from .context import Context, context_or_new
from .report import Report, snapshot


class Fetcher(Handle):
    """From where may be fetched, and what was fetched before. Its users share it: verifiers, clients
    and prefetches. Set it first: from its first use its settings are immutable."""

    _object = "daotp_fetcher"

    def __init__(self, *networks: str, context: Optional[Context] = None) -> None:
        """From public addresses, and from these private networks."""
        context = context_or_new(context)
        super().__init__(make("daotp_fetcher", "new", context))
        self._keep("context", context)
        for network in networks:
            self.allow_network(network)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """Why the last setting was refused."""
        return self._report()

    def allow_network(self, network: str) -> None:
        """Allow fetches from a private network ("10.0.0.0/8", "127.0.0.1"), any port there."""
        self._call("allow_network", network)

    def allow_ldap(self, server: Optional[str]) -> None:
        """Follow LDAP distribution points too, within networks that were allowed; "host[:port]" for
        URLs that name no server; None for none."""
        self._call("allow_ldap", server)

    def set_max_bytes(self, max_bytes: int) -> None:
        """Set how much may come in one fetch; 64 MiB unless set."""
        self._call("set_max_bytes", max_bytes)

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set how long one fetch may take; 15 s unless set."""
        self._call("set_timeout_ms", timeout_ms)

    def set_cache(self, folder: Optional[FilePath]) -> None:
        """Keep fetched CRLs in a folder that processes may share; None for none."""
        self._call("set_cache", folder)


class Prefetch(Flow):
    """Fetches the CRLs of a fetcher again before they expire, so that no verification waits."""

    _object = "daotp_prefetch"

    def __init__(self, fetcher: Fetcher, context: Optional[Context] = None) -> None:
        context = context_or_new(context)
        super().__init__(make("daotp_prefetch", "new", context, fetcher))
        self._keep("context", context)
        self._keep("fetcher", fetcher)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """What the last run could not fetch."""
        return self._report()

    def begin(self, ahead_s: int) -> None:
        """Begin; then step."""
        self._begin("begin", ahead_s)

    def run(self, ahead_s: int) -> None:
        """Fetch all that end within this time, or have expired. Blocks."""
        self.begin(ahead_s)
        self._run()

    async def run_async(self, ahead_s: int) -> None:
        """The same for a coroutine."""
        self.begin(ahead_s)
        await self._run_async()
