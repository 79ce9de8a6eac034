# SPDX-License-Identifier: BSD-2-Clause
"""Kerberos: the logon proof at the lab's KDC, and the request submitted by HTTP Negotiate with a ticket
of it, to Apache in IIS's place."""
import asyncio
import contextlib
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import time
import unittest
import unittest.mock
from typing import Dict, Iterator, List, Optional, Tuple

import support
from support import UPN, USER
import daotp

FRONT = support.TOP / "tests" / "lab" / "negotiate.sh"
LAB: support.Lab


def setUpModule() -> None:
    global LAB
    if shutil.which("krb5kdc", path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
        raise unittest.SkipTest("no krb5kdc")
    with daotp.Client("https://127.0.0.1:1/") as client:
        client.set_logon_proof()
        with contextlib.suppress(daotp.Error):
            client.prepare(USER)
        if "BUILD-WITHOUT" in [finding.id for finding in client.report.findings]:
            raise unittest.SkipTest("built without libkrb5")
    LAB = support.Lab("--kdc")


def tearDownModule() -> None:
    LAB.down()


@contextlib.contextmanager
def kerberos(config: pathlib.Path, cache: Optional[pathlib.Path] = None) -> Iterator[None]:
    """What libkrb5 takes from the environment: read anew by each use."""
    found = {"KRB5_CONFIG": str(config), "KRB5CCNAME": f"FILE:{cache or '/nonexistent/cache'}"}
    with unittest.mock.patch.dict(os.environ, found):
        yield


class Logon(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.empty = pathlib.Path(folder.name) / "krb5.conf"
        self.empty.write_text("", encoding="utf-8")
        # libkrb5 judges the user's own certificate too, and asks here for the CA that issued it
        names = ("root.pem", "issuing.pem")
        self.anchors = str(self.empty.with_name("anchors.pem"))
        pathlib.Path(self.anchors).write_bytes(b"".join((LAB.path / "pki" / name).read_bytes() for name in names))

    def enroll(
        self, kdc: Optional[str] = None, realm: Optional[str] = None, anchors: Optional[str] = None,
        config: Optional[pathlib.Path] = None,
    ) -> daotp.Report:
        """An enrolment with the proof by these settings; its report, also when it fails."""
        with kerberos(config or self.empty), LAB.client() as client:
            client.set_logon_proof()
            client.set_logon_realm(realm, kdc=kdc)
            client.set_logon_anchors(anchors)
            client.prepare(USER)
            code = LAB.code("alice")
            with contextlib.suppress(daotp.Error):
                self.assertEqual(client.enroll(code).upn, UPN)
            return client.report

    def state_of(self, report: daotp.Report) -> daotp.StageState:
        self.assertEqual(report.stages[daotp.Stage.SUBMIT].state, daotp.StageState.PASSED)
        return report.stages[daotp.Stage.LOGON].state

    def expect_failure(self, report: daotp.Report, *ids: str) -> None:
        self.assertEqual(self.state_of(report), daotp.StageState.FAILED)
        error = report.error
        assert error is not None
        self.assertIn(error.id, ids)
        self.assertEqual(error.stage, daotp.Stage.LOGON)

    def test_off_unless_set(self) -> None:
        with LAB.client() as client:
            client.set_logon_proof()
            client.set_logon_realm(kdc=LAB.env["LAB_KDC"])
            client.set_logon_proof(False)
            client.prepare(USER)
            client.enroll(LAB.code("alice"))
            self.assertIn(self.state_of(client.report), (daotp.StageState.SKIPPED, daotp.StageState.NOT_REACHED))

    def test_proven_by_what_is_set_alone(self) -> None:
        report = self.enroll(LAB.env["LAB_KDC"], LAB.env["LAB_REALM"], self.anchors)
        self.assertEqual(report.status, daotp.Status.OK, str(report))
        self.assertEqual(self.state_of(report), daotp.StageState.PASSED)
        self.assertIn("LOGON-TICKET", [finding.id for finding in report.findings])

    def test_proven_by_krb5_conf(self) -> None:
        report = self.enroll(config=LAB.path / "kdc/krb5.conf")
        self.assertEqual(self.state_of(report), daotp.StageState.PASSED, str(report))

    def test_proven_for_a_coroutine(self) -> None:
        async def work() -> daotp.Report:
            with LAB.client() as client:
                client.set_logon_proof()
                client.set_logon_realm(kdc=LAB.env["LAB_KDC"])
                client.set_logon_anchors(self.anchors)
                await client.prepare_async(USER)
                await client.enroll_async(LAB.code("alice"))
                return client.report

        with kerberos(self.empty):
            self.assertEqual(self.state_of(asyncio.run(work())), daotp.StageState.PASSED)

    def test_an_anchor_that_is_not_the_kdcs(self) -> None:
        report = self.enroll(LAB.env["LAB_KDC"], LAB.env["LAB_REALM"], LAB.env["LAB_MACHINE_CERT"])
        self.expect_failure(report, "LOGON-PREAUTH", "LOGON-UNTRUSTED")

    def test_another_realm(self) -> None:
        report = self.enroll(LAB.env["LAB_KDC"], "OTHER.EXAMPLE", self.anchors)
        self.expect_failure(report, "LOGON-FAILED", "LOGON-REFUSED", "LOGON-CLIENT-UNKNOWN")

    def test_no_kdc(self) -> None:
        LAB.turn("break", "kdc-down")
        try:
            report = self.enroll(LAB.env["LAB_KDC"], LAB.env["LAB_REALM"], self.anchors)
        finally:
            LAB.turn("mend", "kdc-down")
        self.expect_failure(report, "LOGON-KDC-UNREACHABLE")


class Negotiate(unittest.TestCase):
    """Apache with mod_auth_gssapi before the lab's CA, which believes what it says of the user."""

    folder: pathlib.Path
    env: Dict[str, str] = {}

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="daotp-ces."))  # a socket's name is short
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        socket, policy = cls.folder / "ces", LAB.path / "ca/policy"
        text = policy.read_text(encoding="utf-8")
        policy.write_text(text.replace("front = none", f"front = {socket}"), encoding="utf-8")
        LAB.restart("ca-down")
        front = cls.folder / "front"
        command = [str(FRONT), "start", str(front), str(LAB.path), str(socket)]
        started = subprocess.run(command, env=support.CLEAN, capture_output=True, text=True, check=False)
        if started.returncode == support.SKIPPED:
            raise unittest.SkipTest(started.stderr.strip())
        stop = [str(FRONT), "stop", str(front)]
        cls.addClassCleanup(lambda: subprocess.run(stop, env=support.CLEAN, check=True))
        assert started.returncode == 0, started.stderr
        lines = shlex.split((front / "env").read_text(encoding="utf-8"))
        cls.env = dict(line.split("=", 1) for line in lines)

    def ticket(self, user: str) -> pathlib.Path:
        """A cache with a ticket of this user."""
        front, cache = self.folder / "front", self.folder / f"{user}.cache"
        passwords = (front / "passwords").read_text(encoding="utf-8").splitlines()
        word = dict(line.split() for line in passwords)[user]
        with kerberos(front / "krb5.conf", cache):
            command = ["kinit", f"{user}@{LAB.env['LAB_REALM']}"]
            clean = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
            subprocess.run(command, env=clean, input=word + "\n", text=True, stdout=subprocess.DEVNULL, check=True)
        return cache

    def enroll(self, cache: Optional[pathlib.Path], site: str) -> Tuple[daotp.Credential, List[str]]:
        """For alice, with these tickets; the hosts for which her password was asked."""
        asked: List[str] = []

        def ask(host: str, _origin: daotp.HostOrigin, _attempt: int) -> Optional[Tuple[str, bytearray]]:
            asked.append(host)
            return None

        ca = daotp.CA.wstep(authentication=daotp.CaAuthentication.NEGOTIATE)
        ca.set_url_template(f"{self.env[site]}/need/{{ca}}_CES_Kerberos/service.svc/CES")
        with kerberos(self.folder / "front/krb5.conf", cache), LAB.client(ca) as client:
            client.set_domain_callback(ask)
            client.prepare(USER)
            return client.enroll(LAB.code("alice")), asked

    @contextlib.contextmanager
    def one_request(self, pattern: str) -> Iterator[None]:
        """The front writes a line about a request after the answer: here it is one."""
        path = self.folder / "front/access.log"
        before, end = len(path.read_text().splitlines()) if path.exists() else 0, time.monotonic() + 10
        yield
        lines: List[str] = []
        while not lines and time.monotonic() < end:
            time.sleep(0.01)
            lines = path.read_text(encoding="utf-8").splitlines()[before:]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], pattern)

    def test_by_a_ticket(self) -> None:
        cache = self.ticket("alice")
        for site, tls in (("FRONT_TLS12", "TLSv1.2"), ("FRONT_TLS13", "TLSv1.3")):
            sent = rf" {tls} POST /need/Lab.* 200 alice.*\[Negotiate "
            with self.subTest(tls), self.one_request(sent):
                credential, asked = self.enroll(cache, site)
                self.assertEqual(credential.upn, UPN)
                self.assertEqual(asked, [])

    def test_by_a_ticket_of_another(self) -> None:
        with self.one_request(" 200 bob"), self.assertRaises(daotp.RejectedError) as caught:
            self.enroll(self.ticket("bob"), "FRONT_TLS13")
        self.assertEqual(caught.exception.finding.id, "OTP-UPN")  # type: ignore[union-attr]

    def test_password_that_comes_later(self) -> None:
        """The service does not know the ticket: then the password is asked for, may come later, and
        the same submission goes on with it."""
        asked: List[str] = []

        def ask(host: str, _origin: daotp.HostOrigin, _attempt: int) -> daotp.Later:
            asked.append(host)
            return daotp.LATER

        async def enroll(client: daotp.Client) -> str:
            await client.prepare_async(USER)
            self.assertEqual(client.ca_authentication, daotp.CaAuthentication.NEGOTIATE)
            task = asyncio.create_task(client.enroll_async(LAB.code("alice")))
            while not asked and not task.done():
                await asyncio.sleep(0.01)
            client.answer_domain(USER, bytearray(support.PASSWORD.encode()))
            return (await task).upn

        ca = daotp.CA.wstep(authentication=daotp.CaAuthentication.ANY)
        ca.set_url_template(LAB.env["LAB_CES"].split("/Lab")[0] + "/{ca}_CES_{method}/service.svc/CES")
        cache = self.ticket("alice")
        with kerberos(self.folder / "front/krb5.conf", cache), LAB.client(ca) as client:
            client.set_domain_callback(ask)
            self.assertEqual(asyncio.run(enroll(client)), UPN)
        self.assertEqual(asked, ["localhost"])

    def test_without_a_ticket(self) -> None:
        """That is known before the code is spent."""
        with self.assertRaises(daotp.ConfigurationError) as caught:
            self.enroll(None, "FRONT_TLS13")
        error = caught.exception
        assert error.finding is not None
        self.assertEqual((error.finding.id, error.stage), ("DOMAIN-CREDENTIAL", daotp.Stage.PREPARE))


if __name__ == "__main__":
    support.main()
