"""`summaries`: what is told of an episode, with a model and without."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.model_server import MODEL, ModelHost
from tests.unit.cli.command_line import CommandLine

LINE = "Tobiah explains how a count wheel with notches round its rim lets the striking train count the hours."
CHAPTER = "How brass counts to twelve"


def _use(host: ModelHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_SUMMARY_URL", f"{host.url}/v1")
    monkeypatch.setenv("EARMARK_SUMMARY_MODEL", MODEL)


async def test_without_a_model_it_tells_what_is_mentioned(cli: CommandLine) -> None:
    await cli("add", cli.publish())
    told = (await cli("summaries", "Clock", "--json")).json
    assert told["model"] is None
    assert [one["title"] for one in told["chapters"]][:2] == ["Thirteen at noon", CHAPTER]
    assert all(one["line"] is None and one["rejected"] is None for one in told["chapters"])
    assert told["chapters"][5]["mentioned"] == ["Pellworth Brothers", "Port Gullhaven", "Skerrow Point"]
    [quotation] = told["quotations"]
    assert quotation["speaker"] == "Tobiah Quist"
    assert quotation["url"].endswith(f"#t={int(quotation['start_s'])}")
    shown = await cli("summaries", "Clock")
    assert (shown.code, shown.err) == (0, "")
    assert "Mentioned: Pellworth Brothers · Port Gullhaven" in shown.out


async def test_it_waits_until_the_model_was_asked_about_every_chapter(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cli("add", cli.publish())
    async with ModelHost(lambda prompt: LINE if CHAPTER in prompt else "https://clocks.example") as host:
        _use(host, monkeypatch)
        told = (await cli("summaries", "Clock", "--json")).json
        assert told["model"] == MODEL
        by_title = {one["title"]: one for one in told["chapters"]}
        assert by_title[CHAPTER]["line"] == LINE
        assert by_title[CHAPTER]["rejected"] is None
        refused = by_title["The vote on soup"]
        assert refused["line"] is None
        assert refused["rejected"]
        asked = len(host.asked)
        assert asked == len(told["chapters"]) == 8
        shown = await cli("summaries", "Clock")
        assert LINE in shown.out
        assert "refused" in shown.out
        assert len(host.asked) == asked
        await cli("summaries", "Clock", "--again")
        assert len(host.asked) == 2 * asked


async def test_what_is_in_the_way_is_told(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    await cli("add", cli.publish())
    async with ModelHost(lambda _: LINE) as host:
        _use(host, monkeypatch)
        host.behave("unauthorized")
        ended = await cli("summaries", "Clock", "--json")
        assert ended.code == 1
        assert "wants another key" in ended.err
        monkeypatch.setenv("EARMARK_SUMMARY_TOKENS_PER_MONTH", "0")
        ended = await cli("summaries", "Clock")
        assert ended.code == 1
        assert "the tokens of this month are used up" in ended.err
        assert host.asked == []


async def test_two_commands_at_once_ask_once(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    await cli("add", cli.publish())
    async with ModelHost(lambda _: LINE) as host:
        _use(host, monkeypatch)
        await asyncio.gather(cli("summaries", "Clock", "--json"), cli("summaries", "Clock", "--json"))
        assert len(host.asked) == len(set(host.asked)) == 8


async def test_a_model_without_a_name_is_a_wrong_setting(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_SUMMARY_URL", "http://127.0.0.1:1")
    ended = await cli("podcasts")
    assert ended.code == 78
    assert "EARMARK_SUMMARY_MODEL" in ended.err
