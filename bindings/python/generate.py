#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make daotp/_table.py from the public headers.

    generate.py          write it
    generate.py check    compare it with what would be written, and with libdaotp.map

The headers are uniform (DAOTP_API type name(args); typedef enum with numbers; opaque structs;
callback typedefs; tables of callbacks), so that a few patterns read them. What none of them takes
is an error, never passed over.
"""
import pathlib
import re
import sys
from typing import Callable, Dict, Iterator, List, Optional, Set, Tuple

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
TABLE = HERE / "daotp" / "_table.py"

# A number: how it goes in as an argument, and what it is to ctypes in results and callbacks.
NUMBERS = {
    "bool": ("FLAG", "c_bool"),
    "int": ("INT", "c_int"),
    "uint8_t": ("UINT8", "c_uint8"),
    "uint16_t": ("UINT16", "c_uint16"),
    "uint32_t": ("UINT32", "c_uint32"),
    "int64_t": ("INT64", "c_int64"),
    "size_t": ("SIZE", "c_size_t"),
}
# A member of a struct that is no function. A text's asterisk goes with its name.
FIELDS = {**{name: kind for name, (_, kind) in NUMBERS.items()}, "const char": "c_char_p"}

Arguments = List[Tuple[str, str]]  # (type, name)


class Headers:
    """What all headers publish, in the order of their names."""

    def __init__(self) -> None:
        self.constants: Dict[str, str] = {}
        self.enums: Dict[str, List[Tuple[str, int]]] = {}
        self.objects: List[str] = []
        self.structs: Dict[str, List[Tuple[str, str, Optional[Arguments]]]] = {}
        self.callbacks: Dict[str, Tuple[str, Arguments]] = {}
        self.calls: List[Tuple[str, str, Arguments]] = []
        for path in sorted((TOP / "include" / "daotp").rglob("*.h")):
            self.read(path)

    def read(self, path: pathlib.Path) -> None:
        text = path.read_text(encoding="utf-8")
        for name, value in re.findall(r'^#define (DAOTP_\w+) (\d+|"[^"]*")$', text, re.M):
            self.constants[name] = value
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = re.sub(r"^\s*#.*?(?<!\\)$", "", text, flags=re.M | re.S)
        text = re.sub(r'extern "C" \{', "", text)
        text = " ".join(text.split())
        left = self.take(text)
        if left.strip(" }"):
            sys.exit(f"{path}: not understood: {left.strip()[:200]}")

    def take(self, text: str) -> str:
        readers: List[Tuple[str, Callable[..., None]]] = [
            (r"typedef enum (\w+) \{(.*?)\} \1;", self.put_enum),
            (r"typedef struct (\w+) \{(.*?)\} \1;", self.put_struct),
            (r"typedef struct (\w+) \1;", self.put_object),
            (r"typedef ([\w ]+?\**) ?\(\*(\w+)\)\((.*?)\);", self.put_callback),
            (r"DAOTP_API ([\w ]+?[ *]+)(\w+)\((.*?)\);", self.put_call),
        ]
        for pattern, put in readers:
            for match in re.finditer(pattern, text):
                put(*match.groups())
            text = re.sub(pattern, "", text)
        return text

    def put_enum(self, name: str, body: str) -> None:
        rows = [row.strip() for row in body.split(",") if row.strip()]
        self.enums[name] = [(key, int(value)) for key, value in (r.split(" = ") for r in rows)]

    def put_object(self, name: str) -> None:
        self.objects.append(name)

    def put_struct(self, name: str, body: str) -> None:
        fields: List[Tuple[str, str, Optional[Arguments]]] = []
        for member in (part.strip() for part in body.split(";") if part.strip()):
            function = re.fullmatch(r"([\w ]+?\**) ?\(\*(\w+)\)\((.*)\)", member)
            if function:
                fields.append((function[2], function[1].strip(), arguments(function[3])))
            else:
                kind, field = member.rsplit(" ", 1)
                fields.append((field, kind, None))
        self.structs[name] = fields

    def put_callback(self, result: str, name: str, args: str) -> None:
        self.callbacks[name] = (result.strip(), arguments(args))

    def put_call(self, result: str, name: str, args: str) -> None:
        self.calls.append((name, " ".join(result.split()), arguments(args)))


def arguments(text: str) -> Arguments:
    """Of a parameter list."""
    if text.strip() == "void":
        return []
    found = [re.fullmatch(r"(.*?[ *])(\w+)", part.strip()) for part in text.split(",")]
    if not all(found):
        sys.exit(f"not understood: parameters {text}")
    return [(one[1].strip(), one[2]) for one in found if one]


def is_counted(args: Arguments, at: int) -> bool:
    """Is this the pointer of a pair of pointer and length? Then it is octets, not a C string. What is
    called "index" or "at" is none."""
    return at + 1 < len(args) and args[at + 1][0] == "size_t" and args[at + 1][1] not in ("index", "at")


def plain(kind: str) -> str:
    """Without const, "x *" as "x*"."""
    return re.sub(r"\bconst ", "", kind).replace(" *", "*").strip()


def argument(headers: Headers, args: Arguments, at: int) -> str:
    """The converter of a call's argument."""
    kind, bare = args[at][0], plain(args[at][0])
    if kind == "const char *":
        return "ADDRESS" if is_counted(args, at) else "TEXT"
    if bare in ("void*", "uint8_t*") and (bare == "void*" or kind.startswith("const")):
        return "ADDRESS"
    if bare in NUMBERS:
        return NUMBERS[bare][0]
    if bare in headers.enums:
        return "INT"
    if bare in headers.callbacks:
        return bare.upper()
    if bare.endswith("**"):
        return "OUT"
    base = bare.rstrip("*")
    if base in headers.objects:
        return f'Object("{base}")'
    if base in headers.structs:
        return f"POINTER({base})"
    if base in NUMBERS:
        return f"POINTER({NUMBERS[base][1]})"
    sys.exit(f"not understood: argument {kind}")


