#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A program that was linked against the published library runs with the one just built.

  old.py COMPILER LIBRARY

Of the published library the baseline is left: its symbols, each in its node, and its numbers. From
them a stub is made, with empty functions; old.c is linked against the stub, never against LIBRARY,
together with a table of all the published functions, so that every one of them must be found when
the program starts. The same program must not start where one of them is missing.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
BASELINE = (HERE / "baseline.abi").read_text()
SONAME = "libdaotp.so.0"
SYMBOLS = sorted(re.findall(r"<elf-symbol name='(daotp_\w+)' version='DAOTP_([\d.]+)'", BASELINE))
NUMBERS = re.findall(r"<enumerator name='(DAOTP_[A-Z]\w+)' value='(-?\d+)'", BASELINE)  # DAOTP__X is private


TABLES = re.findall(r"<class-decl name='(daotp_ca_transport|daotp_store_backend)' size-in-bits='(\d+)'", BASELINE)
FINDING = "DAOTP_FINDING_"


def must(*command):
    subprocess.run([str(word) for word in command], check=True)


def version_script():
    """The nodes as they were, each chained to the one before."""
    text, before = "", ""
    for version in sorted({version for _, version in SYMBOLS}, key=lambda one: [int(part) for part in one.split(".")]):
        names = "".join(f" {name};" for name, since in SYMBOLS if since == version)
        text += f"DAOTP_{version} {{ global:{names}{'' if before else ' local: *;'} }}{before};\n"
        before = f" DAOTP_{version}"
    return text


def declared():
    return "".join(f"void {name}(void);\n" for name, _ in SYMBOLS)


def stub(compiler, folder):
    """The published library, as far as the linker can tell."""
    (folder / "stub.map").write_text(version_script())
    (folder / "stub.c").write_text(declared() + "".join(f"void {name}(void) {{}}\n" for name, _ in SYMBOLS))
    must(compiler, "-shared", "-fPIC", f"-Wl,-soname,{SONAME}", f"-Wl,--version-script={folder}/stub.map",
         "-o", folder / SONAME, folder / "stub.c")


def id_of(enumerator):
    return enumerator[len(FINDING):].replace("_", "-")


def program(compiler, folder):
    """old.c, with the published numbers and a table that names every published function."""
    rows = ",\n".join(f'    {{{value}, "{id_of(name)}"}}' for name, value in NUMBERS
                      if name.startswith(FINDING) and value != "0")
    held = "".join(f'_Static_assert({name} == {value}, "{name}");\n' for name, value in NUMBERS)
    sizes = "".join(f"#define PUBLISHED_SIZE_{name} {int(bits) // 8}\n" for name, bits in TABLES)
    (folder / "published.h").write_text(
        f"{held}{sizes}static const struct {{\n    daotp_finding_number number;\n    const char *id;\n}}"
        f" published_findings[] = {{\n{rows}}};\n")
    (folder / "every.c").write_text(
        declared() + "void (*const every[])(void) = {" + ", ".join(name for name, _ in SYMBOLS) + "};\n")
    must(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{folder}", f"-I{TOP}/include", "-Wl,-z,now",
         "-o", folder / "old", HERE / "old.c", folder / "every.c", folder / SONAME)


def files(folder):
    """What the program is given."""
    shutil.copy(TOP / "tests/data/request-4.1.csr.der", folder / "request.der")
    shutil.copy(TOP / "tests/data/keys/p256.pem", folder / "root.key")
    (folder / "root.key").chmod(0o600)
    must("openssl", "req", "-x509", "-key", folder / "root.key", "-subj", "/CN=old", "-days", "2",
         "-out", folder / "root.pem")


def run(folder, library):
    return subprocess.run([str(folder / "old"), str(folder)], env=dict(os.environ, LD_LIBRARY_PATH=str(library)),
                          capture_output=True, text=True, check=False)


def refusal(folder, library):
    """What the loader says where the library lacks a function that was published: a copy, in which its
    name is another."""
    lost = b"daotp_catalogue_get_aliases"  # which the library itself does not call: it would be refused by its own name
    assert lost.decode() in (symbol[0] for symbol in SYMBOLS)
    poor = folder / "poor"
    poor.mkdir()
    (poor / SONAME).write_bytes(library.read_bytes().replace(b"\0" + lost + b"\0", b"\0" + lost[:-1] + b"X\0"))
    found = run(folder, poor)
    # under the new name where the library calls it itself: that is missed first
    missed = [f"undefined symbol: {name}, version" for name in (lost.decode(), lost.decode()[:-1] + "X")]
    if found.returncode == 0 or not any(text in found.stderr for text in missed):
        sys.exit(f"without {lost.decode()} the program was to be refused: {found.returncode} {found.stderr}")
    return found.stderr.strip().rsplit(": ", 1)[-1]


def main(compiler, library):
    with tempfile.TemporaryDirectory(prefix="daotp-old.") as name:
        folder = pathlib.Path(name)
        stub(compiler, folder)
        program(compiler, folder)
        files(folder)
        (folder / SONAME).unlink()
        found = run(folder, library.parent)
        print(found.stdout + found.stderr, end="")
        if found.returncode != 0:
            sys.exit(f"it ended with {found.returncode}")
        print(f"ok: {len(SYMBOLS)} published functions and {len(NUMBERS)} numbers; refused without one:"
              f" {refusal(folder, library)}")


main(sys.argv[1], pathlib.Path(sys.argv[2]).resolve())
