#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""PKCS#12 files of other makers under the empty passphrase, in both of its encodings (no octets: the null password; the
two octets that end a BMPString: the empty password), and friendlyNames that are no labels: read by the store and by decode,
and written back as they were. A tool that is absent is skipped, and said.

    foreign_pkcs12.py DAOTP-PROGRAM"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from foreign_makers import make, need, run

TOOL = ""
NAME = "Grün €"  # ends in a character of three octets
UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}
JAVA = r"""
import java.io.*;
import java.security.*;
public class Empty {
    public static void main(String[] args) throws Exception {
        char[] from = "x".toCharArray(), to = args[0].equals("null") ? new char[] {0} : new char[0];
        KeyStore source = KeyStore.getInstance("PKCS12"), made = KeyStore.getInstance("PKCS12");
        source.load(new FileInputStream(args[1]), from);
        made.load(null, null);
        made.setKeyEntry("gr\u00fcn \u20ac", source.getKey("plain", from), to, source.getCertificateChain("plain"));
        made.store(new FileOutputStream(args[2]), to);
    }
}
"""


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="daotp-pkcs12.")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.key, cls.certificate = cls.folder / "key.pem", cls.folder / "certificate.pem"
        make("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", cls.key, "-out", cls.certificate, "-days", 30,
             "-subj", "/CN=made here")

    def openssl(self, file, passphrase, name, *more):
        make("openssl", "pkcs12", "-export", "-inkey", self.key, "-in", self.certificate, "-name", name, "-passout",
             f"pass:{passphrase}", "-out", file, *more)
        return file

    def store(self, *words, passphrase="", status=0):
        done = run(TOOL, "store", *words, "--passphrase-fd", "0", input=passphrase.encode() + b"\n")
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def labels(self, file, passphrase=""):
        listed = self.store("list", f"pkcs12:{file}?allow=3des", "--json", passphrase=passphrase)
        return [entry["label"] for entry in json.loads(listed.stdout)]

    def check_empty(self, file, label):
        """Read, with a warning; shown; taken into another store; never written again under no passphrase."""
        file.chmod(0o600)
        before = file.read_bytes()
        uri, other = f"pkcs12:{file}?allow=3des", f"dir:{self.folder}/{file.name}.store"
        self.assertEqual(self.labels(file), [label])
        self.assertIn(b"STORE-NO-PASSPHRASE", self.store("list", uri).stderr)
        shown = make(TOOL, "decode", file).decode()
        for text in ("passphrase: empty", "private key: not shown", "subject: CN=made here"):
            self.assertIn(text, shown)
        refused = self.store("remove", uri, label, status=78)
        self.assertIn(b"STORE-PASSPHRASE", refused.stdout + refused.stderr)
        self.assertEqual(file.read_bytes(), before)
        self.store("move", uri, other, status=78)  # it arrives, but does not go
        self.assertIn(label.encode(), make(TOOL, "store", "list", other))

    def test_openssl(self):
        for options in ((), ("-keypbe", "NONE", "-certpbe", "NONE"),
                        ("-legacy", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1")):
            with self.subTest(options):
                self.check_empty(self.openssl(self.folder / f"openssl{len(options)}.p12", "", NAME, *options), "Grün_€")

    def test_gnutls(self):
        need("certtool")
        for which in ("--null-password", "--empty-password"):
            for cipher in ("aes-256", "3des"):
                with self.subTest((which, cipher)):
                    file = self.folder / f"gnutls{which}-{cipher}.p12"
                    done = subprocess.run(
                        ["certtool", "--to-p12", "--load-privkey", self.key, "--load-certificate", self.certificate, "--p12-name",
                         "plain", which, "--pkcs-cipher", cipher, "--outder", "--outfile", file], capture_output=True)
                    if done.returncode != 0 and which == "--null-password":
                        self.skipTest("certtool of Debian 13 writes no file without a password")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.check_empty(file, "plain")  # certtool writes each octet of UTF-8 as a character of its own

    def test_nss(self):
        need("pk12util", "certutil")
        base = self.folder / "db"
        base.mkdir()
        make("certutil", "-N", "-d", base, "--empty-password")
        make("pk12util", "-i", self.openssl(self.folder / "in.p12", "x", NAME), "-d", base, "-W", "x", "-K", "")
        make("pk12util", "-o", self.folder / "nss.p12", "-n", NAME, "-d", base, "-W", "", "-K", "", env=UTF8)
        self.check_empty(self.folder / "nss.p12", "Grün_€")

    def test_java(self):
        need("java", "javac")
        (self.folder / "Empty.java").write_text(JAVA)
        source = self.openssl(self.folder / "plain.p12", "x", "plain")
        for which in ("null", "empty"):
            with self.subTest(which):
                file = self.folder / f"java-{which}.p12"
                make("java", self.folder / "Empty.java", which, source, file)
                self.check_empty(file, "grün_€")

    def python_file(self, file, name, passphrase):
        try:
            from cryptography import x509
            from cryptography.hazmat.primitives.serialization import (BestAvailableEncryption, NoEncryption,
                                                                      load_pem_private_key, pkcs12)
        except ImportError as error:
            raise unittest.SkipTest("no python3-cryptography") from error
        key = load_pem_private_key(self.key.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        file.write_bytes(pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, encryption))
        file.chmod(0o600)
        return file

    def test_python(self):
        self.check_empty(self.python_file(self.folder / "python.p12", NAME, ""), "Grün_€")

    def test_names_come_through(self):
        """What other makers write as a name is a label in the list, and as it was in the file after a change: in the bag of
        the key, which is not encrypted but for the key."""
        other = f"dir:{self.folder}/added"
        make(TOOL, "store", "import", other, "added", "--cert", self.certificate, "--key", self.key)
        for number, (name, label) in enumerate(((NAME, "Grün_€"), ("€", "€"), ("日本", "日本"), ("😀", "😀"),
                                                ("a😀", "a😀"), ("tab\there", "tab_here"), ("\u202eright", "___right"),
                                                ("", "entry-1"))):
            with self.subTest(name):
                file = self.python_file(self.folder / f"name{number}.p12", name, "x")
                self.assertEqual(self.labels(file, "x"), [label])
                self.store("export", other, "added", "--pkcs12", file, passphrase="x")
                self.assertEqual(self.labels(file, "x"), sorted(["added", label]))
                self.assertIn(name.encode("utf-16-be"), file.read_bytes())


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main(verbosity=2)
