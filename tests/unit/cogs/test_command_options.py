"""Options that name a podcast, an episode, a speaker or a day: what is offered, and what is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from bot.date_ranges import DayError, range_end, range_start
from bot.present import text
from bot.text.known_keys import KnownKeys
from cogs.access import Interaction
from cogs.command_options import MAX_CHOICES, CompletedOption, DayOption
from storage.tables.episodes import list_episodes
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_state import MEMBER
from tests.unit.cogs.connected_bot import FakeAndBot

NEWEST = "The Clock That Struck Thirteen"
NOBODY = cast("Interaction", None)


async def _offered(stage: FakeAndBot, command: str, focused: str, **options: Any) -> dict[str, str]:
    """The names that are offered for an option, each with its value."""
    answer = await stage[0].autocomplete(10, 11, MEMBER, command, focused=focused, **options)
    return {choice.name: str(choice.value) for choice in answer.choices}


async def _asked(stage: FakeAndBot, command: str, **options: Any) -> FakeAnswer:
    return await stage[0].command(10, 11, MEMBER, command, **options)


async def test_podcasts_and_episodes_are_offered_by_a_part_of_their_title(stage: FakeAndBot) -> None:
    ids = {one.title: f"id:{one.id}" for one in await list_episodes(stage[1].db)}
    assert list(await _offered(stage, "episode", "podcast", podcast="LEFT")) == ["Screws Left Over"]
    assert await _offered(stage, "episode", "podcast", podcast="right") == {}
    # The title of the podcast stands behind an episode's only where there are several podcasts.
    assert await _offered(stage, "chapters", "episode", episode="") == ids
    assert await _offered(stage, "chapters", "episode", episode=" thirteen ") == {NEWEST: ids[NEWEST]}


async def test_speakers_are_offered_of_what_is_chosen_so_far(stage: FakeAndBot) -> None:
    episodes = await _offered(stage, "quote", "episode", words="x", episode="thirteen")
    of_all = await _offered(stage, "quote", "speaker", words="x", speaker="")
    of_one = await _offered(stage, "quote", "speaker", words="x", speaker="", episode=episodes[NEWEST])
    assert "Odo Brambley" in of_all
    assert "Odo Brambley" not in of_one
    assert set(of_one) < set(of_all)
    assert list(await _offered(stage, "quote", "speaker", words="x", speaker="odo")) == ["Odo Brambley"]


async def test_an_episode_is_meant_by_its_choice_its_title_or_a_part(stage: FakeAndBot) -> None:
    newest = (await list_episodes(stage[1].db, limit=1))[0]
    for wanted in (f"id:{newest.id}", NEWEST.upper(), "thirteen", "thriteen clock", "latest", "Newest"):
        for podcast in ({}, {"podcast": f"id:{newest.podcast_id}"}, {"podcast": "scews left"}):
            shown = await _asked(stage, "episode", episode=wanted, **podcast)
            assert shown.embeds[0]["title"] == NEWEST, (wanted, podcast)


async def test_a_bare_number_is_no_row(stage: FakeAndBot) -> None:
    newest = (await list_episodes(stage[1].db, limit=1))[0]
    # It is the number of an episode, which has another row.
    assert newest.id == 1
    shown = await _asked(stage, "episode", episode="#1")
    assert shown.embeds[0]["title"] == "The Foghorn That Apologised"
    shown = await _asked(stage, "episode", episode=str(newest.id))
    assert shown.embeds[0]["title"] == "The Foghorn That Apologised"
    told = await _asked(stage, "episode", podcast=str(newest.podcast_id))
    assert told.text == f"No podcast is called “{newest.podcast_id}”."


async def test_guests_and_speakers_are_found_misspelt(stage: FakeAndBot) -> None:
    for typed in ("the one with Lucasta Fenn", "lucsta fen"):
        assert next(iter(await _offered(stage, "chapters", "episode", episode=typed))) == NEWEST
    shown = await _asked(stage, "episode", episode="the one with Lucasta Fenn")
    assert shown.embeds[0]["title"] == NEWEST
    told = await _asked(stage, "quote", words=SAMPLE_QUESTIONS[2], speaker="Lucsata Fen")
    assert "Lucasta Fenn" in told.text
    told = await _asked(stage, "quote", words=SAMPLE_QUESTIONS[2], speaker="Zebulon Pike")
    assert told.text.startswith("No speaker is called “Zebulon Pike”.")


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("episode", {"podcast": "Coffee"}, "No podcast is called “Coffee”."),
        ("episode", {"podcast": "999"}, "No podcast is called “999”."),
        ("episode", {"podcast": "Coffee", "episode": "1"}, "No podcast is called “Coffee”."),
        ("chapters", {"episode": "9" * 18}, f"No episode is called “{'9' * 18}”."),
        ("chapters", {"episode": "*x*"}, "No episode is called “\\*x\\*”."),
        ("chapters", {"episode": "th"}, "Several episodes fit “th”"),
        ("quote", {"words": "screw", "since": "soon"}, "“soon” is no date: write a day as 2026-11-25"),
        ("quote", {"words": "screw", "since": "2026-13"}, "“2026-13” is no date"),
    ],
)
async def test_what_cannot_be_resolved_is_told_in_one_sentence(
    stage: FakeAndBot, command: str, options: dict[str, str], sentence: str
) -> None:
    told = await _asked(stage, command, **options)
    assert told.ephemeral
    assert told.text.startswith(sentence)


async def test_a_quote_is_looked_for_in_what_was_chosen(stage: FakeAndBot) -> None:
    words = SAMPLE_QUESTIONS[2]
    for options, found in (
        ({"podcast": "screws", "episode": "thirteen", "speaker": "Lucasta Fenn"}, True),
        ({"speaker": "Odo Brambley"}, False),
        ({"since": "2020-12"}, True),
        ({"since": "2099"}, False),
    ):
        told = await _asked(stage, "quote", words=words, **options)
        assert ("Lucasta Fenn" in told.text) is found, options


@pytest.mark.parametrize(
    ("option", "typed", "moment"),
    [
        (DayOption(range_start), "2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        (DayOption(range_end), "2026-11", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
async def test_a_day_is_the_moment_that_it_stands_for(
    option: DayOption, typed: str, moment: datetime
) -> None:
    assert await option.transform(NOBODY, typed) == moment
    with pytest.raises(DayError):
        await option.transform(NOBODY, "soon")


class _Many(CompletedOption):
    """An option that offers more than Discord takes, with what was typed in their names."""

    async def complete(self, _interaction: Interaction, typed: str) -> list[tuple[str, str]]:
        return [(f"{place} {typed * 50}", str(place)) for place in range(100)]


async def test_choices_keep_discords_limits() -> None:
    choices = await _Many().autocomplete(NOBODY, "  long title ")
    assert [one.value for one in choices] == [str(place) for place in range(MAX_CHOICES)]
    assert all(len(one.name) <= 100 for one in choices)
    assert choices[0].name.startswith("0 long title")


class _Keyed(CompletedOption):
    """An option whose names and values have keys of feeds in them."""

    async def complete(self, _interaction: Interaction, _typed: str) -> list[tuple[str, str]]:
        return [("Tea", "1"), ("Tea for aB3xK9qLmZ", "2"), ("Tea for 9f8e7d6c5b4a", "aB3xK9qLmZ")]


async def test_choices_have_no_keys_and_look_different_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownKeys()
    known.add("https://a.example/feed/aB3xK9qLmZ", "https://a.example/feed/9f8e7d6c5b4a")
    monkeypatch.setattr(text, "KNOWN_KEYS", known)
    choices = await _Keyed().autocomplete(NOBODY, "tea")
    assert [(one.name, one.value) for one in choices] == [
        ("Tea", "1"),
        ("Tea for …", "2"),
        ("Tea for … · (2)", "…"),
    ]
