# SPDX-License-Identifier: BSD-2-Clause
"""The enrolment: a user name and a one-time password become a credential."""
from __future__ import annotations

import ctypes
from typing import Callable, List, Optional, Union

from . import _table
from ._domain import AskCredential, Later, ask_credential
from ._flow import Flow
from ._handle import (
    FilePath,
    Octets,
    callback,
    exposed,
    function_or_none,
    make,
    octets,
    target,
)
from ._library import lib
from ._table import CaAuthentication, KeyKind, Revocation, Rules, Stage, StageState, Status
from ._types import Address
from .account import Account, fill
from .ca import CA
from .context import Context, context_or_new
from .credential import Credential
from .fetcher import Fetcher
from .key import Key
from .profile import Profile
from .report import Report, decode, snapshot
from .store import Store
from .trust import Trust

LookUp = Callable[[str], Union[Account, Later, None]]
Progress = Callable[[Stage, StageState], None]


class Client(Flow):
    """Enrols. prepare() does what can be done before the user types the code, enroll() the rest.

    A code is sent once; what can be known wrong without it is checked before it leaves.
    """

    _object = "daotp_client"

    def __init__(
        self,
        *servers: str,
        trust: Optional[Trust] = None,
        identity: Optional[Credential] = None,
        ca: Optional[CA] = None,
        template: Optional[str] = None,
        store: Optional[Store] = None,
        context: Optional[Context] = None,
    ) -> None:
        """With these servers' URLs; what else is given is set by the setter of its name."""
        context = context_or_new(context)
        super().__init__(make("daotp_client", "new", context))
        self._asked: List[Address] = []  # the account that is to be filled in later
        self._keep("context", context)
        for url in servers:
            self.add_server(url)
        if trust is not None:
            self.set_trust(trust)
        if identity is not None:
            self.set_identity(identity)
        if ca is not None:
            self.set_ca(ca)
        if template is not None:
            self.set_template(template)
        if store is not None:
            self.set_store(store)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """What happened in the last call or flow."""
        return self._report()

    # ---- the deployment

    def use_profile(self, profile: Profile) -> None:
        """Set what the profile says; what it does not say stays as it was."""
        self._call("use_profile", profile)

    def add_server(self, url: str) -> None:
        """Add a server, by its whole https URL; tried in the order added."""
        self._call("add_server", url)

    def set_identity(self, identity: Optional[Credential]) -> None:
        """Set who this machine is in TLS."""
        self._call("set_identity", identity)
        self._keep("identity", identity)

    def set_trust(self, trust: Trust) -> None:
        """Set the anchors for the servers' certificates."""
        self._call("set_trust", trust)
        self._keep("trust", trust)

    def set_issuer_trust(
        self,
        trust: Optional[Trust],
        revocation: Revocation = Revocation.REQUIRE,
    ) -> None:
        """Judge what is issued, path and revocation, by the trust of the logon PKI."""
        self._call("set_issuer_trust", trust, revocation)
        self._keep("issuer_trust", trust)

    def add_ntauth(self, certificates: Optional[Octets]) -> None:
        """Add CAs that may issue for logon (NTAuth), asked where set_issuer_trust is set; None
        forgets all."""
        given = octets(certificates)
        self._call("add_ntauth", given, len(given) if given is not None else 0)

    def set_fetcher(self, fetcher: Optional[Fetcher]) -> None:
        """Fetch what is missing when the issued certificate is judged, and the KDC's; None fetches
        nothing."""
        self._call("set_fetcher", fetcher)
        self._keep("fetcher", fetcher)

    def set_ca(self, ca: CA) -> None:
        """Set how the signed request reaches the CA."""
        self._call("set_ca", ca)
        self._keep("ca", ca)

    def set_store(self, store: Optional[Store], label: Optional[str] = None) -> None:
        """Set where the credential is kept; under the user's UPN unless a label is given."""
        self._call("set_store", store, label)
        self._keep("store", store)

    def set_template(self, oid: str, major: int = -1, minor: int = -1) -> None:
        """Set the OTP logon template; a negative version is not sent, which is the safest."""
        self._call("set_template", oid, major, minor)

    def set_proxy(self, proxy: Optional[str]) -> None:
        """Set the proxy, [scheme://]host[:port]."""
        self._call("set_proxy", proxy)

    def set_environment_proxy(self, use: bool = True) -> None:
        """Take https_proxy, all_proxy and no_proxy of the environment."""
        self._call("set_environment_proxy", use)

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set the deadline of each part; 60 s unless set."""
        self._call("set_timeout_ms", timeout_ms)

    def set_deadline_ms(self, deadline_ms: int) -> None:
        """Set one deadline for both parts together; the time between them does not count. 0 for none,
        which holds unless it is set."""
        self._call("set_deadline_ms", deadline_ms)

    def set_connect_timeout_ms(self, timeout_ms: int) -> None:
        """Set how long one server may take before the next is tried; 10 s unless set."""
        self._call("set_connect_timeout_ms", timeout_ms)

    def set_preflight(self, use: bool) -> None:
        """Connect before the code exists; on unless switched off."""
        self._call("set_preflight", use)

    def set_ignore_head(self, ignore: bool = True) -> None:
        """Send the HEAD that warms the connection, and take no notice of the answer."""
        self._call("set_ignore_head", ignore)

    def set_tls12_only(self, only: bool = True) -> None:
        """TLS 1.2 only, for servers that cannot ask late over TLS 1.3."""
        self._call("set_tls12_only", only)

    def set_server_rules(self, rules: Rules) -> None:
        """Set the rules by which the TLS servers' certificates are judged; Rules.PATH unless set."""
        self._call("set_server_rules", rules)

    def set_server_revocation(self, mode: Revocation) -> None:
        """Set what must be known about revocation of the OTP server's TLS certificate; not checked
        unless set."""
        self._call("set_server_revocation", mode)

    def set_max_lifetime_s(self, seconds: int) -> None:
        """Set the longest lifetime of an issued certificate; 4 hours unless set."""
        self._call("set_max_lifetime_s", seconds)

    def set_logon_proof(self, use: bool = True) -> None:
        """Have the certificate proven at a KDC by PKINIT; off unless set."""
        self._call("set_logon_proof", use)

    def set_logon_realm(self, realm: Optional[str] = None, *, kdc: Optional[str] = None) -> None:
        """Set the realm of the logon proof, the UPN's suffix unless set, and its KDC, those of
        krb5.conf unless set."""
        self._call("set_logon_realm", realm, kdc)

    def set_logon_anchors(self, path: Optional[FilePath]) -> None:
        """Set the file of roots for the KDC's certificate; krb5.conf's unless set."""
        self._call("set_logon_anchors", path)

    # ---- the user

    def set_key_kind(self, kind: KeyKind) -> None:
        """Set the kind of key that prepare makes; RSA_2048 unless set."""
        self._call("set_key_kind", kind)

    def set_key(self, key: Optional[Key]) -> None:
        """Set the key to be certified, instead of a new one that prepare makes in a step."""
        self._call("set_key", key)

    def set_request(self, csr: Optional[Octets], key: Optional[Key] = None) -> None:
        """Set a ready PKCS#10 in DER, and its key, instead of one made here."""
        given = octets(csr)
        self._call("set_request", given, len(given or b""), key)

    def set_account(
        self, upn: Optional[str] = None, *, dn: Optional[str] = None, sid: Optional[str] = None
    ) -> None:
        """Set what the directory says of the user."""
        self._call("set_upn", upn)
        self._call("set_dn", dn)
        self._call("set_sid", sid)

    def set_account_callback(self, look_up: Optional[LookUp]) -> None:
        """Ask `look_up(user_name)` what the directory says; None from it: cannot say; LATER:
        answer_account() will say."""
        self._asked = []
        given = function_or_none("set_account_callback", look_up)
        asked = None if given is None else _LookUp(given, self._asked)
        self._set_callback("set_account_callback", _ACCOUNT, asked)

    def answer_account(self, account: Optional[Account]) -> None:
        """Say what the directory says, after the callback returned LATER; None: cannot say."""
        if account is not None and self._asked:
            fill(self._asked[-1], account)
        self._asked.clear()
        self._call("answer_account", Status.OK if account is not None else Status.UNDECIDED)

    def set_domain_callback(self, ask: Optional[AskCredential]) -> None:
        """Ask `ask(host, origin, attempt)` for (user name, password) for this host alone; None from
        it: have none; LATER: answer_domain() will say. The password is wiped. `origin` says where the name of the host came from;
        `attempt` is 1, and one more for each password that this host has refused. One that was
        refused is not sent there again."""
        self._set_callback("set_domain_callback", _DOMAIN, ask)

    def answer_domain(self, user_name: Optional[str], password: Optional[bytearray] = None) -> None:
        """Give the domain credential, after the callback returned LATER; None: have none. The
        password is wiped. Steps go on, those of a coroutine by themselves."""
        if user_name is None or password is None:
            self._call("answer_domain", None, None, 0)
            return
        length = len(password)
        with exposed(password) as secret:
            self._call("answer_domain", user_name, secret, length)

    def set_ask_early(self, use: bool = True) -> None:
        """Ask for the domain credential in prepare(), where it is known by then who gets it."""
        self._call("set_ask_early", use)

    @property
    def ca_authentication(self) -> Optional[CaAuthentication]:
        """How the CA will be asked, once prepare has looked at the way to it; None before, and for a
        CA that is no enrolment web service."""
        how = self._get("get_ca_authentication")
        return CaAuthentication(how) if how else None

    def set_progress_callback(self, tell: Optional[Progress]) -> None:
        """Tell `tell(stage, state)` when a stage begins or ends."""
        self._set_callback("set_progress_callback", _PROGRESS, tell)

    # ---- the flows

    def prepare_begin(self, user_name: str) -> None:
        """Begin the first part; then step."""
        self._begin("prepare_begin", user_name)

    def enroll_begin(self, otp: bytearray) -> None:
        """Begin the second part with the code, which is wiped; then step, then finish."""
        length = len(otp)
        with exposed(otp) as octets_of:
            self._begin("enroll_begin", octets_of, length)

    def finish(self) -> Credential:
        """Take what the second part won."""
        out = Address()
        try:
            self._alone("finish", ctypes.byref(out))
            return Credential(out, self._kept["context"])
        except BaseException:
            lib.daotp_credential_unref(out)
            raise

    def prepare(self, user_name: str) -> None:
        """First part: key, request, connection. `user_name` is DOMAIN\\user or a UPN."""
        self.prepare_begin(user_name)
        self._run()

    def enroll(self, otp: bytearray) -> Credential:
        """Second part: the code is sent and wiped; the certificate fetched, judged and stored."""
        self.enroll_begin(otp)
        self._run()
        return self.finish()

    def get_key(self) -> Optional[Key]:
        """The key of the request that was prepared: to be kept when the CA puts the request aside."""
        address = lib.daotp_client_get_key(self._pointer())
        return Key._shared(address, self._kept["context"]) if address else None

    def set_pending_request(self, config: str, request_id: str) -> None:
        """Set which request resume() asks for: the CA, and the number that CA-PENDING shows."""
        self._call("set_pending_request", config, request_id)

    def resume_begin(self, user_name: str) -> None:
        """Begin to ask the CA for the certificate of a request that it put aside."""
        self._begin("resume_begin", user_name)

    def resume(self, user_name: str) -> Credential:
        """Ask the CA for the certificate of a request that it put aside; CA-PENDING while it waits."""
        self.resume_begin(user_name)
        self._run()
        return self.finish()

    async def prepare_async(self, user_name: str) -> None:
        """prepare() for a coroutine: cancelling the task cancels the flow."""
        self.prepare_begin(user_name)
        await self._run_async()

    async def enroll_async(self, otp: bytearray) -> Credential:
        """enroll() for a coroutine: cancelling the task cancels the flow."""
        self.enroll_begin(otp)
        await self._run_async()
        return self.finish()


