# SPDX-License-Identifier: BSD-2-Clause
"""Stores keep credentials under labels; and how to write one of one's own."""
from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from . import _table
from ._handle import FilePath, Handle, borrowed, call, copied, exposed, guarded, make, make_reported
from ._handle import wipe
from ._library import lib
from ._table import KeyKind, Status, StoreState
from ._types import Address
from .context import Context, context_or_new
from .credential import Credential
from .key import Key
from .report import Findings, Report, decode, snapshot


@dataclass(frozen=True)
class Entry:
    """What a store says of an entry."""

    label: str
    upn: str  # "" when none
    template: str  # the OID of the certificate template; "" when none
    not_after: int  # seconds since 1970 UTC; 0 when damaged
    state: StoreState


class Store(Handle):
    """Keeps credentials: in memory unless open(), from_directory() or from_backend() made it."""

    _object = "daotp_store"

    def __init__(self, context: Optional[Context] = None) -> None:
        """In memory: wiped when it ends."""
        context = context_or_new(context)
        self._set_up(make("daotp_store", "new_memory", context), context)

    def _set_up(self, address: Address, context: Context) -> None:
        super().__init__(address)
        self._keep("context", context)

    @classmethod
    def open(cls, uri: str, context: Optional[Context] = None) -> Store:
        """The store that a URI names: memory:, dir:PATH, pkcs12:FILE, keyring:NAME, or SCHEME:... of a
        plug-in."""
        context, store = context_or_new(context), cls.__new__(cls)
        store._set_up(make_reported("daotp_store", "open_report", context, uri), context)
        return store

    @classmethod
    def from_directory(cls, path: FilePath, context: Optional[Context] = None) -> Store:
        """In a directory: a folder an entry, with key.pem and cert.pem; durable."""
        context, store = context_or_new(context), cls.__new__(cls)
        store._set_up(make("daotp_store", "new_directory", context, path), context)
        return store

    @classmethod
    def from_backend(cls, backend: StoreBackend, context: Optional[Context] = None) -> Store:
        """In a place that the library does not have."""
        context, store, key = context_or_new(context), cls.__new__(cls), next(_keys)
        _backends[key] = backend  # until C calls free, which it does when this fails too
        table = ctypes.byref(_TABLE)
        store._set_up(make("daotp_store", "new", context, table, Address(key)), context)
        return store

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """The report of the last call."""
        return self._report()

    @property
    def abilities(self) -> int:
        """What it can do besides what every store can: bits of StoreAbility."""
        return int(self._get("get_abilities"))

    @property
    def uri(self) -> str:
        """The URI that it was opened with; "" for none."""
        return self._text("get_uri")

    def find(self, upn: str, template: Optional[str] = None) -> Credential:
        """Take the credential of a user that ends last. RejectedError when there is none."""
        return self._take("find", upn, template)

    def set_renew_before_s(self, seconds: int) -> None:
        """How long before its notAfter an entry is due; 600 s unless set."""
        self._call("set_renew_before_s", seconds)

    def put(self, label: str, credential: Credential) -> None:
        """Keep a credential, in the place of what was there; durable when this returns."""
        self._alone("put", label, credential)

    def make_key(self, label: str, kind: KeyKind = KeyKind.RSA_2048) -> Key:
        """A key pair that never leaves the store, for a certificate to come under this label.
        ConfigurationError when the store makes none."""
        out = Address()
        try:
            self._alone("make_key", label, kind, ctypes.byref(out))
            return Key(out, self._kept["context"])
        except BaseException:
            lib.daotp_key_unref(out)
            raise

    def get(self, label: str) -> Credential:
        """Take a credential; it stays there too. RejectedError when there is none."""
        return self._take("get", label)

    def _take(self, verb: str, *args: Optional[str]) -> Credential:
        out = Address()
        try:
            self._alone(verb, *args, ctypes.byref(out))
            return Credential(out, self._kept["context"])
        except BaseException:
            lib.daotp_credential_unref(out)
            raise

    def remove(self, label: str) -> None:
        """Remove an entry. RejectedError when there is none."""
        self._alone("remove", label)

    def expire(self) -> int:
        """Remove all entries past their notAfter; how many."""
        removed = ctypes.c_size_t()
        self._alone("expire", ctypes.byref(removed))
        return removed.value

    def entries(self) -> List[Entry]:
        """What is in the store now, by label."""
        out = Address()
        try:
            self._alone("list_new", ctypes.byref(out))
            return [_entry(out, at) for at in range(lib.daotp_store_list_get_count(out))]
        finally:
            lib.daotp_store_list_free(out)


