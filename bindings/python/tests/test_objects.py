# SPDX-License-Identifier: BSD-2-Clause
"""Life of objects, exceptions, callbacks, fork."""
import asyncio
import gc
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import weakref
from typing import Any, Callable, List

import support
import daotp
from daotp import _table
from daotp._library import lib


def freed(work: Callable[[], Any]) -> List[str]:
    """Which C objects end during `work`."""
    seen: List[str] = []
    before = {c.name: getattr(lib, c.name) for c in _table.CALLS if c.name.endswith(("_free", "_unref"))}

    def watched(name: str) -> Callable[[Any], None]:
        def free(address: Any) -> None:
            seen.append(name)
            before[name](address)

        return free

    gc.collect()
    for name in before:
        setattr(lib, name, watched(name))
    try:
        work()
        gc.collect()
    finally:
        for name, function in before.items():
            setattr(lib, name, function)
    return seen


class Silent:
    """A port that accepts by its backlog and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}/otp"

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def waiting_client(url: str) -> daotp.Client:
    """Its prepare waits for the TLS of a server that says nothing."""
    trust = daotp.Trust()
    with daotp.Key.generate(daotp.KeyKind.P256) as key:
        trust.add((support.TOP / "tests/data/response-4.1.cmc.der").read_bytes())
        client = daotp.Client(url, trust=trust, template="1.3.6.1.4.1.311.21.8.1.2.3")
        client.set_ca(daotp.CA.wstep("https://127.0.0.1:1/"))
        client.set_account("alice@corp.example")
        client.set_domain_callback(lambda *_: ("CORP\\alice", bytearray(b"password")))
        client.set_key(key)
    return client


class Life(unittest.TestCase):
    def test_with_frees(self) -> None:
        def work() -> None:
            with daotp.Store():
                pass

        self.assertEqual(sorted(freed(work)), ["daotp_context_unref", "daotp_store_unref"])

    def test_the_last_reference_frees(self) -> None:
        def work() -> None:
            daotp.Store()

        self.assertEqual(sorted(freed(work)), ["daotp_context_unref", "daotp_store_unref"])

    def test_a_callback_that_holds_its_object_does_not_keep_it(self) -> None:
        def work() -> None:
            client = daotp.Client()
            client.set_progress_callback(lambda *_: client.cancel())

        self.assertIn("daotp_client_free", freed(work))

    def test_a_store_is_opened_by_its_uri(self) -> None:
        asked = []
        context = daotp.Context()
        context.set_secret(lambda *what: asked.append(what))
        with tempfile.TemporaryDirectory() as folder:
            context.set_plugin_folder(folder)
            with daotp.Store.open(f"dir:{folder}/store", context) as store:
                self.assertEqual(store.uri, f"dir:{folder}/store")
                self.assertTrue(store.abilities & daotp.StoreAbility.IS_DURABLE)
                with self.assertRaises(daotp.RejectedError):
                    store.find("alice@corp.example")
            with self.assertRaises(daotp.ConfigurationError) as raised:
                daotp.Store.open("redis://localhost", context)
            report = raised.exception.report
            assert report is not None and report.error is not None
            error = report.error
            self.assertEqual((error.id, error.subject), ("STORE-ABSENT", "redis"))
            self.assertIn(folder, error.found)
        self.assertEqual(asked, [])

    def test_closed_twice_is_fine_and_used_after_is_an_error(self) -> None:
        store = daotp.Store()
        self.assertEqual(freed(store.close).count("daotp_store_unref"), 1)
        self.assertEqual(freed(store.close), [])
        uses: List[Callable[[], object]] = [
            store.entries, lambda: store.report, lambda: store.get("x"),
        ]  # fmt: skip
        for use in uses:
            with self.assertRaisesRegex(daotp.UsageError, "after it was closed"):
                use()

    def test_children_end_before_their_parent(self) -> None:
        radius = daotp.Radius()
        exchange = radius.exchange("alice")
        self.assertEqual(
            freed(radius.close), ["daotp_radius_exchange_free", "daotp_radius_free"]
        )
        with self.assertRaises(daotp.UsageError):
            print(exchange.status)

    def test_children_end_first_in_a_cycle_too(self) -> None:
        def work() -> None:
            radius = daotp.Radius()
            exchange = radius.exchange("alice")
            radius.set_callback(lambda _: exchange.close())

        order = [name for name in freed(work) if "radius" in name]
        self.assertEqual(order[-1], "daotp_radius_free")
        self.assertEqual(len(order), 2)

    def test_what_c_holds_stays_though_python_has_closed_it(self) -> None:
        with Silent() as server:
            client = waiting_client(server.url)  # its trust, key and CA have no name any more
            gc.collect()
            client.set_timeout_ms(50)
            with self.assertRaises(daotp.Error) as caught:
                client.prepare("CORP\\alice")
            self.assertIn(caught.exception.status, (daotp.Status.TIMEOUT, daotp.Status.NETWORK))
            client.close()

    def test_no_close_while_a_call_is_under_way(self) -> None:
        client = daotp.Client("https://127.0.0.1:1/")
        client.set_progress_callback(lambda *_: client.close())
        with self.assertRaisesRegex(daotp.UsageError, "under way"):
            client.prepare("CORP\\alice")
        client.set_progress_callback(lambda *_: client.prepare("CORP\\bob"))
        with self.assertRaisesRegex(daotp.UsageError, "under way"):
            client.prepare("CORP\\alice")
        client.close()


class Callbacks(unittest.TestCase):
    def test_exceptions_are_raised_after_the_call(self) -> None:
        class Mine(BaseException):
            pass

        def fail(*_: Any) -> None:
            raise Mine("from the callback")

        with daotp.Client("https://127.0.0.1:1/") as client:
            client.set_progress_callback(fail)
            with self.assertRaisesRegex(Mine, "from the callback"):
                client.prepare("CORP\\alice")
            client.set_progress_callback(None)
            with self.assertRaises(daotp.ConfigurationError):  # a flow that was not left half done
                client.prepare("CORP\\alice")

    def test_the_log(self) -> None:
        lines: List[Any] = []
        context = daotp.Context()
        context.set_log(lambda *line: lines.append(line))
        with self.assertRaises(daotp.ConfigurationError):
            daotp.Client(context=context).prepare("CORP\\alice")
        self.assertIn((daotp.LogLevel.ERROR, "CLIENT-NO-SERVER"), [line[:2] for line in lines])
        count = len(lines)
        context.set_log(None)
        with self.assertRaises(daotp.ConfigurationError):
            daotp.Client(context=context).prepare("CORP\\alice")
        self.assertEqual(len(lines), count)

    def test_the_log_of_a_context_that_only_its_objects_hold(self) -> None:
        lines: List[Any] = []
        client = daotp.Client()
        client._kept["context"].set_log(lambda *line: lines.append(line))
        gc.collect()
        with self.assertRaises(daotp.ConfigurationError):
            client.prepare("CORP\\alice")
        self.assertTrue(lines)

    def test_a_constructor_interrupted_by_its_log_leaks_nothing(self) -> None:
        context = daotp.Context()

        def fail(*_: Any) -> None:
            raise ValueError("no more lines")

        context.set_log(fail, daotp.LogLevel.DEBUG)
        with self.assertRaises((ValueError, daotp.Error)):
            daotp.Key.read(bytearray(b"not a key"), context=context)

    def test_clocks(self) -> None:
        context = daotp.Context()
        context.set_wall_clock(lambda: 4102444800)  # 2100
        report = daotp.describe((support.DATA / "response-4.1.cmc.der").read_bytes(), context=context)
        context.set_wall_clock(lambda: 1262304000)  # 2010
        other = daotp.describe((support.DATA / "response-4.1.cmc.der").read_bytes(), context=context)
        self.assertNotEqual(report, other)

    def test_a_clock_that_fails_is_told(self) -> None:
        context = daotp.Context()

        def fail() -> int:
            raise ArithmeticError("no time")

        context.set_monotonic_clock(fail)
        with self.assertRaisesRegex(ArithmeticError, "no time"):
            with Silent() as server:
                client = waiting_client(server.url)
                again = daotp.Client(server.url, context=context)
                again.set_trust(client._kept["trust"])
                again.prepare("CORP\\alice")


class Flows(unittest.TestCase):
    def test_cancel_from_another_thread(self) -> None:
        with Silent() as server, waiting_client(server.url) as client:
            timer = threading.Timer(0.2, client.cancel)
            timer.start()
            began = time.monotonic()
            with self.assertRaises(daotp.CancelledError):
                client.prepare("CORP\\alice")
            self.assertLess(time.monotonic() - began, 5)
            timer.join()

    def test_ctrl_c_is_heard_while_a_call_blocks(self) -> None:
        def interrupt(*_: Any) -> None:
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        with Silent() as server, waiting_client(server.url) as client:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            began = time.monotonic()
            with self.assertRaises(KeyboardInterrupt):
                client.prepare("CORP\\alice")
            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual(client.report.status, daotp.Status.CANCELLED)

    def test_a_coroutine_leaves_the_loop_free_and_can_be_cancelled(self) -> None:
        async def work() -> int:
            with Silent() as server, waiting_client(server.url) as client:
                task = asyncio.ensure_future(client.prepare_async("CORP\\alice"))
                ticks = 0
                while ticks < 20:
                    await asyncio.sleep(0.01)
                    ticks += 1
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                self.assertEqual(client.report.status, daotp.Status.CANCELLED)
                with self.assertRaises((KeyError, ValueError)):
                    asyncio.get_running_loop()._selector.get_key(client.fileno)  # type: ignore
                return ticks

        self.assertEqual(asyncio.run(work()), 20)

    def test_two_coroutines_of_one_client(self) -> None:
        async def work() -> None:
            with Silent() as server, waiting_client(server.url) as client:
                first = asyncio.ensure_future(client.prepare_async("CORP\\alice"))
                await asyncio.sleep(0.1)
                with self.assertRaises(daotp.UsageError):
                    await client.prepare_async("CORP\\alice")
                await asyncio.sleep(0.1)
                self.assertFalse(first.done())  # it goes on
                first.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await first
                self.assertEqual(client.report.status, daotp.Status.CANCELLED)

        asyncio.run(work())

    def test_cancel_of_nothing(self) -> None:
        with Silent() as server, waiting_client(server.url) as client:
            client.cancel()
            client.set_timeout_ms(100)
            with self.assertRaises(daotp.Error) as caught:
                client.prepare("CORP\\alice")
            self.assertNotEqual(caught.exception.status, daotp.Status.CANCELLED)

    def test_a_coroutine_hears_the_deadline(self) -> None:
        async def work() -> None:
            with Silent() as server, waiting_client(server.url) as client:
                client.set_timeout_ms(200)
                await client.prepare_async("CORP\\alice")

        began = time.monotonic()
        with self.assertRaises(daotp.Error) as caught:
            asyncio.run(work())
        self.assertIn(caught.exception.status, (daotp.Status.TIMEOUT, daotp.Status.NETWORK))
        self.assertLess(time.monotonic() - began, 5)


class Errors(unittest.TestCase):
    def test_every_status_has_a_kind_of_its_own(self) -> None:
        from daotp.errors import BY_STATUS

        wanted = set(daotp.Status) - {daotp.Status.OK, daotp.Status.AGAIN}
        self.assertEqual(set(BY_STATUS), wanted)
        self.assertEqual(len(set(BY_STATUS.values())), len(wanted))

    def test_the_report_outlives_the_object_and_later_calls(self) -> None:
        with daotp.Client() as client, self.assertRaises(daotp.ConfigurationError) as caught:
            client.prepare("CORP\\alice")
        error = caught.exception
        assert error.report is not None and error.finding is not None
        self.assertEqual(error.finding.number, daotp.FindingNumber.CLIENT_NO_SERVER)
        self.assertEqual(error.stage, daotp.Stage.PREPARE)
        self.assertEqual(error.finding.explanation.hint, daotp.explain("CLIENT-NO-SERVER").hint)  # type: ignore
        self.assertIn("CLIENT-NO-SERVER", str(error))
        self.assertIn(error.finding, error.report.findings)
        self.assertIn('"status":"configuration"', error.report.json)
        run = error.report.stages[daotp.Stage.PREPARE]
        self.assertEqual(run.state, daotp.StageState.FAILED)
        self.assertGreaterEqual(run.ms, 0)

    def test_calls_with_a_report_of_their_own(self) -> None:
        with self.assertRaises(daotp.ConfigurationError) as caught:
            daotp.Credential.load("/no/such/file", "/no/such/key")
        self.assertEqual(caught.exception.finding.id, "FILE-READ")  # type: ignore
        with daotp.Trust() as trust, self.assertRaises(daotp.Error):
            trust.add_file("/no/such/file")
        with self.assertRaises(daotp.PeerError):
            daotp.describe(b"nothing that is known")

    def test_a_setter_says_what_it_was_given(self) -> None:
        with daotp.CA.wstep() as ca, self.assertRaisesRegex(daotp.UsageError, "http://x/"):
            ca.set_url("http://x/")


class Describe(unittest.TestCase):
    def test_the_published_messages(self) -> None:
        for path in sorted(support.DATA.glob("otpce-*.xml")):
            with self.subTest(path.name):
                self.assertTrue(daotp.describe(path.read_bytes()))
                text = daotp.describe(path.read_bytes(), daotp.Format.JSON)
                self.assertTrue(text.startswith("["))


PKITS = support.TOP.parent / "shared" / "vectors" / "pkits"


@unittest.skipUnless(PKITS.exists(), "no vectors")
class Lists(unittest.TestCase):
    def test_what_is_revoked(self) -> None:
        with daotp.Crl(PKITS / "crls/GoodCACRL.crl") as crl:
            crl.verify((PKITS / "certs/GoodCACert.crt").read_bytes())
            crl.index()
            self.assertEqual(len(crl), 2)
            found = crl.find(b"\x0e")
            assert found is not None
            self.assertEqual((found.reason, found.date), (1, 1262334600))
            self.assertIsNone(crl.find(b"\x01"))

    def test_one_of_several(self) -> None:
        path = PKITS / "crls/GoodCACRL.crl"
        with daotp.Crl(path, at=0) as crl:
            self.assertEqual(crl.file_count, 1)
        with self.assertRaises(daotp.UsageError):
            daotp.Crl(path, at=1)


class Keys(unittest.TestCase):
    def test_a_key_there_and_back(self) -> None:
        with daotp.Key.generate(daotp.KeyKind.P256) as key:
            pem = key.pem()
        self.assertTrue(pem.startswith(b"-----BEGIN PRIVATE KEY-----"))
        with daotp.Key.read(pem) as again:
            self.assertEqual(again.kind, daotp.KeyKind.P256)
        self.assertEqual(pem, bytes(len(pem)))  # wiped

    def test_a_key_signs_and_decrypts(self) -> None:
        with daotp.Key.generate(daotp.KeyKind.P256) as key:
            signature = key.sign_digest(daotp.SignatureScheme.ECDSA, daotp.Digest.SHA256, bytes(32))
            self.assertEqual(len(signature), 64)
            with self.assertRaises(daotp.UsageError):
                key.sign_digest(daotp.SignatureScheme.RSA_PSS, daotp.Digest.SHA256, bytes(32), 32)
            with self.assertRaises(daotp.UsageError):
                key.decrypt(bytes(256))
            self.assertTrue(key.exportable)
            self.assertEqual(key.public[:1], b"\x30")
        with daotp.Store() as store, self.assertRaises(daotp.ConfigurationError):
            store.make_key("alice", daotp.KeyKind.P256)

    def test_names(self) -> None:
        self.assertEqual(daotp.stage_name(daotp.Stage.SUBMIT), "submit")
        self.assertEqual(daotp.severity_name(daotp.Severity.ERROR), "error")
        self.assertEqual(daotp.status_name(daotp.Status.TIMEOUT), "timeout")
        self.assertEqual(daotp.stage_state_name(daotp.StageState.PASSED), "passed")
        self.assertEqual(daotp.store_state_name(daotp.StoreState.DUE), "due")
        self.assertIsNone(daotp.explain("no such thing"))
        self.assertIsNone(daotp.explain("5"))
        self.assertEqual([row.id for row in daotp.explain_all("KDC_ERR_CLIENT_NOT_TRUSTED")], ["LOGON-UNTRUSTED"])
        self.assertEqual(list(daotp.explain_all("5")), [])


class Search(unittest.TestCase):
    def test_a_number_in_each_form(self) -> None:
        for text in ("0x80092013", "-2146885613", "2148081683", "CRYPT_E_REVOCATION_OFFLINE"):
            self.assertEqual(daotp.search(text)[0].id, "0x80092013")
        first = daotp.search("KDC error 16")[0]
        self.assertEqual((first.id, first.stage, first.kind), ("krb:16", "logon", "Kerberos error"))
        self.assertIn("KDC_ERR_PADATA_TYPE_NOSUPP", first.names)
        self.assertEqual(first.causes[0].id, "DA-KDC-CERT-MISSING")
        self.assertTrue(first.causes[0].check and first.causes[0].cure and first.source)
        self.assertFalse(first.is_likely or first.causes[0].is_likely)
        self.assertTrue(daotp.search("0xC00000BB")[0].is_likely)

    def test_messages_in_octets(self) -> None:
        text = "Die Sperrfunktion konnte die Sperrung nicht überprüfen, da der Sperrserver offline war."
        self.assertEqual(daotp.search(text)[0].id, "0x80092013")
        for encoding in ("utf-8", "cp1252", "utf-16"):
            self.assertEqual(daotp.search(text.encode(encoding))[0].id, "0x80092013")

    def test_findings_and_what_is_not_known(self) -> None:
        self.assertEqual(daotp.search("OTP-EKU")[0].finding, daotp.FindingNumber.OTP_EKU)
        self.assertEqual(daotp.search("krb:16")[0].finding, daotp.FindingNumber.NONE)
        self.assertEqual(daotp.search("xyzzy"), ())
        self.assertFalse(daotp.search("krb:16")[0].is_guess)
        self.assertTrue(daotp.search("certificate")[0].is_guess)
        self.assertEqual(daotp.search(""), ())
        with self.assertRaises(daotp.UsageError):
            daotp.search(b" " * (1 << 21))


class Requirement(unittest.TestCase):
    def test_each_part_has_requirements(self) -> None:
        for part in daotp.Part:
            with daotp.Requirements(part) as requirements:
                self.assertGreater(len(requirements), 1)
                for one in requirements:
                    self.assertTrue(one.id and one.statement and one.setting and one.command)
                    self.assertIn(one.weight, ("must", "should", "may"))
                    self.assertEqual((one.state, one.found), (daotp.RequirementState.UNKNOWN, ""))

    def test_what_is_no_certificate_is_refused(self) -> None:
        with daotp.Requirements(daotp.Part.RA) as requirements:
            with self.assertRaises(daotp.PeerError) as raised:
                requirements.check(b"no certificate")
            self.assertEqual(raised.exception.finding.id, "CERT-DER")  # type: ignore
            with self.assertRaises(daotp.PeerError):
                requirements.add_ntauth(b"none either")


class ProfileTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.system, self.user = (pathlib.Path(folder.name) / name for name in ("s.conf", "u.conf"))
        self.system.write_text("[default]\nurl = https://a.example/otp\nlocked = url\n[other]\n")
        self.user.write_text("[default]\ntimeout = 5\nallow = 10.0.0.0/8\nallow = fd00::/8\n")
        os.chmod(self.system, 0o644)
        os.chmod(self.user, 0o600)

    def test_values_have_a_place(self) -> None:
        with daotp.Profile(system=self.system, user=self.user) as profile:
            self.assertEqual(
                [(one.key, one.value, one.line) for one in profile.values],
                [("url", "https://a.example/otp", 2), ("timeout", "5", 2),
                 ("allow", "10.0.0.0/8", 3), ("allow", "fd00::/8", 4), ("locked", "url", 3)],
            )
            self.assertEqual(profile.values[1].origin, daotp.ProfileOrigin.USER)
            self.assertEqual(profile.values[1].file, str(self.user))
            self.assertEqual((profile.get("timeout"), profile.get("proxy")), ("5", None))
            self.assertEqual((profile.name, profile.is_defined), ("default", True))
            self.assertEqual(profile.sections, ("default", "other"))
            self.assertTrue(profile.is_locked("url"))
            with self.assertRaises(daotp.ConfigurationError) as raised:
                profile.set("url", "https://b.example/otp")
            self.assertEqual(raised.exception.finding.id, "CONFIG-LOCKED")  # type: ignore
            with self.assertRaises(daotp.UsageError):
                profile.set("timeout", "soon")
            profile.set("timeout", "6")
            self.assertEqual(profile.get("timeout"), "6")
            with self.assertRaises(daotp.ConfigurationError):
                profile.make_trust("issuer-trust")

    def test_a_wrong_file_is_named(self) -> None:
        self.user.write_text("[default]\nurll = x\n")
        with self.assertRaises(daotp.ConfigurationError) as raised:
            daotp.Profile(system=self.system, user=self.user)
        self.assertEqual(raised.exception.finding.subject, f"{self.user}:2")  # type: ignore
        self.user.chmod(0o666)
        with daotp.Profile(usual=False) as profile:
            with self.assertRaises(daotp.ConfigurationError) as raised:
                profile.add_file(self.user)
            self.assertEqual(raised.exception.finding.id, "CONFIG-OWNER")  # type: ignore

    def test_objects_use_it(self) -> None:
        with daotp.Profile(system=self.system, user=self.user) as profile:
            daotp.Client().use_profile(profile)
            daotp.Radius().use_profile(profile)
            daotp.Responder().use_profile(profile)
            daotp.Verifier(daotp.Trust()).use_profile(profile)
            profile.set("cert", "/nowhere.pem")
            with self.assertRaises(daotp.ConfigurationError) as raised:
                daotp.Client().use_profile(profile)
            self.assertEqual(raised.exception.finding.id, "CONFIG-NEEDS")  # type: ignore

    def test_keys(self) -> None:
        keys = {one.name: one for one in daotp.Profile.keys()}
        self.assertTrue(keys["url"].is_list and keys["url"].group == "hosts")
        self.assertTrue(all(one.wanted and one.meaning and one.example for one in keys.values()))


class DoctorTest(unittest.TestCase):
    def test_rows_of_a_client_that_reaches_no_server(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with waiting_client(f"https://127.0.0.1:{port}/otp") as client, daotp.Doctor(client) as doctor:
            told: List[Any] = []
            doctor.set_progress_callback(lambda row, state: told.append((row, state)))
            self.assertFalse(doctor.run())
            rows = {row.name: row for row in doctor.rows}
            at = [row.name for row in doctor.rows].index("tcp")
            self.assertEqual(doctor.verdict, at)
            self.assertEqual(rows["tcp"].report.error and rows["tcp"].report.error.id, "TCP-FAILED")
            self.assertEqual((rows["tls"].state, rows["tls"].blocker), (daotp.ProbeState.SKIPPED, at))
            self.assertIn((at, daotp.ProbeState.FAILED), told)
            self.assertIn("TCP-FAILED", doctor.text)
            self.assertIn('"verdict":', doctor.json)

    def test_a_probe_of_ones_own(self) -> None:
        with daotp.Doctor() as doctor:
            answers = [daotp.Status.AGAIN, daotp.Status.OK]

            def wrong(findings: Any) -> daotp.Status:
                return daotp.Status(findings.add(daotp.FindingNumber.FILE_READ, "/a", "not there"))

            doctor.add_probe("mine", "a probe of mine", lambda findings: answers.pop(0), "here")
            doctor.add_probe("wrong", "one that fails", wrong)
            self.assertFalse(doctor.run())
            mine, failed = doctor.rows
            self.assertEqual((mine.name, mine.subject, mine.state), ("mine", "here", daotp.ProbeState.PASSED))
            self.assertEqual(failed.report.error and failed.report.error.id, "FILE-READ")
            self.assertEqual(daotp.probe_state_name(failed.state), "fail")

    def test_a_list_alone(self) -> None:
        with waiting_client("https://127.0.0.1:1/otp") as client, daotp.Doctor(client) as doctor:
            doctor.set_client_rows(daotp.ClientRows.NONE)
            doctor.add_crl(__file__)
            self.assertFalse(doctor.run())
            (row,) = doctor.rows
            self.assertEqual((row.name, row.subject), ("crl", __file__))
            self.assertEqual(row.report.error and row.report.error.id, "CRL-DER")
            with self.assertRaises(daotp.UsageError):
                doctor.add_crl("")

    def test_a_file_of_a_bundle(self) -> None:
        with daotp.Doctor() as doctor:
            doctor.add_file("dcinfo.txt", b"** KDC Certificates for DC DC1\n0 KDC certs for DC1\n")
            doctor.add_file("empty.txt", b"\n")
            self.assertFalse(doctor.run())
            first, second = doctor.rows
            self.assertEqual((first.name, first.subject), ("certutil", "dcinfo.txt"))
            self.assertEqual(first.report.error and first.report.error.id, "LOGON-KDC-CERTIFICATE")
            self.assertEqual(second.state, daotp.ProbeState.PASSED)

    def test_a_probe_that_raises(self) -> None:
        with daotp.Doctor() as doctor:
            doctor.add_probe("bad", "one that raises", lambda findings: daotp.Status(1 // 0))
            with self.assertRaises(ZeroDivisionError):
                doctor.run()

    def test_a_client_is_not_closed_while_a_run_uses_it(self) -> None:
        client = waiting_client("https://127.0.0.1:1/otp")
        doctor = daotp.Doctor(client)
        doctor.add_probe("slow", "one that waits", lambda findings: daotp.Status.AGAIN)
        doctor.begin()
        for _ in range(2):
            with self.assertRaises(daotp.UsageError):
                client.close()
            self.assertFalse(doctor.step())
        doctor.cancel()
        with self.assertRaises(daotp.CancelledError):
            doctor.step()
        doctor.begin()
        doctor.close()
        other = daotp.Doctor(client)
        other.begin()
        del other  # the last reference to a run under way
        client.close()

    def test_a_client_that_was_closed(self) -> None:
        client = waiting_client("https://127.0.0.1:1/otp")
        with daotp.Doctor(client) as doctor:
            client.close()
            with self.assertRaises(daotp.UsageError):
                doctor.run()


class Fork(unittest.TestCase):
    def test_a_child_neither_uses_nor_frees(self) -> None:
        code = """
