"""The thread in which documents are read, one at a time, beside the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

# So long the thread works before it rests for a moment.
WORK_S = 0.002
REST_S = 0.0004

T = TypeVar("T")


class ReadingThread:
    """One thread: two documents parsed at once were seen to stall the event loop for 83 ms, one for 3."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="reading")

    async def read(self, work: Callable[[], T]) -> T:
        """Do this work in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def close(self) -> None:
        """Let the thread end."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class Rest:
    """Called between two pieces of work in the reading thread: sleeps for a moment now and then.

    The HTML parser gives the interpreter's lock up and takes it back at once, over and over; the event loop,
    which waits for the lock, then never gets as far as asking for it: 1,278 items held it up by 100 ms.
    """

    def __init__(self) -> None:
        self._rested = time.perf_counter()

    def __call__(self) -> None:
        """Rest, where the last rest is long enough ago."""
        if time.perf_counter() - self._rested > WORK_S:
            time.sleep(REST_S)
            self._rested = time.perf_counter()
