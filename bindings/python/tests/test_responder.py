# SPDX-License-Identifier: BSD-2-Clause
"""The server end in Python, behind http.server: our client enrols through it, with the lab's CA."""
import http.server
import ssl
import tempfile
import threading
import unittest
from typing import Any, List, Optional, Union

import support
from support import UPN, USER
import daotp

LAB: support.Lab
CODE = b"271828"


def setUpModule() -> None:
    global LAB
    LAB = support.Lab()


def tearDownModule() -> None:
    LAB.down()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    responder: daotp.Responder
    verdicts: List[daotp.Status]
    signers: List[Optional[daotp.Credential]]
    later: List[Any]
    raised: List[OSError]

    def do_POST(self) -> None:
        body = bytearray(self.rfile.read(int(self.headers["Content-Length"] or 0)))
        with self.responder.exchange(self.command, body) as exchange:
            assert not any(body)
            for name, value in self.headers.items():
                exchange.add_header(name, value)
            exchange.set_peer_certificate(self.connection.getpeercert(True))
            try:
                verdict = exchange.step()
            except OSError as error:
                self.raised.append(error)
                verdict = exchange.step()
            while verdict == daotp.Status.AGAIN:
                self.later.pop()()
                verdict = exchange.step()
            self.verdicts.append(verdict)
            self.signers.append(exchange.signer)
            self.send_response(exchange.http_status)
            for name, value in exchange.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(exchange.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(exchange.body)

    do_HEAD = do_POST

    def log_message(self, *_: Any) -> None:
        pass


class Responders(unittest.TestCase):
    def setUp(self) -> None:
        env, pki = LAB.env, LAB.path / "pki"
        self.responder = daotp.Responder()
        self.addCleanup(self.responder.close)
        self.responder.set_template(env["LAB_TEMPLATE"])
        self.responder.set_signer_files(pki / "ra.pem", pki / "ra.key")
        self.responder.add_issuing_ca(env["LAB_CA_CONFIG"])
        self.responder.add_reserved((pki / "server.pem").read_bytes())
        with self.assertRaises(daotp.PeerError):
            self.responder.add_reserved(b"no certificate")
        self.responder.set_timeout_ms(20000)
        self.verdicts: List[daotp.Status] = []
        self.signers: List[Optional[daotp.Credential]] = []
        self.later: List[Any] = []
        self.raised: List[OSError] = []

        class Mine(Handler):
            responder, verdicts = self.responder, self.verdicts
            signers = self.signers
            later, raised = self.later, self.raised

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pki / "server.pem", pki / "server.key")
        tls.load_verify_locations(pki / "root.pem")
        tls.load_verify_locations(pki / "issuing.pem")
        tls.verify_mode = ssl.CERT_REQUIRED
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Mine)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.timeout = 5
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        thread.start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)

    def enroll(self, code: bytes) -> daotp.Credential:
        env = LAB.env
        with LAB.client() as base:
            client = daotp.Client(
                f"https://localhost:{self.server.server_port}/otp",
                trust=base._kept["trust"], identity=base._kept["identity"],
                ca=base._kept["ca"], template=env["LAB_TEMPLATE"],
            )  # fmt: skip
        with client:
            client.set_account(UPN)
            client.set_domain_callback(support.give_password)
            client.prepare(USER)
            return client.enroll(bytearray(code))

    def test_answers_during_the_call(self) -> None:
        seen: List[bytearray] = []

        def ask_user(_: Any, name: str) -> Union[daotp.Account, daotp.UserAnswer, None]:
            return daotp.Account(UPN) if name == USER else daotp.UserAnswer.UNKNOWN

        def ask_code(exchange: daotp.Exchange, _: str, code: bytearray) -> daotp.CodeAnswer:
            seen.append(code)
            self.assertEqual(exchange.account.upn, UPN)
            return daotp.CodeAnswer.ACCEPTED if code == CODE else daotp.CodeAnswer.REJECTED

        self.responder.set_user_callback(ask_user)
        self.responder.set_code_callback(ask_code)
        self.assertEqual(self.enroll(CODE).upn, UPN)
        with self.assertRaises(daotp.RejectedError):
            self.enroll(b"wrong")
        self.assertEqual(seen, [bytes(6), bytes(5)])  # wiped after the callback
        self.assertEqual(self.verdicts[-1], daotp.Status.REJECTED)
        self.assertIn(daotp.Status.OK, self.verdicts)
        signer = self.signers[-1]
        assert signer is not None
        pem = (LAB.path / "pki/ra.pem").read_text()
        self.assertEqual(signer.certificates[0], ssl.PEM_cert_to_DER_cert(pem))

    def test_a_budget_in_a_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with daotp.Budget(folder) as budget:
                budget.open()
                self.responder.set_budget(budget)
                self.assertTrue(budget.spend_step(b"secret", 5))
                self.assertFalse(budget.spend_step(b"secret", 5))
            with daotp.Budget(folder) as budget:  # as after a restart
                self.assertFalse(budget.spend_step(b"secret", 4))
                self.assertTrue(budget.spend_step(b"secret", 6))
        self.responder.set_budget(None)
        with self.assertRaises(daotp.UsageError):
            self.responder.add_domain("a@b", "corp.example")

    def test_servers_share_the_budgets(self) -> None:
        with daotp.Budget() as budget:
            budget.set_nodes(2)
            for nodes in (0, 11):
                with self.assertRaises(daotp.UsageError):
                    budget.set_nodes(nodes)
            budget.open()
            with self.assertRaises(daotp.UsageError):
                budget.set_nodes(2)

    def test_a_user_who_was_wrong_too_often_is_cleared(self) -> None:
        self.responder.set_user_callback(lambda _, name: daotp.Account(UPN))
        self.responder.set_code_callback(
            lambda _, name, code: daotp.CodeAnswer.ACCEPTED if code == CODE else daotp.CodeAnswer.REJECTED
        )
        with tempfile.TemporaryDirectory() as folder, daotp.Budget(folder) as budget:
            self.responder.set_budget(budget)
            for code in (b"wrong", b"wrong", b"wrong", b"wrong", b"wrong", CODE):
                with self.assertRaises(daotp.RejectedError):
                    self.enroll(code)
            with self.assertRaises(daotp.UsageError):
                budget.clear_user("")
            with daotp.Budget(folder) as other:
                other.clear_user(UPN.upper())
            self.assertEqual(self.enroll(CODE).upn, UPN)
            self.responder.set_budget(None)

    def test_a_certificate_that_cannot_be_used(self) -> None:
        with self.responder.exchange("HEAD", bytearray()) as exchange:
            exchange.refuse_peer_certificate("came twice")
            self.assertIsNone(exchange.signer)
            self.assertEqual(exchange.step(), daotp.Status.REJECTED)
            self.assertIsNone(exchange.signer)
            self.assertEqual(exchange.http_status, 403)

    def test_answers_later(self) -> None:
        def ask_user(exchange: daotp.Exchange, _: str) -> None:
            self.later.append(lambda: exchange.answer_user(daotp.Account(UPN)))

        def ask_code(exchange: daotp.Exchange, _: str, code: bytearray) -> None:
            self.later.append(lambda: exchange.answer_code(daotp.CodeAnswer.ACCEPTED))

        self.responder.set_user_callback(ask_user)
        self.responder.set_code_callback(ask_code)
        self.assertEqual(self.enroll(CODE).upn, UPN)

    def test_a_callback_that_raises_refuses_and_is_told(self) -> None:
        def fail(*_: Any) -> daotp.CodeAnswer:
            raise OSError("the directory is down")

        self.responder.set_user_callback(lambda *_: daotp.Account(UPN))
        self.responder.set_code_callback(fail)
        with self.assertRaises(daotp.PeerError):
            self.enroll(CODE)
        self.assertEqual([str(error) for error in self.raised], ["the directory is down"])
        self.assertNotEqual(self.verdicts[-1], daotp.Status.OK)


if __name__ == "__main__":
    support.main()
