#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A name server on 127.0.0.1 that answers every SRV question with these records.

  srv_stub.py PORT-FILE PRIORITY:WEIGHT:PORT:HOST...
"""
import socket
import struct
import sys


def packed(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
with open(sys.argv[1], "w", encoding="ascii") as file:
    file.write(f"{server.getsockname()[1]}\n")
while True:
    question, peer = server.recvfrom(2048)
    end = question.index(b"\0", 12) + 5
    answers = b""
    for record in sys.argv[2:]:
        priority, weight, port, host = record.split(":")
        data = struct.pack(">HHH", int(priority), int(weight), int(port)) + packed(host)
        answers += b"\xc0\x0c" + struct.pack(">HHIH", 33, 1, 60, len(data)) + data
    head = question[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, len(sys.argv) - 2, 0, 0)
    server.sendto(head + question[12:end] + answers, peer)
