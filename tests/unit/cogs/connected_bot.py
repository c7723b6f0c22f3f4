"""Earmark connected to a Discord: to the fake one, or to simcord, a third party's model with members who act."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.cli.sample import EPISODES, TRANSCRIPT_PATHS, sample_feed, sample_file
from bot.config import Settings, load_settings
from bot.discord_client.calls import calls_under_way
from bot.discord_client.client import COGS, Earmark
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import Reader, open_reader
from bot.present.announcement import announcement_post
from bot.quotes import QuoteFinder
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import Looks
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import podcast_by_feed
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.fakes.watch import TIMEOUT_S


class Quiet(Earmark):
    """Earmark's commands and buttons without its background work, as simcord waits until no task is left."""

    async def setup_hook(self) -> None:
        for name in COGS:
            await self.load_extension(name)
        await self.tree.sync()


@dataclass(frozen=True, slots=True)
class SimcordServer:
    """A server of simcord's with a manager and a member, and a feed that can be followed."""

    bot: Quiet
    env: Any
    channel: Any
    manager: Any
    member: Any
    feed: str


def settings(tmp_path: Path) -> Settings:
    """Settings that nothing but this test made."""
    return load_settings({"EARMARK_DATA_DIR": str(tmp_path)}, tmp_path / ".env")


@cache
def _address() -> socket.socket:
    """Where one test after the other hosts the sample podcast: a copied database has its address."""
    return socket.create_server(("127.0.0.1", 0))


@cache
def _sample_feed(base_url: str) -> bytes:
    """The same feed in each test, as another one would have changed since it was stored."""
    return sample_feed(base_url, now=datetime.now(UTC))


@asynccontextmanager
async def _reader_of_sample(db: Database) -> AsyncIterator[tuple[Reader, str]]:
    """What reads the sample podcast, stored and followed by no server; the feed's address."""
    everywhere = AllowedAddresses(everything=True)
    async with (
        FeedHost(at=_address()) as host,
        open_reader(db, everywhere, poll_interval_s=600, documents=InProcessReader()) as reader,
    ):
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            host.put(path, body, content_type=content_type)
        feed = host.put("/feed.xml", _sample_feed(host.base_url))
        if await podcast_by_feed(db, feed) is None:
            podcast, _ = await reader.updater.follow(feed, by_operator=True)
            await reader.files.read(podcast.id, limit=EPISODES)
        yield reader, feed


async def store_sample(path: Path) -> None:
    """Store the sample podcast in a database's file, to copy: reading it took longer than most tests that need it."""
    db = await open_database(sqlite_url(path))
    try:
        async with _reader_of_sample(db):
            pass
    finally:
        await db.close()


@asynccontextmanager
async def bot_with_sample(db: Database, tmp_path: Path) -> AsyncIterator[tuple[Quiet, str]]:
    """A bot, not started, with the sample podcast stored and followed by no server; the feed's address."""
    async with _reader_of_sample(db) as (reader, feed):
        finder = QuoteFinder(db, tmp_path / "search", within_s=TIMEOUT_S)
        try:
            yield Quiet(settings(tmp_path), db, reader, finder), feed
        finally:
            await finder.close()


@asynccontextmanager
async def under_simcord(db: Database, tmp_path: Path) -> AsyncIterator[SimcordServer]:
    """A server in which nothing is followed yet."""
    async with (
        bot_with_sample(db, tmp_path) as (bot, feed),
        # Refusals are raised on their way to the member: no error of the bot's.
        simcord.run(bot, shard_count=1, check_errors=False) as env,
    ):
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        role = guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
        manager = guild.add_member(env.create_user("manu"), roles=[role])
        member = guild.add_member(env.create_user("mira"))
        yield SimcordServer(bot, env, channel, manager, member, feed)


DELIVERY = 123

# The fake Discord, and the bot that is connected to it.
FakeAndBot = tuple[FakeDiscord, Quiet]


@asynccontextmanager
async def connected(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeAndBot]:
    """A bot in this process, connected to a fake: its server 10 follows the sample podcast in channel 11."""
    async with FakeDiscord() as fake, bot_with_sample(db, tmp_path) as (bot, feed):
        monkeypatch.setattr(discord.http.Route, "BASE", fake.api_url)
        # The library's wait for more servers.
        monkeypatch.setattr(bot._connection, "guild_ready_timeout", 0.02)
        guild = fake.world.add_guild("Alpha", guild_id=10)
        fake.world.add_channel(guild.id, "news", channel_id=11)
        running = asyncio.create_task(bot.start(fake.token))
        try:
            await fake.wait_for(lambda: fake.ready.is_set() and fake.command_syncs)
            added = await fake.command(10, 11, MANAGER, "podcast add", feed=feed)
            # The preview follows the answer.
            await fake.wait_for(lambda: added.followups)
            yield fake, bot
        finally:
            await presses_end()
            await bot.close()
            with suppress(asyncio.CancelledError):
                await running
        assert fake.violations == []
        assert fake.pings == []


async def presses_end() -> None:
    """Wait for what presses, commands and events still do after they are answered: it uses the database."""
    under_way = calls_under_way()
    if under_way:
        await asyncio.wait(under_way, timeout=TIMEOUT_S)


async def announced(stage: FakeAndBot, newest: int = 0) -> tuple[FakeMessage, int]:
    """Post an announcement as the bot does; the message, and its episode's id."""
    fake, bot = stage
    episode = (await list_episodes(bot.db))[newest]
    what = await bot.announcements.load(episode.id)
    assert what is not None
    channel = bot.get_channel(11)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(**announcement_post(what, Looks(), delivery_id=DELIVERY).to_send())
    return fake.world.guilds[10].channels[11].messages[sent.id], episode.id
