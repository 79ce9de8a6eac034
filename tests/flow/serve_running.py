#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`daotp serve` as a service: whether it could serve, what the manager of services is told, sockets that are
handed over, settings that change, its end while somebody is served, the audit, metrics and health, and
what a full disk and a log that nobody reads do to it.

  serve_running.py DAOTP-PROGRAM
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

TOOL = sys.argv.pop(1)
LIMIT_S = 60


def first_certificate(path):
    """The first certificate of a PEM file, in DER: a chain may follow it."""
    pem, end, _ = pathlib.Path(path).read_text().partition(ssl.PEM_FOOTER)
    return ssl.PEM_cert_to_DER_cert(pem + end)


def run(*args, **more):
    return subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=LIMIT_S, **more)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.TemporaryDirectory(prefix="daotp-running.")
        cls.addClassCleanup(cls.top.cleanup)
        cls.lab = pathlib.Path(cls.top.name) / "lab"
        up = run("lab", "up", "--no-radius", "--no-kdc", cls.lab)
        assert up.returncode == 0, up.stderr
        cls.addClassCleanup(run, "lab", "down", cls.lab)
        text = subprocess.run(["sh", "-c", f". {cls.lab}/env; env"], capture_output=True, text=True, check=True).stdout
        cls.env = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        cls.pki = cls.lab / "pki"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="daotp-running.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port_file = self.folder / "port"

    def options(self, **instead):
        base = {"listen": "127.0.0.1:0", "port-file": self.port_file, "cert": self.pki / "server.pem",
                "key": self.pki / "server.key", "client-ca": self.env["LAB_TRUST"],
                "template": self.env["LAB_TEMPLATE"], "ra-cert": self.pki / "ra.pem", "ra-key": self.pki / "ra.key",
                "issuing-ca": self.env["LAB_CA_CONFIG"], "users": self.env["LAB_USERS"]}
        base.update(instead)
        return [text for name, value in base.items() if value is not None
                for text in ((f"--{name}", str(value)) if value != "" else (f"--{name}",))]

    def begin(self, *more, stderr=None, env=None, wait=True, pass_fds=(), preexec=None, **instead):
        self.port_file.unlink(missing_ok=True)
        log = stderr if stderr is not None else open(self.folder / "log", "ab")
        process = subprocess.Popen([TOOL, "serve", *self.options(**instead), *more], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=log, env={**os.environ, **(env or {})},
                                   pass_fds=pass_fds, preexec_fn=preexec)
        self.addCleanup(self.end, process)
        if stderr is None:
            log.close()
        for _ in range(LIMIT_S * 20 if wait else 0):
            if self.port_file.exists() and self.port_file.read_text().endswith("\n"):
                break
            self.assertIsNone(process.poll(), self.log())
            time.sleep(0.05)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.wait(LIMIT_S)

    def log(self):
        return (self.folder / "log").read_text() if (self.folder / "log").exists() else ""

    def await_text(self, file, text, count=1):
        for _ in range(LIMIT_S * 20):
            if file.exists() and file.read_text().count(text) >= count:
                return file.read_text()
            time.sleep(0.05)
        self.fail(f"no {text} in {file}: {file.read_text() if file.exists() else 'there is none'}")

    def context(self):
        context = ssl.create_default_context(cafile=self.env["LAB_TRUST"])
        context.load_cert_chain(self.env["LAB_MACHINE_CERT"], self.env["LAB_MACHINE_KEY"])
        return context

    def connect(self):
        raw = socket.create_connection(("127.0.0.1", int(self.port_file.read_text())), timeout=LIMIT_S)
        peer = self.context().wrap_socket(raw, server_hostname="localhost")
        self.addCleanup(peer.close)
        return peer

    def send(self, peer, body=b"<x/>", end=b""):
        head = (f"POST /otp HTTP/1.1\r\nHost: localhost\r\nX-OTPCEP-version: 1.0\r\nContent-Length: {len(body)}\r\n"
                f"Content-Type: text/xml\r\n\r\n")
        peer.sendall(head.encode() + body + end)

    def ask(self):
        """A POST that is no message of the protocol: HTTP 400, and a line of the audit."""
        peer = self.connect()
        self.send(peer)
        return int(peer.recv(65536).split()[1])

    def enrol(self, user="alice", code=None, **more):
        if code is None:
            code = run("lab", "totp", self.lab, user).stdout
        users = pathlib.Path(self.env["LAB_USERS"]).read_text().splitlines()
        line = next(line for line in users if line.startswith(user + ":"))
        (self.folder / "password").write_text(line.split(":")[6] + "\n")
        (self.folder / "password").chmod(0o600)
        read, write = os.pipe()
        os.write(write, code.encode())
        os.close(write)
        args = ["enroll", "--url", f"https://localhost:{self.port_file.read_text().strip()}/otp", "--user",
                f"LAB\\{user}", "--upn", f"{user}@{self.env['LAB_REALM']}", "--trust", self.env["LAB_TRUST"],
                "--cert", self.env["LAB_MACHINE_CERT"], "--key", self.env["LAB_MACHINE_KEY"], "--template",
                self.env["LAB_TEMPLATE"], "--ces-url", self.env["LAB_CES"], "--password-file",
                self.folder / "password", "--key-kind", "p256", "--no-store", "--otp-fd", str(read)]
        process = subprocess.Popen([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, pass_fds=(read,), **more)
        os.close(read)
        return process

    def get(self, port, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=LIMIT_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def free_port(self):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            return one.getsockname()[1]


class Check(Case):
    def check(self, status, text, *more, **instead):
        done = run("serve", "--check", *self.options(**instead), *more)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(text, done.stderr)
        self.assertFalse(self.port_file.exists())
        return done.stderr

    def copy(self, source, mode=0o600):
        made = self.folder / pathlib.Path(source).name
        shutil.copy(source, made)
        made.chmod(mode)
        return made

    def test_what_can_serve(self):
        self.check(0, "it can serve so")
        self.check(0, "it can serve so", **{"state": self.folder / "state"})

    def test_each_value_is_checked(self):
        bad = self.folder / "bad.pem"
        bad.write_text("bad\n")
        secret = self.folder / "secret"
        secret.write_text("s\n")
        secret.chmod(0o600)
        machine = pathlib.Path(self.env["LAB_MACHINE_CERT"])
        for text, instead in (
                ("FILE-READ", {"ra-cert": self.folder / "none"}), ("KEY-MISMATCH", {"ra-key": self.pki / "server.key"}),
                ("RA-", {"ra-cert": machine, "ra-key": self.env["LAB_MACHINE_KEY"]}),
                ("FILE-OPEN-TO-OTHERS", {"key": self.copy(self.pki / "server.key", 0o644)}),
                ("FILE-OPEN-TO-OTHERS", {"users": self.copy(self.env["LAB_USERS"], 0o644)}),
                ("bad.pem", {"client-ca": bad}), ("SERVER-EKU", {"cert": machine, "key": self.env["LAB_MACHINE_KEY"]}),
                ("SERVE-NO-CA", {"issuing-ca": None}), ("cannot be 'xyz'", {"template": "xyz"}),
                ("SERVE-BUDGET-STATE", {"state": "/dev/null/state"}),
                ("SERVE-NAME-UNKNOWN", {"radius": "no-such-host.invalid:1812", "radius-secret": secret}),
                ("none", {"radius": "127.0.0.1:1812", "radius-secret": self.folder / "none"}),
                ("FILE-WRITE", {"listen": None, "cert": None, "key": None, "client-ca": None,
                                "unix": "/no/such/folder/s"})):
            with self.subTest(text, instead=instead):
                self.check(78, text, **instead)

    def test_all_that_is_wrong_is_said_at_once(self):
        said = self.check(78, "SERVE-NO-CA", **{"issuing-ca": None, "ra-cert": self.folder / "none",
                                               "metrics": "no-such-host.invalid:1"})
        self.assertIn("FILE-READ", said)
        self.assertIn("SERVE-NAME-UNKNOWN", said)


class Profile(Case):
    def test_the_profile_drives_it_and_is_read_anew(self):
        profile = self.folder / "daotp.conf"
        audit = self.folder / "audit"
        lines = ["[default]", f"serve-listen = 127.0.0.1:{self.free_port()}", f"serve-cert = {self.pki}/server.pem",
                 f"serve-key = {self.pki}/server.key", f"serve-client-ca = {self.env['LAB_TRUST']}",
                 f"template = {self.env['LAB_TEMPLATE']}", f"ra-cert = {self.pki}/ra.pem",
                 f"ra-key = {self.pki}/ra.key", f"issuing-ca = {self.env['LAB_CA_CONFIG']}",
                 f"serve-users = {self.env['LAB_USERS']}", f"serve-audit = {audit}", "serve-path = /one"]
        profile.write_text("\n".join(lines) + "\n")
        profile.chmod(0o600)
        none = {name: None for name in ("listen", "cert", "key", "client-ca", "template", "ra-cert", "ra-key",
                                        "issuing-ca", "users")}
        process = self.begin(env={"DAOTP_CONFIG": str(profile), "HOME": str(self.folder)}, **none)
        self.assertEqual(self.ask(), 404)
        kept = self.connect()  # stands across the reload
        profile.write_text("\n".join(lines[:-1]) + "\n")
        process.send_signal(signal.SIGHUP)
        self.await_text(self.folder / "log", "were read anew")
        self.assertEqual(self.ask(), 400)
        self.send(kept)
        self.assertEqual(kept.recv(65536).split()[1], b"400")
        profile.write_text("\n".join(lines[:-1] + ["template = no oid"]) + "\n")
        process.send_signal(signal.SIGHUP)
        self.await_text(self.folder / "log", "the old settings stay")
        self.assertEqual(self.ask(), 400)
        profile.write_text("\n".join(lines[:-1] + ["serve-workers = 7"]) + "\n")
        process.send_signal(signal.SIGHUP)
        self.assertIn("--workers: SERVE-RESTART", self.await_text(self.folder / "log", "were read anew", 2))
        profile.write_text("\n".join(lines[:-2]) + "\n")
        process.send_signal(signal.SIGHUP)
        self.assertIn("--audit: SERVE-RESTART", self.await_text(self.folder / "log", "were read anew", 3))
        told = audit.read_text().count("\n")
        self.assertEqual(self.ask(), 400)
        self.await_text(audit, "\n", told + 1)  # as it was said: not before the restart


class Manager(Case):
    def test_it_tells_what_it_does(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.folder / "notify"))
            manager.settimeout(LIMIT_S)
            process = self.begin(env={"NOTIFY_SOCKET": str(self.folder / "notify"), "WATCHDOG_USEC": "400000"})
            seen = []

            def until(word):
                while not any(word in line for line in seen):
                    seen.extend(manager.recv(4096).decode().split("\n"))

            until("READY=1")
            until("WATCHDOG=1")
            seen.clear()
            process.send_signal(signal.SIGHUP)
            until("RELOADING=1")
            until("MONOTONIC_USEC=")
            until("READY=1")
            process.terminate()
            until("STOPPING=1")
            self.assertEqual(process.wait(LIMIT_S), 0)

    def test_an_abstract_address(self):
        name = f"daotp-{os.getpid()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind("\0" + name)
            manager.settimeout(LIMIT_S)
            self.begin(env={"NOTIFY_SOCKET": "@" + name})
            self.assertIn(b"READY=1", manager.recv(4096))

    def test_a_worker_that_hangs_is_not_called_alive(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.folder / "notify"))
            manager.settimeout(LIMIT_S)
            process = self.begin("--workers", "1", env={"NOTIFY_SOCKET": str(self.folder / "notify"),
                                                        "WATCHDOG_USEC": "1000000"})
            while b"WATCHDOG=1" not in manager.recv(4096):
                pass
            process.send_signal(signal.SIGSTOP)
            manager.settimeout(1.5)
            with self.assertRaises(TimeoutError):
                while True:
                    manager.recv(4096)
            process.send_signal(signal.SIGCONT)

    def test_sockets_are_handed_over(self):
        with socket.socket() as one, socket.socket() as two:
            for each in (one, two):
                each.bind(("127.0.0.1", 0))
                each.listen(64)
            waiting = socket.create_connection(one.getsockname(), timeout=LIMIT_S)  # before there is a server
            self.addCleanup(waiting.close)

            def move():
                os.dup2(one.fileno(), 103)
                os.dup2(two.fileno(), 104)
                os.dup2(103, 3)
                os.dup2(104, 4)

            # LISTEN_PID must be the server's own: a shell that becomes it sets it
            script = 'export LISTEN_PID=$$; exec "$@"'
            self.port_file.unlink(missing_ok=True)
            with open(self.folder / "log", "ab") as log:
                process = subprocess.Popen(
                    ["sh", "-c", script, "-", TOOL, "serve", *self.options()], stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, close_fds=False, preexec_fn=move,
                    env={**os.environ, "LISTEN_FDS": "2", "LISTEN_FDNAMES": "otp:metrics"})
            self.addCleanup(self.end, process)
            self.await_text(self.port_file, "\n")
            self.assertEqual(int(self.port_file.read_text()), one.getsockname()[1])
            peer = self.context().wrap_socket(waiting, server_hostname="localhost")
            self.send(peer)
            self.assertEqual(peer.recv(65536).split()[1], b"400")
            self.assertIn("daotp_serve_requests_total", self.get(two.getsockname()[1], "/metrics")[1])


