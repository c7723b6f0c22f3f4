"""Which podcasts are polled next."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.engine.database import Database
from storage.models import as_text
from storage.tables.feed_updates import record_poll
from storage.tables.poll_queue import PollQueue
from tests.unit.storage.material import FEED, NOW, followed, item, outcome, stored

DUE = NOW + timedelta(minutes=10)
LEASE = timedelta(seconds=20)
LONGEST = timedelta(hours=6)


def _queue(db: Database, *, per_host: int = 10, busy: dict[str, int] | None = None) -> PollQueue:
    return PollQueue(db, per_host=per_host, under_way=lambda: busy or {}, longest_wait=LONGEST)


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


async def test_one_host_does_not_take_up_every_poll(db: Database) -> None:
    crowded = [await stored(db, item("a"), feed_url=f"https://ME:x@one.example/{n}") for n in range(5)]
    other = await stored(db, item("a"), feed_url=FEED)
    busy = _queue(db, per_host=2, busy={"one.example": 2})
    assert await _claim(busy) == [other]
    # What is under way counts.
    assert await _claim(_queue(db, per_host=2, busy={"one.example": 1})) == crowded[:1]
    assert await _claim(_queue(db, per_host=2)) == crowded[1:3]
    assert await busy.next_due_at(DUE) == DUE + LEASE
    assert await _claim(_queue(db, per_host=9), limit=9) == crowded[3:]
