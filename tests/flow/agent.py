#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`daotp agent`: whom it asks, when, and when not. The user is a script, the server a lab behind a relay that can be
switched off.

  agent.py DAOTP-PROGRAM [MODULE]"""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import json_schema

TOOL = sys.argv.pop(1)
MODULE = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1].endswith(".so") else None
LIMIT_S = 100


def run(*args, **more):
    return subprocess.run([str(a) for a in args], stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, **more)


class Relay:
    """TCP to the lab, unless it is off. A connection is carried by two threads."""

    def __init__(self, port):
        self.to = port
        self.is_off = False
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            if self.is_off:
                client.close()
            else:
                threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        with client, socket.create_connection(("127.0.0.1", self.to)) as server:
            back = threading.Thread(target=self.copy, args=(server, client), daemon=True)
            back.start()
            self.copy(client, server)
            back.join()

    @staticmethod
    def copy(one, other):
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


class Running:
    """An agent that runs, and its events."""

    def __init__(self, args, env):
        self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        self.watchdog = threading.Timer(LIMIT_S, self.process.kill)
        self.watchdog.start()

    def event(self):
        line = self.process.stdout.readline()
        assert line, "no event"
        event = json.loads(line)
        wrong = json_schema.check(event, "agent")
        assert not wrong, wrong
        return event

    def until(self, name):
        while (event := self.event())["event"] != name:
            pass
        return event

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.stdout.read()
        self.process.stdout.close()
        status = self.process.wait(LIMIT_S)
        self.watchdog.cancel()
        return status


class Agent(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="daotp-agent.")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        os.umask(0o077)
        self.runtime = self.folder / "run"
        self.runtime.mkdir()
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.runtime)}
        self.asked = self.folder / "asked"
        self.askpass = self.write_askpass("exit 1")
        self.store = self.folder / "store"

    def write_askpass(self, what, name="askpass"):
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "$1" >>{self.asked}\n{what}\n')
        path.chmod(0o700)
        return path

    def count_questions(self):
        return len(self.asked.read_text().splitlines()) if self.asked.exists() else 0

    def stamp(self):
        text = f"{self.store.resolve()}\nalice"
        return self.runtime / "daotp" / hashlib.sha256(text.encode()).hexdigest()

    def use(self):
        self.stamp().parent.mkdir(exist_ok=True)
        self.stamp().touch()

    def put_entry(self, days=1):
        """An entry, as an enrolment of another day left it."""
        made = run("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=alice", "-days",
                   days, "-keyout", self.folder / "old.key", "-out", self.folder / "old.pem")
        self.assertEqual(made.returncode, 0, made.stderr)
        done = run(TOOL, "store", "import", "alice", "--dir", self.store, "--cert", self.folder / "old.pem", "--key", self.folder / "old.key")
        self.assertEqual(done.returncode, 0, done.stderr)

    def start_lab(self):
        lab = self.folder / "lab"
        done = run(TOOL, "lab", "up", "--no-radius", "--no-kdc", "--json", lab)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(run, TOOL, "lab", "down", lab)
        self.lab = json.loads(done.stdout)
        host, path = self.lab["LAB_URL"].split("://")[1].split("/", 1)
        name, port = host.rsplit(":", 1)
        self.relay = Relay(int(port))
        self.addCleanup(self.relay.listener.close)
        return f"https://{name}:{self.relay.port}/{path}"

    def enrolment(self, url):
        password = self.folder / "password"
        password.write_text("alice-password\n")
        e = self.lab
        return ["--url", url, "--user", "LAB\\alice", "--upn", "alice@LAB.EXAMPLE", "--label", "alice", "--store", self.store, "--trust",
                e["LAB_TRUST"], "--cert", e["LAB_MACHINE_CERT"], "--key", e["LAB_MACHINE_KEY"], "--template", e["LAB_TEMPLATE"],
                "--ces-url", e["LAB_CES"], "--password-file", password, "--key-kind", "p256"]

    @staticmethod
    def nowhere(store):
        """An enrolment that cannot even connect."""
        return ["--url", "https://127.0.0.1:1/", "--user", "a", "--upn", "a@b.example", "--label", "alice", "--store", store, "--trust", "system", "--template", "1.2.3",
                "--ca-host", "h"]

    def words(self, *options, rest=None):
        rest = self.nowhere(self.store) if rest is None else rest
        return [str(word) for word in (TOOL, "agent", "--json", "--askpass", self.askpass, *options, "--", *rest)]

    def once(self, *options, rest=None):
        done = run(*self.words("--once", *options, rest=rest), env=self.env)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, events[-1] if events else None

    def start(self, *options, rest=None):
        running = Running(self.words(*options, rest=rest), self.env)
        self.addCleanup(running.process.stdout.close)
        self.addCleanup(running.process.wait, LIMIT_S)
        self.addCleanup(running.process.kill)
        self.addCleanup(running.watchdog.cancel)
        return running

    def right_code(self):
        return f"exec {TOOL} lab totp {self.folder}/lab alice"


DUE = ("--renew-before", 8 * 86400)


class Quiet(Agent):
    """Nobody is asked."""

    def test_while_the_credential_is_good_or_unused_or_absent(self):
        self.assertEqual(self.once(), (1, self.once()[1]))
        self.assertEqual(self.once()[1]["event"], "absent")
        self.put_entry()
        self.use()
        status, event = self.once()
        self.assertEqual((status, event["event"], event["used"]), (0, "fresh", True))
        self.stamp().unlink()
        status, event = self.once(*DUE)
        self.assertEqual((status, event["event"], event["used"]), (0, "unused", False))
        self.assertEqual(self.count_questions(), 0)

    def test_dry_run_asks_nobody(self):
        self.put_entry()
        self.use()
        done = run(*self.words("--dry-run", *DUE), env=self.env)
        event = json.loads(done.stdout)
        self.assertEqual((done.returncode, event["event"], event["askpass"]), (0, "ask", str(self.askpass)))
        self.assertEqual(self.count_questions(), 0)
        self.assertTrue(self.stamp().exists())

    def test_while_the_server_cannot_be_reached(self):
        self.put_entry()
        self.use()
        status, event = self.once(*DUE)
        self.assertEqual((status, event["event"], event["wait_s"]), (2, "unreachable", 15))
        self.assertEqual(event["report"]["status"], "network")
        self.assertEqual(self.count_questions(), 0)
        self.assertTrue(self.stamp().exists(), "the use waits on")

    def test_an_end_of_a_child_is_seen_although_sigchld_was_ignored(self):
        done = run(*self.words("--once", "--always"), env=self.env, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["event"], "unreachable", done)

    def test_when_the_store_is_removed(self):
        self.put_entry()
        running = self.start(*DUE)
        running.until("unused")
        self.store.rename(self.folder / "gone")
        running.process.send_signal(signal.SIGHUP)
        running.until("absent")
        self.assertFalse(self.store.exists())
        self.assertEqual(running.end(), 0)
        self.assertEqual(self.count_questions(), 0)


class Asked(Agent):
    def setUp(self):
        super().setUp()
        self.url = self.start_lab()
        self.rest = self.enrolment(self.url)
        self.put_entry()

    def test_a_use_of_a_due_credential_asks_once_and_renews(self):
        self.write_askpass(self.right_code())
        running = self.start(*DUE, rest=self.rest)
        running.until("unused")
        self.assertEqual(self.count_questions(), 0)
        self.use()
        event = running.until("renewed")
        self.assertEqual(event["report"]["status"], "ok")
        self.assertFalse(self.stamp().exists())
        self.assertIn("One-time password", self.asked.read_text())
        self.assertLess(event["left_s"], 4 * 3600, "the new one")
        self.use()
        running.until("back-off") # shorter than renew-before: it is kept for half its life
        self.assertEqual(running.end(), 0)
        self.assertEqual(self.count_questions(), 1)

    def test_a_refused_code_is_followed_by_a_wait_and_is_not_sent_again(self):
        self.write_askpass("echo 000000")
        self.use()
        running = self.start(*DUE, rest=self.rest)
        event = running.until("refused")
        self.assertEqual((event["wait_s"], self.count_questions()), (60, 1))
        self.assertTrue(self.stamp().exists())
        running.until("back-off")
        connections = self.relay.count
        self.use()
        self.assertEqual(running.end(), 0)
        self.assertEqual((self.count_questions(), self.relay.count), (1, connections))

    def test_each_refusal_waits_longer_and_hup_ends_the_wait(self):
        self.write_askpass("echo 000000")
        self.use()
        running = self.start(*DUE, rest=self.rest)
        running.until("back-off")
        self.write_askpass(self.right_code())
        running.process.send_signal(signal.SIGHUP)
        running.until("renewed")
        self.assertEqual(running.end(signal.SIGINT), 75)
        self.assertEqual(self.count_questions(), 2)

    def test_a_declined_question_ends_the_use(self):
        for what in ("exit 1", "echo 123456; exit 1", "exec sleep 1000", "exec yes 0123456789 | tr -d '\\n'", "echo", ":", "kill -9 $$"):
            with self.subTest(what):
                self.write_askpass(what)
                self.use()
                asked = self.count_questions()
                status, event = self.once(*DUE, "--ask-timeout", 1, rest=self.rest)
                self.assertEqual((status, event["event"], event["wait_s"]), (75, "declined", 60))
                self.assertEqual(self.count_questions(), asked + 1)
                self.assertFalse(self.stamp().exists())

    def test_a_server_that_comes_back_asks_once(self):
        self.write_askpass(self.right_code())
        self.relay.is_off = True
        self.use()
        running = self.start(*DUE, rest=self.rest)
        running.until("unreachable")
        self.assertEqual(self.count_questions(), 0)
        self.relay.is_off = False
        running.process.send_signal(signal.SIGHUP)
        running.until("renewed")
        self.assertEqual(running.end(), 0)
        self.assertEqual(self.count_questions(), 1)

    def test_of_two_agents_one_asks(self):
        self.write_askpass(self.right_code())
        first = self.start(*DUE, rest=self.rest)
        first.until("unused")
        second = self.start(*DUE, rest=self.rest)
        second.until("standby")
        self.assertEqual(self.once(*DUE, rest=self.rest)[0], 75)
        self.use()
        first.until("renewed")
        self.assertEqual(first.end(), 0)
        second.process.send_signal(signal.SIGHUP)
        self.assertEqual(second.event()["event"], "unused")
        self.assertEqual(second.end(), 0)
        self.assertEqual(self.count_questions(), 1)

    def test_sigterm_ends_a_question(self):
        self.write_askpass(f"echo $$ >{self.folder}/fifo; exec sleep 1000")
        os.mkfifo(self.folder / "fifo")
        self.use()
        running = self.start(*DUE, rest=self.rest)
        pid = int((self.folder / "fifo").read_text())
        self.assertEqual(running.end(), 0)
        self.assertRaises(ProcessLookupError, os.kill, pid, 0)
        self.assertTrue(self.stamp().exists(), "the use waits for the next agent")


class Programs(Agent):
    """Which program asks, and what is refused."""

    def program(self, *options, **env):
        words = [TOOL, "agent", "--dry-run", "--json", *options, "--", *self.nowhere(self.store)]
        done = run(*words, env=self.env | {name: str(value) for name, value in env.items()})
        return json.loads(done.stdout).get("askpass") if done.returncode == 0 else done.returncode

    def test_the_order(self):
        (self.folder / "bin").mkdir()
        self.put_entry()
        one, two, three = (str(self.write_askpass("exit 1", name)) for name in ("one", "two", "three"))
        found = str(self.write_askpass("exit 1", "bin/ssh-askpass"))
        config = self.folder / "daotp.conf"
        config.write_text(f"[default]\naskpass = {two}\n")
        path = f"{self.folder}/bin"
        more = {"DAOTP_CONFIG": config, "DAOTP_ASKPASS": three, "SSH_ASKPASS": one, "PATH": path}
        self.assertEqual(self.program("--askpass", one, **more), one)
        self.assertEqual(self.program("--askpass", "ssh-askpass", **more), found)
        self.assertEqual(self.program(**more), two)
        self.assertEqual(self.program(**{**more, "DAOTP_CONFIG": "", "SSH_ASKPASS": two}), three)
        self.assertEqual(self.program(**{**more, "DAOTP_CONFIG": "", "DAOTP_ASKPASS": ""}), one)
        self.assertEqual(self.program(PATH=path), found)
        self.assertEqual(self.program(PATH="/nonexistent"), 78)
        self.assertEqual(self.program(PATH=""), 78)

    def test_a_program_that_is_named_and_cannot_run_is_an_error(self):
        self.put_entry()
        plain = self.folder / "plain"
        plain.write_text("")
        for named in (plain, self.folder, "/nonexistent", "no/path", "nonexistent-askpass"):
            with self.subTest(named):
                self.assertEqual(self.program("--askpass", named), 78)
                self.assertEqual(self.program(SSH_ASKPASS=named), 78)

    def test_what_cannot_be_repeated_is_refused(self):
        rest = self.nowhere(self.store)
        for more in (["--otp-fd", 0], ["--password-fd", 0], ["--no-store"], ["--renew"], ["--help"], ["--pin-fd", 0], ["--resume", "1"],
                     ["--no-such-option"], ["word"]):
            with self.subTest(more):
                self.assertEqual(run(*self.words("--once", rest=rest + more), env=self.env).returncode, 64)
        self.assertEqual(run(*self.words("word"), env=self.env).returncode, 64)

    def test_a_folder_of_stamps_that_others_can_write_to_is_refused(self):
        self.put_entry()
        (self.runtime / "daotp").mkdir()
        (self.runtime / "daotp").chmod(0o777)
        self.assertEqual(self.once()[0], 78)
        del self.env["XDG_RUNTIME_DIR"]
        self.assertEqual(self.once()[0], 78)

    def test_a_store_with_a_passphrase_is_refused(self):
        (self.folder / "p.p12").write_bytes(b"")
        rest = self.nowhere(f"pkcs12:{self.folder}/p.p12")
        for options in (["--once"], ["--dry-run"], []):
            with self.subTest(options):
                self.assertEqual(run(*self.words(*options, rest=rest), env=self.env).returncode, 78)


class Module(Agent):
    """What counts as a use."""

    def test_a_signature_is_a_use_and_a_look_at_the_list_is_none(self):
        tool = shutil.which("pkcs11-tool")
        if MODULE is None or tool is None:
            self.skipTest("no module, or no pkcs11-tool")
        self.put_entry()
        (self.folder / "daotp.conf").write_text(f"[default]\nstore = dir:{self.folder}/lab/../store\n")
        (self.folder / "lab").mkdir()
        self.env["DAOTP_CONFIG"] = str(self.folder / "daotp.conf")
        (self.folder / "data").write_bytes(bytes(32))
        sign = [tool, "--module", MODULE, "--token-label", "alice", "--sign", "--mechanism", "ECDSA", "--input-file", self.folder / "data",
                "--output-file", self.folder / "signature"]
        self.assertEqual(run(*sign, env=self.env).returncode, 0)
        self.assertFalse((self.runtime / "daotp").exists(), "without an agent nothing is written")
        (self.runtime / "daotp").mkdir()
        self.assertEqual(run(tool, "--module", MODULE, "--list-objects", "--token-label", "alice", env=self.env).returncode, 0)
        self.assertFalse(self.stamp().exists())
        self.assertEqual(run(*sign, env=self.env).returncode, 0)
        self.assertTrue(self.stamp().exists())
        self.assertEqual(self.stamp().stat().st_mode & 0o777, 0o600)
        self.stamp().unlink()
        (self.runtime / "daotp").chmod(0o777)
        self.assertEqual(run(*sign, env=self.env).returncode, 0)
        self.assertFalse(self.stamp().exists(), "others can write there")


if __name__ == "__main__":
    unittest.main()
