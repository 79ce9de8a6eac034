#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who takes which extended key usage: the table of the manual (logon.md), each row that can be run here against the
consumer itself. The KDC is tried by lab_enroll.sh; Windows' consumers (KDC, NPS, RRAS, RDP) are not run.

    consumers.py"""
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

LOGON, CLIENT = "1.3.6.1.4.1.311.20.2.2", "clientAuth"
USAGES = {"logon": LOGON, "client": CLIENT, "both": f"{LOGON},{CLIENT}"}
LIMIT_S = 20
SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


def run(*args, **more):
    return subprocess.run([str(arg) for arg in args], capture_output=True, timeout=60, check=False, **more)


def make(*args):
    done = run(*args)
    assert done.returncode == 0, (args, done.stderr[-500:])
    return done.stdout


def find(program):
    path = shutil.which(program) or shutil.which(program, path=SBIN)
    if path is None:
        raise unittest.SkipTest(f"no {program}")
    return path


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Consumer(unittest.TestCase):
    """In self.place: a root, a server's certificate for localhost, and a user's for each row of USAGES."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="daotp-consumer.")
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)
        new = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 9]
        root = ["-CA", self.place / "root.pem", "-CAkey", self.place / "root.key", "-addext",
                "basicConstraints=critical,CA:FALSE"]
        make("openssl", "req", *new, "-subj", "/CN=Root", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout",
             self.place / "root.key", "-out", self.place / "root.pem")
        upn = "subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp.example,email:alice@corp.example"
        rows = [("server", ["-addext", "subjectAltName=DNS:localhost", "-addext", "extendedKeyUsage=serverAuth"])]
        rows += [(name, ["-addext", f"extendedKeyUsage={usage}", "-addext", upn]) for name, usage in USAGES.items()]
        for name, more in rows:
            make("openssl", "req", *new, "-subj", f"/CN={name}", *root, *more, "-keyout", self.place / f"{name}.key", "-out",
                 self.place / f"{name}.pem")

    def start(self, *args, **more):
        program = subprocess.Popen([str(arg) for arg in args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
        self.addCleanup(program.wait, LIMIT_S)
        self.addCleanup(program.terminate)
        return program

    def expect(self, is_taken, wanted):
        for name in USAGES:
            with self.subTest(name):
                self.assertEqual(is_taken(name), wanted[name])


class EapTls(Consumer):
    """FreeRADIUS, asked by eapol_test of wpa_supplicant."""

    CONF = """
prefix = /usr
logdir = {0}
run_dir = {0}
libdir = {2}
security {{
    allow_vulnerable_openssl = yes
}}
client localhost {{
    ipaddr = 127.0.0.1
    secret = testing123
}}
modules {{
    eap {{
        default_eap_type = tls
        tls-config common {{
            private_key_file = {0}/server.key
            certificate_file = {0}/server.pem
            ca_file = {0}/root.pem
            tls_min_version = "1.2"
            tls_max_version = "1.2"
        }}
        tls {{
            tls = common
        }}
    }}
}}
server default {{
    listen {{
        type = auth
        ipaddr = 127.0.0.1
        port = {1}
    }}
    authorize {{
        eap
    }}
    authenticate {{
        eap
    }}
}}
"""

    def test_client_authentication_is_wanted(self):
        eapol, radius = find("eapol_test"), find("freeradius")
        port = free_port(socket.SOCK_DGRAM)
        libraries = next((path for path in ("/usr/lib/freeradius", "/usr/lib64/freeradius") if pathlib.Path(path).is_dir()), "")
        (self.place / "radiusd.conf").write_text(self.CONF.format(self.place, port, libraries))
        log = self.place / "radius.log"
        checked = run(radius, "-C", "-l", "stdout", "-d", self.place, "-n", "radiusd")
        self.assertEqual(checked.returncode, 0, checked.stdout[-800:])
        self.start(radius, "-f", "-l", log, "-d", self.place, "-n", "radiusd")

        def is_taken(name):
            (self.place / "eap.conf").write_text(
                'network={\nkey_mgmt=WPA-EAP\neap=TLS\nidentity="alice@corp.example"\n'
                f'ca_cert="{self.place}/root.pem"\nclient_cert="{self.place}/{name}.pem"\n'
                f'private_key="{self.place}/{name}.key"\n}}\n')
            for _ in range(40):
                done = run(eapol, "-c", self.place / "eap.conf", "-a", "127.0.0.1", "-p", port, "-s", "testing123", "-t", 5)
                if b"CTRL-EVENT-EAP-" in done.stdout:  # it answered
                    return done.returncode == 0 and done.stdout.rstrip().endswith(b"SUCCESS")
                time.sleep(0.1)
            self.fail(log.read_text()[-500:] if log.exists() else done.stdout[-500:])

        self.expect(is_taken, {"logon": False, "client": True, "both": True})


class TlsServer(Consumer):
    """nginx with ssl_verify_client, asked by curl."""

    CONF = """
daemon off; pid {0}/pid; error_log {0}/error.log; worker_processes 1;
events {{ worker_connections 16; }}
http {{
    access_log off; client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u;
    scgi_temp_path {0}/s;
    server {{
        listen 127.0.0.1:{1} ssl; ssl_certificate {0}/server.pem; ssl_certificate_key {0}/server.key;
        ssl_client_certificate {0}/root.pem; ssl_verify_client on;
        location / {{ return 204; }}
    }}
}}
"""

    def test_client_authentication_is_wanted(self):
        nginx, curl = find("nginx"), find("curl")
        port = free_port(socket.SOCK_STREAM)
        (self.place / "nginx.conf").write_text(self.CONF.format(self.place, port))
        self.start(nginx, "-p", self.place, "-e", self.place / "error.log", "-c", self.place / "nginx.conf")

        def is_taken(name):
            done = run(curl, "-s", "--retry", 20, "--retry-connrefused", "--retry-delay", 1, "--cacert", self.place / "root.pem",
                       "--cert", self.place / f"{name}.pem", "--key", self.place / f"{name}.key", "-o", "/dev/null", "-w",
                       "%{http_code}", f"https://localhost:{port}/", "--resolve", f"localhost:{port}:127.0.0.1")
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout == b"204"

        self.expect(is_taken, {"logon": False, "client": True, "both": True})


class Ike(Consumer):
    """strongSwan judges certificates with the library of charon, which pki is; the tunnel itself is not run."""

    def test_no_usage_is_asked_for(self):
        pki = find("pki")

        def is_taken(name):
            return run(pki, "--verify", "--in", self.place / f"{name}.pem", "--cacert",
                       self.place / "root.pem").returncode == 0

        self.expect(is_taken, {"logon": True, "client": True, "both": True})
        shown = make(pki, "--print", "--in", self.place / "both.pem")
        self.assertIn(b"clientAuth", shown)


class Ssh(Consumer):
    """OpenSSH reads no X.509 certificate."""

    def test_no_certificate_is_read(self):
        keygen = find("ssh-keygen")
        self.assertNotEqual(run(keygen, "-l", "-f", self.place / "both.pem").returncode, 0)
        self.assertNotEqual(run(keygen, "-L", "-f", self.place / "both.pem").returncode, 0)


del Consumer  # it is no test of its own

if __name__ == "__main__":
    unittest.main(verbosity=2)
