#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every sample of the manual and the README: C is compiled with warnings as errors, commands are run.

  samples.py BUILD SOURCE [PAGE...]

The tree is installed into a folder first, so that the samples see what a user sees. A page has a
folder of its own. In it, before anything runs:

  ```c       is compiled; one that begins with `/* NAME.c` is also put there under that name
  ```sh      all of a page are one bash script, run in order, stopped by the first failure
  ```python  is compiled; one that begins with `# NAME.py` is also put there under that name

A command that cannot be run here (it needs root) stands behind <!-- run by FILE -->; then each of its
lines must stand in that file, which another test runs. <!-- needs PROGRAM --> skips a page.
Ends 0, 1, or 77 when every page was skipped.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

BUILD, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
PAGES = [pathlib.Path(p).resolve() for p in sys.argv[3:]] or [
    SOURCE / "README.md", *sorted((SOURCE / "docs/manual").glob("*.md"))]
FENCE = re.compile(r"(?:^<!-- run by (\S+) -->\n)?^```(c|sh|python)\n(.*?)^```$", re.M | re.S)
FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"]
count = bad = 0


def say(ok, what, why=""):
    global count, bad
    count += 1
    bad += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}" + (f"\n{why[-3000:]}" if why and not ok else ""), flush=True)


def run(args, **more):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, **more)


def install(prefix):
    """A tree as it is after `cmake --install`, and the environment of a user of it."""
    done = run(["cmake", "--install", BUILD, "--prefix", prefix])
    if done.returncode:
        sys.exit(done.stdout)
    pc = next(prefix.rglob("daotp.pc"))
    lib = pc.parent.parent
    gone = re.compile(r"^(KRB5|OPENSSL_|SSL_CERT|LAB_|XDG_|CURL_|DAOTP_)|_proxy$", re.I)
    env = {k: v for k, v in os.environ.items() if not gone.search(k)}
    env.update(PATH=f"{prefix}/bin:{env['PATH']}:/usr/sbin:/sbin", LD_LIBRARY_PATH=str(lib), LC_ALL="C.UTF-8",
               TZ="UTC", PKG_CONFIG_PATH=str(pc.parent), SOURCE=str(SOURCE), CMAKE_PREFIX_PATH=str(prefix),
               DAOTP_LIBRARY=str(next(lib.glob("libdaotp.so"))))
    python = SOURCE / "bindings/python"
    if (python / "src").is_dir():
        python = python / "src"
    env["PYTHONPATH"] = str(python)
    return env


def named(text, pattern):
    match = re.match(pattern, text)
    return match.group(1) if match else None


def compile_c(work, where, text, env):
    name = named(text, r"(?:#include <daotp/daotp.h> )?/\* (\w+\.c)\b")
    file = work / (name or "sample.c")
    file.write_text(text)
    if not name:  # a part of a program: what it takes from the library, it need not include
        text = "#include <daotp/daotp.h>\n" + text
        file.write_text(text)
    flags = run(["pkg-config", "--cflags", "daotp"], env=env).stdout.split()
    done = run(["cc", *FLAGS, *flags, "-c", file, "-o", work / "sample.o"], env=env)
    say(done.returncode == 0, f"{where} compiles", done.stdout)


def compile_python(work, where, text):
    name = named(text, r"# (\w+\.py)\b")
    if name:
        (work / name).write_text(text)
    try:
        compile(text, where, "exec")
        say(True, f"{where} compiles")
    except SyntaxError as error:
        say(False, f"{where} compiles", str(error))


def check_types(work, where, text, env):
    """What a reader copies passes his own mypy --strict."""
    if not shutil.which("mypy", path=env["PATH"]):
        return
    file = work / "typed_sample.py"
    file.write_text(text)
    done = run(["mypy", "--strict", "--cache-dir", work / "mypy", file], env=dict(env, MYPYPATH=env["PYTHONPATH"]))
    say(done.returncode == 0, f"{where}: types", done.stdout)


def run_elsewhere(where, text, name):
    file = SOURCE / name
    there = " ".join(file.read_text().split()) if file.exists() else ""
    lines = [" ".join(line.split()) for line in text.replace("\\\n", " ").splitlines()]
    missing = [line for line in lines if line and not line.startswith("#") and line not in there]
    say(not missing, f"{where} is run by {name}", "\n".join(missing))


def run_script(work, page, blocks, env):
    """One bash for the page; what it leaves running is in its session, and is ended with it."""
    script = "set -euo pipefail\n" + "".join(f"echo '== line {line}' >&2\n{text}" for line, text in blocks)
    (work / "script").write_text(script)
    with open(work / "log", "w+") as log:
        child = subprocess.Popen(["bash", "script"], cwd=work, env=dict(env, HOME=str(work)), stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = child.wait(900)
        except subprocess.TimeoutExpired:
            status = "none in time"
        for lab in work.rglob("lab.json"):
            run(["daotp", "lab", "down", lab.parent], env=env)
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        log.seek(0)
        say(status == 0, f"{page.name}: {len(blocks)} blocks of commands", f"status {status}\n" + log.read())


def try_page(top, page, env):
    text = page.read_text()
    missing = [p for p in re.findall(r"^<!-- needs (\S+) -->$", text, re.M) if not shutil.which(p, path=env["PATH"])]
    if missing:
        print(f"# {page.name}: skipped, no {missing[0]}")
        return
    work = top / page.stem
    work.mkdir()
    commands = []
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start(2)) + 1
        where, elsewhere, kind, body = f"{page.name}:{line}", *match.groups()
        if elsewhere:
            run_elsewhere(where, body, elsewhere)
        elif kind == "c":
            compile_c(work, where, body, env)
        elif kind == "python":
            compile_python(work, where, body)
            check_types(work, where, body, env)
        else:
            commands.append((line, body))
    if commands:
        run_script(work, page, commands, env)


def main():
    with tempfile.TemporaryDirectory(prefix="daotp-samples.") as folder:
        top = pathlib.Path(folder).resolve()
        env = install(top / "usr")
        (top / "pages").mkdir()
        for page in PAGES:
            try_page(top / "pages", page, env)
    print(f"1..{count}")
    return 1 if bad else 0 if count else 77


sys.exit(main())
