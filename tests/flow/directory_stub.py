#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A directory that accepts every name and password: directory_stub.py CERTIFICATE KEY CRL

Listens for LDAP and for LDAPS, and writes both ports to standard output. Every search finds one entry
with this CRL. A bind by SASL is refused.
"""
import socket
import ssl
import sys
import threading

BIND, BIND_ANSWER, SEARCH, ENTRY, DONE = 0x60, 0x61, 0x63, 0x64, 0x65
VERSION_3, SIMPLE = b"\x02\x01\x03", 0x80
NOT_SUPPORTED = 7  # authMethodNotSupported


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes(4, "big")
    return bytes([tag, 0x84]) + length + body


def result(number, tag, code=0):
    return tlv(0x30, bytes([2, 1, number]), tlv(tag, bytes([10, 1, code]), tlv(4), tlv(4)))


def entry(number, crl):
    values = tlv(0x30, tlv(4, b"certificateRevocationList"), tlv(0x31, tlv(4, crl)))
    return tlv(0x30, bytes([2, 1, number]), tlv(ENTRY, tlv(4, b"cn=ca"), tlv(0x30, values)))


def is_simple(bind):
    """The choice of RFC 4511 4.2 stands behind version and name, whose length here is one octet."""
    name = bind.index(VERSION_3) + len(VERSION_3)
    return bind[name + 2 + bind[name + 1]] == SIMPLE


def answer(question, crl):
    """To one message, which the clients here send in one piece, with a number below 128."""
    at = question.index(b"\x02\x01") + 2
    number, tag = question[at], question[at + 1]
    if tag == BIND:
        return result(number, BIND_ANSWER, 0 if is_simple(question[at + 1:]) else NOT_SUPPORTED)
    if tag == SEARCH:
        return entry(number, crl) + result(number, DONE)
    return b""


def serve(peer, crl):
    while question := peer.recv(65536):
        peer.sendall(answer(question, crl))


def listen(context, crl):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve_one(peer):
        try:
            with context.wrap_socket(peer, server_side=True) if context else peer as connection:
                serve(connection, crl)
        except OSError:
            peer.close()

    def accept():
        while True:
            threading.Thread(target=serve_one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[1], sys.argv[2])
    with open(sys.argv[3], "rb") as file:
        crl = file.read()
    print(listen(None, crl), listen(tls, crl), flush=True)
    threading.Event().wait()


main()
