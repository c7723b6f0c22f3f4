import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.matching.alignment import Alignments, WordSimilarity
from bot.search.matching.prefilter import best_diagonals

_GAP = 0.5


def _alignments(query: str, window: str) -> Alignments:
    alike = np.array([[[a == b for b in query] for a in window]], np.float32)
    return Alignments(WordSimilarity(alike), np.ones(len(query), np.float32), _GAP)


@pytest.mark.parametrize(
    ("query", "window", "worth", "places"),
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
def test_words_are_paired_in_order(query: str, window: str, worth: float, places: list[int]) -> None:
    found = _alignments(query, window)
    assert found.scores[0] == pytest.approx(worth, abs=1e-4)
    assert [start for _, start, _ in found.traceback(0)] == places


def test_words_split_and_together_are_paired() -> None:
    nothing = np.zeros((1, 5, 3), np.float32)
    alike, apart, together = nothing.copy(), nothing.copy(), nothing.copy()
    alike[0, 1, 0] = 1
    apart[0, 2, 1] = 0.9
    found = Alignments(WordSimilarity(alike, split=apart), np.ones(3, np.float32), _GAP)
    assert found.traceback(0) == [(0, 1, 1), (1, 2, 3)]
    together[0, 2, 1] = 0.9
    found = Alignments(WordSimilarity(alike, joined=together), np.ones(3, np.float32), _GAP)
    assert found.traceback(0) == [(0, 1, 1), (1, 2, 2), (2, 2, 2)]


@given(st.text("abcd", min_size=1, max_size=8), st.text("abcdx", min_size=1, max_size=14))
def test_a_path_is_worth_what_is_told(query: str, window: str) -> None:
    found = _alignments(query, window)
    path = found.traceback(0)
    assert [word for word, _, _ in path] == sorted({word for word, _, _ in path})
    assert all(query[word] == window[place] for word, place, _ in path)
    assert len(path) >= found.scores[0] - 1e-3
    assert 0 <= found.scores[0] <= len(query) + 1e-3


def test_coverage_follows_the_best_diagonal() -> None:
    window, query = "xxabxcxx", "abc"
    met = np.array([[[a == b for b in query] for a in window]])
    covered, diagonal = best_diagonals(met, np.ones(3, np.float32), 5)
    assert diagonal[0] in (2, 3)
    assert covered[0] == pytest.approx((2 + 0.95) / 3)
