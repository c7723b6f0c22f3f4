"""Announces one episode in two thousand channels: `python -m tests.bench.deliveries [DESTINATIONS]`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from storage.engine.database import open_database, sqlite_url
from storage.tables.destinations import add_destination
from tests.bench.discord_host import DiscordHost, Posted
from tests.e2e.bot_process import BotProcess
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml

DESTINATIONS = 2_000
OLD_EPISODES = 20
# Notes that make an announcement as long as real ones.
NOTES = "<p>Who did what, and why it matters to us.</p>" * 4 + "".join(
    f"<p>[00:{n:02}:00] The chapter number {n} of this episode</p>" for n in range(0, 60, 3)
)
POLL_INTERVAL_S = 1.0
TIMEOUT_S = 240.0
TARGET_RATE, TARGET_REFUSED, TARGET_FIRST_S = 45.0, 0.01, 2.0


def _feed(now: datetime, *, new: bool) -> bytes:
    items = [item_xml("new", notes=NOTES, published=now)] if new else []
    old = [item_xml(f"old{n}", published=now - timedelta(days=1 + n)) for n in range(OLD_EPISODES)]
    return feed_xml([*items, *old])


def _cpu_s(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def _set_up(data_dir: Path, host: DiscordHost, feed: str, now: datetime) -> None:
    db = await open_database(sqlite_url(data_dir / "earmark.db"))
    async with open_reader(db, AllowedAddresses(everything=True), poll_interval_s=POLL_INTERVAL_S) as reader:
        podcast, _ = await reader.updater.follow(feed, by_operator=False)
    for guild_id, channel_id in host.channels:
        await add_destination(db, podcast.id, guild_id=guild_id, channel_id=channel_id, added_by=1, now=now)
    await db.close()


async def _all_posted(host: DiscordHost, count: int) -> Posted:
    end = time.monotonic() + TIMEOUT_S
    while True:
        posted = await host.posted()
        if posted.channels == count or time.monotonic() > end:
            return posted
        await asyncio.sleep(1.0)


async def measure(destinations: int) -> bool:
    """Print the figures; returns whether they meet the targets."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="earmark-bench-") as folder:
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        async with DiscordHost(destinations) as host, FeedHost() as feeds:
            feed = feeds.put("/feed.xml", _feed(now, new=False))
            await _set_up(data_dir, host, feed, now)
            async with BotProcess(
                data_dir,
                DISCORD_TOKEN=host.token,
                EARMARK_DISCORD_API_URL=host.api_url,
                EARMARK_ALLOW_PRIVATE_FEEDS="127.0.0.0/8",
                EARMARK_POLL_INTERVAL=str(POLL_INTERVAL_S),
            ) as bot:
                await host.ready()
                await bot.logged("up as")
                await asyncio.sleep(3)
                before = await host.posted()
                cpu = _cpu_s(bot.pid)
                served = time.monotonic()
                feeds.put("/feed.xml", _feed(now, new=True))
                posted = await _all_posted(host, destinations)
                cpu = _cpu_s(bot.pid) - cpu
            to_epoch = time.time() - time.monotonic()
            polled = min(seen.at for seen in feeds.asked("/feed.xml") if seen.at > served) + to_epoch
    times = posted.times
    rate = (len(times) - 1) / (times[-1] - times[0])
    requests = posted.requests - before.requests
    refused = posted.refused - before.refused
    first_s = times[0] - polled
    print(
        f"one episode to {destinations} channels: {len(times)} messages in {posted.channels} channels within "
        f"{times[-1] - times[0]:.1f} s, {rate:.1f} a second; {requests / len(times):.3f} requests each, "
        f"{refused} of {requests} refused (429)"
    )
    print(
        f"first post {first_s:.2f} s after the poll that found it; "
        f"the bot's CPU {cpu / len(times) * 1000:.1f} ms an announcement"
    )
    return (
        posted.channels == len(times) == destinations
        and rate >= TARGET_RATE
        and refused <= TARGET_REFUSED * requests
        and first_s <= TARGET_FIRST_S
    )


def main(destinations: int = DESTINATIONS) -> int:
    """Measure; the exit code is 1 if a figure misses its target."""
    return 0 if asyncio.run(measure(destinations)) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else DESTINATIONS))
