#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What other makers' tools write, made afresh: certificates, CRLs (none, one, many entries), requests and
PKCS#7, with RSA, RSASSA-PSS, ECDSA and Ed25519. Each is read by daotp, and judged as openssl and certtool judge
it; a difference stands in DIFFERENCES with its clause. A tool that is absent is skipped, and said.

    foreign_makers.py DAOTP-PROGRAM"""
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

TOOL = ""
MANY = 300
# Where another judge answers otherwise than daotp: (maker, judge) -> the clause.
DIFFERENCES = {
    # keytool writes CRLs of version 1 without extensions; daotp does not take one as proof that all is good
    ("Java", "openssl"): "RFC 5280 5.1.2.1",
    ("Java", "certtool"): "RFC 5280 5.1.2.1",
}


def run(*args, **more):
    return subprocess.run([str(arg) for arg in args], capture_output=True, timeout=60, check=False, **more)


def make(*args, **more):
    done = run(*args, **more)
    assert done.returncode == 0, (args, done.stderr[-500:], done.stdout[-300:])
    return done.stdout


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise unittest.SkipTest(f"no {program}")


class Maker(unittest.TestCase):
    """One maker: setUp() leaves root.pem, leaf.pem and what else it can make in a folder for each algorithm."""

    algorithms = ()

    def each(self, check):
        for algorithm in self.algorithms:
            with self.subTest(algorithm), tempfile.TemporaryDirectory(prefix="daotp-foreign.") as folder:
                self.make(pathlib.Path(folder), algorithm)
                check(pathlib.Path(folder))

    def make(self, place, algorithm):
        raise NotImplementedError

    def ours(self, place, crl):
        done = run(TOOL, "verify", "--rules", "path", "--trust", place / "root.pem", "--crl", crl, place / "leaf.pem")
        return done.returncode == 0, done.stdout.decode(errors="replace")

    @staticmethod
    def others(place, crl):
        yield "openssl", run("openssl", "verify", "-crl_check", "-CAfile", place / "root.pem", "-CRLfile", crl,
                             place / "leaf.pem").returncode == 0
        if shutil.which("certtool") is not None:
            done = run("certtool", "--verify", "--verify-profile", "low", "--load-ca-certificate", place / "root.pem",
                       "--load-crl", crl, "--infile", place / "leaf.pem")
            yield "certtool", done.returncode == 0 and b"Not verified" not in done.stdout

    def judge(self, place):
        for crl in sorted(place.glob("crl-*.pem")):
            is_good, said = self.ours(place, crl)
            revokes = crl.stem == "crl-revokes"
            for judge, answer in self.others(place, crl):
                self.assertEqual(answer, not revokes, f"{judge}: {crl.stem}")
                if (type(self).__name__, judge) not in DIFFERENCES or revokes:
                    self.assertEqual(is_good, answer, f"{judge}: {crl.stem}: {said}")
                else:
                    self.assertFalse(is_good, "no difference any more: take the row out")
            listed = run(TOOL, "crl", crl)
            self.assertEqual(listed.returncode, 0, listed.stdout + listed.stderr)

    def read(self, place):
        for path in sorted(place.glob("*.*")):
            if path.suffix in (".pem", ".der", ".csr", ".p7b", ".p12"):
                done = run(TOOL, "decode", path)
                self.assertEqual(done.returncode, 0, f"{path.name}: {done.stdout + done.stderr}")
                self.assertNotIn(b"not well-formed", done.stdout, path.name)

    def test_read_and_judged_alike(self):
        if type(self) is Maker:  # pylint: disable=unidiomatic-typecheck
            self.skipTest("each maker has its own")
        self.each(lambda place: (self.judge(place), self.read(place)))


class OpenSSL(Maker):
    algorithms = ("rsa", "pss", "ec", "ed25519")
    CONF = """[ca]\ndefault_ca = c\n[c]\ndatabase = {0}/index\ncrlnumber = {0}/number\ndefault_md = {1}\n
