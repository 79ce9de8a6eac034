# SPDX-License-Identifier: BSD-2-Clause
"""The server end, without a socket of its own: an HTTP request goes in, an answer comes out."""
from __future__ import annotations

import ctypes
import weakref
from typing import Any, Callable, List, Optional, Tuple, Union

from . import _table
from ._handle import FilePath, Handle, Octets, borrowed, copied, exposed, callback, handle_of, make
from ._handle import octets, wipe
from ._table import CodeAnswer, Revocation, Status, UserAnswer
from ._types import Address
from .account import Account, fill, read
from .budget import Budget
from .context import Context, context_or_new
from .credential import Credential
from .profile import Profile
from .report import Report, decode, snapshot
from .trust import Trust

AskUser = Callable[["Exchange", str], Union[Account, UserAnswer, None]]
AskCode = Callable[["Exchange", str, bytearray], Optional[CodeAnswer]]


class Responder(Handle):
    """What all exchanges share. A server with several threads makes one for each."""

    _object = "daotp_responder"

    def __init__(self, context: Optional[Context] = None) -> None:
        context = context_or_new(context)
        super().__init__(make("daotp_responder", "new", context))
        self._keep("context", context)
        self._exchanges: weakref.WeakValueDictionary[int, Exchange] = weakref.WeakValueDictionary()

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """Why the last setting was refused."""
        return self._report()

    def use_profile(self, profile: Profile) -> None:
        """Set what the profile says; what it does not say stays as it was."""
        self._call("use_profile", profile)

    def set_template(self, oid: str) -> None:
        """Set the only template that is accepted."""
        self._call("set_template", oid)

    def set_signer(self, signer: Credential) -> None:
        """Set the signing certificate (registration authority) with its key."""
        self._call("set_signer", signer)
        self._keep("signer", signer)

    def set_signer_files(self, certificate_path: FilePath, key_path: FilePath) -> None:
        """Take the signing certificate from files, and again whenever they change."""
        self._call("set_signer_files", certificate_path, key_path)

    def add_issuing_ca(self, config: str) -> None:
        """Add a CA to be named in answers, "host\\name", in order of rank."""
        self._call("add_issuing_ca", config)

    def add_reserved(self, certificates: Octets) -> None:
        """Refuse requests for the keys of these certificates, those of the TLS server."""
        given = octets(certificates) or b""
        self._call("add_reserved", given, len(given))

    def set_trust(
        self, trust: Optional[Trust], revocation: Revocation = Revocation.REQUIRE
    ) -> None:
        """Judge certificates, the client's and the signing one; None: not judged."""
        self._call("set_trust", trust, revocation)
        self._keep("trust", trust)

    def set_user_callback(self, ask: Optional[AskUser]) -> None:
        """Ask `ask(exchange, user_name)` who a user is: an Account, a UserAnswer, or None to answer
        later by answer_user()."""
        self._set_callback("set_user_callback", _USER, ask)

    def set_code_callback(self, ask: Optional[AskCode]) -> None:
        """Ask `ask(exchange, user_name, code)` whether a code is right, once for each exchange: a
        CodeAnswer, or None to answer later by answer_code(). The code is wiped after the call."""
        self._set_callback("set_code_callback", _CODE, ask)

    def add_domain(self, domain: str, suffix: str) -> None:
        """Add a rule for names: DOMAIN\\user must ask for the UPN user@suffix, checked before all else."""
        self._call("add_domain", domain, suffix)

    def set_budget(self, budget: Optional[Budget]) -> None:
        """Set where wrong codes are counted; None: in memory of this responder alone."""
        self._call("set_budget", budget)
        self._keep("budget", budget)

    def require_certificate(self, require: bool = True) -> None:
        """Must the client have shown a certificate? Yes, unless switched off."""
        self._call("require_certificate", require)

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set how long an exchange may wait for answers; 120 s unless set."""
        self._call("set_timeout_ms", timeout_ms)

    def exchange(self, method: str, body: bytearray) -> Exchange:
        """Begin an exchange. The body holds the code: it is wiped."""
        return Exchange(self, method, body)


class Exchange(Handle):
    """One request and its answer."""

    _object = "daotp_exchange"

    def __init__(self, responder: Responder, method: str, body: bytearray) -> None:
        length = len(body)
        with exposed(body) as address:
            made = make("daotp_exchange", "new", responder, method, address, length)
        super().__init__(made, responder)
        responder._exchanges[made.value or 0] = self
        self._responder = responder

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """What happened; for the server's log, never for the client."""
        return self._report()

    def add_header(self, name: str, value: str) -> None:
        """Add a header of the request; X-OTPCEP-version and Content-Type matter."""
        self._call("add_header", name, value)

    def set_peer_certificate(self, der: Octets) -> None:
        """Set the certificate that the client proved to hold."""
        given = octets(der) or b""
        self._call("set_peer_certificate", given, len(given))

    def refuse_peer_certificate(self, why: str) -> None:
        """Say that a client certificate was there, but cannot be used: the answer is 403."""
        self._call("refuse_peer_certificate", why)

    def step(self) -> Status:
        """Go on. AGAIN: wait for an answer, then step again. Else the answer is ready to be sent,
        and this is the verdict: OK for Success, else what the report explains. Not an exception:
        the client's request that is refused is the server's daily bread."""
        try:
            return self._alone("step")
        except Exception as error:
            if self.http_status and getattr(error, "status", None) == self._last:
                return self._last
            raise

    @property
    def timeout_ms(self) -> int:
        """For how long to wait at most before the next step; -1 for ever."""
        return int(self._get("get_timeout_ms"))

    @property
    def account(self) -> Account:
        """What the directory said of the user."""
        return read(self._get("get_account"))

    def answer_user(self, answer: Union[Account, UserAnswer]) -> None:
        """Answer who the user is; then step."""
        if isinstance(answer, Account):
            fill(self._get("get_account"), answer)
            answer = UserAnswer.FOUND
        self._call("answer_user", answer)

    def answer_code(self, answer: CodeAnswer) -> None:
        """Answer whether the code is right; then step."""
        self._call("answer_code", answer)

    @property
    def signer(self) -> Optional[Credential]:
        """The signing certificate that the exchange uses; None before one was found fit."""
        address = self._get("get_signer")
        context = self._responder._kept["context"]
        return Credential._shared(address, context) if address else None

    @property
    def http_status(self) -> int:
        """The HTTP status to answer with; 0 before it is ready."""
        return int(self._get("get_http_status"))

    @property
    def headers(self) -> List[Tuple[str, str]]:
        """The headers to answer with."""
        found: List[Tuple[str, str]] = []
        value = ctypes.c_void_p()
        while True:
            name = self._get("get_header", len(found), ctypes.byref(value))
            if name is None:
                return found
            found.append((decode(name), decode(ctypes.string_at(value.value or 0))))

    @property
    def body(self) -> bytes:
        """The body to answer with."""
        return borrowed("daotp_exchange_get_body", self) or b""


