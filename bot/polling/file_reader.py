"""Reads linked files of podcasts in the background: all podcasts at once, each a few files at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.polling.linked_files import LinkedFiles
from bot.reading.child_process import ReaderUnavailableError
from bot.workers.outage import OUTAGE
from bot.workers.retry_loop import wait_or_cancel
from storage.engine.database import Database
from storage.tables.linked_files import due_files, podcasts_with_due_files

FILES_AT_A_TIME = 40
# What is read at once is limited file by file, by the fetcher: two podcasts with a host that drips held up all others
# when there were two places for podcasts. This bounds the rows in memory.
PODCASTS_AT_ONCE = 256
DUE_FILES_EVERY_S = 30.0
# What could not be stored has to be fetched again: while a disk is full, hosts are asked for little.
FIRST_OUTAGE_WAIT_S, LONGEST_OUTAGE_WAIT_S = 20.0, 300.0
STOPPED_WITHIN_S = 1.0

log = logging.getLogger(__name__)


class FileReader:
    """Starts a task for each podcast whose files are to be read."""

    def __init__(
        self, db: Database, files: LinkedFiles, on_awaited: Callable[[], None] = lambda: None
    ) -> None:
        self._db = db
        self._files = files
        self._on_awaited = on_awaited
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(PODCASTS_AT_ONCE)
        self._stopped = False
        self._outages = 0
        self._not_before = float("-inf")

    async def read_due(self) -> None:
        """Start on the podcasts with files whose time has come; on one after what was read could not be stored."""
        if time.monotonic() < self._not_before:
            return
        if (free := PODCASTS_AT_ONCE - len(self._tasks)) <= 0:
            return
        if self._outages:
            free = min(free, 1)
        due = await podcasts_with_due_files(self._db, _now(), free, besides=list(self._tasks))
        for podcast_id in due:
            self.read_soon(podcast_id)

    def read_soon(self, podcast_id: int) -> None:
        """Read the linked files of a podcast that are missing.

        Where that is under way, a file may be slow: those that an announcement waits for are read beside it.
        """
        if self._stopped or time.monotonic() < self._not_before:
            return
        if podcast_id in self._tasks:
            if len(self._beside) < PODCASTS_AT_ONCE:
                beside = asyncio.create_task(
                    self._read(podcast_id, awaited_only=True), name=f"awaited files {podcast_id}"
                )
                self._beside.add(beside)
                beside.add_done_callback(self._beside.discard)
            return
        task = asyncio.create_task(self._read(podcast_id), name=f"files {podcast_id}")
        self._tasks[podcast_id] = task
        task.add_done_callback(lambda _task: self._tasks.pop(podcast_id, None))

    async def stop(self) -> None:
        """Start nothing more, and end what is under way within a bound."""
        self._stopped = True
        await wait_or_cancel([*self._tasks.values(), *self._beside], STOPPED_WITHIN_S)

    async def _read(self, podcast_id: int, *, awaited_only: bool = False) -> None:
        """Read what is due, some files at a time, for as long as each round leaves fewer."""
        try:
            async with self._slots:
                before: int | None = None
                while True:
                    for warning in await self._files.read(
                        podcast_id,
                        limit=FILES_AT_A_TIME,
                        awaited_only=awaited_only,
                        on_awaited=self._on_awaited,
                    ):
                        log.warning("podcast %d: %s", podcast_id, warning)
                    self._outages = 0
                    if awaited_only:
                        return
                    due = await due_files(self._db, podcast_id, _now())
                    if not due or (before is not None and due >= before):
                        return
                    before = due
        except ReaderUnavailableError as error:
            if (wait := self._wait()) > 0:
                log.error("reading linked files is held up for %.0f s: %s", wait, error)  # noqa: TRY400 - one line
        except Exception as error:
            if OUTAGE.note("reading linked files", error):
                self._wait()
            else:
                log.exception("podcast %d: its linked files can't be read", podcast_id)

    def _wait(self) -> float:
        """Begin on nothing for so many seconds; 0 where that was said already, by another podcast's files."""
        if (now := time.monotonic()) < self._not_before:
            return 0.0
        wait = min(LONGEST_OUTAGE_WAIT_S, FIRST_OUTAGE_WAIT_S * 2.0 ** min(self._outages, 10))
        self._not_before = now + wait
        self._outages += 1
        return wait


def _now() -> datetime:
    return datetime.now(UTC)
