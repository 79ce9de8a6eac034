# SPDX-License-Identifier: BSD-2-Clause
"""Find libdaotp, see that it fits, and give each call its types from the table."""
from __future__ import annotations

import ctypes
import ctypes.util
import os
import pathlib
from typing import Any, Iterator, List

from . import _table

SONAME = "libdaotp.so.0"
CURE = (
    f"install {SONAME} (Debian: libdaotp0; from source: cmake --install), or set DAOTP_LIBRARY to"
    " the file, for example DAOTP_LIBRARY=build/release/libdaotp/libdaotp.so.0"
)


class LibraryError(ImportError):
    """libdaotp cannot be used; the text tells what was tried and what to do."""


def _candidates() -> Iterator[str]:
    """Where to look, best first. A name without a slash is looked up by the dynamic linker."""
    named = os.environ.get("DAOTP_LIBRARY")
    if named:
        yield named  # whoever names one wants no other
        return
    package = pathlib.Path(__file__).resolve().parent
    for folder in (package, package.parent):
        if (folder / SONAME).exists():
            yield str(folder / SONAME)
    yield SONAME
    found = ctypes.util.find_library("daotp")
    if found:
        yield found


def _open() -> ctypes.CDLL:
    tried: List[str] = []
    for name in _candidates():
        try:
            return ctypes.CDLL(name)
        except OSError as error:
            tried.append(f"{name}: {error}")
    raise LibraryError(f"no libdaotp: {'; '.join(tried)}. To mend it: {CURE}")


def _check_version(library: ctypes.CDLL) -> None:
    """The same major version, and nothing older than the table: newer ones only add."""
    try:
        number = library.daotp_version_number
    except AttributeError:
        raise LibraryError(f"{library._name} is not libdaotp. To mend it: {CURE}") from None
    number.restype = ctypes.c_uint32
    found, wanted = int(number()), _table.VERSION_NUMBER
    if found // 10000 != wanted // 10000 or found < wanted:
        raise LibraryError(
            f"{library._name} is version {found // 10000}.{found // 100 % 100}.{found % 100}, and"
            f" this package needs {_table.VERSION_TEXT} or newer of the same major version."
            f" To mend it: {CURE}"
        )


def load() -> Any:
    """The library, each call with argument and result types."""
    library = _open()
    _check_version(library)
    for call in _table.CALLS:
        try:
            function = getattr(library, call.name)
        except AttributeError:
            raise LibraryError(
                f"{library._name} has no {call.name}: it is older than this package."
                f" To mend it: {CURE}"
            ) from None
        function.restype, function.argtypes = call.restype, call.argtypes
    return library


lib = load()
