#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How the tool behaves towards who runs it: an interrupt ends it at once, cleanly and with 75; who asked for JSON
gets JSON that does not say ok when something is not; output that is lost is a failure; nothing that is not its own
is removed; what is missing is named.

  cli_behaviour.py DAOTP-PROGRAM
"""
import contextlib
import hashlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import json_schema

TOOL = sys.argv.pop(1)
LIMIT_S = 20 if "asan" in TOOL else 8


def run(*args, **more):
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    return subprocess.run([TOOL, *map(str, args)], capture_output=True, timeout=60, **more)


class Lab:
    """Without KDC and FreeRADIUS: up in a moment."""

    def __init__(self, folder):
        self.folder = folder / "lab"
        done = run("lab", "up", "--no-radius", "--no-kdc", "--json", self.folder)
        assert done.returncode == 0, done.stderr
        self.env = json.loads(done.stdout)

    def enroll(self, *more):
        e = self.env
        return ["enroll", "--url", e["LAB_URL"], "--user", "LAB\\alice", "--upn", "alice@LAB.EXAMPLE", "--no-store",
                "--trust", e["LAB_TRUST"], "--cert", e["LAB_MACHINE_CERT"], "--key", e["LAB_MACHINE_KEY"],
                "--template", e["LAB_TEMPLATE"], "--ces-url", e["LAB_CES"], *more]

    def answers(self):
        return (self.folder / "run/responder.log").read_text().count("\n200 ") if (
            self.folder / "run/responder.log").exists() else 0


class Terminal:
    """The tool on a terminal of its own."""

    def __init__(self, *args):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(TOOL, [TOOL, *map(str, args)])
        self.said = b""
        self.status = None

    def look(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            with contextlib.suppress(OSError):
                self.said += os.read(self.fd, 65536)

    def until(self, text):
        end = time.monotonic() + LIMIT_S
        while text not in self.said and time.monotonic() < end:
            self.look(0.05)
        assert text in self.said, self.said

    def has_echo(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.fd, text)

    def end(self):
        """The exit status, when it came in time."""
        limit = time.monotonic() + LIMIT_S
        while time.monotonic() < limit:
            self.look(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.look(0.1)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return "none in time"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daotp-cli."))
        self.addCleanup(shutil.rmtree, self.folder)
        os.umask(0o077)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def lab(self):
        lab = Lab(self.folder)
        self.addCleanup(run, "lab", "down", lab.folder)
        return lab

    def silent(self, kind=socket.SOCK_DGRAM):
        """Somebody who listens and never answers."""
        peer = socket.socket(socket.AF_INET, kind)
        peer.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            peer.listen()
        self.addCleanup(peer.close)
        peer.settimeout(LIMIT_S)
        self.peer = peer
        return peer.getsockname()[1]


class Interrupts(Case):
    def radius(self, *more):
        return ["radius", "--server", f"127.0.0.1:{self.silent()}", "--secret-file", self.file("secret", "s\n"), *more]

    def test_at_a_prompt(self):
        tool = Terminal(*self.radius("--user", "alice"))
        tool.until(b"PIN and code: ")
        self.assertFalse(tool.has_echo())
        tool.type(b"1234\x03")
        self.assertEqual(tool.end(), 75)
        self.assertTrue(tool.has_echo())

    def test_while_a_server_is_silent(self):
        tool = Terminal(*self.radius("--user", "alice", "--password-file", self.file("word", "1\n"), "--json"))
        self.peer.recv(4096)
        tool.type(b"\x03")
        self.assertEqual(tool.end(), 75)
        self.assertIn(b"CALL-CANCELLED", tool.said)

    def test_a_watch(self):
        tool = Terminal(*self.radius("watch", "--timeout", "0.2", "--interval", "60"))
        tool.until(b"RADIUS-TIMEOUT")
        tool.type(b"\x03")
        self.assertEqual(tool.end(), 75)

    def test_while_a_list_is_fetched(self):
        port = self.silent(socket.SOCK_STREAM)
        key, root, leaf = (self.folder / name for name in ("key", "root.pem", "leaf.pem"))
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        quiet = {"check": True, "capture_output": True}
        subprocess.run([*make, "-subj", "/CN=Root", "-keyout", key, "-out", root,
                        "-addext", "keyUsage=critical,keyCertSign,cRLSign"], **quiet)
        subprocess.run([*make, "-subj", "/CN=Leaf", "-keyout", self.folder / "leaf.key", "-out", leaf, "-CA", root,
                        "-CAkey", key, "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
                        f"crlDistributionPoints=URI:http://127.0.0.1:{port}/root.crl"], **quiet)
        tool = Terminal("verify", "--rules", "path", "--trust", root, "--fetch", "--allow", "127.0.0.0/8", leaf)
        connection, _ = self.peer.accept()
        self.addCleanup(connection.close)
        tool.type(b"\x03")
        self.assertEqual(tool.end(), 75)

    def test_before_the_code(self):
        lab = self.lab()
        tool = Terminal(*lab.enroll())
        tool.until(b"Domain password of LAB\\alice, for localhost:")
        tool.until(b"(configured)")
        tool.type(b"alice-password\n")
        tool.until(b"One-time password")
        tool.type(b"\x03")
        self.assertEqual(tool.end(), 75)
        self.assertEqual(lab.answers(), 0)

    def test_a_host_that_the_server_names_is_shown(self):
        lab = self.lab()
        site = lab.env["LAB_CES"].split("/")[2].replace("localhost", "{host}")
        arguments = lab.enroll()
        arguments[arguments.index("--ces-url"):] = [
            "--ces-template", f"https://{site}/{{ca}}_CES_{{method}}/service.svc/CES", "--ca-host", "localhost"]
        tool = Terminal(*arguments)
        tool.until(b"One-time password")
        tool.type(run("lab", "totp", lab.folder, "alice").stdout)
        tool.until(b"Domain password of LAB\\alice, for localhost (named by the OTP server): ")
        tool.type(b"alice-password\n")
        self.assertEqual(tool.end(), 0)

    def test_a_lab_and_a_demo_leave_nothing_running(self):
        for seconds in (0.05, 0.2, 0.35):
            with self.subTest(seconds):
                demo = Terminal("demo", "--messages", self.folder)
                time.sleep(seconds)
                demo.type(b"\x03")
                self.assertIn(demo.end(), (75, 0, -signal.SIGINT))  # the last: before there was anything to end
                made = re.search(rb"Starting the lab in (\S+)", demo.said)
                self.assertFalse(made and os.path.exists(made.group(1)))
        up = Terminal("lab", "up", self.folder / "lab")
        time.sleep(0.05)
        os.kill(up.pid, signal.SIGTERM)
        self.assertIn(up.end(), (75, 0, -signal.SIGTERM))
        run("lab", "down", self.folder / "lab")


class Output(Case):
    def test_json_never_says_ok_when_it_is_not(self):
        secret = self.file("secret", "s\n")
        cases = [
            (64, "verify", "--purpose", "1.x", "none.pem"),
            (64, "verify", "--ip", "1.2.3", "none.pem"),
            (64, "verify", "--allow", "10/8", "none.pem"),
            (64, "verify", "--timeout", "inf", "none.pem"),
            (64, "verify", "--timeout", "5abc", "none.pem"),
            (78, "verify", "none.pem"),
            (64, "radius", "--server", "127.0.0.1", "--secret-file", secret, "--user", "a"),
            (64, "radius", "--server", "127.0.0.1:99999", "--secret-file", secret, "--user", "a"),
            (78, "radius", "--server", "127.0.0.1:1", "--secret-file", "none", "--user", "a"),
            (78, "radius", "--server", "127.0.0.1:1", "--secret-file", secret, "--user", "a", "--password-file", "none"),
            (2, "decode", "/dev/null"),
            (78, "decode", "none"),
            (1, "store", "--dir", self.folder, "show", "nobody"),
            (64, "enroll", "--user", "a", "--url", "http://da.example/"),
            (64, "enroll", "--user", "a", "--url", "https://da.example/", "--request-file", "r"),
            (64, "enroll", "--user", "a", "--url", "https://da.example/", "--cert", "c"),
            (64, "enroll", "--user", "a", "--url", "https://da.example/", "--fetch"),
            (78, "crl", "/dev/null"),
        ]
        for rc, command, *args in cases:
            with self.subTest((command, *args)):
                done = run(command, "--json", *args)
                self.assertEqual(done.returncode, rc, done.stderr)
                found = json.loads(done.stdout)
                self.assertNotEqual(found.get("report", found)["status"], "ok")

    def test_a_time_below_a_millisecond_is_refused_by_name(self):
        for command, *args in (["verify", "none.pem"], ["ca", "ping", "--user", "a", "h", "c"],
                               ["ra", "renew", "--key", "k", "--cert", "c", "h", "c"],
                               ["templates", "--url", "https://h/", "--user", "a", "--trust", "system"]):
            with self.subTest(command):
                done = run(command, "--timeout", "0.0009", *args)
                self.assertEqual(done.returncode, 64)
                self.assertIn(b"--timeout cannot be '0.0009'", done.stderr)

    def test_what_is_lost_is_a_failure(self):
        for args in (["explain", "--all"], ["explain", "--json", "OTP-EKU"], ["lab", "faults"], ["--help"]):
            with self.subTest(args):
                with open("/dev/full", "w") as full:
                    done = subprocess.run([TOOL, *args], stdout=full, stderr=subprocess.PIPE)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(b"No space left", done.stderr)
                closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", TOOL, *args], stderr=subprocess.PIPE)
                self.assertNotEqual(closed.returncode, 0)

    def test_what_is_not_known_does_not_hide_the_rest(self):
        done = run("explain", "--json", "OTP-EKU", "none", "OTP-SID")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([row["id"] for row in json.loads(done.stdout)], ["OTP-EKU", "OTP-SID"])

    def explained(self, *args, **more):
        """The ids, best first."""
        done = run("explain", "--json", *args, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [row["id"] for row in json.loads(done.stdout)]

    def test_a_bare_number_has_all_its_meanings(self):
        found = self.explained("16")
        self.assertEqual(found[:2], ["krb:16", "reason:16"])
        self.assertIn("LOGON-KDC-CERTIFICATE", found)
        found = self.explained("event:10005")
        self.assertEqual(found[0], "event:10005")
        self.assertLess({"HTTP-FORBIDDEN", "HTTP-STATUS", "OTP-AUTHENTICATION", "OTP-OTHER"}, set(found))

    def test_a_negative_number_is_no_option(self):
        self.assertEqual(self.explained("-2146885613")[0], "0x80092013")
        self.assertEqual(self.explained("error", "-2146885613")[0], "0x80092013")
        self.assertEqual(self.explained("--", "-2146885613")[0], "0x80092013")
        self.assertEqual(run("explain", "--no-such").returncode, 64)
        self.assertEqual(run("explain", "-x").returncode, 64)

    def test_words_need_no_quotes(self):
        self.assertEqual(self.explained("The", "request", "is", "not", "supported")[0], "0xC00000BB")
        self.assertEqual(self.explained("NPS:6273", "reason", "16")[0], "reason:16")

    def test_a_pasted_event_comes_from_standard_input_or_a_file(self):
        event = b"Source: Kerberos-Key-Distribution-Center\nEvent ID: 39\n"
        for args in ([], ["-"], ["--file", "-"], ["--file", self.file("event.txt", event.decode())]):
            with self.subTest(args):
                self.assertEqual(self.explained(*args, input=event)[0], "KDC:39")
        self.assertEqual(run("explain", "--file", "/nonexistent").returncode, 78)
        self.assertEqual(run("explain", input=b"").returncode, 64)

    def test_no_part_of_the_question_is_passed_over(self):
        for args in (["krb:16", "-"], ["--all", "krb:16"], ["--file", "-", "krb:16"], ["--all", "--file", "-"]):
            with self.subTest(args):
                done = run("explain", *args, input=b"KDC:39\n")
                self.assertEqual((done.returncode, done.stdout), (64, b""))
                self.assertIn("only one of", done.stderr.decode())
        self.assertIn("at most 256 words", run("explain", *["word"] * 256, "krb:16").stderr.decode())

    def test_each_answer_tells_cause_check_and_cure(self):
        done = run("explain", "--json", "--all")
        rows = json.loads(done.stdout)
        self.assertGreater(len(rows), 1000)
        for row in rows:
            self.assertTrue(row["meaning"] and row["stage"] and row["causes"], row["id"])
            for cause in row["causes"]:
                self.assertTrue(cause["check"] and cause["cure"], row["id"])
        text = run("explain", "0x80070032").stdout.decode()
        for words in ("check:", "cure:", "not:", "never enable clientcertnegotiation", "win32:50"):
            self.assertIn(words, text)
        self.assertIn("## krb:16", run("explain", "--markdown", "krb:16").stdout.decode())

    def test_options_that_texts_name_are_there(self):
        rows, helps = json.loads(run("explain", "--json", "--all").stdout), {}
        for row in rows:
            texts = [row["meaning"], row["confused"], row.get("hint", "")]
            texts += [text for cause in row["causes"] for text in (cause["check"], cause["cure"])]
            for command, rest in re.findall(rf"\bdaotp ({'|'.join(COMMANDS)})\b([^;,:)]*)", "; ".join(texts)):
                helps.setdefault(command, run(command, "--help").stdout.decode())
                for option in re.findall(r"--[a-z0-9-]+", rest):
                    self.assertIn(option, helps[command], row["id"])

    def test_a_guess_is_said_to_be_one(self):
        done = run("explain", "certificate of the server")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"most of its words", done.stderr)
        self.assertNotIn(b"most of its words", run("explain", "krb:16").stderr)

    def test_what_nobody_knows_is_said(self):
        done = run("explain", "0x80099999")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"nothing is known", done.stderr)


COMMANDS = re.findall(r"^  (\w+) ", run("--help").stdout.decode(), re.M)


class Stores(Case):
    """daotp store, in kinds of store that the tool can open by itself; and enroll --renew."""

    def done(self, *args, status=0, **more):
        done = run(*args, **more)
        self.assertEqual(done.returncode, status, (args, done.stdout, done.stderr))
        return done.stdout.decode()

    def labels(self, uri, **more):
        secret = ["--passphrase-fd", "0"] if more else []
        return [row["label"] for row in json.loads(self.done("store", "list", uri, "--json", *secret, **more))]

    def test_entries_move_between_kinds_of_store(self):
        env, one, other, p12 = self.lab().env, f"dir:{self.folder}/one", f"dir:{self.folder}/other", self.folder / "a.p12"
        key, secret = ["--cert", env["LAB_MACHINE_CERT"], "--key", env["LAB_MACHINE_KEY"]], {"input": b"long enough\n"}
        for label in ("a", "b"):
            self.done("store", "import", one, label, *key)
        self.done("store", "export", one, "a", "--pkcs12", p12, "--passphrase-fd", "0", **secret)
        self.assertEqual(self.labels(f"pkcs12:{p12}", **secret), ["a"])
        self.assertIn("STORE-PASSPHRASE", self.done("store", "list", f"pkcs12:{p12}", "--passphrase-fd", "0",
                                                    status=78, input=b"wrong\n"))
        self.done("store", "move", one, other, "b")
        self.assertEqual((self.labels(one), self.labels(other)), (["a"], ["b"]))
        self.done("store", "move", f"pkcs12:{p12}", other, "--passphrase-fd", "0", **secret)
        self.assertEqual(self.labels(other), ["a", "b"])
        self.assertEqual(self.labels(f"pkcs12:{p12}", **secret), [])
        self.done("store", "export", other, "a", "--out", self.folder / "a.pem")
        self.assertEqual((self.folder / "a.pem").stat().st_mode & 0o777, 0o600)
        self.assertIn("STORE-ABSENT", self.done("store", "list", "redis://localhost", status=78))

    def test_each_command_of_store_answers_json(self):
        env, one, other = self.lab().env, f"dir:{self.folder}/one", f"dir:{self.folder}/other"
        for args in (["import", one, "a", "--cert", env["LAB_MACHINE_CERT"], "--key", env["LAB_MACHINE_KEY"]], ["list", one],
                     ["show", one, "a"], ["export", one, "a", "--out", self.folder / "out.pem"], ["sweep", one],
                     ["move", one, other], ["remove", other, "a"]):
            with self.subTest(args):
                value = json.loads(self.done("store", *args, "--json"))
                self.assertEqual(list(json_schema.check(value, "store")), [])
        self.assertIn(b"needs --out or --pkcs12, with --json", run("store", "export", one, "a", "--json").stderr)

    def test_a_move_into_the_same_store_keeps_the_entry(self):
        env, store, p12 = self.lab().env, self.folder / "one", self.folder / "a.p12"
        secret = {"input": b"long enough\n"}
        self.done("store", "import", f"dir:{store}", "a", "--cert", env["LAB_MACHINE_CERT"], "--key", env["LAB_MACHINE_KEY"])
        self.done("store", "export", f"dir:{store}", "a", "--pkcs12", p12, "--passphrase-fd", "0", **secret)
        (self.folder / "link").symlink_to(store)
        for name in (store, f"{store}/", f"{self.folder}/../{self.folder.name}/one", self.folder / "link"):
            self.assertIn(b"one store", run("store", "move", f"dir:{store}", f"dir:{name}").stderr)
        self.done("store", "move", f"pkcs12:{p12}", f"pkcs12:{p12}?allow=3des", "--passphrase-fd", "0", status=64, **secret)
        self.assertEqual((self.labels(f"dir:{store}"), self.labels(f"pkcs12:{p12}", **secret)), (["a"], ["a"]))

    def test_renew_does_nothing_while_nothing_is_due(self):
        lab, store = self.lab(), f"dir:{self.folder}/one"
        e = lab.env
        self.done("store", "import", store, "host", "--cert", e["LAB_MACHINE_CERT"], "--key", e["LAB_MACHINE_KEY"])
        args = [word for word in lab.enroll("--store", store, "--renew", "--otp-fd", "0") if word != "--no-store"]
        self.assertIn("nothing to do", self.done(*args, "--label", "host"))
        for more in (["--label", "host", "--renew-before", "999999999"], []):  # due; of this UPN there is none
            done = run(*args, *more)
            self.assertEqual(done.returncode, 64)  # it ends where it asks for the password
            self.assertRegex(done.stderr, rb"tls +passed")


class Typed(Case):
    """What a person gets who types something else than there is."""

    def said(self, *args, rc=64):
        done = run(*args)
        self.assertEqual(done.returncode, rc, (args, done.stderr))
        return done.stderr.decode()

    def test_a_slip_is_answered_with_the_name_that_was_meant(self):
        for typed, meant in ((("verfy",), "'verify'"), (("enrol",), "'enroll'"), (("dceode",), "'decode'"),
                             (("verify", "--trsut", "x"), "'--trust'"), (("enroll", "--usr", "x"), "'--user'"),
                             (("store", "lst"), "'list'"), (("ca", "pong"), "'ping'"), (("ra", "enrol"), "'enroll'"),
                             (("radius", "wacth"), "'watch'"), (("config", "chekc"), "'check'"), (("lab", "brek"), "'break'"),
                             (("lab", "up", "--josn"), "'--json'"), (("doctor", "--set", "ulr=x"), "'url'")):
            with self.subTest(typed):
                said = self.said(*typed)
                self.assertIn(f"did you mean {meant}?", said)
                self.assertEqual(said.count("\n"), 1, said)

    def test_an_argument_too_many_is_named(self):
        for args in (["enroll", "x"], ["serve", "x"], ["radius", "watch", "x"], ["config", "show", "x"], ["config", "keys", "x"],
                     ["ca", "ping", "--user", "a", "b", "c", "x"], ["ra", "enroll", "--template", "1.2", "--key", "k", "--cert", "c",
                      "b", "c", "x"], ["doctor", "kdc", "A", "x"], ["doctor", "a", "x"], ["lab", "up", *"abcdex"]):
            with self.subTest(args):
                self.assertIn("'x' is one argument too many", self.said(*args))

    def test_a_part_of_the_doctor_without_its_words_is_told(self):
        for part, words in (("kdc", "REALM"), ("tls", "URL"), ("crl", "FILE or URL"), ("ca", "HOST")):
            self.assertIn(f"daotp doctor: {part} needs {words};", self.said("doctor", part, rc=1))
        self.assertIn("tls needs a URL such as https://da.corp.example/otp, not 'x'", self.said("doctor", "tls", "x"))

    def test_a_silent_name_server_is_no_proof_that_there_is_no_record(self):
        said = self.said("discover", "corp.example", "--dns", "127.0.0.1:1", "--timeout", "1", rc=78)
        self.assertIn("no name server answered", said)
        self.assertNotIn("no SRV record", said)

    def test_what_is_like_nothing_suggests_nothing(self):
        for typed in (("xyzzy",), ("verify", "--nonsense"), ("-x",), ("verify", "-q"), ("lab", "xyzzy")):
            with self.subTest(typed):
                said = self.said(*typed)
                self.assertNotIn("did you mean", said)
                self.assertIn("--help lists", said)

    def test_help_and_version_in_each_form(self):
        for command in COMMANDS:
            with self.subTest(command):
                self.assertEqual(run("help", command).stdout, run(command, "--help").stdout)
                self.assertEqual(run("--help", command).stdout, run(command, "--help").stdout)
        for form in ("-v", "--version", "version"):
            self.assertRegex(run(form).stdout, rb"^daotp \d+\.\d+\.\d+\n$")

    def test_help_fits_a_terminal(self):
        for args in (["--help"], *([command, "--help"] for command in COMMANDS)):
            wide = [line for line in run(*args).stdout.decode().splitlines() if len(line) > 80]
            self.assertEqual(wide, [], args)

    def test_what_is_missing_is_named_and_nothing_else_is_shown(self):
        for args, options in ((["enroll"], ["--url", "--user", "--trust", "--template"]),
                              (["enroll", "--user", "a", "--trust", "t"], ["--url", "--template"]),
                              (["verify"], ["a FILE"]), (["decode"], ["a FILE"]), (["explain"], ["a TEXT"]),
                              (["crl"], ["one FILE"]), (["crl", "--serial", "1", "f"], ["--issuer"]),
                              (["radius"], ["--server", "--user"]), (["store", "show"], ["one LABEL"]),
                              (["store"], ["list, show, export, import, remove, sweep, move, register or unregister"]),
                              (["lab"], ["up, down, status"]), (["lab", "up"], ["one DIR"]), (["lab", "break", "a"], ["DIR and the NAME"]),
                              (["requirements", "c.pem"], ["--part"]), (["ca"], ["ping or info"]), (["ca", "info", "--user", "a"], ["HOST"]),
                              (["ra"], ["enroll or renew"]), (["ra", "enroll"], ["--template"]), (["ra", "renew"], ["--key"]),
                              (["ca", "ping"], ["--user"]), (["ca", "ping", "--user", "a"], ["HOST and CA"]),
                              (["requirements", "--part", "ra", "--trust", "t"], ["a CERT"]),
                              (["requirements", "--part", "ra", "--crl", "c", "c.pem"], ["--trust"])):
            with self.subTest(args):
                lines = self.said(*args).splitlines()
                self.assertEqual(len(lines), len(options), lines)
                for line, option in zip(lines, options):
                    self.assertIn(f"needs {option}", line)
        self.assertIn("--trust needs a value", self.said("verify", "--trust"))

    def test_options_of_store_stand_anywhere(self):
        for args in (["--dir", self.folder, "list"], ["list", "--dir", self.folder]):
            done = run("store", *args, "--json")
            self.assertEqual((done.returncode, json.loads(done.stdout)), (0, []), args)
        self.assertIn("needs no more than a URI", self.said("store", "list", "a:b", "alice"))

    def test_a_word_that_begins_with_a_hyphen_is_called_an_option(self):
        self.assertIn("there is no option '--versoin'", self.said("--versoin"))
        self.assertEqual(run("help", "help").stdout, run("--help").stdout)

    def test_a_value_that_is_refused_is_told_in_one_line(self):
        """The line names option and value; a report that the library refused an argument adds nothing."""
        given = ["enroll", "--user", "a@b.example", "--trust", "system"]
        for args, said in ((["verify", "--trust", "system", "--purpose", "1.a", "/dev/null"], "--purpose cannot be '1.a'; it is"),
                           (["verify", "--trust", "system", "--ip", "1.2.3", "/dev/null"], "--ip cannot be '1.2.3'; it is"),
                           (["verify", "--trust", "system", "--name", "a b", "/dev/null"], "--name cannot be 'a b'; it is"),
                           ([*given, "--url", "http://x/", "--template", "1.2.3"], "--url cannot be 'http://x/'"),
                           ([*given, "--url", "https://x/", "--template", "abc"], "--template cannot be 'abc'")):
            with self.subTest(args):
                done = run(*args)
                self.assertEqual((done.returncode, done.stdout), (64, b""))
                self.assertIn(said, done.stderr.decode())
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_a_file_of_another_kind_is_called_by_its_kind(self):
        key = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"
        for name, text, kind in (("empty", "", "is empty"), ("key.pem", key, "is a private key"),
                                 ("note.txt", "hello\n", "is text, with no certificate")):
            path = self.file(name, text)
            for args in (["verify", "--trust", "system", path], ["verify", "--trust", path, path],
                         ["requirements", "--part", "ra", path]):
                with self.subTest(args):
                    self.assertIn(f"daotp: {path} {kind}", run(*args).stderr.decode())

    def test_a_fifo_to_which_nobody_writes_is_not_waited_for(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo, 0o600)
        text = self.file("note.txt", "hello\n")
        for args in (["decode", fifo], ["verify", "--trust", "system", fifo], ["verify", "--trust", fifo, text],
                     ["verify", "--trust", "system", "--with", fifo, text], ["crl", "--issuer", fifo, text],
                     ["verify", "--trust", "system", "--ocsp", fifo, text]):
            with self.subTest(args):
                self.assertNotEqual(run(*args).returncode, 0)

    def test_a_name_does_not_steer_the_terminal(self):
        name = "a\033[31mb\u202ec\x9bd\u2028e"
        for args in (["decode", name], ["verify", "--trust", name, name], ["crl", name], [name], ["verify", f"--{name}"],
                     ["config", "show", "--profile", name], ["store", "list", "--store", name],
                     ["radius", "--server", name, "--secret-file", "x", "--user", "a"], ["lab", "up", name + "/" + name]):
            with self.subTest(args):
                shown = run(*args)
                for character in "\033\u202e\x9b\u2028":
                    self.assertNotIn(character.encode(), shown.stdout + shown.stderr)

    def test_a_pipe_in_the_place_of_a_file_is_read(self):
        done = subprocess.run(["bash", "-c", '"$0" decode <(sleep 0.2; echo hello)', TOOL], capture_output=True,
                              timeout=60, check=False)
        self.assertIn(b"is text", done.stdout + done.stderr)

    def test_one_of_a_few_lists_the_few(self):
        for args, names in ((["verify", "--as", "bogus", "f"], "ra, otp-logon, client, server, kdc, issuing-ca"),
                            (["verify", "--rules", "bogus", "f"], "path, strict, webpki"),
                            (["verify", "--revocation", "bogus", "f"], "require, prefer, ignore"),
                            (["radius", "--policy", "bogus"], "require, auto, optional, first"),
                            (["ca", "ping", "--way", "bogus"], "auto, rpc, dcom"),
                            (["ca", "ping", "--mechanism", "bogus"], "spnego, kerberos"),
                            (["enroll", "--url", "https://da.example/otp", "--user", "a", "--trust", "t", "--template",
                              "1.2.3", "--key-kind", "bogus"], "rsa2048, rsa3072, rsa4096, p256, p384")):
            with self.subTest(args):
                self.assertIn(f"cannot be 'bogus'; it is one of: {names}\n", self.said(*args))

    def test_an_option_that_was_given_too_often_is_named(self):
        for args in (["verify", *["--trust", "t"] * 129, "f"], ["verify", *["--ip", "::1"] * 129, "f"],
                     ["requirements", "--part", "ra", *["--with", "f"] * 129, "f"],
                     ["crl", *["--serial", "1"] * 129, "f"]):
            with self.subTest(args[0]):
                option = next(word for word in reversed(args) if word.startswith("--"))
                self.assertEqual(self.said(*args), f"daotp {args[0]}: {option} may be given 128 times at most\n")

    def test_a_file_that_holds_no_certificate_is_named(self):
        bad = self.file("bad.pem", "bad\n")
        for args in (["verify", "--with", bad, bad], ["verify", "--ntauth", bad, bad],
                     ["requirements", "--part", "ra", "--ntauth", bad, bad]):
            with self.subTest(args):
                self.assertIn(f"{bad} holds no certificate that can be read\n", run(*args).stderr.decode())

    def test_json_holds_the_reason(self):
        for args, reason in ((["verfy"], "did you mean"), (["lab", "brek"], "did you mean 'break'"), (["lab"], "needs up"),
                             (["lab", "up", "--bogus"], "no option '--bogus'"), (["lab", "status", self.folder / "none"], "No such"),
                             (["store", "register", "x"], "takes no --json"), (["migrate", "x"], "no option '--json'"), (["verify", "--bogus"], "there is no option"),
                             (["verify", "--trus", "f", "g"], "did you mean '--trust'"),
                             (["verify", "--trus=f", "g"], "did you mean '--trust'"),
                             (["verify", "--as", "bogus", "f"], "one of: ra"), (["enroll"], "needs --url"),
                             (["decode", self.folder / "none"], "No such file"),
                             (["requirements", "--part", "ra", self.folder / "none"], "No such file"),
                             (["explain", "--all", "word"], "only one of TEXT")):
            with self.subTest(args):
                done = run(*args, "--json")
                self.assertIn(reason, json.loads(done.stdout)["reason"])

    def test_json_has_a_value_for_each_file(self):
        """Also for those that cannot be read, each with its own reason."""
        names = [str(self.folder / "one"), str(self.file("text", "hello\n")), str(self.folder / "two")]
        for command in (["decode"], ["verify", "--trust", "system"]):
            with self.subTest(command):
                values = [json.loads(line) for line in run(*command, "--json", *names).stdout.splitlines()]
                self.assertEqual([value["file"] for value in values], names)
                for value, name in zip(values, names):
                    self.assertEqual(list(json_schema.check(value, command[0])), [])
                    self.assertTrue(value["error"] or name in value["reason"], value)

    def test_a_ping_that_fails_is_one_json_value_and_not_ok(self):
        done = run("ca", "ping", "--json", "--user", "a@LAB.EXAMPLE", "--ticket-cache", "MEMORY:none", "--kdc", "127.0.0.1:1",
                   "--realm", "LAB.EXAMPLE", "--password-file", "/nonexistent", "ca1.lab.example", "CA")
        self.assertEqual(done.returncode, 78)
        answer = json.loads(done.stdout)
        self.assertFalse(answer["answers"])
        self.assertEqual(answer["report"]["status"], "configuration")
        done = run("ca", "ping", "--json", "--user", "a@LAB.EXAMPLE", "no/host", "CA")
        self.assertEqual(done.returncode, 64)
        self.assertEqual(json.loads(done.stdout)["status"], "usage")

    def test_an_empty_list_says_so(self):
        done = run("store", "--dir", self.folder, "list")
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        self.assertIn(f"no credential is stored in dir:{self.folder}", done.stderr.decode())
        self.assertEqual(json.loads(run("store", "--dir", self.folder, "--json", "list").stdout), [])

    def test_no_message_is_for_a_programmer(self):
        self.assertNotIn(b"correct the program", run("explain", "--all").stdout)

    def test_decode_names_a_block_that_it_does_not_describe(self):
        for label in ("TRUSTED CERTIFICATE", "DH PARAMETERS", "SSH2 PUBLIC KEY"):
            done = run("decode", self.file("block.pem", f"-----BEGIN {label}-----\nMAMCAQU=\n-----END {label}-----\n"))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(label, " ".join(done.stdout.decode().split()))

    def test_decode_says_what_else_a_file_is(self):
        key, certificate, pfx = (self.folder / name for name in ("key.pem", "cert.pem", "store.pfx"))
        quiet = {"check": True, "capture_output": True}
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-keyout", key, "-out",
                        certificate], **quiet)
        subprocess.run(["openssl", "pkcs12", "-export", "-in", certificate, "-inkey", key, "-passout", "pass:x", "-out", pfx],
                       **quiet)
        der = self.folder / "key.der"
        subprocess.run(["openssl", "pkey", "-in", key, "-outform", "DER", "-out", der], **quiet)
        for path, words in ((self.file("empty", ""), "is empty"),
                            ("/etc/passwd", "is text, with no certificate"), ("/bin/sh", "is a program"),
                            (self.file("a.json", "{}"), "is JSON")):
            with self.subTest(path):
                self.assertIn(f"{path} {words}", self.said("decode", path, rc=2))
        for path in (key, der):
            said = run("decode", path).stdout
            self.assertIn(b"private key", said)
            self.assertIn(b"2048 bits", said)
            self.assertIn(b"not shown", said)
        done = run("decode", pfx)
        self.assertIn(b"PKCS#12", done.stdout + done.stderr)
        self.assertIn(b"openssl pkcs12", done.stdout + done.stderr)
        both = self.file("both.pem", certificate.read_text() * 2)
        self.assertEqual(run("decode", both).stdout.decode().count("subject: CN=a"), 2)
        utf16 = self.folder / "utf16.pem"
        utf16.write_text(certificate.read_text(), encoding="utf-16")
        self.assertIn(b"subject: CN=a", run("decode", utf16).stdout)

    def test_decode_says_what_is_wrong_with_a_file_that_is_nearly_right(self):
        certificate = self.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=a",
                        "-keyout", self.folder / "key.pem", "-out", certificate], check=True, capture_output=True)
        pem = certificate.read_text()
        cut = self.folder / "cut.der"
        cut.write_bytes(ssl.PEM_cert_to_DER_cert(pem)[:200])
        for path, said, found in (
                (cut, "is DER that is cut off", "the length goes past the end"),
                (self.file("base64.pem", pem[:60] + "!" + pem[61:]), "is PEM in which no block", "octet 60 of"),
                (self.file("label.pem", pem.replace("END CERT", "END CRT")), "is PEM in which no block", "its END line is missing"),
                (self.file("a.xml", "<?xml version='1.0'?><a/>"), "is text", "XML that is no message of the OTP protocol"),
                (self.file("ec.pem", "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"),
                 "is parameters without a key", "EC PARAMETERS"),
                (self.file("ssh", "-----BEGIN OPENSSH PRIVATE KEY-----\nMA==\n-----END OPENSSH PRIVATE KEY-----\n"), "ssh-keygen -l", "OpenSSH"),
                (self.file("empty", ""), "is empty", "the input has no octets"),
                (self.file("word", "\0\1"), "is nothing that daotp knows", "the first is 0x00")):
            with self.subTest(path):
                done = run("decode", path)
                self.assertEqual(done.returncode, 2)
                self.assertIn(f"daotp decode: {path} {said}" if said[:3] == "is " else said, done.stderr.decode())
                self.assertIn(found, " ".join(done.stdout.decode().split()))
                value = json.loads(run("decode", "--json", path).stdout)
                self.assertEqual((value["file"], value["status"]), (str(path), "peer"))
                self.assertIn(said, value["reason"])

    def test_a_file_of_another_kind_is_told_where_a_list_is_wanted(self):
        key, certificate, empty = self.folder / "key.pem", self.folder / "cert.pem", self.file("empty", "")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-keyout", key, "-out",
                        certificate], check=True, capture_output=True)
        for path, said in ((certificate, "is of another kind: certificate; daotp decode"), (key, "is a private key"), (empty, "is empty")):
            for args in (["crl", path], ["verify", "--trust", certificate, "--crl", path, certificate]):
                with self.subTest(args):
                    self.assertIn(f"daotp: {path} {said}", run(*args).stderr.decode())
        self.assertIn(b"the file is empty", run("crl", empty).stdout)
        self.assertNotIn(b"of another kind", run("verify", "--trust", certificate, "--ocsp", key, certificate).stderr)

    def test_entries_that_cannot_be_read_are_not_counted(self):
        """No count is shown, and neither the list nor what is read of it is called unknown."""
        key = self.folder / "list.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-keyout", key, "-out",
                        self.folder / "list.pem"], check=True, capture_output=True)
        entry = bytes.fromhex("3016 020109 170d 3236313130313030303030305a 3002 0500".replace(" ", ""))
        name = bytes.fromhex("300c310a30080603550403 0c0161".replace(" ", ""))
        times = b"\x17\x0d261101000000Z\x17\x0d271101000000Z"
        algorithm = bytes.fromhex("300d06092a864886f70d01010b0500")

        def sequence(*parts):
            content = b"".join(parts)
            size = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
            return b"\x30" + size + content

        tbs = sequence(b"\x02\x01\x01", algorithm, name, times, sequence(entry.replace(b"\x30\x02\x05\x00", b"\x30\x00").replace(
            b"\x30\x16", b"\x30\x14")))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=tbs, check=True, capture_output=True).stdout
        path = self.folder / "list.crl"
        path.write_bytes(sequence(tbs, algorithm, b"\x03\x82" + (len(signature) + 1).to_bytes(2, "big") + b"\0" + signature))
        for more in ([], ["--issuer", self.folder / "list.pem"], ["--issuer", self.folder / "list.pem", "--serial", "09"]):
            with self.subTest(more):
                done = run("crl", *more, path)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(b"entries: not readable", done.stdout)
                said = b" ".join((done.stdout + done.stderr).split())
                self.assertIn(b"crlEntryExtensions, entry 1, octet ", said)
                self.assertIn(b"RFC 5280 5.3", said)
                self.assertEqual(json.loads(run("crl", "--json", *more, path).stdout)["status"], "undecided")
        done = run("decode", path)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"crlEntryExtensions, entry 1", b" ".join((done.stdout + done.stderr).split()))
        self.assertNotIn(b"nothing that daotp knows", done.stdout + done.stderr)

    def test_dates_and_key_identifiers_look_alike(self):
        lab = self.lab()
        said = {name: run("decode", lab.folder / f"pki/{name}.pem").stdout.decode() for name in ("machine", "issuing")}
        for text in said.values():
            dates = re.findall(r"valid (?:from|until): (.*)\n", text)
            self.assertTrue(dates)
            for date in dates:
                self.assertRegex(date, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        ids = {name: re.findall(r"(subject|authority) key identifier.*\n +key identifier: ([0-9a-f]{40})\n", text)
               for name, text in said.items()}
        authority = [text for kind, text in ids["machine"] if kind == "authority"]  # the machine's own is the first
        self.assertIn(authority[0], [text for kind, text in ids["issuing"] if kind == "subject"])

    def test_a_root_that_is_no_anchor_is_told(self):
        lab = self.lab()
        done = run("verify", "--trust", lab.folder / "pki/machine.pem", "--revocation", "ignore", lab.folder / "pki/root.pem")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"CHAIN-SELF-SIGNED", done.stdout)
        self.assertNotIn(b"CHAIN-ISSUER-MISSING", done.stdout)

    def test_a_status_word_means_something(self):
        done = run("verify", "--trust", "system", self.file("empty", ""))
        self.assertIn(b"empty: malformed\n", done.stdout)


class TextForms(Case):
    """Files and input as Windows tools and editors write them."""

    ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be")

    @staticmethod
    def encode(text, encoding):
        mark = "\ufeff" if encoding.startswith("utf-16") else ""
        return (mark + text).encode(encoding)

    def binary(self, name, octets):
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def password(self, secret):
        """The User-Password of the request that comes (RFC 2865 5.2)."""
        packet = self.peer.recv(4096)
        attributes, auth = packet[20:], packet[4:20]
        while attributes[0] != 2:
            attributes = attributes[attributes[1]:]
        hidden, clear, last = attributes[2:attributes[1]], b"", auth
        for at in range(0, len(hidden), 16):
            pad = hashlib.md5(secret + last).digest()
            clear += bytes(a ^ b for a, b in zip(hidden[at:at + 16], pad))
            last = hidden[at:at + 16]
        return clear.rstrip(b"\0")

    def ask(self, secret, *more, **how):
        port = self.silent()
        return run("radius", "--server", f"127.0.0.1:{port}", "--secret-file", secret, "--user", "alice", "--timeout",
                   "0.3", *more, **how)

    def test_secrets_are_the_same_in_every_form(self):
        for encoding in self.ENCODINGS:
            for end in ("", "\n", "\r\n", "\nanother line\n"):
                with self.subTest(encoding, end=end):
                    secret = self.binary("secret", self.encode("pässword" + end, encoding))
                    word = self.encode("1234€" + end, encoding)
                    self.ask(secret, "--password-file", self.binary("word", word))
                    self.assertEqual(self.password("pässword".encode()), "1234€".encode())
                    self.ask(secret, "--password-fd", "0", input=word)
                    self.assertEqual(self.password("pässword".encode()), "1234€".encode())

    def test_what_cannot_be_read_says_why(self):
        good = self.file("good", "secret\n")
        for octets, why in ((b"\xff\xfea\0b", b"octet 4: UTF-16 text that is cut or malformed"), (b"\xfe\xff\xdc\0\0\n", b"octet 2: UTF-16 text"),
                            (b"a\0b\0\n", b"octet 1: text with NUL characters")):
            with self.subTest(octets):
                bad = self.binary("bad", octets)
                for args in ((bad, "--password-file", good), (good, "--password-file", bad)):
                    done = self.ask(*args)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn(why, done.stderr)

    def test_users_and_questions(self):
        users = "alice:CORP:alice@corp.example::S-1-5-21-1-2-3-1000:JBSWY3DPEHPK3PXP:pw:\r\nnobody\r\n"
        for encoding in self.ENCODINGS:
            with self.subTest(encoding):
                path = self.binary("users", self.encode(users, encoding))
                done = run("serve", "--unix", self.folder / "socket", *Serve.OPTIONS, "--users", path)
                self.assertIn(b"users line 2: not NAME:DOMAIN", done.stderr)  # the first was read
                done = run("explain", "--file", self.binary("log", self.encode("0x80094012", encoding)))
                self.assertIn(b"CERTSRV_E_TEMPLATE_DENIED", done.stdout)
        path = self.binary("users", b"\xff\xfea")
        done = run("serve", "--unix", self.folder / "socket", *Serve.OPTIONS, "--users", path)
        self.assertIn(b"UTF-16 text that is cut", done.stderr)


class Serve(Case):
    OPTIONS = ["--template", "1.2.3", "--ra-cert", "none", "--ra-key", "none"]

    def setUp(self):
        super().setUp()
        self.users = self.file("users", "")

    def test_a_file_is_not_a_socket(self):
        precious = self.file("precious.txt", "precious\n")
        done = run("serve", "--unix", precious, *self.OPTIONS, "--users", self.users)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(precious.read_text(), "precious\n")

    def test_only_a_file_is_replaced_by_the_port_file(self):
        lab = self.lab()
        fifo = self.folder / "port"
        os.mkfifo(fifo)
        done = run("serve", "--template", lab.env["LAB_TEMPLATE"], "--ra-cert", lab.folder / "pki/ra.pem", "--ra-key",
                   lab.folder / "pki/ra.key", "--issuing-ca", lab.env["LAB_CA_CONFIG"], "--listen", "127.0.0.1:0",
                   "--cert", lab.folder / "pki/server.pem", "--key", lab.folder / "pki/server.key", "--client-ca",
                   lab.env["LAB_TRUST"], "--users", lab.env["LAB_USERS"], "--port-file", fifo)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertTrue(fifo.is_fifo())

    def test_radsec_needs_a_certificate(self):
        done = run("radius", "--radsec", "--server", "127.0.0.1:1", "--user", "a", "--trust", "system")
        self.assertEqual(done.returncode, 64)
        self.assertIn(b"--cert and --key, with --radsec", done.stderr)

    def test_what_is_missing_is_named(self):
        done = run("serve", *self.OPTIONS, "--listen", "127.0.0.1:0", "--path", "otp", "--radius", "127.0.0.1:1")
        self.assertEqual(done.returncode, 64)
        for option in ("--cert", "--key", "--client-ca", "--users", "--path", "--radius-secret"):
            self.assertIn(f"needs {option}", done.stderr.decode())

    def test_what_is_wrong_is_named(self):
        socket_path = self.folder / "socket"
        for option, value in (("--template", "xyz"), ("--issuing-ca", "nobackslash")):
            with self.subTest(option):
                done = run("serve", "--unix", socket_path, "--users", self.users, *self.OPTIONS, option, value)
                self.assertEqual(done.returncode, 64)
                self.assertIn(f"{option} cannot be '{value}'", done.stderr.decode())
        bad = self.file("bad.pem", "bad\n")
        done = run("serve", "--listen", "127.0.0.1:0", "--cert", bad, "--key", bad, "--client-ca", bad,
                   "--users", self.users, *self.OPTIONS)
        self.assertEqual(done.returncode, 78)

    def test_no_switch_lets_a_user_in_without_a_code(self):
        for switch in ("--any-code", "--no-answer", "--any", "--no-code", "--no"):
            with self.subTest(switch):
                done = run("serve", "--unix", self.folder / "socket", "--users", self.users, *self.OPTIONS, switch)
                self.assertEqual(done.returncode, 64)
                self.assertIn(b"there is no option", done.stderr)

    def test_no_option_is_for_tests(self):
        self.assertIn("serve", COMMANDS)
        for command in COMMANDS:
            self.assertNotRegex(run(command, "--help").stdout.decode(), "(?i)for (a )?tests?\\b")


if __name__ == "__main__":
    unittest.main(verbosity=2)
