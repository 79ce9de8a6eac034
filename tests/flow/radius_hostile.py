#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A RADIUS server on loopback that answers as it must not, for test_radius_hostile.c.

The user's name is the number of a case, with a letter where a case has kinds; with "+" behind, what
is wrong is followed 50 ms later by a right reply: a reject that says "true". It answers the first
transmission of a request only. A second socket, on another port, and a third, on another address,
send what comes from elsewhere, and note whether anything is sent to them.

It answers by RadSec too, TLS 1.2 on one port and TLS 1.3 on another, where the user's name is one
of RADSEC. Its certificate is for 127.0.0.1, and it is at 127.0.0.9 too.

Standard output says "port P closed Q tls12 R tls13 S in DIR"; Q is a port where nothing listens,
DIR has ca.pem, client.pem and client.key for RadSec, and other.pem, of another CA. Commands on
standard input: "report" says a line for each request: user, which of his requests, how often it
came, whether it was always the same octets, whether it is as it must be, when it came; "radsec"
says how many requests came by RadSec since it was last said, how many of them were not as they
must be, and over how many connections they came.
"""
import atexit
import hashlib
import hmac
import os
import select
import selectors
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

SECRET = b"hostile\0secret of 24 oct"
ACCEPT, REJECT, CHALLENGE = 2, 3, 11
LATER_MS = 50
NUL_STATE = bytes(253)
SO_TIMESTAMPNS = 35


# ---- packets --------------------------------------------------------------------------------------

def attribute(number, value):
    return bytes([number, len(value) + 2]) + value


def message(text):
    return attribute(18, text if isinstance(text, bytes) else text.encode())


def make(code, ident, req_auth, attrs=b"", ma="first", secret=SECRET, length=None, auth=None,
         flip=False, ma_auth=None):
    empty = attribute(80, bytes(16))
    body = {"first": empty + attrs, "last": attrs + empty, None: attrs}[ma]
    head = struct.pack("!BBH", code, ident, 20 + len(body) if length is None else length)
    if ma:
        mac = hmac.new(secret, head + (ma_auth or req_auth) + body, "md5").digest()
        if flip:
            mac = bytes([mac[0] ^ 1]) + mac[1:]
        at = 2 if ma == "first" else len(body) - 16
        body = body[:at] + mac + body[at + 16:]
    return head + (auth or hashlib.md5(head + req_auth + body + secret).digest()) + body


def attributes_of(packet):
    found, at = {}, 20
    while at < len(packet):
        number, length = packet[at], packet[at + 1]
        if length < 2 or at + length > len(packet):
            return None
        found.setdefault(number, []).append(packet[at + 2:at + length])
        at += length
    return found


def reveal(hidden, auth, secret):
    out, before = b"", auth
    for at in range(0, len(hidden), 16):
        digest = hashlib.md5(secret + before).digest()
        out += bytes(a ^ b for a, b in zip(hidden[at:at + 16], digest))
        before = hidden[at:at + 16]
    return out.rstrip(b"\0")


def is_right(packet, attrs, secret=SECRET):
    """RFC 2865 3, RFC 3579 3.2, and what our client always sends."""
    if len(packet) != struct.unpack("!H", packet[2:4])[0] or packet[0] != 1:
        return False
    if packet[20:22] != b"\x50\x12" or 33 in attrs or 32 not in attrs:
        return False
    blank = packet[:22] + bytes(16) + packet[38:]
    mac = hmac.new(secret, blank, "md5").digest()
    return hmac.compare_digest(mac, packet[22:38]) and all(
        len(attrs.get(n, [])) == 1 for n in (1, 2, 80)) and \
        reveal(attrs[2][0], packet[4:20], secret) == b"pass-" + attrs[1][0]


# ---- what is answered -----------------------------------------------------------------------------

class Request:
    def __init__(self, packet, attrs, source, number):
        self.packet, self.attrs, self.source, self.number = packet, attrs, source, number
        self.ident, self.auth = packet[1], packet[4:20]
        self.state = attrs.get(24, [None])[0]

    def make(self, code, attrs=b"", **how):
        return make(code, self.ident, self.auth, attrs, **how)

    def wrong_id(self, **how):
        return make(ACCEPT, self.ident ^ 0x80, self.auth, **how)


def forged(r, **how):
    return r.make(ACCEPT, message("forged"), auth=os.urandom(16), **how)


def padded(r, length):
    return r.make(ACCEPT, length=length) + bytes(max(0, length - 38))


def challenged(r, state):
    """A challenge first; then right or wrong by the State that comes back."""
    if r.number == 0:
        return r.make(CHALLENGE, (attribute(24, state) if state is not None else b"") +
                      message("more"))
    return r.make(ACCEPT if r.state == state else REJECT, message("second round"))


def keep(r):
    KEPT.append(r.make(ACCEPT, HELLO))
    return []


HELLO = message("hello")
KEPT = []
OLD = os.urandom(16)  # the authenticator of a request long gone

# Datagrams that come at once; a tuple says from where and how much later.
CASES = {
    "1": lambda r: [r.make(ACCEPT, HELLO)],
    "2": lambda r: [r.make(ACCEPT, HELLO, ma="last")],
    "3": lambda r: [r.make(ACCEPT, HELLO, ma=None)],
    "4": lambda r: [forged(r, ma=None)],
    "5": lambda r: [r.make(ACCEPT, HELLO, secret=b"a guess")],
    "6": lambda r: [forged(r), ("main", LATER_MS, r.make(REJECT, message("true")))],
    "7": lambda r: [r.make(ACCEPT, HELLO, flip=True)],
    "8": lambda r: [r.make(ACCEPT, attribute(80, bytes(16)) + HELLO)],
    "9": lambda r: [r.make(ACCEPT, attribute(80, bytes(8)) + HELLO, ma=None)],
    "10": lambda r: [r.make(ACCEPT, HELLO, ma_auth=OLD)],
    "11": lambda r: [r.wrong_id()],
    "12": lambda r: [r.wrong_id()] * 4,
    "13": lambda r: [("stranger", 0, r.wrong_id())],
    "14": lambda r: [("stranger", 0, r.make(ACCEPT, HELLO))],
    "15": lambda r: [("elsewhere", 0, r.make(ACCEPT, HELLO))],
    "15f": lambda r: [("elsewhere", 0, forged(r))],
    "16": lambda r: [r.make(ACCEPT)[:12]],
    "17": lambda r: [r.make(ACCEPT)[:1]],
    "18": lambda r: [b""],
    "19": lambda r: [r.make(ACCEPT, HELLO)[:-5]],
    "20": lambda r: [r.make(ACCEPT, HELLO) + b"padding\0\xff"],
    "21": lambda r: [padded(r, 19)],
    "22": lambda r: [padded(r, 4097)],
    "23": lambda r: [r.make(ACCEPT, b"".join(message(bytes([65 + i]) * 253) for i in range(15)))],
    "24": lambda r: [r.make(ACCEPT, HELLO + b"\0\x03x")],
    "25": lambda r: [r.make(ACCEPT, HELLO + b"\x12\0")],
    "26": lambda r: [r.make(ACCEPT, HELLO + b"\x12\x01")],
    "27": lambda r: [r.make(ACCEPT, HELLO + b"\x12\x08hello")],
    "28": lambda r: [r.make(ACCEPT, HELLO + b"\x12")],
    "29": lambda r: [r.make(ACCEPT, attribute(26, b"\0\0") + HELLO)],
    "30": lambda r: [r.make(ACCEPT, attribute(26, b"\0\0\x01\x37\x0a\0zzzz") + HELLO +
                            attribute(25, b"class"))],
    "31": lambda r: [r.make(ACCEPT, attribute(26, b"\0\xff\xff\xff\x01\x04zz") + HELLO)],
    "32": lambda r: [r.make(5, HELLO)],
    "33": lambda r: [r.make(8, HELLO)],
    "34": lambda r: [r.make(1, HELLO)],
    "34e": lambda r: [r.packet],
    "35": lambda r: [r.make(13, HELLO)],
    "36": lambda r: [r.make(52, HELLO)],
    "37": lambda r: [r.make(255, HELLO)],
    "37z": lambda r: [r.make(0, HELLO)],
    "38": lambda r: [r.make(ACCEPT, HELLO)] * 3,
    "39": lambda r: [r.make(REJECT, HELLO), r.make(ACCEPT)],
    "40": lambda r: [challenged(r, None)],
    "41": lambda r: [r.make(CHALLENGE, attribute(24, b"a") + attribute(24, b"b"))],
    "42": lambda r: [challenged(r, NUL_STATE)],
    "43": lambda r: [r.make(CHALLENGE, attribute(24, b""))],
    "44": lambda r: [r.make(REJECT, attribute(24, b"of a reject"))
                     if r.number == 0 else r.make(ACCEPT if r.state is None else REJECT)],
    "45": lambda r: [r.make(REJECT, message(b"a\0b") + message(b"\xff\xfe\x80") +
                            message(b"\x1b[2Jgone"))],
    "46": lambda r: [],
    "47": lambda r: [make(ACCEPT, r.ident ^ 0x80, OLD, HELLO)],
    "47i": lambda r: [make(ACCEPT, r.ident, OLD, HELLO)],
    "48": lambda r: [forged(r) for _ in range(200)] + [r.make(ACCEPT, message("true"))],
    "49": lambda r: [r.make(ACCEPT, b"\x12\x02" * 2029)],
    "50": lambda r: [r.make(ACCEPT, b"\x12\x02" * 2038, ma=None, auth=os.urandom(16))],
    "51": lambda r: [r.make(ACCEPT, attribute(33, b"p" * 78) + HELLO)],
    "52": lambda r: [r.make(CHALLENGE, attribute(79, b"\x01\x01\0\x04") + attribute(24, b"s"),
                            ma=None)],
    "53": keep,
    "53next": lambda r: [KEPT.pop()],  # what is for a request that was given up
    "quick": lambda r: [r.make(ACCEPT)],
    "silent": lambda r: [],
    "flood": lambda r: [("main", 5 * i, forged(r)) for i in range(1000)],
}


# ---- RadSec ---------------------------------------------------------------------------------------

TLS_SECRET = b"radsec"
CLOSE = None


class TlsRequest(Request):
    def make(self, code=ACCEPT, attrs=HELLO, **how):
        return make(code, self.ident, self.auth, attrs, **{"secret": TLS_SECRET, **how})


def other_id(r):
    return make(ACCEPT, r.ident ^ 0x80, r.auth, HELLO, secret=TLS_SECRET)


# What is sent, and how many milliseconds later.
RADSEC = {
    "ok": lambda r: [(0, r.make())],
    "last": lambda r: [(0, r.make(ma="last"))],
    "unsigned": lambda r: [(0, r.make(ma=None))],
    "reject": lambda r: [(0, r.make(REJECT))],
    "octets": lambda r: [(i, bytes([octet])) for i, octet in enumerate(r.make())],
    "challenge": lambda r: [(0, r.make(CHALLENGE, attribute(24, b"s")) if r.state is None
                             else r.make())],
    "flip": lambda r: [(0, r.make(flip=True))],
    "secret": lambda r: [(0, r.make(secret=SECRET))],
    "forged": lambda r: [(0, r.make(auth=os.urandom(16)))],
    "id": lambda r: [(0, other_id(r))],
    "code": lambda r: [(0, r.make(5))],
    "states": lambda r: [(0, r.make(CHALLENGE, attribute(24, b"a") + attribute(24, b"b")))],
    "short": lambda r: [(0, r.make(length=19))],
    "long": lambda r: [(0, r.make(length=4097))],
    "echo": lambda r: [(0, r.packet)],
    "text": lambda r: [(0, b"HTTP/1.1 400 Bad Request\r\n\r\n")],
    "close": lambda r: [(0, CLOSE)],
    "half": lambda r: [(0, r.make()[:30]), (20, CLOSE)],
    "silent": lambda r: [],
    "twice": lambda r: [(0, r.make() * 2)],
    "late": lambda r: [(1200, r.make())],
    "slow": lambda r: [(1000, r.make())],
    "idle": lambda r: [(0, r.make()), (50, CLOSE)],
    "mute": lambda r: [],  # and from then on nothing is answered over this connection
    "hold": lambda r: [(0, r.make())],  # and for a while nothing is read from it
}
HOLD_S = 0.5

OPENSSL_CONF = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[ca]
basicConstraints = critical, CA:TRUE
[server]
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
[client]
extendedKeyUsage = clientAuth
"""


