"""How words are written: which are names, and whether capitals tell anything."""

from __future__ import annotations

import pytest

from bot.text.capitals import WORD, Capitals, base_form, has_capital


def _capitals(text: str) -> Capitals:
    return Capitals([WORD.findall(sentence) for sentence in text.split(". ")])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada's GPT-4, R&D and C++", ["Ada's", "GPT-4", "R&D", "and", "C++"]),
        ("Ärger über Øre", ["Ärger", "über", "Øre"]),
        ("今日はトランスフォーマー", ["今日は", "トランスフォーマー"]),
    ],
)
def test_words_are_as_they_are_written(text: str, words: list[str]) -> None:
    assert WORD.findall(text) == words


@pytest.mark.parametrize(
    ("word", "base"), [("Ada's", "Ada"), ("Ada’s", "Ada"), ("Keys'", "Keys"), ("is", "is")]
)
def test_a_genitive_is_no_other_word(word: str, base: str) -> None:
    assert base_form(word) == base


@pytest.mark.parametrize(
    ("word", "capital"),
    [("Ada", True), ("iPhone", True), ("3D", True), ("ナンバー", True), ("ada", False), ("10", False)],
)
def test_capitals(word: str, *, capital: bool) -> None:
    assert has_capital(word) is capital


def test_a_name_has_its_capital_inside_sentences_too() -> None:
    told = "We saw Ada and the owl before noon. Owls saw Ada. The Model was a model, and so were all of them"
    written = _capitals(told)
    assert written.names() == {"Ada"}
    assert not written.nouns_too


def test_where_nobody_wrote_capitals_nothing_is_a_name() -> None:
    assert _capitals("we saw it and so did they. " * 60 + "we saw Ada").names() == frozenset()


def test_nouns_may_have_capitals_too() -> None:
    assert _capitals("Wir haben die Lampe im Haus und den Hund im Garten gesehen").nouns_too