def _asked(key: Optional[int], address: Address, verb: str) -> Tuple[Any, Any]:
    """Who asks about which exchange; None when either has gone."""
    responder: Any = handle_of(key)
    if responder is None:
        return None, None
    return responder._callbacks.get(verb), responder._exchanges.get(address.value or 0)


@callback(_table.DAOTP_USER_FN, None)
def _USER(key: Optional[int], address: Address, user_name: bytes) -> None:
    ask, exchange = _asked(key, address, "set_user_callback")
    if ask is None or exchange is None:
        return
    try:
        answer = ask(exchange, decode(user_name))
    except BaseException:
        exchange.answer_user(UserAnswer.UNAVAILABLE)
        raise
    if answer is not None:
        exchange.answer_user(answer)


@callback(_table.DAOTP_CODE_FN, None)
def _CODE(key: Optional[int], address: Address, user_name: bytes, code: int, length: int) -> None:
    ask, exchange = _asked(key, address, "set_code_callback")
    if ask is None or exchange is None:
        return
    secret = copied(code, length)
    try:
        answer = ask(exchange, decode(user_name), secret)
    except BaseException:
        exchange.answer_code(CodeAnswer.UNAVAILABLE)
        raise
    finally:
        wipe(secret)
    if answer is not None:
        exchange.answer_code(answer)