def result(headers: Headers, kind: str) -> str:
    """What a call or a callback hands over, as ctypes has it."""
    bare = plain(kind)
    if bare == "void":
        return "None"
    if kind == "const char *":
        return "c_char_p"
    if bare in NUMBERS:
        return NUMBERS[bare][1]
    if bare in headers.enums:
        return "c_int"
    if bare.endswith("*") and bare.rstrip("*") in headers.objects:
        return "Address"
    if bare.endswith("*") or bare in headers.callbacks:
        return "c_void_p"
    sys.exit(f"not understood: result {kind}")


def function_type(headers: Headers, kind: str, args: Arguments) -> str:
    """A callback as ctypes has it."""
    types = [result(headers, kind)]
    for at, (arg, _) in enumerate(args):
        pointer = plain(arg)
        if arg == "const char *" and is_counted(args, at):
            types.append("c_void_p")
        elif pointer in ("size_t*",):
            types.append("POINTER(c_size_t)")
        elif pointer == "void**":
            types.append("POINTER(c_void_p)")
        else:
            types.append(result(headers, arg))
    return f"CFUNCTYPE({', '.join(types)})"


def class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name[len("daotp_"):].split("_"))


def members(rows: List[Tuple[str, int]]) -> List[Tuple[str, int]]:
    """The names without what they have in common: DAOTP_LOG_ERROR is ERROR."""
    parts = [key.split("_") for key, _ in rows]
    shared = 0
    while all(len(p) > shared + 1 and p[shared] == parts[0][shared] for p in parts):
        shared += 1
    return [("_".join(p[shared:]), value) for p, (_, value) in zip(parts, rows)]


def enum_lines(headers: Headers) -> Iterator[str]:
    for name, rows in sorted(headers.enums.items()):
        yield f"\n\nclass {class_name(name)}(Number):"
        yield f'    """{name}"""\n'
        for key, value in members(rows):
            yield f"    {key} = {value}"


def table_lines(headers: Headers) -> Iterator[str]:
    yield '# SPDX-License-Identifier: BSD-2-Clause'
    yield '"""What libdaotp publishes. Made by generate.py from include/daotp: do not edit."""'
    yield "from ctypes import CFUNCTYPE, POINTER, Structure"
    yield "from ctypes import c_bool, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_void_p"
    yield "from typing import Tuple\n"
    yield "from ._types import ADDRESS, FLAG, INT, INT64, OUT, SIZE, TEXT, UINT8, UINT16, UINT32"
    yield "from ._types import Address, Call, Number, Object\n"
    for name, value in sorted(headers.constants.items()):
        yield f"{name[len('DAOTP_'):]} = {value}"
    yield from enum_lines(headers)
    yield "\n"
    for name, (kind, args) in sorted(headers.callbacks.items()):
        yield f"{name.upper()} = {function_type(headers, kind, args)}"
    for name, fields in sorted(headers.structs.items()):
        yield f"\n\nclass {name}(Structure):"
        yield f'    """{name}"""\n'
        yield "    _fields_ = ["
        for field, kind, taken in fields:
            what = FIELDS[kind] if taken is None else function_type(headers, kind, taken)
            yield f'        ("{field.lstrip("*")}", {what}),'
        yield "    ]"
    yield "\n\nCALLS: Tuple[Call, ...] = ("
    for name, kind, args in sorted(headers.calls):
        one = [argument(headers, args, at) for at in range(len(args))]
        yield f'    Call("{name}", {result(headers, kind)}, ({", ".join(one)}{"," if len(one) == 1 else ""})),'
    yield ")"


def exported() -> Set[str]:
    text = (TOP / "libdaotp" / "libdaotp.map").read_text(encoding="utf-8")
    return set(re.findall(r"^\s+(daotp_\w+);", text, re.M))


def check(headers: Headers, made: str) -> List[str]:
    wrong = []
    if not TABLE.exists() or TABLE.read_text(encoding="utf-8") != made:
        wrong.append(f"{TABLE} is not what the headers say: run bindings/python/generate.py")
    listed = {name for name, _, _ in headers.calls}
    wrong += [f"in libdaotp.map, not in the table: {name}" for name in sorted(exported() - listed)]
    wrong += [f"in the table, not in libdaotp.map: {name}" for name in sorted(listed - exported())]
    return wrong


def main() -> int:
    headers = Headers()
    made = "\n".join(table_lines(headers)) + "\n"
    if sys.argv[1:] == ["check"]:
        wrong = check(headers, made)
        print("\n".join(wrong) or f"{len(headers.calls)} calls")
        return 1 if wrong else 0
    TABLE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
