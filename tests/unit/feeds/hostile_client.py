"""Fetches one address in a process of its own and prints what its memory did, as JSON.

python -m tests.unit.feeds.hostile_client URL COUNT OTHER_URL: the first COUNT times at once, the other beside.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from ipaddress import ip_network
from pathlib import Path

from bot.feeds.errors import FeedError
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from storage.models import Validators

STATM = Path("/proc/self/statm")


def resident() -> int:
    """Resident memory in bytes."""
    return int(STATM.read_text().split()[1]) * resource.getpagesize()


async def main(url: str, count: int, other: str) -> None:
    """Fetch, and look at the memory now and then."""
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, resident())
            await asyncio.sleep(0.002)

    async def told(number: int) -> str:
        try:
            await fetcher.feed(f"{url}?{number}", Validators())
        except FeedError as error:
            return str(error)
        return "was read"

    async with Fetcher(AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))) as fetcher:
        await fetcher.feed(other, Validators())
        before = resident()
        watching = asyncio.create_task(watch())
        fetching = [asyncio.create_task(told(number)) for number in range(count)]
        await asyncio.sleep(0.05)
        beside = await fetcher.feed(other, Validators())
        read_beside = len(beside.body or b"")
        sentences = await asyncio.gather(*fetching)
        watching.cancel()
    print(json.dumps({"sentences": sentences, "beside": read_beside, "growth": most - before}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
