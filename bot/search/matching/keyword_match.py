"""Matching two or three keywords: all of them in one turn, in any order, the nearer to each other the better."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.candidates.fuzzy_terms import FuzzyTerm
from bot.search.candidates.query_terms import QueryTerms
from bot.search.index.dtypes import F32, I64, Bools

MAX_KEYWORDS = 3
# From this score on all words were matched.
COMPLETE = 0.8
# How far apart keywords may be, in places; what distance, another order and another turn cost.
_REACH = 40
_DISTANCE_COST = 0.12
_ORDER_BONUS = 0.02
_OTHER_TURN_COST = 0.25
_MAX_PIVOTS = 12_000
_MAX_MATCHES = 16
# Added to the distance to a word in another turn, so that any word in the same turn is nearer.
_OTHER_TURN = 1_000_000_000
# Stop words have no postings: they are looked for around so many pivots, or in so many words of the newest speech.
_EXAMINED_PIVOTS = 256
_SCANNED_WORDS = 200_000


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """Keywords matched at the places [start, end) of the view, with a score of at most about 1."""

    start: int
    end: int
    score: float
    terms: QueryTerms
    occurrences: "Sequence[_Occurrences]"

    def places(self) -> list[int]:
        """The places of the matched words, in order."""
        places = {self.start, self.end - 1}
        for word, other in enumerate(self.occurrences):
            first, end = np.searchsorted(other.places, np.array([self.start, self.end])).tolist()
            places.update(other.places[first:end].tolist())
            if not other.listed:
                ordinals, window = self.terms.view.windows(np.array([self.start]), self.end - self.start)
                equal = window[0] == self.terms.window_ids[ordinals[0], word]
                places.update((np.flatnonzero(equal) + self.start).tolist())
        return sorted(places)


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """The visible places of a word and of its fuzzy terms, in order, with their credits.

    `listed` is False for a stop word, whose places are not all known.
    """

    places: I64
    credit: F32
    listed: bool = True


@dataclass(slots=True)
class _Pivots:
    """Places of one keyword, and the others that were found around each: their weights, extent and order."""

    places: I64
    scores: F32
    starts: I64
    ends: I64
    in_order: I64

    def add(self, at: I64, scores: F32, near: Bools, *, after: bool) -> None:
        """Add another keyword found at `at`, which comes `after` the pivot in the query, where it is `near`."""
        self.scores = self.scores + np.where(near, scores, 0)
        self.starts = np.where(near, np.minimum(self.starts, at), self.starts)
        self.ends = np.where(near, np.maximum(self.ends, at + 1), self.ends)
        self.in_order = self.in_order + (near & ((at > self.places) == after))

    def final_scores(self, terms: QueryTerms) -> F32:
        words = len(terms.words)
        between = np.maximum(0, self.ends - self.starts - words)
        ordered = (self.in_order - (words - 1)) / words
        scores: F32 = (
            self.scores / terms.total_weight
            - _DISTANCE_COST * np.minimum(1, between / _REACH)
            + _ORDER_BONUS * ordered
        )
        return scores

    def best(self, terms: QueryTerms, count: int) -> "_Pivots":
        """Of equal ones the later, which are newer."""
        best = np.lexsort((-self.places, -self.final_scores(terms)))[:count]
        return _Pivots(
            self.places[best], self.scores[best], self.starts[best], self.ends[best], self.in_order[best]
        )


def match_keywords(terms: QueryTerms, fuzzy_terms: list[FuzzyTerm]) -> list[KeywordMatch]:
    """The best matches, in no order; several may be one moment."""
    occurrences = [_occurrences(terms, word, fuzzy_terms) for word in range(len(terms.words))]
    pivots = [word for word, one in enumerate(occurrences) if one.listed and len(one.places)]
    if not pivots:
        occurrences = [_scan(terms, word) for word in range(len(terms.words))]
        pivots = [word for word, one in enumerate(occurrences) if len(one.places)]
    # The rarest word first; if no match is complete around it, one around the next word may be.
    pivots.sort(key=lambda word: len(occurrences[word].places))
    found: list[KeywordMatch] = []
    for pivot in pivots[:2]:
        found += _match_around(terms, occurrences, pivot)
        if any(one.score >= COMPLETE for one in found):
            break
    return found


def _occurrences(terms: QueryTerms, word: int, fuzzy_terms: list[FuzzyTerm]) -> _Occurrences:
    lists, credits_ = [], []
    listed = True
    for ordinal in range(len(terms.view.segments)):
        word_id = int(terms.word_ids[ordinal, word])
        forms = [(word_id, 1.0)] if word_id else []
        forms += [
            (fuzzy.word_id, fuzzy.credit)
            for fuzzy in fuzzy_terms
            if fuzzy.ordinal == ordinal and fuzzy.word == word
        ]
        for form, credit in forms:
            places = terms.visible(ordinal, terms.postings(ordinal, form))
            listed = listed and terms.has_postings(ordinal, form)
            lists.append(places + terms.view.bases[ordinal])
            credits_.append(np.full(len(places), credit, np.float32))
    return _in_order(lists, credits_, listed=listed)


def _scan(terms: QueryTerms, word: int) -> _Occurrences:
    """A stop word's places in the newest visible speech."""
    lists = []
    left = _SCANNED_WORDS
    for ordinal in reversed(range(len(terms.view.segments))):
        ranges = terms.view.visible[ordinal]
        end = len(terms.view.segments[ordinal].stream) if ranges is None else int(ranges.ends[-1])
        start = max(0, end - left)
        left -= end - start
        word_id = terms.word_ids[ordinal, word]
        if word_id:
            stream = terms.view.segments[ordinal].stream[start:end]
            places = (np.flatnonzero(stream == np.uint32(word_id)) + start).astype(np.uint32)
            lists.append(terms.visible(ordinal, places) + terms.view.bases[ordinal])
    return _in_order(lists, [np.ones(len(places), np.float32) for places in lists])


