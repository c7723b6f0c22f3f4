"""Which of the names is meant: one, one of several, or none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from bot.lookup.episode_numbers import EpisodeNumber, typed_number
from bot.lookup.letter_sets import in_common, pairs_of_each
from bot.lookup.name_index import F32, NameIndex, TypedName
from bot.text.lexicons import every_language

# What the sum of a name's fitness is made of: how much of what was typed is in it, how much of it was typed, and how
# like the two are as they stand.
TYPED, COVERED, AS_WRITTEN = 0.65, 0.15, 0.2
# How much of the last is what stands in both in one order, wherever that is.
IN_ORDER = 0.15
# From here on a name fits; below nothing does.
FITS = 0.5
# A name that fits as well as this, and better than any other by so much, is the one that is meant.
SURELY, CLEARLY = 0.65, 0.1
# What fits worse than the best by more is not offered beside it.
NEARLY = 0.15
MAX_OFFERED = 25
MAX_CLOSEST = 3
# So many of the best by their words are compared as they stand.
COMPARED = 64
# Where no name fits better by its words, all are compared letter by letter: words may be written as one or split.
UNSURE = 0.75
# Fewer letters are a part of too many names.
LEAST_LETTERS = 5
# Of so many at most, those with most pairs of letters in common.
COMPARED_BY_LETTERS = 2_000
# A call of so many keeps other threads waiting for a few milliseconds.
_AT_ONCE = 500
# Above every sum: the very title, and the number of an episode.
VERY_TITLE, VERY_NUMBER = 3.0, 2.0
# How much a word counts that has little to do with what is meant ("the one with …"), and one that nothing is like.
FUNCTION_WORD, UNKNOWN_WORD = 0.3, 0.6
# One that is both.
FILLER = 0.02
# How like a word must be to count as standing in a name.
STANDS = 0.8
# Letter by letter so like what was typed, a name may be meant though its words are others; and so like, it is close.
NEARLY_AS_WRITTEN, LIKE_AS_WRITTEN = 0.8, 0.6
# So like, a word makes a name close that fits as well as this.
LIKE_WORD, CLOSE = 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Fit:
    """A name, by its id, and how well it fits, from 0 to 1; more than that where it is the very title.

    It `may_be_meant` unasked if it has all that was typed but function words, and is `close` if it has any of it.
    """

    id: int
    score: float
    may_be_meant: bool
    close: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The one that is meant; or those of which one may be, best first; or the closest where none fits."""

    found: int | None = None
    offered: tuple[int, ...] = ()
    closest: tuple[int, ...] = ()


def choose(text: str, indexes: Sequence[NameIndex]) -> Choice:
    """Which name of these is meant."""
    typed = TypedName(text)
    if typed.words and (very := _Names(indexes).very(typed)):
        # Of those that have the very title, or the number, only they are meant.
        return Choice(found=very[0]) if len(very) == 1 else Choice(offered=tuple(very[:MAX_OFFERED]))
    ranked = rank(typed, indexes)
    fitting = [one for one in ranked if one.score >= FITS]
    if not fitting:
        return Choice(closest=tuple(islice((one.id for one in ranked if one.close), MAX_CLOSEST)))
    best = fitting[0].score
    clearly = len(fitting) == 1 or best - fitting[1].score >= CLEARLY
    if fitting[0].may_be_meant and best >= SURELY and clearly:
        return Choice(found=fitting[0].id)
    return Choice(offered=tuple(one.id for one in fitting if one.score >= best - NEARLY)[:MAX_OFFERED])


def rank(typed: TypedName, indexes: Sequence[NameIndex]) -> list[Fit]:
    """The best of all names, best first; those that fit equally in the order of their indexes."""
    indexes = [index for index in indexes if len(index)]
    if not indexes or not typed.words:
        return []
    alike = {
        one: one.likenesses(typed.words, unfinished=typed.unfinished)
        for one in {index.vocabulary for index in indexes}
    }
    measured = [index.fits(alike[index.vocabulary]) for index in indexes]
    weights = _weights(typed.words, [alike for alike, _ in measured])
    having: F32 = np.concatenate([weights @ alike for alike, _ in measured])
    covered: F32 = np.concatenate([part for _, part in measured])
    by_words = TYPED * having + COVERED * covered
    names = _Names(indexes)
    places = _best(by_words, COMPARED)
    written = names.written(places)
    # Parts that are less alike are so by chance.
    in_order = IN_ORDER * np.maximum(_parts(typed, written) / np.float32(25) - 3, 0)
    sums = by_words[places] + AS_WRITTEN * ((1 - IN_ORDER) * _as_written(typed, written) + in_order)
    scores = {
        place: VERY_TITLE if name == typed.joined else score
        for place, name, score in zip(places, written, sums.tolist(), strict=True)
    }
    if having.max() < UNSURE and len(typed.joined) >= LEAST_LETTERS:
        for place, score in _by_letters(typed, names).items():
            scores[place] = max(scores.get(place, 0.0), score)
    if max(scores.values()) < FITS:
        # A part of a word that does not begin it.
        scores.update((place, FITS) for place in names.containing(typed.joined, COMPARED))
    if (number := typed_number(typed.text)) is not None:
        for place in names.numbered(number):
            scores[place] = max(scores.get(place, 0.0), VERY_NUMBER)
    ranked = sorted(scores, key=lambda place: (-scores[place], place))
    likenesses = names.likenesses(ranked, [alike for alike, _ in measured])
    return [
        _fit(names.id(place), scores[place], typed, alike, as_written)
        for place, alike, as_written in zip(
            ranked, likenesses, _as_written(typed, names.written(ranked)).tolist(), strict=True
        )
    ]


