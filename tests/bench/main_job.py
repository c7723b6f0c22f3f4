"""Measures the main job as its users meet it: `python -m tests.bench.main_job`."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.discord_client.supervisor import SWITCH_INTERVAL_S
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from storage.engine.database import open_database
from tests.e2e.bot_process import BotProcess, run, run_json
from tests.e2e.processes import children, resident_mib
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MEMBER
from tests.fakes.feed_host import FeedHost
from tests.paths import SHARED_DATA
from tests.unit.search.material import with_slips

FEEDS = SHARED_DATA / "feeds"
LATENT_SPACE = (FEEDS / "latent-space-2024-02.xml", FEEDS / "latent-space-2024-12.xml")
QUOTES = 500
STARTS = 5


async def _spoken_quotes(data_dir: Path) -> None:
    """Search on the command line for words from the stored episodes, with two typos in each query."""
    turns: list[tuple[str, dict[str, Any]]] = []
    for episode in await run_json(data_dir, "episodes"):
        if episode["turns"]:
            shown = await run_json(data_dir, "transcript", "show", str(episode["id"]))
            turns += [(episode["guid"], turn) for turn in shown]
    rng = random.Random(20241122)
    drawn: list[tuple[str, dict[str, Any], str]] = []
    while len(drawn) < QUOTES:
        guid, turn = rng.choice(turns)
        words = re.findall(r"[\w'’-]+", turn["text"])
        count = rng.randint(6, 10)
        if len(words) < count or turn["start_s"] is None:
            continue
        first = rng.randrange(len(words) - count + 1)
        drawn.append((guid, turn, " ".join(with_slips(rng, words[first : first + count], 2))))
    lines = "\n".join(json.dumps({"id": n, "query": query}) for n, (_, _, query) in enumerate(drawn))
    code, out, err = await run(data_dir, "quote", "--batch", "-", "--json", stdin=lines.encode())
    assert code == 0, err
    answers = [json.loads(line) for line in out.splitlines()]
    right = sum(_within_5_s(answer["hits"], drawn[answer["id"]]) for answer in answers)
    took = sorted(answer["took_ms"] for answer in answers)
    print(
        f"quotes of 6 to 10 words with two typos: first hit within 5 s of the turn {right} of {len(answers)}, "
        f"took_ms median {statistics.median(took):.1f}, p95 {took[len(took) * 95 // 100]:.1f}"
    )


def _within_5_s(hits: Sequence[dict[str, Any]], drawn: tuple[str, dict[str, Any], str]) -> bool:
    guid, turn, _ = drawn
    if not hits or hits[0]["guid"] != guid or hits[0]["start_s"] is None:
        return False
    end = turn["end_s"] if turn["end_s"] is not None else turn["start_s"]
    return bool(turn["start_s"] - 5 <= hits[0]["start_s"] <= end + 5)


async def _starts(data_dir: Path) -> None:
    """Time from the start of the process to the first answered command, and its memory then."""
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild("Alpha")
        channel = fake.world.add_channel(guild.id, "news")
        with sqlite3.connect(data_dir / "earmark.db") as database:
            database.executemany(
                "INSERT INTO destination(podcast_id, guild_id, channel_id, added_by, added_at) VALUES(?, ?, ?, 1, ?)",
                [(podcast, guild.id, channel.id, "2026-01-01 00:00:00") for podcast in (1, 2)],
            )
        took, resident, reading = [], [], []
        for _ in range(STARTS):
            began = time.perf_counter()
            settings = {"DISCORD_TOKEN": fake.token, "EARMARK_DISCORD_API_URL": fake.api_url}
            async with BotProcess(data_dir, **settings) as bot:
                await fake.wait_for(lambda: fake.ready.is_set() and fake.commands.get(None))
                words = "production and they use a very certain way of defining the graph"
                answer = await fake.command(guild.id, channel.id, MEMBER, "quote", words=words)
                took.append(time.perf_counter() - began)
                assert "**" in answer.text, answer.text
                resident.append(resident_mib(bot.pid))
                reading.append(resident_mib(*children(bot.pid)))
    print(
        f"start to first answered /quote: median {statistics.median(took):.2f} s, slowest {max(took):.2f} s; "
        f"resident memory then {max(resident):.0f} MB, of its reading process {max(reading):.0f} MB"
    )


async def _loop_lag(data_dir: Path, feed: Path) -> None:
    """The event loop's lag while a feed is fetched over HTTP, parsed and stored."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    db = await open_database(f"sqlite+aiosqlite:///{data_dir / (feed.stem + '.db')}")
    lags: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append((time.perf_counter() - began - 0.001) * 1000)

    everywhere = AllowedAddresses(everything=True)
    async with FeedHost() as host, open_reader(db, everywhere, poll_interval_s=600) as reader:
        url = host.put("/feed.xml", feed.read_bytes())
        # As the bot does when it starts.
        gc.collect()
        gc.freeze()
        ticking = asyncio.create_task(tick())
        began = time.perf_counter()
        await reader.updater.follow(url, by_operator=True)
        took = time.perf_counter() - began
        ticking.cancel()
    await db.close()
    lags.sort()
    print(
        f"{feed.name} ({feed.stat().st_size / 1e6:.1f} MB) read in {took:.1f} s; the event loop's lag meanwhile: "
        f"median {statistics.median(lags):.1f} ms, p99 {lags[len(lags) * 99 // 100]:.1f}, longest {lags[-1]:.0f}"
    )


async def measure() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory(prefix="earmark-bench-") as folder:
        data_dir = Path(folder) / "data"
        for feed in LATENT_SPACE:
            began = time.perf_counter()
            added = await run_json(data_dir, "add", str(feed))
            print(
                f"add {feed.name}: {added['episodes']} episodes, {added['chapters']} with chapters, "
                f"{added['transcripts']} with transcripts, {time.perf_counter() - began:.1f} s"
            )
        await _spoken_quotes(data_dir)
        await _starts(data_dir)
        for feed in (LATENT_SPACE[0], FEEDS / "jorrin-megaphone.xml"):
            await _loop_lag(data_dir, feed)


def main() -> int:
    """Measure, if the real feeds are there; returns the exit code."""
    if not FEEDS.is_dir():
        print(f"The real feeds are missing: {FEEDS}", file=sys.stderr)
        return 1
    asyncio.run(measure())
    return 0


if __name__ == "__main__":
    sys.exit(main())
