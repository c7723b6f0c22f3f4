"""How much of a query stands on one diagonal of a window."""

import numpy as np
import pytest

from bot.search.index.dtypes import F32
from bot.search.matching.prefilter import best_diagonals


def _credits(query: str, *windows: str) -> F32:
    return np.array([[[a == b for b in query] for a in window] for window in windows], np.float32)


@pytest.mark.parametrize(
    ("window", "diagonal", "share"),
    [
        ("abcxxxxx", 0, 1.0),
        ("xxabcxxx", 2, 1.0),
        ("xxabxcxx", 2, (2 + 0.95) / 3),
        ("xxabxxcx", 2, (2 + 0.9) / 3),
        ("xxabxxxc", 3, (2 * 0.95 + 0.9) / 3),
        ("abxxxxxxxc", 0, 2 / 3),
        ("xxxxxabc", 5, 1.0),
        ("xxxxxxxx", 0, 0.0),
    ],
)
def test_the_best_diagonal_is_found(window: str, diagonal: int, share: float) -> None:
    shares, diagonals = best_diagonals(_credits("abc", window), np.ones(3, np.float32), 6)
    assert shares[0] == pytest.approx(share)
    assert diagonals[0] == diagonal


def test_rare_words_count_more_and_each_window_is_scored_alone() -> None:
    weights = np.array([1, 1, 8], np.float32)
    shares, diagonals = best_diagonals(_credits("abc", "abxxxxxc", "xxxxxxxx"), weights, 6)
    assert shares.tolist() == pytest.approx([0.8, 0.0])
    assert diagonals[0] == 5
