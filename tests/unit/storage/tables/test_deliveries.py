"""Deliveries: how far each announcement has come."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.engine.database import Database
from storage.models import Delivery, DeliveryKind, DeliveryState
from storage.tables.deliveries import (
    claim_deliveries,
    delivery_owners,
    due_deliveries,
    fail_delivery,
    finish_delivery,
    gather_digest,
    hasten_deliveries,
    last_problem,
    next_delivery_at,
    plan_delivery,
    postpone_delivery,
    release_deliveries,
    renew_delivery_leases,
    retry_delivery,
)
from storage.tables.destinations import remove_destinations
from storage.tables.podcasts import list_podcasts
from tests.unit.storage.material import NOW, followed, ids, item, stored

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
async def delivery(db: Database) -> Delivery:
    """A planned delivery of the episode "a" to the channel 10 of the server 1."""
    podcast_id = await stored(db, item("a"))
    destination = await followed(db, podcast_id, 10)
    planned, made = await plan_delivery(db, destination.id, (await ids(db, podcast_id))["a"], NOW)
    assert made
    return planned


async def _again(db: Database, delivery: Delivery) -> Delivery:
    found, made = await plan_delivery(db, delivery.destination_id, delivery.episode_id, LATER)
    assert not made
    return found


async def _begin(db: Database, now: datetime = NOW) -> list[Delivery]:
    """Claim all that is due, for no longer than this very moment."""
    return await claim_deliveries(db, "me", now=now, until=now, limit=9)


async def _postpone(db: Database, delivery: Delivery, state: DeliveryState, error: str) -> None:
    await postpone_delivery(db, delivery.id, state=state, error=error, next_try_at=LATER, now=NOW)


async def test_one_is_planned_once(db: Database, delivery: Delivery) -> None:
    assert (delivery.channel_id, delivery.guild_id) == (10, 1)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PLANNED, 0)
    assert (delivery.message_id, delivery.error, delivery.sending_since) == (None, None, None)
    assert await _again(db, delivery) == delivery
    assert await due_deliveries(db, NOW, 10) == [delivery]
    assert await next_delivery_at(db, NOW) is None


async def test_the_first_attempt_that_may_stand_is_where_to_look_back_from(
    db: Database, delivery: Delivery
) -> None:
    assert len(await _begin(db, NOW)) == 1
    begun = replace(delivery, state=DeliveryState.SENDING, attempts=1, sending_since=NOW)
    assert await _again(db, delivery) == begun
    await _begin(db, LATER)
    assert await _again(db, delivery) == replace(begun, attempts=2)


async def test_one_that_was_sent_is_never_due(db: Database, delivery: Delivery) -> None:
    await _begin(db, NOW)
    await _postpone(db, delivery, DeliveryState.SENDING, "503")
    await finish_delivery(db, delivery.id, 2**62 + 1, NOW)
    sent = await _again(db, delivery)
    assert (sent.state, sent.message_id, sent.error) == (DeliveryState.SENT, 2**62 + 1, None)
    await release_deliveries(db, ["me"], NOW)
    assert await due_deliveries(db, LATER, 10) == []
    assert await next_delivery_at(db, NOW) is None
    assert await last_problem(db, delivery.destination_id) is None


@pytest.mark.parametrize(("state", "since"), [(DeliveryState.SENDING, NOW), (DeliveryState.PLANNED, None)])
async def test_one_that_was_postponed_waits(
    db: Database, delivery: Delivery, state: DeliveryState, since: object
) -> None:
    await _begin(db, NOW)
    await _postpone(db, delivery, state, "503")
    postponed = await _again(db, delivery)
    assert (postponed.state, postponed.error, postponed.sending_since) == (state, "503", since)
    assert await due_deliveries(db, LATER - timedelta(seconds=1), 10) == []
    assert await next_delivery_at(db, NOW) == LATER
    assert await due_deliveries(db, LATER, 10) == [postponed]
    assert await last_problem(db, delivery.destination_id) == "503"


async def test_what_a_dead_process_held_is_looked_for_once_it_has_settled(
    db: Database, delivery: Delivery
) -> None:
    until = NOW + timedelta(minutes=9)
    assert await claim_deliveries(db, "dead", now=NOW, until=until, limit=9)
    assert await claim_deliveries(db, "me", now=LATER, until=until, limit=9) == []
    assert await delivery_owners(db) == ["dead"]
    assert await release_deliveries(db, ["dead"], LATER) == 1
    assert await delivery_owners(db) == []
    assert await claim_deliveries(db, "me", now=NOW, until=until, limit=9) == []
    [taken] = await claim_deliveries(db, "me", now=LATER, until=until, limit=9)
    assert (taken.sending_since, taken.attempts) == (NOW, 2)


async def test_a_lease_lasts_until_it_is_not_renewed(db: Database, delivery: Delivery) -> None:
    soon = NOW + timedelta(seconds=20)
    assert await claim_deliveries(db, "slow", now=NOW, until=soon, limit=9)
    assert await renew_delivery_leases(db, "other", [delivery.id], LATER) == frozenset()
    assert await next_delivery_at(db, NOW) == soon
    assert await renew_delivery_leases(db, "slow", [delivery.id], LATER) == {delivery.id}
    assert await claim_deliveries(db, "me", now=soon, until=LATER, limit=9) == []
    assert len(await claim_deliveries(db, "me", now=LATER, until=LATER, limit=9)) == 1


async def test_each_is_claimed_once_by_many(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    for channel_id in range(10, 30):
        destination = await followed(db, podcast_id, channel_id)
        await plan_delivery(db, destination.id, (await ids(db, podcast_id))["a"], NOW)
    claims = await asyncio.gather(
        *(claim_deliveries(db, f"p{n}", now=NOW, until=LATER, limit=7) for n in range(5))
    )
    taken = [one.channel_id for claim in claims for one in claim]
    assert len(taken) == len(set(taken))
    rest = await claim_deliveries(db, "last", now=NOW, until=LATER, limit=99)
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
    first = await claim_deliveries(db, "me", now=NOW, until=LATER, limit=2)
    assert [one.channel_id for one in first] == [10, 20]
    # The older one of its channel is on its way; the newer waits for that.
    rest = await claim_deliveries(db, "me", now=NOW, until=LATER, limit=9)
    assert [(one.channel_id, one.episode_id) for one in rest] == [(11, known["old"]), (12, known["old"])]
    await finish_delivery(db, first[0].id, 1, NOW)
    # While it fails for a while, too, but not for ever.
    in_order = timedelta(minutes=2)
    await postpone_delivery(
        db,
        rest[0].id,
        state=DeliveryState.SENDING,
        error="503",
        next_try_at=LATER,
        now=NOW,
        first_until=in_order,
    )
    newer = await claim_deliveries(db, "me", now=NOW, until=LATER, limit=9)
    assert [(one.channel_id, one.episode_id) for one in newer] == [(10, known["new"])]
    [overtakes] = await claim_deliveries(db, "me", now=NOW + in_order, until=LATER, limit=9)
    assert (overtakes.channel_id, overtakes.episode_id) == (11, known["new"])


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
    [first] = await _begin(db)
    assert first.id == plans[5].id
    old = NOW - timedelta(hours=24)
    group = await gather_digest(db, first, planned_before=old, more_than=3)
    assert [one.id for one in group] == [plans[n].id for n in (5, 4, 3, 2)]
    # A process that takes it up after a kill finds the same group, and the others wait for nobody.
    [again] = await _begin(db, LATER)
    assert (again.id, again.digest_of, again.kind) == (first.id, first.id, DeliveryKind.DIGEST)
    known = await gather_digest(db, again, planned_before=old, more_than=3)
    assert [one.id for one in known] == [one.id for one in group]
    await finish_delivery(db, first.id, 77, NOW)
    assert {(await _again(db, plans[n])).message_id for n in (5, 4, 3, 2)} == {77}
    left = await due_deliveries(db, LATER, 9)
    assert [one.id for one in left] == [plans[1].id, plans[0].id]


async def test_a_few_old_ones_are_no_digest(db: Database) -> None:
    plans = await _outage(db, 5)
    [first] = await _begin(db)
    assert await gather_digest(db, first, planned_before=NOW - timedelta(hours=24), more_than=3) == []
    assert (await _again(db, plans[4])).digest_of is None


async def test_what_was_given_up_is_sent_anew_under_a_nonce_of_its_own(
    db: Database, delivery: Delivery
) -> None:
    await retry_delivery(db, delivery.id)
    assert (await _again(db, delivery)).resend == 0
    await fail_delivery(db, delivery.id, "400")
    await retry_delivery(db, delivery.id)
    assert (await _again(db, delivery)).resend == 1


async def test_one_that_failed_waits_for_somebody(db: Database, delivery: Delivery) -> None:
    await fail_delivery(db, delivery.id, "Let me write there.")
    assert await due_deliveries(db, LATER, 10) == []
    assert await last_problem(db, delivery.destination_id) == "Let me write there."
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.PLANNED, None)


@pytest.mark.parametrize("given_up", [False, True])
async def test_what_may_stand_is_looked_for_first_when_somebody_asks_for_it(
    db: Database, delivery: Delivery, given_up: bool
) -> None:
    await _begin(db, NOW)
    await _postpone(db, delivery, DeliveryState.SENDING, "503")
    if given_up:
        await fail_delivery(db, delivery.id, "503")
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.SENDING, NOW)


async def test_what_waits_is_due_when_somebody_asks_for_it_and_what_was_sent_never(
    db: Database, delivery: Delivery
) -> None:
    await _postpone(db, delivery, DeliveryState.PLANNED, "403")
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.PLANNED, None)
    await finish_delivery(db, delivery.id, 999, NOW)
    await retry_delivery(db, delivery.id)
    sent = await _again(db, delivery)
    assert (sent.state, sent.message_id) == (DeliveryState.SENT, 999)


async def test_what_was_sent_or_given_up_is_not_begun(db: Database, delivery: Delivery) -> None:
    await fail_delivery(db, delivery.id, "gone")
    assert await _begin(db, NOW) == []
    await retry_delivery(db, delivery.id)
    assert len(await _begin(db, NOW)) == 1
    await finish_delivery(db, delivery.id, 999, NOW)
    assert await _begin(db, NOW) == []
    assert (await _again(db, delivery)).state is DeliveryState.SENT


async def _removed(db: Database) -> int:
    [podcast] = await list_podcasts(db)
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast.id, now=NOW) == 1
    return podcast.id


async def test_nothing_is_begun_for_a_channel_that_stopped_following(
    db: Database, delivery: Delivery
) -> None:
    podcast_id = await _removed(db)
    assert await _begin(db, NOW) == []
    await followed(db, podcast_id, 10)
    assert await _begin(db, NOW) == []
    given_up = await _again(db, delivery)
    assert (given_up.state, given_up.attempts, given_up.sending_since) == (DeliveryState.FAILED, 0, None)


@pytest.mark.parametrize("begun", [False, True])
async def test_what_waits_for_a_channel_that_stops_following_is_given_up_for_good(
    db: Database, delivery: Delivery, begun: bool
) -> None:
    if begun:
        await _begin(db, NOW)
    podcast_id = await _removed(db)
    await followed(db, podcast_id, 10)
    await release_deliveries(db, ["me"], NOW)
    assert await hasten_deliveries(db, 1) == 0
    assert await due_deliveries(db, LATER, 10) == []
    assert await last_problem(db, delivery.destination_id) is None
    # Somebody who asks for it gets it.
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert due.state is (DeliveryState.SENDING if begun else DeliveryState.PLANNED)


async def test_an_attempt_under_way_revives_nothing_that_was_given_up(
    db: Database, delivery: Delivery
) -> None:
    await _begin(db, NOW)
    podcast_id = await _removed(db)
    await _postpone(db, delivery, DeliveryState.SENDING, "503")
    await followed(db, podcast_id, 10)
    assert await due_deliveries(db, LATER, 10) == []


async def test_an_attempt_under_way_that_did_arrive_counts(db: Database, delivery: Delivery) -> None:
    await _begin(db, NOW)
    await _removed(db)
    await finish_delivery(db, delivery.id, 999, NOW)
    assert (await _again(db, delivery)).state is DeliveryState.SENT


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
    await fail_delivery(db, delivery.id, "old")
    podcast_id = await stored(db, item("b"), feed_url="https://feeds.example/second.xml")
    episode_id = (await ids(db, podcast_id))["b"]
    newer, _ = await plan_delivery(db, delivery.destination_id, episode_id, NOW)
    assert await last_problem(db, delivery.destination_id) is None
    await fail_delivery(db, newer.id, "new")
    assert await last_problem(db, delivery.destination_id) == "new"
    assert await last_problem(db, 4711) is None


async def test_what_waits_in_a_server_is_due_at_once_when_something_changed_there(
    db: Database, delivery: Delivery
) -> None:
    await _postpone(db, delivery, DeliveryState.PLANNED, "403")
    assert await hasten_deliveries(db, 2) == 0
    assert await due_deliveries(db, NOW, 10) == []
    assert await hasten_deliveries(db, 1) == 1
    assert [one.id for one in await due_deliveries(db, NOW, 10)] == [delivery.id]
    assert await hasten_deliveries(db, 1) == 0
    await fail_delivery(db, delivery.id, "gone")
    assert await hasten_deliveries(db, 1) == 0
