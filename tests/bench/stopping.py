"""Tells the bot to end while much is under way, and measures how long it takes: `python -m tests.bench.stopping`.

A large feed is being read, deliveries wait for an answer of Discord's that never comes, and a host of transcripts
drips. Afterwards the bot is started again, and everything must have been announced exactly once.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from storage.engine.database import Database, open_database, sqlite_url
from storage.tables.destinations import add_destination
from tests.bench.polls import spoken
from tests.e2e.bot_process import BotProcess
from tests.e2e.processes import busy_child, until
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import FakeChannel
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.fakes.raw_host import RawHost
from tests.fakes.watch import TIMEOUT_S
from tests.unit.feeds.material import feed_xml, item_xml

CHANNELS, FEED_MB = 400, 23
WORDS_OF_AN_ITEM = 13_500
# So many sends are under way at once (bot.announcing.dispatcher).
SENDS_AT_ONCE = 64
DRIPPING, SMALL, LARGE = "/dripping.xml", "/small.xml", "/large.xml"


@dataclass(slots=True)
class Stopping:
    """The fakes, the channels that follow each feed, and what was measured."""

    fake: FakeDiscord
    host: FeedHost
    dripping: RawHost
    data_dir: Path
    small: list[FakeChannel] = field(default_factory=list)
    large: list[FakeChannel] = field(default_factory=list)
    took_s: float = 0.0
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def bot(self) -> BotProcess:
        """The bot, not started yet."""
        return BotProcess(
            self.data_dir,
            DISCORD_TOKEN=self.fake.token,
            EARMARK_DISCORD_API_URL=self.fake.api_url,
            EARMARK_ALLOW_PRIVATE_FEEDS="127.0.0.0/8",
            EARMARK_POLL_INTERVAL="1",
        )

    def serve(self, *, news: bool, feed_mb: int) -> None:
        """Serve the feeds, with a new episode in each if `news`."""
        old = item_xml("old", published=self.now - timedelta(days=2))
        fresh = [item_xml("fresh", published=self.now - timedelta(hours=1))] if news else []
        self.host.put(SMALL, feed_xml([*fresh, old], title="Small Show"))
        transcript = f'<podcast:transcript url="{self.dripping.url("/dripping.vtt")}" type="text/vtt"/>'
        items = [
            item_xml(f"drip{n}", transcript, published=self.now - timedelta(days=2 + n)) for n in range(8)
        ]
        self.host.put(DRIPPING, feed_xml(items, title="Dripping Show"))
        notes = spoken(random.Random(1), WORDS_OF_AN_ITEM)
        long = [
            item_xml(f"long{n}", notes=notes, published=self.now - timedelta(days=30 + n))
            for n in range(feed_mb * 1_000_000 // len(notes) if news else 0)
        ]
        self.host.put(LARGE, feed_xml([*fresh, old, *long], title="Large Show"))

    def announced(self, channel: FakeChannel) -> int:
        """How many messages announce the new episode there."""
        return sum("About fresh" in message.text for message in self.fake.messages(channel.id))

    def counts(self) -> Counter[int]:
        """How many channels have so many announcements of the new episode."""
        return Counter(self.announced(channel) for channel in (*self.small, *self.large))


@asynccontextmanager
async def set_up(folder: Path, channels: int) -> AsyncIterator[Stopping]:
    """Three podcasts that were read before, and channels that follow them."""
    async with FakeDiscord() as fake, FeedHost() as host, RawHost() as dripping:
        run = Stopping(fake, host, dripping, folder / "data")
        run.data_dir.mkdir()
        dripping.scripts["/dripping.vtt"] = _drip
        run.serve(news=False, feed_mb=0)
        db = await open_database(sqlite_url(run.data_dir / "earmark.db"))
        guilds = [fake.world.add_guild(f"Guild {n}") for n in range(8)]
        documents = InProcessReader()
        everywhere = AllowedAddresses(everything=True)
        async with open_reader(db, everywhere, poll_interval_s=1, documents=documents) as reader:
            for path, count, found in (
                (SMALL, channels, run.small),
                (LARGE, 1, run.large),
                (DRIPPING, 1, []),
            ):
                podcast, _ = await reader.updater.follow(host.url(path), by_operator=False)
                for n in range(count):
                    guild = guilds[n % len(guilds)]
                    channel = fake.world.add_channel(guild.id, f"{path[1:-4]}-{n}")
                    found.append(channel)
                    await _follow(db, podcast.id, guild.id, channel.id, run.now)
        await db.close()
        yield run


async def _follow(db: Database, podcast_id: int, guild_id: int, channel_id: int, now: datetime) -> None:
    await add_destination(db, podcast_id, guild_id=guild_id, channel_id=channel_id, added_by=1, now=now)


def _drip() -> list[bytes | float]:
    """An answer that would take half a minute."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/vtt\r\nContent-Length: 100000\r\n\r\n"
    return [head, *(step for _ in range(150) for step in (b"WEBVTT\n", 0.2))]


async def stop_amid_work(run: Stopping, feed_mb: int) -> None:
    """Start the bot, tell it to end when all is under way, and start it again until everything is announced."""
    fake, sends = run.fake, min(SENDS_AT_ONCE, len(run.small))
    run.serve(news=True, feed_mb=feed_mb)
    # They take effect, and Discord never answers.
    silence = fake.faults.add(
        method="POST",
        path=r"^/channels/\d+/messages$",
        times=10_000,
        when="after",
        action="silence",
        silence_s=600,
    )
    async with run.bot() as bot:
        await fake.wait_for(lambda: silence.hits >= sends, f"{sends} sends")
        await until(lambda: run.dripping.sent.get("/dripping.vtt", 0) > 0, "the host to drip")
        reader = await until(partial(busy_child, bot.pid), "a document that is being read")
        began = time.monotonic()
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.exit_code() == 0
        run.took_s = time.monotonic() - began
    assert not Path(f"/proc/{reader}").exists()
    # That of the small feed: the large one was not read to its end first.
    assert bot.log.count("announced: it is new in the feed") == 1
    assert "Traceback" not in bot.log, bot.log[bot.log.index("Traceback") :][:3000]
    fake.faults.clear()
    async with run.bot() as bot:
        await fake.wait_for(lambda: not run.counts()[0], "all announcements", TIMEOUT_S)
        # Time for a wrong second message to appear.
        await asyncio.sleep(3)
    assert run.counts() == {1: len(run.small) + len(run.large)}
    assert fake.violations == []


def main() -> int:
    """Measure once; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="earmark-stop-") as folder:
        run = asyncio.run(_measure(Path(folder)))
    print(
        f"told to end while a feed of {FEED_MB} MB is read, {CHANNELS} deliveries are due, {SENDS_AT_ONCE} of them "
        f"unanswered, and a host drips: gone after {run.took_s:.1f} s; then each announced once"
    )
    return 0


async def _measure(folder: Path) -> Stopping:
    async with set_up(folder, CHANNELS) as run:
        await stop_amid_work(run, FEED_MB)
    return run


if __name__ == "__main__":
    sys.exit(main())
