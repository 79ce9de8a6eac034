# SPDX-License-Identifier: BSD-2-Clause
"""How the signed request reaches the certification authority; and how to write a way of one's own."""
from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Tuple

from . import _table
from ._domain import AskCredential, ask_credential
from ._handle import (
    REPORT,
    FilePath,
    Handle,
    Octets,
    borrowed,
    callback,
    copied,
    function_or_none,
    guarded,
    invoke,
    make,
    octets,
    reported,
    taken,
    target,
)
from ._library import lib
from ._table import CaAuthentication, CaRpcMechanism, CaWay, HostOrigin, Rules, Status
from ._types import Address
from .context import Context, context_or_new
from .credential import Credential
from .errors import Error, UsageError, error_for
from .key import Key
from .report import Findings, Report, decode, snapshot
from .templates import Template, Templates
from .trust import Trust


class CA(Handle):
    """A way to a certification authority. One serves one client at a time."""

    _object = "daotp_ca"

    def __init__(self, address: Address, context: Context) -> None:
        super().__init__(address)
        self._keep("context", context)

    @classmethod
    def wstep(
        cls,
        url: Optional[str] = None,
        authentication: CaAuthentication = CaAuthentication.ANY,
        context: Optional[Context] = None,
    ) -> CA:
        """The Certificate Enrollment Web Service (MS-WSTEP); `url` as for set_url(). Without a URL
        the OTP server names the CA's host: then allow_host() says which it may name."""
        context = context_or_new(context)
        ca = cls(make("daotp_ca", "new_wstep", context, authentication), context)
        if url is not None:
            ca.set_url(url)
        return ca

    @classmethod
    def rpc(cls, way: CaWay = CaWay.AUTO, context: Optional[Context] = None) -> CA:
        """The CA itself by RPC, as Windows does (ICPR, DCOM), with the user's Kerberos ticket or
        domain password. allow_host() says which host the OTP server may name."""
        context = context_or_new(context)
        return cls(make("daotp_ca", "new_rpc", context, way), context)

    @classmethod
    def by_hand(
        cls,
        request_path: FilePath,
        certificate_path: FilePath,
        context: Optional[Context] = None,
    ) -> CA:
        """The request is written to a file, and the certificate awaited in another."""
        context = context_or_new(context)
        return cls(make("daotp_ca", "new_file", context, request_path, certificate_path), context)

    @classmethod
    def from_transport(cls, transport: Transport, context: Optional[Context] = None) -> CA:
        """A way that the library does not have."""
        context, key = context_or_new(context), next(_keys)
        _transports[key] = transport  # until C calls free, which it does when this fails too
        return cls(make("daotp_ca", "new", context, ctypes.byref(_TABLE), Address(key)), context)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """Why the last setting was refused."""
        return self._report()

    def set_url(self, url: Optional[str]) -> None:
        """Set the service's URL outright (WSTEP); None to go by the template again."""
        self._call("set_url", url)

    def set_url_template(self, template: str) -> None:
        """Set how the URL is made: it holds {host}, {ca} and {method} (WSTEP)."""
        self._call("set_url_template", template)

    def allow_host(self, host: str) -> None:
        """Allow the OTP server to name this host as the CA's, or with ".corp.example" every host
        below that suffix. May be called for several."""
        self._call("allow_host", host)

    def set_trust(self, trust: Trust) -> None:
        """Set the anchors for the service's own certificate; the client's unless set (WSTEP)."""
        self._call("set_trust", trust)
        self._keep("trust", trust)

    def set_identity(self, identity: Credential) -> None:
        """Set the TLS client certificate for CaAuthentication.CERTIFICATE."""
        self._call("set_identity", identity)
        self._keep("identity", identity)

    def set_ticket_cache(self, name: Optional[str]) -> None:
        """Set the credential cache with the user's tickets; None for the default one (RPC)."""
        self._call("set_ticket_cache", name)

    def set_keytab(self, name: Optional[str]) -> None:
        """Set a keytab with the user's key, in the place of a password; None for none (RPC)."""
        self._call("set_keytab", name)

    def set_realm(self, realm: Optional[str], kdc: Optional[str] = None) -> None:
        """Set the realm of the user's password, and its KDC (RPC)."""
        self._call("set_realm", realm, kdc)

    def set_armor_cache(self, name: Optional[str]) -> None:
        """Set the cache with the machine's ticket that armours the exchange with the password
        (RPC)."""
        self._call("set_armor_cache", name)

    def set_mapper_port(self, port: int) -> None:
        """Set the TCP port of the endpoint mapper; 135, as on Windows, unless set. Only for RPC."""
        self._call("set_mapper_port", port)

    def set_rpc_mechanism(self, mechanism: CaRpcMechanism) -> None:
        """Set how the security context is negotiated (RPC)."""
        self._call("set_rpc_mechanism", mechanism)

    def set_web_service(self, service: Optional[CA]) -> None:
        """Set the web service that CaWay.AUTO takes where RPC is switched off."""
        self._call("set_web_service", service)
        self._keep("web_service", service)

    def fetch_templates(
        self,
        user_name: str,
        ask: Optional[AskCredential] = None,
        timeout_ms: int = 30000,
    ) -> Tuple[Template, ...]:
        """Ask an enrolment policy service (MS-XCEP), whose URL and anchors were set, which templates
        it offers this user. `ask` as for Client.set_domain_callback(). Blocks."""
        args = (user_name, *self._asking(ask), timeout_ms)
        made = self._make("daotp_templates_free", "daotp_ca_fetch_templates", *args)
        with Templates(made) as templates:
            return templates.read()

    def ping(
        self,
        config: str,
        user_name: str,
        ask: Optional[AskCredential] = None,
        timeout_ms: int = 30000,
    ) -> None:
        """Ask whether the CA "host\\name" answers by RPC, without a request being made; an Error,
        which has the report, when it does not. `ask` as for Client.set_domain_callback()."""
        self._call_reported("ping", config, user_name, *self._asking(ask), timeout_ms)

    def ask_info(
        self,
        config: str,
        user_name: str,
        ask: Optional[AskCredential] = None,
        timeout_ms: int = 30000,
    ) -> CAInfo:
        """Ask the CA "host\\name", or whichever is at "host", for its names, templates and
        certificate, without a request being made. `ask` as for ping()."""
        args = (config, user_name, *self._asking(ask), timeout_ms)
        info = self._make("daotp_ca_info_free", "daotp_ca_ask_info", *args)
        try:
            return _read_info(info)
        finally:
            lib.daotp_ca_info_free(info)

    def enroll_ra(
        self,
        config: str,
        machine: str,
        template_oid: str,
        dns_name: str,
        key: Key,
        timeout_ms: int = 30000,
    ) -> Credential:
        """Enrol the certificate of a registration authority as the machine "DOMAIN\\NAME$"."""
        args = (config, machine, template_oid, dns_name, key, timeout_ms)
        return self._credential("daotp_ra_enroll", *args)

    def renew_ra(
        self,
        config: str,
        machine: str,
        renewed: Credential,
        key: Key,
        timeout_ms: int = 30000,
    ) -> Credential:
        """Renew the certificate `renewed` for a new key; the request is signed with the old key."""
        return self._credential("daotp_ra_renew", config, machine, renewed, key, timeout_ms)

    def _credential(self, name: str, *args: Any) -> Credential:
        made = self._make("daotp_credential_unref", name, *args)
        return Credential(made, self._kept["context"])

    def _asking(self, ask: Optional[AskCredential]) -> Tuple[Any, Address]:
        """The function that asks for a password and its argument, as C takes them."""
        function_or_none("ask", ask)
        if ask is None:
            self._callbacks.pop("ask", None)
            return type(_ASK)(), Address(self._key)
        self._callbacks["ask"] = ask
        return _ASK, Address(self._key)

    def _make(self, free: str, name: str, *args: Any) -> Address:
        """Call what makes an object, which `free` frees; its last arguments are a report and where
        the object goes."""
        made = Address()
        self._enter(1)
        try:
            reported(self._kept["context"], name, self, *args, REPORT, ctypes.byref(made))
        except BaseException:
            getattr(lib, free)(made)
            raise
        finally:
            self._enter(-1)
        return made


