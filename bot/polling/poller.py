"""Looks at every followed podcast when it is due, for as long as the bot runs, beside other processes."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from bot.polling.services import Reader
from bot.workers.retry_loop import for_ever, pause
from bot.workers.worker_identity import LEASE, RENEWED_EVERY_S, RUNNING, is_dead, process_name
from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.leases import claim_due, lease_owners, next_due_at, release_leases, renew_leases
from storage.tables.linked_files import podcasts_with_due_files
from storage.tables.podcasts import coverage, feed_host

AT_ONCE = 64
# One slow host must not take up every look.
AT_ONCE_PER_HOST = 8
# What another process added is noticed this late.
LONGEST_SLEEP_S = 10.0
SHORTEST_SLEEP_S = 0.05
# Looks end one by one: so long others are waited for before the database is asked for the next.
GATHERED_S = 0.2

FILES_AT_A_TIME = 40
READING_AT_ONCE = 2
FILES_LOOKED_FOR_EVERY_S = 30.0
AFTER_A_FAULT_S = 5.0
STOPPED_WITHIN_S = 1.0

log = logging.getLogger(__name__)


class Poller:
    """Looks at feeds, and reads published files beside; `on_news` is called when a look planned deliveries."""

    def __init__(self, db: Database, reader: Reader, on_news: Callable[[], None]) -> None:
        self._db = db
        self._pipeline = reader.pipeline
        self._files = reader.files
        self._on_news = on_news
        self._me = process_name()
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._hosts: Counter[str] = Counter()
        self._reading: dict[int, asyncio.Task[None]] = {}
        # Hosts of transcripts may be slow; they must not keep feeds from being looked at.
        self._readers = asyncio.Semaphore(READING_AT_ONCE)
        self._woken = asyncio.Event()
        self._ends = asyncio.Event()

    def look_soon(self) -> None:
        """Something changed about what is followed, or when."""
        self._woken.set()

    async def run(self) -> None:
        """Poll for ever."""
        RUNNING.add(self._me)
        work = {"polling": self._step, "keeping leases": self._renew, "reading files": self._read_due_files}
        tasks = [
            asyncio.create_task(for_ever(what, step, until=self._ends), name=what)
            for what, step in work.items()
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            self._end()
            await _ended(tasks)
            await self.stop()
            await self._let_go()
            RUNNING.discard(self._me)

    def _end(self) -> None:
        self._ends.set()
        self._woken.set()

    async def stop(self) -> None:
        """Begin nothing more, and see what was begun to its end; what waits for a host is given up."""
        self._end()
        await _ended([*self._looking.values(), *self._reading.values()])

    async def _let_go(self) -> None:
        """Leave what was held to others at once; where the database is away, the leases run out."""
        try:
            await release_leases(self._db, [self._me])
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, and it is said
            log.warning("leases can't be given back (%s); they end by themselves", error)

    async def _renew(self) -> None:
        dead = [owner for owner in await lease_owners(self._db) if is_dead(owner, self._me)]
        if dead:
            await release_leases(self._db, dead)
            self._woken.set()
        if self._looking:
            await renew_leases(self._db, self._me, list(self._looking), _now() + LEASE)
        await pause(RENEWED_EVERY_S, self._ends)

    async def _step(self) -> None:
        self._woken.clear()
        await self._start_due()
        await self._sleep()

    def _busy_hosts(self) -> list[str]:
        return [host for host, looks in self._hosts.items() if host and looks >= AT_ONCE_PER_HOST]

    async def _start_due(self) -> None:
        free = AT_ONCE - len(self._looking)
        if free <= 0:
            return
        now = _now()
        claimed = await claim_due(
            self._db,
            self._me,
            now=now,
            until=now + LEASE,
            limit=free,
            per_host=AT_ONCE_PER_HOST,
            busy_hosts=self._busy_hosts(),
        )
        for podcast in claimed if not self._ends.is_set() else ():
            self._hosts[feed_host(podcast.feed_url)] += 1
            task = asyncio.create_task(self._look(podcast), name=f"poll {podcast.id}")
            self._looking[podcast.id] = task
            task.add_done_callback(partial(self._looked, podcast))

    def _looked(self, podcast: Podcast, task: asyncio.Task[None]) -> None:
        self._looking.pop(podcast.id, None)
        host = feed_host(podcast.feed_url)
        self._hosts[host] -= 1
        if not self._hosts[host]:
            del self._hosts[host]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("podcast %d: not even its fault could be kept: %s", podcast.id, error)
        self._woken.set()

    async def _look(self, podcast: Podcast) -> None:
        try:
            poll = await self._pipeline.poll(podcast)
        except Exception:
            # One podcast's fault must not end the polling of the others.
            log.exception("podcast %d: the look failed", podcast.id)
            await pause(AFTER_A_FAULT_S, self._ends)
            await self._pipeline.record_fault(podcast)
            return
        if poll.announced:
            self._on_news()
        if poll.new or poll.changed:
            self.read_files_soon(podcast.id)

    async def _read_due_files(self) -> None:
        for podcast_id in await podcasts_with_due_files(self._db, _now(), READING_AT_ONCE * 4):
            self.read_files_soon(podcast_id)
        await pause(FILES_LOOKED_FOR_EVERY_S, self._ends)

    def read_files_soon(self, podcast_id: int) -> None:
        """Read the published transcripts and chapters of a podcast that are missing, beside everything else."""
        if podcast_id in self._reading or self._ends.is_set():
            return
        task = asyncio.create_task(self._read_files(podcast_id), name=f"files {podcast_id}")
        self._reading[podcast_id] = task
        task.add_done_callback(lambda _task: self._reading.pop(podcast_id, None))

    async def _read_files(self, podcast_id: int) -> None:
        """Read what is due, some at a time, for as long as fewer are missing afterwards."""
        try:
            async with self._readers:
                before: int | None = None
                while True:
                    for warning in await self._files.read(podcast_id, limit=FILES_AT_A_TIME):
                        log.warning("podcast %d: %s", podcast_id, warning)
                    missing = (await coverage(self._db, podcast_id)).transcripts_missing
                    if not missing or (before is not None and missing >= before):
                        return
                    before = missing
        except Exception:
            log.exception("podcast %d: its published files can't be read", podcast_id)

    async def _sleep(self) -> None:
        due = await next_due_at(self._db, busy_hosts=self._busy_hosts())
        wait = LONGEST_SLEEP_S
        if due is not None and len(self._looking) < AT_ONCE:
            wait = min(wait, (due - _now()).total_seconds())
        await pause(max(SHORTEST_SLEEP_S, wait), self._woken)
        if self._looking:
            await pause(GATHERED_S, self._ends)


async def _ended(busy: Sequence[asyncio.Task[None]]) -> None:
    """Wait a while for tasks to end by themselves, then cancel them: they hold the database, which is closed next.

    Cancelled in the middle of a statement, a task leaves a connection behind that nobody closes.
    """
    if not busy:
        return
    _, waiting = await asyncio.wait(busy, timeout=STOPPED_WITHIN_S)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


def _now() -> datetime:
    return datetime.now(UTC)
