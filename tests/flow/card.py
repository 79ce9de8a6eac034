#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The PKCS #11 module, in programs that know nothing of libdaotp: the column "with the card" of the manual (logon.md).
lab_enroll.sh has kinit; tests/unit/test_pkcs11.c the module by itself.

    card.py DAOTP-PROGRAM MODULE"""
import http.server
import os
import pathlib
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

DAOTP, MODULE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
REST = sys.argv[3:]

import consumers  # noqa: E402  pylint: disable=wrong-import-position  takes a word of the command line
from consumers import SBIN, find, free_port, make, run  # noqa: E402  pylint: disable=wrong-import-position

LIMIT_S = 60


def need_file(pattern, package):
    for folder in ("/usr/lib", "/usr/lib64"):
        found = sorted(pathlib.Path(folder).glob(pattern))
        if found:
            return found[0]
    raise unittest.SkipTest(f"no {package}")


class Card(unittest.TestCase):
    """In self.folder a store with the entries "rsa" and "ec", and the certificate of a TLS server at localhost."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="daotp-card.")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "daotp.conf").write_text(f"[default]\nstore = dir:{self.folder}/store\n")
        (self.folder / "daotp.conf").chmod(0o600)
        self.environment = {"PATH": SBIN, "HOME": str(self.folder), "DAOTP_CONFIG": str(self.folder / "daotp.conf"),
                            "PKCS11_MODULE_PATH": str(MODULE)}
        self.make_certificates()
        for name in ("rsa", "ec"):
            self.run_good(DAOTP, "store", "import", name, "--cert", self.folder / f"{name}.pem", "--key", self.folder / f"{name}.key")

    def make_certificates(self):
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        new = ["openssl", "req", "-x509", "-nodes", "-days", 9]
        root = ["-CA", self.folder / "root.pem", "-CAkey", self.folder / "root.key", "-addext", "basicConstraints=critical,CA:FALSE"]
        make(*new, *ec, "-subj", "/CN=Root", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.folder / "root.key",
             "-out", self.folder / "root.pem")
        user = ["-addext", "extendedKeyUsage=clientAuth,1.3.6.1.4.1.311.20.2.2", "-addext", "keyUsage=critical,digitalSignature,keyEncipherment"]
        rows = [("server", ec, ["-addext", "subjectAltName=DNS:localhost", "-addext", "extendedKeyUsage=serverAuth"]),
                ("rsa", ["-newkey", "rsa:2048"], user), ("ec", ec, user)]
        for name, key, more in rows:
            make(*new, *key, "-subj", f"/CN={name}", *root, *more, "-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.pem")
            (self.folder / f"{name}.key").chmod(0o600)

    def run(self, *args, **more):  # the name is unittest's as well, with a result
        if len(args) <= 1 and not more:
            return super().run(*args)
        return run(*args, env=self.environment, **more)

    def run_good(self, *args, **more):
        done = self.run(*args, **more)
        self.assertEqual(done.returncode, 0, (args, done.stdout[-800:], done.stderr[-800:]))
        return done.stdout

    def start(self, *args, **more):
        program = subprocess.Popen([str(arg) for arg in args], env=self.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, **more)
        self.addCleanup(program.wait, LIMIT_S)
        self.addCleanup(program.terminate)
        return program

    def start_server(self):
        """A TLS server of OpenSSL that wants a client certificate; the command waits until it can be reached."""
        port = free_port(socket.SOCK_STREAM)
        self.start("openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", self.folder / "server.pem", "-key",
                   self.folder / "server.key", "-CAfile", self.folder / "root.pem", "-Verify", 3, "-verify_return_error", "-www")
        make("curl", "-q", "-s", "--noproxy", "*", "--retry", 20, "--retry-connrefused", "--retry-delay", 1, "-k", "--cert",
             self.folder / "ec.pem", "--key", self.folder / "ec.key", "-o", "/dev/null", f"https://127.0.0.1:{port}/")
        return port