@dataclass(frozen=True)
class CATemplate:
    """A template that a CA offers."""

    name: str
    oid: str  # "" for templates of version 1


@dataclass(frozen=True)
class CAInfo:
    """What a CA says about itself; what it does not tell is empty."""

    name: str
    sanitized_name: str
    dns_name: str
    templates: Tuple[CATemplate, ...]
    certificates: Tuple[bytes, ...]  # DER; the CA's newest, and those that lead towards a root
    pem: str  # the same in PEM


def _read_info(info: Address) -> CAInfo:
    templates = range(lib.daotp_ca_info_get_template_count(info))
    certificates = range(lib.daotp_ca_info_get_count(info))
    return CAInfo(
        decode(lib.daotp_ca_info_get_name(info)),
        decode(lib.daotp_ca_info_get_sanitized_name(info)),
        decode(lib.daotp_ca_info_get_dns_name(info)),
        tuple(
            CATemplate(
                decode(lib.daotp_ca_info_get_template_name(info, i)),
                decode(lib.daotp_ca_info_get_template_oid(info, i)),
            )
            for i in templates
        ),
        tuple(borrowed("daotp_ca_info_get_certificate", info, i) or b"" for i in certificates),
        taken("daotp_ca_info_copy_pem", info).decode("ascii"),
    )


