"""The question which of several is meant: what stands in it can be read back."""

from __future__ import annotations

import re

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authority import Actor, Authority, Claim
from bot.present.questions import WHICH_ID, Candidate, Which, change_of, options_in, question
from bot.present.settings_buttons import Signer

ACTOR = Actor(10, 2**63)
SIGNER = Signer(Authority(b"key"), ACTOR)
TWO = [Candidate("A", "id:1", "First Show · 2026"), Candidate("B", "id:2")]


Shown = tuple[str, dict[str, str], discord.ui.Select[discord.ui.View]]


def _asked(which: Which, candidates: list[Candidate] = TWO) -> Shown:
    told, embed, view = question(which, candidates, SIGNER)
    [select] = view.children
    assert isinstance(select, discord.ui.Select)
    return told, options_in([embed] if embed else []), select


def test_what_is_asked_and_offered() -> None:
    told, others, select = _asked(
        Which("quote", "episode", "day *light*", {"words": "a `b` c", "since": "2026"})
    )
    assert told == "Several episodes fit “day \\*light\\*”. Which one do you mean?"
    assert others == {"words": "a 'b' c", "since": "2026"}
    assert [(one.label, one.value, one.description) for one in select.options] == [
        ("A", "id:1", "First Show · 2026"),
        ("B", "id:2", None),
    ]


def test_one_that_is_not_sure_is_asked_for_alone() -> None:
    told, others, _ = _asked(Which("episode", "podcast", "coffee", {}), TWO[:1])
    assert (told, others) == ("Nothing is called just “coffee”. Do you mean this podcast?", {})


@pytest.mark.parametrize(("command", "option"), [("quote", "speaker"), ("podcast looks", "podcast")])
def test_the_custom_id_says_for_whom_it_is_and_what(command: str, option: str) -> None:
    _, _, select = _asked(Which(command, option, "x", {}))
    assert len(select.custom_id) <= 100
    found = re.fullmatch(WHICH_ID, select.custom_id)
    assert found is not None
    assert (found["command"], found["option"]) == (command, option)
    change, claim = change_of(found)
    assert SIGNER.authority.allows(change, ACTOR, claim)
    assert not SIGNER.authority.allows(change, Actor(11, ACTOR.member_id), claim)
    assert not SIGNER.authority.allows(change, ACTOR, Claim(ACTOR.member_id, "A" * 22))


@pytest.mark.parametrize(
    "fields", [[], [("words", "no code")], [("words", "`a` b")], [("words", "")], [("words", "`a`b`")]]
)
def test_what_the_bot_did_not_write_is_not_read(fields: list[tuple[str, str]]) -> None:
    embed = discord.Embed()
    for name, value in fields:
        embed.add_field(name=name, value=value)
    assert options_in([embed]) == options_in([]) == {}


@given(st.text(st.characters(codec="utf-8", exclude_characters="`"), max_size=300))
def test_words_are_read_back_as_they_were_on_one_line(words: str) -> None:
    _, others, _ = _asked(Which("quote", "episode", words, {"words": words}))
    assert others["words"].split() == words.split() or not others["words"]
