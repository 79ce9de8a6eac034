#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""symbols.py on a made-up library of several versions: its nodes are chained, old programs run with
the new library, new ones say at start what they miss, and what was published cannot be edited.

  test_symbols.py COMPILER
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = sys.argv.pop() if len(sys.argv) > 1 else "cc"
FIRST = {"daotp_one": "0.1", "daotp_uno": "0.1"}
LAST = dict(FIRST, daotp_two="0.2", daotp_due="0.2", daotp_ten="0.10")
WANTED = """DAOTP_0.1 {
    global:
        daotp_one;
        daotp_uno;
    local:
        *;
};

DAOTP_0.2 {
    global:
        daotp_due;
        daotp_two;
} DAOTP_0.1;

DAOTP_0.10 {
    global:
        daotp_ten;
} DAOTP_0.2;
"""


def run(*command, **settings):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **settings)


class Tree:
    """A source tree with nothing in it but a header, and what is made from it."""

    def __init__(self, folder):
        self.folder = folder
        for part in ("include/daotp", "libdaotp", "tests/abi"):
            (folder / part).mkdir(parents=True)
        shutil.copy(HERE / "symbols.py", folder / "tests/abi")
        self.map, self.library = folder / "libdaotp/libdaotp.map", folder / "libdaotp.so.0"
        self.publish({})

    def declare(self, since_of, version):
        """Headers of this version, with these functions."""
        numbers = zip(("MAJOR", "MINOR", "PATCH"), version.split("."))
        (self.folder / "include/daotp/version.h").write_text(
            "".join(f"#define DAOTP_VERSION_{part} {value}\n" for part, value in numbers))
        (self.folder / "include/daotp/x.h").write_text("".join(
            f"/** What it does.{f' @since {since}' if since else ''} */\nDAOTP_API int {name}(void);\n"
            for name, since in since_of.items()))
        return self.symbols("map")

    def build(self, names):
        """The library, with what the map says; --no-undefined-version, as the real one."""
        source = self.folder / "library.c"
        source.write_text("".join(f"int {name}(void);\nint {name}(void) {{ return 7; }}\n" for name in names))
        made = run(COMPILER, "-shared", "-fPIC", "-Wl,-soname,libdaotp.so.0", "-Wl,--no-undefined-version",
                   f"-Wl,--version-script={self.map}", "-o", self.library, source)
        assert made.returncode == 0, made.stderr

    def publish(self, since_of):
        """The baseline, as abidw writes it."""
        (self.folder / "tests/abi/baseline.abi").write_text("".join(
            f"<elf-symbol name='{name}' version='DAOTP_{since}' is-default-version='yes'/>\n"
            for name, since in since_of.items()))

    def symbols(self, *args):
        return run(sys.executable, "-B", self.folder / "tests/abi/symbols.py", *args)

    def program(self, name):
        """One that calls this function of the library as it stands."""
        source, made = self.folder / "program.c", self.folder / f"calls_{name}"
        source.write_text(f"int {name}(void);\nint main(void) {{ return {name}(); }}\n")
        linked = run(COMPILER, "-Wl,-z,now", "-o", made, source, self.library)
        assert linked.returncode == 0, linked.stderr
        return lambda: run(made, env={"LD_LIBRARY_PATH": str(self.folder)})


class Nodes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="daotp-symbols.")
        self.addCleanup(folder.cleanup)
        self.tree = Tree(pathlib.Path(folder.name))

    def expect(self, *texts):
        """What `check` says, a line each before the count; nothing: it is content."""
        found = self.tree.symbols("check", self.tree.library)
        lines = found.stdout.splitlines()[:-1]
        self.assertEqual((found.returncode, len(lines), found.stderr), (1 if texts else 0, len(texts), ""), lines)
        for text, line in zip(texts, lines):
            self.assertIn(text, line)

    def test_the_map_is_a_node_a_version_each_chained_to_the_last(self):
        self.tree.publish({name: since for name, since in LAST.items() if since != "0.10"})
        self.tree.declare(LAST, "0.10.0")
        self.assertEqual(self.tree.map.read_text().split("*/\n")[-1], WANTED)
        self.tree.build(LAST)
        self.expect()
        ledger = (self.tree.folder / "tests/abi/ledger.txt").read_text().splitlines()
        self.assertIn("daotp_ten 0.10 daotp/x.h", ledger)

    def test_programs_of_one_version_with_the_library_of_another(self):
        self.tree.declare(FIRST, "0.1.0")
        self.tree.build(FIRST)
        old = self.tree.program("daotp_one")
        self.tree.publish(FIRST)
        self.tree.declare(LAST, "0.10.0")
        self.tree.build(LAST)
        self.assertEqual(old().returncode, 7)
        new = self.tree.program("daotp_two")
        self.assertEqual(new().returncode, 7)
        self.tree.declare(FIRST, "0.1.0")
        self.tree.build(FIRST)
        refused = new()
        self.assertNotEqual(refused.returncode, 7)
        self.assertIn("version `DAOTP_0.2' not found", refused.stderr)

    def test_the_first_version_grows_until_it_is_out(self):
        self.tree.publish({"daotp_one": "0.1"})
        self.tree.declare(FIRST, "0.1.0")
        self.tree.build(FIRST)
        self.expect()
        self.tree.declare(FIRST, "0.1.1")
        self.expect("daotp_uno is since 0.1, which is published without it")

    def test_a_published_node_gets_no_more(self):
        self.tree.publish(LAST)
        late = dict(LAST, daotp_late="0.1")
        self.tree.declare(late, "0.10.0")
        self.tree.build(late)
        self.expect("daotp_late is since 0.1, which is published without it")

    def test_what_was_published_stays_in_its_node(self):
        self.tree.publish(FIRST)
        for moved, text in ((dict(FIRST, daotp_uno="0.2"), "published in 0.1, and is 0.2"),
                            ({"daotp_one": "0.1"}, "published in 0.1, and is not there")):
            self.tree.declare(moved, "0.2.0")
            self.tree.build(moved)
            self.expect(f"daotp_uno was {text}")

    def test_nothing_is_of_a_version_to_come(self):
        self.tree.publish(FIRST)
        self.tree.declare(LAST, "0.2.0")
        self.tree.build(LAST)
        self.expect("daotp_ten is since 0.10, and these headers are 0.2")

    def test_a_map_by_another_hand(self):
        self.tree.publish(FIRST)
        since_of = dict(FIRST, daotp_two="0.2")
        self.tree.declare(since_of, "0.2.0")
        text = self.tree.map.read_text()
        self.tree.map.write_text(text.replace("} DAOTP_0.1;", "};"))
        self.tree.build(since_of)
        self.expect("libdaotp.map is not what the headers say")
        self.tree.map.write_text(text.replace("DAOTP_0.2", "DAOTP_0.3"))
        self.tree.build(since_of)
        self.tree.map.write_text(text)
        self.expect("daotp_two: 0.2, and 0.3")

    def test_who_does_not_say_since_when(self):
        said = self.tree.declare(dict(FIRST, daotp_two=""), "0.1.0")
        self.assertEqual(said.returncode, 1)
        self.assertIn("daotp_two does not say since when", said.stdout)
        self.assertFalse(self.tree.map.exists())


if __name__ == "__main__":
    unittest.main()
