#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""KDCs whose clocks differ: kdc_clock.py SECONDS...

One for each number: its clock is so many seconds ahead. It answers each request by TCP with the KRB-ERROR
KDC_ERR_CLIENT_NOT_TRUSTED (RFC 4120 5.9.1). The ports go to standard output.
"""
import signal
import socket
import sys
import threading
import time

CLIENT_NOT_TRUSTED = 62
REALM = b"LAB.EXAMPLE"


def tlv(tag, *parts):
    body = b"".join(parts)
    assert len(body) < 0x10000
    size = bytes([len(body)]) if len(body) < 0x80 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def krb_error(ahead):
    now = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + ahead)).encode()
    names = tlv(0x30, tlv(0x1B, b"krbtgt"), tlv(0x1B, REALM))
    server = tlv(0x30, tlv(0xA0, tlv(2, b"\x02")), tlv(0xA1, names))
    fields = ((0, tlv(2, b"\x05")), (1, tlv(2, b"\x1e")), (4, tlv(0x18, now)), (5, tlv(2, b"\x00")),
              (6, tlv(2, bytes([CLIENT_NOT_TRUSTED]))), (9, tlv(0x1B, REALM)), (10, server))
    return tlv(0x7E, tlv(0x30, *(tlv(0xA0 | number, value) for number, value in fields)))


def serve(listener, ahead):
    while True:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            answer = krb_error(ahead)
            peer.sendall(len(answer).to_bytes(4, "big") + answer)
            peer.recv(1)


def main():
    listeners = []
    for text in sys.argv[1:]:
        listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        threading.Thread(target=serve, args=(listener, int(text)), daemon=True).start()
        listeners.append(listener)
    print(*(one.getsockname()[1] for one in listeners), flush=True)
    signal.pause()


main()
