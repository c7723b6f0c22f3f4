"""Whether something was said: the score of a search's result."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.calibration import MAX_LEAD, SAID, calibrate

_SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("share", "bits", "words", "lead", "was_said"),
    [
        (0.8, 40.0, 7, 0.3, True),
        (0.8, 40.0, 7, 0.02, False),
        (1.0, 40.0, 7, 0.0, True),
        (1.0, 1.0, 1, 0.0, True),
        (0.5, 40.0, 7, 0.1, False),
        # The same share says less if the words are common.
        (0.8, 20.0, 7, 0.2, False),
        (0.8, 60.0, 7, 0.2, True),
        # Keywords are judged by their share alone.
        (0.8, 5.0, 3, 0.0, True),
        (0.7, 50.0, 3, 0.3, False),
    ],
)
def test_it_was_said_if_far_more_of_it_is_here_than_anywhere_else(
    share: float, bits: float, words: int, lead: float, *, was_said: bool
) -> None:
    assert (calibrate(share, bits, words, lead) >= SAID) == was_said


@given(_SHARES, _SHARES, st.floats(0, 200), st.integers(1, 40), st.floats(0, 1))
def test_a_larger_share_never_scores_less(
    one: float, other: float, bits: float, words: int, lead: float
) -> None:
    less, more = (calibrate(share, bits, words, lead) for share in sorted((one, other)))
    assert 0 <= less <= more <= 1


def test_a_very_large_lead_says_no_more() -> None:
    assert calibrate(0.7, 40.0, 7, MAX_LEAD) == calibrate(0.7, 40.0, 7, 1.0)
