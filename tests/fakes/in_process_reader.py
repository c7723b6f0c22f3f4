"""Reads documents in a thread, so that a test needs no process: what travels is pickled as it is on its way there."""

from __future__ import annotations

import asyncio
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from bot.reading.child_process import DocumentTooHeavyError, JobBrokenError, ReaderUnavailableError
from bot.reading.jobs import Body, Job
from bot.status_messages.sentences import StatusError

T = TypeVar("T")


class InProcessReader:
    """A DocumentReader without bounds; `too_heavy` maps documents' names to what is raised for them."""

    def __init__(self) -> None:
        self.read_names: list[str] = []
        self.too_heavy: dict[str, DocumentTooHeavyError] = {}
        self.started = 0
        self.unavailable: ReaderUnavailableError | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")

    def start(self) -> None:
        """Nothing is to be started; it is counted."""
        self.started += 1

    async def read(self, job: Job[T], body: Body, name: str) -> T:
        """The job's result."""
        self.read_names.append(name)
        if self.unavailable is not None:
            raise self.unavailable
        if (error := self.too_heavy.get(name)) is not None:
            raise error
        loop = asyncio.get_running_loop()
        result: T = await loop.run_in_executor(self._thread, _read, pickle.dumps(job), body)
        return result

    async def close(self) -> None:
        """Read nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _read(packed: bytes, body: Body) -> Any:
    try:
        return pickle.loads(pickle.dumps(pickle.loads(packed).read(body, lambda _item: None)))
    except StatusError as error:
        raise pickle.loads(pickle.dumps(error)) from error
    except Exception as error:
        raise JobBrokenError(traceback.format_exc()) from error
