# SPDX-License-Identifier: BSD-2-Clause
"""Secrets: taken as bytearrays only, wiped whatever happens, read without a str."""
import contextlib
import os
import pty
import subprocess
import sys
import unittest
import unittest.mock
from typing import Callable, List, Tuple

import support
import daotp


def calls() -> List[Tuple[str, Callable[[bytearray], object]]]:
    """Each call that takes a secret, and fails."""
    client, radius, responder = daotp.Client(), daotp.Radius(), daotp.Responder()
    exchange = radius.exchange("alice")
    return [
        ("enroll", client.enroll),
        ("enroll_begin", client.enroll_begin),
        ("read", daotp.Key.read),
        ("passphrase", lambda secret: daotp.Key.load("/no/such/file", secret)),
        ("add_server", lambda secret: radius.add_server("", secret)),
        ("begin", exchange.begin),
        ("respond", exchange.respond),
        ("body", lambda secret: responder.exchange("GET\0", secret)),
    ]


class Wiped(unittest.TestCase):
    def test_after_failure(self) -> None:
        for name, call in calls():
            secret = bytearray(b"a very secret secret")
            with self.subTest(name):
                with self.assertRaises(daotp.Error):
                    call(secret)
                self.assertEqual(secret, bytes(20))

    def test_after_success(self) -> None:
        secret = bytearray(b"a very secret secret")
        daotp.Radius().add_server("127.0.0.1", secret)
        self.assertEqual(secret, bytes(20))

    def test_in_place(self) -> None:
        secret = bytearray(b"secret")
        view = memoryview(secret)
        daotp.wipe(secret)
        self.assertEqual(bytes(view), bytes(6))

    def test_what_cannot_be_wiped_is_refused(self) -> None:
        for name, call in calls():
            for wrong in ("a secret", b"a secret"):
                with self.subTest(name), self.assertRaisesRegex(TypeError, "bytearray"):
                    call(wrong)  # type: ignore[arg-type]

    def test_exceptions_do_not_show_it(self) -> None:
        for name, call in calls():
            with self.subTest(name), self.assertRaises(daotp.Error) as caught:
                call(bytearray(b"a very secret secret"))
            self.assertNotIn("secret secret", repr(caught.exception))
            self.assertNotIn("secret secret", str(caught.exception.report))


class Read(unittest.TestCase):
    def test_lines_of_a_pipe_one_by_one(self) -> None:
        read, write = os.pipe()
        os.write(write, b"first\nsecond\r\nthird")
        os.close(write)
        lines = [daotp.read_secret(descriptor=read) for _ in range(3)]
        self.assertEqual(lines, [b"first", b"second", b"third"])
        with self.assertRaises(EOFError):
            daotp.read_secret(descriptor=read)
        os.close(read)

    def test_one_that_is_too_long(self) -> None:
        read, write = os.pipe()
        os.write(write, b"x" * 5000)
        with self.assertRaises(ValueError):
            daotp.read_secret(descriptor=read)
        os.close(read)
        os.close(write)

    def read_and_keep(self, given: bytes) -> List[bytearray]:
        """The buffers into which a secret was read; something was in them."""
        buffers: List[bytearray] = []
        really_read = os.readv

        def read_and_look(descriptor: int, views: List[memoryview]) -> int:
            count = really_read(descriptor, views)
            if count:
                buffers.extend(view.obj for view in views)  # type: ignore[misc]
                self.assertTrue(any(buffers[-1]))
            return count

        read, write = os.pipe()
        os.write(write, given)
        os.close(write)
        with unittest.mock.patch("os.readv", read_and_look), contextlib.suppress(EOFError, ValueError):
            self.assertEqual(daotp.read_secret(descriptor=read), given.split(b"\n")[0])
        os.close(read)
        self.assertEqual(len(set(map(id, buffers))), 1)
        return buffers

    def test_what_it_was_read_into_is_wiped(self) -> None:
        for given in (b"123456\n", b"123456", b"x" * 5000):
            with self.subTest(given[:10]):
                buffer = self.read_and_keep(given)[0]
                self.assertEqual(buffer, bytes(len(buffer)))

    def test_a_terminal_does_not_show_it(self) -> None:
        master, slave = pty.openpty()
        code = "import daotp; print(len(daotp.read_secret('code: ')))"
        child = subprocess.Popen(
            [sys.executable, "-c", code], env=support.environment(), cwd="/", stdin=slave,
            stdout=subprocess.PIPE, stderr=slave, text=True,
        )  # fmt: skip
        shown = b""
        while b"code: " not in shown:
            shown += os.read(master, 1000)
        while _echoes(slave):  # the prompt comes before the echo is off
            pass
        os.write(master, b"123456\n")
        self.assertEqual(child.communicate(timeout=20)[0], "6\n")
        os.set_blocking(master, False)
        shown += os.read(master, 1000)
        self.assertNotIn(b"123456", shown)
        self.assertTrue(_echoes(slave))
        os.close(master)
        os.close(slave)


def _echoes(descriptor: int) -> bool:
    import termios

    return bool(termios.tcgetattr(descriptor)[3] & termios.ECHO)


if __name__ == "__main__":
    support.main()