import gc, os, sys, daotp
from daotp import _table
from daotp._library import lib
freed = []
before = lib.daotp_store_unref
lib.daotp_store_unref = lambda address: (freed.append(os.getpid()), before(address))
store = daotp.Store()
other = daotp.Store()
pid = os.fork()
if pid == 0:
    try:
        store.entries()
    except daotp.UsageError as error:
        assert "parent" in str(error), error
    else:
        os._exit(2)
    del other
    store.close()
    gc.collect()
    with daotp.Store() as mine:  # its own is fine
        mine.entries()
    os._exit(0 if freed == [os.getpid()] else 3)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
store.entries()
store.close()
del other
assert freed == [os.getpid()] * 2, freed
"""
        command = [sys.executable, "-c", code]
        run = subprocess.run(
            command, env=support.environment(), cwd="/", capture_output=True, text=True, check=False
        )
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_finalizers_of_a_child_that_exits_as_usual(self) -> None:
        code = """
import os, sys, daotp
client = daotp.Client()
pid = os.fork()
if pid == 0:
    sys.exit(0)  # runs atexit
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
try:
    client.prepare("CORP\\\\alice")
except daotp.ConfigurationError:
    print("fine")
"""
        run = subprocess.run(
            [sys.executable, "-c", code],
            env=support.environment(), cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual((run.returncode, run.stdout), (0, "fine\n"), run.stderr)


class Weak(unittest.TestCase):
    def test_handles_can_be_referenced_weakly(self) -> None:
        store = daotp.Store()
        seen = weakref.ref(store)
        del store
        gc.collect()
        self.assertIsNone(seen())


if __name__ == "__main__":
    support.main()
