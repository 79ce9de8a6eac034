#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""bench-python: what a call costs through the binding, and what the same call costs in C.

    DAOTP_LIBRARY=build/release/libdaotp/libdaotp.so.0 tests/bench/bench_python.py

Three calls: a getter, a setter that answers a status, and a piece of work (a message described). The
C loops are compiled here and call the same functions of the same library by their addresses. Each
number is the least of several rounds. A round of both sides is taken in turn, so that a machine that
slows down slows both.
"""
import ctypes
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Tuple

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "bindings" / "python"))

import daotp  # noqa: E402
from daotp._library import lib  # noqa: E402

ROUNDS = 9
SKIPPED = 77

LOOPS = """
#include <stddef.h>
#include <stdint.h>
#include <time.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double loop_get(int (*get)(const void *), void *handle, long count)
{
    double start = now();
    volatile int sink = 0;

    for (long i = 0; i < count; i++)
        sink = get(handle);
    (void)sink;
    return (now() - start) / (double)count;
}

double loop_set(int (*set)(void *, int64_t), void *handle, long count)
{
    double start = now();

    for (long i = 0; i < count; i++)
        if (set(handle, 60000) != 0)
            return -1;
    return (now() - start) / (double)count;
}

double loop_describe(int (*describe)(void *, const void *, size_t, int, void *, char **),
                     void (*release)(void *), void *context, const void *bytes, size_t len,
                     long count)
{
    double start = now();

    for (long i = 0; i < count; i++) {
        char *text;

        if (describe(context, bytes, len, 1, NULL, &text) != 0)
            return -1;
        release(text);
    }
    return (now() - start) / (double)count;
}
"""


def compiled(folder: str) -> Any:
    compiler = shutil.which("cc")
    if compiler is None:
        print("skipped: no C compiler")
        sys.exit(SKIPPED)
    source, made = pathlib.Path(folder) / "loops.c", pathlib.Path(folder) / "loops.so"
    source.write_text(LOOPS, encoding="utf-8")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", made, source], check=True)
    loops = ctypes.CDLL(str(made))
    for name in ("loop_get", "loop_set", "loop_describe"):
        getattr(loops, name).restype = ctypes.c_double
    return loops


def address(name: str) -> ctypes.c_void_p:
    return ctypes.cast(getattr(lib, name), ctypes.c_void_p)


def timed(work: Callable[[], object], count: int) -> float:
    """Nanoseconds a call, the loop itself taken off."""
    start = time.perf_counter_ns()
    for _ in range(count):
        work()
    middle = time.perf_counter_ns()
    for _ in range(count):
        pass
    return (2 * middle - start - time.perf_counter_ns()) / count


def compared(name: str, c: Callable[[], float], python: Callable[[], float]) -> Tuple[float, float]:
    pairs = [(c(), python()) for _ in range(ROUNDS)]
    least_c, least_python = min(one for one, _ in pairs), min(one for _, one in pairs)
    if least_c < 0:
        sys.exit(f"{name}: the C call failed")
    print(f"{name:8} C {least_c:10.1f} ns   Python {least_python:10.1f} ns   "
          f"overhead {least_python - least_c:9.1f} ns")
    return least_c, least_python


def main() -> int:
    message = (TOP / "tests" / "data" / "otpce-4.1-response.xml").read_bytes()
    with tempfile.TemporaryDirectory() as folder, daotp.Client() as client:
        loops, context = compiled(folder), daotp.Context()
        handle = client._pointer()
        get, get_python = compared(
            "getter",
            lambda: loops.loop_get(
                address("daotp_client_get_timeout_ms"), handle, ctypes.c_long(1000000)
            ),
            lambda: timed(lambda: client.timeout_ms, 20000),
        )
        put, put_python = compared(
            "setter",
            lambda: loops.loop_set(
                address("daotp_client_set_timeout_ms"), handle, ctypes.c_long(1000000)
            ),
            lambda: timed(lambda: client.set_timeout_ms(60000), 20000),
        )
        work, work_python = compared(
            "describe",
            lambda: loops.loop_describe(
                address("daotp_describe"), address("daotp_free"), context._pointer(), message,
                ctypes.c_size_t(len(message)), ctypes.c_long(300),
            ),
            lambda: timed(lambda: daotp.describe(message, context=context), 300),
        )
    print(
        f"getter_us={(get_python - get) / 1000:.2f} setter_us={(put_python - put) / 1000:.2f}"
        f" describe_percent={100 * (work_python / work - 1):.1f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
