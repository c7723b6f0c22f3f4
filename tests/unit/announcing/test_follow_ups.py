"""What follows a message: a thread under it, publishing, and edits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.workers.worker_identity import process_name
from storage.models import AnnouncementStyle, Delivery, DeliveryState, Destination
from storage.tables.destinations import configure_destination
from storage.tables.episodes import list_episodes
from storage.tables.follow_ups import EDIT_AFTER, FollowUpQueue, ask_for_edits
from storage.tables.schema import episode, podcast
from tests.fakes.discord_mentions import Ping
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_state import ChannelKind
from tests.unit.announcing.dispatching import Harness, deliver_due

SENT = DeliveryState.SENT


async def test_a_thread_is_opened_under_each_announcement_once(harness: Harness) -> None:
    delivery = await harness.plan()
    await configure_destination(
        harness.db, delivery.destination_id, lambda one: replace(one, open_thread=True)
    )
    harness.fake.faults.add(method="POST", path="/threads$", status=503, when="after")
    sent = await harness.attempt()
    await harness.follow_up()
    due = await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC))
    assert due is not None
    await harness.later(due)
    await harness.follow_up()
    [message] = harness.fake.messages(harness.channel.id)
    assert (message.id, message.thread_id) == (sent.message_id, message.id)
    thread = harness.fake.world.channel(message.id)
    assert thread is not None
    assert thread.name == "First"
    assert await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC)) is None


async def test_a_thread_is_not_called_by_the_key_of_its_feed(harness: Harness) -> None:
    key = "aB3xK9qLmZ"
    delivery = await harness.plan()
    await configure_destination(
        harness.db, delivery.destination_id, lambda one: replace(one, open_thread=True)
    )
    async with harness.db.write() as connection:
        await connection.execute(podcast.update().values(feed_url=f"https://a.example/?member=x-{key}"))
        await connection.execute(episode.update().values(title=f"First,\nfor {key}"))
    assert (await harness.attempt()).state is SENT
    await harness.follow_up()
    [message] = harness.fake.messages(harness.channel.id)
    thread = harness.fake.world.channel(message.id)
    assert thread is not None
    assert thread.name == "First, for …"


async def test_a_process_that_died_while_it_opened_a_thread_is_not_waited_for(harness: Harness) -> None:
    delivery = await harness.plan()
    await configure_destination(
        harness.db, delivery.destination_id, lambda one: replace(one, open_thread=True)
    )
    assert (await harness.attempt()).state is SENT
    now = datetime.now(UTC)
    # A number that no process has, and a lease that would last. It holds no delivery any more.
    dead = f"{process_name().partition('/')[0]}/4194305/abc"
    queue = FollowUpQueue(harness.db)
    assert await queue.claim(dead, now=now, until=now + timedelta(hours=1), limit=9)
    for one in harness.dispatcher._follow_ups:
        await one._worker._take_over()
    await harness.follow_up()
    [message] = harness.fake.messages(harness.channel.id)
    assert message.thread_id == message.id
    assert await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC)) is None


@pytest.mark.parametrize("already", [False, True])
async def test_what_is_published_already_is_done(harness: Harness, already: bool) -> None:
    news = await harness.fake.create_channel(harness.channel.guild_id, "wire", kind=ChannelKind.ANNOUNCEMENT)
    while harness.client.get_channel(news.id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    delivery = await harness.plan(news)
    await configure_destination(harness.db, delivery.destination_id, lambda one: replace(one, publish=True))
    if already:
        harness.fake.faults.add(method="POST", path="/crosspost$", status=503, when="after")
    assert (await harness.attempt(news)).state is SENT
    await harness.follow_up()
    due = await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC))
    assert (due is not None) == already
    if due is not None:
        await harness.later(due)
        await harness.follow_up()
    [message] = harness.fake.messages(news.id)
    assert message.crossposted
    assert await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC)) is None


async def test_publishing_waits_as_long_as_discord_asks_and_holds_up_no_post(harness: Harness) -> None:
    news = await harness.fake.create_channel(harness.channel.guild_id, "wire", kind=ChannelKind.ANNOUNCEMENT)
    while harness.client.get_channel(news.id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    harness.client.http.max_ratelimit_timeout = 60.0
    harness.fake.enforce_rate_limits()
    await harness.more_episodes(10)
    first = await harness.plan(news)
    await configure_destination(harness.db, first.destination_id, lambda one: replace(one, publish=True))
    for one in await list_episodes(harness.db):
        harness.fake.world.post(news, harness.fake.world.bot, {"content": one.title})
    messages = harness.fake.messages(news.id)
    for message in messages[:10]:
        await harness.client.http.publish_message(news.id, message.id)
    assert (await harness.attempt(news)).state is SENT
    await harness.follow_up()
    due = await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC))
    assert due is not None
    assert due - datetime.now(UTC) > timedelta(minutes=50)
    # Messages go on meanwhile.
    await harness.plan(news, episode=2)
    assert await deliver_due(harness.dispatcher) == 1


def _mentioning(role: int | None, style: AnnouncementStyle) -> Callable[[Destination], Destination]:
    return lambda one: replace(one, looks=replace(one.looks, role_id=role, style=style))


async def _retitled(harness: Harness, title: str) -> None:
    """The feed corrects the title of the first episode, and what is asked for because of that is due at once."""
    now = datetime.now(UTC)
    async with harness.db.write() as connection:
        await connection.execute(episode.update().where(episode.c.id == 1).values(title=title))
        await ask_for_edits(connection, [1], now)
    await harness.later(now + EDIT_AFTER)
    # A message that was rendered a moment ago is shown as it was then.
    for one in harness.dispatcher._follow_ups:
        one._renderer._templates.clear()


def _posted_in(harness: Harness, delivery: Delivery) -> FakeMessage:
    [message] = harness.fake.messages(delivery.thread_id or delivery.channel_id)
    return message


@pytest.mark.parametrize("set_since", [None, 78])
@pytest.mark.parametrize("form", [*AnnouncementStyle, "plain", "forum", "found"])
async def test_the_mention_that_stood_in_a_post_stays_in_every_edit(
    harness: Harness, form: str, set_since: int | None
) -> None:
    where = next(one for one in harness.fake.world.channels() if one.name == "forum")
    where = where if form == "forum" else harness.channel
    style = AnnouncementStyle.COMPACT if form == AnnouncementStyle.COMPACT else AnnouncementStyle.CARD
    role = harness.fake.world.add_role(harness.channel.guild_id, "listeners")
    harness.fake.allowed_role_mentions.add(role.id)
    planned = await harness.plan(where)
    await configure_destination(harness.db, planned.destination_id, _mentioning(role.id, style))
    if form == "plain":
        harness.fake.faults.add(method="POST", path="/messages$", status=400)
    elif form == "found":
        harness.fake.faults.add(method="POST", path="/messages$", status=503, when="after")
        assert (await harness.attempt(where)).state is DeliveryState.SENDING
        # What an earlier attempt posted is asked of the message itself.
        await configure_destination(harness.db, planned.destination_id, _mentioning(set_since, style))
    sent = await harness.attempt(where)
    assert sent.state is SENT
    [pinged] = harness.fake.pings
    assert (pinged.kind, pinged.id) == ("role", role.id)
    await configure_destination(harness.db, planned.destination_id, _mentioning(set_since, style))
    for title in ("The first", "The very first"):
        await _retitled(harness, title)
        await harness.follow_up()
        message = _posted_in(harness, sent)
        assert title in message.text
        assert message.text.startswith(f"<@&{role.id}>")
    edits = harness.fake.sent("PATCH", f"/messages/{sent.message_id}")
    assert [edit.body["allowed_mentions"] for edit in edits] == [{"parse": []}] * 2
    assert harness.fake.pings == [Ping("role", role.id, pinged.where)]
    harness.fake.pings.clear()


async def test_a_role_that_was_chosen_since_is_in_no_edit(harness: Harness) -> None:
    planned = await harness.plan()
    sent = await harness.attempt()
    await configure_destination(harness.db, planned.destination_id, _mentioning(78, AnnouncementStyle.CARD))
    await _retitled(harness, "The first")
    await harness.follow_up()
    message = _posted_in(harness, sent)
    assert "The first" in message.text
    assert "<@&" not in message.text
