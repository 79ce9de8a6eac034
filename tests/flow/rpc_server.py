# SPDX-License-Identifier: BSD-2-Clause
"""An independent server by RPC, which the library's client is tested with: framing of its own, security by
python3-gssapi, the DCOM structures by impacket. What is asked of the certification authority goes, by impacket, to the
lab's, so that the answers are real ones.

  rpc_server.py LAB-FOLDER MODE-FILE HOST

HOST: 127.0.0.1 or ::1. The first line printed is the port of the endpoint mapper; then one line for each message, with
what stands in it. MODE-FILE: what the next connections do wrong, a word of MODES.
"""
import os
import pathlib
import socket
import struct
import sys
import threading

try:
    import gssapi
    from gssapi import raw
    from gssapi.raw import IOV, IOVBufferType
except ImportError:
    print("skipped: no python3-gssapi")
    sys.exit(77)
from rpc_structures import (CERT_D, CERT_D2, CLASS, ICPR, NULL, Answer, CertServerRequest, activate, connect, dcomrt,
                            find_icpr, set_blob)

REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, BIND_NAK, ALTER, ALTER_RESPONSE, AUTH3 = 0, 2, 3, 11, 12, 13, 14, 15, 16
FIRST, LAST, SIGNING, NOT_EXECUTED, OBJECT = 1, 2, 4, 0x20, 0x80
MAPPER = bytes.fromhex("0883afe11f5dc91191a408002b14a0fa")
ACTIVATION = bytes.fromhex("b84a9f4d1c7dcf11861e0020af6e7c57")
NDR32 = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")
IPID = bytes(range(0x40, 0x50))
# NegTokenResp (RFC 4178 4.2.2): accept-incomplete, supportedMech NTLMSSP, and a token that begins as a challenge does
NTLM_CHOSEN = bytes.fromhex("a1233021a0030a0101a10c060a2b06010401823702020aa20c040a4e544c4d535350000200")
# what is sent in the place of the right thing; most of it in the answer to the call
MODES = ("right", "fragments", "small", "unsealed", "second-unsealed", "header", "data", "integrity", "repeated", "swapped",
         "context", "auth-context", "type", "fault", "fault-not-executed", "closed", "half", "denied", "unsigned-ack",
         "no-ack-token", "rejected", "alter-rejected", "nak", "ntlm", "bind-fault", "other-call")


class Pdu:
    """One PDU of the client, cut into its parts (C706 12.6, MS-RPCE 2.2.2)."""

    def __init__(self, octets):
        self.octets = octets
        (version, self.minor, self.type, self.flags, drep, self.length, self.token_length,
         self.call_id) = struct.unpack("<BBBB4sHHI", octets[:16])
        assert version == 5 and drep == b"\x10\0\0\0"
        self.token, self.trailer, end = b"", b"", self.length
        if self.token_length > 0:
            end = self.length - self.token_length - 8
            self.trailer = octets[end:end + 8]
            self.token = octets[end + 8:]
            self.auth_type, self.level, self.padding = self.trailer[0], self.trailer[1], self.trailer[2]
        self.head = 40 if self.type == REQUEST and self.flags & OBJECT else 24
        self.body = octets[self.head:end]
        if self.type == REQUEST:
            self.context_id, self.opnum = struct.unpack("<HH", octets[20:24])
            self.object = octets[24:40] if self.flags & OBJECT else None


def read_exactly(sock, count):
    octets = b""
    while len(octets) < count:
        more = sock.recv(count - len(octets))
        if not more:
            raise EOFError
        octets += more
    return octets


def make_pdu(kind, flags, call_id, body, trailer=b"", token=b""):
    head = struct.pack("<BBBB4sHHI", 5, 0, kind, flags, b"\x10\0\0\0", 16 + len(body) + len(trailer) + len(token),
                       len(token), call_id)
    return head + body + trailer + token


