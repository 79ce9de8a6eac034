#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A directory that does all it can, and `daotp verify --ldap` asking it for a CRL: each answer is
bounded in time and memory, says what it is by a finding, and makes no certificate good.

    ldap_hostile.py DAOTP-PROGRAM
"""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BIND, UNBIND, SEARCH, ENTRY, DONE, REFERENCE = 0x60, 0x42, 0x63, 0x64, 0x65, 0x73
DN = "CN=ca \\2Ctest\\29(cn=\\2A),DC=corp"
MEMORY = 1 << 30  # of address space: what is announced is not believed
RESIDENT = 64 << 10  # KiB of VmHWM: what comes is not kept

daotp = os.path.realpath(sys.argv[1])
if shutil.which("openssl") is None:
    print("skipped: no openssl")
    sys.exit(77)
os.chdir(tempfile.mkdtemp())
count = failed = 0
with open(daotp, "rb") as file:  # a sanitizer's address space is another
    SANITIZED = re.search(b"__[at]san_init", file.read()) is not None


# ---- BER -----------------------------------------------------------------------------------------

def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes(4, "big").lstrip(b"\0")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value, tag=2):
    return tlv(tag, bytes([value]))


def text(value):
    return tlv(4, value.encode() if isinstance(value, str) else value)


def message(number, *parts):
    return tlv(0x30, integer(number), *parts)


def done(number, code=0, referral=b""):
    return message(number, tlv(DONE, integer(code, 10), text(""), text(""), referral))


def entry(number, values, name="certificateRevocationList;binary"):
    return message(number, tlv(ENTRY, text(DN), tlv(0x30, tlv(
        0x30, text(name), tlv(0x31, *(text(v) for v in values))))))


def read(data):
    """Tag, content and the rest of the first item."""
    length, at = data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at], "big")
    if len(data) < at + length:
        raise IndexError
    return data[0], data[at:at + length], data[at + length:]


# ---- the directory -------------------------------------------------------------------------------

class Directory:
    """One answer for all who search; the searches are kept."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer, self.searches, self.connections = None, [], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            peer, _ = self.socket.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        data = b""
        try:
            while True:
                got = peer.recv(65536)
                if not got:
                    return
                data += got
                while data:
                    try:
                        _, inner, data = read(data)
                    except IndexError:
                        break
                    _, number, rest = read(inner)
                    tag, asked, _ = read(rest)
                    if tag == BIND:
                        peer.sendall(message(number[0], tlv(0x61, integer(0, 10), text(""), text(""))))
                    elif tag == SEARCH:
                        self.searches.append(asked)
                        self.answer(peer, number[0])
        except OSError:
            pass
        finally:
            peer.close()


directory = Directory()


def say(*parts):
    def answer(peer, number):
        for part in parts:
            peer.sendall(part(number) if callable(part) else part)
    return answer


def hang_up(peer, number):
    peer.shutdown(socket.SHUT_RDWR)


def drip(peer, number):
    for octet in entry(number, [clean]) + done(number):
        peer.sendall(bytes([octet]))
        time.sleep(0.05)


def endless(peer, number):
    """An entry of two gigabytes, as far as anybody reads it."""
    peer.sendall(b"\x30\x84\x7f\xff\xff\xf0" + integer(number) + b"\x64\x84\x7f\xff\xff\xe0")
    for _ in range(4096):
        peer.sendall(bytes(65536))


def repeat(make):
    def answer(peer, number):
        one = make(number) * 10
        while True:
            peer.sendall(one)
    return answer


def many_values(peer, number):
    """60 MB in values of two octets: decoded whole they cost two gigabytes."""
    def head(tag, before, length):
        return before + bytes([tag, 0x84]) + length.to_bytes(4, "big")

    one, count = text(b"xy") * 16384, 916
    length = len(one) * count
    name = text("certificateRevocationList")
    parts = [head(0x31, name, length)]
    length += len(parts[0])
    parts.insert(0, head(0x30, b"", length))
    length += len(parts[0])
    parts.insert(0, head(0x30, text(DN), length))
    length += len(parts[0])
    parts.insert(0, head(ENTRY, integer(number), length))
    length += len(parts[0])
    peer.sendall(head(0x30, b"", length) + b"".join(parts))
    for _ in range(count):
        peer.sendall(one)


def long_front(peer, number):
    """A name without an end stands before the value."""
    peer.sendall(b"\x30\x84\x03\x00\x00\x00" + integer(number) + b"\x64\x84\x02\xff\xff\xf0"
                 + b"\x04\x84\x02\xff\xff\x00")
    for _ in range(1024):
        peer.sendall(bytes(65536))


