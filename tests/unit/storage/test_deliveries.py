"""Deliveries: how far each announcement has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database
from storage.deliveries import (
    begin_delivery,
    due_deliveries,
    fail_delivery,
    finish_delivery,
    hasten_deliveries,
    last_problem,
    next_delivery_at,
    plan_delivery,
    postpone_delivery,
    resume_deliveries,
    retry_delivery,
)
from storage.destinations import remove_destinations
from storage.models import Delivery, DeliveryState
from storage.podcasts import list_podcasts
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


async def test_one_is_planned_once(db: Database, delivery: Delivery) -> None:
    assert (delivery.channel_id, delivery.guild_id) == (10, 1)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PLANNED, 0)
    assert (delivery.message_id, delivery.error, delivery.sending_since) == (None, None, None)
    assert await _again(db, delivery) == delivery
    assert await due_deliveries(db, NOW, 10) == [delivery]
    assert await next_delivery_at(db) is None


async def test_the_first_attempt_that_may_stand_is_where_to_look_back_from(
    db: Database, delivery: Delivery
) -> None:
    assert await begin_delivery(db, delivery.id, NOW)
    begun = replace(delivery, state=DeliveryState.SENDING, attempts=1, sending_since=NOW)
    assert await _again(db, delivery) == begun
    await begin_delivery(db, delivery.id, LATER)
    assert await _again(db, delivery) == replace(begun, attempts=2)


async def test_one_that_was_sent_is_never_due(db: Database, delivery: Delivery) -> None:
    await begin_delivery(db, delivery.id, NOW)
    await postpone_delivery(db, delivery.id, state=DeliveryState.SENDING, error="503", next_try_at=NOW)
    await finish_delivery(db, delivery.id, 2**62 + 1)
    sent = await _again(db, delivery)
    assert (sent.state, sent.message_id, sent.error) == (DeliveryState.SENT, 2**62 + 1, None)
    await resume_deliveries(db)
    assert await due_deliveries(db, LATER, 10) == []
    assert await next_delivery_at(db) is None
    assert await last_problem(db, delivery.destination_id) is None


@pytest.mark.parametrize(("state", "since"), [(DeliveryState.SENDING, NOW), (DeliveryState.PLANNED, None)])
async def test_one_that_was_postponed_waits(
    db: Database, delivery: Delivery, state: DeliveryState, since: object
) -> None:
    await begin_delivery(db, delivery.id, NOW)
    await postpone_delivery(db, delivery.id, state=state, error="503", next_try_at=LATER)
    postponed = await _again(db, delivery)
    assert (postponed.state, postponed.error, postponed.sending_since) == (state, "503", since)
    assert await due_deliveries(db, LATER - timedelta(seconds=1), 10) == []
    assert await next_delivery_at(db) == LATER
    assert await due_deliveries(db, LATER, 10) == [postponed]
    assert await last_problem(db, delivery.destination_id) == "503"


async def test_a_new_process_takes_up_at_once_what_may_stand(db: Database, delivery: Delivery) -> None:
    await begin_delivery(db, delivery.id, NOW)
    await postpone_delivery(db, delivery.id, state=DeliveryState.SENDING, error="503", next_try_at=LATER)
    await resume_deliveries(db)
    [due] = await due_deliveries(db, NOW, 10)
    assert due.sending_since == NOW


async def test_a_new_process_does_not_hurry_what_only_waits(db: Database, delivery: Delivery) -> None:
    await postpone_delivery(db, delivery.id, state=DeliveryState.PLANNED, error="429", next_try_at=LATER)
    await resume_deliveries(db)
    assert await due_deliveries(db, NOW, 10) == []


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
    await begin_delivery(db, delivery.id, NOW)
    await postpone_delivery(db, delivery.id, state=DeliveryState.SENDING, error="503", next_try_at=LATER)
    if given_up:
        await fail_delivery(db, delivery.id, "503")
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.SENDING, NOW)


async def test_what_waits_is_due_when_somebody_asks_for_it_and_what_was_sent_never(
    db: Database, delivery: Delivery
) -> None:
    await postpone_delivery(db, delivery.id, state=DeliveryState.PLANNED, error="403", next_try_at=LATER)
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.PLANNED, None)
    await finish_delivery(db, delivery.id, 999)
    await retry_delivery(db, delivery.id)
    sent = await _again(db, delivery)
    assert (sent.state, sent.message_id) == (DeliveryState.SENT, 999)


async def test_what_was_sent_or_given_up_is_not_begun(db: Database, delivery: Delivery) -> None:
    await fail_delivery(db, delivery.id, "gone")
    assert not await begin_delivery(db, delivery.id, NOW)
    await retry_delivery(db, delivery.id)
    assert await begin_delivery(db, delivery.id, NOW)
    await finish_delivery(db, delivery.id, 999)
    assert not await begin_delivery(db, delivery.id, NOW)
    assert (await _again(db, delivery)).state is DeliveryState.SENT


async def _removed(db: Database) -> int:
    [podcast] = await list_podcasts(db)
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast.id, now=NOW) == 1
    return podcast.id


async def test_nothing_is_begun_for_a_channel_that_stopped_following(
    db: Database, delivery: Delivery
) -> None:
    podcast_id = await _removed(db)
    assert not await begin_delivery(db, delivery.id, NOW)
    await followed(db, podcast_id, 10)
    assert not await begin_delivery(db, delivery.id, NOW)
    given_up = await _again(db, delivery)
    assert (given_up.state, given_up.attempts, given_up.sending_since) == (DeliveryState.FAILED, 0, None)


@pytest.mark.parametrize("begun", [False, True])
async def test_what_waits_for_a_channel_that_stops_following_is_given_up_for_good(
    db: Database, delivery: Delivery, begun: bool
) -> None:
    if begun:
        await begin_delivery(db, delivery.id, NOW)
    podcast_id = await _removed(db)
    await followed(db, podcast_id, 10)
    await resume_deliveries(db)
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
    await begin_delivery(db, delivery.id, NOW)
    podcast_id = await _removed(db)
    await postpone_delivery(db, delivery.id, state=DeliveryState.SENDING, error="503", next_try_at=LATER)
    await followed(db, podcast_id, 10)
    assert await due_deliveries(db, LATER, 10) == []


async def test_an_attempt_under_way_that_did_arrive_counts(db: Database, delivery: Delivery) -> None:
    await begin_delivery(db, delivery.id, NOW)
    await _removed(db)
    await finish_delivery(db, delivery.id, 999)
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
    await postpone_delivery(db, delivery.id, state=DeliveryState.PLANNED, error="403", next_try_at=LATER)
    assert await hasten_deliveries(db, 2) == 0
    assert await due_deliveries(db, NOW, 10) == []
    assert await hasten_deliveries(db, 1) == 1
    assert [one.id for one in await due_deliveries(db, NOW, 10)] == [delivery.id]
    assert await hasten_deliveries(db, 1) == 0
    await fail_delivery(db, delivery.id, "gone")
    assert await hasten_deliveries(db, 1) == 0
