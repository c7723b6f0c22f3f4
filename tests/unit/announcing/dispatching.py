"""A dispatcher with a real discord.py client, against the fake Discord in the test's own process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.announcing.dispatcher import Dispatcher
from bot.announcing.follow_ups import FollowUpWorker
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.transport.transport import Transport
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.models import (
    Delivery,
    EpisodeChange,
    FeedInfo,
    FeedItem,
    PollOutcome,
    PollResult,
    Status,
    as_text,
)
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import hasten_deliveries, retry_delivery
from storage.tables.delivery_queue import DeliveryQueue
from storage.tables.destinations import add_destination
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import create_podcast, save_poll
from storage.tables.schema import follow_up
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import ChannelKind, FakeChannel

EPISODES = ("First", "Second")
PAGE = "https://a.example/1"


async def start_due(of: Dispatcher | FollowUpWorker) -> int:
    """Claim what is due once and wait until it is done; how many items that were."""
    started = await of._worker.start_due()
    await asyncio.gather(*(one.task for one in of._worker._under_way.values()))
    return started


async def deliver_due(dispatcher: Dispatcher) -> int:
    """Send until nothing is due; how many attempts that took."""
    tried = 0
    while started := await start_due(dispatcher):
        tried += started
    return tried


def as_sentence(status: Status | None) -> str:
    """The sentence for an error or a pause; empty where there is none."""
    return "" if status is None else sentence(status)


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
class Harness:
    """A dispatcher, its client, a channel that follows a podcast of two episodes, and a way to plan."""

    fake: FakeDiscord
    client: discord.Client
    db: Database
    dispatcher: Dispatcher
    channel: FakeChannel

    async def plan(self, channel: FakeChannel | None = None, episode: int = 1) -> Delivery:
        """Plan the announcement of an episode; a second call tells how far it has come."""
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
        """Let it be attempted once now; how far it has come then."""
        delivery = await self.plan(channel, episode)
        await retry_delivery(self.db, delivery.id)
        await hasten_deliveries(self.db, delivery.guild_id)
        await start_due(self.dispatcher)
        return await self.plan(channel, episode)

    async def follow_up(self) -> None:
        """Do once whatever follow-ups are due."""
        for one in self.dispatcher._follow_ups:
            await start_due(one)

    async def later(self, moment: datetime) -> None:
        """Let follow-ups that are due by this moment be due now."""
        async with self.db.write() as connection:
            await connection.execute(
                follow_up.update().where(follow_up.c.due_at <= moment).values(due_at=datetime.now(UTC))
            )

    def existing(self, delivery: Delivery, by: FakeUser | None = None) -> FakeMessage:
        """The announcement of a delivery, as an earlier process posted it."""
        button = {
            "type": 2,
            "style": 2,
            "label": "All chapters",
            # Written out: it is in messages that earlier versions sent.
            "custom_id": f"chapters:{delivery.episode_id}:{delivery.id}",
        }
        rows = [{"type": 1, "components": [button]}]
        return self.fake.post(delivery.channel_id, by or self.fake.world.bot, "…", components=rows)

    def posted(self, channel: FakeChannel | None = None) -> list[str]:
        """The titles of the announcements in a channel."""
        messages = self.fake.messages((channel or self.channel).id)
        return [message.heading for message in messages if message.heading]

    def forum_posts(self, forum: FakeChannel) -> list[FakeChannel]:
        """The posts of a forum."""
        return [one for one in self.fake.world.channels() if one.parent_id == forum.id]

    async def more_episodes(self, count: int) -> None:
        """More episodes of the podcast."""
        known = await known_items(self.db, 1)
        now = datetime.now(UTC)
        changes = tuple(
            EpisodeChange(_item(f"More {n}", now), None, announce=False, reason=as_text(""), sorted_at=now)
            for n in range(count)
        )
        result = PollResult(
            FeedInfo("Show", None, None, None), changes, PollOutcome(as_text(""), now, now, as_text(""))
        )
        await save_poll(self.db, 1, known.revision, result)


@asynccontextmanager
async def dispatching(db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Harness]:
    """A dispatcher with a connected client; the fake Discord has seen nothing wrong at the end."""
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
        await create_podcast(db, "https://a.example/feed", result, by_operator=False)
        transport = Transport()
        async with discord.AutoShardedClient(
            intents=discord.Intents(guilds=True), guild_ready_timeout=0.02, http_trace=transport.trace
        ) as client:
            running = asyncio.create_task(client.start(fake.token))
            while not client.is_ready():  # noqa: ASYNC110 - it has no event before it has begun to start
                await asyncio.sleep(0.01)
            yield Harness(
                fake,
                client,
                db,
                Dispatcher(client, db, MessageRenderer(AnnouncementLoader(db)), transport),
                channel,
            )
        await running
        assert fake.violations == []
        assert fake.pings == []
