"""The client beside a server that behaves in twenty ways and more, over a real socket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from bot.language_model import chat_client
from bot.language_model.answer_text import line_of
from bot.language_model.chat_client import (
    TRIES,
    ChatClient,
    ModelAnswer,
    ModelError,
    ModelProblem,
    ModelServer,
)
from tests.fakes.model_server import MODEL, ModelHost

LINE = "Ada explains why lamps burn whale oil."
PROMPT = "Lamps burn whale oil. " * 40
KEY = "sk-abcdef0123456789"
REFUSED = ("unauthorized", "not-found", "redirect", "refused", "failed")


@asynccontextmanager
async def _asking(host: ModelHost, waits: list[float] | None = None) -> AsyncIterator[ChatClient]:
    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    async with aiohttp.ClientSession() as session:
        yield ChatClient(session, ModelServer(host.url, MODEL, KEY), sleep=sleep)


@pytest.fixture
async def host() -> AsyncIterator[ModelHost]:
    async with ModelHost(lambda _: LINE, key=KEY) as host:
        yield host


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://tea.example:11434", "http://tea.example:11434/v1/chat/completions"),
        ("http://tea.example/", "http://tea.example/v1/chat/completions"),
        ("https://tea.example/v1", "https://tea.example/v1/chat/completions"),
        ("https://tea.example/openai/v1/", "https://tea.example/openai/v1/chat/completions"),
        ("https://tea.example/v1/chat/completions", "https://tea.example/v1/chat/completions"),
        ("https://tea.example/v1?version=2", "https://tea.example/v1/chat/completions?version=2"),
    ],
)
def test_the_address_may_have_the_interface_s_path_or_not(url: str, endpoint: str) -> None:
    assert ModelServer(url, MODEL).endpoint == endpoint


@pytest.mark.parametrize(
    "behaviour",
    [
        "plain", "think", "think-unopened", "channels", "thinking-aloud", "json", "fenced", "quoted", "labelled",
        "parts", "reasoning-apart", "uncounted", "no-max-tokens", "no-limit", "no-temperature", "busy", "overloaded",
    ],
)  # fmt: skip
async def test_a_line_is_got_however_a_server_behaves(host: ModelHost, behaviour: str) -> None:
    host.behave(*[behaviour] * (1 if behaviour not in ("no-limit", "no-max-tokens") else 3))
    async with _asking(host) as client:
        answer = await client.ask(PROMPT, most_tokens=100)
    assert line_of(answer.text) == LINE
    assert host.asked == [PROMPT]
    assert (answer.tokens is None) == (behaviour == "uncounted")


async def test_what_is_asked(host: ModelHost) -> None:
    async with _asking(host) as client:
        assert await client.ask(PROMPT, most_tokens=100) == ModelAnswer(LINE, len(PROMPT) // 4 + 12)
    message = {"role": "user", "content": PROMPT}
    assert host.payloads == [{"model": MODEL, "messages": [message], "max_tokens": 100, "temperature": 0}]


@pytest.mark.parametrize(
    ("behaviour", "left_out", "instead"),
    [
        ("no-max-tokens", "max_tokens", "max_completion_tokens"),
        ("no-temperature", "temperature", None),
        ("no-limit", "max_tokens", None),
    ],
)
async def test_what_a_server_refuses_by_name_is_not_said_again(
    host: ModelHost, behaviour: str, left_out: str, instead: str | None
) -> None:
    host.behave(behaviour, behaviour, behaviour)
    async with _asking(host) as client:
        for _ in range(3):
            await client.ask(PROMPT, most_tokens=100)
    assert host.refused == 1
    assert left_out not in host.payloads[-1]
    assert instead is None or host.payloads[-1][instead] == 100


@pytest.mark.parametrize("behaviour", ["several", "none", "empty", "think-unclosed"])
async def test_an_answer_without_a_line_is_none(host: ModelHost, behaviour: str) -> None:
    host.behave(behaviour)
    async with _asking(host) as client:
        assert line_of((await client.ask(PROMPT, most_tokens=100)).text) is None


@pytest.mark.parametrize(
    ("behaviour", "problem", "passing"),
    [
        ("unauthorized", ModelProblem.NOT_ALLOWED, False),
        ("not-found", ModelProblem.NOT_FOUND, False),
        ("redirect", ModelProblem.REDIRECTED, False),
        ("refused", ModelProblem.REFUSED, False),
        ("failed", ModelProblem.FAILED, True),
        ("html", ModelProblem.NOT_THE_INTERFACE, False),
        ("cut-text", ModelProblem.TEXT_WAS_CUT, False),
        ("cut-answer", ModelProblem.ANSWER_WAS_CUT, True),
        ("huge", ModelProblem.TOO_LARGE, True),
        ("reset", ModelProblem.UNREACHABLE, True),
        ("cut", ModelProblem.UNREACHABLE, True),
    ],
)
async def test_what_went_wrong_is_told_without_the_key(
    host: ModelHost, behaviour: str, problem: ModelProblem, *, passing: bool
) -> None:
    host.behave(behaviour)
    async with _asking(host) as client:
        with pytest.raises(ModelError) as raised:
            await client.ask(PROMPT, most_tokens=100)
    assert (raised.value.problem, raised.value.passing) == (problem, passing)
    assert KEY not in str(raised.value)
    assert "\n" not in str(raised.value)
    # What the server refused did not cost anything, and may be asked again.
    assert raised.value.answered == (behaviour not in REFUSED)
    if problem in (ModelProblem.TEXT_WAS_CUT, ModelProblem.ANSWER_WAS_CUT):
        assert raised.value.tokens is not None


async def test_a_server_that_is_busy_is_asked_three_times_and_when_it_says(host: ModelHost) -> None:
    waits: list[float] = []
    host.retry_after = "7"
    host.behave(*["busy"] * TRIES)
    async with _asking(host, waits) as client:
        with pytest.raises(ModelError) as raised:
            await client.ask(PROMPT, most_tokens=100)
    assert (raised.value.problem, waits, len(host.payloads)) == (ModelProblem.BUSY, [7.0, 7.0], 3)


@pytest.mark.parametrize("as_date", [False, True])
async def test_whoever_asks_for_much_patience_is_asked_again_by_somebody_else(
    host: ModelHost, *, as_date: bool
) -> None:
    in_two_days = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
    waits: list[float] = []
    host.retry_after = in_two_days if as_date else str(2 * 86_400)
    host.behave("overloaded")
    async with _asking(host, waits) as client:
        with pytest.raises(ModelError, match="busy"):
            await client.ask(PROMPT, most_tokens=100)
    assert waits == []


async def test_a_nonsensical_retry_after_is_a_short_wait(host: ModelHost) -> None:
    waits: list[float] = []
    host.retry_after = "soon"
    host.behave("busy", "busy")
    async with _asking(host, waits) as client:
        await client.ask(PROMPT, most_tokens=100)
    assert waits == [2.0, 4.0]


async def test_a_server_that_never_answers_is_given_up(
    host: ModelHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_client, "ANSWER_S", 0.3)
    host.behave("slow")
    async with _asking(host) as client:
        with pytest.raises(ModelError) as raised:
            await client.ask(PROMPT, most_tokens=100)
    assert raised.value.problem is ModelProblem.TOO_SLOW


async def test_where_nobody_listens() -> None:
    async with aiohttp.ClientSession() as session:
        client = ChatClient(session, ModelServer("http://127.0.0.1:1/v1?key=secret-key-1", MODEL))
        with pytest.raises(ModelError) as raised:
            await client.ask(PROMPT, most_tokens=100)
    assert (raised.value.problem, raised.value.answered) == (ModelProblem.UNREACHABLE, False)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{}",
        '{"choices": []}',
        '{"choices": [{"message": null}]}',
        '{"choices": [{"message": {"content": 7}}]}',
        "7",
    ],
)
def test_what_is_no_answer(body: str) -> None:
    with pytest.raises(ModelError) as raised:
        chat_client._answer(body.encode(), 1)
    assert raised.value.problem is ModelProblem.NOT_THE_INTERFACE


def test_tokens_are_added_where_the_server_gives_no_sum() -> None:
    usage = {"prompt_tokens": 30, "completion_tokens": 4}
    document = {"choices": [{"message": {"content": None}}], "usage": usage}
    assert chat_client._answer(json.dumps(document).encode(), 10) == ModelAnswer("", 34)
