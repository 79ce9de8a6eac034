# SPDX-License-Identifier: BSD-2-Clause
"""The RADIUS client: asks an OTP server whether a code is right."""
from __future__ import annotations

import asyncio
import ctypes
import weakref
from typing import Any, Callable, Iterator, List, Optional, Tuple

from . import _table
from ._flow import wait
from ._handle import (
    Handle,
    Octets,
    borrowed,
    callback,
    exposed,
    function_or_none,
    handle_of,
    make,
    octets,
)
from ._library import lib
from ._table import (
    RadiusAnswer,
    RadiusPolicy,
    RadiusProbe,
    RadiusTimers,
    RadiusUserForm,
    Rules,
    Status,
)
from ._types import Address
from .context import Context, context_or_new
from .credential import Credential
from .errors import error_for
from .profile import Profile
from .report import Report, decode, snapshot
from .trust import Trust


class Radius(Handle):
    """Servers, policy, what to send. One descriptor carries any number of exchanges at once."""

    _object = "daotp_radius"

    def __init__(self, context: Optional[Context] = None) -> None:
        context = context_or_new(context)
        super().__init__(make("daotp_radius", "new", context))
        self._keep("context", context)
        self._exchanges: weakref.WeakValueDictionary[int, RadiusExchange] = (
            weakref.WeakValueDictionary()
        )
        self._tell: Optional[Callable[[RadiusExchange], None]] = None
        self._pump: Optional[_Pump] = None
        self._call("set_callback", _TELL, Address(self._key))

    def use_profile(self, profile: Profile) -> None:
        """Set what the profile says; what it does not say stays as it was."""
        self._call("use_profile", profile)

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """What the last setter found."""
        return self._report()

    def close(self) -> None:
        """Free it and its exchanges; those that are awaited end as cancelled."""
        super().close()
        if self._pump is not None:
            self._pump.stop()

    # ---- servers and settings

    def add_server(
        self,
        host: str,
        secret: bytearray,
        port: int = 1812,
        policy: RadiusPolicy = RadiusPolicy.REQUIRE,
    ) -> None:
        """Add a server, in order of preference. The shared secret is wiped."""
        length = len(secret)
        with exposed(secret) as address:
            self._call("add_server", host, port, address, length, policy)

    def add_radsec_server(
        self, host: str, trust: Trust, identity: Credential, port: int = 2083
    ) -> None:
        """Add a server that is reached by RadSec, RADIUS over TLS."""
        self._call("add_radsec_server", host, port, trust, identity)
        self._keep(f"trust {host} {port}", (trust, identity))

    def set_server_rules(self, rules: Rules) -> None:
        """Set the rules by which RadSec servers' certificates are judged; Rules.PATH unless set."""
        self._call("set_server_rules", rules)

    def import_radcli(self, path: str) -> None:
        """Add the servers of a radiusclient.conf."""
        self._call("import", path)

    @property
    def servers(self) -> Tuple[str, ...]:
        """The servers as "host:port"."""
        return tuple(self._text("get_server", at) for at in range(self._get("get_server_count")))

    def is_server_alive(self, index: int) -> bool:
        """Is a server thought to be alive?"""
        return bool(self._get("is_server_alive", index))

    def set_timers(self, timers: RadiusTimers) -> None:
        """Choose timers and failover."""
        self._call("set_timers", timers)

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set the deadline of a round, in the place of that of the timers."""
        self._call("set_timeout_ms", timeout_ms)

    def set_user_form(self, form: RadiusUserForm) -> None:
        """Set how the user name is sent."""
        self._call("set_user_form", form)

    def set_nas_identifier(self, name: str) -> None:
        """Set NAS-Identifier; the host's name unless set."""
        self._call("set_nas_identifier", name)

    def add_attribute(self, kind: int, value: Octets, vendor: int = 0) -> None:
        """Add an attribute to all requests; with a vendor it goes as Vendor-Specific."""
        given = octets(value) or b""
        self._call("add_attribute", kind, vendor, given, len(given))

    def add_attributes(self, text: str) -> None:
        """Add attributes by name, "NAS-Port-Type = Virtual ..."."""
        self._call("add_attributes", text)

    def set_callback(self, tell: Optional[Callable[[RadiusExchange], None]]) -> None:
        """Tell `tell(exchange)` of each answer; it may begin, answer or close exchanges."""
        self._pointer()
        self._tell = function_or_none("set_callback", tell)

    # ---- exchanges

    def exchange(self, user_name: str) -> RadiusExchange:
        """Make an exchange; nothing is sent yet."""
        return RadiusExchange(self, user_name)

    def step(self) -> bool:
        """Go on with all exchanges: False while any is pending, True when none is."""
        return self._alone("step") == Status.OK

    @property
    def fileno(self) -> int:
        """The descriptor to wait on, for loops of one's own."""
        return int(self._get("get_fd"))

    @property
    def timeout_ms(self) -> int:
        """For how long to wait at most before the next step; -1 for ever."""
        return int(self._get("get_timeout_ms"))