def _in_order(lists: list[I64], credits_: list[F32], *, listed: bool = True) -> _Occurrences:
    if not lists:
        return _Occurrences(np.zeros(0, np.int64), np.zeros(0, np.float32), listed)
    places, credit = np.concatenate(lists), np.concatenate(credits_)
    if len(lists) > 1:
        by_place = np.argsort(places, kind="stable")
        places, credit = places[by_place], credit[by_place]
    return _Occurrences(places, credit, listed)


def _match_around(terms: QueryTerms, occurrences: list[_Occurrences], pivot: int) -> list[KeywordMatch]:
    """Score all places of a word roughly, then the best of them with turns and stop words."""
    places = occurrences[pivot].places[-_MAX_PIVOTS:]
    rough = _pivots(terms, occurrences, pivot, places, None).best(terms, _EXAMINED_PIVOTS).places
    bounds = terms.view.turn_bounds(rough)
    best = _pivots(terms, occurrences, pivot, rough, bounds).best(terms, _MAX_MATCHES)
    in_one_turn = best.ends <= terms.view.turn_bounds(best.starts)[1]
    scores = best.final_scores(terms) - np.where(in_one_turn, 0, _OTHER_TURN_COST)
    return [
        KeywordMatch(start, end, score, terms, occurrences)
        for start, end, score in zip(best.starts.tolist(), best.ends.tolist(), scores.tolist(), strict=True)
    ]


def _pivots(
    terms: QueryTerms,
    occurrences: list[_Occurrences],
    pivot: int,
    places: I64,
    bounds: tuple[I64, I64] | None,
) -> _Pivots:
    """`bounds` are those of each place's turn; without them stop words are left out."""
    credit = occurrences[pivot].credit[np.searchsorted(occurrences[pivot].places, places)]
    pivots = _Pivots(
        places, credit * terms.weights[pivot], places, places + 1, np.zeros(len(places), np.int64)
    )
    for word, other in enumerate(occurrences):
        if word == pivot or (other.listed and not len(other.places)):
            continue
        if other.listed:
            at, credit = _nearest(other, places, bounds)
        elif bounds is not None:
            at, credit = _nearest_stop_word(terms, word, places, bounds)
        else:
            continue
        near = np.abs(at - places) <= _REACH
        pivots.add(at, credit * terms.weights[word], near, after=word > pivot)
    return pivots


def _nearest(other: _Occurrences, places: I64, bounds: tuple[I64, I64] | None) -> tuple[I64, F32]:
    """The occurrence of another word that is nearest to each place, in the same turn if possible, and its credit."""
    following = np.searchsorted(other.places, places)
    after = np.minimum(following, len(other.places) - 1)
    before = np.maximum(following - 1, 0)
    distance_before, distance_after = (_distance(other.places[at], places, bounds) for at in (before, after))
    nearer = np.where(distance_before <= distance_after, before, after)
    return other.places[nearer], other.credit[nearer]


def _nearest_stop_word(terms: QueryTerms, word: int, places: I64, bounds: tuple[I64, I64]) -> tuple[I64, F32]:
    """The same for a stop word, read from the stream; a place far away if it is not near."""
    ordinals, windows = terms.view.windows(places - _REACH, 2 * _REACH + 1)
    equal = windows == terms.window_ids[ordinals, word][:, None]
    at = places[:, None] + np.arange(-_REACH, _REACH + 1)
    distance = np.where(
        equal, _distance(at, places[:, None], (bounds[0][:, None], bounds[1][:, None])), 4 * _OTHER_TURN
    )
    nearest = distance.argmin(1)
    return places - _REACH + np.where(equal.any(1), nearest, 4 * _REACH), np.ones(len(places), np.float32)


def _distance(at: I64, places: I64, bounds: tuple[I64, I64] | None) -> I64:
    distance: I64 = np.abs(at - places)
    if bounds is None:
        return distance
    return distance + _OTHER_TURN * ((at < bounds[0]) | (at >= bounds[1]))
