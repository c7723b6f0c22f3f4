"""Which podcasts are polled next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.feeds.http.slow_hosts import house_of
from storage.engine.database import Database
from storage.models import Podcast, as_text
from storage.tables.feed_updates import record_poll
from storage.tables.podcasts import get_podcast
from storage.tables.poll_queue import PollQueue
from tests.unit.storage.material import FEED, NOW, followed, item, outcome, stored

DUE = NOW + timedelta(minutes=10)
LEASE = timedelta(seconds=20)
LONGEST = timedelta(hours=6)


def _queue(db: Database, *, per_house: int = 10, failing: int = 9, busy: Sequence[Podcast] = ()) -> PollQueue:
    return PollQueue(
        db,
        per_house=per_house,
        failing=failing,
        house_of=house_of,
        under_way=lambda: busy,
        longest_wait=LONGEST,
    )


async def _podcast(db: Database, number: int) -> Podcast:
    found = await get_podcast(db, number)
    assert found is not None
    return found


async def _claim(queue: PollQueue, now: datetime = DUE, *, limit: int = 10) -> list[int]:
    return [one.id for one in await queue.claim("me", now=now, until=now + LEASE, limit=limit)]


async def test_claimed_are_the_followed_whose_time_has_come_longest_due_first(db: Database) -> None:
    queue = _queue(db)
    assert await queue.next_due_at(NOW) is None
    first = await stored(db, item("a"), title="Abacus")
    second = await stored(db, item("a"), feed_url="https://feeds.example/second.xml", title="Zebra")
    await stored(db, item("a"), feed_url="https://feeds.example/third.xml", by_operator=False)
    paused = await stored(db, item("a"), feed_url="https://feeds.example/gone.xml")
    last = await stored(db, item("a"), feed_url="https://feeds.example/last.xml")
    earlier = DUE - timedelta(minutes=1)
    await record_poll(db, second, outcome(next_poll_at=earlier))
    await record_poll(db, paused, outcome(failed=True, pause=as_text("it is gone"), next_poll_at=NOW))
    assert await queue.next_due_at(NOW) == earlier
    assert await _claim(queue, NOW) == []
    assert await _claim(queue, limit=2) == [second, first]
    assert await _claim(queue) == [last]
    assert await _claim(queue) == []


async def test_what_is_held_comes_free_when_its_poll_is_recorded(db: Database) -> None:
    podcast_id = await stored(db, item("a"), by_operator=False)
    await followed(db, podcast_id, 10)
    queue = _queue(db)
    assert await _claim(queue) == [podcast_id]
    assert await queue.next_due_at(DUE) == DUE + LEASE
    await record_poll(db, podcast_id, outcome(now=DUE))
    assert await queue.owners() == []
    assert await queue.next_due_at(DUE) == DUE + timedelta(minutes=10)


@pytest.mark.parametrize("address", ["https://ME:x@one.example/{}", "https://s{}.one.example:8443/"])
async def test_one_house_does_not_take_up_every_poll(db: Database, address: str) -> None:
    crowded = [await stored(db, item("a"), feed_url=address.format(n)) for n in range(5)]
    other = await stored(db, item("a"), feed_url="https://one.example.org/feed")
    one = await _podcast(db, crowded[4])
    busy = _queue(db, per_house=2, busy=[one, one])
    assert await _claim(busy, limit=1) == [other]
    # What is under way counts.
    assert await _claim(_queue(db, per_house=2, busy=[one])) == crowded[:1]
    assert await _claim(_queue(db, per_house=2)) == crowded[1:3]
    assert await _claim(_queue(db, per_house=9), limit=9) == crowded[3:]


async def test_feeds_that_failed_have_a_part_of_the_places(db: Database) -> None:
    failing = [await stored(db, item("a"), feed_url=f"https://f{n}.example/") for n in range(4)]
    well = await stored(db, item("a"), feed_url=FEED)
    for number in failing:
        await record_poll(db, number, outcome(failed=True, next_poll_at=NOW))
    one = await _podcast(db, failing[3])
    assert await _claim(_queue(db, failing=2, busy=[one, one]), limit=1) == [well]
    assert await _claim(_queue(db, failing=2, busy=[one])) == failing[:1]
    assert await _claim(_queue(db, failing=2)) == failing[1:3]
    assert await _queue(db, failing=1, busy=[one]).next_due_at(DUE) == DUE + LEASE
    assert await _queue(db, failing=2, busy=[one]).next_due_at(DUE) == NOW
