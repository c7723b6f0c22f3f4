"""Whether names and words of a line were said."""

from __future__ import annotations

import pytest

from bot.language_model.grounding import (
    Spelling,
    Vocabulary,
    content,
    is_pair,
    joined,
    longest_run,
    plain_words,
    unsaid_content,
)
from bot.text.stems import common_words

SAID = ("He met Ada Moore in St. Ives, and the keeper trusts Lang Chain.", "Die Wesnoth-Armee floh vor GPT4.")


@pytest.mark.parametrize(
    "name", ["Ada", "Moore", "Moores", "ADA", "LangChain", "Wesnoths", "Wesnoth", "GPT-4", "Ives"]
)
def test_names_in_any_form(name: str) -> None:
    assert Vocabulary(SAID).has_name(name)


@pytest.mark.parametrize("name", ["Adam", "Moorhead", "Claude", "Wes", "GPT-J", "Langley"])
def test_other_names(name: str) -> None:
    assert not Vocabulary(SAID).has_name(name)


def test_names_in_katakana_are_whole() -> None:
    said = Vocabulary(["デルフィアドールはワームを倒した。"])
    assert said.has_name("ワーム")
    assert not said.has_name("ランプ")


def test_what_is_a_name_in_a_line() -> None:
    spelling = Spelling(["Then the keeper met Ada Moore.", "The lamps and whales were there."], {})
    assert list(spelling.names("Keeper Moore sold Lamps to Theo.", common_words("en"))) == [
        "Moore",
        "Lamps",
        "Theo",
    ]


def test_where_nouns_have_capitals_the_feed_tells_which_are_usual() -> None:
    spelling = Spelling(["Der Wärter traf Ada am Turm im Nebel der Insel."], {"turm": 9, "lampe": 9})
    assert spelling.capitals.nouns_too
    assert list(spelling.names("Die Lampe am Turm gehört Theo.", common_words("de"))) == ["Theo"]


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("The lamp's flame was burning 20 barrels", "en", ["lamp", "flame", "burn", "barrel"]),
        ("灯 台の火は消えた", "ja", ["灯台"]),
        ("등대의 불은", "ko", ["등대", "불은"]),
    ],
)
def test_content(text: str, language: str, told: list[str]) -> None:
    assert content(plain_words(text), common_words(language)) == told


def test_spaces_are_lost_in_scripts_without_any() -> None:
    assert joined("再建をまとめるため に、 王は Weldyn へ") == "再建をまとめるために、王は Weldyn へ"


def test_unsaid_content_has_no_pairs_where_words_meet() -> None:
    said = {"石油", "鲸油", "lamp"}
    assert unsaid_content(plain_words("石油取代鲸油"), frozenset(), said) == ["取代"]
    assert unsaid_content(plain_words("lamp oil"), frozenset(), said) == ["oil"]


def test_pairs() -> None:
    assert is_pair("灯台")
    assert not is_pair("lamp")


def test_the_longest_run() -> None:
    assert longest_run([*"abcd"], [*"xbcdyab"]) == 3
    assert longest_run([], ["a"]) == 0
    assert longest_run([*"aaa"], [*"aa"]) == 2
