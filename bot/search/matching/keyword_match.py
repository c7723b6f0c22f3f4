"""Two or three words: all of them in one turn, in any order, the nearer to each other the better."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.search.candidates.fuzzy_terms import Variant
from bot.search.candidates.query_terms import Terms
from bot.search.index.hashing import I64
from bot.search.matching.alignment import Floats

MOST_KEYWORDS = 3
# From this score on all words were met.
COMPLETE = 0.8
# As far from each other as they may stand, and what distance, another order and another turn cost.
_REACH = 40
_FAR = 0.12
_ANY_ORDER = 0.02
_OTHER_TURN = 0.25
_MOST_PIVOTS = 12_000
_KEPT = 16
_OTHER_TURNS = 1_000_000_000
# Words that have no list of their places are looked for around so many pivots, and in so much of the newest speech.
_LOOKED_AT = 256
_SCANNED = 200_000


@dataclass(frozen=True, slots=True)
class Found:
    """The places [start, end), how well all words are met there, from 0 to 1, and how to tell which are the words."""

    start: int
    end: int
    score: float
    terms: Terms
    known: "Sequence[_Places]"

    def places(self) -> list[int]:
        met = {self.start, self.end - 1}
        for word, other in enumerate(self.known):
            first, end = np.searchsorted(other.places, np.array([self.start, self.end])).tolist()
            met.update(other.places[first:end].tolist())
            if not other.listed:
                of_part, window = self.terms.field.windows(np.array([self.start]), self.end - self.start)
                same = window[0] == self.terms.sought[of_part[0], word]
                met.update((np.flatnonzero(same) + self.start).tolist())
        return sorted(met)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a word of the query stands, in order, and with what credit; `listed` unless it is only looked for."""

    places: I64
    credited: Floats
    listed: bool = True


@dataclass(slots=True)
class _Pivots:
    """Places of one word, what is met around each, and how far that reaches."""

    places: I64
    worths: Floats
    starts: I64
    ends: I64
    in_order: I64

    def meet(self, at: I64, worth: Floats, near: npt.NDArray[np.bool_], *, behind: bool) -> None:
        self.worths = self.worths + np.where(near, worth, 0)
        self.starts = np.where(near, np.minimum(self.starts, at), self.starts)
        self.ends = np.where(near, np.maximum(self.ends, at + 1), self.ends)
        self.in_order = self.in_order + (near & ((at > self.places) == behind))

    def scores(self, terms: Terms) -> Floats:
        words = len(terms.words)
        between = np.maximum(0, self.ends - self.starts - words)
        ordered = (self.in_order - (words - 1)) / words
        scores: Floats = (
            self.worths / terms.total - _FAR * np.minimum(1, between / _REACH) + _ANY_ORDER * ordered
        )
        return scores

    def best(self, terms: Terms, count: int) -> "_Pivots":
        """Of equal ones the later, which are the newer."""
        best = np.lexsort((-self.places, -self.scores(terms)))[:count]
        return _Pivots(
            self.places[best], self.worths[best], self.starts[best], self.ends[best], self.in_order[best]
        )


def find_keywords(terms: Terms, variants: list[Variant]) -> list[Found]:
    """The best moments, in no order and not yet distinct."""
    known = [_places(terms, word, variants) for word in range(len(terms.words))]
    listed = sorted(
        (word for word, places in enumerate(known) if places.listed and len(places.places)),
        key=lambda word: len(known[word].places),
    )
    if not listed:
        known = [_scanned(terms, word) for word in range(len(terms.words))]
        listed = [word for word, places in enumerate(known) if len(places.places)]
        listed.sort(key=lambda word: len(known[word].places))
    # The rarest word first; where it stands alone, the next one may have better company.
    found: list[Found] = []
    for pivot in listed[:2]:
        found += _around(terms, known, pivot)
        if any(one.score >= COMPLETE for one in found):
            break
    return found


def _places(terms: Terms, word: int, variants: list[Variant]) -> _Places:
    lists, credited = [], []
    listed = True
    for part in range(len(terms.field.segments)):
        number = int(terms.numbers[part, word])
        forms = [(number, 1.0)] if number else []
        forms += [
            (other.number, other.credit) for other in variants if other.part == part and other.word == word
        ]
        for form, credit in forms:
            places = terms.seen_places(part, form)
            listed = listed and terms.is_listed(part, form)
            lists.append(places + terms.field.bases[part])
            credited.append(np.full(len(places), credit, np.float32))
    return _in_order(lists, credited, listed=listed)


