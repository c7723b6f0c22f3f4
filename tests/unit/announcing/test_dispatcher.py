"""The dispatcher with a real discord.py client, against the fake Discord in the test's own process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.announcing.dispatcher import Dispatcher
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.transport.transport import Transport
from bot.present.announcement import announcement_post
from bot.present.buttons import AnnouncementButton, announcement_button_id
from bot.present.post import Post
from bot.workers.worker_identity import process_name
from storage.engine.database import Database
from storage.models import (
    Announcement,
    Delivery,
    DeliveryState,
    DestinationKind,
    EpisodeChange,
    FeedInfo,
    FeedItem,
    Looks,
    PollOutcome,
    PollResult,
    as_text,
)
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import finish_deliveries, hasten_deliveries, retry_delivery
from storage.tables.delivery_queue import DeliveryQueue
from storage.tables.destinations import add_destination, configure_destination, remove_destinations
from storage.tables.episodes import list_episodes
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import create_podcast, save_poll
from storage.tables.follow_ups import FollowUpQueue
from storage.tables.schema import follow_up
from tests.fakes.discord_faults import Action
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MEMBER, PLAIN, ChannelKind, FakeChannel, Permission
from tests.unit.announcing.dispatching import deliver_due, start_due

EPISODES = ("First", "Second")
PAGE = "https://a.example/1"
SENT, PLANNED, SENDING, FAILED = (
    DeliveryState.SENT,
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.FAILED,
)


def _item(title: str, published: datetime) -> FeedItem:
    return FeedItem(
        identity=title,
        guid=title,
        title=title,
        link=PAGE,
        published=published,
        duration_s=None,
        image_url="https://a.example/1.png",
        enclosure_url="https://a.example/1.mp3",
        enclosure_type="audio/mpeg",
        video_url=None,
        notes="",
        intro="",
        content_hash=title,
    )


@dataclass(slots=True)
class Office:
    """A dispatcher, its client, a channel that follows a podcast of two episodes, and a way to plan."""

    fake: FakeDiscord
    client: discord.Client
    db: Database
    dispatcher: Dispatcher
    channel: FakeChannel

    async def plan(self, channel: FakeChannel | None = None, episode: int = 1) -> Delivery:
        """Plan the announcement of an episode; again, it tells how far that has come."""
        where = channel or self.channel
        destination, _ = await add_destination(
            self.db, 1, guild_id=where.guild_id, channel_id=where.id, added_by=1, now=datetime.now(UTC)
        )
        delivery, _ = await plan_delivery(self.db, destination.id, episode, datetime.now(UTC))
        return delivery

    async def interrupted(self) -> Delivery:
        """A delivery whose answer an earlier process never saw."""
        await self.plan()
        now = datetime.now(UTC)
        queue = DeliveryQueue(self.db, settled_after=timedelta(0))
        await queue.claim("another", now=now, until=now + timedelta(minutes=1), limit=9)
        await queue.release(["another"], now)
        return await self.plan()

    async def attempt(self, channel: FakeChannel | None = None, episode: int = 1) -> Delivery:
        """Let it be tried once now; how far it has come then."""
        delivery = await self.plan(channel, episode)
        await retry_delivery(self.db, delivery.id)
        await hasten_deliveries(self.db, delivery.guild_id)
        await start_due(self.dispatcher)
        return await self.plan(channel, episode)

    async def follow_up(self) -> None:
        """Do once what is due after messages."""
        for one in self.dispatcher._follow_ups:
            await start_due(one)

    async def later(self, moment: datetime) -> None:
        """Let this moment be now for what follows messages."""
        async with self.db.write() as connection:
            await connection.execute(
                follow_up.update().where(follow_up.c.due_at <= moment).values(due_at=datetime.now(UTC))
            )

    def standing(self, delivery: Delivery, by: FakeUser | None = None) -> FakeMessage:
        """The announcement of a delivery, as an earlier process posted it."""
        button = {
            "type": 2,
            "style": 2,
            "label": "All chapters",
            "custom_id": announcement_button_id(
                AnnouncementButton.CHAPTERS, delivery.episode_id, delivery.id
            ),
        }
        rows = [{"type": 1, "components": [button]}]
        return self.fake.post(delivery.channel_id, by or self.fake.world.bot, "…", components=rows)

    def posted(self, channel: FakeChannel | None = None) -> list[str]:
        """The titles of what stands in a channel."""
        messages = self.fake.messages((channel or self.channel).id)
        return [message.heading for message in messages if message.heading]


@pytest.fixture
async def office(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    async with FakeDiscord() as fake:
        monkeypatch.setattr(discord.http.Route, "BASE", fake.api_url)
        guild = fake.world.add_guild("Alpha")
        channel = fake.world.add_channel(guild.id, "news")
        fake.world.add_channel(guild.id, "forum", ChannelKind.FORUM)
        fake.world.add_channel(guild.id, "category", ChannelKind.CATEGORY)
        thread = fake.world.add_channel(guild.id, "old", ChannelKind.PUBLIC_THREAD, parent_id=channel.id)
        thread.archived = True
        now = datetime.now(UTC)
        changes = tuple(
            EpisodeChange(
                _item(title, published), None, announce=False, reason=as_text(""), sorted_at=published
            )
            for place, title in enumerate(EPISODES)
            for published in [now - timedelta(days=3 - place)]
        )
        result = PollResult(
            FeedInfo("Show", None, None, None), changes, PollOutcome(as_text(""), now, now, as_text(""))
        )
        await create_podcast(sqlite_db, "https://a.example/feed", result, by_operator=False)
        transport = Transport()
        async with discord.AutoShardedClient(
            intents=discord.Intents(guilds=True), guild_ready_timeout=0.02, http_trace=transport.trace
        ) as client:
            running = asyncio.create_task(client.start(fake.token))
            while not client.is_ready():  # noqa: ASYNC110 - it has no event before it has begun to start
                await asyncio.sleep(0.01)
            yield Office(
                fake,
                client,
                sqlite_db,
                Dispatcher(client, sqlite_db, MessageRenderer(AnnouncementLoader(sqlite_db)), transport),
                channel,
            )
        await running
        assert fake.violations == []
        assert fake.pings == []


async def test_what_is_due_is_sent_oldest_first(office: Office) -> None:
    await office.plan(episode=2)
    await office.plan(episode=1)
    assert await deliver_due(office.dispatcher) == 2
    assert office.posted() == ["First", "Second"]
    delivery = await office.plan()
    assert (delivery.state, delivery.error) == (SENT, None)
    assert delivery.message_id == office.fake.messages(office.channel.id)[0].id
    assert await deliver_due(office.dispatcher) == 0


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
async def test_failures_are_noted_with_what_they_leave(
    office: Office, status: int, action: Action, state: DeliveryState, error: str
) -> None:
    await office.plan()
    office.fake.faults.add(method="POST", path="/messages$", status=status, action=action)
    await office.attempt()
    after = await office.plan()
    assert (after.state, after.attempts) == (state, 1)
    assert (after.error or "").startswith(error)
    assert after.sending_since is None or after.state is SENDING
    # Until its time has come nothing is due, and then it arrives once.
    assert await deliver_due(office.dispatcher) == 0
    await office.attempt()
    assert office.posted() == ["First"]


@pytest.mark.parametrize(("refusals", "state", "posted"), [(1, SENT, ["First"]), (2, FAILED, [])])
async def test_what_discord_refuses_is_tried_once_more_without_addresses(
    office: Office, refusals: int, state: DeliveryState, posted: list[str]
) -> None:
    delivery = await office.plan()
    office.fake.faults.add(method="POST", path="/messages$", times=refusals, status=400)
    await office.attempt()
    after = await office.plan()
    assert (after.state, office.posted()) == (state, posted)
    assert (after.error or "").startswith("Discord answered 400") == (state is FAILED)
    assert after.attempts == 1
    for message in office.fake.messages(office.channel.id):
        assert not [button for button in message.buttons if button.url]
        assert "https://" not in message.text
    await hasten_deliveries(office.db, delivery.guild_id)
    assert await deliver_due(office.dispatcher) == 0


async def test_a_thread_that_discord_calls_archived_waits_for_a_person(office: Office) -> None:
    archived = {"message": "Thread is archived", "code": 50083}
    office.fake.faults.add(method="POST", path="/messages$", status=400, json=archived)
    await office.attempt()
    assert ((await office.plan()).state, office.posted()) == (PLANNED, [])
    assert office.dispatcher.is_blocked(office.channel.guild_id)


async def test_a_hurdle_that_stands_is_told_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.fake.faults.add(method="POST", path="/messages$", status=403, times=3)
    caplog.set_level(logging.DEBUG, "bot.announcing.delivery_attempt")
    for _ in range(3):
        await office.attempt()
    told = [one.levelno for one in caplog.records if "Discord refused" in one.message]
    assert told == [logging.WARNING, logging.DEBUG, logging.DEBUG]


async def test_a_channel_that_stopped_following_meanwhile_gets_nothing(office: Office) -> None:
    await office.plan()
    where = office.channel.guild_id
    await remove_destinations(office.db, guild_id=where, podcast_id=1, now=datetime.now(UTC))
    assert await deliver_due(office.dispatcher) == 0
    assert office.posted() == []


@pytest.mark.parametrize("later_messages", [0, 99, 250, 1_200])
async def test_a_standing_announcement_is_found(office: Office, later_messages: int) -> None:
    delivery = await office.interrupted()
    for place in range(120):
        office.fake.post(office.channel.id, MEMBER, f"from before {place}")
    standing = office.standing(delivery)
    for place in range(later_messages):
        office.fake.post(office.channel.id, MEMBER, f"chatter {place}")
    await office.attempt()
    after = await office.plan()
    assert (after.state, after.message_id) == (SENT, standing.id)
    assert office.posted() == []


async def test_only_the_bots_own_button_is_an_announcement(office: Office) -> None:
    delivery = await office.interrupted()
    office.standing(delivery, by=MEMBER)
    office.standing(replace(delivery, id=delivery.id + 1))
    await office.attempt()
    assert office.posted() == ["First"]


async def test_a_channel_that_cannot_be_looked_at_is_not_written_to(office: Office) -> None:
    delivery = await office.interrupted()
    office.standing(delivery)
    office.fake.faults.add(method="GET", path="/messages$", status=503)
    await office.attempt()
    assert ((await office.plan()).state, office.posted()) == (SENDING, [])
    # Without Read Message History Discord shows an empty list, which is no empty channel.
    await office.fake.set_permissions(office.channel.id, PLAIN & ~Permission.READ_MESSAGE_HISTORY)
    await office.attempt()
    lacking = await office.plan()
    assert (lacking.state, office.posted()) == (SENDING, [])
    assert "**Read Message History**" in (lacking.error or "")
    await office.fake.set_permissions(office.channel.id, PLAIN)
    await office.attempt()
    assert ((await office.plan()).state, office.posted()) == (SENT, [])


async def test_channels_of_other_kinds(office: Office) -> None:
    channels = {one.name: one for one in office.fake.world.channels()}
    # A thread that sleeps is in no cache, and wakes when something is posted.
    await office.attempt(channels["old"])
    assert office.posted(channels["old"]) == ["First"]
    opened = await office.attempt(channels["forum"])
    assert (opened.state, opened.to.kind) == (SENT, DestinationKind.FORUM)
    assert opened.thread_id == opened.message_id
    post = office.fake.world.channel(opened.thread_id or 0)
    assert post is not None
    assert (post.name, post.parent_id, office.posted(post)) == ("First", channels["forum"].id, ["First"])
    await office.attempt(channels["category"])
    assert (await office.plan(channels["category"])).error == "This kind of channel takes no messages."
    nowhere = FakeChannel(1, office.channel.guild_id, "gone")
    await office.attempt(nowhere)
    assert (await office.plan(nowhere)).error == "The channel is gone, or I may not see it."
    office.fake.faults.add(method="GET", path="/channels/1$", status=503)
    await office.attempt(nowhere)
    assert (await office.plan(nowhere)).error == "Discord did not tell about the channel."


async def test_an_outage_and_a_lost_server_are_waited_for(office: Office) -> None:
    guild_id = office.channel.guild_id
    guild = office.client.get_guild(guild_id)
    assert guild is not None
    await office.fake.guild_outage(guild_id)
    while not guild.unavailable:  # noqa: ASYNC110 - the gateway's event needs a moment
        await asyncio.sleep(0.01)
    away = await office.attempt()
    assert "outage" in (away.error or "")
    # An unavailable server is no lost one: nothing is paused, and nobody has to act.
    assert (away.state, away.to.paused) == (PLANNED, None)
    assert office.dispatcher.is_blocked(guild_id)
    await office.fake.guild_back(guild_id)
    while guild.unavailable:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await deliver_due(office.dispatcher) == 0
    await office.dispatcher.recheck(guild)
    assert await deliver_due(office.dispatcher) == 1
    assert not office.dispatcher.is_blocked(guild_id)
    stranger = FakeChannel(2, 3, "elsewhere")
    await office.attempt(stranger)
    assert (await office.plan(stranger)).error == "I am not in this server any more."


async def test_an_error_of_our_own_holds_up_nothing_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(what: Announcement, looks: Looks, **asked: Any) -> Post:
        if what.episode.title == "First":
            raise ZeroDivisionError("on purpose")
        return announcement_post(what, looks, **asked)

    monkeypatch.setattr("bot.announcing.messages.rendered_messages.announcement_post", wrong)
    await office.plan(episode=1)
    await office.plan(episode=2)
    await deliver_due(office.dispatcher)
    failed = await office.plan(episode=1)
    assert (failed.state, failed.error) == (
        SENDING,
        "An error of Earmark's own (ZeroDivisionError); its log says more.",
    )
    assert office.posted() == ["Second"]


async def test_it_runs_until_cancelled_and_wakes_for_what_was_hastened(office: Office) -> None:
    office.fake.faults.add(method="POST", path="/messages$", status=403)
    await office.plan()
    running = asyncio.create_task(office.dispatcher.run())
    await office.fake.wait_for(lambda: office.fake.sent("POST", "/messages"))
    while not await hasten_deliveries(office.db, office.channel.guild_id):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await hasten_deliveries(office.db, 1) == 0
    office.dispatcher.wake()
    await office.fake.wait_for(office.posted)
    running.cancel()
    await asyncio.wait({running})
    assert office.posted() == ["First"]


async def test_a_refused_token_ends_it_and_leaves_the_delivery_to_be_looked_for(office: Office) -> None:
    office.fake.faults.add(method="POST", path="/messages$", status=401, when="after")
    await office.plan()
    with pytest.raises(discord.LoginFailure):
        await asyncio.wait_for(office.dispatcher.run(), 5)
    assert (await office.plan()).state is SENDING
    await office.attempt()
    assert office.posted() == ["First"]


async def test_a_database_that_fails_delays_it_and_ends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    failures = 3

    claim = DeliveryQueue.claim

    async def failing(*arguments: Any, **options: Any) -> list[Delivery]:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database is away")
        return await claim(*arguments, **options)

    monkeypatch.setattr(DeliveryQueue, "claim", failing)
    await office.plan()
    running = asyncio.create_task(office.dispatcher.run())
    await office.fake.wait_for(office.posted)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    assert caplog.text.count("announcing is held up") == 3
    assert "Traceback" not in caplog.text


async def test_a_database_that_fails_in_a_delivery_delays_it_and_ends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    failures = 1

    async def failing(*arguments: Any, **options: Any) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database is away")
        await finish_deliveries(*arguments, **options)

    monkeypatch.setattr("bot.announcing.receipts.finish_deliveries", failing)
    await office.plan()
    running = asyncio.create_task(office.dispatcher.run())
    while (await office.plan()).state is not SENT:  # noqa: ASYNC110 - a row tells nobody that it changed
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait({running})
    assert office.posted() == ["First"]
    assert caplog.text.count("announcing is held up") == 1


async def test_a_channel_that_hangs_holds_up_no_other(office: Office) -> None:
    office.fake.faults.add(method="POST", path=f"/channels/{office.channel.id}/messages$", action="hang")
    other = await office.fake.create_channel(office.channel.guild_id, "other")
    await office.plan()
    running = asyncio.create_task(office.dispatcher.run())
    await office.fake.wait_for(lambda: office.fake.sent("POST", "/messages"))
    while office.client.get_channel(other.id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await office.plan(other, episode=1)
    await office.plan(other, episode=2)
    office.dispatcher.wake()
    await office.fake.wait_for(lambda: len(office.posted(other)) == 2)
    assert office.posted() == []
    running.cancel()
    await asyncio.wait({running})


async def test_it_knows_which_servers_wait_for_somebody(office: Office) -> None:
    guild_id = office.channel.guild_id
    office.fake.faults.add(method="POST", path=f"/channels/{office.channel.id}/messages$", status=403)
    await office.attempt(episode=1)
    assert office.dispatcher.is_blocked(guild_id)
    # Another's success changes nothing about that.
    channels = {one.name: one for one in office.fake.world.channels()}
    await office.plan(channels["old"])
    await deliver_due(office.dispatcher)
    assert office.posted(channels["old"]) == ["First"]
    assert office.dispatcher.is_blocked(guild_id)
    assert not office.dispatcher.is_blocked(1)
    await office.attempt(episode=1)
    assert not office.dispatcher.is_blocked(guild_id)


def _opened(office: Office, forum: FakeChannel) -> list[FakeChannel]:
    return [one for one in office.fake.world.channels() if one.parent_id == forum.id]


@pytest.mark.parametrize("asleep", [False, True])
async def test_a_post_of_a_forum_is_looked_for_awake_or_asleep(office: Office, asleep: bool) -> None:
    forum = next(one for one in office.fake.world.channels() if one.name == "forum")
    delivery = await office.plan(forum)
    office.fake.faults.add(method="POST", path=f"/channels/{forum.id}/threads$", status=500, when="after")
    lost = await office.attempt(forum)
    assert (lost.state, lost.error) == (SENDING, "Discord had an error.")
    [post] = _opened(office, forum)
    post.archived = asleep
    found = await office.attempt(forum)
    assert (found.state, found.message_id, found.thread_id) == (SENT, post.id, post.id)
    assert _opened(office, forum) == [post]
    assert found.id == delivery.id


async def test_a_forum_that_cannot_be_looked_through_gets_nothing(office: Office) -> None:
    forum = next(one for one in office.fake.world.channels() if one.name == "forum")
    office.fake.faults.add(method="POST", path=f"/channels/{forum.id}/threads$", status=503)
    await office.attempt(forum)
    office.fake.faults.add(method="GET", path="/threads/active$", status=503)
    assert (await office.attempt(forum)).state is SENDING
    assert _opened(office, forum) == []
    assert (await office.attempt(forum)).state is SENT
    assert len(_opened(office, forum)) == 1


@pytest.mark.parametrize(
    ("tags", "required", "chosen", "applied"),
    [
        ([], False, [], ()),
        ([1, 2], False, [], ()),
        ([1, 2], False, [2], (2,)),
        # One that was chosen is gone.
        ([1, 2], True, [3], (1,)),
        ([1, 2], True, [], (1,)),
        ([], True, [], None),
    ],
)
async def test_posts_have_the_tags_that_were_chosen_or_that_the_forum_demands(
    office: Office, tags: list[int], required: bool, chosen: list[int], applied: tuple[int, ...] | None
) -> None:
    forum = await office.fake.create_channel(
        office.channel.guild_id, "tagged", kind=ChannelKind.FORUM, channel_id=77
    )
    forum.tags, forum.requires_tag = {tag: f"tag {tag}" for tag in tags}, required
    await office.fake.set_permissions(forum.id, PLAIN)
    client = office.client

    def told() -> bool:
        there = client.get_channel(forum.id)
        return isinstance(there, discord.ForumChannel) and there.flags.require_tag == required

    while not told():  # noqa: ASYNC110 - the gateway's event needs a moment
        await asyncio.sleep(0.01)
    delivery = await office.plan(forum)
    await configure_destination(office.db, delivery.destination_id, looks=Looks(), tag_ids=chosen)
    after = await office.attempt(forum)
    if applied is None:
        assert "demands a tag" in (after.error or "")
        assert _opened(office, forum) == []
        return
    [post] = _opened(office, forum)
    assert (after.state, post.applied_tags) == (SENT, applied)


async def test_a_destination_that_cannot_be_posted_to_rests_and_resumes(office: Office) -> None:
    await office.fake.set_permissions(office.channel.id, PLAIN & ~Permission.SEND_MESSAGES)
    delivery = await office.plan()
    while "Send Messages" not in ((await office.attempt()).to.paused or ""):
        pass
    assert await deliver_due(office.dispatcher) == 0
    asked = len(office.fake.requests)
    await office.fake.set_permissions(office.channel.id, PLAIN)
    guild = office.client.get_guild(office.channel.guild_id)
    assert guild is not None
    while not await deliver_due(office.dispatcher):
        await office.dispatcher.recheck(guild)
    after = await office.plan()
    assert (after.state, after.to.paused, after.id) == (SENT, None, delivery.id)
    # While it rested, nobody was asked anything.
    assert [call.method for call in office.fake.requests[asked:]] == ["POST"]
    assert not office.dispatcher.is_blocked(guild.id)


async def test_after_a_long_outage_one_message_announces_all(office: Office) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    await _many(office, 5)
    destination = (await office.plan(episode=1)).destination_id
    episodes = await list_episodes(office.db)
    for one in episodes:
        await plan_delivery(office.db, destination, one.id, old)
    # The one that was planned just now goes alone; its answer is lost, as is the digest's.
    office.fake.faults.add(method="POST", path="/messages$", status=503, when="after", times=1)
    assert await deliver_due(office.dispatcher) >= 1
    for one in episodes:
        delivery, _ = await plan_delivery(office.db, destination, one.id, old)
        if delivery.state is SENDING:
            await retry_delivery(office.db, delivery.id)
    await deliver_due(office.dispatcher)
    messages = office.fake.messages(office.channel.id)
    digest, single = sorted(messages, key=lambda one: len(one.text), reverse=True)
    assert f"{len(episodes) - 1} new episodes" in digest.text
    assert all(one.title in digest.text for one in episodes if one.id != 1)
    assert single.heading == "First"
    assert len(office.fake.sent("POST", "/messages")) == 2
    for one in episodes:
        delivery, made = await plan_delivery(office.db, destination, one.id, old)
        expected = single.id if one.id == 1 else digest.id
        assert (made, delivery.state, delivery.message_id) == (False, SENT, expected)


async def _many(office: Office, count: int) -> None:
    """More episodes of the podcast."""
    known = await known_items(office.db, 1)
    now = datetime.now(UTC)
    changes = tuple(
        EpisodeChange(_item(f"More {n}", now), None, announce=False, reason=as_text(""), sorted_at=now)
        for n in range(count)
    )
    result = PollResult(
        FeedInfo("Show", None, None, None), changes, PollOutcome(as_text(""), now, now, as_text(""))
    )
    await save_poll(office.db, 1, known.revision, result)


async def test_a_thread_is_opened_under_each_announcement_once(office: Office) -> None:
    delivery = await office.plan()
    await configure_destination(office.db, delivery.destination_id, looks=Looks(), open_thread=True)
    office.fake.faults.add(method="POST", path="/threads$", status=503, when="after")
    sent = await office.attempt()
    await office.follow_up()
    due = await FollowUpQueue(office.db).next_due_at(datetime.now(UTC))
    assert due is not None
    await office.later(due)
    await office.follow_up()
    [message] = office.fake.messages(office.channel.id)
    assert (message.id, message.thread_id) == (sent.message_id, message.id)
    thread = office.fake.world.channel(message.id)
    assert thread is not None
    assert thread.name == "First"
    assert await FollowUpQueue(office.db).next_due_at(datetime.now(UTC)) is None


async def test_a_process_that_died_while_it_opened_a_thread_is_not_waited_for(office: Office) -> None:
    delivery = await office.plan()
    await configure_destination(office.db, delivery.destination_id, looks=Looks(), open_thread=True)
    assert (await office.attempt()).state is SENT
    now = datetime.now(UTC)
    # A number that no process has, and a lease that would last. It holds no delivery any more.
    dead = f"{process_name().partition('/')[0]}/4194305/abc"
    queue = FollowUpQueue(office.db)
    assert await queue.claim(dead, now=now, until=now + timedelta(hours=1), limit=9)
    for one in office.dispatcher._follow_ups:
        await one._worker._take_over()
    await office.follow_up()
    [message] = office.fake.messages(office.channel.id)
    assert message.thread_id == message.id
    assert await FollowUpQueue(office.db).next_due_at(datetime.now(UTC)) is None


@pytest.mark.parametrize("already", [False, True])
async def test_what_is_published_already_is_done(office: Office, already: bool) -> None:
    news = await office.fake.create_channel(office.channel.guild_id, "wire", kind=ChannelKind.ANNOUNCEMENT)
    while office.client.get_channel(news.id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    delivery = await office.plan(news)
    await configure_destination(office.db, delivery.destination_id, looks=Looks(), publish=True)
    if already:
        office.fake.faults.add(method="POST", path="/crosspost$", status=503, when="after")
    assert (await office.attempt(news)).state is SENT
    await office.follow_up()
    due = await FollowUpQueue(office.db).next_due_at(datetime.now(UTC))
    assert (due is not None) == already
    if due is not None:
        await office.later(due)
        await office.follow_up()
    [message] = office.fake.messages(news.id)
    assert message.crossposted
    assert await FollowUpQueue(office.db).next_due_at(datetime.now(UTC)) is None


async def test_publishing_waits_as_long_as_discord_asks_and_holds_up_no_post(office: Office) -> None:
    news = await office.fake.create_channel(office.channel.guild_id, "wire", kind=ChannelKind.ANNOUNCEMENT)
    while office.client.get_channel(news.id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    office.client.http.max_ratelimit_timeout = 60.0
    office.fake.limit()
    await _many(office, 10)
    first = await office.plan(news)
    await configure_destination(office.db, first.destination_id, looks=Looks(), publish=True)
    for one in await list_episodes(office.db):
        office.fake.world.post(news, office.fake.world.bot, {"content": one.title})
    messages = office.fake.messages(news.id)
    for message in messages[:10]:
        await office.client.http.publish_message(news.id, message.id)
    assert (await office.attempt(news)).state is SENT
    await office.follow_up()
    due = await FollowUpQueue(office.db).next_due_at(datetime.now(UTC))
    assert due is not None
    assert due - datetime.now(UTC) > timedelta(minutes=50)
    # Messages go on meanwhile.
    await office.plan(news, episode=2)
    assert await deliver_due(office.dispatcher) == 1


async def test_processes_that_share_a_database_share_the_work(office: Office) -> None:
    client, transport = office.client, office.dispatcher._transport
    others = [
        Dispatcher(client, office.db, MessageRenderer(AnnouncementLoader(office.db)), transport)
        for _ in range(2)
    ]
    channels = [await office.fake.create_channel(office.channel.guild_id, f"shared-{n}") for n in range(12)]
    while client.get_channel(channels[-1].id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    for channel in channels:
        for episode in (1, 2):
            await office.plan(channel, episode)
    while sum(await asyncio.gather(*(deliver_due(one) for one in (office.dispatcher, *others)))):
        pass
    assert [office.posted(channel) for channel in channels] == [["First", "Second"]] * 12
    assert len(office.fake.sent("POST", "/messages")) == 24


async def test_a_process_that_was_held_up_sends_nothing_that_another_may_have(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.plan()
    worker = office.dispatcher._worker
    await worker.start_due()
    [under_way] = worker._under_way.values()
    under_way.held_until = 0.0
    await under_way.task
    assert "another may have it by now" in caplog.text
    assert office.posted() == []
    # It stays with whom it is claimed for until that lease ends.
    assert await deliver_due(office.dispatcher) == 0


async def test_after_too_many_refusals_it_rests(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await office.plan()
    office.dispatcher._transport.circuit_breaker.ban(time.monotonic() + 0.2)
    running = asyncio.create_task(office.dispatcher.run())
    while "left alone" not in caplog.text:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert office.posted() == []
    await office.fake.wait_for(office.posted)
    running.cancel()
    await asyncio.wait({running})


async def test_a_digest_that_discord_refuses_goes_out_as_plain_text(office: Office) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    await _many(office, 4)
    destination, _ = await add_destination(
        office.db, 1, guild_id=office.channel.guild_id, channel_id=office.channel.id, added_by=1, now=old
    )
    episodes = await list_episodes(office.db)
    for one in episodes:
        await plan_delivery(office.db, destination.id, one.id, old)
    office.fake.faults.add(method="POST", path="/messages$", status=400)
    # The answer to the plain one is lost: the same message is found, and counts for all.
    office.fake.faults.add(method="POST", path="/messages$", status=503, when="after")
    await deliver_due(office.dispatcher)
    [message] = office.fake.messages(office.channel.id)
    assert message.embeds == []
    assert message.content.startswith(f"**{len(episodes)} new episodes of Show**\n1. First")
    [lead] = [
        one
        for episode in episodes
        for one, _ in [await plan_delivery(office.db, destination.id, episode.id, old)]
        if one.state is SENDING
    ]
    await retry_delivery(office.db, lead.id)
    await deliver_due(office.dispatcher)
    assert office.fake.messages(office.channel.id) == [message]
    for episode in episodes:
        delivery, _ = await plan_delivery(office.db, destination.id, episode.id, old)
        assert (delivery.state, delivery.message_id) == (SENT, message.id)
