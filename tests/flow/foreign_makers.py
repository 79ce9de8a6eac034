#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What other makers' tools write, made afresh: certificates, CRLs (none, one, many entries, delta), requests,
PKCS#7 and OCSP, with RSA, RSASSA-PSS, ECDSA and Ed25519. Each is read by daotp and by two of the others, and judged
as openssl and certtool judge it; a difference stands in DIFFERENCES with its clause. A tool that is absent
is skipped, and said. hxtool is looked for in the build folder too: tests/install.sh unpacks it there, since its package
conflicts with MIT Kerberos.

    foreign_makers.py DAOTP-PROGRAM"""
import os
import pathlib
import shutil
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
# Who else reads each kind: the arguments in front of the file's name.
READERS = {
    ".csr": {"openssl": ["openssl", "req", "-noout", "-verify", "-in"], "certtool": ["certtool", "--crq-info", "--infile"]},
    ".p7b": {"openssl": ["openssl", "pkcs7", "-print_certs", "-noout", "-in"],
             "certtool": ["certtool", "--p7-info", "--infile"]},
    ".ocsp": {"openssl": ["openssl", "ocsp", "-noverify", "-text", "-respin"],
              "ocsptool": ["ocsptool", "--response-info", "--infile"]},
    ".ocspreq": {"openssl": ["openssl", "ocsp", "-noverify", "-req_text", "-reqin"],
                 "ocsptool": ["ocsptool", "--request-info", "--infile"]},
}
HEIMDAL = pathlib.Path(__file__).resolve().parents[2] / "build/heimdal"


def run(*args, timeout=60, **more):
    return subprocess.run([str(arg) for arg in args], capture_output=True, timeout=timeout, check=False, **more)


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
                self.algorithm = algorithm
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

    def delta(self, place):
        """A base and a delta that adds the leaf: revoked for us, and for openssl, the one of the others that reads deltas."""
        base, delta = place / "base.pem", place / "delta.pem"
        if not delta.exists():
            return
        both = place / "both.crl"
        both.write_bytes(base.read_bytes() + delta.read_bytes())
        self.assertTrue(self.ours(place, base)[0], "the base alone")
        is_good, said = self.ours(place, both)
        self.assertFalse(is_good, said)
        self.assertIn("REVOKED", said)
        done = run("openssl", "verify", "-crl_check", "-use_deltas", "-extended_crl", "-CAfile", place / "root.pem", "-CRLfile",
                   both, place / "leaf.pem")
        self.assertIn(b"revoked", done.stdout + done.stderr)
        listed = run(TOOL, "crl", delta)
        self.assertEqual(listed.returncode, 0, listed.stdout + listed.stderr)
        self.assertIn(b"delta", listed.stdout)

    def read_by_others(self, path):
        for reader, command in READERS.get(path.suffix, {}).items():
            if shutil.which(command[0]) is None:
                continue
            done = run(*command, path)
            self.assertEqual(done.returncode, 0, f"{reader}: {path.name}: {done.stdout[-200:] + done.stderr[-300:]}")

    def verify_ocsp(self, place):
        done = run(TOOL, "verify", "--rules", "path", "--trust", place / "root.pem", "--ocsp", place / "answer.ocsp",
                   place / "leaf.pem")
        self.assertEqual(done.returncode, 0, done.stdout)

    def read(self, place):
        for path in sorted(place.glob("*.*")):
            self.read_by_others(path)
            if path.suffix in (".pem", ".der", ".csr", ".p7b", ".p12", ".ocsp", ".ocspreq"):
                done = run(TOOL, "decode", path)
                self.assertEqual(done.returncode, 0, f"{path.name}: {done.stdout + done.stderr}")
                self.assertNotIn(b"not well-formed", done.stdout, path.name)

    def test_read_and_judged_alike(self):
        self.each(lambda place: (self.judge(place), self.delta(place), self.read(place)))


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
        base, delta = "freshestCRL = URI:http://127.0.0.1:1/d\n", "2.5.29.27 = critical,ASN1:INTEGER:200\n"
        for name, number, extension, serials in (
                ("crl-empty", "01", "", ()), ("crl-one", "02", "", (1,)), ("crl-many", "03", "", range(1, MANY)),
                ("crl-revokes", "04", "", (7, 4096)), ("base", "C8", base, (7,)), ("delta", "C9", delta, (4096,))):
            (place / "ca.conf").write_text(self.CONF.format(place, digest) + extension)
            (place / "number").write_text(number + "\n")
            (place / "index").write_text("".join(
                f"R\t300101000000Z\t250101000000Z\t{serial:04X}\tunknown\t/CN={serial}\n" for serial in serials))
            make("openssl", "ca", "-config", place / "ca.conf", "-gencrl", "-cert", place / "root.pem", "-keyfile",
                 place / "root.key", *sign, "-out", place / f"{name}.pem")
        make("openssl", "crl2pkcs7", "-nocrl", "-certfile", place / "root.pem", "-certfile", place / "leaf.pem", "-out",
             place / "both.p7b")
        make("openssl", "pkcs12", "-export", "-in", place / "leaf.pem", "-inkey", place / "leaf.key", "-passout", "pass:x",
             "-out", place / "leaf.p12")

    def test_ocsp(self):
        def check(place):
            (place / "index").write_text("V\t300101000000Z\t\t1000\tunknown\t/CN=leaf\n")
            done = run("openssl", "ocsp", "-index", place / "index", "-CA", place / "root.pem", "-rsigner",
                       place / "root.pem", "-rkey", place / "root.key", "-issuer", place / "root.pem", "-cert",
                       place / "leaf.pem", "-ndays", 3, "-reqout", place / "ask.ocspreq", "-respout", place / "answer.ocsp")
            if done.returncode != 0 and self.algorithm == "ed25519":  # openssl ocsp has no digest for it
                return
            self.assertEqual(done.returncode, 0, done.stderr)
            self.read(place)
            self.verify_ocsp(place)

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
        make("certtool", "--p7-generate", "--load-certificate", place / "root.pem", "--outfile", place / "one.p7b")
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
        fresh = x509.FreshestCRL([x509.DistributionPoint([x509.UniformResourceIdentifier("http://127.0.0.1:1/d")], None, None,
                                                         None)])
        for kind, number, extension, critical, serial in (("base", 200, fresh, False, 7),
                                                          ("delta", 201, x509.DeltaCRLIndicator(200), True, 4096)):
            builder = x509.CertificateRevocationListBuilder().issuer_name(name["Root"]).last_update(now)
            builder = builder.next_update(now + datetime.timedelta(days=7)).add_extension(x509.CRLNumber(number), False)
            builder = builder.add_extension(extension, critical).add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys["Root"].public_key()), False)
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
            builder = builder.add_revoked_certificate(entry)
            (place / f"{kind}.pem").write_bytes(builder.sign(keys["Root"], digest).public_bytes(pem))
        self.make_ocsp(place, keys, digest, now)

    @staticmethod
    def make_ocsp(place, keys, digest, now):
        import datetime

        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.x509 import ocsp

        root, leaf = (x509.load_pem_x509_certificate((place / f"{who}.pem").read_bytes()) for who in ("root", "leaf"))
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=leaf, issuer=root, algorithm=hashes.SHA256(), cert_status=ocsp.OCSPCertStatus.GOOD, this_update=now,
            next_update=now + datetime.timedelta(days=1), revocation_time=None, revocation_reason=None)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, root)
        der = serialization.Encoding.DER
        (place / "answer.ocsp").write_bytes(builder.sign(keys["Root"], digest).public_bytes(der))
        request = ocsp.OCSPRequestBuilder().add_certificate(leaf, root, hashes.SHA1()).build()
        (place / "ask.ocspreq").write_bytes(request.public_bytes(der))

    def test_ocsp(self):
        self.each(self.verify_ocsp)


GO_PROGRAM = r"""
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func write(name, kind string, der []byte) {
	check(os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0600))
}