entries_without_end = repeat(lambda n: entry(n, [b"x" * 60000]))
entries_for_another = repeat(lambda n: entry(n + 1, [b"x" * 60000]))
references_without_end = repeat(lambda n: message(n, tlv(REFERENCE, text("ldap:///x" * 5000))))


# ---- certificates --------------------------------------------------------------------------------

def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_ca(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
            "30", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", "/CN=Directory CA",
            "-config", "pki.cnf", "-extensions", "ca")


def make_list(ca, out):
    openssl("ca", "-config", "pki.cnf", "-name", "store", "-keyfile", f"{ca}.key", "-cert",
            f"{ca}.pem", "-gencrl", "-crldays", "7", "-crlexts", "list", "-out", f"{out}.pem")
    openssl("crl", "-in", f"{out}.pem", "-outform", "DER", "-out", out)
    with open(out, "rb") as file:
        return file.read()


url = "ldap:///" + DN.replace("\\", "%5C").replace(" ", "%20").replace(",", "%2C")
with open("pki.cnf", "w") as file:
    file.write(f"""[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = point
[point]
fullname = @names
[names]
URI = {url}?certificateRevocationList?base?(objectClass=*)
[list]
authorityKeyIdentifier = keyid
[store]
database = index
crlnumber = number
default_md = sha256
""")
open("index", "w").close()
with open("number", "w") as file:
    file.write("01\n")
make_ca("ca")
make_ca("namesake")
openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
        "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf", "-config", "pki.cnf")
openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "7", "-out",
        "leaf.pem", "-extfile", "pki.cnf", "-extensions", "leaf")
clean, wrong = make_list("ca", "ca.crl"), make_list("namesake", "wrong.crl")


# ---- asking --------------------------------------------------------------------------------------

def bound():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def expect(what, answer, status, finding, within=3.0, searches=1, timeout="10", **options):
    global count, failed
    directory.answer, directory.searches, directory.connections = answer, [], 0
    began = time.monotonic()
    done = subprocess.run(
        [daotp, "verify", "--json", "--trust", "ca.pem", "--fetch", "--allow", "127.0.0.0/8",
         "--ldap", f"127.0.0.1:{directory.port}", "--timeout", timeout, "leaf.pem"],
        capture_output=True, text=True, timeout=60, preexec_fn=None if SANITIZED else bound, **options)
    took = time.monotonic() - began
    try:
        found = [f["id"] for f in json.loads(done.stdout)["findings"]]
    except ValueError:
        found = []
    ok = (done.returncode == status and (finding is None or finding in found) and took < within
          and len(directory.searches) == searches and directory.connections <= 1)
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}" + ("" if ok else
          f": {done.returncode}, {found}, {took:.1f} s, {len(directory.searches)} searches, "
          f"{directory.connections} connections\n{done.stdout}{done.stderr}"))


here = f"ldap://127.0.0.1:{directory.port}/{DN}"
referral = tlv(0xA3, text(here))

expect("as it should be", say(lambda n: entry(n, [clean]), done), 0, "REVOCATION-GOOD")
asked = directory.searches[0]
name, rest = read(asked)[1], read(asked)[2]
scope, rest = read(rest)[1], read(read(rest)[2])[2]
size, rest = read(rest)[1], read(read(rest)[2])[2]
attributes = read(read(read(rest)[2])[2])[1]
filter_ = read(read(rest)[2])
checks = {
    "the name is the URL's, and nothing of it is a filter": name.decode() == DN,
    "the entry itself and no other": scope == b"\0",
    "one entry": size == b"\1",
    "the filter is ours": filter_[0] == 0x87 and filter_[1].lower() == b"objectclass",
    "one attribute": attributes == text("certificateRevocationList"),
}
for what, holds in checks.items():
    count += 1
    failed += not holds
    print(f"{'ok' if holds else 'not ok'} {count} - {what}" + ("" if holds else f": {asked!r}"))

# What libldap would read: another server, followed referrals, a plug-in folder.
trap = socket.create_server(("127.0.0.1", 0))
lure = f"ldap://127.0.0.1:{trap.getsockname()[1]}"
for name in (".ldaprc", "ldaprc"):
    with open(name, "w") as file:
        file.write(f"URI {lure}\nREFERRALS on\nTIMEOUT 1\nSIZELIMIT 0\n")
expect("with an ldaprc and LDAP* set to traps", say(lambda n: entry(n, [clean]), done), 0, "REVOCATION-GOOD",
       env={**os.environ, "HOME": os.getcwd(), "LDAPCONF": os.path.abspath("ldaprc"), "LDAPRC": "ldaprc",
            "LDAPURI": lure, "LDAPREFERRALS": "on", "LDAPBASE": "dc=trap", "SASL_PATH": os.getcwd()})
