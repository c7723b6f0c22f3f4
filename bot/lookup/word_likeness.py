"""How like words are that somebody typed to the words of names: 1 is the same word, 0 another one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from bot.lookup.letter_sets import letters_of, letters_of_each

# Words that differ in more than two letters of five are other words.
LEAST_ALIKE = 0.59
# A word that was begun, and one of which only the first letter was typed.
BEGUN, INITIAL = 0.7, 0.4
# The last word of somebody who is still typing.
BEING_TYPED = 0.9
# Two typed words are one word of a name where they are as like it as this.
NEARLY_ONE_WORD = 0.8
# Digits that were typed apart are rarely one number: "2.3" is not 23.
DIGITS_APART = 0.8
# How much more a letter counts than its share of a word.
_STEEPNESS = 1.5
# Behind every letter.
_LAST = "\U0010ffff"

Likenesses = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Words:
    """Words by their numbers, and in the order of their letters."""

    by_number: NDArray[np.object_]
    in_order: list[str]
    lengths: NDArray[np.int32]
    letters: NDArray[np.uint64]


class NameVocabulary:
    """The different words of many names, by their numbers. Words are only added, by one thread at a time; others may
    compare meanwhile.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.numbers: dict[str, int] = {}
        self._words = _Words(np.zeros(0, np.object_), [], np.zeros(0, np.int32), np.zeros(0, np.uint64))
        self.add(words)

    def __len__(self) -> int:
        return len(self._words.in_order)

    def add(self, words: Iterable[str]) -> None:
        """Give each word that is new a number."""
        new = list(set(words) - self.numbers.keys())
        if not new:
            return
        known = self._words
        self.numbers.update(zip(new, count(len(known.in_order))))
        self._words = _Words(
            np.concatenate([known.by_number, np.array(new, np.object_)]),
            sorted(known.in_order + new),
            np.concatenate([known.lengths, np.array([len(word) for word in new], np.int32)]),
            np.concatenate([known.letters, letters_of_each(new)]),
        )

    def likenesses(self, typed: Sequence[str], *, unfinished: bool = False) -> Likenesses:
        """How like each of the typed words (a row), or of two neighbours that were typed apart, is to each word.

        The last may go on if it is `unfinished`.
        """
        words, last = self._words, len(typed) - 1
        alike = np.array(
            [
                self._likeness(words, word, unfinished=unfinished and place == last)
                for place, word in enumerate(typed)
            ]
        )
        for place, (first, second) in enumerate(pairwise(typed)):
            # Each is some part of it by chance.
            together = self._likeness(words, first + second, least=NEARLY_ONE_WORD)
            if first[-1:].isdecimal() and second[:1].isdecimal():
                together *= np.float32(DIGITS_APART)
            alike[place : place + 2] = np.maximum(alike[place : place + 2], together)
        return alike

    def _likeness(
        self, words: _Words, typed: str, *, unfinished: bool = False, least: float = 0.0
    ) -> Likenesses:
        """How like each word is to the typed one, if it is as like as `least`.

        Letters may be wrong, missing, doubled or swapped, or those at the end missing; a number is the same one or
        another one.
        """
        alike = np.zeros(len(words.in_order), np.float32)
        if not typed:
            return alike
        if not typed.isdecimal():
            start, end = bisect_left(words.in_order, typed), bisect_left(words.in_order, typed + _LAST)
            begun = [self.numbers[word] for word in words.in_order[start:end]]
            part = BEING_TYPED if unfinished else BEGUN if len(typed) > 1 else INITIAL
            alike[begun] = part + (1 - part) * len(typed) / words.lengths[begun]
            if least:
                alike[alike < least] = 0
        same = self.numbers.get(typed, len(alike))
        if same < len(alike):
            alike[same] = 1
        if any(map(str.isdecimal, typed)):
            return alike
        least_share = max(LEAST_ALIKE, least ** (1 / _STEEPNESS))
        near = _near(words, typed, least_share)
        if len(near):
            close = cdist(
                [typed],
                words.by_number[near].tolist(),
                scorer=OSA.normalized_similarity,
                score_cutoff=least_share,
                dtype=np.float32,
            )[0]
            alike[near] = np.maximum(alike[near], close**_STEEPNESS)
        return alike


def _near(words: _Words, typed: str, least: float) -> NDArray[np.intp]:
    """The numbers of the words that may be alike, by their lengths and letters alone: comparing is dear."""
    changes = np.floor(np.maximum(words.lengths, len(typed)) * (1 - least)).astype(np.int32)
    letters = np.uint64(letters_of(typed))
    # A wrong letter takes one away and brings one in.
    missing = np.bitwise_count(letters & ~words.letters)
    other = np.bitwise_count(words.letters & ~letters)
    return np.flatnonzero(
        (np.abs(words.lengths - len(typed)) <= changes)
        & (missing <= changes)
        & (other <= changes)
        & (changes > 0)
    )
