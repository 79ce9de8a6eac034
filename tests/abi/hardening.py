# SPDX-License-Identifier: BSD-2-Clause
"""Every source of the library, the tool and the lab is compiled with each protection that this compiler has.

    hardening.py COMPILER BUILD_FOLDER SOURCE_FOLDER
"""
import json
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ["-fcf-protection=full", "-mbranch-protection=standard", "-fstack-clash-protection",
         "-fstack-protector-strong"]
LEVEL = "#include <string.h>\n#if __USE_FORTIFY_LEVEL < {}\n#error\n#endif\nint nothing;\n"


def compiles(compiler: str, flags: list[str], source: str = "int nothing;\n") -> bool:
    """Does the compiler take these flags without a word?"""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(source)
        file.flush()
        command = [compiler, "-O2", "-Werror", *flags, "-c", file.name, "-o", "/dev/null"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def wanted_flags(compiler: str, debug: bool) -> list[str]:
    """Those that this compiler, for this processor and C library, has."""
    wanted = [flag for flag in FLAGS if compiles(compiler, [flag])]
    if debug:
        return wanted
    level = 3 if compiles(compiler, ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3"], LEVEL.format(3)) else 2
    return [*wanted, f"-D_FORTIFY_SOURCE={level}"]


def main() -> int:
    """Look into the compile commands; tell each that lacks one."""
    compiler, build, source = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    ours = [source / "libdaotp", source / "examples"]
    commands = [entry for entry in json.loads((build / "compile_commands.json").read_text())
                if any(folder in pathlib.Path(entry["file"]).parents for folder in ours)]
    wanted = wanted_flags(compiler, any(" -O" not in entry["command"] for entry in commands))
    bad = [(entry["file"], flag) for entry in commands for flag in wanted
           if flag not in entry["command"].split()]
    for file, flag in bad:
        print(f"{file}: compiled without {flag}")
    if len(commands) < 50:
        print(f"only {len(commands)} sources of ours are known")
    return 1 if bad or len(commands) < 50 else 0


sys.exit(main())
