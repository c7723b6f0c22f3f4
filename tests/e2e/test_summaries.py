"""Summaries by a model in the running bot: posted at once, shown by one edit, asked for once over kills."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from storage.engine.database import open_database, sqlite_url
from storage.tables.model_budget import tokens_used
from tests.e2e.bot_process import environment, run_json, start_module
from tests.e2e.forked import ForkedProcess
from tests.e2e.stage import NEWEST, Item, Stage
from tests.fakes.model_server import MODEL, ModelHost
from tests.fakes.watch import TIMEOUT_S

LINE = "Tobiah explains how a count wheel with notches round its rim lets the striking train count the hours."
CHAPTER = "How brass counts to twelve"
ALLOWED: dict[str, Any] = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.1/32"}
KILLS, CHAPTERS, SEED = 30, 40, 7
# Enough for most of the chapters.
TOKENS = 30_000


def _line(prompt: str) -> str:
    return LINE if f"Chapter: {CHAPTER}" in prompt else "NONE"


def _asked(host: ModelHost, times: int) -> bool:
    return len(host.payloads) >= times


def _model(host: ModelHost) -> dict[str, str]:
    return {"EARMARK_SUMMARY_URL": host.url, "EARMARK_SUMMARY_MODEL": MODEL}


async def test_an_announcement_goes_out_at_once_and_shows_its_lines_by_one_edit(stage: Stage) -> None:
    async with ModelHost(_line) as model:
        # The model's server keeps its first answer back.
        model.behave("slow")
        async with stage.bot(**_model(model)):
            await stage.bot_ready()
            await stage.follow(stage.publish(3))
            stage.publish(4)
            await stage.announced(stage.channel, NEWEST)
            [message] = stage.fake.messages(stage.channel.id)
            assert LINE not in message.text
            model.released.set()
            await stage.fake.wait_for(
                lambda: LINE in stage.fake.messages(stage.channel.id)[0].text, "the line"
            )
            [shown] = stage.fake.messages(stage.channel.id)
    assert "Summaries by machine" in shown.text
    assert "Mentioned: Pellworth Brothers" in shown.text
    assert len(model.asked) == len(set(model.asked)) == 8


def _long(stage: Stage, name: str) -> Item:
    """An episode with many chapters, in each of which something else is said."""
    rng = random.Random(f"{SEED} {name}")
    words = ["".join(rng.choices("abdegiklmnoprstu", k=6)) for _ in range(400)]
    cues, chapters = ["WEBVTT"], []
    for number in range(CHAPTERS):
        start = number * 60
        clock = f"{start // 3600:02}:{start // 60 % 60:02}:{start % 60:02}"
        chapters.append(f'{{"startTime": {start}, "title": "The {number}th {words[number]}"}}')
        cues.append(
            f"{clock}.000 --> {clock[:-2]}50.000\n<v Ada>We saw {' '.join(rng.choices(words, k=30))}."
        )
    vtt = stage.host.put(f"/{name}.vtt", "\n\n".join(cues), content_type="text/vtt")
    body = f'{{"version": "1.2.0", "chapters": [{", ".join(chapters)}]}}'
    listed = stage.host.put(f"/{name}.json", body, content_type="application/json+chapters")
    files = (("transcript", vtt, "text/vtt"), ("chapters", listed, "application/json"))
    more = "".join(f'<podcast:{kind} url="{url}" type="{mime_type}"/>' for kind, url, mime_type in files)
    return Item(f"About {name}", more=more)


async def _start(environ: dict[str, str], *arguments: str) -> ForkedProcess | asyncio.subprocess.Process:
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        return await start_module("bot", *arguments, environ=environ, streams=(nothing,) * 3)
    finally:
        os.close(nothing)


async def _ended(processes: Sequence[ForkedProcess | asyncio.subprocess.Process]) -> None:
    for one in processes:
        await one.wait()


async def test_nothing_is_asked_twice_over_kills_and_the_budget_holds(stage: Stage) -> None:
    await run_json(
        stage.data_dir,
        "add",
        stage.put("/long.xml", "Long", _long(stage, "owls"), _long(stage, "lamps")),
        **ALLOWED,
    )
    titles = ("About owls", "About lamps")
    rng = random.Random(SEED)
    async with ModelHost(_line) as model:
        environ = environment(
            stage.data_dir, **ALLOWED, **_model(model), EARMARK_SUMMARY_TOKENS_PER_MONTH=str(TOKENS)
        )
        for kill in range(KILLS):
            # Two processes at a time, now at one episode and now at two.
            processes = [
                await _start(environ, "summaries", titles[(kill + which * (kill % 2)) % 2])
                for which in (0, 1)
            ]
            until = len(model.payloads) + rng.randint(1, 3)
            reached: asyncio.Task[Any] = asyncio.create_task(model.wait_for(partial(_asked, model, until)))
            ended = asyncio.create_task(_ended(processes))
            await asyncio.wait({reached, ended}, return_when=asyncio.FIRST_COMPLETED, timeout=TIMEOUT_S)
            reached.cancel()
            for one in processes:
                if one.returncode is None:
                    one.kill()
            await ended
        assert KILLS < len(model.asked) <= 2 * CHAPTERS
        assert Counter(model.asked).most_common(1)[0][1] == 1
    db = await open_database(sqlite_url(stage.data_dir / "earmark.db"))
    try:
        assert 0 < await tokens_used(db, datetime.now(UTC)) <= TOKENS
    finally:
        await db.close()