@callback(_table.DAOTP_DOMAIN_FN, Status.CANCELLED)
def _ASK(key: Optional[int], host: bytes, origin: int, attempt: int, answer: Address) -> int:
    return ask_credential(target(key, "ask"), host, origin, attempt, answer)


# ---- a way of one's own ---------------------------------------------------------------------------


class Submission:
    """One signed request on its way. It ends with the transport's end(), or with its check()."""

    def __init__(self, address: Address) -> None:
        self._address: Optional[Address] = address

    def _pointer(self) -> Address:
        if self._address is None:
            raise UsageError("daotp_submission: used after it has ended")
        return self._address

    def _text(self, verb: str) -> str:
        return decode(getattr(lib, f"daotp_submission_{verb}")(self._pointer()))

    @property
    def request(self) -> bytes:
        """The CMC full request in DER; empty for check()."""
        return borrowed("daotp_submission_get_request", self._pointer()) or b""

    @property
    def config(self) -> str:
        """The CA as the server named it, "host\\name"."""
        return self._text("get_config")

    @property
    def host(self) -> str:
        """Its host."""
        return self._text("get_host")

    @property
    def ca_name(self) -> str:
        """Its name."""
        return self._text("get_ca_name")

    @property
    def user_name(self) -> str:
        """The user whose enrolment it is."""
        return self._text("get_user_name")

    @property
    def proxy(self) -> Optional[str]:
        """The client's proxy."""
        proxy = lib.daotp_submission_get_proxy(self._pointer())
        return decode(proxy) if proxy else None

    @property
    def uses_environment_proxy(self) -> bool:
        """May the proxy be taken from the environment where none is set?"""
        return bool(lib.daotp_submission_uses_environment_proxy(self._pointer()))

    @property
    def is_tls12_only(self) -> bool:
        """Is TLS 1.2 the newest that the client may speak?"""
        return bool(lib.daotp_submission_is_tls12_only(self._pointer()))

    @property
    def server_rules(self) -> Rules:
        """By which rules the client judges the certificate of a TLS server."""
        return Rules(lib.daotp_submission_get_server_rules(self._pointer()))

    @property
    def connect_timeout_ms(self) -> int:
        """How long a connection may take to be made."""
        return int(lib.daotp_submission_get_connect_timeout_ms(self._pointer()))

    @property
    def has_ticket(self) -> bool:
        """Is there a valid Kerberos ticket of the user? Needs CaNeed.TAKES_TICKET."""
        return bool(lib.daotp_submission_has_ticket(self._pointer()))

    @property
    def resumed_id(self) -> Optional[str]:
        """The number of a request that was put aside, of which is asked; None for a new one."""
        number = lib.daotp_submission_get_resumed_id(self._pointer())
        return decode(number) if number else None

    @property
    def can_ask_credential(self) -> bool:
        """Is there somebody to ask for the domain credential?"""
        return bool(lib.daotp_submission_can_ask_credential(self._pointer()))

    @property
    def report(self) -> Findings:
        """Where findings go."""
        return Findings(lib.daotp_submission_get_report(self._pointer()))

    def set_unread(self, length: int) -> None:
        """So many bytes of an answer are there, and cannot be read yet."""
        lib.daotp_submission_set_unread(self._pointer(), length)

    def check_host_form(self, host: str) -> None:
        """Is this the name or address of a host, and no more? An Error when it is not."""
        self._call("check_host_form", host)

    def get_trust(self, context: Context) -> Optional[Trust]:
        """The anchors of the client; None when there are none."""
        address = lib.daotp_submission_get_trust(self._pointer())
        return Trust._shared(address, context) if address else None

    def check_host(self, host: str) -> None:
        """May this host, which the OTP server named, get the request? An Error when it may not."""
        self._call("check_host", host)

    def ask_credential(
        self, host: str, origin: HostOrigin = HostOrigin.FROM_SERVER
    ) -> Tuple[str, bytearray]:
        """Ask the application for the user's name and password, for this host alone. The password
        is a copy: wipe() it. Only a host that the application itself gave to the transport is
        HostOrigin.CONFIGURED; any other must be allowed with CA.allow_host()."""
        name, password, length = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_size_t()
        out = (ctypes.byref(name), ctypes.byref(password), ctypes.byref(length))
        self._call("ask_credential", host, origin, *out)
        secret = copied(password.value or 0, length.value)
        return decode(ctypes.string_at(name.value or 0)), secret

    def issued(self, data: Octets) -> Status:
        """Outcome: the certificate, chain or CMC answer; again with more."""
        given = octets(data) or b""
        self._call("issued", given, len(given))
        return Status.OK

    def holds_certificate(self, data: Octets) -> bool:
        """Is a certificate for the requested key in these bytes?"""
        given = octets(data) or b""
        return bool(lib.daotp_submission_holds_certificate(self._pointer(), given, len(given)))

    def set_disposition(self, request_id: Optional[str] = None,
                        message: Optional[str] = None) -> None:
        """The number of the request and the CA's own words, shown with the outcome."""
        self._call("set_disposition", request_id, message)

    def pending(self, request_id: Optional[str] = None) -> Status:
        """Outcome: put aside for the CA's manager. What step() is to return."""
        return self._outcome("pending", request_id)

    def denied(self, hresult: int, message: Optional[str] = None) -> Status:
        """Outcome: refused. What step() is to return."""
        return self._outcome("denied", hresult, message)

    def _outcome(self, verb: str, *args: Any) -> Status:
        status, raised = invoke(f"daotp_submission_{verb}", self._pointer(), *args)
        if raised is not None:
            raise raised
        return status

    def _call(self, verb: str, *args: Any) -> None:
        status = self._outcome(verb, *args)
        if status != Status.OK:
            raise error_for(f"daotp_submission_{verb}", status, None)


