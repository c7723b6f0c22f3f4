"""The poller: every podcast when it is due, none twice at once, and one's fault is no other's."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.polling.feed_updater import Pipeline, Poll
from bot.polling.file_reader import FILES_AT_A_TIME, PODCASTS_AT_ONCE
from bot.polling.linked_files import LinkedFiles
from bot.polling.poller import AT_ONCE_PER_HOST, LIMITS, Poller
from bot.polling.services import Reader
from bot.workers.worker_identity import process_name
from storage.engine.database import Database
from storage.models import (
    EpisodeChange,
    FeedInfo,
    FeedItem,
    FileLink,
    PendingFile,
    Podcast,
    PollOutcome,
    PollResult,
    TranscriptSource,
    Turn,
    as_text,
)
from storage.tables.feed_updates import create_podcast, record_poll
from storage.tables.linked_files import pending_files, record_read
from storage.tables.poll_queue import PollQueue
from storage.tables.transcripts import save_transcript

SOON = timedelta(hours=1)
AT_ONCE = LIMITS.at_once


def _already() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def _queue(db: Database) -> PollQueue:
    return PollQueue(db, per_host=9, under_way=dict)


async def _pending(db: Database, podcast_id: int, limit: int) -> list[PendingFile]:
    return await pending_files(db, podcast_id, due_at=datetime.now(UTC), limit=limit)


def _outcome(outcome: str) -> PollOutcome:
    now = datetime.now(UTC)
    return PollOutcome(as_text(outcome), now, now + SOON, as_text("because"))


@dataclass(slots=True)
class Looks:
    """Stands in for what reads podcasts: counts looks, and holds or breaks those that it is told to."""

    db: Database
    looks: Counter[int] = field(default_factory=Counter)
    reads: Counter[int] = field(default_factory=Counter)
    begun: set[int] = field(default_factory=set)
    running: set[int] = field(default_factory=set)
    most_at_once: int = 0
    broken: set[int] = field(default_factory=set)
    announced: int = 0
    unreadable: bool = False
    forgetful: int = 0
    faults: list[int] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    hosts: asyncio.Event = field(default_factory=_already)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def poll(self, podcast: Podcast) -> Poll:
        """Look at a podcast, which is then due in an hour."""
        assert podcast.id not in self.running
        self.running.add(podcast.id)
        self.looks[podcast.id] += 1
        self.most_at_once = max(self.most_at_once, len(self.running))
        await self._tell()
        await self.gate.wait()
        self.running.discard(podcast.id)
        if podcast.id in self.broken:
            raise RuntimeError("on purpose")
        await record_poll(self.db, podcast.id, _outcome("unchanged"))
        return Poll(podcast.id, podcast.title, as_text(""), new=1, announced=self.announced)

    async def record_fault(self, podcast: Podcast) -> None:
        """Keep that it failed; it is due in an hour, too."""
        if self.forgetful:
            self.forgetful -= 1
            raise OSError("the database is away")
        self.faults.append(podcast.id)
        await record_poll(self.db, podcast.id, _outcome("fault"))
        await self._tell()

    async def read(self, podcast_id: int, *, limit: int) -> list[str]:
        """Read so many published files, or fail at all of them."""
        self.begun.add(podcast_id)
        await self._tell()
        await self.hosts.wait()
        for one in await _pending(self.db, podcast_id, limit):
            if not self.unreadable:
                turns = [Turn("Ada", 0, None, "words")]
                await save_transcript(self.db, one.episode_id, TranscriptSource("vtt"), turns)
                await record_read(self.db, [one])
        self.reads[podcast_id] += 1
        await self._tell()
        return []

    async def _tell(self) -> None:
        async with self.moved:
            self.moved.notify_all()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something has been seen."""
        async with asyncio.timeout(10), self.moved:
            await self.moved.wait_for(seen)


def _change(title: str) -> EpisodeChange:
    item = FeedItem(
        identity=title,
        guid=title,
        title=title,
        link=None,
        published=None,
        duration_s=None,
        image_url=None,
        enclosure_url="https://a.example/1.mp3",
        enclosure_type="audio/mpeg",
        video_url=None,
        notes="",
        intro="",
        content_hash=title,
        transcript_links=(FileLink(f"https://a.example/{title}.vtt", "text/vtt"),),
    )
    return EpisodeChange(item, None, announce=False, reason=as_text(""), sorted_at=datetime.now(UTC))


