"""Answers that take longer than Discord waits: deferred, and given all the same."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from bot.search.quote_search import Scope
from storage.engine.database import Database
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.room import Quiet, connected


@pytest.fixture
async def slow(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[FakeDiscord, asyncio.Event]]:
    """A fake with a bot whose searches end when the event is set; every one is told to take too long."""
    may_end = asyncio.Event()
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, bot):
        # discord.py loads a cog as a module of its own, other than what an import finds first.
        monkeypatch.setattr(sys.modules["cogs.quotes"], "ANSWER_WITHIN_S", 0.01)
        _hold_searches(bot, may_end, monkeypatch)
        yield fake, may_end


def _hold_searches(bot: Quiet, may_end: asyncio.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    find = bot.finder.find

    async def held(words: str, scope: Scope, *, limit: int) -> Any:
        await may_end.wait()
        if words == "break":
            raise RuntimeError("on purpose")
        return await find(words, scope, limit=limit)

    monkeypatch.setattr(bot.finder, "find", held)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (SAMPLE_QUESTIONS[2], "— **Lucasta Fenn** · about"),
        ("xylophone qwerty", "I know the transcripts of 3 of 4 episodes here"),
        (
            "a lighthouse is an expensive giraffe",
            "fewer or other words may help. The closest that was said is this:",
        ),
        ("a lighthouse is an expensive giraffe", "— **Ingrith Sallow** · about"),
        ("break", "Something went wrong on my side"),
    ],
)
async def test_a_slow_search_is_deferred_and_answered(
    slow: tuple[FakeDiscord, asyncio.Event], words: str, expected: str
) -> None:
    fake, may_end = slow
    answer = await fake.command(10, 11, MEMBER, "quote", until="acknowledged", words=words)
    assert (answer.deferred, answer.loading, answer.ephemeral) == (True, True, True)
    may_end.set()
    await fake.wait_for(lambda: answer.settled)
    assert expected in answer.text
    assert answer.ephemeral


async def test_an_answer_that_comes_too_late_is_no_error_for_anybody_else(
    slow: tuple[FakeDiscord, asyncio.Event], caplog: pytest.LogCaptureFixture
) -> None:
    fake, may_end = slow
    late = await fake.command(10, 11, MEMBER, "quote", until="acknowledged", words="xylophone qwerty")
    fake.advance(16 * 60)
    may_end.set()
    while "can't be told of the failure" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody that it grew
        await asyncio.sleep(0.01)
    assert not late.settled
    assert (await fake.command(10, 11, MEMBER, "episode")).embeds
