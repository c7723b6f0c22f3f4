"""Members ask while a new podcast's transcripts are read and indexed: `python -m tests.bench.indexing_under_load`.

`--large` does the same with transcripts of 5.8 MB instead of 93 KB, 12 of them unless `--episodes` says otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.quotes import SEARCH_FOLDER, QuoteFinder
from storage.engine.database import open_database, sqlite_url
from tests.bench.hosts import Hosts
from tests.e2e.bot_process import BotProcess
from tests.e2e.stage import Item, feed_of
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER, MEMBER

ASKED_EVERY_S = 0.2
GOAL_S, GOAL_CPU, GOAL_MB = 1.5, 1.5, 150
SMALL, LARGE = 93_000, 5_800_000
KNOWN = "the marmalade kettle sings to the seventh lighthouse"
DONE = "the search's index is up to date, after "
_LETTERS = "aeioubdfgklmnprst"
_TICKS = os.sysconf("SC_CLK_TCK")


def _words() -> list[str]:
    rng = random.Random(1)
    return sorted({"".join(rng.choices(_LETTERS, k=rng.randint(2, 9))) for _ in range(30_000)})


WORDS = _words()
WEIGHTS = [1 / (rank + 3) for rank in range(len(WORDS))]


def _vtt(number: int, size: int) -> str:
    """A transcript of about this many bytes in which every episode says other words."""
    rng = random.Random(number)
    words = iter(rng.choices(WORDS, WEIGHTS, k=size // 6))
    cues = ["WEBVTT\n"]
    length, at = 0, 0
    while length < size:
        said = " ".join(word for word, _ in zip(words, range(11), strict=False))
        cue = f"{_clock(at)} --> {_clock(at + 4)}\n<v {('Ada', 'Bo')[at // 40 % 2]}>{said}.\n"
        cues.append(cue)
        length += len(cue) + 1
        at += 4
    cues.append(f"{_clock(at)} --> {_clock(at + 4)}\nthe unmistakable sentence of episode {number}\n")
    return "\n".join(cues)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def _feed(base: str, episodes: int) -> str:
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>Episode {number}</title><guid isPermaLink='false'>e{number}</guid>"
        f"<pubDate>{format_datetime(now - timedelta(days=episodes - number + 1))}</pubDate>"
        f'<enclosure url="https://media.example/{number}.mp3" type="audio/mpeg" length="1"/>'
        f'<podcast:transcript url="{base}/{number}.vtt" type="text/vtt"/></item>'
        for number in range(episodes)
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:podcast='https://podcastindex.org/namespace/1.0'>"
        f"<channel><title>The Big One</title>{items}</channel></rss>"
    )


@dataclass(slots=True)
class Memory:
    """What a process has resident, in MB: the most so far, and the most of what is its own."""

    all_mb: float = 0.0
    own_mb: float = 0.0

    def look(self, pid: int) -> None:
        told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        self.all_mb = max(self.all_mb, int(told["VmRSS"].split()[0]) / 1024)
        self.own_mb = max(self.own_mb, int(told["RssAnon"].split()[0]) / 1024)


@dataclass(slots=True)
class Asked:
    """How long answers took, in seconds, and how many were wrong."""

    other_s: list[float] = field(default_factory=list)
    all_s: list[float] = field(default_factory=list)
    wrong: int = 0

    def __str__(self) -> str:
        return "; ".join(
            f"{name}: {len(took)} answers, p50 {sorted(took)[len(took) // 2]:.3f} s, longest {max(took):.3f} s"
            for name, took in (("of another podcast", self.other_s), ("of all", self.all_s))
            if took
        )


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _count(data_dir: Path, query: str) -> int:
    with sqlite3.connect(f"file:{data_dir / 'earmark.db'}?mode=ro", uri=True, timeout=30) as database:
        return int(database.execute(query).fetchone()[0])


def _indexed(data_dir: Path) -> int:
    return _count(data_dir, "SELECT count(*) FROM indexed_episode")


async def _ask(fake: FakeDiscord, place: tuple[int, int], asked: Asked, ends: asyncio.Event) -> None:
    """Ask five times a second, in turns about the other podcast and about all."""
    tasks: set[asyncio.Task[None]] = set()

    async def once(number: int) -> None:
        began = time.perf_counter()
        if number % 2:
            told = await fake.command(*place, MEMBER, "quote", words=KNOWN, podcast="The Small One")
            asked.other_s.append(time.perf_counter() - began)
        else:
            told = await fake.command(*place, MEMBER, "quote", words=f"{KNOWN} again")
            asked.all_s.append(time.perf_counter() - began)
        asked.wrong += "marmalade" not in told.text

    number = 0
    while not ends.is_set():
        tasks.add(asyncio.create_task(once(number)))
        number += 1
        await asyncio.sleep(ASKED_EVERY_S)
    await asyncio.gather(*tasks)


async def _under_load(data_dir: Path, episodes: int, size: int) -> tuple[Asked, float, Memory, Memory]:
    """Add the podcast to a running bot, and ask until everything is indexed; the answers, CPU and memory."""
    settings = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.0/8", "EARMARK_POLL_INTERVAL": "600"}
    async with FakeDiscord() as fake, Hosts(1) as hosts:
        guild = fake.world.add_guild("Alpha")
        place = (guild.id, fake.world.add_channel(guild.id, "news").id)
        small = await hosts.put(0, "/small.vtt", f"WEBVTT\n\n00:01.000 --> 00:04.000\n{KNOWN}\n".encode())
        base = small.rpartition("/")[0]
        items = feed_of("The Small One", [Item("One")]).replace(
            "</item>",
            f'<podcast:transcript url="{small}" type="text/vtt" '
            'xmlns:podcast="https://podcastindex.org/namespace/1.0"/></item>',
        )
        other = await hosts.put(0, "/small.xml", items.encode())
        for number in range(episodes):
            await hosts.put(0, f"/{number}.vtt", _vtt(number, size).encode())
        feed = await hosts.put(0, "/feed.xml", _feed(base, episodes).encode())
        settings |= {"DISCORD_TOKEN": fake.token, "EARMARK_DISCORD_API_URL": fake.api_url}
        async with BotProcess(data_dir, **settings) as bot:
            await fake.wait_for(lambda: fake.ready.is_set() and fake.commands.get(None))
            await fake.command(*place, MANAGER, "podcast add", feed=other)
            while _indexed(data_dir) < 1:  # noqa: ASYNC110 - the bot's database tells nobody that it grew
                await asyncio.sleep(0.2)
            at_rest, most = Memory(), Memory()
            at_rest.look(bot.pid)
            asked, ends = Asked(), asyncio.Event()
            asking = asyncio.create_task(_ask(fake, place, asked, ends))
            began, cpu_s = time.monotonic(), _cpu_s(bot.pid)
            await fake.command(*place, MANAGER, "podcast add", feed=feed)
            while (
                _indexed(data_dir) < episodes + 1
                or _count(data_dir, "SELECT count(DISTINCT segment) FROM indexed_episode") > 3
            ):
                most.look(bot.pid)
                await asyncio.sleep(0.1)
            print(f"all read and indexed after {time.monotonic() - began:.1f} s", flush=True)
            ends.set()
            await asking
            print(f"the bot's process took {_cpu_s(bot.pid) - cpu_s:.1f} s of CPU in all", flush=True)
            await bot.logged(DONE)
            await asyncio.sleep(1)
            indexing_s = sum(
                float(line.partition(DONE)[2].split()[0]) for line in bot.log.splitlines() if DONE in line
            )
            if "Traceback" in bot.log:
                print(bot.log[-5000:])
    return asked, indexing_s, at_rest, most


async def _at_rest(data_dir: Path) -> None:
    """Index what is stored, in this process alone."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    db = await open_database(sqlite_url(data_dir / "earmark.db"))
    finder = QuoteFinder(db, data_dir / SEARCH_FOLDER)
    await finder.warm()
    await finder.close()
    await db.close()


