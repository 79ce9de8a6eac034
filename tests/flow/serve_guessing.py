#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`daotp serve --users` for those who guess: what the answers tell about who exists, and when a code that was
right is right again.

  serve_guessing.py DAOTP-PROGRAM
"""
import base64
import hashlib
import hmac
import os
import pathlib
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
from xml.sax.saxutils import quoteattr

TOOL = sys.argv.pop(1)
LIMIT_S = 60
SECRETS = {name: hashlib.sha1(name.encode()).digest() for name in ("alice", "bob", "plain", "odd", "frank", "dave")}


def run(*args):
    return subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=LIMIT_S, check=True)


def totp(secret, step):
    """RFC 6238 with SHA-1 and six digits."""
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06}"


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.TemporaryDirectory(prefix="daotp-guessing.")
        cls.addClassCleanup(cls.top.cleanup)
        top = pathlib.Path(cls.top.name)
        lab = top / "lab"
        run("lab", "up", "--no-radius", "--no-kdc", lab)
        cls.addClassCleanup(run, "lab", "down", lab)
        text = subprocess.run(["sh", "-c", f". {lab}/env; env"], capture_output=True, text=True, check=True).stdout
        cls.env = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        cls.pki = lab / "pki"
        cls.key = top / "user.key"
        cls.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", cls.key)
        cls.machines = [cls.machine(top, f"host{i}") for i in range(4)]

    @classmethod
    def openssl(cls, *args):
        return subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True).stdout

    @classmethod
    def machine(cls, top, name):
        cls.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-keyout", top / f"{name}.key", "-out", top / f"{name}.pem")
        return (top / f"{name}.pem").read_text()

    def csr(self, upn, template=None, digest="-sha256", key=None, san=None):
        config = self.folder / "req.cnf"
        san = san if san is not None else f"otherName:1.3.6.1.4.1.311.20.2.3;UTF8:{upn}"
        config.write_text(
            "[req]\ndistinguished_name=dn\nreq_extensions=v3\nprompt=no\n[dn]\n[v3]\n"
            + (f"subjectAltName={san}\n" if san else "") + "1.3.6.1.4.1.311.21.7=ASN1:SEQUENCE:template\n[template]\n"
            f"id=OID:{template or self.env['LAB_TEMPLATE']}\nmajor=INTEGER:100\nminor=INTEGER:0\n")
        return self.openssl("req", "-new", "-key", key or self.key, digest, "-subj", "/", "-config", config,
                            "-outform", "DER")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="daotp-guessing.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.state = self.folder / "state"
        self.users = self.folder / "users"
        self.servers = 0
        self.write_users()

    def line(self, name, domain="LAB", upn=None, dn=None, sid=None, secret=None, flags=""):
        number = list(SECRETS).index(name) + 1104 if name in SECRETS else 2000
        secret = base64.b32encode(SECRETS[name] if secret is None else secret).decode()
        upn = f"{name}@lab.example" if upn is None else upn
        dn = f"CN={name},DC=lab" if dn is None else dn
        sid = f"S-1-5-21-1-2-3-{number}" if sid is None else sid
        return f"{name}:{domain}:{upn}:{dn}:{sid}:{secret}:pw:{flags}\n"

    def write_users(self, *lines, path=None):
        lines = lines or (self.line("alice"), self.line("bob"), self.line("plain", dn="", sid=""),
                          self.line("odd", dn="no name", sid="S-1-x"), self.line("frank", flags="disabled"),
                          self.line("dave", flags="no-upn"))
        new = self.folder / "users.new"
        new.write_text("".join(lines))
        new.chmod(0o600)
        new.replace(path or self.users)

    def begin(self, *more, state=True, users=None):
        self.servers += 1
        where = self.folder / f"s{self.servers}"
        args = [TOOL, "serve", "--unix", where, "--template", self.env["LAB_TEMPLATE"], "--ra-cert",
                self.pki / "ra.pem", "--ra-key", self.pki / "ra.key", "--issuing-ca", self.env["LAB_CA_CONFIG"],
                "--users", users or self.users, *(("--state", self.state) if state else ()), *more]
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(list(map(str, args)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(self.end, process)
        for _ in range(LIMIT_S * 20):
            with socket.socket(socket.AF_UNIX) as peer:  # that it is there does not say that it listens
                if peer.connect_ex(str(where)) == 0:
                    return where, process
            self.assertIsNone(process.poll(), self.log())
            time.sleep(0.05)
        self.fail(self.log())

    def end(self, process):
        if process.poll() is None:
            process.terminate()
        process.wait(LIMIT_S)

    def log(self):
        return (self.folder / "log").read_text()

    def post(self, where, name, code, csr, machine=0):
        """The whole response, as octets."""
        body = (f'<signCertRequest xmlns="http://schemas.microsoft.com/otpcep/1.0/protocol" username={quoteattr(name)} '
                f'oneTimePassword={quoteattr(code)} certRequest="{base64.b64encode(csr).decode()}"/>').encode()
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(LIMIT_S)
            peer.connect(str(where))
            head = (f"POST /otp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-OTPCEP-version: 1.0\r\nContent-Type: "
                    f"text/xml\r\nX-Client-Verify: SUCCESS\r\nX-Client-Cert: {urllib.parse.quote(self.machines[machine])}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n")
            peer.sendall(head.encode() + body)
            answer = b""
            while part := peer.recv(65536):
                answer += part
        return re.sub(rb"\r\nDate: [^\r]*", b"", answer)

    def word(self, *args, **more):
        answer = self.post(*args, **more)
        found = re.search(rb'statusCode="(\w+)"', answer)
        return found[1].decode() if found else answer.split(b"\r\n")[0].decode()

    def fresh(self, secret):
        """A code of now that stays right for a while, and its step."""
        step = int(time.time()) // 30
        return totp(secret, step), step


class WhoExists(Case):
    NAMES = ("alice", "plain", "odd", "frank", "dave", "nobody", "nobody2")

    def forms(self, name):
        return (f"LAB\\{name}", f"{name}@lab.example", f"lab\\{name.upper()}")

    def same(self, where, what, code, csr_of):
        answers = {self.post(where, form, code, csr_of(name), machine=n % 4)
                   for n, name in enumerate(self.NAMES) for form in self.forms(name)}
        self.assertEqual(len(answers), 1, (what, answers, self.log()[-2000:]))
        return answers.pop()

    def test_no_answer_tells_it_without_a_right_code(self):
        where, _ = self.begin()
        other = self.folder / "other.key"
        self.openssl("genrsa", "-out", other, "2048")
        good = self.csr
        spoil = lambda der: der[:-1] + bytes([der[-1] ^ 1])
        broken = lambda name: spoil(good(f"{name}@lab.example"))
        for what, csr_of in (
                ("a good request", lambda name: good(f"{name}@lab.example")),
                ("another template", lambda name: good(f"{name}@lab.example", template="1.2.3.4")),
                ("a bad signature", broken), ("no UPN", lambda name: good("", san="")),
                ("the name of another", lambda name: good("bob@lab.example")),
                ("a DNS name", lambda name: good("", san="DNS:dc.lab.example")),
                ("an RSA key", lambda name: good(f"{name}@lab.example", key=other)),
                ("no request", lambda name: b""), ("junk", lambda name: b"\x30\x03\x02\x01\x01"),
                ("a long one", lambda name: b"\x30\x82\xff\xff" + bytes(40000))):
            with self.subTest(what):
                self.write_users()  # what was read is old, whatever was asked before
                shutil.rmtree(self.state / "none", ignore_errors=True)
                self.same(where, what, "000000", csr_of)

    def test_no_code_of_any_form_tells_it(self):
        for code in ("", "12345", "1234567", " 123456", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", "9" * 63, "9" * 64,
                     "9" * 4000, "9" * 70000, "1\n2345", "-12345"):
            with self.subTest(code):
                where, process = self.begin(state=False)
                self.same(where, code, code, lambda name: self.csr(f"{name}@lab.example"))
                self.end(process)

    def test_a_user_without_some_values_is_enrolled(self):
        where, _ = self.begin()
        code, _ = self.fresh(SECRETS["plain"])
        self.assertEqual(self.word(where, "LAB\\plain", code, self.csr("plain@lab.example")), "Success", self.log())


class Twice(Case):
    def accepted(self, where, name, code, upn=None, **more):
        return self.word(where, name, code, self.csr(upn or name.split("\\")[-1].lower() + "@lab.example"), **more)

    def test_a_right_code_is_right_once(self):
        where, process = self.begin()
        code, _ = self.fresh(SECRETS["alice"])
        self.assertEqual(self.accepted(where, "LAB\\alice", code), "Success", self.log())
        twice = lambda what, *args, **more: self.assertEqual(self.accepted(*args, **more), "AuthenticationError", what)
        for name in ("LAB\\alice", "lab\\ALICE", "alice@lab.example", "ALICE@LAB.EXAMPLE"):
            self.assertEqual(self.word(where, name, code, self.csr("alice@lab.example"), machine=1),
                             "AuthenticationError", name)
        self.end(process)
        where, _ = self.begin()
        twice("a restart", where, "LAB\\alice", code, machine=2)
        second, _ = self.begin()
        twice("a second process", second, "LAB\\alice", code, machine=2)
        self.write_users(self.line("bob"), self.line("alice"))
        twice("another order", where, "LAB\\alice", code, machine=3)
        self.write_users(self.line("bob"))
        self.accepted(where, "LAB\\alice", code, machine=3)
        self.write_users(self.line("alice", sid="S-1-5-21-9-9-9-9"), self.line("bob"))
        twice("out and in again", where, "LAB\\alice", code, machine=3)
        self.write_users(self.line("bob", secret=SECRETS["alice"]))
        twice("the token of another user", where, "LAB\\bob", code)
        self.write_users(self.line("alice", domain="OTHER", upn="alice@other.example", sid="S-1-5-21-8-8-8-8"))
        twice("another domain", where, "OTHER\\alice", code, upn="alice@other.example")

    def test_secrets_that_make_the_same_codes_are_one(self):
        where, _ = self.begin()
        long = b"0123456789" * 7
        for first, others in ((SECRETS["alice"], (SECRETS["alice"] + b"\0", SECRETS["alice"] + bytes(44))),
                              (long, (hashlib.sha1(long).digest(), hashlib.sha1(long).digest() + b"\0\0"))):
            self.write_users(self.line("alice", secret=first, sid="S-1-5-21-7-7-7-%d" % len(first)))
            code, _ = self.fresh(first)
            self.assertEqual(self.accepted(where, "LAB\\alice", code, machine=1), "Success", self.log())
            for other in others:
                self.write_users(self.line("alice", secret=other, sid="S-1-5-21-7-7-7-%d" % len(first)))
                self.assertEqual(self.accepted(where, "LAB\\alice", code, machine=1), "AuthenticationError", other)

    def test_a_state_that_was_touched_is_not_used(self):
        where, process = self.begin()
        code, _ = self.fresh(SECRETS["alice"])
        self.assertEqual(self.accepted(where, "LAB\\alice", code), "Success", self.log())
        tables = [one for one in self.state.iterdir() if len(one.name) == 2]
        kept = {one: one.read_bytes() for one in tables}
        empty = kept[tables[0]][:9]
        for what, change in (("cut", lambda octets: octets[:-1]), ("empty", lambda octets: b""),
                             ("a head alone", lambda octets: empty), ("longer", lambda octets: octets + b"\0"),
                             ("zeros", lambda octets: bytes(len(octets)))):
            for one in tables:
                one.write_bytes(change(kept[one]))
            self.assertEqual(self.accepted(where, "LAB\\alice", code), "OtherError", what)
        for one in tables:  # each under the name of another
            one.write_bytes(kept[tables[(tables.index(one) + 1) % len(tables)]])
        if len(tables) > 1:
            self.assertEqual(self.accepted(where, "LAB\\alice", code), "OtherError")
        for one in tables:
            one.write_bytes(kept[one])
        self.assertEqual(self.accepted(where, "LAB\\alice", code), "AuthenticationError")
        self.end(process)
        key = self.state / "key"
        for octets in (None, bytes(32), bytes(31), b""):
            key.unlink(missing_ok=True)
            if octets is not None:
                key.write_bytes(octets)
            with self.assertRaises(AssertionError, msg=f"a key of {octets}"):
                self.begin()
            self.assertIn(f"{key}", self.log())


class UsersFile(Case):
    def refused(self, said, *lines):
        self.write_users(*lines)
        args = [TOOL, "serve", "--check", "--unix", self.folder / "check", "--template", "1.2.3", "--ra-cert",
                self.pki / "ra.pem", "--ra-key", self.pki / "ra.key", "--issuing-ca", "a\\b", "--users", self.users]
        done = subprocess.run(list(map(str, args)), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=LIMIT_S, check=False)
        self.assertIn(said, done.stderr)
        self.assertEqual(done.returncode, 78, done.stderr)

    def test_a_flag_that_is_none_is_refused(self):
        for flags in ("Disabled", "disabled ", "disable", "no-enroll;disabled", "locked"):
            self.refused(f"{self.users} line 2: not NAME:DOMAIN", self.line("alice"), self.line("bob", flags=flags))

    def test_nobody_stands_there_twice(self):
        for second in (self.line("bob", upn="ALICE@lab.example"), self.line("bob", upn="lab\\Alice"),
                       self.line("bob", sid="s-1-5-21-1-2-3-1104"),
                       self.line("alice", upn="other@lab.example", sid="S-1-5-21-1-2-3-4", flags="disabled")):
            self.refused("is in line 1 already", self.line("alice"), second)

    def test_a_token_has_a_secret(self):
        for secret in (b"", b"\0", bytes(20), bytes(64)):
            self.refused(f"{self.users} line 1: not NAME:DOMAIN", self.line("alice", secret=secret))

    def test_a_change_in_place_that_keeps_the_time_is_seen(self):
        where, _ = self.begin()
        code, _ = self.fresh(SECRETS["alice"])
        before = self.users.stat()
        self.assertEqual(self.word(where, "LAB\\alice", "x", self.csr("alice@lab.example")), "AuthenticationError")
        with open(self.users, "r+") as file:
            text = file.read()
            file.seek(0)
            file.write(text.replace("alice:LAB", "alicf:LAB").replace("alice@", "alicf@"))
        os.utime(self.users, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual(self.word(where, "LAB\\alice", code, self.csr("alice@lab.example")), "AuthenticationError")


class Budgets(Case):
    def test_many_certificates_and_one_user(self):
        where, process = self.begin()
        csr = self.csr("alice@lab.example")
        for n in range(40):
            form = ("LAB\\alice", "lab\\ALICE", "alice@lab.example", "Alice@Lab.Example")[n % 4]
            self.word(where, form, f"{n:06}", csr, machine=n // 10)
        self.end(process)  # which writes the log to its end
        self.assertGreaterEqual(self.log().count("SERVE-BUDGET-SPENT"), 20)
        where, _ = self.begin()
        code, _ = self.fresh(SECRETS["alice"])
        self.assertEqual(self.word(where, "LAB\\alice", code, csr, machine=3), "AuthenticationError")

    def test_one_certificate_and_many_users(self):
        where, process = self.begin()
        csr = self.csr("alice@lab.example")
        for n in range(60):
            self.word(where, f"LAB\\user{n}", "000000", csr)
        self.end(process)
        self.assertEqual(self.log().count("SERVE-BUDGET-SPENT"), 10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