def certificate(folder, name, kind, issuer=None):
    of = [] if issuer is None else ["-CA", f"{folder}/{issuer}.pem", "-CAkey",
                                    f"{folder}/{issuer}.key"]
    subprocess.run(["openssl", "req", "-x509", "-config", f"{folder}/openssl.cnf", "-extensions",
                    kind, "-subj", f"/CN={name}", "-days", "2", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", *of, "-keyout", f"{folder}/{name}.key",
                    "-out", f"{folder}/{name}.pem"], check=True, stderr=subprocess.DEVNULL)


class RadSec:
    def __init__(self):
        os.umask(0o077)
        self.folder = tempfile.mkdtemp(prefix="daotp-hostile.")
        atexit.register(shutil.rmtree, self.folder, True)
        with open(f"{self.folder}/openssl.cnf", "w", encoding="ascii") as conf:
            conf.write(OPENSSL_CONF)
        certificate(self.folder, "ca", "ca")
        certificate(self.folder, "other", "ca")
        certificate(self.folder, "server", "server", "ca")
        certificate(self.folder, "client", "client", "ca")
        self.lock = threading.Lock()
        self.count = self.wrong = self.connections = 0
        self.port12 = self.listen("127.0.0.1", 0, ssl.TLSVersion.TLSv1_2)
        self.port13 = self.listen("127.0.0.1", 0, ssl.TLSVersion.TLSv1_3)
        self.listen("127.0.0.9", self.port13, ssl.TLSVersion.TLSv1_3)

    def listen(self, address, port, version):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = version
        context.load_cert_chain(f"{self.folder}/server.pem", f"{self.folder}/server.key")
        context.load_verify_locations(f"{self.folder}/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        listener = socket.socket()
        # so little room that who writes much must wait
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        listener.bind((address, port))
        listener.listen(16)
        threading.Thread(target=self.accept, args=(listener, context), daemon=True).start()
        return listener.getsockname()[1]

    def accept(self, listener, context):
        while True:
            plain, _ = listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.carry, args=(plain, context), daemon=True).start()

    def carry(self, plain, context):
        try:
            with context.wrap_socket(plain, server_side=True) as conn:
                self.serve(conn)
        except (OSError, ValueError):
            pass  # the other side may do what it wants

    def serve(self, conn):
        """The packets of a connection, one after the other, and what is due in between."""
        unread, due, is_mute = b"", [], False
        with self.lock:
            self.connections += 1
        while True:
            now = time.monotonic()
            while due and due[0][0] <= now:
                octets = due.pop(0)[1]
                if octets is CLOSE:
                    return
                conn.sendall(octets)
            wait = max(0, due[0][0] - now) if due else None
            if not conn.pending() and not select.select([conn], [], [], wait)[0]:
                continue
            octets = conn.recv(65536)
            if not octets:
                return
            if len(octets) < 4 or len(octets) != struct.unpack("!H", octets[2:4])[0]:
                with self.lock:
                    self.wrong += 1  # not one packet in one record: FreeRADIUS 3 wants it so
            unread += octets
            while len(unread) >= 4 and len(unread) >= struct.unpack("!H", unread[2:4])[0]:
                length = struct.unpack("!H", unread[2:4])[0]
                user, answers = self.take(unread[:length])
                unread = unread[length:]
                is_mute = is_mute or user == "mute"
                if not is_mute:
                    due += [(time.monotonic() + ms / 1000, octets) for ms, octets in answers]
                    due.sort(key=lambda item: item[0])
                if user == "hold":
                    time.sleep(HOLD_S)

    def take(self, packet):
        attrs = attributes_of(packet) or {}
        user = attrs.get(1, [b"?"])[0].decode("ascii", "replace")
        with self.lock:
            self.count += 1
            self.wrong += not is_right(packet, attrs, TLS_SECRET)
        return user, RADSEC[user](TlsRequest(packet, attrs, None, 0))

    def report(self):
        with self.lock:
            print(f"radsec {self.count} {self.wrong} {self.connections}", flush=True)
            self.count = self.wrong = self.connections = 0


