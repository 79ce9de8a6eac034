#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the manual's pages of what is known from the tables of libdaotp/knowledge/.

  knowledge.py FOLDER KNOWN.md REQUIREMENTS.md

KNOWN.md holds the numbers, names and messages by kind, and the faults behind them; REQUIREMENTS.md what
the certificates must be like.
"""
import pathlib
import re
import sys

from findings import STRING, safe, write

FIELD = re.compile(rf"((?:{STRING}\s*)+)|([^\s,][^,]*)")
KINDS = {
    "OTP": "Events of the OTP client (Microsoft-Windows-OtpCredentialProvider/Operational)",
    "KDC": "Events of Kerberos-Key-Distribution-Center", "KERBEROS": "Events of Security-Kerberos",
    "NPS": "Events of the Network Policy Server", "SCHANNEL": "Events of Schannel",
    "CA": "Events of CertificationAuthority", "SECURITY": "Events of the Security log", "CAPI": "Events of CAPI2",
    "RAS": "Events of Remote Access", "ENROLL": "Events of CertificateServicesClient",
    "DCOM": "Events of DistributedCOM", "UAG": "Events of Forefront UAG", "WINHTTP": "WinHTTP and WinINet",
    "SECURE_FAILURE": "Flags behind WinHTTP 12175", "IIS": "Status and substatus of IIS", "ALERT": "TLS alerts",
    "KRB": "Kerberos errors", "NTSTATUS": "NTSTATUS", "HRESULT": "HRESULT", "CHAIN_STATUS": "CERT_TRUST_STATUS bits",
    "WIN32": "Win32 and RPC", "RPC": "RPC faults", "IKE": "IKE and AuthIP", "RADIUS": "RADIUS packets",
    "REASON": "Reason codes of NPS", "DISPOSITION": "Dispositions of a CA", "WORD": "Terms", "OID": "Object identifiers",
    "STAGE": "Stages", "SOURCE": "Sources of events"}
PARTS = {"RA": "The OTP signing certificate", "OTP_LOGON": "The logon template, and what it issues",
         "MACHINE": "The computer's certificate", "SERVER": "The DirectAccess server's certificate",
         "KDC": "The domain controllers' certificates", "CA": "CA certificates and stores", "NTAUTH": "The NTAuth list"}


def fields(text):
    """The arguments of a row; strings that stand together are one."""
    for strings, word in FIELD.findall(text):
        if strings:
            joined = "".join(s[1:-1] for s in re.findall(STRING, strings))
            yield joined.replace(r"\"", '"').replace(r"\\", "\\")
        else:
            yield word.strip()


def rows(text, name, count):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = [list(fields(row)) for row in re.findall(rf"^{name}\((.*?)\)$", text, re.M | re.S)]
    assert len(found) == len(re.findall(rf"^{name}\(", text, re.M)), f"rows of {name} were not read"
    assert all(len(row) == count for row in found), [row for row in found if len(row) != count]
    return found


def number(kind, value, names):
    if kind == "SOURCE":
        return names.split(" ")[0]
    value = int(value, 0)
    if kind in ("HRESULT", "NTSTATUS", "RPC", "SECURE_FAILURE", "CHAIN_STATUS"):
        return f"0x{value:08X}"
    if kind == "IIS":
        return f"{value // 1000}" + (f".{value % 1000}" if value % 1000 != 999 else "")
    return names.split(" ")[0] if kind in ("WORD", "OID", "STAGE") else str(value)


def likely(standing):
    return "most likely " if standing == "LIKELY" else ""


def known(codes, causes):
    out = ["# What is known {#known}", "", "After this page you know what a number, name or message means, and what to do.", "",
           f"{len(codes)} meanings and the {len(causes)} faults behind them, as `daotp explain` tells them. Faults stand "
           "in their usual order; each is in the [last table](@ref known-faults), with how to check and how to cure it. "
           "What is an inference is said to be likely.", ""]
    for kind, title in KINDS.items():
        table = [row for row in codes if row[0] == kind]
        if not table:
            continue
        out += [f"## {title} {{#known-{kind.lower().replace('_', '-')}}}", "",
                "| Number | Names | Stage | Meaning | Not to be confused with | Faults | Source |", "|---|---|---|---|---|---|---|"]
        for _, value, names, stage, standing, meaning, faults, confused, source in table:
            out.append("| " + " | ".join(safe(cell) for cell in (
                number(kind, value, names), names, stage, likely(standing) + meaning, confused, faults, source)) + " |")
        out.append("")
    out += ["## Faults {#known-faults}", "", "| Fault | Stage | What is wrong | Check | Cure | Source |",
            "|---|---|---|---|---|---|"]
    for ident, stage, standing, title, check, cure, source in causes:
        out.append("| " + " | ".join(safe(cell) for cell in (
            ident, stage, likely(standing) + title, check, cure, source)) + " |")
    return "\n".join(out) + "\n"


def requirements(table):
    out = ["# Certificate requirements {#requirements}", "",
           "After this page you know what the certificates of an OTP deployment must be like, and where it is set.", "",
           "`daotp requirements --part PART CERT` tells of one certificate which of these hold. The rules are those of "
           "`daotp verify --as`.", ""]
    for part, title in PARTS.items():
        out += [f"## {title} {{#requirements-{part.lower().replace('_', '-')}}}", "",
                "| Id | Weight | Requirement | Set it | See it | Finding | Source |", "|---|---|---|---|---|---|---|"]
        for ids, of, finding, weight, _, statement, setting, command, _, source in table:
            if of == part:
                out.append("| " + " | ".join(safe(cell) for cell in (
                    ids.split(" ")[0], weight.lower(), statement, setting, command,
                    "" if finding == "NONE" else finding.replace("_", "-"), source)) + " |")
        out.append("")
    return "\n".join(out)


def main():
    folder = pathlib.Path(sys.argv[1])
    all_codes = [row for path in sorted(folder.glob("*.def")) if path.name not in ("codes.def", "causes.def")
                 for row in rows(path.read_text(), "CODE", 9)]
    unknown = {row[0] for row in all_codes} - set(KINDS)
    assert not unknown, f"no title for {unknown}"
    all_requirements = rows((folder / "requirement.def").read_text(), "REQUIREMENT", 10)
    assert {row[1] for row in all_requirements} == set(PARTS)
    write(sys.argv[2], known(all_codes, rows((folder / "causes.def").read_text(), "CAUSE", 7)))
    write(sys.argv[3], requirements(all_requirements))


if __name__ == "__main__":
    main()
