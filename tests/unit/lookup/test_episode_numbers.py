"""Numbers of episodes, as members type them and as titles begin with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.episode_numbers import EpisodeNumber, title_number, typed_number


@pytest.mark.parametrize(
    ("typed", "number", "season"),
    [
        ("12", 12, None),
        (" 012 ", 12, None),
        ("#12", 12, None),
        ("# 12", 12, None),
        ("№ 12", 12, None),
        ("No. 12", 12, None),
        ("Ep. 12", 12, None),
        ("ep.12", 12, None),
        ("EP12", 12, None),
        ("episode 12", 12, None),
        ("Episode #12", 12, None),
        ("episode 12:", 12, None),
        ("Folge 12", 12, None),
        ("Nr. 12", 12, None),
        ("épisode 12", 12, None),
        ("выпуск 12", 12, None),
        ("第12回", 12, None),
        ("１２", 12, None),
        ("12.5", 12.5, None),
        ("s2e12", 12, 2),
        ("S02E12", 12, 2),
        ("2x12", 12, 2),
        ("season 2 episode 12", 12, 2),
        ("Staffel 2, Folge 12", 12, 2),
        ("12 monkeys", None, None),
        ("12th", None, None),
        ("twelve", None, None),
        ("episode", None, None),
        ("9:30", None, None),
        ("1234567", None, None),
        ("", None, None),
    ],
)
def test_a_number_is_all_that_was_typed(typed: str, number: float | None, season: int | None) -> None:
    assert typed_number(typed) == (None if number is None else EpisodeNumber(number, season))


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("12: The Weir", 12),
        ("12. The Weir", 12),
        ("12 – The Weir", 12),
        ("12 | The Weir", 12),
        ("12 The Weir", 12),
        ("#12 The Weir", 12),
        ("[12] The Weir", 12),
        ("(12) The Weir", 12),
        ("Ep. 12 - The Weir", 12),
        ("Episode 012: The Weir", 12),
        ("Folge 12 Das Wehr", 12),
        ("第12回 堰", 12),
        ("S01E12 The Weir", 12),
        ("12", 12),
        # Numbers that count, measure or date something.
        ("The 12 Weirs", None),
        ("12th Night", None),
        ("9:30 at the weir", None),
        ("5G at the weir", None),
        ("3 % of all weirs", None),
        ("1,000 weirs", None),
        ("10/11 weirs", None),
        ("1-800 weirs", None),
        ("1984's weirs", None),
        ("Episodes 12", None),
        ("", None),
    ],
)
def test_a_number_begins_a_title(title: str, number: float | None) -> None:
    found = title_number(title)
    assert (found and found.number) == number


@given(st.text(max_size=60))
def test_any_text_has_a_number_or_none(text: str) -> None:
    typed = typed_number(text)
    if typed is not None:
        assert 0 <= typed.number < 1_000_000


def test_a_title_of_a_megabyte_is_not_read_to_its_end() -> None:
    assert title_number("1" * 1_000_000) is None
    assert typed_number(" " * 100_000 + "12") == EpisodeNumber(12)