# ---- the server -----------------------------------------------------------------------------------

def arrival_ms(about):
    """When the kernel got it: we may be late to look."""
    for _, kind, octets in about:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("@ll", octets[:16])
            return seconds * 1000 + nanoseconds / 1e6
    return time.time() * 1000


class Server:
    def __init__(self):
        self.began = time.monotonic()
        self.sockets, self.requests, self.later = {}, {}, []
        self.per_user, self.strangers = {}, {}
        self.selector = selectors.DefaultSelector()
        self.port = self.listen("main", "127.0.0.1", 0)
        self.listen("stranger", "127.0.0.1", 0)
        self.listen("elsewhere", "127.0.0.9", self.port)
        # nobody else gets that port: it is taken, but only the discard port may write to it
        self.holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.holder.bind(("127.0.0.1", 0))
        self.holder.connect(("127.0.0.1", 9))
        self.closed = self.holder.getsockname()[1]
        self.radsec = RadSec()
        self.commands = b""
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ, "commands")

    def listen(self, name, address, port):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        s.bind((address, port))
        s.setblocking(False)
        self.sockets[name] = s
        self.selector.register(s, selectors.EVENT_READ, name)
        return s.getsockname()[1]

    def now_ms(self):
        return (time.monotonic() - self.began) * 1000

    def send(self, where, delay_ms, octets, to):
        if delay_ms > 0:
            self.later.append((self.now_ms() + delay_ms, where, octets, to))
            return
        try:
            self.sockets[where].sendto(octets, to)
        except OSError:
            pass

    def answer(self, where, request, user):
        case = user.rstrip("+")
        for item in CASES[case](request):
            if not isinstance(item, tuple):
                item = (where, 0, item)
            self.send(*item, request.source)
        if user.endswith("+"):
            self.send(where, LATER_MS, request.make(REJECT, message("true")), request.source)

    def take(self, where, packet, source, arrived_ms):
        attrs = attributes_of(packet) or {}
        user = attrs.get(1, [b"?"])[0].decode("ascii", "replace")
        if where in ("stranger", "elsewhere"):
            self.strangers[user] = self.strangers.get(user, 0) + 1
            return
        key = (user, packet[4:20])
        if key in self.requests:
            record = self.requests[key]
            record["same"] &= record["packet"] == packet and record["source"] == source
        else:
            number = self.per_user.get(user, 0)
            self.per_user[user] = number + 1
            record = self.requests[key] = {"packet": packet, "source": source, "number": number,
                                           "same": True, "right": is_right(packet, attrs),
                                           "at": []}
        record["at"].append(arrived_ms)
        request = Request(packet, attrs, source, record["number"])
        if len(record["at"]) == 1 and user.rstrip("+") in CASES:
            self.answer(where, request, user)
        elif len(record["at"]) == 2 and user == "46":
            self.send(where, 0, request.make(ACCEPT, HELLO), source)

    def report(self):
        for (user, _), r in self.requests.items():
            times = " ".join(f"{at - r['at'][0]:.0f}" for at in r["at"])
            print(f"{user} {r['number']} {len(r['at'])} {int(r['same'])} {int(r['right'])} "
                  f"{self.strangers.get(user, 0)} {times}")
        print("end", flush=True)

    def obey(self):
        octets = os.read(0, 4096)
        if not octets:
            sys.exit(0)
        self.commands += octets
        while b"\n" in self.commands:
            command, self.commands = self.commands.split(b"\n", 1)
            if command == b"report":
                self.report()
            elif command == b"radsec":
                self.radsec.report()

    def run(self):
        print(f"port {self.port} closed {self.closed} tls12 {self.radsec.port12} "
              f"tls13 {self.radsec.port13} in {self.radsec.folder}", flush=True)
        while True:
            now = self.now_ms()
            due = [item for item in self.later if item[0] <= now]
            self.later = [item for item in self.later if item[0] > now]
            for _, where, octets, to in sorted(due, key=lambda item: item[0]):
                self.send(where, 0, octets, to)
            wait = min((item[0] for item in self.later), default=now + 1000) - now
            for key, _ in self.selector.select(max(0, wait) / 1000):
                if key.data == "commands":
                    self.obey()
                    continue
                for _ in range(64):
                    try:
                        packet, about, _, source = key.fileobj.recvmsg(5000, 64)
                    except BlockingIOError:
                        break
                    self.take(key.data, packet, source, arrival_ms(about))


Server().run()
