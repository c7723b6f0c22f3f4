"""One attempt at a delivery: what it sends, and what its failure leaves."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.present.announcement import announcement_post
from bot.present.post import Post
from storage.models import (
    Announcement,
    DatabaseUnavailableError,
    DeliveryState,
    Looks,
)
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import hasten_deliveries, retry_delivery
from storage.tables.delivery_queue import DeliveryQueue
from storage.tables.destinations import add_destination, remove_destinations
from storage.tables.episodes import list_episodes
from tests.fakes.discord_faults import Action
from tests.unit.announcing.dispatching import Harness, as_sentence, deliver_due, start_due
from tests.unit.workers.material import unavailable

SENT, PLANNED, SENDING, FAILED = (
    DeliveryState.SENT,
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.FAILED,
)


@pytest.mark.parametrize(
    ("status", "action", "state", "error"),
    [
        (503, "status", SENDING, "Discord answered 503"),
        (520, "status", SENDING, "Discord answered 520"),
        (429, "status", PLANNED, "Discord answered 429"),
        (403, "status", PLANNED, "Discord refused"),
        (404, "status", PLANNED, "Discord refused"),
        (0, "close", SENDING, "The answer was lost"),
    ],
)
async def test_a_failure_tells_whether_a_message_may_exist(
    harness: Harness, status: int, action: Action, state: DeliveryState, error: str
) -> None:
    await harness.plan()
    harness.fake.faults.add(method="POST", path="/messages$", status=status, action=action)
    await harness.attempt()
    after = await harness.plan()
    assert (after.state, after.attempts) == (state, 1)
    assert as_sentence(after.error).startswith(error)
    assert after.sending_since is None or after.state is SENDING
    # Until its time has come nothing is due, and then it arrives once.
    assert await deliver_due(harness.dispatcher) == 0
    await harness.attempt()
    assert harness.posted() == ["First"]


@pytest.mark.parametrize(("refusals", "state", "posted"), [(1, SENT, ["First"]), (2, FAILED, [])])
async def test_what_discord_rejects_is_sent_once_more_without_addresses(
    harness: Harness, refusals: int, state: DeliveryState, posted: list[str]
) -> None:
    delivery = await harness.plan()
    harness.fake.faults.add(method="POST", path="/messages$", times=refusals, status=400)
    await harness.attempt()
    after = await harness.plan()
    assert (after.state, harness.posted()) == (state, posted)
    assert as_sentence(after.error).startswith("Discord answered 400") == (state is FAILED)
    assert after.attempts == 1
    for message in harness.fake.messages(harness.channel.id):
        assert not [button for button in message.buttons if button.url]
        assert "https://" not in message.text
    await hasten_deliveries(harness.db, delivery.guild_id)
    assert await deliver_due(harness.dispatcher) == 0


async def test_a_thread_that_discord_calls_archived_waits_for_a_moderator(harness: Harness) -> None:
    archived = {"message": "Thread is archived", "code": 50083}
    harness.fake.faults.add(method="POST", path="/messages$", status=400, json=archived)
    await harness.attempt()
    assert ((await harness.plan()).state, harness.posted()) == (PLANNED, [])
    assert harness.dispatcher.is_blocked(harness.channel.guild_id)


async def test_a_failure_is_not_stored_once_the_lease_is_lost(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.plan()
    still_ours = iter([True, False])
    monkeypatch.setattr(harness.dispatcher._attempts, "_is_ours", lambda _: next(still_ours))
    harness.fake.faults.add(method="POST", path="/messages$", status=503)
    await start_due(harness.dispatcher)
    after = await harness.plan()
    assert (after.state, after.error) == (SENDING, None)
    # What another process holds by now stays its own.
    assert await DeliveryQueue(harness.db, settled_after=timedelta(0)).owners() != []


async def test_plain_text_is_not_sent_once_the_lease_is_lost(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_ours = iter([True, False, False])
    monkeypatch.setattr(harness.dispatcher._attempts, "_is_ours", lambda _: next(still_ours))
    await harness.plan()
    harness.fake.faults.add(method="POST", path="/messages$", status=400)
    await start_due(harness.dispatcher)
    assert len(harness.fake.sent("POST", "/messages")) == 1
    assert harness.posted() == []


async def test_a_lasting_obstacle_is_a_warning_only_once(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.fake.faults.add(method="POST", path="/messages$", status=403, times=3)
    caplog.set_level(logging.DEBUG, "bot.announcing.delivery_attempt")
    for _ in range(3):
        await harness.attempt()
    told = [one.levelno for one in caplog.records if "Discord refused" in one.message]
    assert told == [logging.WARNING, logging.DEBUG, logging.DEBUG]


async def test_another_wording_of_discords_is_the_same_obstacle(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot.announcing.delivery_attempt")
    for wording in ("Overloaded", "Try later"):
        answer = {"message": wording, "code": 0}
        harness.fake.faults.add(method="POST", path="/messages$", status=503, json=answer)
        after = await harness.attempt()
        assert wording in as_sentence(after.error)
    told = [one.levelno for one in caplog.records if "Discord answered 503" in one.message]
    assert told == [logging.WARNING, logging.DEBUG]


async def test_a_channel_that_no_longer_follows_gets_nothing(harness: Harness) -> None:
    await harness.plan()
    where = harness.channel.guild_id
    await remove_destinations(harness.db, guild_id=where, podcast_id=1, now=datetime.now(UTC))
    assert await deliver_due(harness.dispatcher) == 0
    assert harness.posted() == []


async def test_a_bug_of_our_own_holds_up_nothing_else(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(what: Announcement, looks: Looks, **asked: Any) -> Post:
        if what.episode.title == "First":
            raise ZeroDivisionError("on purpose")
        return announcement_post(what, looks, **asked)

    monkeypatch.setattr("bot.announcing.messages.rendered_messages.announcement_post", wrong)
    await harness.plan(episode=1)
    await harness.plan(episode=2)
    await deliver_due(harness.dispatcher)
    failed = await harness.plan(episode=1)
    assert (failed.state, as_sentence(failed.error)) == (
        SENDING,
        "An error of Earmark's own (ZeroDivisionError); its log says more.",
    )
    assert harness.posted() == ["Second"]


async def test_without_the_database_nothing_is_said_of_the_delivery(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*_: object) -> None:
        raise unavailable()

    await harness.plan()
    monkeypatch.setattr("bot.announcing.messages.content.AnnouncementLoader.load", away)
    with pytest.raises(DatabaseUnavailableError):
        await start_due(harness.dispatcher)
    after = await harness.plan()
    assert (after.state, after.error, after.failing_since) == (SENDING, None, None)
    assert "Traceback" not in caplog.text
    assert harness.posted() == []


async def test_after_a_long_outage_one_message_announces_all(harness: Harness) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    await harness.more_episodes(5)
    destination = (await harness.plan(episode=1)).destination_id
    episodes = await list_episodes(harness.db)
    for one in episodes:
        await plan_delivery(harness.db, destination, one.id, old)
    # The one that was planned just now goes alone; its answer is lost, as is the digest's.
    harness.fake.faults.add(method="POST", path="/messages$", status=503, when="after", times=1)
    assert await deliver_due(harness.dispatcher) >= 1
    for one in episodes:
        delivery, _ = await plan_delivery(harness.db, destination, one.id, old)
        if delivery.state is SENDING:
            await retry_delivery(harness.db, delivery.id)
    await deliver_due(harness.dispatcher)
    messages = harness.fake.messages(harness.channel.id)
    digest, single = sorted(messages, key=lambda one: len(one.text), reverse=True)
    assert f"{len(episodes) - 1} new episodes" in digest.text
    assert all(one.title in digest.text for one in episodes if one.id != 1)
    assert single.heading == "First"
    assert len(harness.fake.sent("POST", "/messages")) == 2
    for one in episodes:
        delivery, made = await plan_delivery(harness.db, destination, one.id, old)
        expected = single.id if one.id == 1 else digest.id
        assert (made, delivery.state, delivery.message_id) == (False, SENT, expected)


async def test_a_digest_that_discord_refuses_goes_out_as_plain_text(harness: Harness) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    await harness.more_episodes(4)
    destination, _ = await add_destination(
        harness.db, 1, guild_id=harness.channel.guild_id, channel_id=harness.channel.id, added_by=1, now=old
    )
    episodes = await list_episodes(harness.db)
    for one in episodes:
        await plan_delivery(harness.db, destination.id, one.id, old)
    harness.fake.faults.add(method="POST", path="/messages$", status=400)
    # The answer to the plain one is lost: the same message is found, and counts for all.
    harness.fake.faults.add(method="POST", path="/messages$", status=503, when="after")
    await deliver_due(harness.dispatcher)
    [message] = harness.fake.messages(harness.channel.id)
    assert message.embeds == []
    assert message.content.startswith(f"**{len(episodes)} new episodes of Show**\n1. First")
    [lead] = [
        one
        for episode in episodes
        for one, _ in [await plan_delivery(harness.db, destination.id, episode.id, old)]
        if one.state is SENDING
    ]
    await retry_delivery(harness.db, lead.id)
    await deliver_due(harness.dispatcher)
    assert harness.fake.messages(harness.channel.id) == [message]
    for episode in episodes:
        delivery, _ = await plan_delivery(harness.db, destination.id, episode.id, old)
        assert (delivery.state, delivery.message_id) == (SENT, message.id)
