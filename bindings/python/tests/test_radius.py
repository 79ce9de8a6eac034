# SPDX-License-Identifier: BSD-2-Clause
"""RADIUS against real FreeRADIUS: blocking, many at once by asyncio, challenges, RadSec."""
import asyncio
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest
from typing import Any, Dict, List

import support
import daotp

SCRIPT = support.TOP / "tests" / "lab" / "freeradius.sh"
FOLDER: pathlib.Path
ENV: Dict[str, str] = {}


def setUpModule() -> None:
    global FOLDER
    FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="daotp-python-radius."))
    command = [str(SCRIPT), "start", str(FOLDER / "server"), "radsec"]
    run = subprocess.run(command, env=support.CLEAN, check=False)
    if run.returncode == support.SKIPPED:
        raise unittest.SkipTest("no freeradius")
    assert run.returncode == 0
    text = (FOLDER / "server/env").read_text(encoding="utf-8")
    ENV.update(dict(line.split("=", 1) for line in text.split()))


def tearDownModule() -> None:
    subprocess.run([str(SCRIPT), "stop", str(FOLDER / "server")], env=support.CLEAN, check=True)
    shutil.rmtree(FOLDER)


def new_radius() -> daotp.Radius:
    radius = daotp.Radius()
    secret = bytearray(pathlib.Path(ENV["LAB_RADIUS_SECRET_FILE"]).read_bytes().strip())
    radius.add_server("127.0.0.1", secret, int(ENV["LAB_RADIUS_PORT"]))
    return radius


class Blocking(unittest.TestCase):
    def test_accepted(self) -> None:
        with new_radius() as radius:
            self.assertEqual(radius.servers, (f"127.0.0.1:{ENV['LAB_RADIUS_PORT']}",))
            exchange = radius.exchange("u0")
            self.assertEqual(exchange.answer, daotp.RadiusAnswer.PENDING)
            password = bytearray(b"word-0")
            exchange.begin(password)
            self.assertEqual(password, bytes(6))
            exchange.wait()
            self.assertEqual(exchange.answer, daotp.RadiusAnswer.ACCEPTED)
            self.assertEqual(exchange.messages, [b"hello u0"])
            self.assertEqual(exchange.message_texts, ["hello u0"])
            self.assertIn((18, b"hello u0"), exchange.attributes)
            self.assertIn("hello u0", exchange.text)
            self.assertEqual((exchange.round, exchange.transmissions), (1, 1))
            self.assertEqual(exchange.server, radius.servers[0])
            self.assertTrue(radius.is_server_alive(0))

    def test_rejected(self) -> None:
        with new_radius() as radius:
            exchange = radius.exchange("u0")
            exchange.begin(bytearray(b"wrong"))
            with self.assertRaises(daotp.RejectedError) as caught:
                exchange.wait()
            self.assertEqual(exchange.answer, daotp.RadiusAnswer.REJECTED)
            self.assertEqual(caught.exception.report, exchange.report)

    def test_challenged(self) -> None:
        with new_radius() as radius:
            exchange = radius.exchange("sms-alice")
            exchange.begin(bytearray(b"pin"))
            with self.assertRaises(daotp.ChallengeError):
                exchange.wait()
            self.assertTrue(exchange.messages)
            exchange.respond(bytearray(b"123456"))
            exchange.wait()
            self.assertEqual((exchange.answer, exchange.round), (daotp.RadiusAnswer.ACCEPTED, 2))

    def test_silence(self) -> None:
        with new_radius() as radius:
            radius.set_timeout_ms(300)
            exchange = radius.exchange("drop-me")
            exchange.begin(bytearray(b"x"))
            with self.assertRaises((daotp.DeadlineError, daotp.UndecidedError)):
                exchange.wait()
            self.assertEqual(exchange.answer, daotp.RadiusAnswer.UNDECIDED)

    def test_probe(self) -> None:
        with new_radius() as radius:
            for probe in daotp.RadiusProbe:
                exchange = radius.exchange("probe")
                exchange.probe(0, probe)
                exchange.wait()

    def test_radsec(self) -> None:
        folder = FOLDER / "server"
        identity = daotp.Credential.load(folder / "client.pem", folder / "client.key")
        with daotp.Radius() as radius:
            trust = daotp.Trust(folder / "ca.pem")
            radius.add_radsec_server("127.0.0.1", trust, identity, int(ENV["LAB_RADSEC_PORT13"]))
            radius.set_server_rules(daotp.Rules.PATH)
            with self.assertRaises(daotp.UsageError):
                radius.set_server_rules(0)  # type: ignore[arg-type]
            exchange = radius.exchange("u1")
            exchange.begin(bytearray(b"word-1"))
            exchange.wait()

    def test_settings(self) -> None:
        with new_radius() as radius:
            radius.set_timers(daotp.RadiusTimers.PUSH)
            radius.set_user_form(daotp.RadiusUserForm.STRIPPED)
            radius.set_nas_identifier("python")
            radius.add_attribute(31, b"198.51.100.7")
            radius.add_attribute(1, b"x", vendor=9)
            with self.assertRaises(daotp.UsageError):
                radius.add_attribute(2, b"x")
            exchange = radius.exchange("corp\\u2")
            exchange.begin(bytearray(b"word-2"))
            exchange.wait()

    def test_a_callback_may_close_its_exchange(self) -> None:
        told: List[daotp.RadiusAnswer] = []

        def tell(exchange: daotp.RadiusExchange) -> None:
            told.append(exchange.answer)
            exchange.close()

        with new_radius() as radius:
            radius.set_callback(tell)
            exchange = radius.exchange("u0")
            exchange.begin(bytearray(b"word-0"))
            from daotp._flow import wait

            while not radius.step():
                wait(radius.fileno, radius.timeout_ms)
        self.assertEqual(told, [daotp.RadiusAnswer.ACCEPTED])


