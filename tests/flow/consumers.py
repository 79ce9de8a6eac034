#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which extended key usages a consumer of logon certificates accepts: the table of the manual (logon.md), each row that
can be run here, by the consumer itself. lab_enroll.sh tries the KDC; Windows' consumers (KDC, NPS, RRAS, RDP) are not run.

    consumers.py [DAOTP-PROGRAM]"""
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
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


def enroll_in_lab(test):
    """Alice's certificate and key as a lab issues them, and the certificates of its CAs."""
    folder = pathlib.Path(test.folder)
    lab, password = folder / "lab", folder / "password"
    test.addCleanup(run, TOOL, "lab", "down", lab)
    env = json.loads(make(TOOL, "lab", "up", "--no-radius", "--no-kdc", "--json", lab))
    password.touch(0o600)
    password.write_text("alice-password")
    done = run(TOOL, "enroll", "--url", env["LAB_URL"], "--user", "LAB\\alice", "--upn", "alice@LAB.EXAMPLE", "--store",
               folder / "store", "--trust", env["LAB_TRUST"], "--cert", env["LAB_MACHINE_CERT"], "--key",
               env["LAB_MACHINE_KEY"], "--template", env["LAB_TEMPLATE"], "--ces-url", env["LAB_CES"], "--key-kind", "p256",
               "--password-file", password, "--otp-fd", 0, input=make(TOOL, "lab", "totp", lab, "alice"))
    test.assertEqual(done.returncode, 0, done.stdout[-800:])
    entry = folder / "store" / "alice@LAB.EXAMPLE"
    return entry / "cert.pem", entry / "key.pem", lab / "pki" / "issuing.pem", env["LAB_TRUST"]


class Consumer(unittest.TestCase):
    """In self.folder: a root, a server's certificate for localhost, and a user's for each row of USAGES."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="daotp-consumer.")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        new = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 9]
        root = ["-CA", self.folder / "root.pem", "-CAkey", self.folder / "root.key", "-addext",
                "basicConstraints=critical,CA:FALSE"]
        make("openssl", "req", *new, "-subj", "/CN=Root", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout",
             self.folder / "root.key", "-out", self.folder / "root.pem")
        upn = "subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp.example,email:alice@corp.example"
        rows = [("server", ["-addext", "subjectAltName=DNS:localhost", "-addext", "extendedKeyUsage=serverAuth"])]
        rows += [(name, ["-addext", f"extendedKeyUsage={usage}", "-addext", upn]) for name, usage in USAGES.items()]
        for name, more in rows:
            make("openssl", "req", *new, "-subj", f"/CN={name}", *root, *more, "-keyout", self.folder / f"{name}.key", "-out",
                 self.folder / f"{name}.pem")

    def start(self, *args, **more):
        program = subprocess.Popen([str(arg) for arg in args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
        self.addCleanup(program.wait, LIMIT_S)
        self.addCleanup(program.terminate)
        return program

    def expect(self, is_accepted, wanted):
        for name in USAGES:
            with self.subTest(name):
                self.assertEqual(is_accepted(name), wanted[name])


class LibSsl(Consumer):
    """A TLS server of libssl; FreeRADIUS asks of EAP-TLS what libssl asks."""

    def context(self, protocol, name):
        context = ssl.SSLContext(protocol)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        context.load_verify_locations(self.folder / "root.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def is_accepted(self, name):
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = self.context(ssl.PROTOCOL_TLS_SERVER, "server").wrap_bio(to_server, to_client, server_side=True)
        client = self.context(ssl.PROTOCOL_TLS_CLIENT, name).wrap_bio(to_client, to_server, server_hostname="localhost")
        for _ in range(6):
            for side in (client, server):
                try:
                    side.do_handshake()
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLCertVerificationError:
                    return False
        return server.getpeercert() is not None

    def test_client_authentication_is_wanted(self):
        self.expect(self.is_accepted, {"logon": False, "client": True, "both": True})

    def test_openssl_verify_says_the_same(self):
        def is_accepted(name):
            return run("openssl", "verify", "-purpose", "sslclient", "-CAfile", self.folder / "root.pem",
                       self.folder / f"{name}.pem").returncode == 0

        self.expect(is_accepted, {"logon": False, "client": True, "both": True})


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
        (self.folder / "radiusd.conf").write_text(self.CONF.format(self.folder, port, libraries))
        log = self.folder / "radius.log"
        checked = run(radius, "-C", "-l", "stdout", "-d", self.folder, "-n", "radiusd")
        self.assertEqual(checked.returncode, 0, checked.stdout[-800:])
        self.start(radius, "-f", "-l", log, "-d", self.folder, "-n", "radiusd")

        def is_accepted(name):
            (self.folder / "eap.conf").write_text(
                'network={\nkey_mgmt=WPA-EAP\neap=TLS\nidentity="alice@corp.example"\n'
                f'ca_cert="{self.folder}/root.pem"\nclient_cert="{self.folder}/{name}.pem"\n'
                f'private_key="{self.folder}/{name}.key"\n}}\n')
            # it sends a request again after 3, 6 and 12 s: FreeRADIUS may still be starting
            done = run(eapol, "-c", self.folder / "eap.conf", "-a", "127.0.0.1", "-p", port, "-s", "testing123", "-t", 45)
            self.assertIn(b"CTRL-EVENT-EAP-", done.stdout, log.read_text()[-500:] if log.exists() else "no log")
            return done.returncode == 0 and done.stdout.rstrip().endswith(b"SUCCESS")

        self.expect(is_accepted, {"logon": False, "client": True, "both": True})


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
        (self.folder / "nginx.conf").write_text(self.CONF.format(self.folder, port))
        self.start(nginx, "-p", self.folder, "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf")

        def is_accepted(name):
            done = run(curl, "-q", "-s", "--noproxy", "*", "--retry", 20, "--retry-connrefused", "--retry-delay", 1, "--cacert", self.folder / "root.pem",
                       "--cert", self.folder / f"{name}.pem", "--key", self.folder / f"{name}.key", "-o", "/dev/null", "-w",
                       "%{http_code}", f"https://localhost:{port}/", "--resolve", f"localhost:{port}:127.0.0.1")
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout == b"204"

        self.expect(is_accepted, {"logon": False, "client": True, "both": True})


class Ike(Consumer):
    """strongSwan: pki, which judges with the library of charon; then charon at both ends of IKEv2 (RFC 7296), in a network
    of their own, and without a tunnel (RFC 6023): the kernel may have no IPsec."""

    CHARON = """
