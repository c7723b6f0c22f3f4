"""What the words of an episode weigh: rare ones and those of one place in it more, what everybody says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bot.text.lexicons import lexicon_for
from bot.text.tokenizer import normal, raw_words

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_ENDING = re.compile(r"(?:ations?|ings?|ers?|ed|es|s|ly|ments?)$")
_STEM = 7
# How little the commonest word of the show counts beside one that is said here alone.
_COMMONEST = 0.2


def stem(word: str) -> str:
    """The beginning that the forms of a word have in common, roughly, in whatever language."""
    if len(word) <= 4:
        return word
    cut = _ENDING.sub("", word)
    return (cut if len(cut) >= 4 else word)[:_STEM]


@lru_cache(maxsize=64)
def common_words(language: str | None) -> frozenset[str]:
    """Words that are said about anything in a language, as the search compares words; English where none is told."""
    words = lexicon_for(language or "en").function_words
    return frozenset(part for word in words for part in normal(word))


class Vocabulary:
    """Numbers for the stems that an episode says; words that are said about anything have none.

    `background`: how often each word is said in the rest of the show. `common`: those words.
    """

    def __init__(self, background: Mapping[str, int], common: frozenset[str]) -> None:
        self._common = common
        self._background = background
        self._most = float(np.log1p(max(0, *background.values()))) if len(background) > 1 else 0.0
        self._numbers: dict[str, int] = {}
        self._terms: dict[str, tuple[int, ...]] = {}
        self._rarity: list[float] = []

    def __len__(self) -> int:
        return len(self._rarity)

    def terms(self, text: str) -> list[int]:
        """The numbers of the words of `text`, in order."""
        found: list[int] = []
        for raw in raw_words(text):
            terms = self._terms.get(raw)
            if terms is None:
                terms = self._terms[raw] = tuple(
                    self._number(word) for word in normal(raw) if word not in self._common
                )
            found += terms
        return found

    def rarity(self) -> Floats:
        """How rare each is in the show, up to 1."""
        return np.array(self._rarity, np.float64)

    def _number(self, word: str) -> int:
        short = stem(word)
        number = self._numbers.get(short)
        if number is None:
            number = self._numbers[short] = len(self._rarity)
            self._rarity.append(1.0)
        if self._most:
            said = float(np.log1p(max(0, self._background.get(word, 0)))) / self._most
            self._rarity[number] = min(self._rarity[number], 1 - (1 - _COMMONEST) * said)
        return number


def numbers(terms: Iterable[int]) -> Numbers:
    """Each of them once."""
    return np.array(sorted(set(terms)), np.int64)


def spread(parts: Sequence[Numbers], size: int) -> Floats:
    """In how many of `parts`, whose terms are distinct, each term is said."""
    if not parts:
        return np.zeros(size)
    return np.bincount(np.concatenate(parts), minlength=size).astype(np.float64)


def sums(parts: Sequence[Numbers], worth: Floats) -> Floats:
    """What the terms of each part are worth together."""
    if not parts:
        return np.zeros(0)
    owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    found = np.bincount(owners, weights=worth[np.concatenate(parts)], minlength=len(parts))
    return found.astype(np.float64)