class OpenSc(Card):
    def test_pkcs11_tool_finds_no_error(self):
        tool = find("pkcs11-tool")
        for token in ("rsa", "ec"):
            said = self.run_good(tool, "--module", MODULE, "--token-label", token, "--test", "--allow-sw")
            self.assertIn(b"No errors", said)
        self.assertIn(b"SHA256-RSA-PKCS: OK", self.run_good(tool, "--module", MODULE, "--token-label", "rsa", "--test", "--allow-sw"))

    def test_the_public_key_is_for_verifying(self):
        """FreeRDP (WinPR's ncrypt_pkcs11.c) looks for a card by its RSA public key with CKA_VERIFY."""
        shown = self.run_good(find("pkcs11-tool"), "--module", MODULE, "--token-label", "rsa", "--list-objects", "--type", "pubkey")
        self.assertRegex(shown, rb"Usage:\s+verify")

    def test_the_private_key_cannot_be_read_or_changed(self):
        tool = find("pkcs11-tool")
        for args in (["--read-object", "--type", "privkey"], ["--delete-object", "--type", "cert"],
                     ["--keypairgen", "--key-type", "EC:prime256v1"]):
            with self.subTest(args):
                done = self.run(tool, "--module", MODULE, "--token-label", "ec", "--label", "ec", *args)
                self.assertRegex(done.stderr, b"(?i)error|sorry", done.stdout)


class GnuTls(Card):
    def test_p11tool_and_gnutls_cli(self):
        p11tool, cli = find("p11tool"), find("gnutls-cli")
        for token in ("rsa", "ec"):
            listed = self.run_good(p11tool, "--provider", MODULE, "--list-all", f"pkcs11:token={token}")
            self.assertIn(b"Type: Private key", listed)
            self.run_good(p11tool, "--provider", MODULE, "--test-sign", f"pkcs11:token={token};object={token};type=private")
            port = self.start_server()
            done = self.run(cli, "--provider", MODULE, "--x509certfile", f"pkcs11:token={token};object={token};type=cert",
                            "--x509keyfile", f"pkcs11:token={token};object={token};type=private", "--x509cafile", self.folder / "root.pem", "-p", port, "localhost",
                            input=b"GET / HTTP/1.0\r\n\r\n")
            self.assertIn(b"HTTP/1.0 200", done.stdout, done.stdout[-600:] + done.stderr[-600:])


class OpenSsl(Card):
    def test_curl_with_the_engine(self):
        need_file("*/engines-3/pkcs11.so", "libengine-pkcs11-openssl")
        for token in ("rsa", "ec"):
            port = self.start_server()
            done = self.run(find("curl"), "-q", "-s", "--noproxy", "*", "--cacert", self.folder / "root.pem", "--engine", "pkcs11",
                            "--cert-type", "ENG", "--cert", f"pkcs11:token={token};type=cert", "--key-type", "ENG", "--key",
                            f"pkcs11:token={token};type=private", f"https://localhost:{port}/", "--resolve", f"localhost:{port}:127.0.0.1")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"Subject: CN={token}".encode(), done.stdout.replace(b" = ", b"="))

    def test_the_provider(self):
        provider = need_file("*/ossl-modules/pkcs11.so", "pkcs11-provider")
        (self.folder / "openssl.cnf").write_text(
            f"openssl_conf=init\n[init]\nproviders=p\n[p]\ndefault=d\npkcs11=k\n[d]\nactivate=1\n[k]\nmodule={provider}\n"
            f"pkcs11-module-path={MODULE}\nactivate=1\n")
        self.environment["OPENSSL_CONF"] = str(self.folder / "openssl.cnf")
        (self.folder / "message").write_text("message")
        for token in ("rsa", "ec"):
            self.run_good("openssl", "pkeyutl", "-sign", "-rawin", "-digest", "sha256", "-in", self.folder / "message", "-inkey",
                          f"pkcs11:token={token};type=private", "-out", self.folder / "signature")
            make("openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sha256", "-in", self.folder / "message", "-certin", "-inkey",
                 self.folder / f"{token}.pem", "-sigfile", self.folder / "signature")


class Nss(Card):
    def test_modutil_and_certutil(self):
        modutil, certutil = find("modutil"), find("certutil")
        database = f"sql:{self.folder}/nss"
        (self.folder / "nss").mkdir()
        (self.folder / "pin").write_text("a-pin-1\n")
        self.run_good(certutil, "-N", "-d", database, "--empty-password")
        self.run_good(modutil, "-force", "-dbdir", database, "-add", "daotp", "-libfile", MODULE)
        self.assertIn(b"Token Name: ec ", self.run_good(modutil, "-dbdir", database, "-list", "daotp"))
        for token in ("rsa", "ec"):
            listed = self.run_good(certutil, "-L", "-d", database, "-h", token)
            self.assertIn(f"{token}:{token}".encode(), listed)
            key = re.search(rb"[0-9a-f]{40}", self.run_good(certutil, "-K", "-d", database, "-h", token)).group(0).decode()
            self.run_good(certutil, "-R", "-d", database, "-h", token, "-k", key, "-s", "CN=x", "-a", "-o",
                          self.folder / "csr.pem")
            make("openssl", "req", "-in", self.folder / "csr.pem", "-verify", "-noout")


