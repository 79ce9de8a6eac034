#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The shipped configurations of fronts, run by the real servers before two nodes of `daotp serve`: who
comes with a certificate is let in as who he is, and as nobody else whatever he writes into headers; one node
may die.

  shipped_fronts.py DAOTP-PROGRAM EXAMPLES

A server that is not installed is left out; without any the test is skipped.
"""
import hashlib
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

EXAMPLES = pathlib.Path(sys.argv.pop(2)) / "serve"
TOOL = sys.argv.pop(1)
LIMIT_S = 60
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
APACHE_MODULES = "mpm_event authz_core socache_shmcb ssl headers proxy proxy_http proxy_balancer " \
                 "lbmethod_byrequests slotmem_shm"


def first_certificate(path):
    """The first certificate of a PEM file, in DER: a chain may follow it."""
    pem, end, _ = pathlib.Path(path).read_text().partition(ssl.PEM_FOOTER)
    return ssl.PEM_cert_to_DER_cert(pem + end)


def run(*args):
    return subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S)


def found(program):
    return shutil.which(program, path=PATH)


def setUpModule():
    if not any(map(found, ("nginx", "haproxy", "apache2"))):
        print("skipped: neither nginx, haproxy nor apache2")
        sys.exit(77)


class Front:
    """What stands before the nodes; everything of it is in one folder that its workers may enter."""

    def __init__(self, case, name):
        self.case, self.folder = case, case.folder
        text = (EXAMPLES / name).read_text()
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        for shipped, here in (("/etc/daotp/server-and-key.pem", self.folder / "both.pem"),
                              ("/etc/daotp/server.pem", self.folder / "server.pem"),
                              ("/etc/daotp/server.key", self.folder / "server.key"),
                              ("/etc/daotp/machines.pem", case.env["LAB_TRUST"]),
                              ("/run/daotp/", f"{self.folder}/")):
            text = text.replace(shipped, str(here))
        self.text = text

    def begin(self, program, text, *args):
        (self.folder / "conf").write_text(text)
        log = open(self.folder / "front.log", "ab")
        process = subprocess.Popen([found(program), *map(str, args)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.case.addCleanup(self.case.end, process)
        for _ in range(LIMIT_S * 20):
            self.case.assertIsNone(process.poll(), (self.folder / "front.log").read_text())
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.case.fail(f"{program} does not begin")


class Shipped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.TemporaryDirectory(prefix="daotp-fronts.")
        cls.addClassCleanup(cls.top.cleanup)
        top = pathlib.Path(cls.top.name)
        up = run("lab", "up", "--no-radius", "--no-kdc", top / "lab")
        assert up.returncode == 0, up.stderr
        cls.addClassCleanup(run, "lab", "down", top / "lab")
        cls.lab = top / "lab"
        text = subprocess.run(["sh", "-c", f". {cls.lab}/env; env"], capture_output=True, text=True, check=True).stdout
        cls.env = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        cls.pki = cls.lab / "pki"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=foreign", "-addext", "extendedKeyUsage=clientAuth", "-keyout",
                        top / "foreign.key", "-out", top / "foreign.pem"], check=True, stderr=subprocess.DEVNULL)
        cls.foreign = (top / "foreign.pem", top / "foreign.key")

    def setUp(self):
        # the name of a socket is short, and workers of a front are not root
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="df.", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        for name in ("server.pem", "server.key"):
            shutil.copy(self.pki / name, self.folder / name)
        (self.folder / "both.pem").write_text((self.pki / "server.pem").read_text() +
                                              (self.pki / "server.key").read_text())
        self.nodes = []

    def end(self, process):
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)

    def begin_node(self, *place):
        log = open(self.folder / "node.log", "ab")
        node = subprocess.Popen(
            [TOOL, "serve", *map(str, place), "--template", self.env["LAB_TEMPLATE"], "--ra-cert", self.pki / "ra.pem",
             "--ra-key", self.pki / "ra.key", "--issuing-ca", self.env["LAB_CA_CONFIG"], "--users",
             self.env["LAB_USERS"], "--state", self.folder / "state", "--audit", self.folder / "audit", "--workers", "1"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.addCleanup(self.end, node)
        self.nodes.append(node)
        return node

    def begin_local_nodes(self):
        for name in ("one.sock", "two.sock"):
            self.begin_node("--unix", self.folder / name, "--unix-mode", "0660")
            for _ in range(LIMIT_S * 20):
                if (self.folder / name).exists():
                    break
                time.sleep(0.05)
            if os.geteuid() == 0:
                shutil.chown(self.folder / name, "nobody")

    def ask(self, port, who, headers=(), body=b"<x/>"):
        """The status of a POST that is no message of the protocol: 400 where the client is let in."""
        context = ssl.create_default_context(cafile=self.env["LAB_TRUST"])
        if who is not None:
            context.load_cert_chain(*who)
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S) as raw, \
                    context.wrap_socket(raw, server_hostname="localhost") as peer:
                lines = ["POST /otp HTTP/1.1", "Host: localhost", "X-OTPCEP-version: 1.0", "Content-Type: text/xml",
                         f"Content-Length: {len(body)}", "Connection: close", *headers]
                peer.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
                answer = b""
                while b" " not in answer[9:] and (more := peer.recv(65536)):
                    answer += more
                return int(answer.split()[1]) if answer else 0
        except (ssl.SSLError, ConnectionError):
            return 0  # refused in TLS

    def audit(self):
        path = self.folder / "audit"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def enrol(self, port, user):
        code = run("lab", "totp", self.lab, user).stdout
        users = pathlib.Path(self.env["LAB_USERS"]).read_text().splitlines()
        line = next(line for line in users if line.startswith(user + ":"))
        password = self.folder / "password"
        password.touch(0o600)
        password.write_text(line.split(":")[6] + "\n")
        return subprocess.run(
            [TOOL, "enroll", "--url", f"https://localhost:{port}/otp", "--user", f"LAB\\{user}", "--upn",
             f"{user}@{self.env['LAB_REALM']}", "--trust", self.env["LAB_TRUST"], "--cert", self.env["LAB_MACHINE_CERT"],
             "--key", self.env["LAB_MACHINE_KEY"], "--template", self.env["LAB_TEMPLATE"], "--ces-url",
             self.env["LAB_CES"], "--password-file", password, "--key-kind", "p256", "--no-store", "--otp-fd", "0"],
            input=code, capture_output=True, text=True, timeout=LIMIT_S)

    def machine(self):
        return self.env["LAB_MACHINE_CERT"], self.env["LAB_MACHINE_KEY"]

    def forms_of_another(self):
        """What a client could write to be the KDC's machine: every header, and every form."""
        pem = (self.pki / "server.pem").read_text()
        pem = pem[:pem.index("-----END CERTIFICATE-----") + 25]
        bare = "".join(pem.splitlines()[1:-1])
        for value in (urllib.parse.quote(pem, safe=""), pem.replace("\n", " "), bare):
            yield ("X-Client-Verify: SUCCESS", f"X-Client-Cert: {value}")
            yield ("x-client-verify: SUCCESS", f"x-client-cert: {value}", f"x-client-cert: {value}")
            yield ("X_Client_Verify: SUCCESS", f"X_Client_Cert: {value}")
        yield (f"Client-Cert: :{bare}:",)
        yield ("X-Client-Verify: SUCCESS", f"Client-Cert: :{bare}:")
        yield (f"Connection: X-Client-Cert, X-Client-Verify, Client-Cert",)

    def try_front(self, port):
        self.assertEqual(self.ask(port, self.machine()), 400)
        self.assertIn(self.ask(port, None), (0, 403))
        self.assertIn(self.ask(port, self.foreign), (0, 403))
        seen = len(self.audit())
        der = first_certificate(self.env["LAB_MACHINE_CERT"])
        own = hashlib.sha256(der).hexdigest()
        for headers in self.forms_of_another():
            with self.subTest(headers=headers):
                self.assertIn(self.ask(port, None, headers), (0, 400, 403))
                self.assertIn(self.ask(port, self.foreign, headers), (0, 400, 403))
                self.ask(port, self.machine(), headers)
        for line in self.audit()[seen:]:
            self.assertIn(line["client_sha256"], (own, None), line)
            self.assertTrue(line["client_sha256"] == own or line["http_status"] == 403, line)
        self.assertIn(own, [line["client_sha256"] for line in self.audit()[seen:]])
        done = self.enrol(port, "alice")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.audit()[-1]["address"], "127.0.0.1")
        self.kill_one(port, done)

    def kill_one(self, port, _):
        """After one node was killed, whoever comes is served by the other one, at most after one failure that
        the front noticed it by."""
        self.nodes[0].kill()
        self.nodes[0].wait(20)
        failures = sum(self.ask(port, self.machine()) != 400 for _ in range(12))
        self.assertLessEqual(failures, 1)
        done = self.enrol(port, "bob")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(found("nginx"), "no nginx")
    def test_nginx(self):
        self.begin_local_nodes()
        front = Front(self, "nginx.conf")
        text = front.text.replace("listen 443", f"listen 127.0.0.1:{front.port}")
        temporary = "".join(f"{what}_temp_path {self.folder}/{what};\n"
                            for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user nobody nogroup;\n" if os.geteuid() == 0 else ""
        front.begin("nginx", f"{user}worker_processes 1;\ndaemon off;\npid {self.folder}/pid;\nerror_log stderr;\n"
                    f"events {{ worker_connections 64; }}\nhttp {{\naccess_log off;\n{temporary}{text}}}\n",
                    "-p", self.folder, "-e", self.folder / "error.log", "-c", self.folder / "conf")
        self.try_front(front.port)

    @unittest.skipUnless(found("haproxy"), "no haproxy")
    def test_haproxy(self):
        self.begin_local_nodes()
        front = Front(self, "haproxy.cfg")
        front.begin("haproxy", front.text.replace("bind :443", f"bind 127.0.0.1:{front.port}"), "-f",
                    self.folder / "conf", "-db")
        self.try_front(front.port)

    @unittest.skipUnless(found("apache2"), "no apache2")
    def test_apache(self):
        self.begin_local_nodes()
        front = Front(self, "apache.conf")
        user = "User nobody\nGroup nogroup\n" if os.geteuid() == 0 else ""
        modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                          for name in APACHE_MODULES.split())
        share = self.folder / "share"
        share.mkdir()
        if os.geteuid() == 0:
            shutil.chown(share, "nobody")
        front.begin("apache2", f"ServerRoot {self.folder}\nDefaultRuntimeDir {share}\nPidFile {self.folder}/pid\n"
                    f"Mutex file:{share} default\nErrorLog {self.folder}/error.log\nServerName localhost\n{modules}{user}"
                    f"StartServers 1\nListen 127.0.0.1:{front.port} https\n" +
                    front.text.replace("*:443", f"127.0.0.1:{front.port}"),
                    "-d", self.folder, "-f", self.folder / "conf", "-DFOREGROUND")
        self.try_front(front.port)

    @unittest.skipUnless(found("haproxy"), "no haproxy")
    def test_haproxy_without_tls_of_its_own(self):
        ports = []
        for name in ("one", "two"):
            self.begin_node("--listen", "127.0.0.1:0", "--port-file", self.folder / name, "--cert",
                            self.folder / "server.pem", "--key", self.pki / "server.key", "--client-ca",
                            self.env["LAB_TRUST"])
            for _ in range(LIMIT_S * 20):
                if (self.folder / name).exists():
                    break
                time.sleep(0.05)
            ports.append((self.folder / name).read_text().strip())
        front = Front(self, "haproxy-tcp.cfg")
        text = front.text.replace("bind :443", f"bind 127.0.0.1:{front.port}")
        text = text.replace("otp1.corp.example:8443", f"127.0.0.1:{ports[0]}")
        text = text.replace("otp2.corp.example:8443", f"127.0.0.1:{ports[1]}")
        front.begin("haproxy", text, "-f", self.folder / "conf", "-db")
        self.try_front(front.port)


if __name__ == "__main__":
    unittest.main(verbosity=2)