async def _add(
    db: Database, number: int, *, due_in: timedelta = -SOON, episodes: int = 0, host: str | None = None
) -> int:
    now = datetime.now(UTC)
    changes = tuple(_change(f"{number}-{place}") for place in range(episodes))
    info = FeedInfo(f"Show {number}", None, None, None)
    result = PollResult(info, changes, PollOutcome(as_text(""), now, now + due_in, as_text("")))
    feed_url = f"https://{host or number}.example/{number}"
    return await create_podcast(db, feed_url, result, by_operator=True)


@asynccontextmanager
async def _polling(looks: Looks, on_news: Callable[[], None] = lambda: None) -> AsyncIterator[Poller]:
    reader = Reader(cast("Pipeline", looks), cast("LinkedFiles", looks))
    poller = Poller(looks.db, reader, on_news)
    running = asyncio.create_task(poller.run())
    yield poller
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()


async def test_what_is_due_is_looked_at_a_few_at_once(sqlite_db: Database) -> None:
    due = [await _add(sqlite_db, number) for number in range(AT_ONCE + 3)]
    later = await _add(sqlite_db, 999, due_in=SOON)
    looks = Looks(sqlite_db)
    async with _polling(looks):
        await looks.until(lambda: len(looks.running) == AT_ONCE)
        looks.gate.set()
        await looks.until(lambda: set(due) <= set(looks.reads))
    assert looks.most_at_once == AT_ONCE
    assert all(looks.looks[one] == 1 for one in due)
    assert looks.looks[later] == 0