default_crl_days = 7\ncrl_extensions = e\n[e]\nauthorityKeyIdentifier = keyid\n"""
    KEYS = {"rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "pss": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "ed25519": ["-algorithm", "ED25519"]}

    def make(self, place, algorithm):
        sign = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"] if algorithm == "pss" else []
        for name in ("root", "leaf"):
            make("openssl", "genpkey", *self.KEYS[algorithm], "-out", place / f"{name}.key")
        make("openssl", "req", "-x509", "-new", "-key", place / "root.key", "-subj", "/CN=Root", "-days", 30, "-addext",
             "keyUsage=critical,keyCertSign,cRLSign", *sign, "-out", place / "root.pem")
        make("openssl", "req", "-new", "-key", place / "leaf.key", "-subj", "/CN=leaf", *sign, "-out", place / "leaf.csr")
        make("openssl", "x509", "-req", "-in", place / "leaf.csr", "-CA", place / "root.pem", "-CAkey", place / "root.key",
             "-set_serial", 4096, "-days", 20, *sign, "-out", place / "leaf.pem")
        digest = "default" if algorithm == "ed25519" else "sha256"
        (place / "ca.conf").write_text(self.CONF.format(place, digest))
        (place / "number").write_text("01\n")
        for name, serials in (("empty", ()), ("one", (1,)), ("many", range(1, MANY)), ("revokes", (7, 4096))):
            (place / "index").write_text("".join(
                f"R\t300101000000Z\t250101000000Z\t{serial:04X}\tunknown\t/CN={serial}\n" for serial in serials))
            make("openssl", "ca", "-config", place / "ca.conf", "-gencrl", "-cert", place / "root.pem", "-keyfile",
                 place / "root.key", *sign, "-out", place / f"crl-{name}.pem")
        make("openssl", "crl2pkcs7", "-nocrl", "-certfile", place / "root.pem", "-certfile", place / "leaf.pem", "-out",
             place / "both.p7b")
        make("openssl", "pkcs12", "-export", "-in", place / "leaf.pem", "-inkey", place / "leaf.key", "-passout", "pass:x",
             "-out", place / "leaf.p12")

    def test_ocsp(self):
        def check(place):
            (place / "index").write_text("V\t300101000000Z\t\t1000\tunknown\t/CN=leaf\n")
            done = run("openssl", "ocsp", "-index", place / "index", "-CA", place / "root.pem", "-rsigner",
                       place / "root.pem", "-rkey", place / "root.key", "-issuer", place / "root.pem", "-cert",
                       place / "leaf.pem", "-ndays", 3, "-respout", place / "answer.der")
            if done.returncode != 0:  # Ed25519: openssl ocsp has no digest for it
                return
            self.read(place)
            verdict = run(TOOL, "verify", "--rules", "path", "--trust", place / "root.pem", "--ocsp", place / "answer.der",
                          place / "leaf.pem")
            self.assertEqual(verdict.returncode, 0, verdict.stdout)

        self.each(check)


class GnuTLS(Maker):
    algorithms = ("rsa", "pss", "ec", "ed25519")
    KEYS = {"rsa": ["--key-type=rsa"], "pss": ["--key-type=rsa"], "ec": ["--key-type=ecdsa"],
            "ed25519": ["--key-type=ed25519"]}

    def make(self, place, algorithm):
        need("certtool")
        sign = ["--sign-params=rsa-pss"] if algorithm == "pss" else []
        (place / "root.tmpl").write_text("cn = Root\nca\ncert_signing_key\ncrl_signing_key\nexpiration_days = 30\n"
                                         "crl_next_update = 7\ncrl_number = 1\n")
        (place / "leaf.tmpl").write_text("cn = leaf\nserial = 4096\nsigning_key\nexpiration_days = 20\n")
        for name in ("root", "leaf"):
            make("certtool", "--generate-privkey", *self.KEYS[algorithm], "--outfile", place / f"{name}.key")
        make("certtool", "--generate-self-signed", "--load-privkey", place / "root.key", "--template", place / "root.tmpl",
             *sign, "--outfile", place / "root.pem")
        by_root = ["--load-ca-certificate", place / "root.pem", "--load-ca-privkey", place / "root.key"]
        make("certtool", "--generate-certificate", "--load-privkey", place / "leaf.key", *by_root, "--template",
             place / "leaf.tmpl", *sign, "--outfile", place / "leaf.pem")
        make("certtool", "--generate-request", "--load-privkey", place / "leaf.key", "--template", place / "leaf.tmpl",
             "--outfile", place / "leaf.csr")
        make("certtool", "--generate-crl", *by_root, "--template", place / "root.tmpl", "--outfile",
             place / "crl-empty.pem")
        make("certtool", "--generate-crl", *by_root, "--load-certificate", place / "leaf.pem", "--template",
             place / "root.tmpl", "--outfile", place / "crl-revokes.pem")


class StrongSwan(Maker):
    algorithms = ("rsa", "ec", "ed25519")
    KEYS = {"rsa": ["--type", "rsa", "--size", 2048], "ec": ["--type", "ecdsa", "--size", 256],
            "ed25519": ["--type", "ed25519"]}

    def make(self, place, algorithm):
        need("pki")
        if run("pki", "--gen", *self.KEYS[algorithm]).returncode != 0:
            raise unittest.SkipTest(f"pki has no plugin for {algorithm}")
        pem = ["--outform", "pem"]
        for name in ("root", "leaf"):
            (place / f"{name}.key").write_bytes(make("pki", "--gen", *self.KEYS[algorithm], *pem))
        (place / "root.pem").write_bytes(make("pki", "--self", "--in", place / "root.key", "--dn", "CN=Root", "--ca",
                                              "--lifetime", 30, *pem))
        (place / "leaf.csr").write_bytes(make("pki", "--req", "--in", place / "leaf.key", "--dn", "CN=leaf", *pem))
        by_root = ["--cacert", place / "root.pem", "--cakey", place / "root.key"]
        (place / "leaf.pem").write_bytes(make("pki", "--issue", "--type", "pkcs10", "--in", place / "leaf.csr", *by_root,
                                              "--lifetime", 20, "--serial", "1000", *pem))
        (place / "crl-empty.pem").write_bytes(make("pki", "--signcrl", *by_root, "--lifetime", 7, *pem))
        (place / "crl-one.pem").write_bytes(make("pki", "--signcrl", *by_root, "--lifetime", 7, "--serial", "01", *pem))
        (place / "crl-revokes.pem").write_bytes(make("pki", "--signcrl", *by_root, "--lifetime", 7, "--cert",
                                                     place / "leaf.pem", *pem))


class Java(Maker):
    algorithms = ("rsa", "pss", "ec", "ed25519")
    KEYS = {"rsa": ["-keyalg", "RSA", "-keysize", 2048, "-sigalg", "SHA256withRSA"],
            "pss": ["-keyalg", "RSASSA-PSS", "-keysize", 2048, "-sigalg", "RSASSA-PSS"],
            "ec": ["-keyalg", "EC", "-groupname", "secp256r1"], "ed25519": ["-keyalg", "Ed25519"]}

    def make(self, place, algorithm):
        need("keytool")
        store = ["-keystore", place / "store.p12", "-storepass", "changeit"]
        make("keytool", "-genkeypair", "-alias", "root", "-dname", "CN=Root", "-ext", "bc:c", "-ext",
             "ku:c=keyCertSign,cRLSign", "-validity", 30, *self.KEYS[algorithm], *store)
        make("keytool", "-genkeypair", "-alias", "leaf", "-dname", "CN=leaf", *self.KEYS[algorithm], *store)
        make("keytool", "-exportcert", "-rfc", "-alias", "root", "-file", place / "root.pem", *store)
        make("keytool", "-certreq", "-alias", "leaf", "-file", place / "leaf.csr", *store)
        make("keytool", "-gencert", "-rfc", "-alias", "root", "-infile", place / "leaf.csr", "-outfile", place / "leaf.pem",
             "-validity", 20, *store)
        serial = int(make("openssl", "x509", "-in", place / "leaf.pem", "-noout", "-serial").split(b"=")[1], 16)
        for name, ids in (("one", [1]), ("revokes", [serial])):
            make("keytool", "-gencrl", "-rfc", "-alias", "root", "-file", place / f"crl-{name}.pem",
                 *(word for one in ids for word in ("-id", one)), *store)


class Nss(Maker):
    algorithms = ("rsa", "ec")
    KEYS = {"rsa": ["-k", "rsa", "-g", 2048], "ec": ["-k", "ec", "-q", "nistp256"]}

    def make(self, place, algorithm):
        need("certutil", "crlutil")
        base, noise = ["-d", f"sql:{place}/db"], place / "noise"
        (place / "db").mkdir()
        noise.write_bytes(bytes(range(256)) * 8)
        make("certutil", "-N", *base, "--empty-password")
        make("certutil", "-S", *base, "-n", "root", "-s", "CN=Root", "-x", "-t", "CT,,", "-m", 1, "-v", 2, "-2", "-z", noise,
             *self.KEYS[algorithm], "--keyUsage", "certSigning,crlSigning,critical", input=b"y\n\ny\n")
        make("certutil", "-S", *base, "-n", "leaf", "-s", "CN=leaf", "-c", "root", "-t", ",,", "-m", 4096, "-v", 1, "-z",
             noise, *self.KEYS[algorithm])
        for name in ("root", "leaf"):
            (place / f"{name}.pem").write_bytes(make("certutil", "-L", *base, "-n", name, "-a"))
        make("certutil", "-R", *base, "-s", "CN=leaf", "-a", "-o", place / "leaf.csr", "-z", noise, *self.KEYS[algorithm])
        for name, serial in (("one", 9), ("revokes", 4096)):
            script = place / "script"
            script.write_text(f"update=20260101000000Z\nnextupdate=20380101000000Z\naddcert {serial} 20260101000000Z\n")
            run("crlutil", "-D", *base, "-n", "root")
            make("crlutil", "-G", *base, "-n", "root", "-c", script, "-o", place / "crl.bin")
            make("openssl", "crl", "-inform", "DER", "-in", place / "crl.bin", "-out", place / f"crl-{name}.pem")


class PyCryptography(Maker):
    algorithms = ("rsa", "ec", "ed25519")

    def make(self, place, algorithm):
        try:
            import datetime

            from cryptography import x509
            from cryptography.hazmat.primitives import hashes, serialization
            from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
        except ImportError as error:
            raise unittest.SkipTest("no python3-cryptography") from error
        new = {"rsa": lambda: rsa.generate_private_key(65537, 2048), "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
               "ed25519": ed25519.Ed25519PrivateKey.generate}[algorithm]
        digest = None if algorithm == "ed25519" else hashes.SHA256()
        pem, now = serialization.Encoding.PEM, datetime.datetime.now(datetime.timezone.utc)
        name = {who: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, who)]) for who in ("Root", "leaf")}
        keys = {who: new() for who in name}

        def certify(who, serial, is_ca):
            builder = x509.CertificateBuilder().subject_name(name[who]).issuer_name(name["Root"]).serial_number(serial)
            builder = builder.public_key(keys[who].public_key()).not_valid_before(now - datetime.timedelta(hours=1))
            builder = builder.not_valid_after(now + datetime.timedelta(days=20))
            builder = builder.add_extension(x509.BasicConstraints(is_ca, None), True)
            return builder.sign(keys["Root"], digest).public_bytes(pem)

        (place / "root.pem").write_bytes(certify("Root", 1, True))
        (place / "leaf.pem").write_bytes(certify("leaf", 4096, False))
        request = x509.CertificateSigningRequestBuilder().subject_name(name["leaf"])
        (place / "leaf.csr").write_bytes(request.sign(keys["leaf"], digest).public_bytes(pem))
        for kind, serials in (("empty", ()), ("one", (9,)), ("many", range(5, MANY)), ("revokes", (4096,))):
            builder = x509.CertificateRevocationListBuilder().issuer_name(name["Root"]).last_update(now)
            builder = builder.next_update(now + datetime.timedelta(days=7)).add_extension(x509.CRLNumber(3), False)
            for serial in serials:
                entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
                builder = builder.add_revoked_certificate(entry.build())
            (place / f"crl-{kind}.pem").write_bytes(builder.sign(keys["Root"], digest).public_bytes(pem))


class Consumers(unittest.TestCase):
    """Who takes which extended key usage: the rows of the manual (logon.md) that can be tried with libssl alone. The KDC is tried
    by lab_enroll.sh."""

    LOGON, CLIENT = "1.3.6.1.4.1.311.20.2.2", "clientAuth"

    def handshake(self, place, usages):
        root = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 9]
        make("openssl", "req", *root, "-subj", "/CN=Root", "-keyout", place / "root.key", "-out", place / "root.pem")
        for name, more in (("user", f"extendedKeyUsage={usages}"), ("server", "subjectAltName=DNS:localhost")):
            make("openssl", "req", *root, "-subj", f"/CN={name}", "-CA", place / "root.pem", "-CAkey", place / "root.key",
                 "-addext", "basicConstraints=critical,CA:FALSE", "-addext", more, "-keyout", place / f"{name}.key", "-out",
                 place / f"{name}.pem")
        sides = []
        for protocol, name in ((ssl.PROTOCOL_TLS_SERVER, "server"), (ssl.PROTOCOL_TLS_CLIENT, "user")):
            context = ssl.SSLContext(protocol)
            context.load_cert_chain(place / f"{name}.pem", place / f"{name}.key")
            context.load_verify_locations(place / "root.pem")
            context.verify_mode = ssl.CERT_REQUIRED
            sides.append(context)
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = sides[0].wrap_bio(to_server, to_client, server_side=True)
        client = sides[1].wrap_bio(to_client, to_server, server_hostname="localhost")
        for _ in range(6):
            for side in (client, server):
                try:
                    side.do_handshake()
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLCertVerificationError:
                    return False
        return server.getpeercert() is not None

    def test_a_tls_server_wants_client_authentication(self):
        for usages, wanted in ((self.LOGON, False), (self.CLIENT, True), (f"{self.LOGON},{self.CLIENT}", True)):
            with self.subTest(usages), tempfile.TemporaryDirectory(prefix="daotp-foreign.") as folder:
                place = pathlib.Path(folder)
                self.assertEqual(self.handshake(place, usages), wanted)
                # what libssl asks is what FreeRADIUS asks of EAP-TLS
                judged = run("openssl", "verify", "-purpose", "sslclient", "-CAfile", place / "root.pem", place / "user.pem")
                self.assertEqual(judged.returncode == 0, wanted)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main(verbosity=2)
