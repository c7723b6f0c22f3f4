"""Two or three words: all of them in one turn, in any order, the nearer to each other the better."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.search.hashing import I64
from bot.search.terms import Terms
from bot.search.variants import Variant

MOST_KEYWORDS = 3
# As far from each other as they may stand, and what distance and another order cost.
_REACH = 40
_FAR = 0.12
_ANY_ORDER = 0.02
_MOST_PIVOTS = 12_000
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Found:
    """The places [start, end) and how well all words are met there, from 0 to 1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a word of the query stands, in order, and with what credit."""

    places: I64
    credits: npt.NDArray[np.float32]


def find_keywords(terms: Terms, variants: list[Variant]) -> list[Found]:
    known = [_places(terms, word, variants) for word in range(len(terms.words))]
    order = sorted(
        (word for word in range(len(known)) if len(known[word].places)),
        key=lambda word: len(known[word].places),
    )
    found: list[Found] = []
    # The rarest word first; where it stands alone, the next one may have better company.
    for pivot in order[:2]:
        found += _around(terms, known, pivot)
    return found


def _places(terms: Terms, word: int, variants: list[Variant]) -> _Places:
    """All places of a word; of one that has no list those that the end of the stream has."""
    lists, credits = [], []
    for part, segment in enumerate(terms.field.segments):
        number = int(terms.numbers[part, word])
        forms = [(number, 1.0)] if number else []
        forms += [
            (other.number, other.credit) for other in variants if other.part == part and other.word == word
        ]
        for form, credit in forms:
            places = terms.places_of(part, form)
            if len(places):
                lists.append(places + terms.field.bases[part])
                credits.append(np.full(len(places), credit, np.float32))
    if not lists:
        return _Places(np.zeros(0, np.int64), np.zeros(0, np.float32))
    places, credit = np.concatenate(lists), np.concatenate(credits)
    if len(lists) > 1:
        by_place = np.argsort(places, kind="stable")
        places, credit = places[by_place], credit[by_place]
    return _Places(places, credit)


def _around(terms: Terms, known: list[_Places], pivot: int) -> list[Found]:
    weights = terms.weights
    places, worths = known[pivot].places, known[pivot].credits * weights[pivot]
    if len(places) > _MOST_PIVOTS:
        places, worths = places[-_MOST_PIVOTS:], worths[-_MOST_PIVOTS:]
    starts, ends = places.copy(), places + 1
    in_order = np.zeros(len(places), np.int64)
    for word, other in enumerate(known):
        if word == pivot or not len(other.places):
            continue
        at, credit = _nearest(other, places)
        near = np.abs(at - places) <= _REACH
        worths = worths + np.where(near, credit * weights[word], 0)
        starts, ends = (
            np.where(near, np.minimum(starts, at), starts),
            np.where(near, np.maximum(ends, at + 1), ends),
        )
        in_order += near & ((at > places) == (word > pivot))
    between = np.maximum(0, ends - starts - len(known))
    scores = (
        worths / terms.total
        - _FAR * np.minimum(1, between / _REACH)
        + _ANY_ORDER * in_order / len(known)
        - _ANY_ORDER
    )
    best = np.argsort(-scores, kind="stable")[:_KEPT]
    return [
        Found(start, end, score)
        for start, end, score in zip(
            starts[best].tolist(), ends[best].tolist(), scores[best].tolist(), strict=True
        )
    ]


def _nearest(other: _Places, places: I64) -> tuple[I64, npt.NDArray[np.float32]]:
    """For each place the nearest one of the other word, and its credit."""
    behind = np.searchsorted(other.places, places)
    after = np.minimum(behind, len(other.places) - 1)
    before = np.maximum(behind - 1, 0)
    nearer = np.where(places - other.places[before] <= other.places[after] - places, before, after)
    nearer = np.where(other.places[after] < places, before, nearer)
    return other.places[nearer], other.credits[nearer]
