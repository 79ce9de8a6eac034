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
from typing import TYPE_CHECKING, Dict, List, Optional, Tuple

if TYPE_CHECKING:
    import daotp

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


USER = "LAB\\alice"
UPN = "alice@LAB.EXAMPLE"
PASSWORD = "alice-password"


def give_password(
    host: str, _origin: "daotp.HostOrigin", attempt: int
) -> Optional[Tuple[str, bytearray]]:
    """Alice's, for the lab's own host, unless it was refused there."""
    if host != "localhost" or attempt > 1:
        return None
    return USER, bytearray(PASSWORD.encode())


class Lab:
    """`daotp lab` in a folder of its own; the responder checks the codes itself."""

    def __init__(self, *options: str) -> None:
        tool = os.environ.get("DAOTP_TOOL", str(TOP / "build/release/bin/daotp"))
        self.tool, self.folder = tool, tempfile.mkdtemp(prefix="daotp-python.")
        self.path = pathlib.Path(self.folder) / "lab"
        self._spent: Dict[str, int] = {}
        self._run("up", "--no-radius", *(options or ["--no-kdc"]), str(self.path))
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
                self.restart("responder-down")
                self._spent.clear()
                continue
            code = self._run("totp", str(self.path), user, str(step - now // STEP_S))
            if int(time.time()) // STEP_S == now // STEP_S:
                self._spent[user] = step
                return bytearray(code.strip().encode())

    def restart(self, fault: str) -> None:
        """Stop and start what this fault stops."""
        self.turn("break", fault)
        self.turn("mend", fault)

    def turn(self, how: str, fault: str) -> None:
        """`break` or `mend`."""
        self._run(how, str(self.path), fault)

    def client(
        self, ca: Optional["daotp.CA"] = None, context: Optional["daotp.Context"] = None
    ) -> "daotp.Client":
        """One that is set up for alice, with a key that is quickly made."""
        import daotp

        env = self.env
        client = daotp.Client(
            env["LAB_URL"],
            trust=daotp.Trust(env["LAB_TRUST"]),
            identity=daotp.Credential.load(env["LAB_MACHINE_CERT"], env["LAB_MACHINE_KEY"]),
            ca=ca if ca is not None else daotp.CA.wstep(env["LAB_CES"]),
            template=env["LAB_TEMPLATE"],
            context=context,
        )
        client.set_key_kind(daotp.KeyKind.P256)
        client.set_account(UPN)
        client.set_domain_callback(give_password)
        return client

    def down(self) -> None:
        """Stop it; only what it started ends."""
        self._run("down", str(self.path))
        shutil.rmtree(self.folder)


def main() -> None:
    """Run the tests of the calling module; 77 when all were skipped."""
    program = unittest.main(module="__main__", exit=False)
    result = program.result
    if result.skipped and len(result.skipped) >= result.testsRun:  # a module as a whole: 0 run
        sys.exit(SKIPPED)
    sys.exit(0 if result.wasSuccessful() else 1)


def names_in_sources() -> List[str]:
    """All that the package's hand-written modules say."""
    return [
        path.read_text(encoding="utf-8")
        for path in sorted((PACKAGE / "daotp").glob("*.py"))
        if path.name != "_table.py"
    ]