class Connection:
    def __init__(self, server, sock, is_mapper):
        self.server, self.sock, self.is_mapper = server, sock, is_mapper
        self.mode = server.mode_file.read_text(encoding="utf-8").strip()
        assert self.mode in MODES, self.mode
        self.context = self.interface = None
        self.stub, self.fragments, self.trailer = b"", 0, b""

    def say(self, *words):
        print("mapper:" if self.is_mapper else "service:", *words, flush=True)

    def is_wrong(self, *modes):
        """The mapper and the activation are always right: what they do wrong is tested by octets."""
        return not self.is_mapper and self.mode in modes

    def run(self):
        try:
            while True:
                head = read_exactly(self.sock, 16)
                pdu = Pdu(head + read_exactly(self.sock, struct.unpack("<H", head[8:10])[0] - 16))
                self.take(pdu)
        except (EOFError, ConnectionError):
            pass
        finally:
            self.sock.close()

    def take(self, pdu):
        if pdu.type in (BIND, ALTER):
            self.take_bind(pdu)
        elif pdu.type == AUTH3:
            self.say("auth3")
            self.context.step(pdu.token)
        elif pdu.type == REQUEST:
            self.take_request(pdu)
        else:
            raise EOFError

    # ---- bind ----

    def take_bind(self, pdu):
        kind = "bind" if pdu.type == BIND else "alter_context"
        self.interface = pdu.octets[32:48]
        self.say(kind, f"type {pdu.auth_type} level {pdu.level}" if pdu.token else "without security",
                 "header signing" if pdu.flags & SIGNING else "no header signing")
        if self.is_wrong("nak"):
            return self.send(make_pdu(BIND_NAK, FIRST | LAST, pdu.call_id, struct.pack("<HBBB3x", 9, 1, 5, 0)))
        if self.is_wrong("bind-fault"):
            return self.send_fault(pdu, 5, 0)
        token = b""
        if pdu.token:
            if self.context is None:
                self.context = gssapi.SecurityContext(creds=self.server.credentials, usage="accept")
            if not self.context.complete:
                token = self.context.step(pdu.token) or b""
        return self.send(self.make_ack(pdu, token))

    def make_ack(self, pdu, token):
        is_alter = pdu.type == ALTER
        refused = self.is_wrong("rejected") or (is_alter and self.is_wrong("alter-rejected"))
        size = 2048 if self.is_wrong("small") else 5840
        address = b"" if is_alter else b"49152\0"
        body = struct.pack("<HHIH", size, size, 0x4711, len(address)) + address
        body += b"\0" * (-len(body) % 4) + struct.pack("<BBHHH", 1, 0, 0, *((2, 1) if refused else (0, 0)))
        body += b"\0" * 20 if refused else NDR32
        flags = FIRST | LAST
        if pdu.flags & SIGNING and not self.is_wrong("unsigned-ack"):
            flags |= SIGNING
        if self.is_wrong("no-ack-token"):
            token = b""
        if self.is_wrong("ntlm"):
            token = NTLM_CHOSEN
        trailer = struct.pack("<BBBBI", pdu.auth_type, pdu.level, 0, 0, struct.unpack("<I", pdu.trailer[4:])[0]) \
            if token else b""
        return make_pdu(ALTER_RESPONSE if is_alter else BIND_ACK, flags, pdu.call_id, body, trailer, token)

    # ---- requests ----

    def take_request(self, pdu):
        if pdu.flags & FIRST:
            self.stub, self.fragments = b"", 0
        self.stub += self.unseal(pdu) if self.context is not None else pdu.body
        self.fragments += 1
        self.trailer = pdu.trailer
        if not pdu.flags & LAST:
            return None
        self.say(f"request opnum {pdu.opnum}, {self.fragments} fragments, {len(self.stub)} octets")
        return self.answer(pdu)

    def unseal(self, pdu):
        assert pdu.level == 6 and len(pdu.body) % 16 == 0, "not sealed, or not padded to 16"
        iov = IOV((IOVBufferType.header, False, pdu.token), (IOVBufferType.sign_only, False, pdu.octets[:pdu.head]),
                  (IOVBufferType.data, False, pdu.body), (IOVBufferType.sign_only, False, pdu.trailer), std_layout=False)
        assert raw.unwrap_iov(self.context, iov).encrypted, "not encrypted"
        return iov[2].value[:len(pdu.body) - pdu.padding]

    def answer(self, pdu):
        if self.interface == MAPPER:
            return self.send(make_pdu(RESPONSE, FIRST | LAST, pdu.call_id,
                                      struct.pack("<IHBB", 0, 0, 0, 0) + self.answer_map()))
        if self.is_wrong("fault"):
            return self.send_fault(pdu, 0x721, 0)
        if self.is_wrong("fault-not-executed"):
            return self.send_fault(pdu, 5, NOT_EXECUTED)
        if self.is_wrong("closed"):
            raise EOFError
        if self.interface == ACTIVATION:
            return self.send_stub(pdu, self.answer_activation())
        if self.mode == "denied":
            return self.send_stub(pdu, self.answer_denied())
        return self.send_stub(pdu, self.server.relay(self.interface, pdu, self.stub))

    def answer_map(self):
        tower = bytearray(self.stub[32:32 + 75])
        assert bytes(tower[5:21]) == ICPR[:16]
        tower[64:66] = struct.pack(">H", self.server.service_port)
        return (b"\0" * 20 + struct.pack("<IIIIIII", 1, 4, 0, 1, 3, 75, 75) + bytes(tower) + b"\0" + struct.pack("<I", 0))

    def answer_activation(self):
        asked = dcomrt.RemoteActivation(self.stub)
        assert asked["Clsid"] == CLASS and asked["Interfaces"] == 1
        interface = asked["pIIDs"][0]["Data"]
        assert interface in (CERT_D[:16], CERT_D2[:16])
        bindings = self.make_bindings()
        objref = dcomrt.OBJREF_STANDARD()
        objref["iid"] = interface
        objref["std"]["flags"], objref["std"]["cPublicRefs"] = 0, 5
        objref["std"]["oxid"], objref["std"]["oid"], objref["std"]["ipid"] = 7, 8, IPID
        objref["saResAddr"] = struct.pack("<HH", len(bindings), len(bindings) - 5) + \
            struct.pack(f"<{len(bindings)}H", *bindings)
        told = dcomrt.RemoteActivationResponse()
        told["ORPCthat"]["flags"], told["ORPCthat"]["extensions"] = 0, NULL
        told["pOxid"] = 7
        told["ppdsaOxidBindings"]["wNumEntries"] = len(bindings)
        told["ppdsaOxidBindings"]["wSecurityOffset"] = len(bindings) - 5
        told["ppdsaOxidBindings"]["aStringArray"] = bindings
        told["pipidRemUnknown"], told["pAuthnHint"] = b"\x11" * 16, 6
        told["pServerVersion"]["MajorVersion"], told["pServerVersion"]["MinorVersion"] = 5, 7
        told["phr"] = told["ErrorCode"] = 0
        pointer = dcomrt.PMInterfacePointer()
        octets = objref.getData()
        pointer["ulCntData"], pointer["abData"] = len(octets), [bytes([octet]) for octet in octets]
        told["ppInterfaceData"].append(pointer)
        granted = dcomrt.HRESULT()
        granted["Data"] = 0
        told["pResults"].append(granted)
        return told.getData()

    def make_bindings(self):
        """A name that nobody can reach: only the port is to be taken."""
        text = f"OTHERHOST[{self.server.service_port}]"
        return [7] + [ord(c) for c in text] + [0, 0] + [9, 0xFFFF, 0, 0, 0]

    def answer_denied(self):
        asked = CertServerRequest(self.stub)
        self.say("for", asked["pwszAuthority"].rstrip("\0"))
        told = Answer()
        told["pdwRequestId"], told["pdwDisposition"], told["ErrorCode"] = 77, 0x80094012, 0
        set_blob(told["pctbCert"], b"")
        set_blob(told["pctbEncodedCert"], b"")
        set_blob(told["pctbDispositionMessage"], "Refused by python\0".encode("utf-16-le"))
        return told.getData()

    # ---- answers ----

    def send(self, octets):
        self.sock.sendall(octets)

    def send_fault(self, pdu, code, flags):
        self.send(make_pdu(FAULT, FIRST | LAST | flags, pdu.call_id, struct.pack("<IHBBII", 0, 0, 0, 0, code, 0)))

    def seal(self, pdu, part, flags):
        """One sealed fragment of a response, or what the mode makes of it."""
        context_id = 1 if self.is_wrong("context") else 0
        kind = ALTER_RESPONSE if self.is_wrong("type") else RESPONSE
        call_id = pdu.call_id + (1 if self.is_wrong("other-call") else 0)
        body = struct.pack("<IHBB", len(part), context_id, 0, 0)
        if self.is_wrong("unsealed") or (self.is_wrong("second-unsealed") and not flags & FIRST):
            return make_pdu(kind, flags, call_id, body + part)
        padding = -len(part) % 16
        part += b"\0" * padding
        trailer = bytearray(self.trailer)
        trailer[2] = padding
        if self.is_wrong("auth-context"):
            trailer[4] ^= 1
        is_sealed = not self.is_wrong("integrity")
        head = make_pdu(kind, flags, call_id, body + part, bytes(trailer), b"\0" * self.token_length(part))[:24]
        iov = IOV(IOVBufferType.header, (IOVBufferType.sign_only, False, head), (IOVBufferType.data, False, part),
                  (IOVBufferType.sign_only, False, bytes(trailer)), std_layout=False)
        raw.wrap_iov(self.context, iov, confidential=is_sealed)
        octets = bytearray(head + iov[2].value + bytes(trailer) + iov[0].value)
        if self.is_wrong("header"):
            octets[16] ^= 1  # alloc_hint, which only header signing covers
        if self.is_wrong("data"):
            octets[24] ^= 1
        return bytes(octets)

    def token_length(self, part):
        iov = IOV(IOVBufferType.header, (IOVBufferType.data, False, part), std_layout=False)
        raw.wrap_iov_length(self.context, iov, confidential=not self.is_wrong("integrity"))
        return len(iov[0].value)

    def send_stub(self, pdu, stub):
        size = 5728
        if self.is_wrong("fragments", "second-unsealed", "repeated", "swapped", "half"):
            size = 64
        parts = [stub[at:at + size] for at in range(0, len(stub), size)] or [b""]
        pdus = [self.seal(pdu, part, (FIRST if i == 0 else 0) | (LAST if i + 1 == len(parts) else 0))
                for i, part in enumerate(parts)]
        if self.is_wrong("repeated"):
            pdus.insert(1, pdus[1])
        if self.is_wrong("swapped"):
            pdus[1], pdus[2] = pdus[2], pdus[1]
        if self.is_wrong("half"):
            pdus = pdus[:1]
        self.say(f"response, {len(pdus)} fragments, {len(stub)} octets")
        for octets in pdus:
            self.send(octets)
        if self.is_wrong("half"):
            raise EOFError