async def test_one_podcasts_fault_is_no_others(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("bot.polling.poller.AFTER_A_FAULT_S", 0.01)
    broken, good = await _add(sqlite_db, 1), await _add(sqlite_db, 2)
    looks = Looks(sqlite_db, broken={broken})
    looks.gate.set()
    async with _polling(looks) as poller:
        await looks.until(lambda: good in looks.reads)
        late = await _add(sqlite_db, 3)
        poller.wake()
        await looks.until(lambda: late in looks.reads and bool(looks.faults))
    # It is kept, and not tried again before its time.
    assert (looks.looks[broken], looks.faults) == (1, [broken])


async def test_a_fault_that_cannot_be_kept_is_looked_at_again(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("bot.polling.poller.AFTER_A_FAULT_S", 0.01)
    monkeypatch.setattr("bot.workers.leased_worker.LEASE", timedelta(seconds=0.1))
    broken = await _add(sqlite_db, 1)
    looks = Looks(sqlite_db, broken={broken}, forgetful=1)
    looks.gate.set()
    async with _polling(looks):
        await looks.until(lambda: looks.faults == [broken])
    assert looks.looks[broken] == 2
    assert caplog.text.count("not even its fault could be kept: the database is away") == 1


async def test_slow_hosts_of_transcripts_do_not_hold_up_looking(sqlite_db: Database) -> None:
    first = [await _add(sqlite_db, number) for number in range(AT_ONCE)]
    looks = Looks(sqlite_db, hosts=asyncio.Event())
    looks.gate.set()
    async with _polling(looks) as poller:
        await looks.until(lambda: looks.looks.keys() >= set(first) and len(looks.begun) == PODCASTS_AT_ONCE)
        more = [await _add(sqlite_db, number) for number in range(AT_ONCE, 2 * AT_ONCE)]
        poller.wake()
        await looks.until(lambda: looks.looks.keys() >= set(more))
        # Meanwhile nobody else's transcripts are read, and afterwards all are.
        assert len(looks.begun) == PODCASTS_AT_ONCE
        looks.hosts.set()
        await looks.until(lambda: looks.reads.keys() >= {*first, *more})


async def test_a_database_that_fails_delays_it_and_ends_nothing(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("bot.polling.poller.AFTER_A_FAULT_S", 0.01)
    failures = 3

    claim = PollQueue.claim

    async def failing(queue: PollQueue, owner: str, **asked: Any) -> list[Podcast]:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database is away")
        return await claim(queue, owner, **asked)

    monkeypatch.setattr(PollQueue, "claim", failing)
    number = await _add(sqlite_db, 1)
    looks = Looks(sqlite_db)
    looks.gate.set()
    async with _polling(looks):
        await looks.until(lambda: number in looks.reads)
    assert caplog.text.count("polling is held up") == 3
    assert "Traceback" not in caplog.text


async def test_news_are_told(sqlite_db: Database) -> None:
    for announced, expected in ((0, []), (2, ["news"])):
        told: list[str] = []
        number = await _add(sqlite_db, announced)
        looks = Looks(sqlite_db, announced=announced)
        looks.gate.set()
        async with _polling(looks, lambda told=told: told.append("news")):  # type: ignore[misc]
            await looks.until(lambda number=number, looks=looks: number in looks.reads)  # type: ignore[misc]
        assert told == expected


async def test_transcripts_are_read_until_none_is_missing(sqlite_db: Database) -> None:
    number = await _add(sqlite_db, 1, due_in=SOON, episodes=2 * FILES_AT_A_TIME + 1)
    looks = Looks(sqlite_db)
    async with _polling(looks) as poller:
        poller.read_files_soon(number)
        # While it is being read, nobody begins another time.
        poller.read_files_soon(number)
        await looks.until(lambda: looks.reads[number] == 3)
    assert await _pending(sqlite_db, number, 999) == []
    assert looks.reads[number] == 3


async def test_transcripts_that_cannot_be_read_are_not_tried_for_ever(sqlite_db: Database) -> None:
    number = await _add(sqlite_db, 1, due_in=SOON, episodes=3)
    other = await _add(sqlite_db, 2, due_in=SOON)
    looks = Looks(sqlite_db, unreadable=True)
    async with _polling(looks) as poller:
        poller.read_files_soon(number)
        await looks.until(lambda: looks.reads[number] == 2)
        poller.read_files_soon(other)
        await looks.until(lambda: looks.reads[other] == 1)
        # One that was removed meanwhile is no error.
        poller.read_files_soon(12345)
    assert looks.reads[number] == 2


async def test_one_slow_host_does_not_take_up_every_look(sqlite_db: Database) -> None:
    slow = [await _add(sqlite_db, number, host="slow") for number in range(AT_ONCE + 5)]
    other = await _add(sqlite_db, 999, due_in=-timedelta(seconds=1))
    looks = Looks(sqlite_db)
    async with _polling(looks):
        await looks.until(lambda: other in looks.running and len(looks.running) == AT_ONCE_PER_HOST + 1)
        looks.gate.set()
        await looks.until(lambda: set(slow) <= set(looks.reads))
    assert looks.most_at_once <= AT_ONCE_PER_HOST + 1


async def test_two_pollers_share_the_work(sqlite_db: Database) -> None:
    due = [await _add(sqlite_db, number) for number in range(AT_ONCE + 20)]
    one, two = Looks(sqlite_db), Looks(sqlite_db)
    async with _polling(one), _polling(two):
        await one.until(lambda: bool(one.running))
        await two.until(lambda: len(one.running) + len(two.running) == len(due))
        one.gate.set()
        two.gate.set()
        await one.until(lambda: not one.running)
        await two.until(lambda: not two.running)
    assert one.looks + two.looks == Counter(due)


async def test_what_a_dead_process_held_is_taken_up_at_once(sqlite_db: Database) -> None:
    number = await _add(sqlite_db, 1)
    host = process_name().partition("/")[0]
    now = datetime.now(UTC)
    # A number that no process has, and a lease that would last.
    await _queue(sqlite_db).claim(f"{host}/4194305/abc", now=now, until=now + SOON, limit=9)
    looks = Looks(sqlite_db)
    looks.gate.set()
    async with _polling(looks):
        await looks.until(lambda: number in looks.reads)


async def test_a_poller_that_stops_leaves_what_it_held(sqlite_db: Database) -> None:
    await _add(sqlite_db, 1)
    looks = Looks(sqlite_db)
    async with _polling(looks):
        await looks.until(lambda: bool(looks.running))
        assert len(await _queue(sqlite_db).owners()) == 1
    assert await _queue(sqlite_db).owners() == []


async def test_a_look_that_takes_long_keeps_its_lease(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.leased_worker.RENEWED_EVERY_S", 0.02)
    renewed = asyncio.Event()
    renew = PollQueue.renew

    async def renewing(
        queue: PollQueue, owner: str, podcast_ids: list[int], until: datetime
    ) -> frozenset[int]:
        assert podcast_ids == [number]
        still = await renew(queue, owner, podcast_ids, until)
        renewed.set()
        return still

    monkeypatch.setattr(PollQueue, "renew", renewing)
    number = await _add(sqlite_db, 1)
    looks = Looks(sqlite_db)
    async with _polling(looks):
        await looks.until(lambda: bool(looks.running))
        renewed.clear()
        await asyncio.wait_for(renewed.wait(), 10)
        looks.gate.set()
        await looks.until(lambda: number in looks.reads)
    assert looks.looks[number] == 1


async def test_files_that_are_due_are_read_although_no_feed_is(sqlite_db: Database) -> None:
    number = await _add(sqlite_db, 1, due_in=SOON, episodes=2)
    looks = Looks(sqlite_db)
    async with _polling(looks):
        await looks.until(lambda: number in looks.reads)
    assert not looks.looks
