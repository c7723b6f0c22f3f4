"""Compares a poll of a feed with `feedparser.parse` of the same feed: `python -m tests.bench.polls`."""

from __future__ import annotations

import asyncio
import gzip
import io
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.discord_client.supervisor import SWITCH_INTERVAL_S
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from bot.reading.document_reader import ReadingProcess
from bot.status_messages.sentences import sentence
from storage.engine.database import open_database, sqlite_url
from storage.models import Podcast
from tests.bench.hosts import Hosts
from tests.e2e.processes import cpu_s
from tests.unit.feeds.material import feed_xml, item_xml

EPISODES = 100
WORDS_OF_AN_EPISODE = 13_500
PARAGRAPH = 42
NOW = datetime.now(UTC)
INTERVAL_S = 600
# Between two whole looks lie 18 to 24 hours.
WHOLE_LOOKS = 24 / 21
# Bytes of a request and its answer without a body.
A_304 = 600
EVERYWHERE = AllowedAddresses(everything=True)


def spoken(rng: random.Random, words: int) -> str:
    """Notes with a transcript: paragraphs of made-up words, tagged as densely as those of Latent Space."""
    vocabulary = ["".join(rng.choices("abcdefghijklmnoprstuw", k=rng.randint(2, 9))) for _ in range(4_000)]
    paragraphs = []
    for number, first in enumerate(range(0, words, PARAGRAPH)):
        at = first * 2 // 5
        clock = f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"
        # With typographic quotes and apostrophes.
        said = "“" + " ".join(rng.choices(vocabulary, k=PARAGRAPH - 1)) + "” isn’t"
        if number % 8 == 0:
            said = f'<a href="https://show.example/{number}">{said[:20]}</a><em>{said[20:40]}</em>{said[40:]}'
        name = f"<strong>{('Ada', 'Bo')[number // 2 % 2]}</strong> [{clock}]: " if number % 2 == 0 else ""
        paragraphs.append(f"<p>{name}{said}.</p>")
    return f"<p>About it.</p><h3>Transcript</h3>{''.join(paragraphs)}"


def _long_feed(episodes: int) -> bytes:
    """A feed of about ten megabytes, newest first."""
    items = []
    for number in reversed(range(episodes)):
        notes = spoken(random.Random(number), WORDS_OF_AN_EPISODE)
        published = NOW - timedelta(days=EPISODES + 1 - number)
        items.append(item_xml(f"{number}", notes=notes, published=published))
    return feed_xml(items)


def _reading_cpu_s(documents: ReadingProcess | None) -> float:
    """The CPU time that the reading process has taken; 0 without one."""
    return 0.0 if documents is None or documents.pid is None else cpu_s(documents.pid)


async def _cpu_ms(
    work: Callable[[], Awaitable[object]], *, times: int, documents: ReadingProcess | None = None
) -> float:
    """The median CPU time in milliseconds, of all threads and the reading process together."""
    took = []
    for _ in range(times):
        began = time.process_time() + _reading_cpu_s(documents)
        await work()
        took.append((time.process_time() + _reading_cpu_s(documents) - began) * 1000)
    return statistics.median(took)


async def _measure_polls(folder: Path) -> None:
    import feedparser

    body, longer = _long_feed(EPISODES), _long_feed(EPISODES + 1)

    async def parse() -> None:
        feedparser.parse(io.BytesIO(body))

    # Before Earmark patches what is slow in feedparser.
    whole = await _cpu_ms(parse, times=3)
    db = await open_database(sqlite_url(folder / "polls.db"))
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    documents = ReadingProcess()
    async with (
        Hosts(1) as hosts,
        open_reader(db, EVERYWHERE, poll_interval_s=INTERVAL_S, documents=documents) as reader,
    ):
        tagged = await hosts.put(0, "/tagged.xml", body, etag='"1"')
        bare = await hosts.put(0, "/bare.xml", body)
        known, _ = await reader.updater.follow(tagged, by_operator=True)
        podcast, _ = await reader.updater.follow(bare, by_operator=True)

        async def poll_once(podcast: Podcast, expected: str) -> None:
            poll = await reader.updater.poll(podcast)
            assert sentence(poll.outcome) == expected, poll.outcome

        unchanged = await _cpu_ms(lambda: poll_once(known, "unchanged"), times=51, documents=documents)
        same = await _cpu_ms(lambda: poll_once(podcast, "unchanged"), times=21, documents=documents)
        news = []
        for number in range(9):
            # Each time with another new episode at the top.
            item = item_xml(f"new {number}", notes=spoken(random.Random(1000 + number), WORDS_OF_AN_EPISODE))
            await hosts.put(0, "/bare.xml", longer.replace(b"<item>", item.encode() + b"<item>", 1))
            expected = "2 new episodes" if number == 0 else "1 new episode"
            took = await _cpu_ms(partial(poll_once, podcast, expected), times=1, documents=documents)
            news.append(took)
        news_ms = statistics.median(news[1:])
    await db.close()
    packed = len(gzip.compress(body))
    print(f"a feed of {len(body) / 1e6:.1f} MB, {EPISODES} episodes with transcripts; CPU time of")
    print(f"  feedparser.parse            {whole:8.1f} ms")
    for name, took, goal in (
        ("a poll, 304", unchanged, 500),
        ("a poll, the same body", same, 100),
        ("a poll, one new episode", news_ms, 20),
    ):
        print(f"  {name:27} {took:8.1f} ms   1/{whole / took:.0f}   (goal 1/{goal})")
    looks = 86_400 / INTERVAL_S
    others = looks - WHOLE_LOOKS
    cpu = WHOLE_LOOKS * same / (WHOLE_LOOKS * same + others * unchanged)
    print(f"of {looks:.0f} looks a day at a feed that stays, {WHOLE_LOOKS:.2f} ask for all of it:")
    print(
        f"  {cpu:.0%} of the CPU time; {WHOLE_LOOKS * packed / 1000:,.0f} kB with gzip, "
        f"beside {others * A_304 / 1000:,.0f} kB for the others"
    )


def main() -> int:
    """Measure; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="earmark-bench-") as folder:
        asyncio.run(_measure_polls(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
