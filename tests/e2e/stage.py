"""The setup of every end-to-end test: a fake Discord, a fake feed host, and the bot as a process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from bot.cli.sample import TRANSCRIPT_PATHS, sample_feed, sample_file
from tests.e2e.bot_process import BotProcess
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER, FakeChannel, FakeGuild
from tests.fakes.feed_host import FeedHost

NEWEST = "The Clock That Struck Thirteen"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an invented feed, published `age` before now. `notes` is HTML, `more` further elements."""

    title: str
    notes: str = ""
    age: timedelta = timedelta(hours=1)
    link: str | None = None
    enclosure: str = "https://media.example/{guid}.mp3"
    guid: str | None = None
    more: str = ""

    @property
    def key(self) -> str:
        """Its guid; without one, its title."""
        return self.guid or self.title


def feed_of(title: str, items: Iterable[Item]) -> str:
    """A feed of these items as RSS."""
    now = datetime.now(UTC)
    parts = [
        f"<item><title>{escape(one.title)}</title><guid isPermaLink='false'>{escape(one.key)}</guid>"
        f"<pubDate>{format_datetime(now - one.age)}</pubDate>"
        + (f"<link>{escape(one.link)}</link>" if one.link else "")
        + f"<description>{escape(one.notes)}</description>"
        f'<enclosure url="{escape(one.enclosure.format(guid=len(one.key)))}" type="audio/mp4" length="1"/>'
        f"{one.more}</item>"
        for one in items
    ]
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' "
        f"xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><title>{escape(title)}</title>"
        f"<link>https://show.example/</link>{''.join(parts)}</channel></rss>"
    )


@dataclass(slots=True)
class Stage:
    """Both fakes, a server with one channel, and the bot's data directory."""

    fake: FakeDiscord
    host: FeedHost
    guild: FakeGuild
    channel: FakeChannel
    data_dir: Path
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def bot(self, *, inside: Sequence[str] = (), **settings: str) -> BotProcess:
        """The bot, not started yet."""
        ours = {
            "DISCORD_TOKEN": self.fake.token,
            "EARMARK_DISCORD_API_URL": self.fake.api_url,
            "EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.0/8",
            "EARMARK_POLL_INTERVAL": "1",
        }
        return BotProcess(self.data_dir, inside=inside, **{**ours, **settings})

    def publish(self, episodes: int) -> str:
        """Serve the sample feed with so many episodes; returns its URL."""
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            self.host.put(path, body, content_type=content_type)
        return self.host.put("/feed.xml", sample_feed(self.host.base_url, episodes, now=self.now))

    def put(self, path: str, title: str, *items: Item) -> str:
        """Serve an invented feed; returns its URL."""
        return self.host.put(path, feed_of(title, items))

    async def bot_ready(self) -> None:
        """Wait until the bot is connected and has registered its commands."""
        await self.fake.wait_for(lambda: self.fake.ready.is_set() and self.fake.commands.get(None), "ready")

    async def follow(self, feed: str, channel: FakeChannel | None = None) -> FakeAnswer:
        """Follow a feed in a channel, as a manager."""
        where = channel or self.channel
        added = await self.fake.command(where.guild_id, where.id, MANAGER, "podcast add", feed=feed)
        assert "is now followed" in added.text, added.text
        return added

    async def polled_again(self, path: str = "/feed.xml", times: int = 2) -> None:
        """Wait for so many more polls of the feed; after two, what it served before is stored."""
        seen = self.host.count(path)
        await self.host.wait_for(lambda: self.host.count(path) >= seen + times, f"polls of {path}")

    async def announced(self, channel: FakeChannel, title: str) -> None:
        """Wait until a message in the channel announces the episode."""
        await self.fake.wait_for(lambda: self.count(channel, title), f"“{title}” in #{channel.name}")

    def count(self, channel: FakeChannel, title: str) -> int:
        """How many messages in the channel announce the episode."""
        return sum(
            title in message.text
            and any((one.custom_id or "").startswith("chapters:") for one in message.buttons)
            for message in self.fake.messages(channel.id)
        )


@asynccontextmanager
async def set_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Run both fakes; at the end, fail if anything violated Discord's rules or notified anybody."""
    async with FakeDiscord() as fake, FeedHost() as host:
        guild = fake.world.add_guild("Alpha")
        channel = fake.world.add_channel(guild.id, "news")
        yield Stage(fake, host, guild, channel, tmp_path / "data")
        assert fake.violations == []
        assert fake.pings == []
