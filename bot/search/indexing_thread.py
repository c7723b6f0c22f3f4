"""The thread that writes segments. Unlike an executor's, it never holds up the end of the process."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")
_Job = Callable[[], None]

log = logging.getLogger(__name__)


class IndexingThread:
    """Runs one piece of work after the other beside the event loop.

    Whatever it is in the middle of when the process ends is lost: a file that is not complete counts for nothing.
    `cpu_s` is what the work has cost so far.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.cpu_s = 0.0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in the thread and return its result."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            if done.cancelled():
                return
            try:
                _tell(loop, done, partial(done.set_result, work()))
            except BaseException as error:  # noqa: BLE001 - it is raised where the work is awaited
                _tell(loop, done, partial(done.set_exception, error))

        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="indexing", daemon=True)
            self._thread.start()
        self._jobs.put(job)
        return await done

    def close(self) -> None:
        """Drop what has not begun, and let the thread end after what it is doing."""
        while not self._jobs.empty():
            self._jobs.get()
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            self.cpu_s = time.thread_time()


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Future[T], tell: Callable[[], object]) -> None:
    def unless_cancelled() -> None:
        if not done.done():
            tell()

    try:
        loop.call_soon_threadsafe(unless_cancelled)
    except RuntimeError:
        log.debug("the event loop ended before a piece of indexing did")
