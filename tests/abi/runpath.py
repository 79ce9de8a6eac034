# SPDX-License-Identifier: BSD-2-Clause
"""Where programs and libraries look for libraries: only in folders named from the root, or from the
file's own place. An empty or relative element is the current folder, where anybody may have put one.

    runpath.py BUILD_FOLDER [FILE that must be among them ...]
"""
import pathlib
import re
import subprocess
import sys


def is_elf(path: pathlib.Path) -> bool:
    """A program or a shared library; object files have no dynamic section."""
    if path.is_symlink() or not path.is_file() or path.suffix in (".o", ".a"):
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def elements(path: pathlib.Path) -> list[str]:
    """The elements of RPATH and RUNPATH."""
    text = subprocess.run(["readelf", "-dW", path], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"\((?:RPATH|RUNPATH)\)[^\[]*\[(.*)\]", text)
    return [element for value in found for element in value.split(":")]


def is_safe(element: str) -> bool:
    """Named from the root, or from the file's own place."""
    return element.startswith("/") or re.match(r"(\$ORIGIN|\$\{ORIGIN\})(/|$)", element) is not None


def main() -> int:
    """Look at all of them; tell each that is not safe."""
    assert not any(map(is_safe, ["", ".", "lib", "./lib", "$ORIGINAL", "../lib"]))
    files = [path for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")) if is_elf(path)]
    bad = [(path, element) for path in files for element in elements(path) if not is_safe(element)]
    for path, element in bad:
        print(f"{path}: looks for libraries in '{element}'")
    seen = {path.resolve() for path in files}
    missing = [name for name in sys.argv[2:] if pathlib.Path(name).resolve() not in seen]
    if missing:
        print("not looked at:", *missing)
    return 1 if bad or missing else 0


sys.exit(main())
