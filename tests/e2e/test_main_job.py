"""The main job against a fake Discord and a fake feed host: follow, announce once, answer, survive a kill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sample import SAMPLE_QUESTIONS, TRANSCRIPT_PATHS, sample_feed, sample_file
from tests.e2e.bot_process import BotProcess
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER, MEMBER, FakeChannel, FakeGuild
from tests.fakes.feed_host import FeedHost


@dataclass(slots=True)
class Stage:
    """A server with a channel, a feed, and the bot's data."""

    fake: FakeDiscord
    host: FeedHost
    guild: FakeGuild
    channel: FakeChannel
    data_dir: Path
    now: datetime

    def bot(self, **settings: str) -> BotProcess:
        """The bot, to be started."""
        return BotProcess(
            self.data_dir,
            DISCORD_TOKEN=self.fake.token,
            EARMARK_DISCORD_API_URL=self.fake.api_url,
            EARMARK_ALLOW_PRIVATE_FEEDS="127.0.0.0/8",
            **{"EARMARK_POLL_INTERVAL": "1", **settings},
        )

    def publish(self, episodes: int) -> str:
        """Let the sample's feed have so many episodes."""
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            self.host.put(path, body, content_type=content_type)
        return self.host.put("/feed.xml", sample_feed(self.host.base_url, episodes, now=self.now))

    async def up(self) -> None:
        """Wait until the bot can be asked."""
        await self.fake.wait_for(lambda: self.fake.ready.is_set() and self.fake.commands.get(None), 20)


@asynccontextmanager
async def _stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with FakeDiscord() as fake, FeedHost() as host:
        guild = fake.world.add_guild("Alpha")
        channel = fake.world.add_channel(guild.id, "news")
        stage = Stage(fake, host, guild, channel, tmp_path / "data", datetime.now(UTC))
        yield stage
        assert fake.violations == []
        assert fake.pings == []


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with _stage(tmp_path) as ready:
        yield ready


async def test_follow_announce_and_quote(stage: Stage) -> None:
    fake, guild, channel = stage.fake, stage.guild, stage.channel
    feed = stage.publish(3)
    async with stage.bot():
        await stage.up()
        added = await fake.command(guild.id, channel.id, MANAGER, "podcast add", feed=feed)
        assert added.ephemeral
        assert "3 episodes: 3 with chapters, 2 with a transcript" in added.text
        assert fake.messages(channel.id) == []

        stage.publish(4)
        await fake.wait_for(lambda: fake.messages(channel.id), 15, "the announcement")
        (announcement,) = fake.messages(channel.id)
        assert "The Clock That Struck Thirteen" in announcement.text
        assert f"{stage.host.base_url}/audio/4.mp3#t=61" in announcement.text

        for words in SAMPLE_QUESTIONS[:2]:
            found = await fake.command(guild.id, channel.id, MEMBER, "quote", words=words)
            assert found.ephemeral
            assert "**" in found.text
        print(found.text, [b.label for b in found.buttons])
