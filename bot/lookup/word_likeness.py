"""How like words are that somebody typed to the words of names: 1 is the same word, 0 another one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

# Words that differ in more than two letters of five are other words.
LEAST_ALIKE = 0.59
# A word that was begun, and one of which only the first letter was typed.
BEGUN, INITIAL = 0.7, 0.4
# The last word of somebody who is still typing.
BEING_TYPED = 0.9
# Behind every letter.
_LAST = "\U0010ffff"

Likenesses = NDArray[np.float32]


class NameVocabulary:
    """The different words of many names, by their numbers."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(set(words))
        self._lengths = np.array([len(word) for word in self.words], np.int32)
        self._letters = np.array([_letters(word) for word in self.words], np.uint64)

    def numbers(self) -> dict[str, int]:
        """The number of each word."""
        return {word: number for number, word in enumerate(self.words)}

    def likeness(self, typed: str, *, unfinished: bool = False) -> Likenesses:
        """How like each word is to the typed one, which may go on if it is `unfinished`.

        Letters may be wrong, missing, doubled or swapped, or those at the end missing; a number is the same one or
        another one.
        """
        alike = np.zeros(len(self.words), np.float32)
        if not typed:
            return alike
        start, end = bisect_left(self.words, typed), bisect_left(self.words, typed + _LAST)
        least = BEING_TYPED if unfinished else BEGUN if len(typed) > 1 else INITIAL
        if end > start and not typed.isdecimal():
            alike[start:end] = least + (1 - least) * len(typed) / self._lengths[start:end]
        if start < len(self.words) and self.words[start] == typed:
            alike[start] = 1
        if any(map(str.isdecimal, typed)):
            return alike
        near = self._near(typed)
        if len(near):
            close = cdist(
                [typed],
                [self.words[place] for place in near],
                scorer=OSA.normalized_similarity,
                score_cutoff=LEAST_ALIKE,
                dtype=np.float32,
            )[0]
            alike[near] = np.maximum(alike[near], close**1.5)
        return alike

    def _near(self, typed: str) -> NDArray[np.intp]:
        """The places of the words that may be alike, by their lengths and letters alone: comparing is dear."""
        longest = np.maximum(self._lengths, len(typed))
        changes = np.floor(longest * (1 - LEAST_ALIKE)).astype(np.int32)
        # A wrong letter takes one away and brings one in.
        other = np.bitwise_count(self._letters ^ np.uint64(_letters(typed)))
        return np.flatnonzero(
            (np.abs(self._lengths - len(typed)) <= changes) & (other <= 2 * changes) & (changes > 0)
        )


def _letters(word: str) -> int:
    """Which letters a word has: a bit for each, several letters sharing one."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits
