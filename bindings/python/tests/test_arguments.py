# SPDX-License-Identifier: BSD-2-Clause
"""Objects are told by their type: no number, and no pointer of ctypes, is taken for an address."""
import ctypes
import faulthandler
import inspect
import itertools
import os
import pathlib
import tempfile
import unittest
from typing import Any, Callable, Dict, Iterator, List, Tuple

import support  # pylint: disable=unused-import

import daotp
from daotp._handle import Handle

faulthandler.enable()

FOLDER = tempfile.mkdtemp(prefix="daotp-python-arguments.")
CLASSES = [
    one for name, one in sorted(vars(daotp).items())
    if inspect.isclass(one) and issubclass(one, Handle)
]
NAMES = [one.__name__ for one in CLASSES]
# These wait for a peer, end the object, or are not calls of the library.
LEFT_OUT = {"close", "run", "fileno"}


def makers() -> Dict[str, Callable[[], Any]]:
    """A fresh object of each class that can be made without a peer."""
    trust: Callable[[], Any] = daotp.Trust
    return {
        "Budget": lambda: daotp.Budget(),
        "CA": lambda: daotp.CA.by_hand("request", "certificate"),
        "Client": lambda: daotp.Client(),
        "Context": lambda: daotp.Context(),
        "Doctor": lambda: daotp.Doctor(),
        "Key": lambda: daotp.Key.generate(daotp.KeyKind.P256),
        "Store": lambda: daotp.Store.from_directory(os.path.join(FOLDER, "store")),
        "Fetcher": lambda: daotp.Fetcher(),
        "Prefetch": lambda: daotp.Prefetch(daotp.Fetcher()),
        "Profile": lambda: daotp.Profile(),
        "Radius": lambda: daotp.Radius(),
        "RadiusExchange": lambda: daotp.RadiusExchange(daotp.Radius(), "alice"),
        "Requirements": lambda: daotp.Requirements(next(iter(daotp.Part))),
        "Responder": lambda: daotp.Responder(),
        "Trust": trust,
        "Verifier": lambda: daotp.Verifier(trust()),
    }


def wrong_values() -> List[Any]:
    """What is no object of the library, and objects of other classes."""
    return [4096, 0, -1, 1 << 70, True, 1.5, "text", b"octets", bytearray(b"secret"), object(), [],
            ctypes.c_void_p(4096), ctypes.pointer(ctypes.c_int(1)), daotp.Context, daotp.Trust(),
            daotp.Context(), None]


def parameters(call: Callable[..., Any]) -> List[inspect.Parameter]:
    """Those that take a place, without self."""
    taken = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    try:
        found = inspect.signature(call).parameters.values()
    except ValueError:
        return []
    return [one for one in found if one.kind in taken]


def object_of(parameter: inspect.Parameter) -> str:
    """The class of the library that it wants; empty when it wants none."""
    text = str(parameter.annotation)
    if "Callable" in text or "Sequence" in text:
        return ""
    return next((name for name in NAMES if name in text.replace("[", " ").replace("]", " ").split()), "")


def plain_value(parameter: inspect.Parameter) -> Any:
    """A value that fits where it is not looked at."""
    text, make = str(parameter.annotation), makers()
    if object_of(parameter) in make:
        return make[object_of(parameter)]()
    for word, value in (("bytearray", bytearray(b"secret")), ("Octets", b"octets"), ("str", "text"),
                        ("FilePath", "/no/such/file"), ("int", 1), ("bool", True)):
        if word in text:
            return value
    return None


def tries(call: Callable[..., Any]) -> Iterator[Tuple[int, inspect.Parameter, List[Any]]]:
    """Arguments with one wrong value among them, in each place."""
    wanted = parameters(call)
    for at, value in itertools.product(range(len(wanted)), wrong_values()):
        args = [plain_value(one) for one in wanted]
        args[at] = value
        yield at, wanted[at], args


def methods(made: Any) -> Iterator[Tuple[str, Callable[..., Any]]]:
    """The public methods of an object that are not left out."""
    for name, _ in inspect.getmembers(type(made), inspect.isfunction):
        if not name.startswith("_") and name not in LEFT_OUT:
            if not inspect.iscoroutinefunction(getattr(made, name)):
                yield name, getattr(made, name)


