#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A directory that takes every name and password: directory_stub.py [CERTIFICATE KEY [CRL]]

Listens for LDAP and, given a certificate, for LDAPS; says both ports. Every search finds nothing, or
one entry with this CRL. A bind by SASL is refused.
"""
import socket
import ssl
import sys
import threading

BIND, BIND_ANSWER, SEARCH, ENTRY, DONE = 0x60, 0x61, 0x63, 0x64, 0x65
SIMPLE = b"\x80"
NOT_SUPPORTED = 7


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


def answer(question, crl):
    """To one message, which the clients here send in one piece, with a number below 128."""
    at = question.index(b"\x02\x01") + 2
    number, tag = question[at], question[at + 1]
    if tag == BIND:
        return result(number, BIND_ANSWER, 0 if SIMPLE in question[at + 2:] else NOT_SUPPORTED)
    if tag == SEARCH:
        return (entry(number, crl) if crl else b"") + result(number, DONE)
    return b""


def serve(peer, crl):
    while question := peer.recv(65536):
        peer.sendall(answer(question, crl))


def listen(context, crl):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve_tls(peer):
        try:
            serve(context.wrap_socket(peer, server_side=True) if context else peer, crl)
        except OSError:
            peer.close()

    def accept():
        while True:
            threading.Thread(target=serve_tls, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    tls, crl = None, b""
    if len(sys.argv) > 2:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[1], sys.argv[2])
    if len(sys.argv) > 3:
        with open(sys.argv[3], "rb") as file:
            crl = file.read()
    print(listen(None, crl), listen(tls, crl) if tls else "", flush=True)
    threading.Event().wait()


main()