class Ssh(Card):
    def start_sshd(self):
        sshd = find("sshd")
        if os.getuid() != 0:
            raise unittest.SkipTest("sshd of another user needs root")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        make("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / "host")
        port = free_port(socket.SOCK_STREAM)
        keys = self.run_good(find("ssh-keygen"), "-D", MODULE)
        self.assertEqual(len(keys.splitlines()), 2)
        (self.folder / "authorized").write_bytes(keys)
        (self.folder / "known").write_text(f"[127.0.0.1]:{port} {(self.folder / 'host.pub').read_text()}")
        self.start(sshd, "-D", "-f", "/dev/null", "-h", self.folder / "host", "-o", "ListenAddress=127.0.0.1", "-p", port, "-o",
                   f"AuthorizedKeysFile={self.folder}/authorized", "-o", "StrictModes=no", "-o", "UsePAM=no", "-o", "PidFile=none", "-o",
                   "PermitRootLogin=prohibit-password")
        return port

    def log_on(self, port, *more, **options):
        return self.run("ssh", "-F", "/dev/null", "-p", port, "-o", f"UserKnownHostsFile={self.folder}/known", "-o", "BatchMode=yes", "-o",
                        "ConnectionAttempts=20", "-o", "IdentityFile=none", *more, f"{pwd.getpwuid(0).pw_name}@127.0.0.1", "echo", "logged on",
                        **options)

    def test_ssh(self):
        port = self.start_sshd()
        self.assertNotIn(b"logged on", self.log_on(port).stdout)
        done = self.log_on(port, "-I", MODULE)
        self.assertIn(b"logged on", done.stdout, done.stderr)

    def test_an_entry_expires_while_the_agent_holds_the_session(self):
        """The agent's clock is moved by libfaketime."""
        library = need_file("*/faketime/libfaketime.so.1", "faketime")
        agent = self.folder / "ssh-agent" # a copy: for a set-group-ID program the loader preloads nothing
        shutil.copy(find("ssh-agent"), agent)
        clock = self.folder / "clock"
        clock.write_text("+0\n")
        self.environment |= {"SSH_AUTH_SOCK": str(self.folder / "agent"), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
        port = self.start_sshd()
        holder = subprocess.Popen([agent, "-D", "-a", self.folder / "agent", "-P", str(MODULE.parent / "*")], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, env=self.environment | {"LD_PRELOAD": str(library)})
        self.addCleanup(holder.wait, LIMIT_S)
        self.addCleanup(holder.terminate)
        make("sh", "-c", f"i=0; until [ -S {self.folder}/agent ] || [ $i = 100 ]; do i=$((i + 1)); sleep 0.1; done")
        added = self.run("ssh-add", "-s", MODULE, stdin=subprocess.DEVNULL)
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertIn(b"logged on", self.log_on(port).stdout)
        clock.write_text("+10d\n")
        self.assertNotIn(b"logged on", self.log_on(port).stdout)
        clock.write_text("+0\n")
        self.assertIn(b"logged on", self.log_on(port).stdout)


class Eap(Card):
    def test_eapol_test(self):
        eapol, radius = find("eapol_test"), find("freeradius")
        engine = need_file("*/engines-3/pkcs11.so", "libengine-pkcs11-openssl")
        port = free_port(socket.SOCK_DGRAM)
        libraries = next((path for path in ("/usr/lib/freeradius", "/usr/lib64/freeradius") if pathlib.Path(path).is_dir()), "")
        (self.folder / "radiusd.conf").write_text(consumers.EapTls.CONF.format(self.folder, port, libraries))
        self.start(radius, "-f", "-l", self.folder / "radius.log", "-d", self.folder, "-n", "radiusd")
        (self.folder / "eap.conf").write_text(
            f'pkcs11_engine_path={engine}\n'  # pkcs11_module_path has to be below /usr/lib
            'network={\nkey_mgmt=WPA-EAP\neap=TLS\nidentity="alice@corp.example"\n'
            f'ca_cert="{self.folder}/root.pem"\nclient_cert="pkcs11:token=ec;type=cert"\nprivate_key="pkcs11:token=ec;type=private"\n}}\n')
        done = self.run(eapol, "-c", self.folder / "eap.conf", "-a", "127.0.0.1", "-p", port, "-s", "testing123", "-t", 45)
        self.assertTrue(done.stdout.rstrip().endswith(b"SUCCESS"), done.stdout[-1500:])


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):  # pylint: disable=invalid-name  http.server's
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = dict(pair for rdn in self.connection.getpeercert()["subject"] for pair in rdn)["commonName"]
        body = (f'<?xml version="1.0"?><config-auth client="vpn" type="complete"><session-token>cookie-of-{name}</session-token>'
                '<auth id="success"/></config-auth>').encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class P11Kit(Card):
    """p11-kit reads a user's module files, though not for root."""

    def as_nobody(self, *args):
        return self.run(find("setpriv"), "--reuid", "nobody", "--regid", str(pwd.getpwnam("nobody").pw_gid), "--clear-groups", *args)

    def test_only_the_programs_that_are_named_see_the_store(self):
        p11tool = find("p11tool")
        if os.getuid() != 0:
            raise unittest.SkipTest("another user needs root")
        other = self.folder / "other"
        shutil.copy(p11tool, other)
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
        if self.as_nobody("test", "-r", MODULE).returncode != 0:
            raise unittest.SkipTest("nobody cannot read the build folder")
        done = self.as_nobody(DAOTP, "store", "register", f"dir:{self.folder}/store", "p11tool", "--module", MODULE)
        self.assertEqual(done.returncode, 0, done.stderr)
        text = (self.folder / ".config/pkcs11/modules/daotp.module").read_text()
        self.assertIn("\nenable-in: p11tool\ntrust-policy: no\n", text)
        del self.environment["DAOTP_CONFIG"]
        self.assertIn(b"token=ec", self.as_nobody(p11tool, "--list-tokens").stdout)
        self.assertNotIn(b"token=ec", self.as_nobody(other, "--list-tokens").stdout)
        self.assertEqual(self.as_nobody(DAOTP, "store", "unregister").returncode, 0)
        self.assertNotIn(b"token=ec", self.as_nobody(p11tool, "--list-tokens").stdout)

    def start_gateway(self):
        """As much of an AnyConnect gateway as the client certificate alone logs on to: what it answers tells whose it was."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        context.load_verify_locations(self.folder / "root.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        gateway = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
        gateway.socket = context.wrap_socket(gateway.socket, server_side=True)
        thread = threading.Thread(target=gateway.serve_forever)
        thread.start()
        self.addCleanup(gateway.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(gateway.shutdown)
        return gateway.server_port

    def test_openconnect(self):
        openconnect = find("openconnect")
        if os.getuid() != 0:
            raise unittest.SkipTest("another user needs root")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
        if self.as_nobody("test", "-r", MODULE).returncode != 0:
            raise unittest.SkipTest("nobody cannot read the build folder")
        port = self.start_gateway()
        words = [openconnect, "--authenticate", "--non-inter", "--no-proxy", "--cafile", self.folder / "root.pem"]
        done = self.as_nobody(DAOTP, "store", "register", f"dir:{self.folder}/store", "openconnect", "--module", MODULE)
        self.assertEqual(done.returncode, 0, done.stderr)
        del self.environment["DAOTP_CONFIG"]
        for token in ("rsa", "ec"):
            done = self.as_nobody(*words, "--certificate", f"pkcs11:token={token};object={token}", f"https://localhost:{port}/")
            self.assertIn(f"webvpn=cookie-of-{token}'".encode(), done.stdout, done.stderr[-1500:])
        self.assertNotIn(b"cookie-of", self.as_nobody(*words, f"https://localhost:{port}/").stdout)

    def test_what_cannot_be_registered_is_refused(self):
        for words in (["a b"], ["a,b"], ["a/b"], [""], [], ["ssh", "a\nb"]):
            with self.subTest(words):
                self.assertEqual(self.run(DAOTP, "store", "register", *words, "--module", MODULE).returncode, 64)
        self.assertEqual(self.run(DAOTP, "store", "register", "ssh", "--module", self.folder / "none.so").returncode, 78)
        self.assertFalse((self.folder / ".config").exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
