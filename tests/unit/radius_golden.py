#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the requests that test_radius_packet.c compares with, from hashlib and hmac alone."""
import hashlib
import hmac
import struct

SECRET = bytes(range(0xF0, 0x100)) + b"\0, a secret\t"
AUTH = bytes.fromhex("0f403f9473978057bd83d5cb98f4227a")


def hide(password):
    padded = password.ljust(max(16, -(-len(password) // 16) * 16), b"\0")
    out, before = b"", AUTH
    for at in range(0, len(padded), 16):
        digest = hashlib.md5(SECRET + before).digest()
        before = bytes(a ^ b for a, b in zip(padded[at:at + 16], digest))
        out += before
    return out


def attribute(number, value):
    return bytes([number, len(value) + 2]) + value


def request(code, ident, attributes):
    body = attribute(80, bytes(16)) + attributes
    head = struct.pack("!BBH", code, ident, 20 + len(body)) + AUTH
    mac = hmac.new(SECRET, head + body, "md5").digest()
    return head + body[:2] + mac + body[18:]


def show(name, octets):
    print(f"static const uint8_t {name}[] = {{")
    for at in range(0, len(octets), 16):
        print("    " + ", ".join(f"0x{b:02x}" for b in octets[at:at + 16]) + ",")
    print("};")


NAS = attribute(32, b"da 1")
show("golden_login", request(1, 7, attribute(1, b"CORP\\bob") + NAS + attribute(2, hide(b"1234123456"))))
show("golden_long", request(1, 255, attribute(1, "zoë".encode()) + attribute(24, b"\0STATE-1\xff") + NAS
                            + attribute(2, hide(("€" * 42 + "ab").encode()))))
show("golden_empty", request(1, 0, attribute(1, b"u") + NAS + attribute(2, hide(b""))))
show("golden_status", request(12, 1, NAS))
