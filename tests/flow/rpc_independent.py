# SPDX-License-Identifier: BSD-2-Clause
"""An independent client by RPC, impacket with Kerberos, against the lab's CA: endpoint mapper, ICPR,
both forms of activation, Request, Request2, Ping and GetCAProperty, sealed. So the lab, which our own
client is tested with, is no echo of it.

  rpc_independent.py DAOTP-PROGRAM
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from rpc_structures import (CA_NAME, CERT_D, CERT_D2, CLASS, ICPR, NULL, SKIPPED, Answer, CertServerRequest, DcomAnswer,
                            GetCAProperty, Ping, Pong, Property, Request, Request2, activate, connect, dcomrt, find_icpr,
                            orpc_this, rpcrt, set_blob, text_of)

DAOTP = sys.argv[1]
count, failed = 0, 0


def expect(what, found, wanted):
    global count, failed
    count += 1
    good = found == wanted
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}" + ("" if good else f": wanted {wanted!r}, found {found!r}"))


def create(port, interface):
    """The same by RemoteCreateInstance, which impacket writes and reads."""
    found = {}

    def keep(self, class_instance, objref, *_args, **_more):
        self._bindings = class_instance.get_string_bindings()  # pylint: disable=protected-access
        found["ipid"] = dcomrt.OBJREF_STANDARD(objref)["std"]["ipid"]
        found["port"] = int(self._bindings[0]["aNetworkAddr"].rstrip("\0").split("[")[1].rstrip("]"))

    kept, dcomrt.INTERFACE.__init__ = dcomrt.INTERFACE.__init__, keep
    remote, dcomrt.IRemUnknown2.__init__ = dcomrt.IRemUnknown2.__init__, lambda self, interface: None
    try:
        dcomrt.IRemoteSCMActivator(connect(port, None)).RemoteCreateInstance(CLASS, interface[:16])
    finally:
        dcomrt.INTERFACE.__init__, dcomrt.IRemUnknown2.__init__ = kept, remote
    return found["port"], found["ipid"]


def call_object(where, interface, question, answer):
    port, ipid = where
    dce = connect(port, interface)
    question["ORPCthis"] = orpc_this()
    dce.call(question.opnum, question, ipid)
    return answer(dce.recv())


def new_icpr_request(csr):
    asked = CertServerRequest()
    asked["dwFlags"] = 0x100
    asked["pwszAuthority"] = CA_NAME
    asked["pdwRequestId"] = 0
    set_blob(asked["pctbAttribs"], b"\0\0")
    set_blob(asked["pctbRequest"], csr)
    return asked


def by_icpr(port, csr):
    dce = connect(port, ICPR)
    dce.call(0, new_icpr_request(csr))
    answer = Answer(dce.recv())
    expect("ICPR: a bare request wants a signature", answer["pdwDisposition"], 0x80094809)
    expect("ICPR: the call itself", answer["ErrorCode"], 0)
    expect("ICPR: the message", "Denied by Policy Module" in text_of(answer["pctbDispositionMessage"]), True)


def in_the_clear(port, csr):
    """A CA of Windows demands encryption (IF_ENFORCEENCRYPTICERTREQUEST), and so does the lab's."""
    dce = connect(port, ICPR, sealed=False)
    dce.call(0, new_icpr_request(csr))
    try:
        answer = Answer(dce.recv())["pdwDisposition"]
    except rpcrt.DCERPCException as refusal:
        answer = refusal.error_string
    expect("ICPR in the clear", answer, "rpc_s_access_denied")


def new_request(asked, flags, csr):
    """What Request and Request2 have in common."""
    asked["dwFlags"] = flags
    asked["pwszAuthority"] = CA_NAME
    asked["pdwRequestId"] = 0
    asked["pwszAttributes"] = NULL
    set_blob(asked["pctbRequest"], csr)
    return asked


def by_dcom(where, where2, csr):
    ping = Ping()
    ping["pwszAuthority"] = CA_NAME
    expect("DCOM: Ping", call_object(where, CERT_D, ping, Pong)["ErrorCode"], 0)
    asked = new_request(Request(), 0x100, csr)
    expect("DCOM: Request", call_object(where, CERT_D, asked, DcomAnswer)["pdwDisposition"], 0x80094809)
    second = new_request(Request2(), 0x40100, csr)
    second["pwszSerialNumber"] = NULL
    expect("DCOM: Request2", call_object(where2, CERT_D2, second, DcomAnswer)["pdwDisposition"], 0x80094809)
    name = GetCAProperty()
    name["pwszAuthority"] = CA_NAME
    name["PropID"], name["PropIndex"], name["PropType"] = 6, 0, 4
    answer = call_object(where2, CERT_D2, name, Property)
    expect("DCOM: GetCAProperty", (answer["ErrorCode"], text_of(answer["value"])), (0, CA_NAME.rstrip("\0")))


def make_request(folder):
    subprocess.run(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=alice",
                    "-outform", "der", "-out", folder / "csr", "-addext",
                    "1.3.6.1.4.1.311.20.2=ASN1:UTF8String:DAOTPLogon"], check=True, capture_output=True)
    return (folder / "csr").read_bytes()


def run(folder, env):
    users = (folder / "lab" / "users.txt").read_text(encoding="utf-8").splitlines()
    password = next(line.split(":")[6] for line in users if line.startswith("alice:"))
    os.environ["KRB5_CONFIG"] = str(folder / "lab" / "kdc" / "krb5.conf")
    os.environ["KRB5CCNAME"] = str(folder / "cc")
    subprocess.run(["kinit", "alice@LAB.EXAMPLE"], input=password + "\n", text=True, check=True, capture_output=True)
    subprocess.run(["kvno", "host/localhost@LAB.EXAMPLE"], check=True, capture_output=True)
    mapper = int(env["LAB_CA_MAPPER_PORT"])
    csr = make_request(folder)
    port = find_icpr(mapper)
    expect("the endpoint mapper names a port", port > 0, True)
    by_icpr(port, csr)
    in_the_clear(port, csr)
    first, second = activate(mapper, CERT_D), activate(mapper, CERT_D2)
    expect("RemoteActivation names the CA's port", first[0], port)
    by_dcom(first, second, csr)
    expect("RemoteCreateInstance names the same object", create(mapper, CERT_D2), second)


def main():
    if shutil.which("kinit") is None or shutil.which("kvno") is None:
        print("skipped: no kinit")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="daotp-flow.") as name:
        folder = pathlib.Path(name)
        lab = folder / "lab"
        subprocess.run([DAOTP, "lab", "up", "--no-radius", lab], check=True, stdout=subprocess.DEVNULL)
        try:
            lines = (lab / "env").read_text(encoding="utf-8").splitlines()
            env = dict(line.removeprefix("export ").split("=", 1) for line in lines)
            env = {key: value.strip("'") for key, value in env.items()}
            if "LAB_KDC" not in env:
                print("skipped: no KDC")
                sys.exit(SKIPPED)
            run(folder, env)
        finally:
            subprocess.run([DAOTP, "lab", "down", lab], check=False, stdout=subprocess.DEVNULL)
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
