"""The thread that parses documents, one at a time, beside the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

# How long the thread may work before it pauses, and for how long.
WORK_S = 0.002
PAUSE_S = 0.0004

T = TypeVar("T")


class ParserThread:
    """A single thread: parsing two documents at once stalled the event loop for up to 83 ms, one for up to 3 ms."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="parser")

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in the thread and return its result."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def close(self) -> None:
        """Drop the work that hasn't begun, and let the thread end."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class GilPause:
    """Called between two pieces of work in the parser thread; now and then it sleeps for a moment.

    The HTML parser releases the interpreter's lock (GIL) and takes it back at once, over and over, so that the event
    loop never gets it: a feed of 1,278 items held the loop up by 100 ms.
    """

    def __init__(self) -> None:
        self._last_pause = time.perf_counter()

    def __call__(self) -> None:
        """Sleep if the last pause was long enough ago."""
        if time.perf_counter() - self._last_pause > WORK_S:
            time.sleep(PAUSE_S)
            self._last_pause = time.perf_counter()
