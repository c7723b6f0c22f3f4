"""Leases are the same for each queue: claimed once, renewed, released, taken up after their end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from storage.engine.database import Database
from storage.models import FollowUpKind, Sent
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import finish_deliveries
from storage.tables.follow_ups import FollowUpQueue
from storage.tables.leases import LeaseQueue
from storage.tables.poll_queue import PollQueue
from tests.unit.storage.deliveries import SETTLED_AFTER, delivery_queue
from tests.unit.storage.material import NOW, followed, ids, item, stored

DUE = NOW + timedelta(minutes=10)
LEASE = timedelta(seconds=20)
Queue = LeaseQueue[Any, Any]


async def _polls(db: Database, count: int) -> Queue:
    for number in range(count):
        await stored(db, item("a"), feed_url=f"https://feeds.example/{number}")
    return PollQueue(
        db, per_house=count, failing=99, house_of=str, under_way=list, longest_wait=timedelta(hours=6)
    )


async def _deliveries(db: Database, count: int) -> Queue:
    podcast_id = await stored(db, item("a"))
    episode_id = (await ids(db, podcast_id))["a"]
    for number in range(count):
        destination = await followed(db, podcast_id, 10 + number)
        await plan_delivery(db, destination.id, episode_id, NOW)
    return delivery_queue(db)


async def _follow_ups(db: Database, count: int) -> Queue:
    queue = await _deliveries(db, count)
    sent = [
        Sent(one.id, 99, NOW, follow_ups=(FollowUpKind.THREAD,))
        for one in await queue.claim("me", now=NOW, until=NOW, limit=count)
    ]
    await finish_deliveries(db, sent)
    return FollowUpQueue(db)


QueueOf = Callable[[Database, int], Awaitable[Queue]]
each_queue = pytest.mark.parametrize("queue_of", [_polls, _deliveries, _follow_ups])


async def _claim(queue: Queue, owner: str = "me", *, now: Any = DUE, limit: int = 99) -> list[Any]:
    items = await queue.claim(owner, now=now, until=now + LEASE, limit=limit)
    return [queue.key_of(one) for one in items]


@each_queue
async def test_a_lease_keeps_others_out_until_it_ends(db: Database, queue_of: QueueOf) -> None:
    queue = await queue_of(db, 1)
    [key] = await _claim(queue, "first")
    assert await queue.owners() == ["first"]
    assert await _claim(queue, "second") == []
    assert await queue.next_due_at(DUE) == DUE + LEASE

    assert await queue.renew("second", [key], DUE + timedelta(days=1)) == frozenset()
    assert await queue.renew("first", [key], DUE + 2 * LEASE) == {key}
    assert await _claim(queue, "second", now=DUE + LEASE) == []
    assert await _claim(queue, "second", now=DUE + 2 * LEASE) == [key]
    # Who lost it renews nothing.
    assert await queue.renew("first", [key], DUE + timedelta(days=1)) == frozenset()
    assert await queue.next_due_at(DUE + 2 * LEASE) == DUE + 3 * LEASE


@each_queue
async def test_what_is_released_comes_free_for_others(db: Database, queue_of: QueueOf) -> None:
    queue = await queue_of(db, 2)
    [first] = await _claim(queue, "first", limit=1)
    [second] = await _claim(queue, "second")
    assert sorted(await queue.owners()) == ["first", "second"]
    assert await queue.release(["first"], DUE) == 1
    assert await queue.owners() == ["second"]
    assert await queue.release(["first", "unknown"], DUE) == 0
    assert await _claim(queue, now=DUE + SETTLED_AFTER) == [first, second]


@each_queue
async def test_renewed_is_only_what_is_named(db: Database, queue_of: QueueOf) -> None:
    queue = await queue_of(db, 3)
    kept, *left = await _claim(queue, "first")
    assert await queue.renew("first", [kept], DUE + timedelta(hours=1)) == {kept}
    assert await _claim(queue, "second", now=DUE + LEASE) == left


@each_queue
async def test_of_many_that_claim_at_once_each_gets_its_own(db: Database, queue_of: QueueOf) -> None:
    queue = await queue_of(db, 20)
    claims = await asyncio.gather(*(_claim(queue, f"process {number}", limit=7) for number in range(5)))
    taken = [key for claim in claims for key in claim]
    assert len(taken) == len(set(taken))
    taken += await _claim(queue, "last")
    assert len(set(taken)) == len(taken) == 20


async def test_a_queue_of_some_rows_leaves_the_others_alone(db: Database) -> None:
    await _follow_ups(db, 2)
    threads, edits = FollowUpQueue(db, [FollowUpKind.THREAD]), FollowUpQueue(db, [FollowUpKind.EDIT])
    assert await _claim(edits) == []
    assert len(await _claim(threads)) == 2
    assert (await threads.owners(), await edits.owners()) == (["me"], [])
    assert (await edits.release(["me"], DUE), await threads.release(["me"], DUE)) == (0, 2)
