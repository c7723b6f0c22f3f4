"""The quote search as users meet it: with transcripts in the database, through the finder and over the wire.

`python -m tests.bench.search_stored [--words 5] [--queries 400]`. The queries are those of `tests.bench.search`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sqlite3
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from bot.discord_client.supervisor import SWITCH_INTERVAL_S
from bot.quotes import SEARCH_FOLDER, QuoteFinder
from bot.search.quote_search import Scope
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import (
    EpisodeChange,
    FeedInfo,
    FeedItem,
    PollOutcome,
    PollResult,
    SpokenTurn,
    Turn,
    as_text,
)
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import create_podcast, save_poll
from tests.bench.search_archive import Archive, make_archive, queries
from tests.bench.search_corpus import CORPUS
from tests.e2e.bot_process import BotProcess
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MEMBER

_AT_ONCE = 32
_NEW_WORDS = 13_000
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_SAID_NOWHERE = "the crimson walrus of wednesday hums beneath the bakery"


@dataclass(frozen=True, slots=True)
class Times:
    """How long several searches took, in ms."""

    each: tuple[float, ...]

    def at(self, share: float) -> float:
        return sorted(self.each)[min(len(self.each) - 1, int(len(self.each) * share))]

    def __str__(self) -> str:
        return f"p50 {self.at(0.5):.2f} ms, p95 {self.at(0.95):.2f}, p99 {self.at(0.99):.2f}"


def _change(number: int, turns: Sequence[SpokenTurn]) -> EpisodeChange:
    """An episode of the archive as a feed would deliver it."""
    moment = _BEGAN + timedelta(days=number)
    item = FeedItem(
        identity=f"episode {number}",
        guid=f"episode {number}",
        title=f"Episode {number}",
        link=None,
        published=moment,
        duration_s=3_600.0,
        image_url=None,
        enclosure_url=f"https://media.example/{number}.mp3",
        enclosure_type="audio/mpeg",
        video_url=None,
        notes="",
        intro="",
        content_hash=str(number),
        turns=tuple(Turn(one.speaker, one.start_ms, one.end_ms, one.text, one.mark) for one in turns),
    )
    return EpisodeChange(item, None, announce=False, reason=as_text("measured"), sorted_at=moment)


def _result(changes: Sequence[EpisodeChange]) -> PollResult:
    now = datetime.now(UTC)
    outcome = PollOutcome(as_text("measured"), now, now + timedelta(days=365), as_text("measured"))
    return PollResult(FeedInfo("The Archive", None, None, "en"), tuple(changes), outcome)


async def store(db: Database, archive: Archive) -> int:
    """Store the archive in the database and return the podcast's id."""
    by_episode: dict[int, list[SpokenTurn]] = {}
    for turn in archive.kept:
        by_episode.setdefault(turn.episode_id, []).append(turn)
    changes = [_change(number, turns) for number, turns in by_episode.items()]
    return await create_podcast(db, "https://archive.example/feed", _result(changes), by_operator=True)


async def _one_by_one(finder: QuoteFinder, asked: Sequence[str]) -> Times:
    took = []
    for query in asked:
        began = time.perf_counter()
        await finder.find(query, Scope(), limit=5)
        took.append((time.perf_counter() - began) * 1000)
    return Times(tuple(took))


