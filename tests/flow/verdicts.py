#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers that are no OTP service, or a wrong one: which finding stops the run, and that none of them
costs a code.

  verdicts.py DAOTP-PROGRAM [tenth]

Each row is a server in this process, on loopback, with certificates of a lab.
"""
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import warnings

DAOTP = sys.argv[1]
TENTH = sys.argv[2:] == ["tenth"]
CODE = "472951"
NS = "http://schemas.microsoft.com/otpcep/1.0/protocol"
PROTOCOL = f'<signCertResponse xmlns="{NS}" statusCode="OtherError"/>'
VERSION = {"X-OTPCEP-version": "1.0", "Content-Type": "Application/xml;charset=utf-8"}
failed = 0
warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, which is the point


def expect(what, right, found=""):
    global failed
    failed += not right
    print(("ok - " if right else "not ok - ") + what + ("" if right else ": " + found), flush=True)


# ---- servers -----------------------------------------------------------------------------------------


class Server:
    """Each connection is given to a function; what it was sent is kept."""

    def __init__(self, serve):
        self.serve, self.seen = serve, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        connection.settimeout(20)
        try:
            self.serve(self, connection)
        except (OSError, ssl.SSLError, ValueError):
            pass
        connection.close()

    def close(self):
        self.socket.close()


def says(octets, waits=True):
    """Another protocol: octets, at once or after the first message."""

    def serve(_server, connection):
        if waits:
            connection.recv(100)
        connection.sendall(octets)
        connection.recv(4096)

    return serve


def resets(_server, connection):
    connection.recv(100)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes(_server, connection):
    connection.recv(100)


def alert(number):
    return says(bytes([21, 3, 1, 0, 2, 2, number]))


def answer(status, headers=None, body=""):
    lines = [f"HTTP/1.1 {status} It"] + [f"{k}: {v}" for k, v in (headers or {}).items()]
    return "\r\n".join(lines + [f"Content-Length: {len(body.encode())}", "", ""]), body


def web(head, post, cert="server", asks=True, versions=None):
    """HTTPS: what HEAD and POST are answered; None: nothing, for ever; "drop": the end."""

    def serve(server, connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        if versions:
            context.minimum_version = context.maximum_version = versions
        context.load_cert_chain(pki(cert + ".pem"), pki(cert + ".key"))
        if asks:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(pki("root.pem"))
        with context.wrap_socket(connection, server_side=True) as tls:
            while True:
                request = b""
                while b"\r\n\r\n" not in request:
                    more = tls.recv(65536)
                    if not more:
                        return
                    request += more
                length = re.search(rb"Content-Length: (\d+)", request)
                begun = request.index(b"\r\n\r\n") + 4
                while length and len(request) - begun < int(length.group(1)):
                    request += tls.recv(65536)
                server.seen += request
                reply = head if request.startswith(b"HEAD") else post
                if reply is None:
                    tls.recv(1)
                if reply is None or reply == "drop":
                    return
                body = b"" if request.startswith(b"HEAD") else reply[1].encode()
                tls.sendall(reply[0].encode() + body)

    return serve


# ---- certificates ------------------------------------------------------------------------------------


def pki(name):
    return os.path.join(LAB, "pki", name)


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


def certificate(name, issuer="/CN=Corp Issuing CA 7", bits="2048", md="sha256", ca=None, days="9",
                san="DNS:localhost,IP:127.0.0.1", eku="serverAuth"):
    """A TLS server's, of a CA of that name or of the lab's."""
    if ca is None:
        ca = name + "-ca"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", issuer, "-days", "9",
                "-keyout", pki(ca + ".key"), "-out", pki(ca + ".pem"))
    with open(pki(name + ".ext"), "w") as out:
        out.write(f"subjectAltName={san}\nextendedKeyUsage={eku}\nkeyUsage=digitalSignature\n"
                  "authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n")
    openssl("req", "-newkey", "rsa:" + bits, "-nodes", "-subj", "/CN=localhost",
            "-keyout", pki(name + ".key"), "-out", pki(name + ".csr"))
    openssl("x509", "-req", "-in", pki(name + ".csr"), "-CA", pki(ca + ".pem"),
            "-CAkey", pki(ca + ".key"), "-set_serial", "4711", "-days", days, "-" + md,
            "-extfile", pki(name + ".ext"), "-out", pki(name + ".pem"))
    with open(pki(name + ".pem"), "a") as out:
        out.write(open(pki(ca + ".pem")).read())
    return name


def make_certificates():
    for name, issuer in (("zscaler", "/O=Zscaler Inc./CN=Zscaler Intermediate Root CA"),
                         ("fortinet", "/O=Fortinet/CN=FG100FTK19000000"),
                         ("corp-proxy", "/O=Corp/CN=Corp Web Proxy"),
                         ("inspection", "/O=Corp/CN=Corp TLS Inspection"),
                         ("antivirus", "/CN=Kaspersky Anti-Virus Personal Root Certificate"),
                         ("unknown", "/CN=Corp Issuing CA 7")):
        certificate(name, issuer)
    certificate("small", ca="issuing", bits="1024")
    certificate("sha1", ca="issuing", md="sha1")
    certificate("elsewhere", ca="issuing", san="DNS:elsewhere.example")
    certificate("for-clients", ca="issuing", eku="clientAuth")


# ---- the table ---------------------------------------------------------------------------------------

TITLE = "<!DOCTYPE html><html><head><title>%s</title></head><body></body></html>"
PAGE = "<!DOCTYPE html><html><head><title>Guest access</title></head><body>Hello</body></html>"
HTML = {"Content-Type": "text/html"}
SOAP = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>'


def both(status, headers=None, body="", **options):
    return web(answer(status, headers), answer(status, headers, body), **options)


def late(post, **options):
    """HEAD is not served; POST is answered so."""
    return web(answer(405, {"Allow": "POST"}), post, **options)


# NAME, SERVER, what must be the verdict or its cause; a fourth says that the code may go out
ROWS = [
    ("HTTP without TLS", says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "TLS-PROTOCOL"),
    ("a page without TLS", says(b"<html><body>Bad request</body></html>"), "TLS-PROTOCOL"),
    ("SMTP", says(b"220 mail.example ESMTP\r\n", False), "TLS-PROTOCOL"),
    ("FTP", says(b"220-Welcome\r\n", False), "TLS-PROTOCOL"),
    ("SSH", says(b"SSH-2.0-OpenSSH_9.2\r\n", False), "TLS-PROTOCOL"),
    ("IMAP", says(b"* OK ready\r\n", False), "TLS-PROTOCOL"),
    ("POP3", says(b"+OK ready\r\n", False), "TLS-PROTOCOL"),
    ("VNC", says(b"RFB 003.008\n", False), "TLS-PROTOCOL"),
    ("octets of nobody", says(b"\x00\x01\x02\x03\x04\x05\x06"), "TLS-PROTOCOL"),
    ("a reset", resets, "TLS-RESET"),
    ("an end", closes, "TLS-RESET"),
    ("TLS 1.1 alone", late(answer(200), versions=ssl.TLSVersion.TLSv1_1), "TLS-VERSION"),
    ("TLS 1.0 alone", late(answer(200), versions=ssl.TLSVersion.TLSv1), "TLS-VERSION"),
    ("alert protocol_version", alert(70), "TLS-VERSION"),
    ("alert handshake_failure", alert(40), "TLS-CIPHER"),
    ("alert insufficient_security", alert(71), "TLS-CIPHER"),
    ("alert unrecognized_name", alert(112), "TLS-HOST-UNKNOWN"),
    ("alert internal_error", alert(80), "TLS-FAILED"),
    ("Zscaler", late(answer(200), cert="zscaler"), "TLS-SERVER-INSPECTED"),
    ("Fortinet", late(answer(200), cert="fortinet"), "TLS-SERVER-INSPECTED"),
    ("a proxy of the house", late(answer(200), cert="corp-proxy"), "TLS-SERVER-INSPECTED"),
    ("an inspection of the house", late(answer(200), cert="inspection"), "TLS-SERVER-INSPECTED"),
    ("a virus scanner", late(answer(200), cert="antivirus"), "TLS-SERVER-INSPECTED"),
    ("an unknown CA", late(answer(200), cert="unknown"), "TLS-SERVER-UNTRUSTED"),
    ("RSA 1024", late(answer(200), cert="small", versions=ssl.TLSVersion.TLSv1_2), "TLS-SERVER-KEY"),
    ("SHA-1", late(answer(200), cert="sha1", versions=ssl.TLSVersion.TLSv1_2), "TLS-SERVER-HASH"),
    ("another name", late(answer(200), cert="elsewhere"), "TLS-SERVER-NAME"),
    ("for clients", late(answer(200), cert="for-clients"), "TLS-SERVER-USAGE"),
    ("301", both(301, {"Location": "https://other.example/"}), "HTTP-REDIRECT"),
    ("302 to a sign-in page", both(302, {"Location": "https://login.example/"}), "HTTP-REDIRECT"),
    ("308 for POST alone", late(answer(308, {"Location": "/new/"})), "HTTP-REDIRECT"),
    ("401 Basic", both(401, {"WWW-Authenticate": "Basic realm=x"}), "HTTP-SIGN-IN"),
    ("401 Negotiate for POST", late(answer(401, {"WWW-Authenticate": "Negotiate"})), "HTTP-SIGN-IN"),
    ("403, our certificate sent", both(403), "TLS-CLIENT-CERT-REFUSED"),
    ("403, never asked", both(403, asks=False), "TLS-NO-CLIENT-CERT-REQUEST"),
    ("nginx 400 for our certificate", both(400, HTML, TITLE % "400 The SSL certificate error"), "TLS-CLIENT-CERT-REFUSED"),
    ("nginx 400, none sent", both(400, HTML, TITLE % "400 No required SSL certificate was sent", asks=False),
     "HTTP-FORBIDDEN,TLS-NO-CLIENT-CERT-REQUEST"),
    ("nginx 496", both(496, HTML, TITLE % "496"), "TLS-CLIENT-CERT-REFUSED"),
    ("IIS 403.13", both(403, HTML, TITLE % "IIS 10.0 Detailed Error - 403.13"), "TLS-CLIENT-CERT-REFUSED"),
    ("IIS 403.14", both(403, HTML, TITLE % "IIS 10.0 Detailed Error - 403.14"), "HTTP-FORBIDDEN"),
    ("404", both(404), "HTTP-PATH"),
    ("410", both(410), "HTTP-PATH"),
    ("405 for POST", both(405, {"Allow": "GET"}), "HTTP-METHOD"),
    ("501 for POST", both(501), "HTTP-METHOD"),
    ("413", late(answer(413)), "HTTP-BODY-LIMIT"),
    ("500", both(500), "HTTP-UNAVAILABLE"),
    ("502", both(502), "HTTP-UNAVAILABLE"),
    ("503 for POST alone", web(answer(200), answer(503)), "HTTP-UNAVAILABLE"),
    ("503 with the protocol's header", both(503, VERSION), "HTTP-UNAVAILABLE"),
    ("504", both(504), "HTTP-UNAVAILABLE"),
    ("511", both(511, HTML, PAGE), "HTTP-PAGE"),
    ("418", both(418), "HTTP-STATUS"),
    ("a captive portal", both(200, HTML, PAGE), "HTTP-PAGE"),
    ("a page as text", both(200, {"Content-Type": "text/plain"}, PAGE), "HTTP-PAGE"),
    ("a page with the header", late(answer(200, dict(VERSION, **HTML), PAGE)), "HTTP-PAGE"),
    ("JSON", both(200, {"Content-Type": "application/json"}, "{}"), "OTP-VERSION"),
    ("nothing", both(200), "OTP-VERSION"),
    ("SOAP", both(200, {"Content-Type": "application/soap+xml"}, SOAP), "OTP-VERSION"),
    ("SOAP with the header", late(answer(200, VERSION, SOAP)), "OTP-MESSAGE"),
    ("version 2.0", late(answer(200, {"X-OTPCEP-version": "2.0"}, PROTOCOL)), "OTP-VERSION"),
    ("another namespace", late(answer(200, VERSION, PROTOCOL.replace("1.0", "2.0"))), "OTP-MESSAGE"),
    ("half a message", late(answer(200, VERSION, PROTOCOL[:40])), "OTP-MESSAGE"),
    ("silence", late(None), "HTTP-SILENT"),
    ("the end at POST", late("drop"), "HTTP-CONNECTION-LOST"),
    ("HEAD 404, POST good", web(answer(404), answer(200, VERSION, PROTOCOL)), "OTP-OTHER", "HTTP-NOT-FOUND"),
    ("HEAD 500, POST good", web(answer(500), answer(200, VERSION, PROTOCOL)), "OTP-OTHER", "HTTP-HEAD"),
    ("HEAD 403, POST good", web(answer(403), answer(200, VERSION, PROTOCOL)), "OTP-OTHER", "HTTP-HEAD"),
    ("HEAD 401, POST good", web(answer(401), answer(200, VERSION, PROTOCOL)), "OTP-OTHER", "HTTP-HEAD"),
    ("HEAD 405, POST good", late(answer(200, VERSION, PROTOCOL)), "OTP-OTHER", ""),
    ("HEAD 501, POST good", web(answer(501), answer(200, VERSION, PROTOCOL)), "OTP-OTHER", ""),
    ("HEAD 200, POST good", web(answer(200), answer(200, VERSION, PROTOCOL)), "OTP-OTHER", ""),
]


def enroll(port, *options):
    done = subprocess.run(
        [DAOTP, "enroll", "--url", f"https://localhost:{port}/otp", "--user", "LAB\\alice",
         "--upn", "alice@LAB.EXAMPLE", "--trust", pki("root.pem"), "--cert", pki("machine.pem"),
         "--key", pki("machine.key"), "--template", "1.3.6.1.4.1.311.21.8.1.2", "--key-kind", "p256",
         "--ces-url", "https://localhost:1/CES", "--ces-auth", "username", "--password-file", PASSWORD,
         "--no-store", "--otp-fd", "0", "--timeout", "9", "--connect-timeout", "3", "--json", *options],
        input=CODE + "\n", capture_output=True, text=True)
    return json.loads(done.stdout)


def try_row(name, serve, wanted, warning=None):
    server = Server(serve)
    report = enroll(server.port)
    ids = [one["id"] for one in report["findings"]]
    warned = [one["id"] for one in report["findings"] if one["severity"] == "warning"]
    expect(name, set(wanted.split(",")) & {report["error"], report["cause"]},
           f"wanted {wanted}, found {report['error']} because {report['cause']}: {ids}")
    expect(name + ": the code", (CODE.encode() in server.seen) == (warning is not None))
    if warning is not None:
        expect(name + ": warning", warned == ([warning] if warning else []), str(warned))
    server.close()


def try_ignored():
    """--ignore-head: HEAD is sent, its answer does not count, and nothing else goes before the code."""
    server = Server(web(answer(503), answer(200, VERSION, PROTOCOL)))
    report = enroll(server.port, "--ignore-head")
    expect("--ignore-head", report["error"] == "OTP-OTHER", str(report["error"]))
    expect("--ignore-head: one HEAD, one POST",
           (server.seen.count(b"HEAD /"), server.seen.count(b"POST /")) == (1, 1), str(server.seen[:200]))
    server.close()


def try_revocation():
    """The server's certificate: not checked is said; required, it needs a CRL."""
    server = Server(late(answer(200, VERSION, PROTOCOL)))
    ids = [one["id"] for one in enroll(server.port)["findings"]]
    expect("not checked is said", "TLS-SERVER-REVOCATION-SKIPPED" in ids, str(ids))
    report = enroll(server.port, "--server-revocation", "require")
    expect("required, no CRL", report["error"] == "TLS-SERVER-REVOCATION", str(report["error"]))
    report = enroll(server.port, "--server-revocation", "prefer")
    expect("preferred, no CRL", report["error"] == "OTP-OTHER", str(report["error"]))
    fetched = ("--fetch", "--allow", "127.0.0.0/8")
    report = enroll(server.port, "--server-revocation", "require", *fetched)
    expect("required, fetched", report["error"] == "OTP-OTHER", f"{report['error']} {report['cause']}")
    server.close()


with tempfile.TemporaryDirectory() as work:
    LAB, PASSWORD = os.path.join(work, "lab"), os.path.join(work, "password")
    with open(os.open(PASSWORD, os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
        out.write("alice-password")
    subprocess.run([DAOTP, "lab", "up", LAB], check=True, stdout=subprocess.DEVNULL)
    try:
        make_certificates()
        for row in ROWS[4::10] if TENTH else ROWS:
            try_row(*row)
        try_ignored()
        try_revocation()
    finally:
        subprocess.run([DAOTP, "lab", "down", LAB], check=False, stdout=subprocess.DEVNULL)
sys.exit(failed > 0)
