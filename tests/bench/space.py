"""Adds and removes a feed of 19 MB ten times, the same and ten different ones: what the folder takes a day later."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bot.config import load_settings
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from bot.quotes import QuoteFinder
from bot.upkeep import Upkeep
from storage.engine.database import open_database, sqlite_url
from storage.tables.destinations import add_destination, remove_destinations
from tests.fakes.clock import FakeClock
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml

FEED_BYTES = 19_000_000
TIMES = 10
MB = 1_000_000


def feed(number: int) -> bytes:
    """A feed of 19 MB whose notes hold transcripts, as words in the proportions of speech."""
    random = Random(number)
    words = ["".join(random.choices("aeioubdfgklmnprst", k=random.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    items: list[str] = []
    size = 0
    while size < FEED_BYTES:
        said = iter(random.choices(words, weights, k=14_000))
        turns = "".join(
            f"<p>{'Ada' if turn % 2 else 'Bo'} [00:{turn // 3:02}:{turn % 3 * 20:02}]: "
            f"{' '.join(next(said) for _ in range(90))}.</p>"
            for turn in range(150)
        )
        published = datetime(2026, 3, 1, tzinfo=UTC) - timedelta(days=len(items))
        name = f"{number}-{len(items)}"
        items.append(item_xml(name, published=published, notes=f"<h2>Transcript</h2>{turns}"))
        size += len(items[-1])
    return feed_xml(items, title=f"Show {number}")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def _measure(folder: Path, *, different: bool) -> None:
    clock = FakeClock()
    most_left = load_settings({}, folder / ".env").left_mb * MB
    db = await open_database(sqlite_url(folder / "earmark.db"))
    everywhere = AllowedAddresses(everything=True)
    async with FeedHost() as host, open_reader(db, everywhere, poll_interval_s=600) as reader:
        finder = QuoteFinder(db, folder / "search")
        upkeep = Upkeep(db, most_left_bytes=most_left, tidy=finder.tidy, clock=clock)
        for time_ in range(TIMES):
            number = time_ if different else 0
            path = f"/{number}.xml"
            if different or not time_:
                host.put(path, feed(number))
            podcast, _ = await reader.updater.follow(host.url(path), by_operator=False)
            await add_destination(db, podcast.id, guild_id=1, channel_id=10, added_by=5, now=clock.now())
            await finder.warm()
            await remove_destinations(db, guild_id=1, podcast_id=podcast.id, now=clock.now())
            clock.passed += 60
        before = _size(folder)
        clock.passed += 86_400
        for file in (folder / "search").glob("*"):
            # By the clock of the machine they are seconds old.
            os.utime(file, (0, 0))
        longest = 0.0

        async def write() -> None:
            nonlocal longest
            while True:
                begun = time.monotonic()
                async with db.write():
                    longest = max(longest, time.monotonic() - begun)
                await asyncio.sleep(0.01)

        writing = asyncio.create_task(write())
        begun = time.monotonic()
        await upkeep.sweep()
        took = time.monotonic() - begun
        writing.cancel()
        await asyncio.wait({writing})
        await finder.close()
    await db.close()
    which = "ten feeds of 19 MB" if different else "a feed of 19 MB, ten times"
    print(
        f"{which}: {before / MB:.0f} MB, a day later {_size(folder) / MB:.1f} MB; "
        f"the sweep took {took:.1f} s, in which a writer waited for {longest:.2f} s at most"
    )


async def measure() -> None:
    """Print both."""
    for different in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            await _measure(Path(folder), different=different)


if __name__ == "__main__":
    asyncio.run(measure())