trap.settimeout(0)
try:
    trap.accept()
    lured = True
except BlockingIOError:
    lured = False
count += 1
failed += lured
print(f"{'not ok' if lured else 'ok'} {count} - nobody came to the trap")

expect("a referral to itself", say(lambda n: done(n, 10, referral)), 2, "FETCH-STATUS")
expect("a reference to itself", say(lambda n: message(n, tlv(REFERENCE, text(here))), done), 2,
       "FETCH-STATUS")
expect("references, and the entry", say(*[lambda n: message(n, tlv(REFERENCE, text(here)))] * 20,
                                        lambda n: entry(n, [clean]), done), 0, None)
expect("an entry, and a referral", say(lambda n: entry(n, [wrong]), lambda n: done(n, 10, referral)),
       2, "CRL-SIGNER")
expect("a list of another's", say(lambda n: entry(n, [wrong]), done), 2, "CRL-SIGNER")
expect("no such entry", say(lambda n: done(n, 32)), 2, "FETCH-STATUS")
expect("busy", say(lambda n: done(n, 51)), 2, "FETCH-STATUS")
expect("no entry at all", say(done), 2, "FETCH-STATUS")
expect("an entry without the attribute", say(lambda n: entry(n, []), done), 2, "FETCH-CONTENT")
expect("an empty value", say(lambda n: entry(n, [b""]), done), 2, "FETCH-CONTENT")
expect("no list", say(lambda n: entry(n, [b"<html>"]), done), 2, "FETCH-CONTENT")
expect("a thousand values", say(lambda n: entry(n, [clean] + [b"x"] * 1000), done), 0, None)
expect("60 MB in values of two octets", many_values, 2, "FETCH-CONTENT", within=10)
expect("an entry whose name has no end", long_front, 2, "FETCH-TOO-LARGE")
expect("an answer to another question", say(lambda n: entry(n + 1, [clean]), lambda n: done(n + 1)),
       2, None, timeout="1")
expect("a notice of disconnection", say(message(0, tlv(0x78, integer(52, 10), text(""), text(""),
                                                       tlv(0x8A, b"1.3.6.1.4.1.1466.20036")))),
       2, "FETCH-FAILED")
expect("nothing", say(), 2, None, timeout="1")
expect("hanging up", hang_up, 2, "FETCH-FAILED")
expect("half an entry, and hanging up",
       lambda p, n: (p.sendall(entry(n, [clean])[:99]), hang_up(p, n)), 2, "FETCH-FAILED")
expect("rubbish", say(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1000)), 2, "FETCH-CONTENT")
expect("a length of all", say(b"\x30\x84\xff\xff\xff\xff" + bytes(1000)), 2, "FETCH-CONTENT")
expect("an indefinite length", say(b"\x30\x80" + bytes(1000)), 2, "FETCH-CONTENT")
expect("two gigabytes", endless, 2, "FETCH-CONTENT", within=4)
expect("references without an end", references_without_end, 2, "FETCH-CONTENT", timeout="3")
expect("entries without an end", entries_without_end, 2, "FETCH-CONTENT", timeout="3")
expect("entries without an end, for another", entries_for_another, 2, None, timeout="3", within=5)
expect("a drip", drip, 2, None, timeout="1")

def interrupt(what, answer):
    """Ctrl-C while it waits for the directory: 75, long before its deadline of a minute."""
    global count, failed
    directory.answer, directory.searches = answer, []
    asking = subprocess.Popen(
        [daotp, "verify", "--json", "--trust", "ca.pem", "--fetch", "--allow", "127.0.0.0/8",
         "--ldap", f"127.0.0.1:{directory.port}", "--timeout", "60", "leaf.pem"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not directory.searches and asking.poll() is None:
        time.sleep(0.01)
    asking.send_signal(signal.SIGINT)
    try:
        out, err = asking.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        asking.kill()
        out, err = asking.communicate()
    ok = asking.returncode == 75 and '"CALL-CANCELLED"' in out
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}" + ("" if ok else f": {asking.returncode}\n{out}{err}"))


interrupt("an interrupt while the directory is silent", say())
interrupt("an interrupt in the middle of an entry", lambda p, n: p.sendall(entry(n, [clean])[:99]))
interrupt("an interrupt while it drips", drip)

used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
count += 1
if used > RESIDENT and not SANITIZED:
    failed += 1
    print(f"not ok {count} - memory: {used} KiB")
else:
    print(f"ok {count} - memory: {used} KiB")
print(f"1..{count}")
shutil.rmtree(os.getcwd())
sys.exit(failed > 0)
