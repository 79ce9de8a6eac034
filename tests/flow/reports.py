#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the tool reports: text that fits the terminal, with the verdict first, on standard output whether it went well
or not; colour on a terminal only; and JSON that is what its schema in the manual says, of every command.

  reports.py DAOTP-PROGRAM
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

import json_schema

TOOL = sys.argv.pop(1)
DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
ESCAPE = re.compile(r"\033\[[0-9;]*m")


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR") and not k.startswith("KRB5")}
    return {**env, "TERM": "xterm", **more}


def run(*args, env=None, **more):
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    return subprocess.run([TOOL, *map(str, args)], capture_output=True, text=True, timeout=60, env=env or environment(),
                          **more)


def on_terminal(columns, *args, **env):
    """Standard output is a terminal of so many columns; answers what was written to it."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    tool = subprocess.Popen([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, stdout=follower,
                            stderr=subprocess.DEVNULL, env=environment(**env))
    os.close(follower)
    said = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # the terminal was closed
            break
        if not piece:
            break
        said += piece
    tool.wait(timeout=60)
    os.close(leader)
    return said.decode().replace("\r\n", "\n")


def too_wide(text, width):
    """Lines that could have been broken: over the width, with a space within it behind the indentation."""
    return [line for line in ESCAPE.sub("", text).splitlines()
            if len(line) > width and " " in line[:width].strip().split(":", 1)[-1].strip()]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="daotp-reports."))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.umask(0o077)
        cls.make_certificate()

    @classmethod
    def make_certificate(cls):
        f = cls.folder
        subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f / "key.pem",
                        "-subj", "/DC=example/DC=corp/OU=A department with a long name/CN=www.example.com", "-days", "2",
                        "-set_serial", "0x4a01", "-out", f / "cert.pem"], check=True, capture_output=True)
        (f / "password").write_text("word\n")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            cls.closed = s.getsockname()[1]

    def verify(self, *more):
        return ["verify", "--trust", self.folder / "cert.pem", "--as", "otp-logon", *more, self.folder / "cert.pem"]

    def ping(self, *more):
        return ["ca", "ping", "--user", "alice@LAB.EXAMPLE", "--ticket-cache", "MEMORY:none", "--timeout", "5",
                "--realm", "LAB.EXAMPLE", "--kdc", f"127.0.0.1:{self.closed}", "--mapper-port", self.closed, *more,
                "localhost", "Lab CA"]


class Text(Case):
    def reports(self):
        return (self.verify(), self.verify("-v"), self.verify("--purpose", "1.3.6.1.5.5.7.3.2"),
                self.ping("--password-file", self.folder / "password"), ["explain", "krb:16"], ["explain", "OTP-EKU"], ["requirements", "--part", "otp-logon", self.folder / "cert.pem"])

    def test_fits_the_terminal(self):
        for args in self.reports():
            for width in (40, 80, 132):
                with self.subTest(args=args, width=width):
                    said = on_terminal(width, *args)
                    self.assertTrue(said)
                    self.assertEqual(too_wide(said, width), [])

    def test_is_80_columns_wide_where_no_terminal_is(self):
        for args in self.reports():
            self.assertEqual(too_wide(run(*args).stdout, 80), [])

    def test_COLUMNS_decides(self):
        wide = run(*self.verify(), env=environment(COLUMNS="500")).stdout
        for columns in ("50", "500"):
            said = run(*self.verify(), env=environment(COLUMNS=columns)).stdout
            self.assertEqual(too_wide(said, int(columns)), [])
            self.assertEqual(said.split(), wide.split())  # no word is lost
        self.assertGreater(max(map(len, wide.splitlines())), 80)
        for columns in ("0", "-1", "x", "", "99999999999999999999"):
            self.assertEqual(run(*self.verify(), env=environment(COLUMNS=columns)).stdout, run(*self.verify()).stdout)

    def test_a_broken_line_goes_on_below_its_text(self):
        said = run(*self.verify(), env=environment(COLUMNS="60")).stdout.splitlines()
        at = next(i for i, line in enumerate(said) if "what to do:" in line and said[i + 1].startswith(" " * 12))
        self.assertEqual(len(said[at + 1]) - len(said[at + 1].lstrip()), said[at].index(":") + 2)

    def test_colour_is_on_a_terminal_only_and_only_colour(self):
        plain = on_terminal(80, *self.verify(), NO_COLOR="1")
        coloured = on_terminal(80, *self.verify())
        self.assertNotIn("\033", plain)
        self.assertNotIn("\033", on_terminal(80, *self.verify(), TERM="dumb"))
        self.assertNotIn("\033", run(*self.verify()).stdout)
        self.assertIn("\033[1;31mFAIL", coloured.replace("  FAIL", "FAIL").replace("\033[1;31m  ", "\033[1;31m"))
        self.assertEqual(ESCAPE.sub("", coloured), plain)
        self.assertEqual(on_terminal(80, *self.verify(), NO_COLOR=""), coloured)  # empty is as unset

    def test_verdict_then_certificates_by_subject_and_serial(self):
        said = run(*self.verify(), env=environment(COLUMNS="500")).stdout.splitlines()
        self.assertEqual(said[0], f"{self.folder / 'cert.pem'}: rejected")
        self.assertTrue(said[1].startswith("  verdict: "), said[1])
        self.assertRegex("\n".join(said), r"(?m)^CN=www\.example\.com,OU=A department.*, serial 4a01")

    def test_what_passed_only_with_v(self):
        self.assertNotIn("  ok  ", run(*self.verify()).stdout)
        for option in ("-v", "--verbose"):
            self.assertIn("  ok  ", run(*self.verify(option, "--purpose", "1.3.6.1.5.5.7.3.2")).stdout)

    def test_a_failure_is_where_success_would_be(self):
        enroll = ["enroll", "--url", f"https://localhost:{self.closed}/", "--user", "alice@LAB.EXAMPLE", "--trust",
                  self.folder / "cert.pem", "--template", "1.2.3", "--no-store", "--otp-fd", "0"]
        radius = ["radius", "--server", f"127.0.0.1:{self.closed}", "--secret-file", self.folder / "password", "--user",
                  "a", "--password-file", self.folder / "password", "--timeout", "0.2"]
        for args in (enroll, radius, self.ping("--password-file", self.folder / "password"),
                     ["store", "--dir", self.folder / "store", "show", "nobody"],
                     ["decode", self.folder / "password"],
                     ["verify", "--trust", self.folder / "none", self.folder / "cert.pem"],
                     ["crl", self.folder / "cert.pem"],
                     ["requirements", "--part", "ra", self.folder / "password"]):
            with self.subTest(args=args):
                done = run(*args, input="123456\n")
                self.assertNotEqual(done.returncode, 0)
                self.assertRegex(done.stdout, r"(?m)^error [A-Z0-9-]+ \(stage \w+\)$")
                self.assertNotRegex(done.stderr, r"(?m)^error [A-Z0-9-]+ \(stage")

    def test_a_ping_reports_as_the_others_and_takes_a_descriptor(self):
        done = run(*self.ping("--password-fd", "0"), input="word\n")
        self.assertRegex(done.stdout, r"\Astatus: ")
        self.assertRegex(done.stdout, r"(?m)^error [A-Z0-9-]+ \(stage submit\)$")
        self.assertRegex(done.stdout, r"(?m)^  do: ")
        self.assertEqual(run(*self.ping("--password-fd", "x")).returncode, 64)


class Json(Case):
    def values(self, *args, **more):
        """JSON of a command: one value, or one a line."""
        done = run(*args, **more)
        try:
            return [json.loads(done.stdout)]
        except ValueError:
            return [json.loads(line) for line in done.stdout.splitlines()]

    def check(self, schema, *args, **more):
        values = self.values(*args, **more)
        self.assertTrue(values, args)
        for value in values:
            self.assertEqual(json_schema.check(value, schema), [], (args, value))
        return values

    def test_every_command_has_a_schema(self):
        commands = re.findall(r"^  (\w+)  ", run("--help").stdout, re.M)
        self.assertGreater(len(commands), 10)
        for command in commands:
            has_json = "--json" in run(command, "--help").stdout
            self.assertEqual(has_json, (json_schema.FOLDER / f"{command}.json").exists(), command)
            if has_json:
                self.assertTrue(hasattr(self, f"test_{command}"), command)

    def test_the_validator_finds_what_is_wrong(self):
        good = self.check("verify", *self.verify("--json"))[0]
        for bad in ({**good, "format": 2}, {**good, "more": 1}, {k: v for k, v in good.items() if k != "file"},
                    {**good, "path": [{"certificate": "a"}]}, {**good, "status": "fine"}, [good], None,
                    {**good, "findings": [{**good["findings"][0], "stage": 1}]}):
            self.assertNotEqual(json_schema.check(bad, "verify"), [], bad)

    def test_verify(self):
        one = self.check("verify", *self.verify("--json"))[0]
        self.assertEqual(one["file"], str(self.folder / "cert.pem"))
        text = run(*self.verify("-v"), env=environment(COLUMNS="1000")).stdout
        for certificate in one["path"]:  # what text shows, JSON holds
            self.assertIn(certificate["certificate"], text)
            for check in certificate["checks"]:
                self.assertRegex(text, rf"(?m)^  (ok  |warn|FAIL) {check['check']} *({check['finding']}|$)")
        self.assertEqual(len(self.check("verify", *self.verify("--json", self.folder / "cert.pem"))), 2)
        self.check("verify", *self.verify("--json", self.folder / "none"))
        self.check("verify", *self.verify("--json", self.folder / "key.pem"))
        self.check("verify", "verify", "--json", "--nonsense")
        self.check("verify", "verify", "--json", "--trust", "none", "f")

    def test_ca(self):
        self.check("ca", *self.ping("--json", "--password-file", self.folder / "password"))
        self.check("ca", "ca", "ping", "--json")

    def test_templates(self):
        self.check("templates", "templates", "--json")

    def test_ra(self):
        self.check("ra", "ra", "enroll", "--json")
        self.check("ra", "ra", "enroll", "--template", "1.2.3", "--dns-name", "ra.example", "--machine", "RA$", "--key",
                   self.folder / "ra.key", "--cert", self.folder / "ra.pem", "--keytab", "FILE:/nonexistent", "--json",
                   "127.0.0.1", "CA")

    def test_decode(self):
        for name in ("otpce-4.1-response.xml", "otpce-4.1-request.xml"):
            one = self.check("decode", "decode", "--json", DATA / name)[0]
            self.assertEqual(one["file"], str(DATA / name))
        two = [self.folder / "cert.pem", self.folder / "key.pem"]
        self.assertEqual(len(self.check("decode", "decode", "--json", *two)), 2)
        self.check("decode", "decode", "--json", self.folder / "password")
        self.check("decode", "decode", "--json", self.folder / "none")

    def test_explain(self):
        self.check("explain", "explain", "--json", "--all")
        self.check("explain", "explain", "--json", "krb:16")
        self.check("explain", "explain", "--json", "zzzz-not-known")
        self.check("explain", "explain", "--json", "--nonsense")

    def test_agent(self):
        words = ["agent", "--json", "--dry-run", "--askpass", "/bin/true", "--", "--url", "https://127.0.0.1:1/", "--user", "a@b.example", "--trust",
                 "system", "--template", "1.2.3", "--store", self.folder / "store"]
        self.check("agent", *words, env=environment(XDG_RUNTIME_DIR=str(self.folder)))
        self.check("agent", *words[:3], "--askpass", "/nonexistent", *words[5:])
        self.check("agent", *words, "--no-store")

    def test_requirements(self):
        self.check("requirements", "requirements", "--json")
        self.check("requirements", "requirements", "--json", "--part", "ra", self.folder / "cert.pem")
        self.check("requirements", "requirements", "--json", "--part", "ra", self.folder / "none")
        self.check("requirements", "requirements", "--json", "--part", "ra", self.folder / "password")

    def test_crl(self):
        f = self.folder
        (f / "index").write_text("")
        (f / "ca.cnf").write_text(f"[ca]\ndefault_ca=d\n[d]\ndatabase={f}/index\ndefault_md=sha256\n")
        subprocess.run(["openssl", "ca", "-config", f / "ca.cnf", "-gencrl", "-cert", f / "cert.pem",
                        "-keyfile", f / "key.pem", "-crldays", "7", "-out", f / "ca.crl"], check=True, capture_output=True)
        (f / "both.crl").write_text((f / "ca.crl").read_text() * 2)
        asked = ["--issuer", f / "cert.pem", "--serial", "4a01", "--index", "--measure", "--json"]
        self.check("crl", "crl", "--json", f / "ca.crl")
        self.assertEqual(self.check("crl", "crl", *asked, f / "ca.crl")[0]["file"], str(f / "ca.crl"))
        self.assertEqual(len(self.check("crl", "crl", *asked, f / "both.crl")[0]["crls"]), 2)
        self.check("crl", "crl", "--json", f / "none")
        self.check("crl", "crl", "--json", f / "cert.pem")

    def test_config(self):
        good, bad = self.folder / "good.conf", self.folder / "bad.conf"
        good.write_text("[default]\nuser = alice\n")
        bad.write_text("[default]\nnone = 1\n")
        self.check("config", "config", "show", "--json", env=environment(DAOTP_CONFIG=str(good)))
        self.check("config", "config", "show", "--json", env=environment(DAOTP_CONFIG=str(bad)))
        for file in (good, bad, self.folder / "none.conf"):
            self.check("config", "config", "check", "--json", file)
        self.check("config", "config", "--json")

    def test_doctor(self):  # what it finds in a lab is checked by doctor_fault_table.sh
        told = self.check("doctor", "doctor", "--json", "--set", f"url=https://127.0.0.1:{self.closed}/otp",
                          "--set", f"trust={self.folder / 'cert.pem'}", "--set", "template=1.2.3",
                          "--set", "ces-url=https://127.0.0.1/ces", "--set", "store=none")[0]
        states = {row["name"]: (row["state"], row["blocked_by"]) for row in told["rows"]}
        at = [row["name"] for row in told["rows"]].index("tcp")
        self.assertEqual((told["verdict"], told["error"], states["dns"][0], states["tls"]),
                         (at, "TCP-FAILED", "pass", ("skipped", at)))
        self.check("doctor", "doctor", "--json", "--nonsense")

    def test_discover(self):  # what it finds in a directory is checked by discover.sh
        self.check("discover", "discover", "corp.example", "--json", "--server", f"127.0.0.1:{self.closed}",
                   "--timeout", "1")
        self.check("discover", "discover", "--json", "--nonsense")

    def test_radius(self):
        args = ["radius", "--json", "--server", f"127.0.0.1:{self.closed}", "--secret-file", self.folder / "password",
                "--timeout", "0.2"]
        self.check("radius", *args, "--user", "a", "--password-file", self.folder / "password")
        self.check("radius", *args, "--probe")
        self.assertEqual(len(self.check("radius", *args, "watch", "--count", "2", "--interval", "0.1")), 2)
        self.check("radius", "radius", "--json")

    def lab(self):
        lab = self.folder / "lab"
        if not lab.exists():
            self.addClassCleanup(run, "lab", "down", lab)
            self.check("lab", "lab", "up", "--json", "--no-radius", "--no-kdc", lab)
        return lab

    def test_lab(self):
        lab = self.lab()
        self.check("lab", "lab", "status", "--json", lab)
        run("lab", "break", lab, "ca-pending")
        status = self.check("lab", "lab", "status", "--json", lab)[0]
        run("lab", "mend", lab, "ca-pending")
        self.assertEqual(status["broken"], ["ca-pending"])
        self.check("lab", "lab", "faults", "--json")
        self.check("lab", "lab", "status", "--json", self.folder / "none")

    def enroll(self, *more, **given):
        env = json.loads((self.lab() / "lab.json").read_text())
        args = ["enroll", "--json", "--url", env["LAB_URL"], "--user", "LAB\\alice", "--upn", "alice@LAB.EXAMPLE", "--trust",
                env["LAB_TRUST"], "--cert", env["LAB_MACHINE_CERT"], "--key", env["LAB_MACHINE_KEY"], "--template",
                env["LAB_TEMPLATE"], "--ces-url", env["LAB_CES"], "--password-file", self.folder / "domain", "--otp-fd", "0",
                "--key-kind", "p256", *more]
        (self.folder / "domain").write_text("alice-password\n")
        return self.check("enroll", *args, **given)[0]

    def test_enroll(self):
        code = run("lab", "totp", self.lab(), "alice").stdout
        good = self.enroll("--store", self.folder / "store", input=code)
        self.assertEqual(good["status"], "ok", good)
        self.assertIn("serial", [item["name"] for item in good["certificate"][0]["items"]])
        bad = self.enroll("--no-store", input="000000\n")
        self.assertEqual((bad["error"], bad["certificate"]), ("OTP-AUTHENTICATION", None))
        self.enroll("--no-store", "--trust", self.folder / "none", input="1\n")
        self.check("enroll", "enroll", "--json", "--nonsense")
        self.check("store", "store", "--dir", self.folder / "store", "--json", "list")

    def test_store(self):
        self.check("store", "store", "--dir", self.folder / "empty", "--json", "list")
        self.check("store", "store", "--json", "--nonsense")

    def test_a_cause_stands_with_its_finding(self):
        one = self.values("verify", "--json", "--trust", self.folder / "cert.pem", self.folder / "cert.pem")[0]
        self.assertTrue(all("cause" in finding for finding in one["findings"]))


if __name__ == "__main__":
    unittest.main()
