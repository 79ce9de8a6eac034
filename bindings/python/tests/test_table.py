# SPDX-License-Identifier: BSD-2-Clause
"""The table is what the headers say, the library has all of it, and the package uses all of it."""
import ctypes
import inspect
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Dict, List, Type

import support
import daotp
from daotp import _flow, _handle, _table
from daotp._library import lib
from daotp._types import Address, Object

# Not for Python: the blocking calls of C would not hear Ctrl-C; the flows are stepped instead. Shared
# objects are held by their Handle, which is the reference.
NOT_USED = {
    "daotp_ca_get_self", "daotp_ca_get_transport", "daotp_ca_ref", "daotp_client_enroll",
    "daotp_client_prepare", "daotp_client_resume",
    "daotp_doctor_run", "daotp_fetcher_ref", "daotp_prefetch_run", "daotp_radius_exchange_wait",
    "daotp_key_new", "daotp_store_item_get_held_key", "daotp_store_item_set_held_key",
    "daotp_context_ask_secret", "daotp_context_get_time_s", "daotp_store_is_label", "daotp_store_item_free",
    "daotp_store_item_new", "daotp_store_open", "daotp_store_ref",
    "daotp_templates_find", "daotp_verifier_verify",
}  # fmt: skip


class Table(unittest.TestCase):
    def generate(self, top: pathlib.Path, *args: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(top / "bindings/python/generate.py"), *args]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_is_what_the_headers_and_the_map_say(self) -> None:
        run = self.generate(support.TOP, "check")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def changed_copy(self, path: str, before: str, after: str) -> "subprocess.CompletedProcess[str]":
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            for part in ("include", "bindings/python/daotp"):
                shutil.copytree(support.TOP / part, top / part)
            (top / "libdaotp").mkdir()
            shutil.copy(support.TOP / "libdaotp/libdaotp.map", top / "libdaotp")
            shutil.copy(support.PACKAGE / "generate.py", top / "bindings/python")
            text = (top / path).read_text(encoding="utf-8")
            self.assertIn(before, text)
            (top / path).write_text(text.replace(before, after, 1), encoding="utf-8")
            return self.generate(top, "check")

    def test_a_changed_header_is_noticed(self) -> None:
        run = self.changed_copy("include/daotp/radius.h", "uint16_t port", "uint32_t port")
        self.assertEqual(run.returncode, 1, run.stdout)

    def test_a_name_that_is_only_in_the_map_is_noticed(self) -> None:
        run = self.changed_copy("libdaotp/libdaotp.map", "daotp_free;", "daotp_free; daotp_x;")
        self.assertEqual(run.returncode, 0, "one name a line")
        run = self.changed_copy("libdaotp/libdaotp.map", "daotp_free;", "daotp_free;\n daotp_x;")
        self.assertEqual(run.returncode, 1)
        self.assertIn("not in the table: daotp_x", run.stdout)

    def test_what_is_not_understood_is_an_error(self) -> None:
        run = self.changed_copy("include/daotp/key.h", "DAOTP_API void daotp_key_unref", "void x")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("not understood", run.stderr)

    def test_enumerations_have_the_headers_numbers(self) -> None:
        self.assertEqual(daotp.Status.INTERNAL, 12)
        self.assertEqual(daotp.KeyKind.P384, 5)
        self.assertEqual(daotp.StageState.NOT_REACHED, 0)
        for row in daotp.catalogue():
            self.assertFalse(row.number.name.startswith("UNKNOWN"))
            self.assertEqual(daotp.explain(row.id), row)

    def test_numbers_of_a_newer_library_do_not_fail(self) -> None:
        newer = daotp.Status(4711)
        self.assertEqual((newer, newer.name), (4711, "UNKNOWN_4711"))

    def test_the_package_uses_every_name(self) -> None:
        text = "\n".join(support.names_in_sources())
        kinds = {kind._object: inspect.getsource(kind) for kind in _all(daotp.Handle)}
        kinds["daotp_submission"] = inspect.getsource(daotp.Submission)
        kinds["daotp_report"] = inspect.getsource(_handle)
        for flow in ("daotp_client", "daotp_verifier", "daotp_prefetch", "daotp_doctor"):
            kinds[flow] += inspect.getsource(_flow)
        unused = {call.name for call in _table.CALLS if not _is_used(call.name, text, kinds)}
        self.assertEqual(unused, NOT_USED)

    def test_the_package_uses_no_other_name(self) -> None:
        known = {call.name for call in _table.CALLS} | {kind._object for kind in _all(daotp.Handle)}
        known |= {"daotp_submission", "daotp_report", "daotp_ca_transport", "daotp_store_backend"}
        for text in support.names_in_sources():
            for name in re.findall(r"\blib\.(daotp_\w+)|\"(daotp_\w+)\"", text):
                self.assertIn(name[0] or name[1], known)


def _all(kind: Type[daotp.Handle]) -> List[Type[daotp.Handle]]:
    return [one for sub in kind.__subclasses__() for one in [sub, *_all(sub)]]


def _is_used(name: str, text: str, kinds: Dict[str, str]) -> bool:
    """By its name, or as a verb of its object: self._call("set_url")."""
    if re.search(rf'\b(lib|library)\.{name}\b|(?<!error_for\()"{name}"', text):
        return True
    for kind, source in kinds.items():
        verb = name[len(kind) + 1 :]
        if name.startswith(kind + "_") and (verb in ("free", "unref") or f'"{verb}"' in source):
            return True
    return name in ("daotp_account_set_upn", "daotp_account_set_dn", "daotp_account_set_sid")


class Arguments(unittest.TestCase):
    """What ctypes would cut, wrap or crash on is refused."""

    def test_too_wide_a_number(self) -> None:
        with daotp.Radius() as radius:
            with self.assertRaisesRegex(daotp.UsageError, "67348 is not in 0 to 65535"):
                radius.add_server("127.0.0.1", bytearray(b"secret"), port=65536 + 1812)
            with self.assertRaises(daotp.UsageError):
                radius.add_attribute(256 + 32, b"x")
            self.assertEqual(radius.servers, ())

    def test_text_with_a_nul(self) -> None:
        with daotp.Client() as client:
            with self.assertRaisesRegex(daotp.UsageError, "NUL"):
                client.add_server("https://good.example/\0.evil.example/")

    def test_an_object_of_another_kind(self) -> None:
        with daotp.Client() as client, daotp.Store() as store:
            with self.assertRaisesRegex(daotp.UsageError, "wanted a daotp_trust, not Store"):
                client.set_trust(store)  # type: ignore[arg-type]

    def test_octets_of_another_kind(self) -> None:
        with daotp.Trust() as trust, self.assertRaises(TypeError):
            trust.add("text")  # type: ignore[arg-type]

    def test_addresses_are_not_cut(self) -> None:
        high = 0x7F00_0000_0001
        self.assertEqual(Object("daotp_key").from_param(Address(high)).value, high)
        for number in (high, ctypes.c_void_p(high)):  # only the package itself has addresses
            with self.assertRaises(TypeError):
                Object("daotp_key").from_param(number)
        self.assertTrue(all(call.restype is not int for call in _table.CALLS))
        self.assertIs(lib.daotp_client_get_report.restype, Address)


if __name__ == "__main__":
    support.main()