def _entry(out: Address, at: int) -> Entry:
    return Entry(
        decode(lib.daotp_store_list_get_label(out, at)),
        decode(lib.daotp_store_list_get_upn(out, at)),
        decode(lib.daotp_store_list_get_template(out, at)),
        lib.daotp_store_list_get_not_after(out, at),
        StoreState(lib.daotp_store_list_get_state(out, at)),
    )


# ---- a store of one's own -------------------------------------------------------------------------


@dataclass
class Item:
    """What a backend keeps: certificates in PEM, the key in PKCS#8 PEM. The library's copy of the
    key is wiped when the call ends; this one is the backend's to wipe."""

    certificates: bytes
    key: bytearray
    not_after: int = 0  # seconds since 1970 UTC, for backends that can forget


class StoreBackend:
    """A place to keep items under labels. KeyError says that there is none; any other exception
    fails the call and is raised from it. What is wrong is reported with report.add(); a status
    that is returned and not OK fails the call too."""

    def put(self, label: str, item: Item, report: Findings) -> Optional[Status]:
        """Keep an item, durably, in the place of what was there."""
        raise NotImplementedError

    def get(self, label: str, report: Findings) -> Item:
        """Fetch an item; the key handed over is wiped."""
        raise NotImplementedError

    def remove(self, label: str, report: Findings) -> Optional[Status]:
        """Remove an item."""
        raise NotImplementedError

    def labels(self, report: Findings) -> Iterable[str]:
        """All labels, in any order."""
        raise NotImplementedError

    def check(self, label: str, report: Findings) -> Optional[Status]:
        """Would a put be taken now? Asked before a one-time code is spent."""
        return Status.OK

    def free(self) -> None:
        """The store has ended."""


_keys = itertools.count(1)
_backends: Dict[int, StoreBackend] = {}


def _read_item(address: Address) -> Item:
    length = ctypes.c_size_t()
    key = lib.daotp_store_item_get_key(address, ctypes.byref(length))
    return Item(
        borrowed("daotp_store_item_get_certificates", address) or b"",
        copied(key, length.value) if key else bytearray(),
        lib.daotp_store_item_get_not_after(address),
    )


def _answered(function: Callable[..., Any]) -> Callable[..., int]:
    """A backend's function for C: the key becomes the backend, KeyError is `rejected`."""

    @guarded(Status.CONFIGURATION)
    def answer(key: int, *args: Any) -> int:
        try:
            return int(function(_backends[key], *args) or Status.OK)
        except KeyError:
            return Status.REJECTED

    return answer


@_answered
def _put(
    backend: StoreBackend, label: bytes, item: Address, report: Address
) -> Optional[Status]:
    return backend.put(decode(label), _read_item(item), Findings(report))


@_answered
def _get(backend: StoreBackend, label: bytes, item: Address, report: Address) -> Status:
    found = backend.get(decode(label), Findings(report))
    sizes: Tuple[int, int] = len(found.certificates), len(found.key)
    with exposed(found.key) as key:
        return call("daotp_store_item_set", item, found.certificates, sizes[0], key, sizes[1])


@_answered
def _remove(backend: StoreBackend, label: bytes, report: Address) -> Optional[Status]:
    return backend.remove(decode(label), Findings(report))


@_answered
def _list(backend: StoreBackend, tell: int, user: int, report: Address) -> int:
    told = _table.DAOTP_STORE_LABEL_FN(tell)
    for label in backend.labels(Findings(report)):
        status = int(told(user, label.encode("utf-8")))
        if status != Status.OK:
            return status
    return Status.OK


@_answered
def _check(backend: StoreBackend, label: bytes, report: Address) -> Optional[Status]:
    return backend.check(decode(label), Findings(report))


@guarded(None)
def _free(key: int) -> None:
    _backends.pop(key).free()


# expire is NULL: get and remove are good enough
_FIELDS: Any = _table.daotp_store_backend._fields_
_FUNCTIONS = {
    name: kind(function)
    for (name, kind), function in zip(
        _FIELDS[1:7], (_put, _get, _remove, _list, _free, _check)
    )
}
_TABLE = _table.daotp_store_backend(
    size=ctypes.sizeof(_table.daotp_store_backend), **_FUNCTIONS
)
