"""Names of months, weekdays, zones and units of time."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest

from bot.feeds.parsing.words_of_time import plain, subtags, time_words


@pytest.mark.parametrize(
    ("word", "language", "months"),
    [
        ("Nov", None, {11}),
        ("NOVEMBRE", "it", {11}),
        ("mär.", "de", {3}),
        ("marz", None, {3}),
        ("août", "fr", {8}),
        ("aout", "fr", {8}),
        ("сен", "ru", {9}),
        ("lis", "pl", {11}),
        ("lis", "hr", {10}),
        ("lis", "en", {10, 11}),
        ("Kasım", "tr", {11}),
        ("KASIM", "tr", {11}),
        ("jui", "fr", set()),
        ("no", None, set()),
        ("", None, set()),
    ],
)
def test_months(word: str, language: str | None, months: set[int]) -> None:
    assert time_words().month(word, language) == months


def test_each_language_has_twelve_months_and_seven_days() -> None:
    months: dict[str, set[int]] = defaultdict(set)
    days: dict[str, set[int]] = defaultdict(set)
    for said, found in ((time_words().months, months), (time_words().weekdays, days)):
        for meanings in said.values():
            for language, meaning in meanings.items():
                found[language].add(meaning)
    assert len(months) > 40
    assert {language for language, found in months.items() if found != set(range(1, 13))} == set()
    assert {language for language, found in days.items() if found != set(range(7))} == set()


@pytest.mark.parametrize(
    ("word", "language", "half"),
    [
        ("PM", None, 12),
        ("a. m.", "es", 0),
        ("午後", None, 12),
        ("오전", "ko", 0),
        ("fm", "sv", 0),
        ("fm", "de", None),
    ],
)
def test_halves_of_the_day(word: str, language: str | None, half: int | None) -> None:
    assert time_words().half(word, language) == half


def test_zones_at_home() -> None:
    assert time_words().zone("CST", "en-us") == "-06:00"
    assert time_words().zone("CST", "zh-Hans-CN") == "+08:00"
    assert time_words().zone("Pacific Time", None) == "America/Los_Angeles"
    assert time_words().zone("xyz", None) is None


def test_every_zone_is_an_offset_or_a_place() -> None:
    words = time_words()
    for offset in {
        *words.zones.values(),
        *(one for said in words.zones_at_home.values() for one in said.values()),
    }:
        assert offset[0] in "+-" or ZoneInfo(offset)
    units = {word for word, seconds in words.units.items() if seconds not in (1, 60, 3_600)}
    assert units == set()


def test_day_first() -> None:
    words = time_words()
    assert [words.writes_day_first(one) for one in ("de", "fr-CA", "en-GB", "ja", None)] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_words_are_compared_without_accents_and_full_stops() -> None:
    assert (plain("FÉVR."), plain("ü"), plain("й"), subtags("zh_TW")) == (
        "fevr",
        "u",
        plain("Й"),
        ["zh", "tw"],
    )
