"""Polls two thousand feeds on fifty hosts every minute: `python -m tests.bench.soak [MINUTES]`."""

from __future__ import annotations

import asyncio
import gc
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.discord_client.supervisor import SWITCH_INTERVAL_S
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.poller import Poller
from bot.polling.services import Reader, open_reader
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import Podcast
from tests.bench.hosts import Hosts
from tests.unit.feeds.material import feed_xml, item_xml

HOSTS = 50
FEEDS = 2_000
INTERVAL_S = 60.0
MINUTES = 5.0
# The share of feeds that get a new episode in each interval.
NEWS = 0.02
TICK_S = 0.002
NOW = datetime.now(UTC)


async def _lag(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_S)
        lags.append((time.perf_counter() - began - TICK_S) * 1000)


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _small_feed(number: int, episodes: int) -> bytes:
    items = [
        item_xml(
            f"{number}-{place}",
            notes="<p>* [00:00] One</p><p>* [01:00] Two</p>" * 5,
            published=NOW - timedelta(days=place),
        )
        for place in range(episodes)
    ]
    return feed_xml(items, title=f"Show {number}")


async def _follow_all(db: Database, hosts: Hosts, reader: Reader) -> list[Podcast]:
    gate = asyncio.Semaphore(16)

    async def follow(number: int) -> Podcast:
        async with gate:
            body = _small_feed(number, 20)
            host = number % HOSTS
            url = await asyncio.shield(putting(host, f"/{number}.xml", body))
            podcast, _ = await reader.updater.follow(url, by_operator=True)
            return podcast

    turn = asyncio.Lock()

    async def putting(host: int, path: str, body: bytes) -> str:
        async with turn:
            return await hosts.put(host, path, body, etag=f'"{path}"')

    return list(await asyncio.gather(*(follow(number) for number in range(FEEDS))))


async def _soak(folder: Path, minutes: float) -> None:
    db = await open_database(sqlite_url(folder / "soak.db"))
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    rng = random.Random(7)
    async with (
        Hosts(HOSTS) as hosts,
        open_reader(db, AllowedAddresses(everything=True), poll_interval_s=INTERVAL_S) as reader,
    ):
        began = time.perf_counter()
        podcasts = await _follow_all(db, hosts, reader)
        print(f"{len(podcasts)} feeds on {HOSTS} hosts followed in {time.perf_counter() - began:.0f} s")
        gc.collect()
        gc.freeze()
        lags: list[float] = []
        memory: list[float] = []
        ticking = asyncio.create_task(_lag(lags))
        poller = Poller(db, reader, on_news=lambda: None)
        polling = asyncio.create_task(poller.run())
        cpu, start = time.process_time(), time.monotonic()
        while time.monotonic() - start < minutes * 60:
            await asyncio.sleep(INTERVAL_S / 4)
            memory.append(_resident_mb())
            for number in rng.sample(range(FEEDS), int(FEEDS * NEWS / 4)):
                body = _small_feed(number, 20 + rng.randint(1, 5))
                await hosts.put(number % HOSTS, f"/{number}.xml", body, etag=f'"{rng.random()}"')
        share = (time.process_time() - cpu) / (time.monotonic() - start)
        times = await hosts.requests()
        end = time.monotonic()
        for task in (polling, ticking):
            task.cancel()
        await asyncio.gather(polling, ticking, return_exceptions=True)
    await db.close()
    gaps = [
        later - earlier
        for asked in times.values()
        for earlier, later in zip(
            [start, *(one for one in asked if one > start)],
            [*(one for one in asked if one > start), end],
            strict=True,
        )
    ]
    gaps.sort()
    lags.sort()
    late = sum(gap > INTERVAL_S + 1 for gap in gaps)
    print(
        f"{minutes:g} min, each due every {INTERVAL_S:g} s: {len(gaps) - len(times)} polls; between two polls of a "
        f"feed {gaps[len(gaps) // 2]:.1f} s (median), {gaps[-1]:.1f} s (longest), {late} over {INTERVAL_S + 1:g} s"
    )
    print(
        f"event loop's lag: p99 {lags[len(lags) * 99 // 100]:.1f} ms, longest {lags[-1]:.0f} ms; "
        f"{share:.0%} of one core; resident {memory[0]:.0f} MB after {INTERVAL_S / 4:g} s, "
        f"{memory[-1]:.0f} MB at the end, {max(memory):.0f} MB at most"
    )


def main() -> int:
    """Measure for so many minutes; returns the exit code."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with tempfile.TemporaryDirectory(prefix="earmark-bench-") as folder:
        asyncio.run(_soak(Path(folder), minutes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
