"""Calibration: from what a search found to the probability that this was said at all.

A logistic model (as Platt scaling), so that one threshold fits all queries.
"""

from math import exp

from bot.search.matching.keyword_match import MAX_KEYWORDS

# From this score on it counts as said. A hit below may be shown as a guess.
SAID = 0.5
# Fitted by `python -m tests.bench.calibration` on quotes of shows that are in the index and of shows that aren't, at
# 0.3 to 28 million words. The features are the share of the query that was matched, how much information that share
# carries in bits, and its lead over the background: of what was never said many places match some words by chance,
# all about equally well. The level is set slightly lower than fitted, so that fewer right answers are lost.
_SHARE, _BITS, _LEAD, _WORD, _LEVEL = 11.0, 0.186, 19.7, 0.41, 17.6
# A larger lead says no more.
MAX_LEAD = 0.3
_SOFTNESS = 3.0
# All words in order with none between them were said, however little information they carry.
_COMPLETE = 0.995
_KEYWORD_SHARE, _KEYWORD_LEVEL = 20.0, 15.6


def calibrate(share: float, bits: float, query_words: int, lead: float) -> float:
    """A score from 0 to 1, given the matched share of the query's weight.

    `bits` is the weight of the whole query; `lead` is by how much the share exceeds that of the background.
    """
    if share >= _COMPLETE:
        return 1.0
    if query_words <= MAX_KEYWORDS:
        level = _KEYWORD_SHARE * share - _KEYWORD_LEVEL
    else:
        level = _SHARE * share + _BITS * share * bits + _LEAD * min(MAX_LEAD, lead)
        level -= _WORD * query_words + _LEVEL
    return round(1 / (1 + exp(-level / _SOFTNESS)), 4)
