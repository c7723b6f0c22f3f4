"""Parsing a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.candidates.query import MAX_WORDS, Query, parse_query


@pytest.mark.parametrize(
    ("text", "words", "exact"),
    [
        ("", "", []),
        ("  The Kettle, please! ", "the kettle please", []),
        ('say "red kite" now', "say red kite now", [(1, 3)]),
        ("“red kite” «grey owl» „blue lamp“", "red kite grey owl blue lamp", [(0, 2), (2, 4), (4, 6)]),
        ('"" "?" a', "a", []),
        ('an "open quote', "an open quote", []),
        ('"twenty-three"', "20 3", [(0, 2)]),
    ],
)
def test_words_are_normalised_and_quotation_marks_kept(
    text: str, words: str, exact: list[tuple[int, int]]
) -> None:
    assert parse_query(text) == Query(tuple(words.split()), tuple(exact))


def test_long_queries_are_cut() -> None:
    query = parse_query("a " * 38 + '"b c d e" "f"')
    assert len(query.words) == MAX_WORDS
    assert query.exact == ((38, 40),)
    assert len(parse_query("x" * 100_000).words) == 1


@given(st.text('ab "“”«»„. ', max_size=200))
def test_exact_ranges_are_inside_and_in_order(text: str) -> None:
    query = parse_query(text)
    bounds = [bound for pair in query.exact for bound in pair]
    assert bounds == sorted(bounds)
    assert all(0 <= start < end <= len(query.words) for start, end in query.exact)
