#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`daotp serve --unix` as a process: whose socket it takes, who may open it, and which certificate of a
front it believes.

  serve.py DAOTP-PROGRAM
"""
import base64
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

TOOL = sys.argv.pop(1)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.TemporaryDirectory(prefix="daotp-serve.")
        cls.addClassCleanup(cls.top.cleanup)
        folder = pathlib.Path(cls.top.name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=host1", "-keyout", folder / "key",
                        "-out", folder / "pem"], check=True, stderr=subprocess.DEVNULL)
        cls.pem = (folder / "pem").read_text()
        cls.der = ssl.PEM_cert_to_DER_cert(cls.pem)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="daotp-serve.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.socket = self.folder / "s"
        self.users = self.folder / "users"
        self.users.touch(0o600)

    def begin(self, *options, umask=0o022):
        log = open(self.folder / "log", "a")
        self.addCleanup(log.close)
        done = subprocess.Popen(
            [TOOL, "serve", "--unix", self.socket, "--template", "1.2.3", "--ra-cert", "none", "--ra-key",
             "none", "--users", self.users, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=lambda: os.umask(umask))
        self.addCleanup(self.end, done)
        return done

    def end(self, process):
        if process.poll() is None:
            process.terminate()
        process.wait(20)

    def await_answer(self, process):
        for _ in range(200):
            try:
                return self.ask({})
            except OSError:
                self.assertIsNone(process.poll(), self.log())
                time.sleep(0.05)
        self.fail(f"serve does not begin: {self.log()}")

    def log(self):
        return (self.folder / "log").read_text()

    def ask(self, headers):
        """The status of a HEAD: 405 where the client is let in, 403 where not. Pairs, or a dict."""
        pairs = headers.items() if isinstance(headers, dict) else headers
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(str(self.socket))
            lines = ["HEAD /otp HTTP/1.1", "Host: x", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in pairs]
            peer.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            return int(peer.recv(4096).split()[1])


class Socket(Case):
    def test_the_mode_is_not_left_to_the_umask(self):
        for umask in (0, 0o022, 0o177):
            process = self.begin(umask=umask)
            self.await_answer(process)
            self.assertEqual(self.socket.stat().st_mode & 0o777, 0o660)
            self.end(process)
        process = self.begin("--unix-mode", "0600", umask=0)
        self.await_answer(process)
        self.assertEqual(self.socket.stat().st_mode & 0o777, 0o600)

    def test_a_mode_is_a_mode(self):
        for mode in ("", "8", "rw", "0400", "1777", "-1", "0660x"):
            self.assertEqual(self.begin("--unix-mode", mode).wait(20), 64, mode)

    def test_servers_are_a_number_of_them(self):
        for nodes in ("", "0", "11", "two", "-1"):
            self.assertEqual(self.begin("--nodes", nodes).wait(20), 64, nodes)
        process = self.begin("--nodes", "10")
        self.await_answer(process)
        self.end(process)

    def test_a_live_socket_is_not_taken(self):
        first = self.begin()
        self.await_answer(first)
        made = self.socket.stat().st_ino
        self.assertEqual(self.begin().wait(20), 2)
        self.assertIn("Address already in use", self.log())
        self.assertEqual(self.socket.stat().st_ino, made)
        self.assertEqual(self.await_answer(first), 403)

    def test_a_live_socket_of_another_program_is_not_taken(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.socket))
            other.listen(0)
            # also when nobody accepts, and the queue is full
            waiting = []
            for _ in range(4):
                peer = socket.socket(socket.AF_UNIX)
                self.addCleanup(peer.close)
                peer.setblocking(False)
                try:
                    peer.connect(str(self.socket))
                except BlockingIOError:
                    break
                waiting.append(peer)
            made = self.socket.stat().st_ino
            self.assertEqual(self.begin().wait(20), 2)
            self.assertEqual(self.socket.stat().st_ino, made)

    def test_a_dead_socket_is_replaced(self):
        first = self.begin()
        self.await_answer(first)
        first.kill()
        first.wait(20)
        self.assertTrue(self.socket.exists())
        self.assertEqual(self.await_answer(self.begin()), 403)

    def test_only_our_own_is_removed(self):
        first = self.begin()
        self.await_answer(first)
        self.socket.rename(self.folder / "ours")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.socket))
            self.end(first)
            self.assertTrue(self.socket.exists())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["log", "ours", "s", "users"])

    def test_nothing_is_left_behind(self):
        first = self.begin()
        self.await_answer(first)
        self.end(first)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["log", "users"])


class Clearing(Case):
    def clear(self, *options):
        return subprocess.run([TOOL, "serve", *options], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)

    def test_a_user_is_cleared_beside_a_server(self):
        state = self.folder / "state"
        process = self.begin("--state", state)
        self.await_answer(process)
        done = self.clear("--state", state, "--clear-user", "alice@corp.example")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len([f for f in state.iterdir() if len(f.name) == 2]), 1)
        self.await_answer(process)

    def test_what_cannot_be_cleared_is_told(self):
        state = self.folder / "state"
        done = self.clear("--clear-user", "alice")
        self.assertEqual(done.returncode, 64)
        self.assertIn("--state", done.stderr)
        done = self.clear("--state", state, "--clear-user", "alice")
        self.assertEqual(done.returncode, 78)
        self.assertIn("No such file", done.stderr)
        self.assertFalse(state.exists())
        state.mkdir(0o755)
        done = self.clear("--state", state, "--clear-user", "alice")
        self.assertEqual(done.returncode, 78)
        self.assertIn("SERVE-BUDGET-STATE", done.stderr)
        state.chmod(0o700)
        self.assertEqual(self.clear("--state", state, "--clear-user", "").returncode, 64)


class Front(Case):
    def test_each_form_is_read(self):
        self.await_answer(self.begin())
        plain = base64.b64encode(self.der).decode()
        verified = {"X-Client-Verify": "SUCCESS"}
        for what, headers in (
                ("nginx", {**verified, "X-Client-Cert": urllib.parse.quote(self.pem, safe="")}),
                ("Apache", {**verified, "X-Client-Cert": self.pem.replace("\n", " ")}),
                ("HAProxy", {**verified, "X-Client-Cert": plain}),
                ("RFC 9440 in X-Client-Cert", {**verified, "X-Client-Cert": f":{plain}:"}),
                ("RFC 9440", {**verified, "Client-Cert": f":{plain}:"}),
                ("RFC 9440 alone", {"Client-Cert": f":{plain}:"})):
            self.assertEqual(self.ask(headers), 405, what)
        for what, headers in (
                ("none", {}), ("not verified", {"X-Client-Verify": "NONE", "X-Client-Cert": plain}),
                ("not verified, made up", {"X-Client-Verify": "NONE", "Client-Cert": f":{plain}:"})):
            self.assertEqual(self.ask(headers), 403, what)

    def test_what_cannot_be_used_is_refused(self):
        self.await_answer(self.begin())
        plain = base64.b64encode(self.der).decode()
        good = [("X-Client-Verify", "SUCCESS"), ("X-Client-Cert", plain)]
        self.assertEqual(self.ask(good), 405)
        for what, headers in (
                ("verified twice", [*good, ("x-client-verify", "SUCCESS")]),
                ("not verified, then verified", [("X-Client-Verify", "NONE"), *good]),
                ("two certificates", [*good, ("X-CLIENT-CERT", plain)]),
                ("two forms", [*good, ("Client-Cert", f":{plain}:")]),
                ("two of RFC 9440", [("Client-Cert", f":{plain}:")] * 2),
                ("no word of the verification", [("X-Client-Cert", plain)]),
                ("cut", [good[0], ("X-Client-Cert", plain[:40])]),
                ("junk", [good[0], ("X-Client-Cert", "junk")]),
                ("behind it", [good[0], ("X-Client-Cert", base64.b64encode(self.der + b"x").decode())])):
            self.assertEqual(self.ask(headers), 403, what)

    def test_what_cannot_be_used_is_told(self):
        self.await_answer(self.begin())
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(str(self.socket))
            peer.sendall(b"POST /otp HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nX-Client-Verify: SUCCESS\r\n"
                         b"X-Client-Cert: junk!\r\n\r\n")
            self.assertEqual(int(peer.recv(4096).split()[1]), 403)
        self.assertIn("SERVE-CLIENT-CERT-READ", self.log())
        self.assertNotIn("SERVE-NO-CLIENT-CERT", self.log())


    def test_the_address_is_the_last_that_the_front_wrote(self):
        self.await_answer(self.begin())
        for fields in (["192.0.2.66, 192.0.2.7"], ["192.0.2.66", "192.0.2.7"], ["192.0.2.66, 192.0.2.67", "192.0.2.7"]):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.settimeout(20)
                peer.connect(str(self.socket))
                lines = "".join(f"X-Forwarded-For: {field}\r\n" for field in fields)
                peer.sendall(f"POST /otp HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n{lines}\r\n".encode())
                self.assertEqual(int(peer.recv(4096).split()[1]), 403)
        self.assertEqual(self.log().count("from 192.0.2.7\n"), 3, self.log())

    def test_headers_are_not_believed_on_a_port_of_the_network(self):
        with socket.socket() as network:
            network.bind(("127.0.0.1", 0))
            network.listen(1)
            # LISTEN_PID must be the server's own: a shell that becomes it sets it
            done = subprocess.run(
                ["sh", "-c", 'export LISTEN_PID=$$; exec "$@"', "-", TOOL, "serve", "--unix", self.socket, "--template",
                 "1.2.3", "--ra-cert", "none", "--ra-key", "none", "--users", self.users], stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=60, close_fds=False,
                preexec_fn=lambda: os.dup2(network.fileno(), 3), env={**os.environ, "LISTEN_FDS": "1"})
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("ListenStream=", done.stderr)


class Framing(Case):
    """What a front takes for the body of a request is no request of its own, with a certificate that
    the client chose (request smuggling, RFC 9112 11.2)."""

    def setUp(self):
        super().setUp()
        self.await_answer(self.begin("--workers", "2"))
        self.verified = (f"X-Client-Verify: SUCCESS\r\n"
                         f"X-Client-Cert: {base64.b64encode(self.der).decode()}\r\n")
        self.inner = f"HEAD /otp HTTP/1.1\r\nHost: x\r\n{self.verified}\r\n"

    def statuses(self, request):
        """Of all answers, up to the end of the connection."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(str(self.socket))
            peer.sendall(request.encode())
            answer = b""
            while got := peer.recv(65536):
                answer += got
        return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/")]

    def test_a_connection_has_one_request(self):
        for _ in range(4):  # whichever worker takes it
            for method in ("HEAD", "POST"):
                self.assertEqual(self.statuses(f"{method} /otp HTTP/1.1\r\nHost: x\r\n\r\n{self.inner}"),
                                 [403], method)
        self.assertEqual(self.statuses(self.inner * 2), [405])

    def test_a_body_has_one_length(self):
        size = len(self.inner)
        for method, fields, status in (
                ("POST", f"Content-Length: 0\r\nContent-Length: {size}", 400),
                ("POST", "Content-Length: 0\r\ncontent-length: 0", 400),
                ("POST", "Content-Length: +0", 400),
                ("POST", "Content-Length: 0x0", 400),
                ("POST", f"Content-Length: 0, {size}", 400),
                ("POST", "Content-Length: -0", 400),
                ("POST", "Transfer-Encoding: xchunked", 400),
                ("POST", "Transfer-Encoding: gzip, chunked", 413),  # some versions of libevent read the chunks
                ("POST", "Transfer-Encoding: identity", 400),
                ("POST", f"Transfer-Encoding: identity\r\nContent-Length: {size}", 400),
                ("HEAD", f"Content-Length: {size}", 400),
                ("GET", f"Content-Length: {size}", 400),
                ("HEAD", "Transfer-Encoding: chunked", 400)):
            answered = self.statuses(f"{method} /otp HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{self.inner}")
            self.assertIn(answered, ([400], [status]), fields)

    def test_trailers_are_no_headers(self):
        for verified in ("", self.verified):
            self.assertEqual(self.statuses("POST /otp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                           f"{verified}\r\n1\r\nx\r\n0\r\n{self.verified}\r\n{self.inner}"),
                             [411])


class Secrets(Case):
    def refused(self, *options):
        self.assertEqual(self.begin(*options).wait(20), 78)
        self.assertIn("FILE-OPEN-TO-OTHERS", self.log())
        self.assertFalse(self.socket.exists())

    def test_a_users_file_that_others_can_read(self):
        self.users.chmod(0o640)
        self.refused()

    @unittest.skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_a_users_file_of_another_owner(self):
        os.chown(self.users, 65534, 65534)
        self.refused()

    def test_a_tls_key_that_others_can_read(self):
        key = self.folder / "key"
        key.write_bytes((pathlib.Path(self.top.name) / "key").read_bytes())
        key.chmod(0o644)
        pem = str(pathlib.Path(self.top.name) / "pem")
        self.refused("--cert", pem, "--key", str(key), "--client-ca", pem)

    def test_a_mistake_in_the_users_file_is_named_by_line(self):
        self.users.write_text("# users\nalice:LAB\n")
        self.assertEqual(self.begin().wait(20), 78)
        self.assertIn(f"{self.users} line 2", self.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
