# SPDX-License-Identifier: BSD-2-Clause
"""Profiles: one configuration for all applications of a machine, daotp.conf(5)."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

from ._handle import REPORT, FilePath, Handle, make, make_reported, reported
from ._library import lib
from ._table import ProfileField, ProfileOrigin
from ._types import Address
from .context import Context, context_or_new
from .report import Report, decode, snapshot
from .trust import Trust


@dataclass(frozen=True)
class ProfileValue:
    """A value in force, and where it came from."""

    key: str
    value: str
    origin: ProfileOrigin
    file: str  # "" for an option
    line: int  # 0 for an option


@dataclass(frozen=True)
class ProfileKey:
    """A key that a profile may have."""

    name: str
    wanted: str  # what its value is
    meaning: str
    setter: str  # the C function that it stands for
    example: str
    group: str  # by which it can be locked too
    is_list: bool


class Profile(Handle):
    """A section of the files of profiles. Clients, verifiers, RADIUS clients and responders take what
    it says with their use_profile()."""

    _object = "daotp_profile"

    def __init__(
        self,
        name: Optional[str] = None,
        *,
        system: Optional[FilePath] = None,
        user: Optional[FilePath] = None,
        named: Optional[FilePath] = None,
        usual: bool = True,
        context: Optional[Context] = None,
    ) -> None:
        """Read the usual files: /etc/daotp/daotp.conf and ~/.config/daotp/daotp.conf, in whose place
        come `system` and `user`, and then `named`. With usual=False nothing is read."""
        context = context_or_new(context)
        is_plain = usual and system is None and user is None and named is None
        if is_plain:
            super().__init__(make_reported("daotp_profile", "open", context, name))
        else:
            super().__init__(make("daotp_profile", "new", context, name))
        self._keep("context", context)
        if usual and not is_plain:
            self._call("set_usual_file", ProfileOrigin.SYSTEM, system)
            self._call("set_usual_file", ProfileOrigin.USER, user)
            self._call("set_usual_file", ProfileOrigin.NAMED, named)
            self._call("add_usual_files")

    def _report(self) -> Report:
        return snapshot(self._get("get_report"))

    @property
    def report(self) -> Report:
        """What the last call found."""
        return self._report()

    def add_file(self, path: FilePath, origin: ProfileOrigin = ProfileOrigin.NAMED) -> None:
        """Read a file; what it says takes the place of what was said before."""
        self._call("add_file", origin, path)

    def set(self, key: str, value: str) -> None:
        """Set a value, as an option of the application."""
        self._call("set_value", key, value)

    @property
    def name(self) -> str:
        """The section it is named after."""
        return self._text("get_name")

    @property
    def is_defined(self) -> bool:
        """Did a file have the section?"""
        return bool(self._get("is_defined"))

    @property
    def sections(self) -> Tuple[str, ...]:
        """The sections of all files."""
        count = int(self._get("get_section_count"))
        return tuple(self._text("get_section", at) for at in range(count))

    @property
    def values(self) -> Tuple[ProfileValue, ...]:
        """What is in force."""
        return tuple(self._value(at) for at in range(int(self._get("get_count"))))

    def _value(self, at: int) -> ProfileValue:
        return ProfileValue(
            self._text("get_key", at),
            self._text("get_value", at),
            ProfileOrigin(self._get("get_origin", at)),
            self._text("get_file", at),
            int(self._get("get_line", at)),
        )

    def get(self, key: str) -> Optional[str]:
        """The first value of a key; None when there is none."""
        found = self._get("find", key)
        return decode(found) if found is not None else None

    def is_locked(self, key: str) -> bool:
        """Does the system's file lock the key?"""
        return bool(self._get("is_locked", key))

    def make_trust(self, key: str = "trust") -> Trust:
        """A trust of what the profile says under a key: trust, issuer-trust, client-trust, ..."""
        out, context = Address(), self._kept["context"]
        try:
            reported(context, "daotp_profile_make_trust", self, key, REPORT, ctypes.byref(out))
            return Trust._shared(out, context)
        finally:
            lib.daotp_trust_unref(out)  # the Trust has a reference of its own

    @staticmethod
    def keys() -> Iterator[ProfileKey]:
        """Each key that a profile may have."""

        def text(at: int, field: ProfileField) -> str:
            return decode(lib.daotp_profile_key_get_text(at, field))

        for at in range(int(lib.daotp_profile_key_get_count())):
            yield ProfileKey(
                text(at, ProfileField.NAME),
                text(at, ProfileField.WANTED),
                text(at, ProfileField.MEANING),
                text(at, ProfileField.SETTER),
                text(at, ProfileField.EXAMPLE),
                text(at, ProfileField.GROUP),
                bool(lib.daotp_profile_key_is_list(at)),
            )
