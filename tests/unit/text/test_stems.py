"""Stems, and words that say nothing."""

from __future__ import annotations

import pytest

from bot.text.stems import common_words, stem, stems, word_set


@pytest.mark.parametrize(
    ("one", "other"),
    [("lighthouses", "lighthouse"), ("burning", "burned"), ("lamps", "lamp"), ("quickly", "quick")],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_short_words_stay_apart() -> None:
    assert len({stem(word) for word in ("sing", "sins", "side", "sea")}) == 4


def test_a_text_has_the_stems_of_its_words() -> None:
    assert stems("Lighthouses, LIGHTHOUSE!") == {stem("lighthouse")}
    assert word_set(" owl  vole ") == {"owl", "vole"}


@pytest.mark.parametrize(
    ("language", "common", "telling"),
    [("en", "about", "die"), ("de-AT", "und", "lampe"), (None, "the", "und")],
)
def test_each_language_has_words_that_say_nothing(language: str | None, common: str, telling: str) -> None:
    assert common in common_words(language)
    assert telling not in common_words(language)
