"""Matching a phrase: the blocks that diagonal voting chose are scored without gaps, the best of them aligned."""

from dataclasses import dataclass

import numpy as np

from bot.search.candidates.diagonal_voting import BLOCK
from bot.search.candidates.fuzzy_terms import FuzzyTerm
from bot.search.candidates.query_terms import QueryTerms
from bot.search.index.dtypes import F32, I64, U32, Bools
from bot.search.matching.alignment import Alignments, WordSimilarity
from bot.search.matching.prefilter import best_diagonals
from bot.search.matching.word_similarity import compare_words

# Additional places of a window on both sides.
_MARGIN = 4
# The diagonals of a block and of the next one, with their margins.
_REACH = 2 * BLOCK + 2 * _MARGIN
# What each additional word costs, in bits, and what share of their weight words in another order still count.
_GAP = 2.5
_ANY_ORDER = 0.15
# Windows with so much less on their diagonal than the best one can't win; those with so much have every word.
_BEHIND_BEST = 0.35
_COMPLETE = 0.98
# The factor for the score of a match without the words that stood in quotation marks.
_NOT_EXACT = 0.5


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A query aligned with a window.

    `start` is about where it begins in the view, `score` runs from 0 to 1, `first` is the window's first place.
    """

    start: int
    score: float
    alignments: Alignments
    window: int
    first: int

    def places(self) -> list[int]:
        """The places of the matched words, in order."""
        path = self.alignments.traceback(self.window)
        return [self.first + place for _, start, end in path for place in (start, end)]


def match_phrase(
    terms: QueryTerms, blocks: I64, fuzzy_terms: list[FuzzyTerm], most: int
) -> list[PhraseMatch]:
    """Matches in the most promising of these blocks, in no order; more than `most` if many have every word."""
    if not len(blocks):
        return []
    if len(blocks) <= most:
        return _align(terms, blocks, 2 * BLOCK)
    starts = blocks - _MARGIN
    ordinals, windows = terms.view.windows(starts, _REACH + len(terms.words))
    equal = _equal(terms, ordinals, windows)
    credits_ = _with_fuzzy_terms(equal, fuzzy_terms, ordinals, windows) if fuzzy_terms else equal
    covered, diagonals = best_diagonals(credits_, terms.weights, _REACH)
    # Of equal ones the later, which are newer.
    best = np.lexsort((-starts, -covered))
    best = best[: max(most, int((covered >= _COMPLETE).sum()))]
    best = best[covered[best] >= covered[best[0]] - _BEHIND_BEST]
    return _align(terms, (starts + diagonals)[best], 0)


def _equal(terms: QueryTerms, ordinals: I64, windows: U32) -> Bools:
    """Which words of the query stand at which places: windows × places × words."""
    equal: Bools = windows[:, :, None] == terms.window_ids[ordinals][:, None, :]
    return equal


def _with_fuzzy_terms(equal: Bools, fuzzy_terms: list[FuzzyTerm], ordinals: I64, windows: U32) -> F32:
    """The credit of each word of the query at each place, 1 where it is equal."""
    credits_ = equal.astype(np.float32)
    for ordinal in np.unique(ordinals).tolist():
        mine = ordinals == ordinal
        word_ids, of_mine = windows[mine], credits_[mine]
        for fuzzy in fuzzy_terms:
            if fuzzy.ordinal == ordinal:
                at = word_ids == fuzzy.word_id
                of_mine[:, :, fuzzy.word][at] = np.maximum(of_mine[:, :, fuzzy.word][at], fuzzy.credit)
        credits_[mine] = of_mine
    return credits_


def _align(terms: QueryTerms, begins: I64, reach: int) -> list[PhraseMatch]:
    """Align the query with windows in which it begins about at these places, or up to `reach` places later."""
    starts = begins - _MARGIN
    width = len(terms.words) + reach + 2 * _MARGIN
    ordinals, windows = terms.view.windows(starts, width)
    equal = _equal(terms, ordinals, windows)
    aligned = _align_complete(terms, equal)
    if aligned is None:
        similarity = compare_words(terms.view, terms.words, ordinals, windows, equal)
        aligned = similarity, Alignments(similarity, terms.weights, _GAP)
    similarity, alignments = aligned
    scores = _with_any_order(terms, similarity, alignments) / terms.total_weight
    for first, end in terms.exact:
        scores = np.where(_has_run(equal[:, :, first:end]), scores, scores * _NOT_EXACT)
    abouts = (starts + np.maximum(0, alignments.ends - len(terms.words))).tolist()
    return [
        PhraseMatch(about, min(1.0, score), alignments, window, start)
        for window, (about, start, score) in enumerate(
            zip(abouts, starts.tolist(), scores.tolist(), strict=True)
        )
        if score > 0
    ]


def _align_complete(terms: QueryTerms, equal: Bools) -> tuple[WordSimilarity, Alignments] | None:
    """If a window has every word in order, the alignments of equal words alone: no similar words can beat it."""
    has_word: Bools = np.asarray(equal.any(1))
    if not np.asarray(has_word.all(1)).any():
        return None
    similarity = WordSimilarity(equal.astype(np.float32))
    alignments = Alignments(similarity, terms.weights, _GAP)
    is_complete = alignments.scores.max() >= _COMPLETE * terms.total_weight
    return (similarity, alignments) if is_complete else None


def _with_any_order(terms: QueryTerms, similarity: WordSimilarity, alignments: Alignments) -> F32:
    """The alignments' scores, and some more for words in another order near the aligned ones."""
    scores = alignments.scores
    if scores.min() >= terms.total_weight:
        return scores
    behind = alignments.ends[:, None] - np.arange(similarity.single.shape[1])
    near = (behind > -_MARGIN) & (behind <= len(terms.words) + _MARGIN)
    anywhere = ((similarity.single * near[:, :, None]).max(1) * terms.weights).sum(1)
    raised: F32 = scores + _ANY_ORDER * np.maximum(0, anywhere - scores)
    return raised


def _has_run(equal: Bools) -> Bools:
    """Which windows have all these words one after the other."""
    places, words = equal.shape[1:]
    runs = equal[:, : places - words + 1, 0]
    for word in range(1, words):
        runs = runs & equal[:, word : places - words + 1 + word, word]
    return np.asarray(runs.any(1))
