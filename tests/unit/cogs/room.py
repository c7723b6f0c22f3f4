"""Earmark under simcord: a third party's model of Discord, in which members act and see what they would see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import simcord

from bot.client import COGS, Earmark
from bot.config import Settings, load_settings
from bot.feeds.addresses import AllowedAddresses
from bot.feeds.fetch import Fetcher
from bot.pipeline import Pipeline
from bot.quotes import QuoteFinder
from bot.sample import EPISODES, TRANSCRIPT_PATHS, sample_feed, sample_file
from storage.database import Database
from tests.fakes.feed_host import FeedHost


class Quiet(Earmark):
    """Earmark's commands and buttons without its endless work: simcord waits until nothing is left to do."""

    async def setup_hook(self) -> None:
        for name in COGS:
            await self.load_extension(name)
        await self.tree.sync()


@dataclass(frozen=True, slots=True)
class Room:
    """A server with a manager and a member, and a feed that can be followed."""

    bot: Quiet
    env: Any
    channel: Any
    manager: Any
    member: Any
    feed: str


def settings(tmp_path: Path) -> Settings:
    """Settings that nothing but this test made."""
    return load_settings({"EARMARK_DATA_DIR": str(tmp_path)}, tmp_path / ".env")


@asynccontextmanager
async def stocked(db: Database, tmp_path: Path) -> AsyncIterator[tuple[Quiet, str]]:
    """A bot, not started, with the sample podcast stored and followed by no server; the feed's address."""
    async with FeedHost() as host, Fetcher(AllowedAddresses(everything=True)) as fetcher:
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            host.put(path, body, content_type=content_type)
        feed = host.put("/feed.xml", sample_feed(host.base_url, now=datetime.now(UTC)))
        pipeline = Pipeline(db, fetcher, poll_interval_s=600)
        finder = QuoteFinder(db)
        podcast, _ = await pipeline.follow(feed, by_operator=True)
        await pipeline.read_transcripts(podcast.id, limit=EPISODES)
        try:
            yield Quiet(settings(tmp_path), db, pipeline, finder), feed
        finally:
            finder.close()
            pipeline.close()


@asynccontextmanager
async def furnished(db: Database, tmp_path: Path) -> AsyncIterator[Room]:
    """A room in which nothing is followed yet."""
    async with stocked(db, tmp_path) as (bot, feed):
        # Refusals are raised on their way to the member: no error of the bot's.
        async with simcord.run(bot, shard_count=1, check_errors=False) as env:
            guild = env.create_guild()
            channel = guild.create_text_channel("news")
            role = guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
            manager = guild.add_member(env.create_user("manu"), roles=[role])
            member = guild.add_member(env.create_user("mira"))
            yield Room(bot, env, channel, manager, member, feed)
