# SPDX-License-Identifier: BSD-2-Clause
"""How Python values become C arguments: what does not fit is refused, never cut or wrapped."""
from __future__ import annotations

import ctypes
import enum
import operator
import os
from typing import Any, NamedTuple, Optional, Tuple


class Number(enum.IntEnum):
    """An enumeration of the library. A newer library may answer numbers that are not in it yet."""

    @classmethod
    def _missing_(cls, value: object) -> Optional[Number]:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class Whole:
    """A whole number of a C type; ctypes alone would take its low bits."""

    def __init__(self, kind: Any, low: int, high: int) -> None:
        self._kind, self._low, self._high = kind, low, high

    def from_param(self, value: Any) -> Any:
        number = operator.index(value)
        if not self._low <= number <= self._high:
            raise OverflowError(f"{number} is not in {self._low} to {self._high}")
        return self._kind(number)


class Flag:
    """True or False; ctypes alone would take anything, so that "no" is true."""

    def from_param(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise TypeError(f"wanted True or False, not {type(value).__name__}")
        return ctypes.c_bool(value)


class Text:
    """str or a path as UTF-8, or None. A C string ends at a NUL, so there must be none inside."""

    def from_param(self, value: Any) -> Any:
        if value is None:
            return ctypes.c_char_p(None)
        octets = os.fsencode(value) if isinstance(value, os.PathLike) else value
        octets = octets.encode("utf-8", "surrogateescape") if isinstance(octets, str) else octets
        if not isinstance(octets, bytes):
            raise TypeError(f"wanted str, bytes or a path, not {type(value).__name__}")
        if b"\0" in octets:
            raise ValueError("text must not hold a NUL")
        return ctypes.c_char_p(octets)


class Address(ctypes.c_void_p):
    """An address that the library gave, or of memory that is lent to it. Only this package makes
    one: a number, or a pointer of ctypes, is never taken for an address."""


class Object:
    """A handle of one C type: a Handle, an Address, or None."""

    def __init__(self, name: str) -> None:
        self._name = name

    def from_param(self, value: Any) -> Any:
        if value is None:
            return Address()
        if isinstance(value, Address):
            return value
        if getattr(type(value), "_object", None) != self._name:
            raise TypeError(f"wanted a {self._name}, not {type(value).__name__}")
        return value._pointer()


class Memory:
    """Octets that C may read while the call lasts: bytes, an Address, or None."""

    def from_param(self, value: Any) -> Any:
        if value is None or isinstance(value, Address):
            return value
        if not isinstance(value, bytes):
            raise TypeError(f"wanted bytes, not {type(value).__name__}")
        return ctypes.c_char_p(value)


class Call(NamedTuple):
    """A row of the table."""

    name: str
    restype: Any
    argtypes: Tuple[Any, ...]


def _whole(kind: Any, is_signed: bool) -> Whole:
    bits = 8 * ctypes.sizeof(kind)
    half = 1 << (bits - 1)
    return Whole(kind, -half, half - 1) if is_signed else Whole(kind, 0, 2 * half - 1)


TEXT = Text()
FLAG = Flag()
INT = _whole(ctypes.c_int, True)
INT64 = _whole(ctypes.c_int64, True)
UINT8 = _whole(ctypes.c_uint8, False)
UINT16 = _whole(ctypes.c_uint16, False)
UINT32 = _whole(ctypes.c_uint32, False)
SIZE = _whole(ctypes.c_size_t, False)
ADDRESS = Memory()
OUT = ctypes.POINTER(ctypes.c_void_p)