class RadiusExchange(Handle):
    """One login with all its rounds: begin(), wait(), and after a ChallengeError respond(), wait()."""

    _object = "daotp_radius_exchange"

    def __init__(self, radius: Radius, user_name: str) -> None:
        address = make("daotp_radius_exchange", "new", radius, user_name)
        super().__init__(address, radius)
        self._radius = radius
        self._future: Optional[asyncio.Future[None]] = None
        radius._exchanges[address.value or 0] = self

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """What happened."""
        return self._report()

    def begin(self, password: bytearray) -> None:
        """Send the first round: PIN and code as the server wants them; wiped here."""
        self._send("begin", password)

    def respond(self, response: bytearray) -> None:
        """Answer a challenge: another round, to the same server; wiped here."""
        self._send("respond", response)

    def _send(self, verb: str, secret: bytearray) -> None:
        length = len(secret)
        with exposed(secret) as address:
            self._call(verb, address, length)

    def probe(self, server: int, probe: RadiusProbe = RadiusProbe.STATUS_SERVER) -> None:
        """Ask whether a server is alive: Status-Server, or the DirectAccess probe."""
        self._call("probe", server, probe)

    def cancel(self) -> None:
        """End it: it answers UNDECIDED, and nothing more is sent."""
        self._get("cancel")

    def wait(self) -> None:
        """Until accepted. Raises ChallengeError, RejectedError, UndecidedError, or what the report
        explains; returns for nothing else."""
        try:
            while self.status == Status.AGAIN:
                self._radius.step()
                if self.status == Status.AGAIN:
                    wait(self._radius.fileno, self._radius.timeout_ms)
        except BaseException:
            self._abandon()
            raise
        self._raise_unless_accepted()

    async def wait_async(self) -> None:
        """The same for a coroutine; any number may wait at once. Cancelling it cancels this."""
        try:
            if self.status == Status.AGAIN:
                await _pump_of(self._radius).wait(self)
        except BaseException:
            self._abandon()
            raise
        self._raise_unless_accepted()

    def _abandon(self) -> None:
        if self._resource.address is not None:
            self.cancel()

    def _raise_unless_accepted(self) -> None:
        status = self.status
        if status != Status.OK:
            raise error_for("daotp_radius_exchange_wait", status, self._report())

    @property
    def status(self) -> Status:
        """AGAIN while pending; else how it ended."""
        return Status(self._get("get_status"))

    @property
    def answer(self) -> RadiusAnswer:
        """What came of it."""
        return RadiusAnswer(self._get("get_answer"))

    @property
    def messages(self) -> List[bytes]:
        """The Reply-Messages of the last reply: untrusted octets, not to be parsed."""
        return list(self._octets("daotp_radius_exchange_get_message"))

    @property
    def message_texts(self) -> List[str]:
        """The Reply-Messages of the last reply as text for people, whatever their character set."""
        return [self._message_text(at) for at in range(len(self.messages))]

    def _message_text(self, at: int) -> str:
        out = Address()
        self._call("copy_message", at, ctypes.byref(out))
        try:
            return decode(ctypes.string_at(out.value or 0))
        finally:
            lib.daotp_free(out)

    def _octets(self, name: str) -> Iterator[bytes]:
        at = 0
        while True:
            one = borrowed(name, self, at)
            if one is None:
                return
            yield one
            at += 1

    @property
    def attributes(self) -> List[Tuple[int, bytes]]:
        """All attributes of the last reply, in order."""
        found: List[Tuple[int, bytes]] = []
        kind, length = ctypes.c_uint8(), ctypes.c_size_t()
        out = (ctypes.byref(kind), ctypes.byref(length))
        while True:
            address = self._get("get_attribute", len(found), *out)
            if not address:
                return found
            found.append((kind.value, ctypes.string_at(address, length.value)))

    @property
    def text(self) -> str:
        """The attributes of the last reply in words, a line each."""
        out = Address()
        self._call("copy_text", ctypes.byref(out))
        try:
            return decode(ctypes.string_at(out.value or 0))
        finally:
            lib.daotp_free(out)

    @property
    def may_echo(self) -> bool:
        """May the answer to the challenge be shown as it is typed?"""
        return bool(self._get("may_echo"))

    @property
    def round(self) -> int:
        """Which round this is, 1 for the first."""
        return int(self._get("get_round"))

    @property
    def transmissions(self) -> int:
        """How often the request was sent, all servers together."""
        return int(self._get("get_transmissions"))

    @property
    def server(self) -> str:
        """The server that answered, or was asked last; "" before."""
        return self._text("get_server")


