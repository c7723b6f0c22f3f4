"""Polls every followed podcast when it is due, for as long as the bot runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from bot.endurance import for_ever
from bot.pipeline import Pipeline
from storage.database import Database
from storage.models import Podcast
from storage.podcasts import coverage, due_podcasts, next_poll_at

AT_ONCE = 8
# What another process added is noticed this late.
LONGEST_SLEEP_S = 15.0
SHORTEST_SLEEP_S = 0.05
TRANSCRIPTS_AT_A_TIME = 40
READING_AT_ONCE = 2
AFTER_A_FAULT_S = 5.0

log = logging.getLogger(__name__)


class Poller:
    """Looks at feeds, and reads transcripts beside; `on_news` is called when a poll planned deliveries."""

    def __init__(self, db: Database, pipeline: Pipeline, on_news: Callable[[], None]) -> None:
        self._db = db
        self._pipeline = pipeline
        self._on_news = on_news
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._reading: dict[int, asyncio.Task[None]] = {}
        # Hosts of transcripts may be slow; they must not keep feeds from being looked at.
        self._readers = asyncio.Semaphore(READING_AT_ONCE)
        self._woken = asyncio.Event()

    def look_soon(self) -> None:
        """Something changed about what is followed, or when."""
        self._woken.set()

    async def run(self) -> None:
        """Poll for ever."""
        try:
            await for_ever("polling", self._step)
        finally:
            busy = [*self._looking.values(), *self._reading.values()]
            for task in busy:
                task.cancel()
            # They still hold the database, which is closed next.
            await asyncio.gather(*busy, return_exceptions=True)

    async def _step(self) -> None:
        self._woken.clear()
        await self._start_due()
        await self._sleep()

    async def _start_due(self) -> None:
        free = AT_ONCE - len(self._looking)
        if free <= 0:
            return
        # What ends while the database is asked stands in its answer as due.
        busy = set(self._looking)
        for podcast in await due_podcasts(self._db, _now(), AT_ONCE):
            if podcast.id not in busy and free > 0:
                free -= 1
                task = asyncio.create_task(self._look(podcast), name=f"poll {podcast.id}")
                self._looking[podcast.id] = task
                task.add_done_callback(partial(self._looked, podcast.id))

    def _looked(self, podcast_id: int, task: asyncio.Task[None]) -> None:
        self._looking.pop(podcast_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("podcast %d: not even its fault could be kept: %s", podcast_id, error)
        self._woken.set()

    async def _look(self, podcast: Podcast) -> None:
        try:
            poll = await self._pipeline.poll(podcast)
        except Exception:
            # One podcast's fault must not end the polling of the others.
            log.exception("podcast %d: the look failed", podcast.id)
            await asyncio.sleep(AFTER_A_FAULT_S)
            await self._pipeline.record_fault(podcast)
            return
        if poll.announced:
            self._on_news()
        self.read_transcripts_soon(podcast.id)

    def read_transcripts_soon(self, podcast_id: int) -> None:
        """Read the published transcripts of a podcast that are missing, beside everything else."""
        if podcast_id in self._reading:
            return
        task = asyncio.create_task(self._read_transcripts(podcast_id), name=f"transcripts {podcast_id}")
        self._reading[podcast_id] = task
        task.add_done_callback(lambda _task: self._reading.pop(podcast_id, None))

    async def _read_transcripts(self, podcast_id: int) -> None:
        """Read what is due, some at a time, for as long as fewer are missing afterwards."""
        try:
            async with self._readers:
                before: int | None = None
                while True:
                    for warning in await self._pipeline.read_transcripts(
                        podcast_id, limit=TRANSCRIPTS_AT_A_TIME
                    ):
                        log.warning("podcast %d: %s", podcast_id, warning)
                    missing = (await coverage(self._db, podcast_id)).transcripts_missing
                    if not missing or (before is not None and missing >= before):
                        return
                    before = missing
        except Exception:
            log.exception("podcast %d: its transcripts can't be read", podcast_id)

    async def _sleep(self) -> None:
        due = await next_poll_at(self._db)
        wait = LONGEST_SLEEP_S
        if due is not None and len(self._looking) < AT_ONCE:
            wait = min(wait, (due - _now()).total_seconds())
        try:
            # What is being looked at stays due until it is done: a short pause keeps that from being a spin.
            async with asyncio.timeout(max(SHORTEST_SLEEP_S, wait) if not self._looking else max(0.5, wait)):
                await self._woken.wait()
        except TimeoutError:
            return


def _now() -> datetime:
    return datetime.now(UTC)