class Transport:
    """A way to a CA, all in the client's thread. An exception fails the submission and is raised
    from the client's call; an Error only fails it, as its status says."""

    def begin(self, submission: Submission) -> Any:
        """Begin; what it returns is the state that the others get. No waiting."""

    def step(self, state: Any, submission: Submission) -> Status:
        """Go on: AGAIN to wait, OK when an outcome was set, else what went wrong."""
        raise NotImplementedError

    def descriptor(self, state: Any) -> int:  # pylint: disable=unused-argument
        """A descriptor that becomes readable when step can go on; -1 for none."""
        return -1

    def timeout_ms(self, state: Any) -> int:  # pylint: disable=unused-argument
        """Step again after this long, though nothing is ready; -1 for never."""
        return -1

    def end(self, state: Any) -> None:
        """The submission has ended, whatever happened."""

    def check(self, submission: Submission) -> Status:  # pylint: disable=unused-argument
        """Could a submission begin? Asked before a one-time code is spent. No waiting."""
        return Status.OK

    def needs(self) -> int:
        """What it uses of the user's: members of CaNeed, added up."""
        return 0

    def free(self) -> None:
        """The CA has ended."""


_keys = itertools.count(1)
_transports: Dict[int, Transport] = {}
_under_way: Dict[int, Tuple[Any, Submission]] = {}  # by the number that C keeps as state


def _answered(function: Callable[..., Status]) -> Callable[..., int]:
    @guarded(Status.INTERNAL)
    def answer(key: int, *args: Any) -> int:
        try:
            return int(function(_transports[key], *args))
        except Error as error:
            return error.status

    return answer


@_answered
def _begin(transport: Transport, address: Address, out: Any) -> Status:
    submission = Submission(address)
    state = transport.begin(submission)
    out[0] = number = next(_keys)
    _under_way[number] = state, submission
    return Status.OK


@_answered
def _step(transport: Transport, number: int, _address: Address) -> Status:
    return transport.step(*_under_way[number])


@guarded(-1)
def _descriptor(key: int, number: int) -> int:
    return int(_transports[key].descriptor(_under_way[number][0]))


@guarded(0)
def _timeout_ms(key: int, number: int) -> int:
    return int(_transports[key].timeout_ms(_under_way[number][0]))


@guarded(None)
def _end(key: int, number: int) -> None:
    state, submission = _under_way.pop(number)
    submission._address = None
    _transports[key].end(state)


@guarded(None)
def _free(key: int) -> None:
    _transports.pop(key).free()


@_answered
def _check(transport: Transport, address: Address) -> Status:
    submission = Submission(address)
    try:
        return transport.check(submission)
    finally:
        submission._address = None


@guarded(0)
def _needs(key: int) -> int:
    return int(_transports[key].needs())


_FIELDS: Any = _table.daotp_ca_transport._fields_
_FUNCTIONS = {
    name: kind(function)
    for (name, kind), function in zip(
        _FIELDS[1:],
        (_begin, _step, _descriptor, _timeout_ms, _end, _free, _check, _needs),
    )
}
_TABLE = _table.daotp_ca_transport(size=ctypes.sizeof(_table.daotp_ca_transport), **_FUNCTIONS)
