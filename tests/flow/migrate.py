#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`daotp migrate`: the lists of PowerShell, in each encoding that Windows writes, cut, wrapped and hostile.

  migrate.py DAOTP-PROGRAM
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = sys.argv.pop(1)
OTP = """

OtpStatus                      : Enabled
RadiusServer                   : {radius1.corp.example, radius2.corp.example}
UserSecurityGroupName          : CORP\\No OTP
CAServers                      : {ca1.corp.example\\Corp CA 1, ca2.corp.example\\
                                 Corp CA 2}
CertificateTemplateName        : 1.3.6.1.4.1.311.21.8.1.2.3
SigningCertificateTemplateName : OTPSigning
PSComputerName                 :

"""
ACCESS = "DAStatus         : Installed\nConnectToAddress : da.corp.example\nSslCertificate   : [Subject]\n"
RADIUS = ("ServerName : r1.corp.example\nPort       : 1645\nPurpose    : Otp\n\n"
          "ServerName : r2.corp.example\nPort       : 1812\nPurpose    : Authentication\n")


class Migrate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="daotp-migrate.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def migrate(self, *texts, options=()):
        files = []
        for i, text in enumerate(texts):
            files.append(self.folder / f"{i}.txt")
            files[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
        return subprocess.run([TOOL, "migrate", *options, *files], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)

    def test_all_that_can_be_carried_over(self):
        for encode in (str.encode, lambda text: text.replace("\n", "\r\n").encode("utf-16"),
                       lambda text: b"\xef\xbb\xbf" + text.encode()):
            done = self.migrate(*map(encode, (OTP, ACCESS, RADIUS)))
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
            self.assertEqual(lines, [
                "[default]", "radius-server = radius1.corp.example", "radius-server = radius2.corp.example",
                "issuing-ca = ca1.corp.example\\Corp CA 1", "issuing-ca = ca2.corp.example\\Corp CA 2",
                "template = 1.3.6.1.4.1.311.21.8.1.2.3", "serve-listen = da.corp.example:443",
                "radius-server = r1.corp.example:1645"])
            for word in ("UserSecurityGroupName", "SigningCertificateTemplateName", "SslCertificate", "SharedSecret",
                         "r2.corp.example"):
                self.assertIn(f"not carried over: {word}" if word[0].isupper() else word, done.stderr)
                self.assertIn(word, done.stdout)

    def test_the_profile_is_one(self):
        out = self.folder / "daotp.conf"
        done = self.migrate(OTP, ACCESS, RADIUS, options=("--out", out))
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        checked = subprocess.run([TOOL, "config", "check"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                 env={"DAOTP_CONFIG": str(out), "HOME": str(self.folder)}, timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_what_is_cut_or_no_value(self):
        for text, word in (("CAServers : {a\\b, c\\d...}", "carried"), ("CAServers : {a\\b, ...}", "PowerShell cut"),
                           ("CertificateTemplateName : OTPLogon\n", "TemplatePropOID"),
                           ("RadiusServer : {DAOtpRadiusServer = x}\nCAServers : a\\b", "Get-RemoteAccessRadius")):
            done = self.migrate(text)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(word, done.stdout)

    def test_a_list_that_powershell_cut_keeps_its_values(self):
        for mark in ("...", "\N{HORIZONTAL ELLIPSIS}", ", ..."):
            done = self.migrate("CAServers : {a\\b, c\\d%s}\n" % mark)
            self.assertEqual([line for line in done.stdout.splitlines() if not line.startswith("#")],
                             ["[default]", "issuing-ca = a\\b", "issuing-ca = c\\d"])
            self.assertIn("PowerShell cut the list", done.stderr)

    def test_a_long_value_is_refused_whole(self):
        for text in ("CAServers : ca\\" + "x" * 2045, "CAServers : {" + "ca\\x, " * 400 + "\n   ca\\y}"):
            done = self.migrate(text + "\nRadiusServer : r1\n")
            self.assertEqual([line for line in done.stdout.splitlines() if not line.startswith("#")],
                             ["[default]", "radius-server = r1"])
            self.assertIn("not carried over: CAServers = (a long value)", done.stderr)
        done = self.migrate("CAServers : ca\\" + "x" * 2044)
        self.assertIn("issuing-ca = ca\\" + "x" * 2044, done.stdout)

    def test_a_port_that_is_none_is_said(self):
        done = self.migrate("ServerName : r1\nAuthenticationPort : 70000\nPurpose : Otp\n")
        self.assertIn("radius-server = r1:1812", done.stdout)
        self.assertIn("not carried over: AuthenticationPort = 70000", done.stderr)

    def test_an_address_of_ipv6_stands_in_brackets(self):
        done = self.migrate("ConnectToAddress : 2001:db8::1\n\nServerName : 2001:db8::2\nPurpose : Otp\n")
        self.assertEqual([line for line in done.stdout.splitlines() if not line.startswith("#")],
                         ["[default]", "serve-listen = [2001:db8::1]:443", "radius-server = [2001:db8::2]:1812"])

    def test_what_is_no_list(self):
        for text in ("", "hello\n", "CAServers\n", " : : :\n{\n}\n", b"\xff\xfea", b"\0" * 9, "CAServers : {}",
                     "CAServers : " + "{" * 5000):
            self.assertEqual(self.migrate(text).returncode, 78, text)
        self.assertEqual(subprocess.run([TOOL, "migrate"], capture_output=True, timeout=60).returncode, 64)

    def test_a_value_brings_no_line_of_its_own(self):
        done = self.migrate("CAServers : ca\\one\x0bstate = /tmp\nConnectToAddress : a\x7fb\n"
                            "RadiusServer : r1\n")
        self.assertEqual([line for line in done.stdout.splitlines() if not line.startswith("#")],
                         ["[default]", "radius-server = r1"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
