"""The queue of deliveries: who may send what, and in which order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from storage.engine.database import Database
from storage.models import Delivery, DeliveryState, as_text
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import fail_delivery, finish_delivery, postpone_delivery, retry_delivery
from tests.unit.storage.deliveries import LATER, again, begin, delivery_queue, removed
from tests.unit.storage.material import NOW, followed, ids, item, stored


async def test_the_first_attempt_that_may_stand_is_where_to_look_back_from(
    db: Database, delivery: Delivery
) -> None:
    assert len(await begin(db, NOW)) == 1
    begun = replace(delivery, state=DeliveryState.SENDING, attempts=1, sending_since=NOW)
    assert await again(db, delivery) == begun
    await begin(db, LATER)
    assert await again(db, delivery) == replace(begun, attempts=2)


async def test_what_a_dead_process_held_is_looked_for_once_it_has_settled(
    db: Database, delivery: Delivery
) -> None:
    until = NOW + timedelta(minutes=9)
    assert await delivery_queue(db).claim("dead", now=NOW, until=until, limit=9)
    assert await delivery_queue(db).claim("me", now=LATER, until=until, limit=9) == []
    assert await delivery_queue(db).owners() == ["dead"]
    assert await delivery_queue(db).release(["dead"], NOW) == 1
    assert await delivery_queue(db).owners() == []
    assert await delivery_queue(db).claim("me", now=NOW, until=until, limit=9) == []
    [taken] = await delivery_queue(db).claim("me", now=LATER, until=until, limit=9)
    assert (taken.sending_since, taken.attempts) == (NOW, 2)


async def test_a_lease_lasts_until_it_is_not_renewed(db: Database, delivery: Delivery) -> None:
    soon = NOW + timedelta(seconds=20)
    assert await delivery_queue(db).claim("slow", now=NOW, until=soon, limit=9)
    assert await delivery_queue(db).renew("other", [delivery.id], LATER) == frozenset()
    assert await delivery_queue(db).next_due_at(NOW) == soon
    assert await delivery_queue(db).renew("slow", [delivery.id], LATER) == {delivery.id}
    assert await delivery_queue(db).claim("me", now=soon, until=LATER, limit=9) == []
    assert len(await delivery_queue(db).claim("me", now=LATER, until=LATER, limit=9)) == 1


async def test_each_is_claimed_once_by_many(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    for channel_id in range(10, 30):
        destination = await followed(db, podcast_id, channel_id)
        await plan_delivery(db, destination.id, (await ids(db, podcast_id))["a"], NOW)
    claims = await asyncio.gather(
        *(delivery_queue(db).claim(f"p{n}", now=NOW, until=LATER, limit=7) for n in range(5))
    )
    taken = [one.channel_id for claim in claims for one in claim]
    assert len(taken) == len(set(taken))
    rest = await delivery_queue(db).claim("last", now=NOW, until=LATER, limit=99)
    assert sorted(taken + [one.channel_id for one in rest]) == list(range(10, 30))


async def test_a_channel_gets_one_at_a_time_and_podcasts_take_turns(db: Database) -> None:
    podcast_id = await stored(db, item("new"), item("old", published=NOW - timedelta(days=3)))
    other = await stored(db, item("c"), feed_url="https://feeds.example/second.xml")
    for channel_id in (10, 11, 12):
        destination = await followed(db, podcast_id, channel_id)
        for episode_id in (await ids(db, podcast_id)).values():
            await plan_delivery(db, destination.id, episode_id, NOW)
    late = await followed(db, other, 20)
    await plan_delivery(db, late.id, (await ids(db, other))["c"], NOW)
    known = await ids(db, podcast_id)
    first = await delivery_queue(db).claim("me", now=NOW, until=LATER, limit=2)
    assert [one.channel_id for one in first] == [10, 20]
    # The older one of its channel is on its way; the newer waits for that.
    rest = await delivery_queue(db).claim("me", now=NOW, until=LATER, limit=9)
    assert [(one.channel_id, one.episode_id) for one in rest] == [(11, known["old"]), (12, known["old"])]
    await finish_delivery(db, first[0].id, 1, NOW)
    # While it fails for a while, too, but not for ever.
    in_order = timedelta(minutes=2)
    await postpone_delivery(
        db,
        rest[0].id,
        state=DeliveryState.SENDING,
        error=as_text("503"),
        next_try_at=LATER,
        now=NOW,
        first_until=in_order,
    )
    newer = await delivery_queue(db).claim("me", now=NOW, until=LATER, limit=9)
    assert [(one.channel_id, one.episode_id) for one in newer] == [(10, known["new"])]
    [overtakes] = await delivery_queue(db).claim("me", now=NOW + in_order, until=LATER, limit=9)
    assert (overtakes.channel_id, overtakes.episode_id) == (11, known["new"])


async def test_what_was_sent_or_given_up_is_not_begun(db: Database, delivery: Delivery) -> None:
    await fail_delivery(db, delivery.id, as_text("gone"))
    assert await begin(db, NOW) == []
    await retry_delivery(db, delivery.id)
    assert len(await begin(db, NOW)) == 1
    await finish_delivery(db, delivery.id, 999, NOW)
    assert await begin(db, NOW) == []
    assert (await again(db, delivery)).state is DeliveryState.SENT


async def test_nothing_is_begun_for_a_channel_that_stopped_following(
    db: Database, delivery: Delivery
) -> None:
    podcast_id = await removed(db)
    assert await begin(db, NOW) == []
    await followed(db, podcast_id, 10)
    assert await begin(db, NOW) == []
    given_up = await again(db, delivery)
    assert (given_up.state, given_up.attempts, given_up.sending_since) == (DeliveryState.FAILED, 0, None)