async def _measure(episodes: int, size: int) -> int:
    with TemporaryDirectory(prefix="earmark-bench-") as folder:
        data_dir = Path(folder) / "data"
        print(f"{episodes} episodes with {size / 1000:,.0f} KB of WebVTT each", flush=True)
        asked, loaded_s, before, most = await _under_load(data_dir, episodes, size)
        print(f"asked every {ASKED_EVERY_S} s, {asked} (goal {GOAL_S} s); {asked.wrong} wrong")
        shutil.rmtree(data_dir / SEARCH_FOLDER)
        with sqlite3.connect(data_dir / "earmark.db") as database:
            database.execute("DELETE FROM indexed_episode")
        done = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.indexing_under_load", "--at-rest", str(data_dir)),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await done.communicate()
        rest_s = sum(
            float(line.partition(DONE)[2].split()[0]) for line in out.decode().splitlines() if DONE in line
        )
    own, everything = most.own_mb - before.own_mb, most.all_mb - before.all_mb
    print(
        f"indexing took {loaded_s:.2f} s of CPU, {rest_s:.2f} s at rest: {loaded_s / rest_s:.2f} times "
        f"(goal {GOAL_CPU})\nthe bot's memory: {before.all_mb:.0f} MB before, at most {everything:.0f} MB more "
        f"(goal {GOAL_MB}), {own:.0f} MB of that its own"
    )
    longest = max(asked.other_s + asked.all_s)
    good = longest <= GOAL_S and not asked.wrong and loaded_s <= GOAL_CPU * rest_s and everything <= GOAL_MB
    return 0 if good else 1


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and return the exit code: 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.indexing_under_load")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--episodes", type=int)
    parser.add_argument("--at-rest", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.at_rest:
        asyncio.run(_at_rest(asked.at_rest))
        return 0
    size = LARGE if asked.large else SMALL
    return asyncio.run(_measure(asked.episodes or (12 if asked.large else 300), size))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
