"""Whether it was said: what a search found as a score that has one threshold for all queries."""

from math import exp, log2

from bot.search.keywords import MOST_KEYWORDS

# From here on it counts as said. Below, the best guess may be shown as one.
SAID = 0.5
# Fitted with `python -m tests.bench.search` on quotes of shows that are in the index and of shows that are not: what
# tells them apart is the share of the query that was met, and how much that share says, in bits.
_SHARE, _BITS, _LEVEL = 22.0, 0.108, 21.2
_FITTED_WORDS, _LEAST_WORDS = 5e6, 2e4
_SOFTNESS = 3.0
# Every word in order and none between: that was said, however little it says.
_WHOLE = 0.995
_KEYWORD_SHARE, _KEYWORD_LEVEL = 20.0, 15.6


def calibrated(share: float, bits: float, query_words: int, all_words: int) -> float:
    """From 0 to 1: `share` of the query's weight was met, which is worth `bits`, among so many words."""
    if share >= _WHOLE:
        return 1.0
    if query_words <= MOST_KEYWORDS:
        level = _KEYWORD_SHARE * share - _KEYWORD_LEVEL
    else:
        # Among more words more is met by chance.
        by_chance = log2(max(all_words, _LEAST_WORDS) / _FITTED_WORDS)
        level = _SHARE * share + _BITS * (share * bits - by_chance) - _LEVEL
    return round(1 / (1 + exp(-level / _SOFTNESS)), 4)