class Audit(Case):
    def lines(self, count):
        text = self.await_text(self.folder / "audit", "\n", count)
        return [json.loads(line) for line in text.splitlines()]

    def test_who_from_where_and_what_became_of_it(self):
        self.begin(audit=self.folder / "audit")
        code = run("lab", "totp", self.lab, "alice").stdout
        process = self.enrol(code=code)
        self.assertEqual(process.wait(LIMIT_S), 0, process.stdout.read())
        wrong = self.enrol(code="000000\n")
        wrong.wait(LIMIT_S)
        self.ask()
        good, bad, none = self.lines(3)
        self.assertEqual((good["outcome"], good["finding"], good["http_status"]), ("ok", None, 200))
        self.assertEqual((good["user"], good["upn"]), ("LAB\\alice", f"alice@{self.env['LAB_REALM']}"))
        self.assertTrue(good["sid"].startswith("S-1-5-21-"))
        self.assertEqual(good["address"], "127.0.0.1")
        der = first_certificate(self.env["LAB_MACHINE_CERT"])
        self.assertEqual(good["client_sha256"], hashlib.sha256(der).hexdigest())
        text = subprocess.run(["openssl", "x509", "-in", self.pki / "ra.pem", "-noout", "-ext", "subjectKeyIdentifier"],
                              capture_output=True, text=True, check=True).stdout
        self.assertEqual(good["ra"]["key_id"], text.splitlines()[1].strip().replace(":", "").lower())
        self.assertIsNotNone(good["ra"]["serial"])
        self.assertIsNotNone(good["ra"]["issuer"])
        self.assertRegex(good["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual((bad["outcome"], bad["finding"]), ("rejected", "SERVE-CODE-REJECTED"))
        self.assertEqual((none["outcome"], none["http_status"], none["user"]), ("peer", 400, None))
        for text in (self.log(), (self.folder / "audit").read_text()):
            self.assertNotIn(code.strip(), text)

    def test_a_file_that_was_moved_away_is_made_anew(self):
        audit = self.folder / "audit"
        process = self.begin(audit=audit)
        self.ask()
        self.lines(1)
        audit.rename(self.folder / "audit.1")
        process.send_signal(signal.SIGHUP)
        self.await_text(self.folder / "log", "were read anew")
        self.ask()
        self.assertEqual(len(self.lines(1)), 1)
        self.assertEqual((self.folder / "audit.1").read_text().count("\n"), 1)

    def test_a_full_disk_is_told_and_stops_nobody(self):
        port = self.free_port()
        self.begin(audit="/dev/full", metrics=f"127.0.0.1:{port}", state=self.folder / "state")
        for _ in range(3):
            self.assertEqual(self.ask(), 400)
        self.assertIn("/dev/full", self.await_text(self.folder / "log", "SERVE-LOG-LOST"))
        for _ in range(LIMIT_S * 20):
            if 'daotp_serve_lost_lines_total{log="audit"} 3\n' in self.get(port, "/metrics")[1]:
                break
            time.sleep(0.05)
        else:
            self.fail(self.get(port, "/metrics")[1])
        process = self.enrol("bob")
        self.assertEqual(process.wait(LIMIT_S), 0, process.stdout.read())

    def test_a_log_that_nobody_reads_stops_nobody(self):
        read, write = os.pipe()
        try:
            os.set_blocking(write, False)
            with self.assertRaises(BlockingIOError):
                while True:
                    os.write(write, b"x" * 4096)
            os.set_blocking(write, True)
            # room for what is said at the start
            os.read(read, 16384)
            self.begin(stderr=write, audit="stderr")
            for _ in range(40):
                self.assertEqual(self.ask(), 400)
        finally:
            os.close(write)
            os.close(read)


class Figures(Case):
    def test_metrics_and_health(self):
        port = self.free_port()
        radius = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(radius.close)
        radius.bind(("127.0.0.1", 0))
        secret = self.folder / "secret"
        secret.write_text("s\n")
        secret.chmod(0o600)
        self.begin("--timeout", "1", metrics=f"127.0.0.1:{port}", radius=f"127.0.0.1:{radius.getsockname()[1]}",
                   **{"radius-secret": secret})
        status, text = self.get(port, "/healthz")
        health = json.loads(text)
        self.assertEqual(status, 200, text)
        self.assertEqual([health[part]["state"] for part in ("ca_list", "radius", "directory", "ra_certificate")],
                         ["ok", "unknown", "unknown", "ok"])
        self.assertNotEqual(self.enrol(code="123456\n").wait(LIMIT_S), 0)  # nobody answers
        status, text = self.get(port, "/healthz")
        health = json.loads(text)
        self.assertEqual((status, health["radius"]["state"], health["directory"]["state"]), (503, "failing", "ok"))
        status, text = self.get(port, "/metrics")
        self.assertEqual(status, 200)
        for line in ('daotp_serve_requests_total{outcome="undecided"} 1',
                     'daotp_serve_asked_total{peer="radius",answered="no"} 1', "daotp_serve_in_flight 0",
                     'daotp_serve_request_seconds_bucket{le="+Inf"} 1', "daotp_serve_request_seconds_count 1"):
            self.assertIn(line + "\n", text)
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) daotp_serve_\w+ .+|daotp_serve_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? '
                                   r'-?[0-9.e+]+)$')
        self.assertEqual(self.get(port, "/otp")[0], 404)

    def test_health_tells_the_signing_certificate(self):
        port = self.free_port()
        certificate = self.folder / "ra.pem"
        shutil.copy(self.pki / "ra.pem", certificate)
        self.begin(metrics=f"127.0.0.1:{port}", **{"ra-cert": certificate})
        self.assertEqual(self.get(port, "/healthz")[0], 200)
        shutil.copy(self.env["LAB_MACHINE_CERT"], certificate)
        status, text = self.get(port, "/healthz")
        self.assertEqual((status, json.loads(text)["ra_certificate"]["state"]), (503, "failing"))


