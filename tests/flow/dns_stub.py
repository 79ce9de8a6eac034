# SPDX-License-Identifier: BSD-2-Clause
"""A name server on 127.0.0.1:53 that knows the records of a file, one a line: NAME A|AAAA ADDRESS, or NAME SRV PRIORITY
WEIGHT PORT TARGET; every other name does not exist. The file is read again for each question; each question is printed.

  dns_stub.py FILE
"""
import ipaddress
import pathlib
import socket
import struct
import sys

TYPES = {1: "A", 28: "AAAA", 33: "SRV"}


def encode_name(name):
    labels = [label.encode() for label in name.strip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def encode_record(kind, fields):
    if kind == "SRV":
        return struct.pack(">HHH", *map(int, fields[:3])) + encode_name(fields[3])
    return ipaddress.ip_address(fields[0]).packed


def answer(question, records):
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("ascii", "replace"))
        at += 1 + question[at]
    kind, _class = struct.unpack(">HH", question[at + 1:at + 5])
    name = ".".join(labels).lower()
    print(name, TYPES.get(kind, kind), flush=True)
    known = [record.split() for record in records if record.split()[:1] == [name]]
    found = [encode_record(record[1], record[2:]) for record in known if record[1] == TYPES.get(kind)]
    head = question[:2] + struct.pack(">HHHHH", 0x8580 | (0 if known else 3), 1, len(found), 0, 0)
    return head + question[12:at + 5] + b"".join(
        b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data for data in found)


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))
    print("ready", flush=True)
    while True:
        question, sender = sock.recvfrom(4096)
        sock.sendto(answer(question, pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()), sender)


if __name__ == "__main__":
    main()
