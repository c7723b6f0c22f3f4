"""`/quote` and its buttons: answers that are slow, lost or late, and the search of one episode."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from bot.search.quote_search import Scope
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.connected_bot import DELIVERY, FakeAndBot, Quiet, announced


def _hold_searches(bot: Quiet, may_end: asyncio.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = bot.finder.answer

    async def held(words: str, scope: Scope, *, limit: int) -> Any:
        await may_end.wait()
        if words == "break":
            raise RuntimeError("on purpose")
        return await answer(words, scope, limit=limit)

    monkeypatch.setattr(bot.finder, "answer", held)


@pytest.fixture
def slow(stage: FakeAndBot, monkeypatch: pytest.MonkeyPatch) -> tuple[FakeDiscord, asyncio.Event]:
    """A bot whose searches end when the event is set, and all of which are said to take too long."""
    fake, bot = stage
    may_end = asyncio.Event()
    # discord.py loads a cog as a module of its own, other than what an import finds first.
    monkeypatch.setattr(sys.modules["cogs.quotes"], "ANSWER_WITHIN_S", 0.01)
    _hold_searches(bot, may_end, monkeypatch)
    return fake, may_end


async def test_a_search_finds_what_was_said_in_this_episode_alone(stage: FakeAndBot) -> None:
    fake, bot = stage
    message, episode = await announced(stage)
    window = await fake.click(f"search:{episode}:{DELIVERY}", message, MEMBER, until="acknowledged")
    assert window.kind == "modal"
    found = await fake.submit_modal(window, words=SAMPLE_QUESTIONS[2])
    assert found.ephemeral
    assert "— **Lucasta Fenn** · about" in found.text
    assert any(button.label == "Share" for button in found.buttons)
    elsewhere = await fake.submit_modal(window, words="a lighthouse is a very slow way of telling ships no")
    assert "Ingrith Sallow" not in elsewhere.text
    assert "Type a few words" in (await fake.submit_modal(window, words="  ")).text
    # A window that nobody fills in takes no memory, and one that an earlier process opened still works.
    assert bot._connection._view_store._modals == {}
    assert bot._connection._view_store._views == {}


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


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (SAMPLE_QUESTIONS[2], "— **Lucasta Fenn** · about"),
        ("xylophone qwerty", "I know the transcripts of 3 of 4 episodes here"),
        ("a lighthouse is an expensive giraffe", "The closest that was said is this:"),
    ],
)
async def test_an_answer_tells_how_much_is_still_being_read(
    stage: FakeAndBot, monkeypatch: pytest.MonkeyPatch, words: str, expected: str
) -> None:
    fake, bot = stage
    answer = bot.finder.answer

    async def early(*asked: Any, **more: Any) -> Any:
        return replace(await answer(*asked, **more), being_read=42)

    assert "still being read" not in (await fake.command(10, 11, MEMBER, "quote", words=words)).text
    monkeypatch.setattr(bot.finder, "answer", early)
    told = await fake.command(10, 11, MEMBER, "quote", words=words)
    assert "42 transcripts are still being read." in told.text
    assert expected in told.text


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


@pytest.mark.parametrize(
    ("words", "expected"),
    [(SAMPLE_QUESTIONS[2], "— **Lucasta Fenn** · about"), ("break", "Something went wrong on my side")],
)
async def test_a_late_answer_comes_although_the_promise_of_it_was_confirmed_to_nobody(
    slow: tuple[FakeDiscord, asyncio.Event], words: str, expected: str
) -> None:
    fake, may_end = slow
    fault = fake.faults.add(method="POST", path="/callback$", status=503, when="after")
    late = await fake.command(10, 11, MEMBER, "quote", until="acknowledged", words=words)
    # The library promises again, after a second.
    await fake.wait_for(lambda: fault.hits and len(fake.sent("POST", "/callback")) == 3)
    may_end.set()
    await fake.wait_for(lambda: late.settled, what="the answer")
    assert expected in late.text
