# SPDX-License-Identifier: BSD-2-Clause
"""What all objects share: their life, calls with errors, callbacks, and octets in and out."""
from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import sys
import threading
import weakref
from types import TracebackType
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Type, TypeVar, Union

from ._library import lib
from ._table import Status
from ._types import Address
from .errors import Error, UsageError, error_for
from .report import Report, decode, snapshot

Octets = Union[bytes, bytearray, memoryview]
FilePath = Union[str, bytes, "os.PathLike[str]"]
Self = TypeVar("Self", bound="Handle")

_generation = 0  # a forked child is another one: it may use and free nothing of its parent


def _count_fork() -> None:
    global _generation
    _generation += 1


os.register_at_fork(after_in_child=_count_fork)


# ---- exceptions in callbacks ----------------------------------------------------------------------

_thread = threading.local()  # .raised: what callbacks of the call under way have raised


def guarded(answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A callback that C may call: no exception crosses it. It is stored, to be raised when the call
    has returned, and C gets `answer`, a value or what a function makes."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def safe(*args: Any) -> Any:
            try:
                return function(*args)
            except BaseException as error:  # pylint: disable=broad-except
                raised = getattr(_thread, "raised", None)
                if raised is None:  # nobody waits: a free, say
                    sys.excepthook(type(error), error, error.__traceback__)
                else:
                    raised.append(error)
                return answer() if callable(answer) else answer

        return safe

    return decorate


def callback(kind: Any, answer: Any) -> Callable[[Callable[..., Any]], Any]:
    """The same as a function of this type, for C to keep for ever."""
    return lambda function: kind(guarded(answer)(function))


def invoke(name: str, *args: Any) -> Tuple[Status, Optional[BaseException]]:
    """Make a call that answers a status; what its callbacks raised first comes beside it."""
    outer = getattr(_thread, "raised", None)
    raised: List[BaseException] = []
    _thread.raised = raised
    try:
        status = getattr(lib, name)(*args)
    except ctypes.ArgumentError as error:
        raise UsageError(f"{name}: {error}") from None
    finally:
        _thread.raised = outer
    return Status(status), raised[0] if raised else None


def call(name: str, *args: Any) -> Status:
    """The same; raise what its callbacks raised."""
    status, raised = invoke(name, *args)
    if raised is not None:
        raise raised
    return status


# ---- the life of an object ------------------------------------------------------------------------


def ending(kind: str) -> str:
    """What ends the use of an object of this C type: a reference is dropped, or it is freed."""
    dropped = f"{kind}_unref"
    return dropped if hasattr(lib, dropped) else f"{kind}_free"


class Resource:
    """An object of the library with those that must be freed before it. It does not know its
    Handle, so that the Handle's end can be its end."""

    def __init__(self, address: Address, free: str, parent: Optional[Resource] = None) -> None:
        if not isinstance(address, Address):
            raise TypeError(f"wanted an object of the library, not {type(address).__name__}")
        self.address: Optional[Address] = address
        self.generation = _generation
        self._free, self._parent = free, parent
        self._children: List[Resource] = []
        if parent is not None:
            parent._children.append(self)

    def release(self) -> None:
        """Free it, once, and its children first; in a forked child nothing is freed."""
        for child in self._children[:]:
            child.release()
        address, self.address = self.address, None
        if self._parent is not None and self in self._parent._children:
            self._parent._children.remove(self)
        if address is None or self.generation != _generation:
            return
        outer = getattr(_thread, "raised", None)
        _thread.raised = None  # nobody can be told, least of all the call that was interrupted
        try:
            getattr(lib, self._free)(address)
        finally:
            _thread.raised = outer


REPORT = object()  # stands for the report, in the arguments of reported()

_handles: weakref.WeakValueDictionary[int, Handle] = weakref.WeakValueDictionary()
_keys = itertools.count(1)


class Handle:
    """An object of the library. Freed by close(), at the end of `with`, or with the last reference.

    It belongs to one thread at a time. In a forked child it can neither be used nor freed.
    """

    _object = ""  # the C type, with which its calls begin

    def __init__(self, address: Address, parent: Optional[Handle] = None) -> None:
        above: Optional[Resource] = parent._resource if parent is not None else None
        self._resource: Resource = Resource(address, ending(self._object), above)
        self._finalizer = weakref.finalize(self, self._resource.release)
        self._parent = parent
        self._depth = 0  # calls under way on it or on what ends with it
        self._borrowers = 0  # runs of other objects that use it
        self._last = Status.OK
        self._kept: Dict[str, Any] = {}  # what C holds, so that its callbacks have a target
        self._callbacks: Dict[str, Callable[..., Any]] = {}
        self._key = next(_keys)
        _handles[self._key] = self

    def close(self) -> None:
        """Free it now, and whatever was made from it and has to end before it."""
        if self._depth:
            raise UsageError(f"{self._object}: closed while a call on it is under way")
        if self._borrowers:
            raise UsageError(f"{self._object}: closed while a run that uses it is under way")
        self._finalizer()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def _pointer(self) -> Address:
        resource = self._resource
        if resource.address is None:
            raise UsageError(f"{self._object}: used after it was closed")
        if resource.generation != _generation:
            raise UsageError(f"{self._object}: made by the parent of this process")
        return resource.address

    def _report(self) -> Optional[Report]:
        """The report of the last call; None for objects that have none."""
        return None

    def _enter(self, by: int) -> None:
        handle: Optional[Handle] = self
        while handle is not None:
            handle._depth += by
            handle = handle._parent

    def _call(self, verb: str, *args: Any) -> Status:
        """A call on this object that answers a status: OK or AGAIN, else the exception for it."""
        name = f"{self._object}_{verb}"
        self._enter(1)
        try:
            try:
                self._last, raised = invoke(name, self, *args)
            except UsageError:  # an argument that C never saw
                self._last = Status.USAGE
                raise
            if raised is not None:
                raise raised
            if self._last > Status.AGAIN:
                raise self._error(name, self._last, args)
        finally:
            self._enter(-1)
        return self._last

    def _error(self, name: str, status: Status, args: Tuple[Any, ...] = ()) -> Error:
        report = self._report()
        told = report is not None and report.status == status
        return error_for(name, status, report if told else None, args)

    def _call_reported(self, verb: str, *args: Any) -> None:
        """A call whose last argument is a report, which is not given here."""
        self._enter(1)
        try:
            reported(self._kept["context"], f"{self._object}_{verb}", self, *args, REPORT)
        finally:
            self._enter(-1)

    def _alone(self, verb: str, *args: Any) -> Status:
        """The same for calls that must not be made from a callback of another one."""
        self._be_alone(verb)
        return self._call(verb, *args)

    def _be_alone(self, verb: str) -> None:
        if self._depth:
            raise UsageError(f"{self._object}_{verb}: another call on it is under way")

    def _get(self, verb: str, *args: Any) -> Any:
        name = f"{self._object}_{verb}"
        try:
            return getattr(lib, name)(self, *args)
        except ctypes.ArgumentError as error:
            raise UsageError(f"{name}: {error}") from None

    def _text(self, verb: str, *args: Any) -> str:
        return decode(self._get(verb, *args))

    def _set_callback(
        self, verb: str, thunk: Any, function: Optional[Callable[..., Any]], *args: Any
    ) -> None:
        """Install a callback: C gets a function that lives for ever, and our key to find `self`."""
        given = thunk if function_or_none(verb, function) is not None else type(thunk)()
        self._call(verb, *args, given, Address(self._key))
        if function is not None:
            self._callbacks[verb] = function
        else:
            self._callbacks.pop(verb, None)

    def _keep(self, name: str, value: Any) -> Any:
        self._kept[name] = value
        return value


def function_or_none(where: str, given: Any) -> Any:
    """What is to be called later is looked at now, where the mistake is."""
    if given is not None and not callable(given):
        raise UsageError(f"{where}: wanted a function, not {type(given).__name__}")
    return given


def lend(borrower: Handle, lent: List[Handle]) -> Callable[[], Any]:
    """None of `lent` can be closed until the answer is called, or the borrower has gone."""
    _count_borrower(lent, 1)
    return weakref.finalize(borrower, _count_borrower, lent, -1)


def _count_borrower(lent: List[Handle], by: int) -> None:
    for handle in lent:
        handle._borrowers += by


def target(key: Optional[int], verb: str) -> Optional[Callable[..., Any]]:
    """The Python function behind a callback; None when its object has gone."""
    handle = _handles.get(key or 0)
    return handle._callbacks.get(verb) if handle is not None else None


def handle_of(key: Optional[int]) -> Optional[Handle]:
    """The object whose key C gave back."""
    return _handles.get(key or 0)


# ---- making and reading ---------------------------------------------------------------------------


def make(kind: str, verb: str, *args: Any) -> Address:
    """Call what makes an object of this C type: its last argument is where the object goes."""
    name, out = f"{kind}_{verb}", Address()
    status, raised = invoke(name, *args, ctypes.byref(out))
    if raised is not None:
        getattr(lib, ending(kind))(out)
        raise raised
    if status != Status.OK or out.value is None:
        raise error_for(name, status, None, args)
    return out


def reported(context: Handle, name: str, *args: Any) -> None:
    """Make a call that takes a report, given as REPORT; raise what it says."""
    address = make("daotp_report", "new", context)
    try:
        status = call(name, *(address if one is REPORT else one for one in args))
        if status != Status.OK:
            raise error_for(name, status, snapshot(address))
    finally:
        lib.daotp_report_free(address)


def make_reported(kind: str, verb: str, context: Handle, *args: Any) -> Address:
    """Call what makes an object: its last arguments are a report and where the object goes."""
    out = Address()
    try:
        reported(context, f"{kind}_{verb}", context, *args, REPORT, ctypes.byref(out))
    except BaseException:
        getattr(lib, ending(kind))(out)
        raise
    assert out.value is not None
    return out


def octets(data: Optional[Octets]) -> Optional[bytes]:
    """What C may read."""
    if data is None or isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"wanted bytes, not {type(data).__name__}")


