# SPDX-License-Identifier: BSD-2-Clause
"""The validator: is this chain good, is anything in it revoked, is it fit for its part."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

from ._flow import Flow
from ._handle import Octets, borrowed, make, octets
from ._table import NameKind, Revocation, Role, Rules, VerifyFlag
from .context import Context, context_or_new
from .fetcher import Fetcher
from .profile import Profile
from .report import Report, snapshot
from .trust import Trust


@dataclass(frozen=True)
class Chain:
    """The path by which a certificate was accepted."""

    certificates: Tuple[bytes, ...]  # DER, the one judged first, the anchor last
    subjects: Tuple[str, ...]
    policies: Tuple[str, ...]  # the user-constrained-policy-set, RFC 5280 6.1.6
    report: Report


class Verifier(Flow):
    """A validator with its settings. What is not accepted raises RejectedError, UndecidedError or
    whatever kept it from a verdict; verify() returns only for what is accepted."""

    _object = "daotp_verifier"

    def __init__(
        self,
        trust: Trust,
        *,
        role: Optional[Role] = None,
        revocation: Optional[Revocation] = None,
        fetcher: Optional[Fetcher] = None,
        context: Optional[Context] = None,
    ) -> None:
        """Strict rules, revocation required, the context's clock, no role, nothing is fetched,
        unless set otherwise."""
        context = context_or_new(context)
        super().__init__(make("daotp_verifier", "new", context, trust))
        self._keep("context", context)
        self._keep("trust", trust)
        if role is not None:
            self.set_role(role)
        if revocation is not None:
            self.set_revocation(revocation)
        if fetcher is not None:
            self.set_fetcher(fetcher)

    def use_profile(self, profile: Profile) -> None:
        """Set what the profile says; what it does not say stays as it was."""
        self._call("use_profile", profile)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """The report of the last run."""
        return self._report()

    def _add(self, verb: str, data: Optional[Octets]) -> None:
        given = octets(data)
        self._call(verb, given, len(given or b""))

    def set_rules(self, rules: Rules) -> None:
        """Set the rules."""
        self._call("set_rules", rules)

    def set_revocation(self, mode: Revocation) -> None:
        """Set what must be known about revocation."""
        self._call("set_revocation", mode)

    def set_stale_s(self, seconds: int) -> None:
        """Take a CRL or OCSP answer for so long after its nextUpdate, with a warning."""
        self._call("set_stale_s", seconds)

    def set_time_s(self, seconds: Optional[int]) -> None:
        """Judge as of this time, seconds since 1970 UTC; None for the context's clock."""
        if seconds is None:
            self._call("clear_time")
        else:
            self._call("set_time_s", seconds)

    def set_role(self, role: Role) -> None:
        """Set the part that the certificate is to play."""
        self._call("set_role", role)

    def set_fetcher(self, fetcher: Optional[Fetcher]) -> None:
        """Fetch what is missing, by this fetcher; None fetches nothing."""
        self._call("set_fetcher", fetcher)
        self._keep("fetcher", fetcher)

    def set_flag(self, flag: VerifyFlag, on: bool = True) -> None:
        """Set a flag, or take it back."""
        self._call("set_flag", flag, on)

    def set_purpose(self, oid: Optional[str]) -> None:
        """Set the extended key usage that the certificate must allow; None for none."""
        self._call("set_purpose", oid)

    def set_max_depth(self, depth: int) -> None:
        """Set how many intermediate certificates a path may have; 8 unless set."""
        self._call("set_max_depth", depth)

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set the total time of a run that fetches; 60 s unless set."""
        self._call("set_timeout_ms", timeout_ms)

    def add_ntauth(self, certificates: Optional[Octets]) -> None:
        """Add CAs that may issue for logon (NTAuth); None forgets all."""
        self._add("add_ntauth", certificates)

    def add_name(self, kind: NameKind, name: Optional[str]) -> None:
        """Add a name that the certificate must have; None forgets all, of all kinds."""
        self._call("add_name", kind, name)

    def add_policy(self, oid: Optional[str]) -> None:
        """Add to the user's initial policy set; None empties it."""
        self._call("add_policy", oid)

    def add_intermediates(self, certificates: Optional[Octets]) -> None:
        """Add certificates that may help to build a path; None forgets all."""
        self._add("add_intermediates", certificates)

    def add_crls(self, crls: Optional[Octets]) -> None:
        """Add CRLs to those of the trust; None forgets all."""
        self._add("add_crls", crls)

    def add_ocsp(self, response: Optional[Octets]) -> None:
        """Add an OCSP response in DER; None forgets all."""
        self._add("add_ocsp", response)

    def begin(self, certificate: Octets) -> None:
        """Begin to judge; then step."""
        given = octets(certificate) or b""
        self._begin("begin", given, len(given))

    def verify(self, certificate: Octets) -> Chain:
        """Judge a certificate: DER, or PEM with any that may help behind it."""
        self.begin(certificate)
        self._run()
        return self.chain

    async def verify_async(self, certificate: Octets) -> Chain:
        """The same for a coroutine."""
        self.begin(certificate)
        await self._run_async()
        return self.chain

    @property
    def chain(self) -> Chain:
        """The path that the last run found, also for what was not accepted."""
        name = "daotp_verifier_get_certificate"
        count: Any = self._get("get_chain_count")
        found = (borrowed(name, self, at) for at in range(count))
        return Chain(
            tuple(one for one in found if one is not None),
            tuple(self._text("get_subject", at) for at in range(count)),
            tuple(self._text("get_policy", at) for at in range(self._get("get_policy_count"))),
            self._report(),
        )
