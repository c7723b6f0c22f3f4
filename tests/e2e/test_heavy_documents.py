"""Documents that take far more memory than their size says: the bot stays small, and members get answers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from functools import partial
from html import escape
from typing import Self

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.bot_process import BotProcess
from tests.e2e.processes import busy_child, children, is_gone, resident_mib, until
from tests.e2e.stage import Stage
from tests.fakes.discord_state import MANAGER, MEMBER
from tests.unit.feeds.material import feed_xml, item_xml

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there is another process's memory seen")

# Together with the bot's own 110 MiB and what a process takes until it is seen to pass its bound.
BOUND_MIB, MOST_MIB = 120, 300
# 1.6 MB, which make a tree of 190 MB. No sign of it stands out: these are ordinary paragraphs with attributes.
PARAGRAPH = "<p a b c d e f g h i j k l m n o p q r s>"
HEAVY = PARAGRAPH * 40_000
PAGE = f"<html><body>{HEAVY}</body></html>"
TOO_MUCH = "takes more than 120 MiB of memory"


class Watched:
    """How much memory the bot and its reading process had at most, while the context lasted."""

    def __init__(self, bot: BotProcess) -> None:
        self.most_mib = 0.0
        self._bot = bot
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            pids = [self._bot.pid, *children(self._bot.pid)]
            self.most_mib = max(self.most_mib, resident_mib(*pids))
            await asyncio.sleep(0.02)


def _feed(stage: Stage, *, title: str, news: bool) -> str:
    """A show whose newest episode has heavy notes, a heavy transcript and heavy chapters."""
    links = (
        f'<podcast:transcript url="{stage.host.url("/page.html")}" type="text/html"/>',
        f'<podcast:chapters url="{stage.host.url("/chapters.json")}" type="application/json+chapters"/>',
    )
    items = [
        item_xml(
            "heavy",
            *links,
            f"<description>{escape(HEAVY)}</description>",
            title="Heavy episode",
            published=stage.now - timedelta(hours=1),
        ),
        item_xml(
            "light", title="Light episode", published=stage.now - timedelta(hours=2), notes="<p>Hello.</p>"
        ),
        item_xml("old", published=stage.now - timedelta(days=9)),
    ]
    return stage.host.put("/heavy.xml", feed_xml(items if news else items[2:], title=title))


def _given_up(bot: BotProcess) -> int:
    """How many documents the reading process was ended for."""
    return sum("document_reader" in line and TOO_MUCH in line for line in bot.log.splitlines())


async def _ask(stage: Stage) -> None:
    answer = await stage.fake.command(
        stage.guild.id, stage.channel.id, MEMBER, "quote", words=SAMPLE_QUESTIONS[0]
    )
    assert answer.embeds, answer.text
    assert answer.embeds[0]["title"] == "The Foghorn That Apologised"


async def test_heavy_documents_take_neither_the_bot_nor_its_answers_along(stage: Stage) -> None:
    stage.host.put("/page.html", PAGE, content_type="text/html")
    # Empty objects take forty times their length.
    stage.host.put("/chapters.json", f'{{"chapters": [{"[{}]," * 790_000}1]}}')
    sample = stage.publish(4)
    async with stage.bot(EARMARK_READING_MB=str(BOUND_MIB)) as bot:
        await stage.bot_ready()
        await stage.follow(sample)
        await stage.follow(_feed(stage, title="Heavy show", news=False))
        await stage.host.wait_for(lambda: stage.host.count("/transcripts/4.json"), what="transcripts")
        await stage.polled_again()
        async with Watched(bot) as watched:
            _feed(stage, title="Heavy show", news=True)
            answers = 0
            while _given_up(bot) < 3:
                await _ask(stage)
                answers += 1
            await stage.announced(stage.channel, "Heavy episode")
            await stage.announced(stage.channel, "Light episode")
            await bot.logged("The transcript of “Heavy episode” can't be used")
            await _ask(stage)
        assert answers > 3
        assert watched.most_mib < MOST_MIB
        assert _given_up(bot) == 3
        listed = await stage.fake.command(stage.guild.id, stage.channel.id, MANAGER, "podcast list")
        told = listed.text + "".join(e.get("description") or "" for one in listed.shown for e in one.embeds)
        assert "3 documents with notes, a transcript or chapters can't be used" in told, told
    assert "Traceback" not in bot.log
    stage.fake.ready.clear()
    before = bot.log
    async with stage.bot(EARMARK_READING_MB=str(BOUND_MIB)) as bot:
        await stage.bot_ready()
        await stage.polled_again("/heavy.xml")
        # The feed has changed, its heavy item has not.
        _feed(stage, title="Heavy show, renamed", news=True)
        await stage.polled_again("/heavy.xml", times=3)
        await _ask(stage)
    assert TOO_MUCH not in bot.log[len(before) :]
    assert stage.host.count("/page.html") == 1
    assert stage.count(stage.channel, "Heavy episode") == 1


async def test_a_killed_bot_leaves_no_reading_process_behind(stage: Stage) -> None:
    feed = stage.host.put("/feed.xml", feed_xml([item_xml("a", published=stage.now)]))
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        notes = f"<description>{escape('<p>x' * 100_000)}</description>"
        stage.host.put("/feed.xml", feed_xml([item_xml(f"n{n}", notes) for n in range(8)]))
        child = await until(lambda: busy_child(bot.pid), "a document that is being read")
        await bot.kill()
        assert child is not None
        await until(partial(is_gone, child), "the reading process to end")


async def test_a_reading_process_that_is_killed_is_started_anew(stage: Stage) -> None:
    feed = stage.publish(3)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        for child in children(bot.pid):
            os.kill(child, signal.SIGKILL)
        stage.publish(4)
        await stage.announced(stage.channel, "Thirteen")
        [again] = children(bot.pid)
        assert again != child
    assert "Traceback" not in bot.log
