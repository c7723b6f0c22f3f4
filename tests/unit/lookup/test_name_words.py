"""The words of names as they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.name_words import MAX_WORDS, joined, name_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Night Radio", ["night", "radio"]),
        ("  NIGHT\n\tradio!? ", ["night", "radio"]),
        ("Don’t Panic", ["dont", "panic"]),
        ("Fährhäuser & Øresund", ["fahrhauser", "oresund"]),
        ("Straße nach Łódź", ["strasse", "nach", "lodz"]),
        ("Ελληνοφρένεια", ["ελληνοφρενεια"]),
        ("COVID-19: 007 or 1,000", ["covid", "19", "7", "or", "1000"]),
        ("0", ["0"]),
        ("夜のラジオ", ["夜の", "のラ", "ラジ", "ジオ"]),
        ("夜", ["夜"]),
        ("???", []),
        ("", []),
    ],
)
def test_words_without_case_accents_and_punctuation(name: str, words: list[str]) -> None:
    assert name_words(name) == words


def test_accents_make_no_difference_however_they_are_written() -> None:
    assert (
        name_words("Fiancée d'Orléans")
        == name_words("Fiance\u0301e dOrle\u0301ans")
        == ["fiancee", "dorleans"]
    )


def test_a_name_has_a_bound() -> None:
    assert len(name_words("a " * 500_000)) == MAX_WORDS
    assert name_words("x" * 500_000) == ["x" * 300]


@given(st.text(max_size=400))
def test_whatever_is_typed_becomes_words_without_spaces(text: str) -> None:
    words = name_words(text)
    assert all(words)
    assert not any(blank in joined(words) for blank in " \n\t")
    assert joined(words) == "".join(words)


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_what_is_beside_a_name_changes_no_word_of_it(text: str) -> None:
    # Names in ASCII alone take a shorter way.
    assert name_words(f"{text} ж") == [*name_words(text), "ж"]
