"""Deliveries: planned once, gathered into digests, and read."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import Delivery, DeliveryKind, DeliveryState, as_text
from storage.tables.deliveries import due_deliveries, gather_digest, last_problem, plan_delivery
from storage.tables.delivery_outcomes import fail_delivery, finish_delivery
from storage.tables.destinations import remove_destinations
from tests.unit.storage.deliveries import LATER, again, begin, delivery_queue
from tests.unit.storage.material import NOW, followed, ids, item, stored


async def test_one_is_planned_once(db: Database, delivery: Delivery) -> None:
    assert (delivery.channel_id, delivery.guild_id) == (10, 1)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PLANNED, 0)
    assert (delivery.message_id, delivery.error, delivery.sending_since) == (None, None, None)
    assert await again(db, delivery) == delivery
    assert await due_deliveries(db, NOW, 10) == [delivery]
    assert await delivery_queue(db).next_due_at(NOW) is None


async def _outage(db: Database, count: int) -> list[Delivery]:
    """A destination with so many plans, each a day older than the next."""
    podcast_id = await stored(db, *(item(str(n), published=NOW - timedelta(days=n)) for n in range(count)))
    destination = await followed(db, podcast_id, 10)
    known = await ids(db, podcast_id)
    return [
        (await plan_delivery(db, destination.id, known[str(n)], NOW - timedelta(days=n)))[0]
        for n in range(count)
    ]


async def test_a_digest_is_the_delivery_of_each(db: Database) -> None:
    plans = await _outage(db, 6)
    [first] = await begin(db)
    assert first.id == plans[5].id
    old = NOW - timedelta(hours=24)
    group = await gather_digest(db, first, planned_before=old, more_than=3)
    assert [one.id for one in group] == [plans[n].id for n in (5, 4, 3, 2)]
    # A process that takes it up after a kill finds the same group, and the others wait for nobody.
    [taken_up] = await begin(db, LATER)
    assert (taken_up.id, taken_up.digest_of, taken_up.kind) == (first.id, first.id, DeliveryKind.DIGEST)
    known = await gather_digest(db, taken_up, planned_before=old, more_than=3)
    assert [one.id for one in known] == [one.id for one in group]
    await finish_delivery(db, first.id, 77, NOW)
    assert {(await again(db, plans[n])).message_id for n in (5, 4, 3, 2)} == {77}
    left = await due_deliveries(db, LATER, 9)
    assert [one.id for one in left] == [plans[1].id, plans[0].id]


async def test_a_few_old_ones_are_no_digest(db: Database) -> None:
    plans = await _outage(db, 5)
    [first] = await begin(db)
    assert await gather_digest(db, first, planned_before=NOW - timedelta(hours=24), more_than=3) == []
    assert (await again(db, plans[4])).digest_of is None


async def test_due_are_the_oldest_episodes_first_of_destinations_that_are_followed(db: Database) -> None:
    podcast_id = await stored(db, item("new"), item("old", published=NOW - timedelta(days=3)))
    here, there = await followed(db, podcast_id, 10), await followed(db, podcast_id, 20, guild_id=2)
    for episode_id in (await ids(db, podcast_id)).values():
        for destination in (here, there):
            await plan_delivery(db, destination.id, episode_id, NOW)
    known = await ids(db, podcast_id)
    order = [(one.episode_id, one.channel_id) for one in await due_deliveries(db, NOW, 10)]
    assert order == [(known["old"], 10), (known["old"], 20), (known["new"], 10), (known["new"], 20)]
    assert len(await due_deliveries(db, NOW, 3)) == 3
    await remove_destinations(db, guild_id=2, podcast_id=podcast_id, now=NOW)
    assert {one.channel_id for one in await due_deliveries(db, NOW, 10)} == {10}


async def test_the_last_problem_is_that_of_the_newest_delivery(db: Database, delivery: Delivery) -> None:
    await fail_delivery(db, delivery.id, as_text("old"))
    podcast_id = await stored(db, item("b"), feed_url="https://feeds.example/second.xml")
    episode_id = (await ids(db, podcast_id))["b"]
    newer, _ = await plan_delivery(db, delivery.destination_id, episode_id, NOW)
    assert await last_problem(db, delivery.destination_id) is None
    await fail_delivery(db, newer.id, as_text("new"))
    assert await last_problem(db, delivery.destination_id) == as_text("new")
    assert await last_problem(db, 4711) is None