class End(Case):
    def begin_silent(self, *more):
        """A server whose RADIUS server does not answer, and a request that waits for it."""
        radius = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(radius.close)
        radius.bind(("127.0.0.1", 0))
        radius.settimeout(LIMIT_S)
        secret = self.folder / "secret"
        secret.write_text("s\n")
        secret.chmod(0o600)
        server = self.begin(*more, audit=self.folder / "audit", radius=f"127.0.0.1:{radius.getsockname()[1]}",
                            **{"radius-secret": secret})
        client = self.enrol(code="123456\n")
        radius.recv(4096)
        return server, client

    def test_requests_under_way_are_answered(self):
        idle = None
        server, client = self.begin_silent("--timeout", "3")
        idle = self.connect()
        server.terminate()
        self.assertEqual(idle.recv(1), b"")  # nobody waits for it
        self.assertEqual(server.wait(LIMIT_S), 0)
        line = json.loads((self.folder / "audit").read_text())
        self.assertEqual((line["http_status"], line["finding"]), (200, "SERVE-CODE-UNREACHABLE"))
        output = client.communicate(timeout=LIMIT_S)[0]
        self.assertIn("OtherError", output)

    def test_a_request_that_is_being_sent_is_answered(self):
        server = self.begin()
        peer = self.connect()
        body = b"<x>" + b" " * 100 + b"</x>"
        head = (f"POST /otp HTTP/1.1\r\nHost: localhost\r\nX-OTPCEP-version: 1.0\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        peer.sendall(head + body[:10])
        time.sleep(0.2)  # its first bytes are read
        server.terminate()
        while not self.is_closed():
            time.sleep(0.05)
        peer.sendall(body[10:])
        answer = peer.recv(65536)
        self.assertEqual(answer.split()[1], b"400")
        self.assertIn(b"connection: close", answer.lower())
        self.assertEqual(server.wait(LIMIT_S), 0)

    def is_closed(self):
        try:
            self.connect()
            return False
        except OSError:
            return True

    def test_its_time_is_bounded_and_a_second_signal_ends_it(self):
        server, client = self.begin_silent("--timeout", "100", "--drain", "0.5")
        server.terminate()
        self.assertEqual(server.wait(20), 0)
        client.wait(LIMIT_S)
        server, client = self.begin_silent("--timeout", "100", "--drain", "100")
        server.terminate()
        while not self.is_closed():
            time.sleep(0.05)
        server.terminate()
        self.assertEqual(server.wait(20), 0)
        client.wait(LIMIT_S)

    def test_more_than_the_queue_are_told_at_once(self):
        server, client = self.begin_silent("--timeout", "30", "--queue", "1")
        second = self.enrol("bob", code="123456\n")
        self.assertIn("OtherError", second.communicate(timeout=LIMIT_S)[0])
        self.assertIn("SERVE-BUSY", self.await_text(self.folder / "audit", "\n"))
        self.assertIsNone(client.poll())
        client.kill()
        server.kill()


if __name__ == "__main__":
    unittest.main(verbosity=2)
