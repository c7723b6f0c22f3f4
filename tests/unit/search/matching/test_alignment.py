"""Aligning a query with windows, word by word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.matching.alignment import Alignments, WordSimilarity

_GAP = 0.5


def _alignments(query: str, window: str) -> Alignments:
    equal = np.array([[[a == b for b in query] for a in window]], np.float32)
    return Alignments(WordSimilarity(equal), np.ones(len(query), np.float32), _GAP)


@pytest.mark.parametrize(
    ("query", "window", "score", "places"),
    [
        ("abc", "xxabcxx", 3.0, [2, 3, 4]),
        ("abc", "xaxbcxx", 2.5, [1, 3, 4]),
        ("abc", "xxacxx", 2.0, [2, 3]),
        ("abcd", "xabycdx", 3.5, [1, 2, 4, 5]),
        ("abc", "xazcx", 2.0, [1, 3]),
        ("abc", "cab", 2.0, [1, 2]),
        ("abc", "xyz", 0.0, []),
    ],
)
def test_words_are_paired_in_order(query: str, window: str, score: float, places: list[int]) -> None:
    found = _alignments(query, window)
    assert found.scores[0] == pytest.approx(score, abs=1e-4)
    assert [start for _, start, _ in found.traceback(0)] == places


def test_split_and_joined_words_are_paired() -> None:
    nothing = np.zeros((1, 5, 3), np.float32)
    single, split, joined = nothing.copy(), nothing.copy(), nothing.copy()
    single[0, 1, 0] = 1
    split[0, 2, 1] = 0.9
    found = Alignments(WordSimilarity(single, split=split), np.ones(3, np.float32), _GAP)
    assert found.traceback(0) == [(0, 1, 1), (1, 2, 3)]
    joined[0, 2, 1] = 0.9
    found = Alignments(WordSimilarity(single, joined=joined), np.ones(3, np.float32), _GAP)
    assert found.traceback(0) == [(0, 1, 1), (1, 2, 2), (2, 2, 2)]


@given(st.text("abcd", min_size=1, max_size=8), st.text("abcdx", min_size=1, max_size=14))
def test_the_aligned_words_have_the_score(query: str, window: str) -> None:
    found = _alignments(query, window)
    path = found.traceback(0)
    assert [word for word, _, _ in path] == sorted({word for word, _, _ in path})
    assert all(query[word] == window[place] for word, place, _ in path)
    assert len(path) >= found.scores[0] - 1e-3
    assert 0 <= found.scores[0] <= len(query) + 1e-3
