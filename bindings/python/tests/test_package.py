# SPDX-License-Identifier: BSD-2-Clause
"""The package as others get it: typed, installed by pip from the tree, its samples valid."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import support
import daotp

WRONG = """
import daotp
daotp.Client().enroll("123456")
"""


def can_build(python: str) -> bool:
    """Without a network pip needs what builds the package to be there."""
    command = [python, "-c", "import setuptools, wheel, pip"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def oldest_python(mypy: str) -> str:
    """3.9, which the package promises, or the oldest that this mypy knows."""
    command = [mypy, "--cache-dir=/dev/null", "--python-version", "3.9", "-c", "pass"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    known = re.search(r"must be (3\.\d+) or higher", run.stderr)
    return known[1] if known else "3.9"


class Package(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def mypy(self, *args: str) -> "subprocess.CompletedProcess[str]":
        program = shutil.which("mypy")
        if program is None:
            self.skipTest("no mypy")
        command = [program, "--cache-dir=/dev/null", "--strict"]
        command += ["--python-version", oldest_python(program), *args]
        env = dict(os.environ, MYPYPATH=f"{support.PACKAGE}:{support.PACKAGE}/tests")
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )

    def test_types(self) -> None:
        parts = ["daotp", "generate.py", "examples/enroll.py"]
        files = [support.PACKAGE / part for part in parts]
        run = self.mypy(*map(str, files + sorted((support.PACKAGE / "tests").glob("*.py"))))
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_types_of_who_uses_it(self) -> None:
        (self.folder / "wrong.py").write_text(WRONG, encoding="utf-8")
        run = self.mypy("wrong.py")
        self.assertIn('expected "bytearray"', run.stdout)

    def test_version(self) -> None:
        text = (support.PACKAGE / "pyproject.toml").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r'^version = "(.*)"$', text, re.M), [daotp.version()])
        self.assertEqual(daotp.__version__, daotp.version())

    def test_pip_installs_it_from_the_tree(self) -> None:
        python = next((one for one in (sys.executable, "/usr/bin/python3") if can_build(one)), None)
        if python is None:
            self.skipTest("no pip with setuptools and wheel")
        source, place = self.folder / "source", self.folder / "place"
        shutil.copytree(support.PACKAGE, source)  # setuptools writes beside what it reads
        command = [
            python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet",
            "--no-index", "--no-build-isolation", "--no-deps", "--target", str(place), str(source),
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertTrue((place / "daotp" / "py.typed").exists())
        code = "import daotp; print(daotp.__file__, daotp.version())"
        used = subprocess.run(
            [python, "-c", code], cwd=self.folder, capture_output=True, text=True,
            env=dict(os.environ, PYTHONPATH=str(place)), check=True,
        )  # fmt: skip
        self.assertEqual(used.stdout, f"{place}/daotp/__init__.py {daotp.version()}\n")

    def test_the_sample_of_the_readme_is_python(self) -> None:
        text = (support.PACKAGE / "README.md").read_text(encoding="utf-8")
        for sample in re.findall(r"```python\n(.*?)```", text, re.S):
            compile(sample, "README.md", "exec")
            names = re.findall(r"daotp\.(\w+)\(", sample)
            self.assertEqual([name for name in names if not hasattr(daotp, name)], [])
        for name in re.findall(r"`(\w+(?:Error|Backend)|Transport|Responder)`", text):
            self.assertTrue(name == "ImportError" or hasattr(daotp, name), name)


if __name__ == "__main__":
    support.main()
