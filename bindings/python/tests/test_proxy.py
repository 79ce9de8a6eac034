# SPDX-License-Identifier: BSD-2-Clause
"""Through a proxy, and only when asked for: an enrolment with a CONNECT proxy that counts."""
import os
import socket
import socketserver
import threading
import unittest
import unittest.mock
import urllib.parse
from typing import Callable, List, Optional

import support
from support import UPN, USER
import daotp

LAB: support.Lab
VARIABLES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")


def setUpModule() -> None:
    global LAB
    LAB = support.Lab()


def tearDownModule() -> None:
    LAB.down()


class Tunnel(socketserver.StreamRequestHandler):
    """One CONNECT, then octets both ways."""

    def handle(self) -> None:
        verb, target, _ = self.rfile.readline().decode().split()
        while self.rfile.readline().strip():
            pass
        server = self.server
        assert verb == "CONNECT" and isinstance(server, Proxy)
        server.targets.append(target)
        host, port = target.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=20) as peer:
            self.wfile.write(b"HTTP/1.1 200 through\r\n\r\n")
            back = threading.Thread(target=pass_on, args=(peer, self.connection))
            back.start()
            pass_on(self.connection, peer)
            back.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    """Until the source ends; then the target is told."""
    try:
        for octets in iter(lambda: source.recv(65536), b""):
            target.sendall(octets)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Proxy(socketserver.ThreadingTCPServer):
    """Where it was asked to go is in `targets`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.targets: List[str] = []
        self.address = f"127.0.0.1:{self.server_address[1]}"


class Proxied(unittest.TestCase):
    def setUp(self) -> None:
        self.proxy = Proxy()
        thread = threading.Thread(target=self.proxy.serve_forever, args=(0.05,))
        thread.start()
        self.addCleanup(self.proxy.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.proxy.shutdown)
        clean = {name: value for name, value in os.environ.items() if name.lower() not in VARIABLES}
        patch = unittest.mock.patch.dict(os.environ, clean, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def enroll(self, *settings: Callable[[daotp.Client], None]) -> List[str]:
        """Where the proxy was asked to go meanwhile, each once."""
        with LAB.client() as client:
            for one in settings:
                one(client)
            client.prepare(USER)
            self.assertEqual(client.enroll(LAB.code("alice")).upn, UPN)
        return sorted(set(self.proxy.targets))

    def both(self) -> List[str]:
        """The OTP server, and the CA's service."""
        return sorted(urllib.parse.urlsplit(LAB.env[name]).netloc for name in ("LAB_URL", "LAB_CES"))

    def test_set(self) -> None:
        for scheme in ("", "http://"):
            with self.subTest(scheme):
                self.proxy.targets.clear()
                found = self.enroll(lambda client: client.set_proxy(scheme + self.proxy.address))
                self.assertEqual(found, self.both())

    def test_taken_back(self) -> None:
        given: List[Optional[str]] = [self.proxy.address, None]
        settings = [lambda client, one=one: client.set_proxy(one) for one in given]
        self.assertEqual(self.enroll(*settings), [])

    def test_the_environments_only_when_asked_for(self) -> None:
        os.environ["https_proxy"] = f"http://{self.proxy.address}"
        self.assertEqual(self.enroll(), [])
        self.assertEqual(self.enroll(lambda client: client.set_environment_proxy(False)), [])
        self.assertEqual(self.enroll(lambda client: client.set_environment_proxy()), self.both())
        self.proxy.targets.clear()
        os.environ["no_proxy"] = "localhost"
        self.assertEqual(self.enroll(lambda client: client.set_environment_proxy()), [])

    def test_what_is_set_comes_before_the_environments(self) -> None:
        os.environ["https_proxy"] = "http://127.0.0.1:1"
        found = self.enroll(
            lambda client: client.set_environment_proxy(),
            lambda client: client.set_proxy(self.proxy.address),
        )
        self.assertEqual(found, self.both())

    def test_none_that_could_be(self) -> None:
        with LAB.client() as client:
            for wrong in ("proxy:99999", "http://", ""):
                with self.subTest(wrong), self.assertRaises(daotp.UsageError):
                    client.set_proxy(wrong)
        os.environ["https_proxy"] = "proxy.example:99999"
        with LAB.client() as client:
            client.set_environment_proxy()
            with self.assertRaises(daotp.ConfigurationError):
                client.prepare(USER)

    def test_nobody_there(self) -> None:
        self.proxy.shutdown()
        self.proxy.server_close()
        with LAB.client() as client:
            client.set_proxy(self.proxy.address)
            with self.assertRaises(daotp.NetworkError) as caught:
                client.prepare(USER)
                client.enroll(bytearray(b"123456"))
            self.assertEqual(caught.exception.stage, daotp.Stage.CONNECT)
            finding = caught.exception.finding
            self.assertEqual(finding.id, "PROXY-FAILED")  # type: ignore[union-attr]
            self.assertIn(self.proxy.address.rsplit(":", 1)[1], finding.found)  # type: ignore[union-attr]


if __name__ == "__main__":
    support.main()