def _fit(id_: int, score: float, typed: TypedName, alike: Sequence[float], as_written: float) -> Fit:
    """How a name fits that has words so like the typed ones, one by one."""
    common = every_language().function_words
    telling = [(word, like) for word, like in zip(typed.words, alike, strict=True) if word not in common]
    # A number is the same one or another one.
    numbers = all(like > 0 for word, like in telling if any(map(str.isdecimal, word)))
    every = bool(telling) and all(like > 0 for _, like in telling)
    return Fit(
        id_,
        score,
        may_be_meant=every or (numbers and as_written >= NEARLY_AS_WRITTEN),
        close=as_written >= LIKE_AS_WRITTEN
        or (score >= CLOSE and any(like >= LIKE_WORD for _, like in telling)),
    )


class _Names:
    """The names of several indexes, by their places in all of them together."""

    def __init__(self, indexes: Sequence[NameIndex]) -> None:
        self._indexes = indexes
        self._starts = [0, *accumulate(map(len, indexes))]

    def id(self, place: int) -> int:
        index, at = self._in_its_index(place)
        return index.ids[at]

    def written(self, places: Iterable[int]) -> list[str]:
        return [index.joined[at] for index, at in map(self._in_its_index, places)]

    def likenesses(self, places: Iterable[int], alike: Sequence[F32]) -> list[list[float]]:
        """How like each typed word is to the best one in each of these names; `alike` has them by index."""
        where = (self._where(place) for place in places)
        return [alike[which][:, at].tolist() for which, at in where]

    def numbered(self, wanted: EpisodeNumber) -> list[int]:
        starts = zip(self._starts, self._indexes, strict=False)
        return [start + at for start, index in starts for at in index.numbered(wanted)]

    def very(self, typed: TypedName) -> list[int]:
        """The ids of the names that are just what was typed; else of those with the number that was."""
        called = [index.ids[at] for index in self._indexes for at in index.called(typed.joined)]
        if called or (number := typed_number(typed.text)) is None:
            return called
        return [index.ids[at] for index in self._indexes for at in index.numbered(number)]

    def containing(self, letters: str, most: int) -> list[int]:
        """The first places of names that have these letters in them."""
        every = (name for index in self._indexes for name in index.joined)
        return list(islice((place for place, name in enumerate(every) if letters in name), most))

    def with_pairs_of(self, typed: TypedName) -> list[int]:
        """The places of the names that have most pairs of letters in common with what was typed."""
        pairs = pairs_of_each([typed.joined])
        shared = np.concatenate([in_common(pairs, index.pairs) for index in self._indexes])
        return _best(shared, COMPARED_BY_LETTERS)

    def _in_its_index(self, place: int) -> tuple[NameIndex, int]:
        which, at = self._where(place)
        return self._indexes[which], at

    def _where(self, place: int) -> tuple[int, int]:
        which = bisect_right(self._starts, place) - 1
        return which, place - self._starts[which]


def _weights(words: Sequence[str], alike: Sequence[F32]) -> F32:
    """How much each typed word counts: the fewer names have it, the more; in all 1."""
    names = sum(one.shape[1] for one in alike)
    having = sum((one >= STANDS).sum(axis=1) for one in alike)
    known = np.max([one.max(axis=1) for one in alike], axis=0) > 0
    weights = np.log1p(names / (1.0 + having)) / np.log1p(names) + 0.1
    common = every_language().function_words
    weights *= [
        (FUNCTION_WORD if there else FILLER) if word in common else (1.0 if there else UNKNOWN_WORD)
        for word, there in zip(words, known.tolist(), strict=True)
    ]
    shares: F32 = (weights / weights.sum()).astype(np.float32)
    return shares


def _best(scores: NDArray[np.number], count: int) -> list[int]:
    """The places of the best, best first; of equals the first."""
    places: NDArray[np.intp] = np.arange(len(scores))
    if len(scores) > count:
        least = np.partition(scores, -count)[-count]
        above = np.flatnonzero(scores > least)
        places = np.sort(np.append(above, np.flatnonzero(scores == least)[: count - len(above)]))
    best: list[int] = places[np.argsort(-scores[places], kind="stable")].tolist()
    return best


def _as_written(typed: TypedName, names: Sequence[str]) -> F32:
    percent: F32 = cdist([typed.joined], names, scorer=fuzz.ratio, dtype=np.float32)[0]
    return percent / np.float32(100)


def _by_letters(typed: TypedName, names: _Names) -> dict[int, float]:
    """The scores of the names that the letters stand in best, by their places."""
    likely = names.with_pairs_of(typed)
    parts = _parts(typed, names.written(likely))
    best = _best(parts, COMPARED)
    places = [likely[at] for at in best]
    written = names.written(places)
    # A part of another name by chance is about half as it was typed.
    part = np.maximum(parts[best] / np.float32(50) - 1, 0) * np.array(
        [len(name) >= LEAST_LETTERS for name in written]
    )
    scores = TYPED * part + (COVERED + AS_WRITTEN) * _as_written(typed, written)
    return dict(zip(places, scores.tolist(), strict=True))


def _parts(typed: TypedName, names: Sequence[str]) -> F32:
    """How much of what was typed stands in each name, letter by letter, in percent."""
    return np.concatenate(
        [
            cdist(
                [typed.joined], names[start : start + _AT_ONCE], scorer=fuzz.partial_ratio, dtype=np.float32
            )[0]
            for start in range(0, len(names), _AT_ONCE)
        ]
    )
