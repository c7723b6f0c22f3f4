"""Numbers are the same number however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language_model.spoken_numbers import numbers_in, numbers_said


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("2,000 and 2000 and two thousand", "en", [2000, 2000, 2000]),
        ("nineteen ninety-five, twenty twenty-three", "en", [1995, 2023]),
        ("7B, 7 billion, seven billion", "en", [7e9, 7e9, 7e9]),
        ("two hundred and five of two million three hundred thousand", "en", [205, 2.3e6]),
        ("three point five and 3.5", "en", [3.5, 3.5]),
        ("GPT-4 on an H100 for 100k a month", "en", [4, 100, 100_000]),
        ("one of them, but 1 there", "en", [1]),
        ("hundreds of thousands", "en", [100, 1000]),
        ("the third and the 3rd", "en", [3, 3]),
        ("and then point by point", "en", []),
        ("dreiundzwanzig, zweitausenddreihundertfünf, zwei Millionen, 2.000", "de", [23, 2305, 2e6, 2000]),
        ("neunzehnhundertneunundneunzig und 1,5 Milliarden", "de", [1999, 1.5e9]),
        ("Einer dachte an Undine", "de", []),
        ("quatre-vingt-dix-sept, soixante et onze, deux cent vingt et un", "fr", [97, 71, 221]),
        ("veintitrés, treinta y uno, dos mil", "es", [23, 31, 2000]),
        ("ventitré, duemila, centoventi", "it", [23, 2000, 120]),
        ("femogtyve, tredive", "da", [25, 30]),
        ("yirmi üç, iki bin beş yüz", "tr", [23, 2500]),
        ("2万5千、三百二十人、二〇二四年、5000万円", "ja", [25_000, 320, 2024, 5e7]),
        ("२०० and ２００", "hi", [200, 200]),
        ("nothing of the kind", None, []),
    ],
)
def test_numbers_in(text: str, language: str | None, numbers: list[float]) -> None:
    assert [float(number) for number in numbers_in(text, language)] == numbers


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("one twenty-eight", {1, 28, 128}),
        ("nineteen ninety five", {19, 95, 1995}),
        ("a 7 B model", {7, 7e9}),
        ("two, three hundred", {2, 300}),
    ],
)
def test_what_was_said_is_taken_in_every_way(said: str, meant: set[float]) -> None:
    assert {float(number) for number in numbers_said(said, "en")} == meant


@given(st.integers(2, 999_999_999))
def test_separators_are_no_matter(number: int) -> None:
    assert (
        numbers_in(f"about {number:,} of them", "en")
        == numbers_in(f"about {number} of them", "en")
        == [number]
    )


@given(st.text(max_size=60), st.sampled_from(["en", "de", "fr", "ja", "it", None]))
def test_any_text_can_be_read(text: str, language: str | None) -> None:
    assert set(numbers_in(text, language)) <= numbers_said(text, language)