def _scanned(terms: Terms, word: int) -> _Places:
    """Where a word stands in the newest speech that is seen."""
    lists = []
    left = _SCANNED
    for part in reversed(range(len(terms.field.segments))):
        spans = terms.field.spans[part]
        end = len(terms.field.segments[part].stream) if spans is None else int(spans.ends[-1])
        start = max(0, end - left)
        left -= end - start
        number = terms.numbers[part, word]
        if number:
            stream = terms.field.segments[part].stream[start:end]
            places = (np.flatnonzero(stream == np.uint32(number)) + start).astype(np.uint32)
            lists.append(terms.seen(part, places) + terms.field.bases[part])
    return _in_order(lists, [np.ones(len(places), np.float32) for places in lists])


def _in_order(lists: list[I64], credited: list[Floats], *, listed: bool = True) -> _Places:
    if not lists:
        return _Places(np.zeros(0, np.int64), np.zeros(0, np.float32), listed)
    places, credit = np.concatenate(lists), np.concatenate(credited)
    if len(lists) > 1:
        by_place = np.argsort(places, kind="stable")
        places, credit = places[by_place], credit[by_place]
    return _Places(places, credit, listed)


def _around(terms: Terms, known: list[_Places], pivot: int) -> list[Found]:
    """Roughly around all places of a word first, then closely around the best."""
    places = known[pivot].places[-_MOST_PIVOTS:]
    rough = _met_around(terms, known, pivot, places, None).best(terms, _LOOKED_AT).places
    best = _met_around(terms, known, pivot, rough, terms.field.turn_bounds(rough)).best(terms, _KEPT)
    in_one_turn = best.ends <= terms.field.turn_bounds(best.starts)[1]
    scores = best.scores(terms) - np.where(in_one_turn, 0, _OTHER_TURN)
    return [
        Found(start, end, score, terms, known)
        for start, end, score in zip(best.starts.tolist(), best.ends.tolist(), scores.tolist(), strict=True)
    ]


def _met_around(
    terms: Terms, known: list[_Places], pivot: int, places: I64, bounds: tuple[I64, I64] | None
) -> _Pivots:
    """`bounds` are those of each place's turn; without them words that have no list are left out."""
    credited = known[pivot].credited[np.searchsorted(known[pivot].places, places)]
    nothing = np.zeros(len(places), np.int64)
    pivots = _Pivots(places, credited * terms.weights[pivot], places, places + 1, nothing)
    for word, other in enumerate(known):
        if word == pivot or (other.listed and not len(other.places)):
            continue
        if other.listed:
            at, credit = _nearest(other, places, bounds)
        elif bounds is not None:
            at, credit = _beside(terms, word, places, bounds)
        else:
            continue
        near = np.abs(at - places) <= _REACH
        pivots.meet(at, credit * terms.weights[word], near, behind=word > pivot)
    return pivots


def _nearest(other: _Places, places: I64, bounds: tuple[I64, I64] | None) -> tuple[I64, Floats]:
    """For each place the nearest one of the other word, in the same turn if it can be, and its credit."""
    behind = np.searchsorted(other.places, places)
    after = np.minimum(behind, len(other.places) - 1)
    before = np.maximum(behind - 1, 0)
    away_before, away_after = (_away(other.places[at], places, bounds) for at in (before, after))
    nearer = np.where(away_before <= away_after, before, after)
    return other.places[nearer], other.credited[nearer]


def _beside(terms: Terms, word: int, places: I64, bounds: tuple[I64, I64]) -> tuple[I64, Floats]:
    """The same for a word without a list; far away where it is not near."""
    of_part, windows = terms.field.windows(places - _REACH, 2 * _REACH + 1)
    there = windows == terms.sought[of_part, word][:, None]
    at = places[:, None] + np.arange(-_REACH, _REACH + 1)
    away = np.where(
        there, _away(at, places[:, None], (bounds[0][:, None], bounds[1][:, None])), 4 * _OTHER_TURNS
    )
    nearest = away.argmin(1)
    return places - _REACH + np.where(there.any(1), nearest, 4 * _REACH), np.ones(len(places), np.float32)


def _away(at: I64, places: I64, bounds: tuple[I64, I64] | None) -> I64:
    """How far apart they are; what stands in another turn is farther than anything in the same."""
    away: I64 = np.abs(at - places)
    if bounds is None:
        return away
    return away + _OTHER_TURNS * ((at < bounds[0]) | (at >= bounds[1]))
