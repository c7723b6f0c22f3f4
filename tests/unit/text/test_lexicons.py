"""What is known of each language: whole files, and English behind them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.text.lexicons
from bot.text.lexicons import (
    Lexicon,
    PlainClaims,
    any_word,
    compiled,
    every_language,
    languages,
    lexicon_for,
    plain_claims,
    small_letters,
)

FOLDER = Path(bot.text.lexicons.__file__).parent
PATTERNS = [key.name for key in fields(Lexicon) if key.type == "Patterns"]
WORDS = [key.name for key in fields(Lexicon) if key.type == "Words"]
CLAIM_KEYS = [key.name for key in fields(PlainClaims)]


def _file(code: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", languages())
class TestEachFile:
    def test_has_all_keys_in_their_form(self, code: str) -> None:
        known = _file(code)
        assert set(known) - {"plain_claims"} == {key.name for key in fields(Lexicon)}
        assert set(known.get("plain_claims", CLAIM_KEYS)) == set(CLAIM_KEYS)
        assert all(isinstance(known[key], str) for key in WORDS)
        assert all(isinstance(known[key], list) for key in PATTERNS)
        assert all(0 < weight <= 3 for weight in known["promotion"].values())

    def test_says_nothing_twice(self, code: str) -> None:
        known = _file(code)
        for key in (*WORDS, *PATTERNS):
            entries = known[key].split() if key in WORDS else known[key]
            assert not [entry for entry, count in Counter(entries).items() if count > 1], key

    def test_words_are_in_small_letters(self, code: str) -> None:
        known = _file(code)
        assert not [word for key in WORDS for word in known[key].split() if word != word.lower()]

    def test_patterns_have_no_groups(self, code: str) -> None:
        known = _file(code)
        for pattern in [*(one for key in PATTERNS for one in known[key]), *known["promotion"]]:
            assert re.compile(pattern).groups == 0, pattern

    def test_openings_and_offers_can_be_hinted_at(self, code: str) -> None:
        known = _file(code)
        assert bool(known["ad_hints"]) == bool(known["ad_openings"] or known["ad_offers"])

    def test_knows_the_commonest(self, code: str) -> None:
        known = _file(code)
        assert len(known["function_words"].split()) >= 40
        assert known["roles"]
        assert known["promotion"]

    def test_label_words_stand_once_among_labels(self, code: str) -> None:
        """A label is a break or an advertisement, not both; what is also a name is one of them."""
        known = _file(code)
        breaks, ads = known["break_labels"].split(), known["advertisement_labels"].split()
        assert not set(breaks) & set(ads)
        assert set(known["also_names"].split()) <= {*breaks, *ads}


def test_the_languages_of_the_shared_feeds_are_there() -> None:
    assert {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "zh"} <= set(languages())


def test_a_language_has_english_behind_it() -> None:
    german = lexicon_for("de")
    assert {"der", "the"} <= german.function_words
    assert "der" not in lexicon_for("en").function_words
    assert german.promotion["newsletter"] == 1


@pytest.mark.parametrize("told", ["de-AT", "DE", " de_CH ", "de-Latn-DE"])
def test_the_region_does_not_matter(told: str) -> None:
    assert lexicon_for(told).function_words == lexicon_for("de").function_words


@pytest.mark.parametrize(("told", "code"), [("nb-NO", "no"), ("nn", "no"), ("ms", "id"), ("in", "id")])
def test_languages_by_another_code(told: str, code: str) -> None:
    assert lexicon_for(told).function_words == lexicon_for(code).function_words


@pytest.mark.parametrize("told", ["", "xx", "../en", "klingon", "-", "en"])
def test_what_is_not_known_is_english(told: str) -> None:
    assert lexicon_for(told).function_words == lexicon_for("en").function_words


@pytest.mark.parametrize(("told", "known"), [("en-GB", True), ("EN", True), ("de", False), ("xx", False)])
def test_claims_have_no_english_behind_them(told: str, *, known: bool) -> None:
    assert (plain_claims(told) is not None) is known


def test_where_nothing_is_told_all_languages_are_meant() -> None:
    assert lexicon_for(None) is every_language()


@pytest.mark.parametrize("word", ["war", "man", "hat", "die", "son"])
def test_words_of_other_languages_are_not_common_in_english(word: str) -> None:
    assert word not in lexicon_for("en").function_words


def test_labels_of_all_languages_are_known_together() -> None:
    known = every_language()
    assert {"sponsor", "werbung", "реклама", "広告"} <= known.advertisement_labels
    assert {"host", "gast", "ведущая", "主持人"} <= known.roles


@pytest.mark.parametrize(
    ("patterns", "text", "found"),
    [
        (["sponsors?"], "our Sponsors today", True),
        (["sponsor"], "sponsorship", False),
        (["don't"], "Don’t do that", True),
        (["[a'b] x"], "’ x", False),
        (["フォロー"], "番組をフォローして", True),
        (["% off"], "20% off", True),
        (["(?:the|a) lamp"], "bathe lamp", False),
        (["cat", "% off", "dog"], "20% off", True),
        (["cat", "% off", "dog"], "hotdogs", False),
        ([], "anything", False),
    ],
)
def test_patterns_match_whole_words(patterns: list[str], text: str, *, found: bool) -> None:
    assert (compiled(patterns).search(small_letters(text)) is not None) is found


def test_patterns_are_written_in_small_letters() -> None:
    known = every_language()
    patterns = [pattern for key in PATTERNS for pattern in getattr(known, key)] + list(known.promotion)
    written = [re.sub(r"\\[A-Z]", "", pattern) for pattern in patterns]
    assert [pattern for pattern in written if pattern != small_letters(pattern)] == []


def test_any_word_takes_the_longest() -> None:
    found = re.match(any_word(["co", "co-host", "a.b"]), "co-host")
    assert found is not None
    assert found[0] == "co-host"
    assert re.fullmatch(any_word(["a.b"]), "axb") is None
    assert re.match(any_word([]), "a") is None


@given(st.text())
def test_small_letters_stay_in_their_places(text: str) -> None:
    assert len(small_letters(text)) == len(text)


def test_the_small_letter_of_a_dotted_capital_is_one() -> None:
    assert small_letters("İstanbul’DA") == "istanbul’da"
