# SPDX-License-Identifier: BSD-2-Clause
"""Finding the library: in which order, and what the error says."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import support

LIBRARY = os.environ["DAOTP_LIBRARY"]
COMPILER = shutil.which("cc")


class Finding(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copytree(support.PACKAGE / "daotp", self.folder / "daotp")

    def load(self, **env: str) -> "subprocess.CompletedProcess[str]":
        """Import the copy; what it loaded, or the error."""
        code = "import daotp._library as l; print(l.lib._name)"
        clean = {name: value for name, value in os.environ.items() if name != "DAOTP_LIBRARY"}
        clean.update(env, PYTHONPATH=str(self.folder))
        command = [sys.executable, "-B", "-c", code]
        return subprocess.run(
            command, env=clean, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def expect_error(self, run: "subprocess.CompletedProcess[str]", *texts: str) -> None:
        self.assertNotEqual(run.returncode, 0)
        for text in ("LibraryError", "DAOTP_LIBRARY", "libdaotp0", *texts):
            self.assertIn(text, run.stderr.splitlines()[-1])

    def stub(self, body: str) -> str:
        if COMPILER is None:
            self.skipTest("no compiler")
        source, made = self.folder / "stub.c", self.folder / "stub.so"
        source.write_text(body, encoding="utf-8")
        subprocess.run([COMPILER, "-shared", "-fPIC", "-o", made, source], check=True)
        return str(made)

    def test_by_the_environment(self) -> None:
        self.assertEqual(self.load(DAOTP_LIBRARY=LIBRARY).stdout.strip(), LIBRARY)

    def test_who_names_one_gets_no_other(self) -> None:
        shutil.copy(LIBRARY, self.folder / "daotp" / "libdaotp.so.0")
        run = self.load(DAOTP_LIBRARY="/no/such/libdaotp.so.0")
        self.expect_error(run, "/no/such/libdaotp.so.0")

    def test_beside_the_package(self) -> None:
        beside = self.folder / "daotp" / "libdaotp.so.0"
        shutil.copy(LIBRARY, beside)
        run = self.load()
        self.assertEqual(run.stdout.strip(), str(beside.resolve()), run.stderr)

    def test_by_the_soname(self) -> None:
        path = str(pathlib.Path(LIBRARY).resolve().parent)
        self.assertEqual(self.load(LD_LIBRARY_PATH=path).stdout.strip(), "libdaotp.so.0")

    def test_another_library(self) -> None:
        self.expect_error(self.load(DAOTP_LIBRARY="libc.so.6"), "libc.so.6 is not libdaotp")

    def test_an_older_or_another_major_version(self) -> None:
        for number, text in ((99, "0.0.99"), (10000, "1.0.0")):
            made = self.stub(f"unsigned daotp_version_number(void) {{ return {number}; }}\n")
            self.expect_error(self.load(DAOTP_LIBRARY=made), f"is version {text}")

    def test_one_that_lacks_a_call(self) -> None:
        made = self.stub("unsigned daotp_version_number(void) { return 100; }\n")
        self.expect_error(self.load(DAOTP_LIBRARY=made), "has no daotp_")


if __name__ == "__main__":
    support.main()