func key(algorithm string) crypto.Signer {
	var made crypto.Signer
	var err error
	switch algorithm {
	case "ec":
		made, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ed25519":
		_, made, err = ed25519.GenerateKey(rand.Reader)
	default:
		made, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	check(err)
	return made
}

func list(root *x509.Certificate, signer crypto.Signer, sig x509.SignatureAlgorithm, name string, number int64, serials []int64,
	more ...pkix.Extension) {
	now := time.Now()
	template := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: now.Add(-time.Hour),
		NextUpdate: now.Add(24 * time.Hour), SignatureAlgorithm: sig, ExtraExtensions: more}
	for _, serial := range serials {
		template.RevokedCertificates = append(template.RevokedCertificates,
			pkix.RevokedCertificate{SerialNumber: big.NewInt(serial), RevocationTime: now.Add(-time.Hour)})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, root, signer)
	check(err)
	write(name, "X509 CRL", der)
}

func main() {
	algorithm := os.Args[1]
	sig := map[string]x509.SignatureAlgorithm{"rsa": x509.SHA256WithRSA, "pss": x509.SHA256WithRSAPSS,
		"ec": x509.ECDSAWithSHA256, "ed25519": x509.PureEd25519}[algorithm]
	rootKey, leafKey := key(algorithm), key(algorithm)
	now := time.Now()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(720 * time.Hour), IsCA: true, BasicConstraintsValid: true, SignatureAlgorithm: sig,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	check(err)
	write("root.pem", "CERTIFICATE", der)
	root, err = x509.ParseCertificate(der)
	check(err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(4096), Subject: pkix.Name{CommonName: "leaf"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(480 * time.Hour), SignatureAlgorithm: sig}
	der, err = x509.CreateCertificate(rand.Reader, leaf, root, leafKey.Public(), rootKey)
	check(err)
	write("leaf.pem", "CERTIFICATE", der)
	der, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "leaf"},
		SignatureAlgorithm: sig, DNSNames: []string{"leaf.example"}}, leafKey)
	check(err)
	write("leaf.csr", "CERTIFICATE REQUEST", der)
	many := []int64{}
	for i := int64(5); i < 300; i++ {
		many = append(many, i)
	}
	list(root, rootKey, sig, "crl-empty.pem", 1, nil)
	list(root, rootKey, sig, "crl-one.pem", 2, []int64{9})
	list(root, rootKey, sig, "crl-many.pem", 3, many)
	list(root, rootKey, sig, "crl-revokes.pem", 4, []int64{4096})
	base, err := asn1.Marshal(200)
	check(err)
	fresh := []byte("\x30\x1c\x30\x1a\xa0\x18\xa0\x16\x86\x14http://127.0.0.1:1/d")
	list(root, rootKey, sig, "base.pem", 200, []int64{7}, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 46}, Value: fresh})
	list(root, rootKey, sig, "delta.pem", 201, []int64{4096},
		pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: base})
}
"""


class Go(Maker):
    algorithms = ("rsa", "pss", "ec", "ed25519")

    @classmethod
    def setUpClass(cls):
        need("go")
        folder = tempfile.TemporaryDirectory(prefix="daotp-go.")
        cls.addClassCleanup(folder.cleanup)
        cls.program = f"{folder.name}/maker"
        (pathlib.Path(folder.name) / "main.go").write_text(GO_PROGRAM)
        home = {"GOCACHE": f"{folder.name}/cache", "GOPATH": f"{folder.name}/path", "GO111MODULE": "off",
                "GOFLAGS": "-mod=mod", "GOPROXY": "off", "HOME": folder.name, "PATH": os.environ["PATH"]}
        make("go", "build", "-o", cls.program, "main.go", env=home, cwd=folder.name, timeout=240)

    def make(self, place, algorithm):
        make(self.program, algorithm, cwd=place)


class Heimdal(Maker):
    """hxtool: RSA alone. The keys are openssl's: a key that hxtool 7.8 makes itself has 2044 to 2048 bits, and daotp takes
    none under 2048 (NIST SP 800-131A)."""

    algorithms = ("rsa",)

    @staticmethod
    def program():
        if shutil.which("hxtool") is not None:
            return ["hxtool"]
        if not (HEIMDAL / "usr/bin/hxtool").exists():
            raise unittest.SkipTest("no hxtool")
        libraries = sorted({str(path.parent) for path in HEIMDAL.glob("usr/lib/**/*.so*")})
        return ["env", "LD_LIBRARY_PATH=" + ":".join(libraries), HEIMDAL / "usr/bin/hxtool"]

    def make(self, place, algorithm):
        tool = self.program()
        for name in ("root", "leaf"):
            make("openssl", "genrsa", "-traditional", "-out", place / f"{name}.key", 2048)
        make(*tool, "issue-certificate", "--self-signed", "--issue-ca", f"--ca-private-key=FILE:{place}/root.key",
             "--subject=CN=Root", "--lifetime=30 days", f"--certificate=FILE:{place}/root.crt")
        (place / "root.all").write_bytes((place / "root.crt").read_bytes() + (place / "root.key").read_bytes())
        make(*tool, "request-create", "--subject=CN=leaf", f"--key=FILE:{place}/leaf.key", place / "leaf.bin")
        make(*tool, "issue-certificate", f"--ca-certificate=FILE:{place}/root.all", f"--req=PKCS10:{place}/leaf.bin",
             "--subject=CN=leaf", "--type=https-client", "--serial-number=1000", "--lifetime=20 days",
             f"--certificate=FILE:{place}/leaf.all")
        make("openssl", "req", "-inform", "DER", "-in", place / "leaf.bin", "-out", place / "leaf.csr")
        for name in ("root", "leaf"):
            make("openssl", "x509", "-in", place / f"{name}.all", "-out", place / f"{name}.pem")
        for name, revoked in (("empty", []), ("revokes", [f"FILE:{place}/leaf.all"])):
            make(*tool, "crl-sign", f"--signer=FILE:{place}/root.all", f"--crl-file={place}/crl.bin", "--lifetime=7 days",
                 *revoked)
            make("openssl", "crl", "-inform", "DER", "-in", place / "crl.bin", "-out", place / f"crl-{name}.pem")


del Maker  # it is no test of its own

if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main(verbosity=2)
