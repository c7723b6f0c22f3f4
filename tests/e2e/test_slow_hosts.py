"""A host that drips, asked by a running bot, takes nobody else's transcripts away."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from tests.e2e.bot_process import run_json
from tests.e2e.stage import Stage
from tests.fakes.feed_host import FeedHost
from tests.fakes.watch import TIMEOUT_S
from tests.unit.feeds.material import feed_xml, item_xml

FILES = 60
VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle of {} is on.\n\n"


def _show(host: FeedHost, name: str, count: int) -> bytes:
    """A feed of so many episodes with a transcript each, which the host serves."""
    items = []
    for number in range(count):
        url = host.put(f"/{name}{number}.vtt", VTT.format(name) * 9, content_type="text/vtt")
        published = datetime.now(UTC) - timedelta(hours=number + 1)
        link = f'<podcast:transcript url="{url}" type="text/vtt"/>'
        items.append(item_xml(f"{name}{number}", link, published=published))
    return feed_xml(items, title=f"Show {name}")


async def _read(stage: Stage) -> dict[str, int]:
    """How many transcripts of each show are stored."""
    told = await run_json(stage.data_dir, "podcasts")
    return {one["title"]: int(one["transcripts"].split()[0]) for one in told}


async def test_a_dripping_host_of_two_podcasts_holds_up_no_third(stage: Stage) -> None:
    """It drips until the end, so nothing here waits for a timeout."""
    async with FeedHost("127.0.0.2") as slow, FeedHost("127.0.0.3") as good, stage.bot() as bot:
        await stage.bot_ready()
        drips = [slow.fault(f"/{name}{n}.vtt", "drip", times=99) for name in "ab" for n in range(FILES)]
        for name in "ab":
            await stage.follow(stage.host.put(f"/{name}.xml", _show(slow, name, FILES)))
        await slow.wait_for(lambda: sum(one.hits for one in drips) >= 4, "the files that drip")
        await stage.follow(stage.host.put("/c.xml", _show(good, "c", FILES)))
        began = time.monotonic()
        await good.wait_for(
            lambda: len({one.path for one in good.requests}) == FILES, "all files of the third podcast"
        )
        print(f"{FILES} files of a third podcast read in {time.monotonic() - began:.1f} s")
        # The host drips on while the last of them is stored.
        async with asyncio.timeout(TIMEOUT_S):
            while (read := await _read(stage))["Show c"] < FILES:
                assert read["Show c"] > 0
        assert read["Show a"] == read["Show b"] == 0
        assert sum(one.hits for one in drips) < len(drips)
    assert "Traceback" not in bot.log