charon {{
    load = random nonce openssl hmac kdf pem pkcs1 pkcs8 x509 constraints pubkey kernel-netlink socket-default vici
    port = {port}
    port_nat_t = {nat}
    plugins {{
        vici {{
            socket = unix://{folder}/vici
        }}
    }}
}}
"""
    CONNECTION = """
connections {{
    {name} {{
        local_addrs = 127.0.0.1
        {remote}
        childless = force
        local {{
            auth = pubkey
            certs = {certificate}
            id = {identity}
        }}
        remote {{
            auth = pubkey
            id = {peer}
        }}
    }}
}}
"""
    IN_NETWORK = """
set -e
ip link set lo up
children=
trap 'kill $children; wait' EXIT
for end in gateway user; do
    STRONGSWAN_CONF={0}/$end/conf unshare -m sh -c 'mount -t tmpfs none /run; exec {1}' &
    children="$children $!"
done
for end in gateway user; do
    i=0
    until [ -S {0}/$end/vici ] || [ $i = 100 ]; do i=$((i + 1)); sleep 0.1; done
    swanctl --load-all --file {0}/$end/swanctl.conf --uri unix://{0}/$end/vici
done
while read -r name; do
    swanctl --initiate --ike $name --timeout {2} --uri unix://{0}/user/vici >{0}/$name.said 2>&1 || :