class Server:
    def __init__(self, lab, mode_file, host):
        keytab = f"FILE:{lab}/kdc/ca.keytab"
        self.credentials = gssapi.Credentials(usage="accept", store={"keytab": keytab})
        self.mode_file = pathlib.Path(mode_file)
        self.host = host
        self.lab_mapper = int(os.environ["LAB_CA_MAPPER_PORT"])
        self.lock = threading.Lock()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listeners = [socket.create_server((host, 0), family=family) for _ in range(2)]
        self.service_port = self.listeners[1].getsockname()[1]

    def relay(self, interface, pdu, stub):
        """The same call of the lab's CA, by impacket and as the owner of the ticket cache."""
        with self.lock:
            if interface == ICPR[:16]:
                dce, ipid = connect(find_icpr(self.lab_mapper), ICPR), None
            else:
                assert pdu.object == IPID, "a call of another object"
                full = CERT_D if interface == CERT_D[:16] else CERT_D2
                port, ipid = activate(self.lab_mapper, full)
                dce = connect(port, full)
            dce.call(pdu.opnum, stub, ipid)
            return dce.recv()

    def serve(self, listener, is_mapper):
        while True:
            sock, _address = listener.accept()
            threading.Thread(target=Connection(self, sock, is_mapper).run, daemon=True).start()

    def run(self):
        print(self.listeners[0].getsockname()[1], flush=True)
        print("ports:", self.service_port, flush=True)
        threading.Thread(target=self.serve, args=(self.listeners[1], False), daemon=True).start()
        self.serve(self.listeners[0], True)


if __name__ == "__main__":
    Server(*sys.argv[1:4]).run()
