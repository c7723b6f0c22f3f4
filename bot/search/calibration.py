"""Whether it was said: what a search found as a score that has one threshold for all queries."""

from math import exp

from bot.search.matching.keyword_match import MOST_KEYWORDS

# From here on it counts as said. Below, the best guess may be shown as one.
SAID = 0.5
# Fitted by `python -m tests.bench.calibration` on quotes of shows that are in the index and of shows that are not, at
# 0.3 to 28 million words. What tells them apart is the share of the query that was met, how much that share says, in
# bits, and how far it is ahead of the crowd: of what was never said many places have some words by chance, and all
# of them as many. The level is chosen a little lower than fitted, so that fewer right answers are lost.
_SHARE, _BITS, _AHEAD, _WORD, _LEVEL = 11.0, 0.186, 19.7, 0.41, 17.6
# Farther ahead says no more.
MOST_AHEAD = 0.3
_SOFTNESS = 3.0
# Every word in order and none between: that was said, however little it says.
_WHOLE = 0.995
_KEYWORD_SHARE, _KEYWORD_LEVEL = 20.0, 15.6


def calibrated(share: float, bits: float, query_words: int, ahead: float) -> float:
    """From 0 to 1: `share` of the query's weight, which is worth `bits`, was met, so much more than by the crowd."""
    if share >= _WHOLE:
        return 1.0
    if query_words <= MOST_KEYWORDS:
        level = _KEYWORD_SHARE * share - _KEYWORD_LEVEL
    else:
        level = _SHARE * share + _BITS * share * bits + _AHEAD * min(MOST_AHEAD, ahead)
        level -= _WORD * query_words + _LEVEL
    return round(1 / (1 + exp(-level / _SOFTNESS)), 4)
