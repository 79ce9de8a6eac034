#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The lab's policy service (MS-XCEP) and what became of a request (MS-WSTEP QueryTokenStatus), asked as cepces
0.3 asks: its envelopes, its namespaces, and what it needs of the answers. And the tool against the same service.

    policy_service.py DAOTP-PROGRAM"""
import json
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
import uuid
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import json_schema  # noqa: E402

TOOL = ""
SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
ENROL = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"
XCEP = "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
USER, PASSWORD = "LAB\\alice", "alice-password"


def run(*args, **more):
    return subprocess.run([TOOL, *map(str, args)], capture_output=True, timeout=120, check=False, text=True, **more)


class Lab:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daotp-policy."))
        done = run("lab", "up", "--no-radius", "--no-kdc", "--json", self.folder / "lab")
        assert done.returncode == 0, done.stderr
        self.env = json.loads(done.stdout)
        self.password = self.folder / "password"
        self.password.touch(0o600)
        self.password.write_text(PASSWORD)

    def fault(self, how, name):
        done = run("lab", how, self.folder / "lab", name)
        assert done.returncode == 0, done.stderr

    def post(self, url, action, body, password=PASSWORD):
        """As cepces: SOAP 1.2, WS-Addressing, UsernameToken. Status and root element."""
        text = (f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:wsse="{WSSE}"><s:Header>'
                f'<a:Action s:mustUnderstand="1">{action}</a:Action><a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>'
                f'<a:To s:mustUnderstand="1">{url}</a:To><wsse:Security><wsse:UsernameToken><wsse:Username>{USER}'
                f'</wsse:Username><wsse:Password>{password}</wsse:Password></wsse:UsernameToken></wsse:Security>'
                f'</s:Header><s:Body>{body}</s:Body></s:Envelope>')
        request = urllib.request.Request(url, text.encode(), {"Content-Type": "application/soap+xml; charset=utf-8"})
        context = ssl.create_default_context(cafile=self.env["LAB_TRUST"])
        try:
            with urllib.request.urlopen(request, context=context, timeout=30) as answer:
                return answer.status, ElementTree.fromstring(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, ElementTree.fromstring(error.read())

    def policies(self):
        body = (f'<GetPolicies xmlns="{XCEP}" xmlns:xsi="{XSI}"><client><lastUpdate xsi:nil="true"/>'
                '<preferredLanguage xsi:nil="true"/></client><requestFilter xsi:nil="true"/></GetPolicies>')
        return self.post(self.env["LAB_CEP"], f"{XCEP}/IPolicy/GetPolicies", body)

    def query(self, number, url=None):
        body = (f'<RequestSecurityToken xmlns="{WST}"><TokenType>x</TokenType><RequestType>{ENROL}/QueryTokenStatus'
                f'</RequestType><RequestID xmlns="{ENROL}">{number}</RequestID></RequestSecurityToken>')
        return self.post(url or self.env["LAB_CES"], f"{ENROL}/RST/wstep", body)

    def enroll(self):
        e = self.env
        code = run("lab", "totp", self.folder / "lab", "alice").stdout
        return run("enroll", "--url", e["LAB_URL"], "--user", USER, "--upn", "alice@LAB.EXAMPLE", "--no-store", "--trust",
                   e["LAB_TRUST"], "--cert", e["LAB_MACHINE_CERT"], "--key", e["LAB_MACHINE_KEY"], "--template",
                   e["LAB_TEMPLATE"], "--ces-url", e["LAB_CES"], "--key-kind", "p256", "--password-file", self.password,
                   "--otp-fd", 0, "--json", input=code)

    def templates(self, *more):
        return run("templates", "--url", self.env["LAB_CEP"], "--user", USER, "--trust", self.env["LAB_TRUST"],
                   "--password-file", self.password, *more)

    def down(self):
        run("lab", "down", self.folder / "lab")
        shutil.rmtree(self.folder)


def setUpModule():
    global LAB
    LAB = Lab()


def tearDownModule():
    LAB.down()


class Cepces(unittest.TestCase):
    def test_policy(self):
        """What cepces reads: response, CAs with their addresses, OIDs; everything refers to what is there."""
        status, root = LAB.policies()
        self.assertEqual(status, 200)
        names = {"x": XCEP}
        answer = root.find(f".//{{{XCEP}}}GetPoliciesResponse")
        oids = {one.findtext("x:oIDReferenceID", None, names): one for one in answer.findall("x:oIDs/x:oID", names)}
        cas = {one.findtext("x:cAReferenceID", None, names): one for one in answer.findall("x:cAs/x:cA", names)}
        policies = answer.findall("x:response/x:policies/x:policy", names)
        self.assertEqual([one.findtext("x:attributes/x:commonName", None, names) for one in policies], ["DAOTPLogon"])
        for policy in policies:
            oid = oids[policy.findtext("x:policyOIDReference", None, names)]
            self.assertEqual(oid.findtext("x:value", None, names), LAB.env["LAB_TEMPLATE"])
            for reference in policy.iter():
                if reference.tag.endswith("OIDReference") or reference.tag.endswith("}oIDReference"):
                    self.assertIn(reference.text, oids)
            for reference in policy.findall("x:cAs/x:cAReference", names):
                ca = cas[reference.text]
                uris = [one.findtext("x:uri", None, names) for one in ca.findall("x:uris/x:cAURI", names)]
                self.assertIn(LAB.env["LAB_CES"], uris)
                self.assertEqual(ca.findtext("x:enrollPermission", None, names), "true")
                ssl.PEM_cert_to_DER_cert("-----BEGIN CERTIFICATE-----\n" + ca.findtext("x:certificate", None, names) +
                                         "\n-----END CERTIFICATE-----")

    def test_a_wrong_password_and_a_wrong_place(self):
        status, root = LAB.post(LAB.env["LAB_CEP"], f"{XCEP}/IPolicy/GetPolicies",
                                f'<GetPolicies xmlns="{XCEP}"/>', "wrong")
        self.assertEqual(status, 500)
        self.assertIn("FailedAuthentication", ElementTree.tostring(root, encoding="unicode"))
        status, root = LAB.post(LAB.env["LAB_CES"], f"{XCEP}/IPolicy/GetPolicies", f'<GetPolicies xmlns="{XCEP}"/>')
        self.assertEqual(status, 500)
        self.assertIn("ActionNotSupported", ElementTree.tostring(root, encoding="unicode"))

    def test_poll(self):
        """A request that waits is asked for where the answer says, and issued when the manager agrees."""
        LAB.fault("break", "ca-pending")
        report = json.loads(LAB.enroll().stdout)
        self.assertEqual(report["error"], "CA-PENDING", report)
        found = next(one for one in report["findings"] if one["id"] == "CA-PENDING")["found"]
        number = found.split()[1].strip(":;,")
        status, root = LAB.query(number)
        self.assertEqual(status, 200)
        reference = root.find(f".//{{{WSSE}}}Reference")
        place = urllib.parse.urlsplit(reference.get("URI"))
        self.assertEqual((place.scheme, bool(place.netloc), " " in reference.get("URI")), ("https", True, False))
        self.assertEqual(root.findtext(f".//{{{ENROL}}}RequestID"), number)
        LAB.fault("mend", "ca-pending")
        status, root = LAB.query(number, reference.get("URI"))
        token = root.find(f".//{{{WST}}}RequestedSecurityToken/{{{WSSE}}}BinarySecurityToken")
        self.assertIsNotNone(token)
        self.assertEqual(root.findtext(f".//{{{ENROL}}}DispositionMessage"), "Issued")
        status, root = LAB.query(99999)
        self.assertEqual(status, 500)


class Tool(unittest.TestCase):
    def test_what_is_shown(self):
        done = LAB.templates()
        self.assertEqual(done.returncode, 0, done.stderr)
        for text in ("template DAOTPLogon", LAB.env["LAB_TEMPLATE"] + ":100.5", "may enrol: yes", "2048 bits or more",
                     "1.3.6.1.4.1.311.81.1.1", LAB.env["LAB_CES"], "Lab Issuing CA"):
            self.assertIn(text, done.stdout)

    def test_json(self):
        done = LAB.templates("--json", "daotplogon")
        value = json.loads(done.stdout)
        self.assertEqual(json_schema.check(value, "templates"), [])
        self.assertEqual(value["templates"][0]["cas"][0]["username"], LAB.env["LAB_CES"])
        refused = run("templates", "--url", LAB.env["LAB_CEP"], "--user", "LAB\\carol", "--trust", LAB.env["LAB_TRUST"],
                      "--password-file", LAB.password, "--json")
        self.assertEqual((refused.returncode, json.loads(refused.stdout)["error"]), (1, "CA-CREDENTIAL"))
        self.assertEqual(json_schema.check(json.loads(refused.stdout), "templates"), [])

    def test_a_name_that_is_not_there(self):
        done = LAB.templates("another")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no template 'another'", done.stderr)

    def test_who_may_not(self):
        LAB.fault("break", "enroll-denied")
        self.addCleanup(LAB.fault, "mend", "enroll-denied")
        self.assertIn("no: the user has no Enroll right", LAB.templates().stdout)

    def test_a_certificate_in_place_of_a_password(self):
        done = run("templates", "--url", LAB.env["LAB_CEP_CERT"], "--user", USER, "--trust", LAB.env["LAB_TRUST"],
                   "--cert", LAB.env["LAB_MACHINE_CERT"], "--key", LAB.env["LAB_MACHINE_KEY"])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("template DAOTPLogon", done.stdout)

    def test_another_service(self):
        done = run("templates", "--url", LAB.env["LAB_CES"], "--user", USER, "--trust", LAB.env["LAB_TRUST"],
                   "--password-file", LAB.password)
        self.assertEqual(done.returncode, 2)
        self.assertIn("CA-PATH", done.stdout)
        done = run("templates", "--url", LAB.env["LAB_CEP"] + "x", "--user", USER, "--trust", LAB.env["LAB_TRUST"],
                   "--password-file", LAB.password)
        self.assertIn("CA-PATH", done.stdout)


if __name__ == "__main__":
    TOOL = str(pathlib.Path(sys.argv[1]).resolve())
    unittest.main(argv=sys.argv[:1])