@callback(_table.DAOTP_RADIUS_FN, None)
def _TELL(key: Optional[int], address: Address) -> None:
    radius: Any = handle_of(key)
    exchange = radius._exchanges.get(address.value or 0) if radius is not None else None
    if exchange is None:
        return
    future = exchange._future
    try:
        if radius._tell is not None:
            radius._tell(exchange)
    except BaseException as error:
        if future is None or future.done():
            raise
        future.set_exception(error)
    if future is not None and not future.done():
        future.set_result(None)


class _Pump:
    """Steps a client from an asyncio loop while exchanges are awaited: one reader, one timer."""

    def __init__(self, radius: Radius, loop: asyncio.AbstractEventLoop) -> None:
        self._radius = weakref.ref(radius)
        self.loop = loop
        self._descriptor = radius.fileno
        self._timer: Optional[asyncio.TimerHandle] = None
        self._waiting: List[asyncio.Future[None]] = []

    async def wait(self, exchange: RadiusExchange) -> None:
        """Until the exchange has an answer."""
        exchange._future = future = self.loop.create_future()
        if not self._waiting:
            self.loop.add_reader(self._descriptor, self._step)
        self._waiting.append(future)
        self._set_timer()
        try:
            await future
        finally:
            exchange._future = None
            if future in self._waiting:
                self._waiting.remove(future)
            if not self._waiting:
                self._rest()

    def stop(self) -> None:
        """The client has ended."""
        for future in self._waiting:
            future.cancel()
        self._rest()

    def _rest(self) -> None:
        self.loop.remove_reader(self._descriptor)
        if self._timer is not None:
            self._timer.cancel()

    def _set_timer(self) -> None:
        radius = self._radius()
        if self._timer is not None:
            self._timer.cancel()
        timeout_ms = radius.timeout_ms if radius is not None else -1
        self._timer = self.loop.call_later(timeout_ms / 1000, self._step) if timeout_ms >= 0 else None

    def _step(self) -> None:
        radius = self._radius()
        if radius is None:
            return
        try:
            radius.step()
        except Exception as error:  # a callback's: whoever waits is told
            for future in self._waiting:
                if not future.done():
                    future.set_exception(error)
        self._set_timer()


def _pump_of(radius: Radius) -> _Pump:
    loop = asyncio.get_running_loop()
    if radius._pump is None or radius._pump.loop is not loop:
        radius._pump = _Pump(radius, loop)
    return radius._pump
