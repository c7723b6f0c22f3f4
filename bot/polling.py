"""Polls every followed podcast when it is due, for as long as the bot runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from bot.pipeline import Pipeline
from storage.database import Database
from storage.models import Podcast
from storage.podcasts import coverage, due_podcasts, get_podcast, next_poll_at

AT_ONCE = 8
# What another process added is noticed this late.
LONGEST_SLEEP_S = 15.0
SHORTEST_SLEEP_S = 0.05
TRANSCRIPTS_AT_A_TIME = 40

log = logging.getLogger(__name__)


class Poller:
    """Looks at feeds; `on_news` is called when a poll planned deliveries."""

    def __init__(self, db: Database, pipeline: Pipeline, on_news: Callable[[], None]) -> None:
        self._db = db
        self._pipeline = pipeline
        self._on_news = on_news
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()

    def look_soon(self) -> None:
        """Something changed about what is followed, or when."""
        self._woken.set()

    async def run(self) -> None:
        """Poll for ever."""
        try:
            while True:
                self._woken.clear()
                await self._start_due()
                await self._sleep()
        finally:
            busy = list(self._busy.values())
            for task in busy:
                task.cancel()
            # They still hold the database, which is closed next.
            await asyncio.gather(*busy, return_exceptions=True)

    async def _start_due(self) -> None:
        free = AT_ONCE - len(self._busy)
        if free <= 0:
            return
        for podcast in await due_podcasts(self._db, _now(), AT_ONCE):
            if podcast.id not in self._busy and free > 0:
                free -= 1
                self._start(podcast)

    def _start(self, podcast: Podcast) -> None:
        task = asyncio.create_task(self._look(podcast), name=f"poll {podcast.id}")
        self._busy[podcast.id] = task

        def done(_task: asyncio.Task[None]) -> None:
            self._busy.pop(podcast.id, None)
            self._woken.set()

        task.add_done_callback(done)

    async def _look(self, podcast: Podcast) -> None:
        try:
            poll = await self._pipeline.poll(podcast)
            if poll.announced:
                self._on_news()
            await self._read_transcripts(podcast.id)
        except Exception:
            # One podcast's fault must not end the polling of the others; its next look is due already.
            log.exception("podcast %d: the look failed", podcast.id)
            await asyncio.sleep(LONGEST_SLEEP_S)

    def read_transcripts_soon(self, podcast_id: int) -> None:
        """Read the published transcripts of a podcast that was just added."""
        if podcast_id in self._busy:
            return

        async def read() -> None:
            try:
                if await get_podcast(self._db, podcast_id) is not None:
                    await self._read_transcripts(podcast_id)
            except Exception:
                log.exception("podcast %d: its transcripts can't be read", podcast_id)

        task = asyncio.create_task(read(), name=f"transcripts {podcast_id}")
        self._busy[podcast_id] = task
        task.add_done_callback(lambda _task: self._busy.pop(podcast_id, None))

    async def _read_transcripts(self, podcast_id: int) -> None:
        """Read what is due, some at a time, for as long as fewer are missing afterwards."""
        before: int | None = None
        while True:
            await self._pipeline.read_transcripts(podcast_id, limit=TRANSCRIPTS_AT_A_TIME)
            missing = (await coverage(self._db, podcast_id)).transcripts_missing
            if not missing or (before is not None and missing >= before):
                return
            before = missing

    async def _sleep(self) -> None:
        due = await next_poll_at(self._db)
        wait = LONGEST_SLEEP_S
        if due is not None and len(self._busy) < AT_ONCE:
            wait = min(wait, (due - _now()).total_seconds())
        try:
            # What is being looked at stays due until it is done: a short pause keeps that from being a spin.
            async with asyncio.timeout(max(SHORTEST_SLEEP_S, wait) if not self._busy else max(0.5, wait)):
                await self._woken.wait()
        except TimeoutError:
            return


def _now() -> datetime:
    return datetime.now(UTC)
