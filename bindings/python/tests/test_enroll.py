# SPDX-License-Identifier: BSD-2-Clause
"""Enrolments against the lab, blocking and by asyncio; the certificate judged; ends of one's own."""
import asyncio
import os
import pathlib
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from base64 import b64encode
from typing import Any, Dict, Iterable, List, Optional, Tuple
from xml.etree import ElementTree

import support
from support import PASSWORD, UPN, USER
import daotp

LAB: support.Lab


def setUpModule() -> None:
    global LAB
    LAB = support.Lab()


def tearDownModule() -> None:
    LAB.down()


def new_client(
    ca: Optional[daotp.CA] = None, context: Optional[daotp.Context] = None
) -> daotp.Client:
    return LAB.client(ca, context)


class ByRpc(unittest.TestCase):
    """As Windows does: her password goes to the KDC, her ticket to the CA."""

    def setUp(self) -> None:
        if shutil.which("krb5kdc", path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
            self.skipTest("no KDC is installed")
        self.lab = support.Lab("--kdc")
        self.addCleanup(self.lab.down)

    def test_both_ways(self) -> None:
        asked: List[Tuple[str, daotp.HostOrigin]] = []
        env = self.lab.env

        def ask(host: str, origin: daotp.HostOrigin, _attempt: int) -> Tuple[str, bytearray]:
            asked.append((host, origin))
            return USER, bytearray(PASSWORD.encode())

        for way in (daotp.CaWay.ICPR, daotp.CaWay.DCOM):
            with daotp.CA.rpc(way) as ca, self.lab.client(ca) as client:
                ca.allow_host("localhost")
                ca.set_ticket_cache("MEMORY:none")
                ca.set_realm(env["LAB_REALM"], env["LAB_KDC"])
                ca.set_mapper_port(int(env["LAB_CA_MAPPER_PORT"]))
                ca.set_rpc_mechanism(daotp.CaRpcMechanism.KERBEROS)
                client.set_domain_callback(ask)
                client.prepare(USER)
                self.assertEqual(client.enroll(self.lab.code("alice")).upn, UPN)
                ca.ping(env["LAB_CA_CONFIG"], USER, ask)
        self.assertEqual(asked, [(env["LAB_REALM"], daotp.HostOrigin.CONFIGURED)] * 4)

    def test_a_ca_says_what_it_is(self) -> None:
        env = self.lab.env
        config = env["LAB_CA_CONFIG"]

        def ask(_host: str, _origin: daotp.HostOrigin, _attempt: int) -> Tuple[str, bytearray]:
            return USER, bytearray(PASSWORD.encode())

        with daotp.CA.rpc() as ca:
            ca.allow_host("localhost")
            ca.set_ticket_cache("MEMORY:none")
            ca.set_realm(env["LAB_REALM"], env["LAB_KDC"])
            ca.set_mapper_port(int(env["LAB_CA_MAPPER_PORT"]))
            for asked in (config, "localhost"):
                info = ca.ask_info(asked, USER, ask)
                self.assertEqual("localhost\\" + info.name, config)
                self.assertIn(daotp.CATemplate("DAOTPLogon", env["LAB_TEMPLATE"]), info.templates)
                self.assertEqual(len(info.certificates), 2)
                self.assertEqual(info.pem.count("BEGIN CERTIFICATE"), 2)
            with self.assertRaises(daotp.Error) as raised:
                ca.ask_info("localhost\\Another CA", USER, ask)
            assert raised.exception.report is not None
            self.assertIn("CA-ARGUMENT", [finding.id for finding in raised.exception.report.findings])
            machine, keytab = "LAB\\da1$", f"FILE:{self.lab.path}/kdc/ra.keytab"
            template = next(one.oid for one in info.templates if one.name == "DAOTPRA")
            ca.set_keytab(keytab)
            with daotp.Key.generate(daotp.KeyKind.P256) as key, daotp.Key.generate(daotp.KeyKind.P256) as next_key:
                first = ca.enroll_ra(config, machine, template, "da1.lab.example", key)
                second = ca.renew_ra(config, machine, first, next_key)
                self.assertNotEqual(first.serial, second.serial)
                with self.assertRaises(daotp.Error):
                    ca.enroll_ra(config, machine, "no identifier", "da1.lab.example", key)
            ca.set_keytab("FILE:/nonexistent/keytab")
            with self.assertRaises(daotp.Error):
                ca.ask_info(config, USER)
            ca.set_keytab(None)

    def test_password_that_comes_later(self) -> None:
        """By either way the submission waits for it, is asked for it once, and goes on; the code is
        spent by then."""
        asked: List[str] = []
        env = self.lab.env

        def ask(host: str, _origin: daotp.HostOrigin, _attempt: int) -> daotp.Later:
            asked.append(host)
            return daotp.LATER

        async def enroll(client: daotp.Client, answer: Optional[str]) -> str:
            asked.clear()
            await client.prepare_async(USER)
            task = asyncio.create_task(client.enroll_async(self.lab.code("alice")))
            while not asked and not task.done():
                await asyncio.sleep(0.01)
            if answer is None:
                client.answer_domain(None)
            else:
                client.answer_domain(USER, bytearray(answer.encode()))
            return (await task).upn

        for way in (daotp.CaWay.ICPR, daotp.CaWay.DCOM, daotp.CaWay.AUTO):
            with self.subTest(way), self.by_rpc(way) as ca, self.lab.client(ca) as client:
                client.set_domain_callback(ask)
                self.assertEqual(asyncio.run(enroll(client, PASSWORD)), UPN)
                self.assertEqual(asked, [env["LAB_REALM"]])
                with self.assertRaises(daotp.ConfigurationError) as caught:
                    asyncio.run(enroll(client, None))
                assert caught.exception.finding is not None
                self.assertEqual(caught.exception.finding.id, "DOMAIN-CREDENTIAL")
                self.assertEqual(asked, [env["LAB_REALM"]])

    def by_rpc(self, way: daotp.CaWay) -> daotp.CA:
        ca = daotp.CA.rpc(way)
        ca.allow_host("localhost")
        ca.set_ticket_cache("MEMORY:none")
        ca.set_realm(self.lab.env["LAB_REALM"], self.lab.env["LAB_KDC"])
        ca.set_mapper_port(int(self.lab.env["LAB_CA_MAPPER_PORT"]))
        return ca

    def test_asked_for_later(self) -> None:
        """Put aside by ICPR, fetched by DCOM and a client that has only the key; without a code."""
        env = self.lab.env

        def ask(_host: str, _origin: daotp.HostOrigin, _attempt: int) -> Tuple[str, bytearray]:
            return USER, bytearray(PASSWORD.encode())

        self.lab.turn("break", "ca-pending")
        with self.by_rpc(daotp.CaWay.ICPR) as ca, self.lab.client(ca) as client:
            client.set_domain_callback(ask)
            client.prepare(USER)
            with self.assertRaises(daotp.RejectedError) as caught:
                client.enroll(self.lab.code("alice"))
            pending, key = caught.exception.finding, client.get_key()
        assert pending is not None and key is not None
        self.assertEqual(pending.id, "CA-PENDING")
        number = pending.found.split()[1].strip(":;,")
        with self.by_rpc(daotp.CaWay.DCOM) as ca, self.lab.client(ca) as client:
            client.set_domain_callback(ask)
            client.set_key(key)
            with self.assertRaises(daotp.RejectedError):
                client.set_pending_request(env["LAB_CA_CONFIG"], number)
                client.resume(USER)
        self.lab.turn("mend", "ca-pending")
        with self.by_rpc(daotp.CaWay.DCOM) as ca, self.lab.client(ca) as client:
            client.set_domain_callback(ask)
            client.set_key(key)
            client.set_pending_request(env["LAB_CA_CONFIG"], number)
            self.assertEqual(client.resume(USER).upn, UPN)
            client.set_pending_request(env["LAB_CA_CONFIG"], "first")
            with self.assertRaises(daotp.UsageError):
                client.resume(USER)


class Blocking(unittest.TestCase):
    def test_alice(self) -> None:
        seen: List[Tuple[daotp.Stage, daotp.StageState]] = []
        store = daotp.Store()
        with new_client() as client:
            client.set_store(store)
            client.set_progress_callback(lambda stage, state: seen.append((stage, state)))
            client.prepare(USER)
            code = LAB.code("alice")
            credential = client.enroll(code)
            self.assertEqual(code, bytes(6))
            report = client.report
        self.assertEqual(credential.upn, UPN)
        self.assertEqual(credential.subject, "CN=Alice Example,CN=Users,DC=lab,DC=example")
        self.assertIn("Lab Issuing CA", credential.issuer)
        self.assertLess(credential.not_before, credential.not_after)
        self.assertEqual(credential.key.kind, daotp.KeyKind.P256)
        self.assertIn((daotp.Stage.SUBMIT, daotp.StageState.PASSED), seen)
        self.assertEqual(report.status, daotp.Status.OK)
        self.assertIn("OTP-SERIAL", [finding.id for finding in report.findings])
        self.look_into(store, credential)
        self.judge(credential)

    def test_templates_of_the_policy_service(self) -> None:
        with daotp.CA.wstep(LAB.env["LAB_CEP"]) as service:
            service.set_trust(daotp.Trust(LAB.env["LAB_TRUST"]))
            (template,) = service.fetch_templates(USER, support.give_password)
            self.assertEqual((template.name, template.oid), ("DAOTPLogon", LAB.env["LAB_TEMPLATE"]))
            self.assertEqual(template.numbers[daotp.TemplateNumber.KEY_BITS], 2048)
            self.assertIn("Lab Issuing CA", template.cas[0].name)
            self.assertEqual(template.cas[0].urls[daotp.CaAuthentication.USERNAME], LAB.env["LAB_CES"])
            ssl.DER_cert_to_PEM_cert(template.cas[0].certificate)
            with self.assertRaises(daotp.ConfigurationError):
                service.fetch_templates(USER)
        with daotp.CA.wstep() as without, self.assertRaises(daotp.UsageError):
            without.fetch_templates(USER)

    def test_each_way_of_connecting(self) -> None:
        with new_client() as client:
            client.set_preflight(False)
            client.set_tls12_only()
            client.set_connect_timeout_ms(5000)
            client.set_ignore_head()
            client.set_server_revocation(daotp.Revocation.IGNORE)
            client.add_ntauth(None)
            with self.assertRaises(daotp.PeerError):
                client.add_ntauth(b"no certificate")
            client.prepare(USER)
            self.assertIn("PREPARE-NO-PREFLIGHT", [finding.id for finding in client.report.findings])
            self.assertEqual(client.enroll(LAB.code("alice")).upn, UPN)

    def test_answers_that_come_later(self) -> None:
        """In prepare, for the host is known; then the account; nothing is asked twice."""
        asked: List[str] = []

        def ask(host: str, _origin: daotp.HostOrigin, _attempt: int) -> daotp.Later:
            asked.append(host)
            return daotp.LATER

        def look_up(user_name: str) -> daotp.Later:
            asked.append(user_name)
            return daotp.LATER

        async def enroll() -> str:
            with new_client() as client:
                with self.assertRaises(daotp.UsageError):
                    client.answer_domain(USER, bytearray(b"x"))
                client.set_ask_early()
                client.set_deadline_ms(60000)
                client.set_domain_callback(ask)
                client.set_account(None)
                client.set_account_callback(look_up)
                task = asyncio.create_task(client.prepare_async(USER))
                while len(asked) < 1:
                    await asyncio.sleep(0.01)
                client.answer_account(daotp.Account(upn=UPN))
                while len(asked) < 2:
                    await asyncio.sleep(0.01)
                password = bytearray(PASSWORD.encode())
                client.answer_domain(USER, password)
                self.assertEqual(password, bytes(len(password)))
                await task
                return (await client.enroll_async(LAB.code("alice"))).upn

        self.assertEqual(asyncio.run(enroll()), UPN)
        self.assertEqual(asked, [USER, "localhost"])

    def test_a_setting_that_is_refused_is_told(self) -> None:
        key = daotp.Key.generate(daotp.KeyKind.P256)
        with new_client() as client:
            with self.assertRaises(daotp.UsageError) as caught:
                client.set_request(b"no request", key)
            assert caught.exception.finding is not None
            self.assertEqual(caught.exception.finding.id, "CALL-ARGUMENT")
            self.assertEqual(caught.exception.finding.subject, "request")
            with self.assertRaises(daotp.UsageError):
                client.set_request(b"no key")

    def look_into(self, store: daotp.Store, credential: daotp.Credential) -> None:
        entry = store.entries()[0]
        self.assertEqual((entry.label, entry.upn), (UPN, UPN))
        self.assertEqual(entry.not_after, credential.not_after)
        self.assertEqual(entry.state, daotp.StoreState.VALID)
        self.assertEqual(store.get(UPN).certificates, credential.certificates)
        with tempfile.TemporaryDirectory() as folder:
            kept = daotp.Store.from_directory(pathlib.Path(folder) / "kept")
            kept.put("alice", credential)
            self.assertEqual(kept.get("alice").pem, credential.pem)
            self.assertEqual(kept.expire(), 0)
            kept.remove("alice")
            with self.assertRaises(daotp.RejectedError) as caught:
                kept.get("alice")
            self.assertEqual(caught.exception.finding.id, "STORE-MISSING")  # type: ignore
            self.assertEqual(kept.report.status, daotp.Status.REJECTED)

    def judge(self, credential: daotp.Credential) -> None:
        trust = daotp.Trust(LAB.env["LAB_TRUST"])
        fetcher = daotp.Fetcher("127.0.0.0/8")
        verifier = daotp.Verifier(trust, role=daotp.Role.OTP_LOGON, fetcher=fetcher)
        verifier.add_name(daotp.NameKind.UPN, UPN)
        chain = verifier.verify(credential.pem.encode())
        self.assertEqual(chain.certificates[0], credential.certificates[0])
        self.assertTrue(chain.subjects[0].startswith(f"{credential.subject}, serial "), chain.subjects)
        self.assertEqual(len(chain.certificates), 3)
        self.assertEqual(asyncio.run(verifier.verify_async(credential.pem.encode())), chain)
        verifier.add_name(daotp.NameKind.UPN, "bob@LAB.EXAMPLE")
        with self.assertRaises(daotp.RejectedError):
            verifier.verify(credential.pem.encode())
        verifier.add_name(daotp.NameKind.UPN, None)
        verifier.set_time_s(credential.not_after + 100)
        with self.assertRaises(daotp.RejectedError):
            asyncio.run(verifier.verify_async(credential.pem.encode()))
        blind = daotp.Verifier(trust)  # may not fetch
        with self.assertRaises(daotp.UndecidedError) as caught:
            blind.verify(credential.pem.encode())
        self.assertIsNotNone(caught.exception.report)
        blind.set_revocation(daotp.Revocation.IGNORE)
        blind.verify(credential.pem.encode())
        prefetch = daotp.Prefetch(fetcher)
        prefetch.run(3600)
        asyncio.run(prefetch.run_async(3600))
        self.assertEqual(prefetch.report.status, daotp.Status.OK)

    def test_a_refused_password_is_not_sent_again(self) -> None:
        asked: List[Tuple[str, daotp.HostOrigin, int]] = []

        def ask(host: str, origin: daotp.HostOrigin, attempt: int) -> Tuple[str, bytearray]:
            asked.append((host, origin, attempt))
            return USER, bytearray(b"wrong")

        with new_client() as client:
            self.assertIsNone(client.ca_authentication)
            client.set_domain_callback(ask)
            client.prepare(USER)
            self.assertEqual(client.ca_authentication, daotp.CaAuthentication.USERNAME)
            for finding in ("CA-CREDENTIAL", "DOMAIN-REPEATED", "DOMAIN-REPEATED"):
                with self.assertRaisesRegex(daotp.RejectedError, finding):
                    client.enroll(LAB.code("alice"))
        where = ("localhost", daotp.HostOrigin.CONFIGURED)
        self.assertEqual(asked, [(*where, 1), (*where, 2), (*where, 2)])

    def test_a_wrong_code(self) -> None:
        with new_client() as client:
            client.prepare(USER)
            code = bytearray(b"000000")
            with self.assertRaises(daotp.RejectedError) as caught:
                client.enroll(code)
            self.assertEqual(code, bytes(6))
            error = caught.exception
            self.assertEqual(error.finding.number, daotp.FindingNumber.OTP_AUTHENTICATION)  # type: ignore
            self.assertEqual(error.stage, daotp.Stage.OTP)
            client.enroll(LAB.code("alice"))  # begun again with a new code

    def test_what_a_callback_raises_ends_the_enrolment(self) -> None:
        def fail(*_: object) -> Optional[Tuple[str, bytearray]]:
            raise LookupError("no password today")

        with new_client() as client:
            client.set_domain_callback(fail)
            with self.assertRaisesRegex(LookupError, "no password today"):
                client.prepare(USER)
                client.enroll(LAB.code("alice"))

    def test_the_directory_is_asked(self) -> None:
        asked: List[str] = []

        def look_up(user_name: str) -> daotp.Account:
            asked.append(user_name)
            return daotp.Account(upn=UPN, dn="CN=Alice Example,CN=Users,DC=lab,DC=example")

        with new_client() as client:
            client.set_account(None)
            client.set_account_callback(look_up)
            client.prepare(USER)
            self.assertEqual(client.enroll(LAB.code("alice")).upn, UPN)
        self.assertEqual(asked, [USER])

    def test_the_example_of_under_ten_lines(self) -> None:
        path = support.PACKAGE / "examples" / "enroll.py"
        code = path.read_text(encoding="utf-8").split("\n", 2)[2]
        page = support.PACKAGE.parent.parent / "docs" / "manual" / "python.md"
        self.assertIn(code, page.read_text(encoding="utf-8"))
        lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
        self.assertLess(len([line for line in lines if line]), 10)
        given = LAB.code("alice").decode() + f"\n{PASSWORD}\n"
        run = subprocess.run(
            [sys.executable, str(path)], env=dict(support.environment(), **LAB.env),
            input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(run.stdout, "CN=Alice Example,CN=Users,DC=lab,DC=example\n", run.stderr)


class Settings(unittest.TestCase):
    def test_a_client_certificate_in_the_place_of_a_password(self) -> None:
        how = daotp.CaAuthentication.CERTIFICATE
        env = LAB.env
        with daotp.CA.wstep(env["LAB_CES_CERT"], how) as ca, new_client(ca) as client:
            client.set_domain_callback(None)
            with self.assertRaises(daotp.ConfigurationError) as caught:  # known before the code
                client.prepare(USER)
            self.assertIn("TLS-CLIENT-CERT-MISSING", str(caught.exception))
            ca.set_identity(daotp.Credential.load(env["LAB_MACHINE_CERT"], env["LAB_MACHINE_KEY"]))
            ca.set_trust(daotp.Trust(env["LAB_TRUST"]))
            client.prepare(USER)
            self.assertEqual(client.enroll(LAB.code("alice")).upn, UPN)

    def test_what_is_issued_is_judged(self) -> None:
        trust = daotp.Trust(LAB.env["LAB_TRUST"])
        trust.add_intermediates((LAB.path / "pki/issuing.pem").read_bytes())
        with new_client() as client:
            client.set_issuer_trust(trust)
            client.set_fetcher(daotp.Fetcher("127.0.0.0/8"))
            client.prepare(USER)
            client.enroll(LAB.code("alice"))
            for stage in (daotp.Stage.CHAIN, daotp.Stage.REVOCATION):
                self.assertEqual(client.report.stages[stage].state, daotp.StageState.PASSED)
            client.set_fetcher(None)  # no CRL may be fetched
            client.prepare(USER)
            with self.assertRaises(daotp.UndecidedError) as caught:
                client.enroll(LAB.code("alice"))
            self.assertEqual(caught.exception.stage, daotp.Stage.REVOCATION)
            client.set_issuer_trust(trust, daotp.Revocation.IGNORE)
            client.prepare(USER)
            client.enroll(LAB.code("alice"))

    def test_a_lifetime_that_is_too_long(self) -> None:
        with new_client() as client:
            client.set_max_lifetime_s(600)  # the lab's are good for an hour
            client.prepare(USER)
            with self.assertRaises(daotp.RejectedError) as caught:
                client.enroll(LAB.code("alice"))
            self.assertIn("OTP-LIFETIME", str(caught.exception))

    def test_a_request_carried_by_hand(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            request, answer = (pathlib.Path(folder) / name for name in ("request", "certificate"))
            with daotp.CA.by_hand(request, answer) as ca, new_client(ca) as client:
                client.prepare(USER)
                client.set_timeout_ms(1000)
                with self.assertRaises(daotp.Error) as caught:
                    client.enroll(LAB.code("alice"))
                self.assertEqual(caught.exception.stage, daotp.Stage.SUBMIT)
            self.assertIn("alice", daotp.describe(request.read_bytes()))


class Lists(unittest.TestCase):
    def test_a_crl(self) -> None:
        with urllib.request.urlopen(LAB.env["LAB_CRL"] + "/issuing.crl", timeout=20) as answer:
            data = answer.read()
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            crl = daotp.Crl(file.name)
        with crl:
            self.assertIn("Lab Issuing CA", crl.issuer)
            self.assertLess(crl.this_update, crl.next_update)
            self.assertEqual((crl.size, crl.is_indirect, crl.base_number), (len(data), False, ""))
            self.assertIn("authority key identifier", crl.describe())
            self.assertTrue(crl.describe(daotp.Format.JSON).startswith("["))
            self.assertTrue(crl.number)
            with self.assertRaises(daotp.UndecidedError):  # not verified before
                crl.find(b"\x01")
            with self.assertRaises(daotp.UndecidedError):
                crl.verify((LAB.path / "pki/root.pem").read_bytes())
            crl.verify((LAB.path / "pki/issuing.pem").read_bytes())
            self.assertEqual(len(crl), 0)
            self.assertIsNone(crl.find(b"\x01"))


class Coroutines(unittest.TestCase):
    def test_two_users_at_once(self) -> None:
        # before either connects: where no code is left the responder begins anew
        codes = {user: LAB.code(user) for user in ("alice", "bob")}

        async def enroll(user: str, password: str) -> str:
            with new_client() as client:
                client.set_account(f"{user}@LAB.EXAMPLE")
                client.set_domain_callback(
                    lambda *_: (f"LAB\\{user}", bytearray(password.encode()))
                )
                await client.prepare_async(f"LAB\\{user}")
                return (await client.enroll_async(codes[user])).upn

        async def work() -> List[str]:
            return list(
                await asyncio.gather(
                    enroll("alice", PASSWORD), enroll("bob", "b&b<\"bob'$>]]")
                )
            )

        self.assertEqual(asyncio.run(work()), [UPN, "bob@LAB.EXAMPLE"])

    def test_a_wrong_code(self) -> None:
        async def work() -> None:
            with new_client() as client:
                await client.prepare_async(USER)
                await client.enroll_async(bytearray(b"000000"))

        with self.assertRaises(daotp.RejectedError):
            asyncio.run(work())


TRUST = "{http://docs.oasis-open.org/ws-sx/ws-trust/200512}"
SECEXT = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
ENVELOPE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>
<a:Action>http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep</a:Action>
<a:MessageID>urn:uuid:1</a:MessageID>
<o:Security xmlns:o="{ns}"><o:UsernameToken><o:Username>{user}</o:Username>
<o:Password>{password}</o:Password></o:UsernameToken></o:Security></s:Header><s:Body>
<RequestSecurityToken xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512">
<RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>
<BinarySecurityToken xmlns="{ns}" ValueType="{ns}#PKCS7">{request}</BinarySecurityToken>
</RequestSecurityToken></s:Body></s:Envelope>"""


class Courier(daotp.Transport):
    """A way to the lab's CA that is not the library's."""

    origin = daotp.HostOrigin.CONFIGURED

    def __init__(self) -> None:
        self.calls: List[str] = []
        self.rounds = 0

    def begin(self, submission: daotp.Submission) -> Dict[str, Any]:
        self.calls.append(f"begin {submission.host} {submission.ca_name} {submission.config}")
        return {"round": 0}

    def timeout_ms(self, state: Any) -> int:
        return 10

    def step(self, state: Any, submission: daotp.Submission) -> daotp.Status:
        state["round"] += 1
        if state["round"] == 1:
            return daotp.Status.AGAIN
        return self.submit(submission)

    def submit(self, submission: daotp.Submission) -> daotp.Status:
        user, password = submission.ask_credential("localhost", self.origin)
        envelope = ENVELOPE.format(
            ns=SECEXT, user=user, password=password.decode(),
            request=b64encode(submission.request).decode(),
        )  # fmt: skip
        daotp.wipe(password)
        request = urllib.request.Request(
            LAB.env["LAB_CES"], envelope.encode(),
            {"Content-Type": "application/soap+xml; charset=utf-8"},
        )  # fmt: skip
        tls = ssl.create_default_context(cafile=LAB.env["LAB_TRUST"])
        with urllib.request.urlopen(request, context=tls, timeout=20) as answer:
            root = ElementTree.fromstring(answer.read())
        path = f".//{TRUST}RequestedSecurityToken/{{{SECEXT}}}BinarySecurityToken"
        token = root.findtext(path) or ""
        return submission.issued(ssl.PEM_cert_to_DER_cert(
            f"-----BEGIN CERTIFICATE-----\n{token.strip()}\n-----END CERTIFICATE-----"
        ))  # fmt: skip

    def check(self, submission: daotp.Submission) -> daotp.Status:
        self.calls.append(f"check {submission.request!r}")
        self.checked = submission
        return daotp.Status.OK

    def end(self, state: Any) -> None:
        self.calls.append("end")

    def free(self) -> None:
        self.calls.append("free")


class Obedient(Courier):
    """It goes where the server says."""

    origin = daotp.HostOrigin.FROM_SERVER

    def check(self, submission: daotp.Submission) -> daotp.Status:
        submission.check_host(submission.host)
        return daotp.Status.OK


class Denying(Courier):
    def submit(self, submission: daotp.Submission) -> daotp.Status:
        return submission.denied(0x80094012, "not for you")


class Pending(Courier):
    def submit(self, submission: daotp.Submission) -> daotp.Status:
        trust = submission.get_trust(daotp.Context())
        assert trust is not None
        self.calls.append(f"{len(trust)} anchor")
        submission.set_disposition("4711", "Unter Vorbehalt")
        if submission.holds_certificate(b"no certificate"):
            raise AssertionError("a certificate in no certificate")
        return submission.pending("4711")


class Explaining(Courier):
    def submit(self, submission: daotp.Submission) -> daotp.Status:
        report, since = submission.report, len(submission.report)
        report.add(daotp.FindingNumber.TCP_FAILED, "ca:443", "no route", 113)
        assert len(report) == since + 1
        return report.conclude(since, daotp.FindingNumber.CA_TRANSPORT, "ca", "the courier fell")


class Silent(Courier):
    def needs(self) -> int:
        return daotp.CaNeed.TAKES_TICKET

    def submit(self, submission: daotp.Submission) -> daotp.Status:
        self.calls.append(f"{submission.user_name} {submission.has_ticket} {submission.proxy}")
        submission.check_host_form(submission.host)
        submission.set_unread(1)
        return daotp.Status(99)


class Failing(Courier):
    def submit(self, submission: daotp.Submission) -> daotp.Status:
        raise ZeroDivisionError("in the transport")


class OwnEnds(unittest.TestCase):
    def enroll(self, transport: daotp.Transport, **setters: Any) -> daotp.Credential:
        ca = daotp.CA.from_transport(transport)
        for host in setters.get("hosts", ()):
            ca.allow_host(host)
        with new_client(ca) as client:
            if "store" in setters:
                client.set_store(setters["store"], "mine")
            client.prepare(USER)
            return client.enroll(LAB.code("alice"))

    def test_a_transport(self) -> None:
        courier = Courier()
        self.assertEqual(self.enroll(courier).upn, UPN)
        config = LAB.env["LAB_CA_CONFIG"]
        host, name = config.split("\\")
        self.assertEqual(courier.calls[0], "check b''")
        self.assertEqual(courier.calls[-3:], [f"begin {host} {name} {config}", "end", "free"])
        with self.assertRaisesRegex(daotp.UsageError, "ended"):
            courier.checked.request

    def test_a_host_that_the_server_names(self) -> None:
        with self.assertRaisesRegex(daotp.ConfigurationError, "CA-HOST-LIST"):
            self.enroll(Obedient())
        with self.assertRaisesRegex(daotp.RejectedError, "CA-HOST .*localhost"):
            self.enroll(Obedient(), hosts=[".corp.example"])
        self.assertEqual(self.enroll(Obedient(), hosts=[".corp.example", "localhost"]).upn, UPN)

    def test_a_transport_that_is_refused(self) -> None:
        with self.assertRaises(daotp.RejectedError) as caught:
            self.enroll(Denying())
        self.assertEqual(caught.exception.stage, daotp.Stage.SUBMIT)
        self.assertIn("0x80094012", str(caught.exception.report).lower())

    def test_a_transport_that_has_to_wait_for_a_manager(self) -> None:
        courier = Pending()
        with self.assertRaises(daotp.RejectedError) as caught:
            self.enroll(courier)
        self.assertRegex(str(caught.exception), "CA-PENDING .*4711: Unter Vorbehalt")
        self.assertIn("1 anchor", courier.calls)

    def test_a_transport_that_explains(self) -> None:
        with self.assertRaises(daotp.NetworkError) as caught:
            self.enroll(Explaining())
        report = caught.exception.report
        assert report is not None and report.error is not None and report.cause is not None
        self.assertEqual((report.error.id, report.error.found), ("CA-TRANSPORT", "the courier fell"))
        self.assertEqual((report.cause.id, report.cause.upstream), ("TCP-FAILED", 113))

    def test_a_transport_that_does_not(self) -> None:
        silent = Silent()
        with self.assertRaises(daotp.InternalError) as caught:
            self.enroll(silent)
        assert caught.exception.finding is not None
        self.assertEqual(caught.exception.finding.id, "CA-UNEXPLAINED")
        self.assertIn("LAB\\alice False None", silent.calls)

    def test_a_transport_that_raises(self) -> None:
        transport = Failing()
        with self.assertRaisesRegex(ZeroDivisionError, "in the transport"):
            self.enroll(transport)
        self.assertEqual(transport.calls[-2:], ["end", "free"])

    def test_a_store(self) -> None:
        items: Dict[str, daotp.Item] = {}

        class Shelf(daotp.StoreBackend):
            def put(self, label: str, item: daotp.Item, report: daotp.Findings) -> None:
                items[label] = item

            def get(self, label: str, report: daotp.Findings) -> daotp.Item:
                item = items[label]
                return daotp.Item(item.certificates, item.key[:])

            def remove(self, label: str, report: daotp.Findings) -> Optional[daotp.Status]:
                if label == "nailed":
                    return report.add(
                        daotp.FindingNumber.STORE_BACKEND, "the shelf", "it is nailed on", 7
                    )
                del items[label]
                return None

            def labels(self, report: daotp.Findings) -> Iterable[str]:
                if "broken" in items:
                    raise OSError("the shelf is broken")
                return items

        store = daotp.Store.from_backend(Shelf())
        credential = self.enroll(Courier(), store=store)
        self.assertEqual(items["mine"].not_after, credential.not_after)
        self.assertTrue(items["mine"].key.startswith(b"-----BEGIN PRIVATE KEY-----"))
        self.assertEqual([entry.label for entry in store.entries()], ["mine"])
        self.assertEqual(store.get("mine").pem, credential.pem)
        with self.assertRaises(daotp.RejectedError):
            store.get("other")
        items["broken"] = items["mine"]
        with self.assertRaisesRegex(OSError, "the shelf is broken"):
            store.entries()
        del items["broken"]
        with self.assertRaises(daotp.ConfigurationError) as caught:
            store.remove("nailed")
        finding = caught.exception.finding
        assert finding is not None
        self.assertEqual((finding.id, finding.found), ("STORE-BACKEND", "it is nailed on"))
        self.assertEqual((finding.subject, finding.upstream), ("the shelf", 7))
        store.remove("mine")
        self.assertEqual(items, {})


ENROLL_AND_WAIT = """
import os, sys
import daotp
lab = os.environ
client = daotp.Client(lab["LAB_URL"], trust=daotp.Trust(lab["LAB_TRUST"]),
                      ca=daotp.CA.wstep(lab["LAB_CES"]), template=lab["LAB_TEMPLATE"])
client.set_identity(daotp.Credential.load(lab["LAB_MACHINE_CERT"], lab["LAB_MACHINE_KEY"]))
client.set_account("alice@LAB.EXAMPLE")
client.set_domain_callback(lambda *_: ("alice", bytearray(b"x")))
client.prepare("LAB\\\\alice")
code = daotp.read_secret()
kept = bytes(code) if len(sys.argv) > 1 else None
try:
    client.enroll(code)
except daotp.RejectedError as error:
    print(error.finding.id, flush=True)
sys.stdin.readline()
"""


class Residue(unittest.TestCase):
    def count(self, *args: str) -> int:
        """How often a refused code is in the memory of a program of its own afterwards."""
        child = subprocess.Popen(
            [sys.executable, "-c", ENROLL_AND_WAIT, *args], stdin=subprocess.PIPE,
            env=dict(support.environment(), **LAB.env), cwd="/", stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdin is not None and child.stdout is not None
        mark = secrets.token_hex(24)
        child.stdin.write(mark + "\n")
        child.stdin.flush()
        try:
            self.assertEqual(child.stdout.readline(), "OTP-AUTHENTICATION\n")
            return found_in(child.pid, mark.encode())
        finally:
            child.communicate("\n", timeout=20)

    @unittest.skipIf("LD_PRELOAD" in os.environ, "a sanitizer's memory has no end")
    def test_the_code_is_not_left_in_memory(self) -> None:
        try:
            kept = self.count("keep it")
        except PermissionError:
            self.skipTest("may not look into another process")
        self.assertGreaterEqual(kept, 1)  # what is there is found
        self.assertEqual(self.count(), 0)


def found_in(pid: int, mark: bytes) -> int:
    """In all that the process can write to."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(one, 16) for one in place.split("-"))
            memory.seek(start)
            found += memory.read(end - start).count(mark)
    return found


if __name__ == "__main__":
    support.main()