class Radcli(unittest.TestCase):
    """What an existing installation of radcli says."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.config = pathlib.Path(folder.name) / "radiusclient.conf"
        self.secrets = pathlib.Path(folder.name) / "servers"
        secret = pathlib.Path(ENV["LAB_RADIUS_SECRET_FILE"]).read_text(encoding="utf-8").strip()
        self.write(self.secrets, f"127.0.0.1 {secret}\n")
        port = ENV["LAB_RADIUS_PORT"]
        self.write(self.config, f"servers {self.secrets}\nauthserver 127.0.0.1:{port},127.0.0.1:9\n")

    def write(self, path: pathlib.Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    def imported(self) -> daotp.Radius:
        radius = daotp.Radius()
        try:
            radius.import_radcli(str(self.config))
        except daotp.ConfigurationError as error:
            if error.finding is not None and error.finding.id == "BUILD-WITHOUT":
                self.skipTest("built without radcli")
            raise
        return radius

    def test_its_servers(self) -> None:
        with self.imported() as radius:
            wanted = (f"127.0.0.1:{ENV['LAB_RADIUS_PORT']}", "127.0.0.1:9")
            self.assertEqual(radius.servers, wanted)
            exchange = radius.exchange("u0")
            exchange.begin(bytearray(b"word-0"))
            exchange.wait()
            self.assertEqual(exchange.server, wanted[0])

    def test_its_secret_is_the_one_that_is_used(self) -> None:
        self.write(self.secrets, "127.0.0.1 a-longer-secret-of-another\n")
        with self.imported() as radius:
            radius.set_timeout_ms(300)
            exchange = radius.exchange("u0")
            exchange.begin(bytearray(b"word-0"))
            with self.assertRaises(daotp.Error):
                exchange.wait()
            self.assertNotEqual(exchange.answer, daotp.RadiusAnswer.ACCEPTED)

    def expect_refused(self, finding_id: str) -> None:
        with daotp.Radius() as radius:
            with self.assertRaises(daotp.ConfigurationError) as caught:
                radius.import_radcli(str(self.config))
            assert caught.exception.finding is not None
            self.assertEqual(caught.exception.finding.id, finding_id)
            self.assertEqual(radius.servers, ())

    def test_files_that_cannot_be_taken(self) -> None:
        self.imported().close()
        self.secrets.chmod(0o644)
        self.expect_refused("FILE-OPEN-TO-OTHERS")
        self.config.unlink()
        self.expect_refused("FILE-READ")

    def test_attributes_by_name(self) -> None:
        self.imported().close()
        with new_radius() as radius:
            radius.add_attributes("NAS-Port-Type = Virtual")
            with self.assertRaises(daotp.Error):
                radius.add_attributes("No-Such-Attribute = 1")
            exchange = radius.exchange("u0")
            exchange.begin(bytearray(b"word-0"))
            exchange.wait()


class Coroutines(unittest.TestCase):
    def test_many_at_once(self) -> None:
        async def login(radius: daotp.Radius, at: int) -> str:
            exchange = radius.exchange(f"u{at % 64}")
            exchange.begin(bytearray(f"word-{at % 64 if at % 3 else 'wrong'}".encode()))
            try:
                await exchange.wait_async()
            except daotp.RejectedError:
                return "no"
            return "yes"

        async def work() -> List[str]:
            with new_radius() as radius:
                return list(await asyncio.gather(*(login(radius, at) for at in range(60))))

        self.assertEqual(asyncio.run(work()), ["yes" if at % 3 else "no" for at in range(60)])

    def test_one_cancelled_the_others_go_on(self) -> None:
        async def work() -> None:
            with new_radius() as radius:
                silent, good = radius.exchange("drop-me"), radius.exchange("u0")
                silent.begin(bytearray(b"x"))
                waiting = asyncio.ensure_future(silent.wait_async())
                await asyncio.sleep(0.05)
                good.begin(bytearray(b"word-0"))
                await good.wait_async()
                waiting.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await waiting
                self.assertEqual(silent.answer, daotp.RadiusAnswer.UNDECIDED)

        asyncio.run(work())

    def test_the_deadline(self) -> None:
        async def work() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink, daotp.Radius() as radius:
                sink.bind(("127.0.0.1", 0))
                radius.add_server("127.0.0.1", bytearray(b"a longer secret"), sink.getsockname()[1])
                radius.set_timeout_ms(200)
                exchange = radius.exchange("u0")
                exchange.begin(bytearray(b"word-0"))
                await exchange.wait_async()

        with self.assertRaises((daotp.DeadlineError, daotp.UndecidedError, daotp.NetworkError)):
            asyncio.run(work())

    def test_what_a_callback_raises_reaches_who_waits(self) -> None:
        def tell(_: Any) -> None:
            raise ValueError("told too much")

        async def work() -> None:
            with new_radius() as radius:
                radius.set_callback(tell)
                exchange = radius.exchange("u0")
                exchange.begin(bytearray(b"word-0"))
                await exchange.wait_async()

        with self.assertRaisesRegex(ValueError, "told too much"):
            asyncio.run(work())


if __name__ == "__main__":
    support.main()
