"""The poller: every podcast is polled when it is due, none twice at once, and one's fault is no other's."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.polling.feed_updater import FeedUpdater
from bot.polling.linked_files import LinkedFiles
from bot.polling.poller import AT_ONCE_PER_HOUSE, FAILING_AT_ONCE, LIMITS, Poller
from bot.polling.services import Reader
from bot.reading.child_process import ReaderUnavailableError
from bot.workers.worker_identity import process_name
from storage.engine.database import Database
from storage.models import (
    Podcast,
    PollOutcome,
    as_text,
)
from storage.tables.feed_updates import record_poll
from storage.tables.poll_queue import PollQueue
from tests.fakes.watch import TIMEOUT_S
from tests.unit.polling.material import SOON, FakeReader, add_podcast
from tests.unit.workers.material import unavailable

AT_ONCE = LIMITS.at_once


def _queue(db: Database) -> PollQueue:
    return PollQueue(db, per_house=9, failing=99, house_of=str, under_way=list, longest_wait=SOON)


@asynccontextmanager
async def _polling(reader: FakeReader, on_news: Callable[[], None] = lambda: None) -> AsyncIterator[Poller]:
    services = Reader(cast("FeedUpdater", reader), cast("LinkedFiles", reader))
    poller = Poller(reader.db, services, on_news)
    running = asyncio.create_task(poller.run())
    yield poller
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()


async def test_what_is_due_is_polled_a_few_at_once(sqlite_db: Database) -> None:
    due = [await add_podcast(sqlite_db, number) for number in range(AT_ONCE + 3)]
    later = await add_podcast(sqlite_db, 999, due_in=SOON)
    reader = FakeReader(sqlite_db)
    async with _polling(reader):
        await reader.until(lambda: len(reader.running) == AT_ONCE)
        reader.gate.set()
        await reader.until(lambda: set(due) <= set(reader.reads))
    assert reader.most_at_once == AT_ONCE
    assert all(reader.polls[one] == 1 for one in due)
    assert reader.polls[later] == 0


async def test_one_podcasts_fault_is_no_others(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("bot.polling.poller.AFTER_A_FAULT_S", 0.01)
    broken, good = await add_podcast(sqlite_db, 1), await add_podcast(sqlite_db, 2)
    reader = FakeReader(sqlite_db, broken={broken})
    reader.gate.set()
    async with _polling(reader) as poller:
        await reader.until(lambda: good in reader.reads)
        late = await add_podcast(sqlite_db, 3)
        poller.wake()
        await reader.until(lambda: late in reader.reads and bool(reader.faults))
    # It is kept, and not tried again before its time.
    assert (reader.polls[broken], reader.faults) == (1, [broken])


async def test_a_fault_that_cannot_be_kept_is_polled_again(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("bot.polling.poller.AFTER_A_FAULT_S", 0.01)
    monkeypatch.setattr("bot.workers.leased_worker.LEASE", timedelta(seconds=0.1))
    broken = await add_podcast(sqlite_db, 1)
    reader = FakeReader(sqlite_db, broken={broken}, forgetful=1)
    reader.gate.set()
    async with _polling(reader):
        await reader.until(lambda: reader.faults == [broken])
    assert reader.polls[broken] == 2
    assert caplog.text.count("the failure could not be stored either: the database is away") == 1


@pytest.mark.parametrize("error", [unavailable(), ReaderUnavailableError("it can't be started")])
async def test_a_poll_that_fails_for_no_fault_of_the_feeds_is_made_again(
    sqlite_db: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("bot.workers.leased_worker.LEASE", timedelta(seconds=0.1))
    number = await add_podcast(sqlite_db, 1)
    reader = FakeReader(sqlite_db, broken={number}, error=error)
    reader.gate.set()
    async with _polling(reader):
        await reader.until(lambda: reader.polls[number] == 2)
        reader.broken.clear()
        await reader.until(lambda: number in reader.reads)
    # It says nothing about the podcast.
    assert reader.faults == []
    assert "Traceback" not in caplog.text


async def test_slow_hosts_of_transcripts_do_not_hold_up_polls(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = 2
    monkeypatch.setattr("bot.polling.file_reader.PODCASTS_AT_ONCE", places)
    first = [await add_podcast(sqlite_db, number) for number in range(AT_ONCE)]
    reader = FakeReader(sqlite_db, hosts=asyncio.Event())
    reader.gate.set()
    async with _polling(reader) as poller:
        await reader.until(lambda: reader.polls.keys() >= set(first) and len(reader.begun) == places)
        more = [await add_podcast(sqlite_db, number) for number in range(AT_ONCE, 2 * AT_ONCE)]
        poller.wake()
        await reader.until(lambda: reader.polls.keys() >= set(more))
        # Where all places are taken, nobody else's transcripts are read, and afterwards all are.
        assert len(reader.begun) == places
        reader.hosts.set()
        await reader.until(lambda: reader.reads.keys() >= {*first, *more})


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
    number = await add_podcast(sqlite_db, 1)
    reader = FakeReader(sqlite_db)
    reader.gate.set()
    async with _polling(reader):
        await reader.until(lambda: number in reader.reads)
    assert caplog.text.count("polling is held up") == 3
    assert "Traceback" not in caplog.text


async def test_news_are_told(sqlite_db: Database) -> None:
    for announced, expected in ((0, []), (2, ["news"])):
        told: list[str] = []
        number = await add_podcast(sqlite_db, announced)
        reader = FakeReader(sqlite_db, announced=announced)
        reader.gate.set()
        async with _polling(reader, lambda told=told: told.append("news")):  # type: ignore[misc]
            await reader.until(lambda number=number, reader=reader: number in reader.reads)  # type: ignore[misc]
        assert told == expected


async def test_one_slow_host_does_not_take_up_every_poll(sqlite_db: Database) -> None:
    slow = [await add_podcast(sqlite_db, number, host="slow") for number in range(AT_ONCE + 5)]
    other = await add_podcast(sqlite_db, 999, due_in=-timedelta(seconds=1))
    reader = FakeReader(sqlite_db)
    async with _polling(reader):
        await reader.until(lambda: other in reader.running and len(reader.running) == AT_ONCE_PER_HOUSE + 1)
        reader.gate.set()
        await reader.until(lambda: set(slow) <= set(reader.reads))
    assert reader.most_at_once <= AT_ONCE_PER_HOUSE + 1


async def test_feeds_that_fail_take_up_a_part_of_the_places(sqlite_db: Database) -> None:
    failing = [await add_podcast(sqlite_db, number) for number in range(AT_ONCE + 5)]
    now = datetime.now(UTC)
    for number in failing:
        await record_poll(
            sqlite_db, number, PollOutcome(as_text(""), now, now - SOON, as_text(""), failed=True)
        )
    well = await add_podcast(sqlite_db, 999, due_in=-timedelta(seconds=1))
    reader = FakeReader(sqlite_db)
    async with _polling(reader):
        # The feed that works waits for none of them, though all have been due for longer.
        await reader.until(lambda: well in reader.running and len(reader.running) == FAILING_AT_ONCE + 1)
        assert reader.most_at_once == FAILING_AT_ONCE + 1
        reader.gate.set()
        await reader.until(lambda: set(failing) <= set(reader.reads))


async def test_two_pollers_share_the_work(sqlite_db: Database) -> None:
    due = [await add_podcast(sqlite_db, number) for number in range(AT_ONCE + 20)]
    one, two = FakeReader(sqlite_db), FakeReader(sqlite_db)
    async with _polling(one), _polling(two):
        await one.until(lambda: bool(one.running))
        await two.until(lambda: len(one.running) + len(two.running) == len(due))
        one.gate.set()
        two.gate.set()
        await one.until(lambda: not one.running)
        await two.until(lambda: not two.running)
    assert one.polls + two.polls == Counter(due)


async def test_what_a_dead_process_held_is_taken_up_at_once(sqlite_db: Database) -> None:
    number = await add_podcast(sqlite_db, 1)
    host = process_name().partition("/")[0]
    now = datetime.now(UTC)
    # A number that no process has, and a lease that would last.
    await _queue(sqlite_db).claim(f"{host}/4194305/abc", now=now, until=now + SOON, limit=9)
    reader = FakeReader(sqlite_db)
    reader.gate.set()
    async with _polling(reader):
        await reader.until(lambda: number in reader.reads)


async def test_a_poller_that_stops_leaves_what_it_held(sqlite_db: Database) -> None:
    await add_podcast(sqlite_db, 1)
    reader = FakeReader(sqlite_db)
    async with _polling(reader):
        await reader.until(lambda: bool(reader.running))
        assert len(await _queue(sqlite_db).owners()) == 1
    assert await _queue(sqlite_db).owners() == []


async def test_a_poll_that_takes_long_keeps_its_lease(
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
    number = await add_podcast(sqlite_db, 1)
    reader = FakeReader(sqlite_db)
    async with _polling(reader):
        await reader.until(lambda: bool(reader.running))
        renewed.clear()
        await asyncio.wait_for(renewed.wait(), TIMEOUT_S)
        reader.gate.set()
        await reader.until(lambda: number in reader.reads)
    assert reader.polls[number] == 1


async def test_files_that_are_due_are_read_although_no_feed_is(sqlite_db: Database) -> None:
    number = await add_podcast(sqlite_db, 1, due_in=SOON, episodes=2)
    reader = FakeReader(sqlite_db)
    async with _polling(reader):
        await reader.until(lambda: number in reader.reads)
    assert not reader.polls