def borrowed(function: str, *args: Any) -> Optional[bytes]:
    """Copy octets that C lends: a call whose last argument is the length."""
    length = ctypes.c_size_t()
    address = getattr(lib, function)(*args, ctypes.byref(length))
    return ctypes.string_at(address, length.value) if address else None


def taken(function: str, *args: Any) -> bytearray:
    """Take octets that C hands over, which wipes its own: ends with text out, length out."""
    out, length = Address(), ctypes.c_size_t()
    status = call(function, *args, ctypes.byref(out), ctypes.byref(length))
    if status != Status.OK or out.value is None:
        raise error_for(function, status, None)
    try:
        return copied(out.value, length.value)
    finally:
        lib.daotp_free(out)


def copied(address: int, length: int) -> bytearray:
    """A copy that can be wiped, with no other copy on the way."""
    result = bytearray(length)
    if length:
        ctypes.memmove((ctypes.c_char * length).from_buffer(result), address, length)
    return result


# ---- secrets --------------------------------------------------------------------------------------


def wipe(secret: bytearray) -> None:
    """Overwrite with zeros, in place."""
    secret[:] = bytes(len(secret))


@contextlib.contextmanager
def exposed(secret: bytearray) -> Iterator[Any]:
    """Lend a secret's own octets to C, without a copy; wiped at the end, whatever happens."""
    if not isinstance(secret, bytearray):
        raise TypeError(
            f"a secret is a bytearray, which is wiped after use, not {type(secret).__name__}"
        )
    view = (ctypes.c_char * len(secret)).from_buffer(secret)
    try:
        yield Address(ctypes.addressof(view))
    finally:
        ctypes.memset(view, 0, len(secret))
