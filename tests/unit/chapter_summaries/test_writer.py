"""Summaries, made with a server over a real socket: once, chapter by chapter, within the budget."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from bot.chapter_summaries.writer import BudgetUsedUpError, ModelBudget, SummaryWriter
from bot.language_model.chat_client import ChatClient, ModelError, ModelServer
from storage.engine.database import Database
from storage.models import Chapter, FeedItem, Turn
from storage.tables.model_budget import tokens_used
from storage.tables.summaries import plan_summary, stored_summary
from tests.fakes.model_server import MODEL, ModelHost
from tests.unit.storage.material import NOW, edited, ids, item, poll, stored

LAMPS = (
    "Whale oil lamps burned in Nantucket for two hundred years, and every sailor paid half his wages for a barrel. "
    "You could smell the harbour before you could see it, my grandfather used to say, and he was never wrong about "
    "smells. People read by those lamps, they cooked beside them, and a good many houses went up in smoke. Then the "
    "wells of Pennsylvania were drilled, kerosene was everywhere within ten years, and nobody wanted whale oil."
)
OWLS = (
    "Barn owls hear voles under the snow because their ears stand at different heights. I did not believe it until "
    "we went out with a tape recorder and a bag of dry leaves, and the bird turned its head each time, to the very "
    "spot, in the dark. That is a machine that nobody can build. And farmers near Hobbleton put up boxes for them "
    "now, two in every barn, as a pair with young takes a thousand voles in a summer."
)
CHAPTERS = (Chapter(0, "Light"), Chapter(60_000, "Birds"), Chapter(120_000, "Silence"))
TURNS = (Turn("Ada", 0, 50_000, LAMPS), Turn("Ben", 60_000, 110_000, OWLS))
NIGHT = replace(item("night", chapters=CHAPTERS, turns=TURNS), intro="")
LINES = {
    "Light": "Sailors of Nantucket gave half their wages for whale oil until the wells of Pennsylvania had kerosene.",
    "Birds": "Barn owls hear voles under the snow, and farmers near Hobbleton put up boxes for pairs with young.",
}
OVERVIEW = (
    "Kerosene from Pennsylvania ended the whale oil of Nantucket. Farmers near Hobbleton put up owl boxes."
)


def _answer(prompt: str) -> str:
    if prompt.startswith("Write two sentences"):
        return OVERVIEW
    return next(line for title, line in LINES.items() if f"Chapter: {title}\n" in prompt)


@pytest.fixture
async def host() -> AsyncIterator[ModelHost]:
    async with ModelHost(_answer) as host:
        yield host


@asynccontextmanager
async def _writing(
    db: Database, host: ModelHost, *, tokens: int | None = None, model: str = MODEL
) -> AsyncIterator[Callable[[int], Awaitable[bool]]]:
    async with aiohttp.ClientSession() as session:
        client = ChatClient(session, ModelServer(host.url, model))
        yield SummaryWriter(db, client, ModelBudget(model, tokens), lambda: NOW).write


async def _episode(db: Database, one: FeedItem = NIGHT) -> tuple[int, int]:
    podcast_id = await stored(db, one)
    episode_id = (await ids(db, podcast_id))["night"]
    await plan_summary(db, episode_id, MODEL, NOW)
    return podcast_id, episode_id


async def test_each_chapter_is_asked_about_once(sqlite_db: Database, host: ModelHost) -> None:
    _, episode_id = await _episode(sqlite_db)
    async with _writing(sqlite_db, host) as write:
        assert await write(episode_id)
        assert not await write(episode_id)
    told = await stored_summary(sqlite_db, episode_id)
    assert {place: one.line for place, one in told.lines.items()} == {0: LINES["Light"], 1: LINES["Birds"]}
    assert told.overview == OVERVIEW
    # A chapter in which nothing is said is not asked about.
    assert len(host.asked) == 3
    assert "Ada: Whale oil lamps" in host.asked[0]


async def test_notes_that_say_something_stay(sqlite_db: Database, host: ModelHost) -> None:
    notes = "Two people sit in a lighthouse and talk about lamps, owls and the long night over Nantucket."
    _, episode_id = await _episode(sqlite_db, replace(NIGHT, intro=notes))
    async with _writing(sqlite_db, host) as write:
        assert await write(episode_id)
    assert (await stored_summary(sqlite_db, episode_id)).overview is None
    assert len(host.asked) == 2


async def test_only_what_changed_is_asked_again(sqlite_db: Database, host: ModelHost) -> None:
    podcast_id, episode_id = await _episode(sqlite_db)
    async with _writing(sqlite_db, host) as write:
        await write(episode_id)
        renamed = (CHAPTERS[0], replace(CHAPTERS[1], title="Birds"), Chapter(120_000, "Hush"))
        await poll(sqlite_db, podcast_id, edited(replace(NIGHT, chapters=renamed), episode_id))
        assert not await write(episode_id)
        moved = (replace(CHAPTERS[0], title="Birds"), *CHAPTERS[1:])
        await poll(sqlite_db, podcast_id, edited(replace(NIGHT, chapters=moved), episode_id))
        assert await write(episode_id)
    assert [prompt.count("Chapter: Light") for prompt in host.asked[:3]] == [1, 0, 0]
    assert sum("Chapter: Birds" in prompt for prompt in host.asked) == 2


async def test_chapters_that_are_gone_lose_their_lines(sqlite_db: Database, host: ModelHost) -> None:
    podcast_id, episode_id = await _episode(sqlite_db)
    async with _writing(sqlite_db, host) as write:
        await write(episode_id)
        await poll(sqlite_db, podcast_id, edited(replace(NIGHT, chapters=CHAPTERS[:1]), episode_id))
        assert await write(episode_id)
    assert sorted((await stored_summary(sqlite_db, episode_id)).lines) == [0]


@pytest.mark.parametrize(
    ("behaviour", "rejected"),
    [("several", "none"), ("cut-answer", "no_answer"), ("reset", "no_answer"), ("none", "none")],
)
async def test_what_brought_no_line_is_not_asked_again(
    sqlite_db: Database, host: ModelHost, behaviour: str, rejected: str
) -> None:
    _, episode_id = await _episode(sqlite_db)
    host.behave(behaviour)
    async with _writing(sqlite_db, host) as write:
        assert await write(episode_id)
        asked = len(host.payloads)
        assert not await write(episode_id)
    first, second = (await stored_summary(sqlite_db, episode_id)).lines.values()
    assert (first.line, first.rejected) == (None, rejected)
    assert second.line == LINES["Birds"]
    assert len(host.payloads) == asked == 2


async def test_a_line_that_fails_the_checks_is_not_shown(sqlite_db: Database, host: ModelHost) -> None:
    _, episode_id = await _episode(sqlite_db)
    host.answer = lambda _: "Read more about whale oil in Nantucket at https://oil.example now."
    async with _writing(sqlite_db, host) as write:
        assert not await write(episode_id)
    lines = (await stored_summary(sqlite_db, episode_id)).lines
    assert all(one.line is None and one.rejected for one in lines.values())


@pytest.mark.parametrize("behaviour", ["unauthorized", "not-found", "failed", "busy"])
async def test_what_the_server_refused_is_asked_again_later(
    sqlite_db: Database, host: ModelHost, behaviour: str
) -> None:
    _, episode_id = await _episode(sqlite_db)
    host.behave(*[behaviour] * 3)
    async with _writing(sqlite_db, host) as write:
        with pytest.raises(ModelError):
            await write(episode_id)
        assert (await stored_summary(sqlite_db, episode_id)).lines == {}
        assert await tokens_used(sqlite_db, NOW) == 0
        host._next.clear()
        assert await write(episode_id)
    assert len((await stored_summary(sqlite_db, episode_id)).lines) == 2


async def test_an_overview_that_the_server_refused_is_asked_for_again(
    sqlite_db: Database, host: ModelHost
) -> None:
    _, episode_id = await _episode(sqlite_db)
    host.behave("plain", "plain", "failed")
    async with _writing(sqlite_db, host) as write:
        with pytest.raises(ModelError):
            await write(episode_id)
        assert await write(episode_id)
    assert (await stored_summary(sqlite_db, episode_id)).overview == OVERVIEW
    assert len(host.asked) == len(set(host.asked)) == 3


async def test_a_text_that_the_server_cut_stops_the_asking(sqlite_db: Database, host: ModelHost) -> None:
    long = replace(NIGHT, turns=(Turn("Ada", 0, 50_000, LAMPS * 60), *TURNS[1:]))
    _, episode_id = await _episode(sqlite_db, long)
    host.behave("cut-text")
    async with _writing(sqlite_db, host) as write:
        with pytest.raises(ModelError, match="only a part of the text"):
            await write(episode_id)
    assert len(host.payloads) == 1


async def test_the_budget_ends_it_and_what_was_made_stays(sqlite_db: Database, host: ModelHost) -> None:
    _, episode_id = await _episode(sqlite_db)
    async with _writing(sqlite_db, host, tokens=550) as write:
        with pytest.raises(BudgetUsedUpError):
            await write(episode_id)
    assert len((await stored_summary(sqlite_db, episode_id)).lines) == len(host.asked) == 1
    assert 0 < await tokens_used(sqlite_db, NOW) <= 550
    async with _writing(sqlite_db, host, tokens=0) as write:
        with pytest.raises(BudgetUsedUpError):
            await write(episode_id)


async def test_another_model_is_asked_anew(sqlite_db: Database, host: ModelHost) -> None:
    _, episode_id = await _episode(sqlite_db)
    async with _writing(sqlite_db, host) as write:
        await write(episode_id)
    async with _writing(sqlite_db, host, model="other") as write:
        await write(episode_id)
    assert {one.model for one in (await stored_summary(sqlite_db, episode_id)).lines.values()} == {"other"}
    assert len(host.asked) == 6


async def test_without_chapters_or_turns_there_is_nothing_to_ask(
    sqlite_db: Database, host: ModelHost
) -> None:
    podcast_id = await stored(sqlite_db, item("mute", chapters=CHAPTERS), item("plain", turns=TURNS))
    known = await ids(sqlite_db, podcast_id)
    async with _writing(sqlite_db, host) as write:
        assert not await write(known["mute"])
        assert not await write(known["plain"])
        assert not await write(4711)
    assert host.payloads == []