class _Lag:
    """Measures how late each tick of the event loop is."""

    def __init__(self) -> None:
        self.ms: list[float] = []

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _tick(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            self.ms.append((time.perf_counter() - began - 0.001) * 1000)


async def _at_once(finder: QuoteFinder, asked: Sequence[str]) -> tuple[Times, Times]:
    """When the last of many simultaneous searches is answered, and the loop's lag. Raises if an answer differs."""
    alone = {query: await finder.find(query, Scope(), limit=5) for query in asked}
    lasts, lags = [], []
    for first in range(0, len(asked) - _AT_ONCE + 1, _AT_ONCE):
        batch = asked[first : first + _AT_ONCE]
        async with _Lag() as lag:
            began = time.perf_counter()
            together = await asyncio.gather(*(finder.find(query, Scope(), limit=5) for query in batch))
            lasts.append((time.perf_counter() - began) * 1000)
        lags += lag.ms
        if together != [alone[query] for query in batch]:
            raise RuntimeError("searches at once disturb each other")
    return Times(tuple(lasts)), Times(tuple(lags))


async def _new_episode(
    db: Database, podcast_id: int, finder: QuoteFinder, archive: Archive, asked: list[str]
) -> float:
    """Seconds until a new episode is found after it was stored, while other searches run."""
    spoken = [turn for turn in archive.absent if turn.text][:2_000]
    turns, words = [], 0
    for turn in spoken:
        turns.append(turn)
        words += len(turn.text.split())
        if words >= _NEW_WORDS:
            break
    turns.append(SpokenTurn(0, len(turns), "Nell", 0, None, _SAID_NOWHERE))
    searching = True

    async def search_on() -> None:
        while searching:
            for query in asked:
                await finder.find(query, Scope(), limit=5)
                if not searching:
                    return

    others = [asyncio.create_task(search_on()) for _ in range(4)]
    try:
        known = await known_items(db, podcast_id)
        await save_poll(db, podcast_id, known.revision, _result([_change(10_000, turns)]))
        stored = time.perf_counter()
        while not await finder.find(_SAID_NOWHERE, Scope(), limit=1):
            if time.perf_counter() - stored > 30:
                raise RuntimeError("the new episode is not found")
        return time.perf_counter() - stored
    finally:
        searching = False
        await asyncio.gather(*others)


async def _over_the_wire(data_dir: Path, asked: Sequence[str]) -> Times:
    """From a member's `/quote` to its answer, over sockets to the bot's process and back."""
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild("Alpha")
        channel = fake.world.add_channel(guild.id, "news")
        with sqlite3.connect(data_dir / "earmark.db") as database:
            database.execute(
                "INSERT INTO destination(podcast_id, guild_id, channel_id, added_by, added_at) VALUES(1, ?, ?, 1, ?)",
                [guild.id, channel.id, "2026-01-01 00:00:00"],
            )
        settings = {"DISCORD_TOKEN": fake.token, "EARMARK_DISCORD_API_URL": fake.api_url}
        async with BotProcess(data_dir, **settings):
            await fake.wait_for(lambda: fake.ready.is_set() and fake.commands.get(None))
            took = []
            for query in asked:
                began = time.perf_counter()
                await fake.command(guild.id, channel.id, MEMBER, "quote", words=query[:300])
                took.append((time.perf_counter() - began) * 1000)
    return Times(tuple(took))


async def measure(millions: float, count: int) -> None:
    """Measure and print the figures."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with TemporaryDirectory(prefix="earmark-bench-") as name:
        folder = Path(name)
        archive = make_archive(folder, millions, keep_all=True)
        drawn = queries(archive, "report", count)
        said = [one.query for of, one in drawn if of != "never said"]
        said = said[:: max(1, len(said) // 2_000)]
        db = await open_database(sqlite_url(folder / "earmark.db"))
        began = time.perf_counter()
        podcast_id = await store(db, archive)
        print(
            f"{archive.words / 1e6:.1f} million words stored in {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        finder = QuoteFinder(db, folder / SEARCH_FOLDER)
        began = time.perf_counter()
        await finder.warm()
        print(f"indexed in {time.perf_counter() - began:.1f} s", flush=True)
        gc.collect()
        gc.freeze()
        print(f"{len(said)} queries one by one, in the bot: {await _one_by_one(finder, said)}", flush=True)
        alone = await open_database(sqlite_url(folder / "earmark.db"), single_user=True)
        asking = QuoteFinder(alone, folder / SEARCH_FOLDER)
        await asking.warm()
        print(f"as `quote --batch` asks (took_ms): {await _one_by_one(asking, said)}", flush=True)
        await asking.close()
        await alone.close()
        lasts, lags = await _at_once(finder, said[:: max(1, len(said) // 320)])
        print(
            f"{_AT_ONCE} at once: the last answered after {statistics.median(lasts.each):.0f} ms, at worst "
            f"{max(lasts.each):.0f}; the event loop's lag {lags}, longest {max(lags.each):.1f}",
            flush=True,
        )
        found = await _new_episode(db, podcast_id, finder, archive, said[:50])
        print(f"a new episode of {_NEW_WORDS:,} words is found {found:.2f} s after it was stored", flush=True)
        await finder.close()
        await db.close()
        wire = await _over_the_wire(folder, said[:: max(1, len(said) // 300)])
        print(f"/quote over the wire: {wire}", flush=True)


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search_stored")
    parser.add_argument("--words", type=float, default=5.0, help="in millions")
    parser.add_argument("--queries", type=int, default=300, help="of each class")
    asked = parser.parse_args(arguments)
    if not CORPUS.is_dir():
        print(f"The corpus is missing: {CORPUS}", file=sys.stderr)
        return 1
    asyncio.run(measure(asked.words, asked.queries))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
