"""What `doctor` says of a model that writes summaries."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.cli.model_check import sample_chapters
from tests.fakes.model_server import MODEL, ModelHost
from tests.unit.cli.command_line import CommandLine

LINES = (
    "Tobiah explains how a count wheel with notches round its rim lets the striking train count the hours.",
    "Tobiah admires the gravity escapement and a remontoire that winds itself up every thirty seconds.",
    "They find that a missing slate lets sunshine fall on the count wheel, so that noon differs from midnight.",
)
KEY = "sk-secret-0123456789"


def _line(prompt: str) -> str:
    places = ("How brass counts", "Tobiah meets the escapement", "Midnight tells the truth")
    return next(line for title, line in zip(places, LINES, strict=True) if f"Chapter: {title}" in prompt)


@pytest.fixture
async def host(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelHost]:
    async with ModelHost(_line, key=KEY) as host:
        monkeypatch.setenv("EARMARK_SUMMARY_URL", host.url)
        monkeypatch.setenv("EARMARK_SUMMARY_MODEL", MODEL)
        monkeypatch.setenv("EARMARK_SUMMARY_KEY", KEY)
        yield host


async def _findings(cli: CommandLine) -> list[tuple[bool, str]]:
    ended = await cli("doctor", "--json")
    assert KEY not in json.dumps(ended.json) + ended.err
    return [(one["ok"], one["says"]) for one in ended.json if one["check"] in ("summaries", "a line")]


async def test_without_a_model_it_says_so(cli: CommandLine) -> None:
    [(ok, says)] = await _findings(cli)
    assert ok
    assert says.startswith("no model is named (EARMARK_SUMMARY_URL)")


async def test_it_shows_three_lines_and_what_the_checks_say(cli: CommandLine, host: ModelHost) -> None:
    whole, *lines = await _findings(cli)
    assert whole == (True, f"{MODEL} at {host.url}, 0 tokens of 2,000,000 used this month")
    assert [says for _, says in lines] == [
        f"“{title}”: {line} (passes)"
        for title, line in zip(
            ("How brass counts to twelve", "Tobiah meets the escapement", "Midnight tells the truth"),
            LINES,
            strict=True,
        )
    ]
    # What it asks counts, too.
    assert "0 tokens" not in (await _findings(cli))[0][1]


async def test_a_model_that_writes_nonsense_is_told(cli: CommandLine, host: ModelHost) -> None:
    host.answer = lambda _: "Visit https://clocks.example for more."
    whole, *lines = await _findings(cli)
    assert not whole[0]
    assert all("refused: " in says for _, says in lines)
    host.behave("none", "none", "none")
    assert [says.endswith("(nothing) (no line)") for _, says in (await _findings(cli))[1:]] == [True] * 3


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ("unauthorized", "wants another key"),
        ("not-found", "no such address or model"),
        ("html", "not that of a chat"),
    ],
)
async def test_a_server_that_does_not_answer_is_told(
    cli: CommandLine, host: ModelHost, behaviour: str, says: str
) -> None:
    host.behave(behaviour)
    [(ok, told)] = await _findings(cli)
    assert not ok
    assert says in told


@pytest.mark.parametrize(("tokens", "ok"), [("0", True), ("50", False)])
async def test_nothing_is_asked_beyond_the_budget(
    cli: CommandLine, host: ModelHost, monkeypatch: pytest.MonkeyPatch, tokens: str, *, ok: bool
) -> None:
    monkeypatch.setenv("EARMARK_SUMMARY_TOKENS_PER_MONTH", tokens)
    [(found, told)] = await _findings(cli)
    assert (found, host.payloads) == (ok, [])
    assert "nothing is left to ask with" in told


def test_the_sample_s_chapters_hold_what_is_asked_about() -> None:
    title, chapters, speech, _ = sample_chapters()
    assert title == "The Clock That Struck Thirteen"
    assert len(chapters) == len(speech) == 8
    assert all(len(said) > 5 for said in speech)
