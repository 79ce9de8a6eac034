# SPDX-License-Identifier: BSD-2-Clause
"""What the tests share: where things are, the lab, and codes that are good once."""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Dict, List

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
TOP = PACKAGE.parent.parent
DATA = TOP / "tests" / "data"
sys.path.insert(0, str(PACKAGE))
if "/" in os.environ.get("DAOTP_LIBRARY", ""):  # for programs that run elsewhere too
    os.environ["DAOTP_LIBRARY"] = os.path.abspath(os.environ["DAOTP_LIBRARY"])

STEP_S = 30
SKIPPED = 77


# a sanitizer's runtime is for Python alone
CLEAN = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def environment() -> Dict[str, str]:
    """For a Python of its own that finds the package."""
    return dict(os.environ, PYTHONPATH=str(PACKAGE), PYTHONDONTWRITEBYTECODE="1")


class Lab:
    """`daotp lab` in a folder of its own; the responder checks the codes itself."""

    def __init__(self) -> None:
        tool = os.environ.get("DAOTP_TOOL", str(TOP / "build/release/bin/daotp"))
        self.tool, self.folder = tool, tempfile.mkdtemp(prefix="daotp-python.")
        self.path = pathlib.Path(self.folder) / "lab"
        self._spent: Dict[str, int] = {}
        self._run("up", "--no-radius", "--no-kdc", str(self.path))
        self.env = self._read_env()

    def _run(self, *args: str) -> str:
        command = [self.tool, "lab", *args]
        run = subprocess.run(command, check=True, env=CLEAN, capture_output=True, text=True)
        return run.stdout

    def _read_env(self) -> Dict[str, str]:
        lines = (self.path / "env").read_text(encoding="utf-8").splitlines()
        pairs = [shlex.split(line)[1].split("=", 1) for line in lines]
        return {pair[0]: pair[1] for pair in pairs}

    def code(self, user: str) -> bytearray:
        """The user's next code. Each is good once: when none is left, the responder forgets."""
        while True:
            now = int(time.time())
            steps = [now // STEP_S, now // STEP_S + 1]
            step = next((one for one in steps if one > self._spent.get(user, 0)), None)
            if step is None:
                self._run("break", str(self.path), "responder-down")
                self._run("mend", str(self.path), "responder-down")
                self._spent.clear()
                continue
            code = self._run("totp", str(self.path), user, str(step - now // STEP_S))
            if int(time.time()) // STEP_S == now // STEP_S:
                self._spent[user] = step
                return bytearray(code.strip().encode())

    def down(self) -> None:
        """Stop it; only what it started ends."""
        self._run("down", str(self.path))
        shutil.rmtree(self.folder)


def main() -> None:
    """Run the tests of the calling module; 77 when all were skipped."""
    program = unittest.main(module="__main__", exit=False)
    result = program.result
    if result.testsRun and len(result.skipped) == result.testsRun:
        sys.exit(SKIPPED)
    sys.exit(0 if result.wasSuccessful() else 1)


def names_in_sources() -> List[str]:
    """All that the package's hand-written modules say."""
    return [
        path.read_text(encoding="utf-8")
        for path in sorted((PACKAGE / "daotp").glob("*.py"))
        if path.name != "_table.py"
    ]