class Arguments(unittest.TestCase):
    """Every wrapper, every place, every wrong value: an exception, and never a crash."""

    def refuse(self, name: str, call: Callable[..., Any]) -> None:
        """Where an object is wanted, anything else must be refused; the rest must only return."""
        for at, parameter, args in tries(call):
            wanted = object_of(parameter)
            fits = args[at] is None or type(args[at]).__name__ == wanted
            try:
                made = call(*args)
            except BaseException as error:  # pylint: disable=broad-except
                if isinstance(error, (KeyboardInterrupt, SystemExit)):
                    raise
                continue
            if hasattr(made, "close") and isinstance(made, Handle):
                made.close()
            self.assertTrue(not wanted or fits, f"{name}: {parameter.name}={args[at]!r} was taken")

    def test_constructors(self) -> None:
        for one in CLASSES:
            with self.subTest(one.__name__):
                self.refuse(one.__name__, one)
                make: Callable[..., Any] = one
                for value in (4096, ctypes.c_void_p(4096)):
                    with self.assertRaises((TypeError, AttributeError, daotp.UsageError)):
                        make(value, value)

    def test_methods(self) -> None:
        made = makers()
        for one in CLASSES:
            if one.__name__ not in made:
                continue
            for name, _ in methods(made[one.__name__]()):
                with self.subTest(f"{one.__name__}.{name}"):
                    kept = made[one.__name__]()
                    self.refuse(f"{one.__name__}.{name}", getattr(kept, name))
                    kept.close()

    def test_functions(self) -> None:
        for name, one in sorted(vars(daotp).items()):
            if inspect.isfunction(one) and name != "read_secret":  # it asks on a terminal
                with self.subTest(name):
                    self.refuse(name, one)

    def test_flags_are_flags(self) -> None:
        made = makers()
        for make in made.values():
            kept = make()
            for name, one in methods(kept):
                for at, parameter in enumerate(parameters(one)):
                    if parameter.annotation != "bool":
                        continue
                    wrong: tuple[object, ...] = (0, 1, "no", "", None, [], 1.0)
                    for value in wrong:
                        args = [plain_value(each) for each in parameters(one)]
                        args[at] = value
                        with self.subTest(f"{name}: {value!r}"), self.assertRaises(
                                (TypeError, daotp.UsageError)):
                            one(*args)

    def test_functions_are_functions(self) -> None:
        """At the call that sets them, and not when they are called."""
        context, client, doctor = daotp.Context(), daotp.Client(), daotp.Doctor()
        radius, responder, ca = daotp.Radius(), daotp.Responder(), daotp.CA.rpc()
        setters: List[Callable[[Any], Any]] = [
            context.set_log, context.set_wall_clock, context.set_monotonic_clock, context.set_secret,
            client.set_account_callback, client.set_domain_callback, client.set_progress_callback,
            doctor.set_progress_callback, lambda it: doctor.add_probe("mine", "Mine", it),
            radius.set_callback, responder.set_user_callback, responder.set_code_callback,
            lambda it: ca.ping("host\\ca", "alice", it), lambda it: ca.ask_info("host\\ca", "alice", it)
        ]
        for number, call in enumerate(setters):
            for value in (4096, "text", object(), ctypes.c_void_p(4096)):
                with self.subTest(f"{number}: {value!r}"), self.assertRaises(
                        (TypeError, daotp.UsageError)):
                    call(value)

    def test_a_closed_object_is_not_used(self) -> None:
        for name, make in makers().items():
            kept = make()
            kept.close()
            for verb, one in methods(kept):
                if not inspect.isgeneratorfunction(one):
                    with self.subTest(f"{name}.{verb}"), self.assertRaises(
                            (TypeError, AttributeError, ValueError, daotp.Error, OSError)):
                        one(*[plain_value(each) for each in parameters(one)])

    def test_the_examples(self) -> None:
        with self.assertRaises(daotp.UsageError):
            daotp.Verifier(4096)  # type: ignore[arg-type]
        with self.assertRaises(daotp.UsageError):
            daotp.Radius().add_radsec_server("h", daotp.Trust(), 2083)  # type: ignore[arg-type]
        for kind in (daotp.Key, daotp.Credential):
            with self.assertRaises(TypeError):
                kind(4096, None)  # type: ignore[arg-type]

    @classmethod
    def tearDownClass(cls) -> None:
        for path in sorted(pathlib.Path(FOLDER).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        os.rmdir(FOLDER)


if __name__ == "__main__":
    unittest.main()