class _LookUp:
    """The application's function, and where the account goes that it will fill in later."""

    def __init__(self, look_up: LookUp, asked: List[Address]) -> None:
        self.look_up = look_up
        self.asked = asked

    def __call__(self, user_name: bytes, account: Address) -> int:
        found = self.look_up(decode(user_name))
        if found is None:
            return Status.CONFIGURATION
        if isinstance(found, Later):
            self.asked.append(account)
            return Status.AGAIN
        fill(account, found)
        return Status.OK


@callback(_table.DAOTP_ACCOUNT_FN, Status.CANCELLED)
def _ACCOUNT(key: Optional[int], user_name: bytes, account: Address) -> int:
    look_up = target(key, "set_account_callback")
    return int(look_up(user_name, account)) if look_up is not None else Status.CONFIGURATION


@callback(_table.DAOTP_DOMAIN_FN, Status.CANCELLED)
def _DOMAIN(key: Optional[int], host: bytes, origin: int, attempt: int, answer: Address) -> int:
    return ask_credential(target(key, "set_domain_callback"), host, origin, attempt, answer)


@callback(_table.DAOTP_PROGRESS_FN, None)
def _PROGRESS(key: Optional[int], stage: int, state: int) -> None:
    tell = target(key, "set_progress_callback")
    if tell is not None:
        tell(Stage(stage), StageState(state))