done
"""

    def test_no_usage_is_asked_for(self):
        pki = find("pki")

        def is_accepted(name):
            return run(pki, "--verify", "--in", self.folder / f"{name}.pem", "--cacert",
                       self.folder / "root.pem").returncode == 0

        self.expect(is_accepted, {"logon": True, "client": True, "both": True})
        shown = make(pki, "--print", "--in", self.folder / "both.pem")
        self.assertIn(b"clientAuth", shown)

    def lay_out(self, end, connections, keys, anchors, **ports):
        folder = self.folder / end
        for name, files in (("private", keys), ("x509ca", anchors)):
            (folder / name).mkdir(parents=True)
            for path in files:
                shutil.copy(path, folder / name)
        (folder / "conf").write_text(self.CHARON.format(folder=folder, **ports))
        (folder / "swanctl.conf").write_text("".join(connections))

    def log_on(self, users, anchors):
        """users: name -> (certificate, key, identity). What swanctl says of each."""
        charon = next((path for path in ("/usr/lib/ipsec/charon", "/usr/libexec/ipsec/charon", "/usr/lib/strongswan/charon")
                       if pathlib.Path(path).exists()), None)
        if charon is None:
            raise unittest.SkipTest("no charon")
        for program in ("swanctl", "unshare", "ip"):
            find(program)
        if run("unshare", "-rnm", "mount", "-t", "tmpfs", "none", "/run").returncode != 0:
            raise unittest.SkipTest("no user, network and mount namespaces")
        gateway = self.CONNECTION.format(name="gateway", remote="", certificate=self.folder / "server.pem", identity="localhost",
                                         peer="%any")
        self.lay_out("gateway", [gateway], [self.folder / "server.key"], anchors, port=15500, nat=15501)
        connections = [self.CONNECTION.format(name=name, remote="remote_addrs = 127.0.0.1\nremote_port = 15501\n"
                                              "local_port = 15601", certificate=certificate, identity=identity, peer="localhost")
                       for name, (certificate, _, identity) in users.items()]
        self.lay_out("user", connections, {key for _, key, _ in users.values()}, [self.folder / "root.pem"], port=15600, nat=15601)
        done = run("unshare", "-rn", "sh", "-c", self.IN_NETWORK.format(self.folder, charon, LIMIT_S),
                   input="".join(f"{name}\n" for name in users).encode(), env={"PATH": SBIN})
        said = {name: self.folder / f"{name}.said" for name in users}
        self.assertTrue(all(path.exists() for path in said.values()), (done.stdout[-500:], done.stderr[-800:]))
        return {name: path.read_text() for name, path in said.items()}

    def expect_ends(self, users, anchors, wanted):
        for name, said in self.log_on(users, anchors).items():
            with self.subTest(name):
                self.assertIn(wanted[name], said)

    def user(self, name, identity):
        return self.folder / f"{name}.pem", self.folder / f"{name}.key", identity

    def test_charon_asks_for_no_usage(self):
        """It asks for the identity of the connection in the certificate, and for an issuer that it knows."""
        make("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 9, "-subj", "/CN=stranger", "-addext",
             "subjectAltName=email:alice@corp.example", "-keyout", self.folder / "stranger.key", "-out",
             self.folder / "stranger.pem")
        users = {name: self.user(name, "alice@corp.example") for name in (*USAGES, "stranger")}
        users["other"] = self.user("both", "bob@corp.example")
        wanted = {name: "established between 127.0.0.1[alice@corp.example]...127.0.0.1[localhost]" for name in USAGES}
        wanted |= {name: "received AUTHENTICATION_FAILED" for name in ("stranger", "other")}
        self.expect_ends(users, [self.folder / "root.pem"], wanted)

    def test_charon_takes_what_the_lab_issues(self):
        if TOOL is None:
            raise unittest.SkipTest("no program daotp was named")
        certificate, key, issuer, root = enroll_in_lab(self)
        users = {"issued": (certificate, key, "alice@LAB.EXAMPLE")}
        self.expect_ends(users, [issuer, root], {"issued": "established between 127.0.0.1[alice@LAB.EXAMPLE]"})


class Ssh(Consumer):
    """OpenSSH reads no X.509 certificate."""

    def test_no_certificate_is_read(self):
        keygen = find("ssh-keygen")
        make(keygen, "-y", "-f", self.folder / "both.key")  # of the key itself it reads the same form
        self.assertNotEqual(run(keygen, "-l", "-f", self.folder / "both.pem").returncode, 0)
        self.assertNotEqual(run(keygen, "-L", "-f", self.folder / "both.pem").returncode, 0)


del Consumer  # it is no test of its own

TOOL = sys.argv.pop(1) if len(sys.argv) > 1 else None

if __name__ == "__main__":
    unittest.main(verbosity=2)
