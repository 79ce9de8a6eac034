#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A RADIUS server on loopback that answers as it must not, for test_radius_hostile.c.

The user's name is the number of a case, with a letter where a case has kinds; with "+" behind, what
is wrong is followed 50 ms later by a right reply: a reject that says "true". It answers the first
transmission of a request only. A second socket, on another port, and a third, on another address,
send what comes from elsewhere, and note whether anything is sent to them.

Standard output says "port P closed Q"; Q is a port where nothing listens. Commands on standard
input: "open" listens on Q too, "report" says a line for each request: user, which of his requests,
how often it came, whether it was always the same octets, whether it is as it must be, when it came.
"""
import hashlib
import hmac
import os
import selectors
import socket
import struct
import sys
import time

SECRET = b"hostile\0secret of 24 oct"
ACCEPT, REJECT, CHALLENGE = 2, 3, 11
LATER_MS = 50
NUL_STATE = bytes(253)


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


def reveal(hidden, auth):
    out, before = b"", auth
    for at in range(0, len(hidden), 16):
        digest = hashlib.md5(SECRET + before).digest()
        out += bytes(a ^ b for a, b in zip(hidden[at:at + 16], digest))
        before = hidden[at:at + 16]
    return out.rstrip(b"\0")


def is_right(packet, attrs):
    """RFC 2865 3, RFC 3579 3.2, and what our client always sends."""
    if len(packet) != struct.unpack("!H", packet[2:4])[0] or packet[0] != 1:
        return False
    if packet[20:22] != b"\x50\x12" or 33 in attrs or 32 not in attrs:
        return False
    blank = packet[:22] + bytes(16) + packet[38:]
    mac = hmac.new(SECRET, blank, "md5").digest()
    return hmac.compare_digest(mac, packet[22:38]) and all(
        len(attrs.get(n, [])) == 1 for n in (1, 2, 80)) and \
        reveal(attrs[2][0], packet[4:20]) == b"pass-" + attrs[1][0]


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


HELLO = message("hello")
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
    "53": lambda r: [("main", 800, r.make(ACCEPT, HELLO))],
    "54": lambda r: [r.make(ACCEPT, message("true"))],  # on the port that was closed
    "quick": lambda r: [r.make(ACCEPT)],
    "silent": lambda r: [],
    "flood": lambda r: [("main", 5 * i, forged(r)) for i in range(1000)],
}


# ---- the server -----------------------------------------------------------------------------------

class Server:
    def __init__(self):
        self.began = time.monotonic()
        self.sockets, self.requests, self.later = {}, {}, []
        self.per_user, self.strangers = {}, {}
        self.selector = selectors.DefaultSelector()
        self.port = self.listen("main", "127.0.0.1", 0)
        self.listen("stranger", "127.0.0.1", 0)
        self.listen("elsewhere", "127.0.0.9", self.port)
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        probe.bind(("127.0.0.1", 0))
        self.closed = probe.getsockname()[1]
        probe.close()
        self.commands = b""
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ, "commands")

    def listen(self, name, address, port):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
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

    def take(self, where, packet, source):
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
        record["at"].append(self.now_ms())
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
            if command == b"open":
                self.listen("was closed", "127.0.0.1", self.closed)
                print("open", flush=True)
            elif command == b"report":
                self.report()

    def run(self):
        print(f"port {self.port} closed {self.closed}", flush=True)
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
                        packet, source = key.fileobj.recvfrom(5000)
                    except BlockingIOError:
                        break
                    self.take(key.data, packet, source)


Server().run()
