# SPDX-License-Identifier: BSD-2-Clause
"""The calls of MS-ICPR, MS-WCCE and MS-DCOM as impacket's structures, and its connection with Kerberos: what the
independent client and the independent server of the RPC tests share. Ends 77 without python3-impacket."""
import struct
import sys

SKIPPED = 77
try:
    from impacket.dcerpc.v5 import dcomrt, epm, rpcrt, transport
    from impacket.dcerpc.v5.dtypes import DWORD, LPWSTR, NULL, PBYTE, ULONG
    from impacket.dcerpc.v5.ndr import NDRCALL, NDRSTRUCT
    from impacket.krb5 import kerberosv5
    from impacket.spnego import SPNEGO_NegTokenInit
    from impacket.uuid import string_to_bin, uuidtup_to_bin
except ImportError:
    print("skipped: no python3-impacket")
    sys.exit(SKIPPED)

ICPR = uuidtup_to_bin(("91ae6020-9e3c-11cf-8d7c-00aa00c091be", "0.0"))
CERT_D = uuidtup_to_bin(("d99e6e70-fc88-11d0-b498-00a0c90312f3", "0.0"))
CERT_D2 = uuidtup_to_bin(("5422fd3a-d4b8-4cef-a12e-e87d4ca22e90", "0.0"))
CLASS = string_to_bin("d99e6e74-fc88-11d0-b498-00a0c90312f3")
CA_NAME = "Lab Issuing CA\0"


def without_framing(make):
    """MIT's acceptor takes an AP-REQ in DCE style without the framing of RFC 2743 3.1 alone (MS-KILE
    3.4.5.1), around which impacket puts it, as Windows also takes it."""

    def make_bare(*args, **more):
        cipher, key, token = make(*args, **more)
        blob = SPNEGO_NegTokenInit(token)
        blob["MechToken"] = blob["MechToken"][blob["MechToken"].index(b"\x01\x00n\x82") + 2:]
        return cipher, key, blob.getData()

    return make_bare


kerberosv5.getKerberosType1 = without_framing(kerberosv5.getKerberosType1)


class Blob(NDRSTRUCT):
    structure = (("cb", ULONG), ("pb", PBYTE))


class CertServerRequest(NDRCALL):
    opnum = 0
    structure = (("dwFlags", DWORD), ("pwszAuthority", LPWSTR), ("pdwRequestId", DWORD), ("pctbAttribs", Blob),
                 ("pctbRequest", Blob))


class Answer(NDRCALL):
    structure = (("pdwRequestId", DWORD), ("pdwDisposition", ULONG), ("pctbCert", Blob), ("pctbEncodedCert", Blob),
                 ("pctbDispositionMessage", Blob), ("ErrorCode", ULONG))


class Request(dcomrt.DCOMCALL):
    opnum = 3
    structure = (("dwFlags", DWORD), ("pwszAuthority", LPWSTR), ("pdwRequestId", DWORD), ("pwszAttributes", LPWSTR),
                 ("pctbRequest", Blob))


class Request2(dcomrt.DCOMCALL):
    opnum = 6
    structure = (("pwszAuthority", LPWSTR), ("dwFlags", DWORD), ("pwszSerialNumber", LPWSTR),
                 ("pdwRequestId", DWORD), ("pwszAttributes", LPWSTR), ("pctbRequest", Blob))


class DcomAnswer(dcomrt.DCOMANSWER):
    structure = Answer.structure


class Ping(dcomrt.DCOMCALL):
    opnum = 5
    structure = (("pwszAuthority", LPWSTR),)


class Pong(dcomrt.DCOMANSWER):
    structure = (("ErrorCode", ULONG),)


class GetCAProperty(dcomrt.DCOMCALL):
    opnum = 7
    structure = (("pwszAuthority", LPWSTR), ("PropID", DWORD), ("PropIndex", DWORD), ("PropType", DWORD))


class Property(dcomrt.DCOMANSWER):
    structure = (("value", Blob), ("ErrorCode", ULONG))


def connect(port, interface, sealed=True):
    binding = transport.DCERPCTransportFactory(f"ncacn_ip_tcp:localhost[{port}]")
    binding.setRemoteHost("127.0.0.1")  # impacket takes the first address alone, which may be ::1
    binding.set_credentials("", "", "LAB.EXAMPLE")
    binding.set_kerberos(True, None)
    dce = binding.get_dce_rpc()
    if sealed:
        dce.set_auth_type(rpcrt.RPC_C_AUTHN_GSS_NEGOTIATE)
        dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
    dce.connect()
    if interface is not None:
        dce.bind(interface)
    return dce


def text_of(blob):
    return b"".join(blob["pb"]).decode("utf-16-le").rstrip("\0")


def set_blob(blob, data):
    blob["cb"] = len(data)
    blob["pb"] = data


def orpc_this():
    this = dcomrt.ORPCTHIS()
    this["cid"] = b"\x11" * 16
    this["extensions"] = NULL
    this["flags"] = 0
    return this


def find_icpr(port):
    dce = connect(port, epm.MSRPC_UUID_PORTMAP, sealed=False)
    found = epm.hept_map("localhost", ICPR, protocol="ncacn_ip_tcp", dce=dce)
    return int(found.split("[")[1].rstrip("]"))


def activate(port, interface):
    """Port and IPID of the object, by RemoteActivation."""
    dce = connect(port, dcomrt.IID_IActivation)
    asked = dcomrt.RemoteActivation()
    asked["ORPCthis"] = orpc_this()
    asked["Clsid"] = CLASS
    asked["pwszObjectName"] = NULL
    asked["pObjectStorage"] = NULL
    asked["ClientImpLevel"] = 2
    asked["Mode"] = 0
    asked["Interfaces"] = 1
    one = dcomrt.IID()
    one["Data"] = interface[:16]
    asked["pIIDs"].append(one)
    asked["cRequestedProtseqs"] = 1
    asked["aRequestedProtseqs"].append(7)
    answer = dce.request(asked)
    return read_object(answer["ppdsaOxidBindings"], b"".join(answer["ppInterfaceData"][0]["abData"]))


def read_object(bindings, objref):
    units = bindings["aStringArray"]
    text = struct.pack(f"<{len(units)}H", *units)[2:].decode("utf-16-le", "replace").split("\0")[0]
    return int(text.split("[")[1].rstrip("]")), dcomrt.OBJREF_STANDARD(objref)["std"]["ipid"]
