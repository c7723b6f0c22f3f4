"""A close look at places that were voted for: which of them have the query's words, in order, and how well."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.search.candidates.diagonal_voting import BLOCK
from bot.search.candidates.fuzzy_terms import Variant
from bot.search.candidates.query_terms import Terms
from bot.search.index.hashing import I64, U32
from bot.search.matching.alignment import Alignments, Floats, Likeness
from bot.search.matching.prefilter import coverage
from bot.search.matching.word_similarity import compare

# Places around the block where a quote should begin that are glanced at, and around the stretch that is aligned.
_AROUND = 4
_REACH = 2 * BLOCK + 2 * _AROUND
# In bits, as words are weighed: what each word in between costs, and what words in another order still count.
_GAP = 2.5
_ANY_ORDER = 0.15
# Places that are covered so much less than the best one cannot come first; those covered so well have every word.
_BEHIND_BEST = 0.35
_WHOLE = 0.98
# What is left of the score where words in quotes are not met as they are.
_NOT_EXACT = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment that begins about at a place of the field, its score from 0 to 1, and how to tell its words."""

    about: int
    score: float
    alignments: Alignments
    window: int
    first: int

    def places(self) -> list[int]:
        """The places of the words that were met, in order."""
        path = self.alignments.path(self.window)
        return [self.first + place for _, start, end in path for place in (start, end)]


def look(terms: Terms, blocks: I64, variants: list[Variant], most: int) -> list[Candidate]:
    """The most promising of these blocks as candidates, in no order; more than `most` where many have every word."""
    if not len(blocks):
        return []
    if len(blocks) <= most:
        return _aligned(terms, blocks, 2 * BLOCK)
    starts = blocks - _AROUND
    of_part, windows = terms.field.windows(starts, _REACH + len(terms.words))
    met = _met(terms, variants, of_part, windows) if variants else _same(terms, of_part, windows)
    covered, diagonal = coverage(met, terms.weights, _REACH)
    # Of equal ones the later, which is the newer.
    best = np.lexsort((-starts, -covered))
    best = best[: max(most, int((covered >= _WHOLE).sum()))]
    best = best[covered[best] >= covered[best[0]] - _BEHIND_BEST]
    return _aligned(terms, (starts + diagonal)[best], 0)


def _same(terms: Terms, of_part: I64, windows: U32) -> npt.NDArray[np.bool_]:
    same: npt.NDArray[np.bool_] = windows[:, :, None] == terms.sought[of_part][:, None, :]
    return same


def _met(terms: Terms, variants: list[Variant], of_part: I64, windows: U32) -> Floats:
    """How well each word of the query is met at each place, as far as variants tell."""
    met = _same(terms, of_part, windows).astype(np.float32)
    for part in np.unique(of_part).tolist():
        mine = of_part == part
        seen, of_mine = windows[mine], met[mine]
        for variant in variants:
            if variant.part == part:
                at = seen == variant.number
                of_mine[:, :, variant.word][at] = np.maximum(of_mine[:, :, variant.word][at], variant.credit)
        met[mine] = of_mine
    return met


def _aligned(terms: Terms, begins: I64, reach: int) -> list[Candidate]:
    """The words of the query aligned with the stretches that begin at these places or up to `reach` behind, about."""
    starts = begins - _AROUND
    width = len(terms.words) + reach + 2 * _AROUND
    of_part, windows = terms.field.windows(starts, width)
    same = _same(terms, of_part, windows)
    found = _whole(terms, same)
    if found is None:
        likeness = compare(terms.field, terms.words, of_part, windows, same)
        found = likeness, Alignments(likeness, terms.weights, _GAP)
    likeness, alignments = found
    worths = alignments.worths
    if worths.min() < terms.total:
        # Only what stands near the words in order: what is around them is not to count.
        behind = alignments.ends[:, None] - np.arange(width)
        near = (behind > -_AROUND) & (behind <= len(terms.words) + _AROUND)
        anywhere = ((likeness.alike * near[:, :, None]).max(1) * terms.weights).sum(1)
        worths = worths + _ANY_ORDER * np.maximum(0, anywhere - worths)
    scores = worths / terms.total
    abouts = (starts + np.maximum(0, alignments.ends - len(terms.words))).tolist()
    for first, end in terms.exact:
        scores = np.where(_has(same[:, :, first:end]), scores, scores * _NOT_EXACT)
    return [
        Candidate(about, min(1.0, score), alignments, window, start)
        for window, (about, start, score) in enumerate(
            zip(abouts, starts.tolist(), scores.tolist(), strict=True)
        )
        if score > 0
    ]


def _whole(terms: Terms, same: npt.NDArray[np.bool_]) -> tuple[Likeness, Alignments] | None:
    """Where a window has every word as it is, nothing need be compared: no other one is as good."""
    whole: npt.NDArray[np.bool_] = np.asarray(same.any(1))
    if not np.asarray(whole.all(1)).any():
        return None
    likeness = Likeness(same.astype(np.float32))
    alignments = Alignments(likeness, terms.weights, _GAP)
    return (likeness, alignments) if alignments.worths.max() >= _WHOLE * terms.total else None


def _has(same: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which windows have all these words of the query one behind the other."""
    places, words = same.shape[1:]
    runs = same[:, : places - words + 1, 0]
    for word in range(1, words):
        runs = runs & same[:, word : places - words + 1 + word, word]
    return np.asarray(runs.any(1))
