"""Reads documents beside the event loop: one at a time, in a process of their own that is warm and reused."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from bot.reading.child_process import (
    ENDS_THE_READER,
    ChildProcess,
    DocumentTooHeavyError,
    ReaderDiedError,
    ReaderStoppedError,
    ReaderUnavailableError,
)
from bot.reading.jobs import Body, Job
from bot.reading.limits import DEFAULT_READING_MIB, MIB, available_memory, mapped_and_resident, reading_bound
from bot.status_messages.sentences import sentence

# A process that ends by itself may have been killed by somebody: only one that ends twice does so for its document.
TRIES = 2

T = TypeVar("T")

log = logging.getLogger(__name__)


class DocumentReader(Protocol):
    """Runs jobs on documents."""

    def start(self) -> None:
        """Prepare for a document that is about to come; without this, the first one waits a little longer."""

    async def read(self, job: Job[T], body: Body, name: str) -> T:
        """The job's result. Raises its StatusError, DocumentTooHeavyError, JobBrokenError, ReaderUnavailableError.

        `name` is the document's in the log, with the ids of podcast and episode.
        """

    async def close(self) -> None:
        """Read nothing more, and drop what is under way."""


class ReadingProcess:
    """A DocumentReader whose documents can't take the bot along.

    One document at a time: its memory is bounded by what the machine has, and two would have half of it each.
    """

    def __init__(self, reading_mib: int = DEFAULT_READING_MIB) -> None:
        self._reading_mib = reading_mib
        self._child = ChildProcess()
        # The kernel ends the process with the thread that started it, so there is one thread for it, to the end.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return self._child.pid

    def start(self) -> None:
        """See DocumentReader."""
        self._thread.submit(self._start)

    async def read(self, job: Job[T], body: Body, name: str) -> T:
        """See DocumentReader."""
        loop = asyncio.get_running_loop()
        result: T = await loop.run_in_executor(self._thread, self._read, job, body, name)
        return result

    async def close(self) -> None:
        """See DocumentReader."""
        self._child.close()
        self._thread.submit(self._child.end)
        await asyncio.to_thread(self._thread.shutdown, wait=True)

    def _start(self) -> None:
        bound = self._memory_bytes() // MIB
        if bound < self._reading_mib:
            log.info(
                "reading a document may take %d MiB of memory instead of %d: memory is short",
                bound,
                self._reading_mib,
            )
        try:
            self._child.start()
        except ReaderStoppedError:
            log.debug("the process that reads documents was not needed")
        except ReaderUnavailableError as error:
            # The first document says so again.
            log.warning("%s", error)

    def _read(self, job: Job[T], body: Body, name: str) -> T:
        deadly: list[str | None] = []
        while len(deadly) < TRIES:
            try:
                result: T = self._child.read(job, body, self._memory_bytes())
            except DocumentTooHeavyError as error:
                log.warning("%s: %s%s", name, sentence(error.status), _in_item(error.item))
                raise
            except ReaderDiedError as error:
                log.warning("%s: %s%s", name, error, _in_item(error.item))
                deadly.append(error.item)
            else:
                return result
        # An item is to blame if each try ended in it.
        raise DocumentTooHeavyError(ENDS_THE_READER(), deadly[0] if len(set(deadly)) == 1 else None)

    def _memory_bytes(self) -> int:
        """The bound as things stand: the bot may have grown since the last document."""
        ours = mapped_and_resident()
        return reading_bound(self._reading_mib, None if ours is None else ours[1], available_memory())


def _in_item(item: str | None) -> str:
    return "" if item is None else f" (in the notes of item {item})"
