#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make borrowed_calls.h from the public headers: for each handle, what it lends and what takes it.

    borrowed.py OUTPUT

Lent are texts, octets and the texts of a report; taken by every call that has the handle among its
arguments, and a text or octets besides. What cannot be placed is an error: a new kind of argument or
result must be taught here, and a new handle needs a scene in test_borrowed.c. Objects that a handle lends
(its report, its key) go to each call that takes both.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "bindings" / "python"))
sys.dont_write_bytecode = True
from generate import NUMBERS, Headers, plain  # noqa: E402  pylint: disable=wrong-import-position

# The calls that end a handle, or take one reference more, have no text; these are not of a handle.
NO_HANDLE = {"daotp_context"}


def is_value(kind):
    """A text, or the octets of a pair."""
    return kind == "const char *" or (plain(kind) in ("void*", "uint8_t*") and kind.startswith("const"))


def argument(headers, args, at, handle, own=()):
    """What stands in one place of a call; own: the objects that the handle lends."""
    kind, bare = args[at][0], plain(args[at][0])
    base = bare.rstrip("*")
    if base in own and bare == base + "*":
        return f"own_{base}"
    if is_value(kind):
        counted = at + 1 < len(args) and args[at + 1][0] == "size_t"
        return "(const void *)given->data" if counted or kind != "const char *" else "given->text"
    if bare == "size_t" and at > 0 and is_value(args[at - 1][0]):
        return "given->len"
    if bare == handle + "*":
        return "handle"
    if bare == "daotp_report*":
        return "NULL"
    if bare in NUMBERS or bare in headers.enums:
        return "1"
    if bare in headers.callbacks or bare == "void*" or base in headers.structs:
        return "NULL"
    if base in headers.objects and bare.endswith("**"):
        return f"&made_{base}"
    if base in headers.objects:
        return f"world_{base}()"
    if bare.endswith("*") and bare.rstrip("*") in ROOMS:
        return f"&room_{at}"
    sys.exit(f"borrowed.py: where does {kind} {args[at][1]} come from?")


ROOMS = ("char", "uint8_t", "int", "int64_t", "size_t")


def call(headers, name, args, handle, own=()):
    """A function that hands one lent value, or one lent object, to one call."""
    places = [argument(headers, args, at, handle, own) for at in range(len(args))]
    prefix = "own" if own else "call"
    lines = [f"static daotp_status {prefix}_{handle}_{name}(void *handle, const lent *given)", "{",
             "    daotp_status status;"]
    lines += [f"    {base} *own_{base} = {getter}(handle);" for base, getter in dict(own).items() if f"own_{base}" in places]
    if own:
        lines.append("    (void)given;")
    ends = []
    for at, place in enumerate(places):
        if place.startswith("&made_"):
            base = place[6:]
            lines.append(f"    {base} *made_{base} = NULL;")
            names = [one[0] for one in headers.calls]
            verb = "unref" if f"{base}_unref" in names else "free"
            ends.append(f"    {base}_{verb}(made_{base});")
        elif place.startswith("&room_"):
            kind = args[at][0].removesuffix("*").strip()
            lines.append(f"    {kind} room_{at} = 0;")
            if kind.endswith("*") and not kind.startswith("const"):
                ends.append(f"    daotp_free(room_{at});")
    return lines + ["", f"    status = {name}({', '.join(places)});"] + ends + ["    return status;", "}", ""]


def lends(headers, name, result, args, handle):
    """One line that collects what a getter lends; nothing when it lends nothing."""
    if not args or plain(args[0][0]) != handle + "*" or not args[0][0].endswith("*"):
        return []
    kinds = [plain(kind) for kind, _ in args[1:]]
    at = "at" if kinds[:1] == ["size_t"] else ""
    rest = kinds[1:] if at else kinds
    comma = ", " if at else ""
    if result == "daotp_report *":
        return [f"    lend_report(out, {name}(handle));"] if not kinds else []
    if result == "const char *" and rest == ["char**"]:
        return [f"    lend_text(out, {name}(handle{comma}{at}, &value));", "    lend_text(out, value);"]
    if result == "const char *" and all(kind in headers.enums for kind in rest):
        which = ", 1" * len(rest)
        return [f"    lend_text(out, {name}(handle{comma}{at}{which}));"]
    if result == "const char *" and rest == ["char*"] and name == "daotp_profile_find":
        return [f'    lend_text(out, {name}(handle, "url"));']
    if result in ("const void *", "const uint8_t *") and rest[-1:] == ["size_t*"]:
        before = "".join(", NULL" if kind.endswith("*") else ", 1" for kind in rest[:-1])
        return [f"    data = {name}(handle{comma}{at}{before}, &len);", "    lend_octets(out, data, len);"]
    if result == "const daotp_ca_transport *":
        return []  # a table of functions
    if result.startswith("const") and result.endswith("*") and "finding" not in result:
        sys.exit(f"borrowed.py: what does {name} lend?")
    return []


def lender(headers, handle):
    """A function that collects all that a handle lends."""
    lines = [line for name, result, args in headers.calls for line in lends(headers, name, result, args, handle)]
    if handle == "daotp_report":
        lines.append("    lend_findings(out, handle);")
    if not lines:
        return []
    return [f"static void lend_{handle}(void *handle, size_t at, lents *out)", "{",
            "    const char *value = NULL;", "    const void *data;", "    size_t len = 0;", "",
            "    (void)at, (void)value, (void)data, (void)len;", *lines, "}", ""]


def takers(headers, handle):
    """The calls that have the handle and a value among their arguments, and answer a status."""
    return [(name, args) for name, result, args in headers.calls
            if result == "daotp_status" and any(plain(kind) == handle + "*" for kind, _ in args) and any(is_value(k) for k, _ in args)]


def own_objects(headers, handle):
    """The objects that a handle lends, each with its getter."""
    own = {}
    for name, result, args in headers.calls:
        bare = plain(result)
        if (bare.rstrip("*") in headers.objects and bare.endswith("*") and not name.endswith("_ref")
                and [plain(kind) for kind, _ in args] == [handle + "*"]):
            own[bare.rstrip("*")] = name
    return own


def object_takers(headers, handle, own):
    """The calls that take the handle and such an object."""
    return [(name, args) for name, result, args in headers.calls
            if result == "daotp_status" and any(plain(kind) == handle + "*" for kind, _ in args)
            and any(plain(kind) in [base + "*" for base in own] for kind, _ in args)]


def main():
    """Write it."""
    headers = Headers()
    out = ["/* Made by borrowed.py. */"]
    rows = []
    for handle in headers.objects:
        taking = takers(headers, handle)
        lent = lender(headers, handle) if taking and handle not in NO_HANDLE else []
        if not lent:
            continue
        out += lent
        for name, args in taking:
            out += call(headers, name, args, handle)
            rows.append(f'    {{"{handle}", "{name}", lend_{handle}, call_{handle}_{name}}},')
    out += ["static const row rows[] = {", *rows, "};", ""]
    rows = []
    for handle in headers.objects:
        own = own_objects(headers, handle)
        for name, args in object_takers(headers, handle, own) if handle not in NO_HANDLE else []:
            out += call(headers, name, args, handle, own)
            rows.append(f'    {{"{handle}", "{name}", NULL, own_{handle}_{name}}},')
    out += ["static const row object_rows[] = {", *rows, "};", ""]
    pathlib.Path(sys.argv[1]).write_text("\n".join(out), encoding="utf-8")


main()
