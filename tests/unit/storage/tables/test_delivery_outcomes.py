"""What becomes of deliveries after an attempt, and when somebody acts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.engine.database import Database
from storage.models import Delivery, DeliveryState, as_text
from storage.tables.deliveries import due_deliveries, last_problem
from storage.tables.delivery_outcomes import fail_delivery, finish_delivery, hasten_deliveries, retry_delivery
from tests.unit.storage.deliveries import LATER, again, begin, delivery_queue, postpone, removed
from tests.unit.storage.material import NOW, followed


async def test_one_that_was_sent_is_never_due(db: Database, delivery: Delivery) -> None:
    await begin(db, NOW)
    await postpone(db, delivery, DeliveryState.SENDING, "503")
    await finish_delivery(db, delivery.id, 2**62 + 1, NOW)
    sent = await again(db, delivery)
    assert (sent.state, sent.message_id, sent.error) == (DeliveryState.SENT, 2**62 + 1, None)
    await delivery_queue(db).release(["me"], NOW)
    assert await due_deliveries(db, LATER, 10) == []
    assert await delivery_queue(db).next_due_at(NOW) is None
    assert await last_problem(db, delivery.destination_id) is None


@pytest.mark.parametrize(("state", "since"), [(DeliveryState.SENDING, NOW), (DeliveryState.PLANNED, None)])
async def test_one_that_was_postponed_waits(
    db: Database, delivery: Delivery, state: DeliveryState, since: object
) -> None:
    await begin(db, NOW)
    await postpone(db, delivery, state, "503")
    postponed = await again(db, delivery)
    assert (postponed.state, postponed.error, postponed.sending_since) == (state, as_text("503"), since)
    assert await due_deliveries(db, LATER - timedelta(seconds=1), 10) == []
    assert await delivery_queue(db).next_due_at(NOW) == LATER
    assert await due_deliveries(db, LATER, 10) == [postponed]
    assert await last_problem(db, delivery.destination_id) == as_text("503")


async def test_what_was_given_up_is_sent_anew_under_a_nonce_of_its_own(
    db: Database, delivery: Delivery
) -> None:
    await retry_delivery(db, delivery.id)
    assert (await again(db, delivery)).resend == 0
    await fail_delivery(db, delivery.id, as_text("400"))
    await retry_delivery(db, delivery.id)
    assert (await again(db, delivery)).resend == 1


async def test_one_that_failed_waits_for_somebody(db: Database, delivery: Delivery) -> None:
    await fail_delivery(db, delivery.id, as_text("Let me write there."))
    assert await due_deliveries(db, LATER, 10) == []
    assert await last_problem(db, delivery.destination_id) == as_text("Let me write there.")
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.PLANNED, None)


@pytest.mark.parametrize("given_up", [False, True])
async def test_what_may_stand_is_looked_for_first_when_somebody_asks_for_it(
    db: Database, delivery: Delivery, given_up: bool
) -> None:
    await begin(db, NOW)
    await postpone(db, delivery, DeliveryState.SENDING, "503")
    if given_up:
        await fail_delivery(db, delivery.id, as_text("503"))
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.SENDING, NOW)


async def test_what_waits_is_due_when_somebody_asks_for_it_and_what_was_sent_never(
    db: Database, delivery: Delivery
) -> None:
    await postpone(db, delivery, DeliveryState.PLANNED, "403")
    await retry_delivery(db, delivery.id)
    [due] = await due_deliveries(db, NOW, 10)
    assert (due.state, due.sending_since) == (DeliveryState.PLANNED, None)
    await finish_delivery(db, delivery.id, 999, NOW)
    await retry_delivery(db, delivery.id)
    sent = await again(db, delivery)
    assert (sent.state, sent.message_id) == (DeliveryState.SENT, 999)


@pytest.mark.parametrize("begun", [False, True])
async def test_what_waits_for_a_channel_that_stops_following_is_given_up_for_good(
    db: Database, delivery: Delivery, begun: bool
) -> None:
    if begun:
        await begin(db, NOW)
    podcast_id = await removed(db)
    await followed(db, podcast_id, 10)
    await delivery_queue(db).release(["me"], NOW)
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
    await begin(db, NOW)
    podcast_id = await removed(db)
    await postpone(db, delivery, DeliveryState.SENDING, "503")
    await followed(db, podcast_id, 10)
    assert await due_deliveries(db, LATER, 10) == []


async def test_an_attempt_under_way_that_did_arrive_counts(db: Database, delivery: Delivery) -> None:
    await begin(db, NOW)
    await removed(db)
    await finish_delivery(db, delivery.id, 999, NOW)
    assert (await again(db, delivery)).state is DeliveryState.SENT


async def test_what_waits_in_a_server_is_due_at_once_when_something_changed_there(
    db: Database, delivery: Delivery
) -> None:
    await postpone(db, delivery, DeliveryState.PLANNED, "403")
    assert await hasten_deliveries(db, 2) == 0
    assert await due_deliveries(db, NOW, 10) == []
    assert await hasten_deliveries(db, 1) == 1
    assert [one.id for one in await due_deliveries(db, NOW, 10)] == [delivery.id]
    assert await hasten_deliveries(db, 1) == 0
    await fail_delivery(db, delivery.id, as_text("gone"))
    assert await hasten_deliveries(db, 1) == 0
