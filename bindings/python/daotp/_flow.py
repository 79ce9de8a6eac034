# SPDX-License-Identifier: BSD-2-Clause
"""Flows are steps: the same ones, waited for by poll() or by an asyncio loop. No threads."""
from __future__ import annotations

import asyncio
import contextlib
import select
import threading
from typing import Any

from ._handle import Handle
from ._table import Status
from .errors import Error


def wait(descriptor: int, timeout_ms: int) -> None:
    """Until the descriptor is readable or the time is over. Signals are taken meanwhile."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    poller.poll(timeout_ms if timeout_ms >= 0 else None)


async def wait_async(descriptor: int, timeout_ms: int) -> None:
    """The same for a coroutine, by the running loop's reader and timer."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, wake)
    timer = loop.call_later(timeout_ms / 1000, wake) if timeout_ms >= 0 else None
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
        if timer is not None:
            timer.cancel()


class Flow(Handle):
    """A handle with _step, _cancel, _get_fd and _get_timeout_ms.

    The blocking calls step and wait here rather than in C, so that Ctrl-C is heard: the flow is
    cancelled then, and so it is when a callback raises.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = threading.RLock()  # between cancel() of any thread and close()
        self._is_waiting = False  # a step said AGAIN

    def close(self) -> None:
        """Free it now; what is under way ends."""
        with self._gate:
            super().close()

    def cancel(self) -> None:
        """End what is under way, from any thread: it raises CancelledError."""
        with self._gate:
            self._get("cancel")

    @property
    def fileno(self) -> int:
        """The descriptor to wait on (readable), for loops of one's own."""
        return int(self._get("get_fd"))

    @property
    def timeout_ms(self) -> int:
        """For how long to wait at most before the next step; -1 for ever."""
        return int(self._get("get_timeout_ms"))

    def step(self) -> bool:
        """Go on with what was begun: False to wait and step again, True when it is done."""
        self._be_alone("step")
        self._last = Status.AGAIN  # an interrupt may hide what C answered
        try:
            return self._call("step") == Status.OK
        finally:
            self._is_waiting = self._last == Status.AGAIN

    def _begin(self, verb: str, *args: Any) -> None:
        """Begin; a callback that raises meanwhile leaves nothing under way."""
        self._be_alone(verb)
        self._last = Status.OK  # an interrupt may hide what C answered
        try:
            self._call(verb, *args)
        except BaseException:
            if self._last == Status.OK:
                self._is_waiting = True
                self._abandon()
            raise

    def _run(self) -> None:
        try:
            while not self.step():
                wait(self.fileno, self.timeout_ms)
        except BaseException:
            self._abandon()
            raise

    async def _run_async(self) -> None:
        try:
            while not self.step():
                await wait_async(self.fileno, self.timeout_ms)
        except BaseException:
            self._abandon()
            raise

    def _abandon(self) -> None:
        """Leave no flow half done."""
        if self._is_waiting and self._resource.address is not None:
            self.cancel()
            with contextlib.suppress(Error):
                self.step()
