"""How well each of many names fits what was typed: all words of all names are compared at once, in arrays.

Fifty thousand titles of episodes are compared while a member types, so what Python does for each title is done once,
when the index is made. What was typed is compared with each different word; a name is as good as its words are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.lookup.episode_numbers import EpisodeNumber, title_number
from bot.lookup.name_words import joined, name_words
from bot.lookup.word_likeness import Likenesses, NameVocabulary

# How much a word counts that stands in the title of the podcast, not in the episode's.
OF_PODCAST = 0.8
# Two typed words are one word of a name where they are as like it as this.
NEARLY_ONE_WORD = 0.8

F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nameable:
    """Something that can be asked for: `people` take part in it, and `number` is the feed's own, if it has one."""

    id: int
    title: str
    people: tuple[str, ...] = ()
    number: float | None = None
    season: int | None = None


@dataclass(frozen=True)
class TypedName:
    """What somebody typed; `unfinished` while they are still typing."""

    text: str
    unfinished: bool = False

    @cached_property
    def words(self) -> list[str]:
        """Its words."""
        return name_words(self.text)

    @cached_property
    def joined(self) -> str:
        """Its words without the spaces between them."""
        return joined(self.words)


class NameIndex:
    """Names, in an order that decides between equals: of podcasts, of speakers, or of one podcast's episodes.

    `of` is the title of that podcast, whose words may be typed beside an episode's.
    """

    def __init__(self, names: Iterable[Nameable], of: str = "") -> None:
        self.ids: list[int] = []
        self.joined: list[str] = []
        titles: list[list[str]] = []
        people: list[list[str]] = []
        taking_part: list[int] = []
        besides: list[list[str]] = []
        numbers: list[EpisodeNumber] = []
        for one in names:
            title, number = name_words(one.title), _number(one)
            those = [words for person in one.people if (words := name_words(person))]
            people += those
            taking_part += [len(titles)] * len(those)
            beside = [word for words in those for word in words]
            if number.number.is_integer():
                beside.append(str(int(number.number)))
            self.ids.append(one.id)
            self.joined.append(joined(title))
            # Each name has a place in the arrays, one without words too: nothing is like "".
            titles.append(title or [""])
            besides.append(beside)
            numbers.append(number)
        self._numbers = np.array([one.number for one in numbers], np.float64)
        self._seasons = np.array([-1 if one.season is None else one.season for one in numbers], np.int64)
        self._of = NameVocabulary(name_words(of))
        self._vocabulary = NameVocabulary(word for words in (*titles, *besides) for word in words)
        place = self._vocabulary.numbers()
        both = [[*title, *beside] for title, beside in zip(titles, besides, strict=True)]
        self._words = np.array([place[word] for words in both for word in words], np.int32)
        self._starts = np.cumsum([0, *map(len, both)][:-1], dtype=np.intp)
        own = [at < len(title) for title, words in zip(titles, both, strict=True) for at in range(len(words))]
        self._people = np.array([place[word] for words in people for word in words], np.int32)
        self._people_starts = np.cumsum([0, *map(len, people)][:-1], dtype=np.intp)
        self._people_lengths = np.array([len(words) for words in people], np.float32)
        self._taking_part = np.array(taking_part, np.intp)
        # How much of a title each of its words is: the rarer, the more; a word beside the title is nothing of it.
        counts = np.bincount(self._words, minlength=len(place))
        rarity = np.log1p(len(self.ids) / np.maximum(counts, 1)).astype(np.float32)
        self._share: F32 = rarity[self._words] * np.array(own, np.float32)
        self._whole: F32 = np.maximum(self._sums(self._share), np.float32(1e-6))

    def __len__(self) -> int:
        return len(self.ids)

    def fits(self, typed: TypedName) -> tuple[Likenesses, F32]:
        """How like each typed word (a row) is to the best one in each name (a column), and how much was typed of each
        name, or of the name of somebody who takes part.
        """
        alike = _likenesses(typed, self._vocabulary)
        best: Likenesses = np.maximum.reduceat(alike[:, self._words], self._starts, axis=1)
        best_alike = alike.max(axis=0)
        covered = self._sums(best_alike[self._words] * self._share) / self._whole
        if len(self._people):
            known = np.add.reduceat(best_alike[self._people], self._people_starts) / self._people_lengths
            np.maximum.at(covered, self._taking_part, known)
        if self._of.words:
            of_podcast = _likenesses(typed, self._of).max(axis=1, keepdims=True)
            best = np.maximum(best, of_podcast * np.float32(OF_PODCAST))
        return best, covered

    def numbered(self, wanted: EpisodeNumber) -> list[int]:
        """The places of the names with this number."""
        there = self._numbers == wanted.number
        if wanted.season is not None:
            there &= self._seasons == wanted.season
        return np.flatnonzero(there).tolist()

    def _sums(self, values: F32) -> F32:
        return np.add.reduceat(values, self._starts) if len(self._starts) else np.zeros(0, np.float32)


def _number(named: Nameable) -> EpisodeNumber:
    """The feed's number, else the one that begins the title, else one that no other is equal to."""
    if named.number is not None:
        return EpisodeNumber(float(named.number), named.season)
    return title_number(named.title) or EpisodeNumber(math.nan)


def _likenesses(typed: TypedName, vocabulary: NameVocabulary) -> Likenesses:
    """The likeness of each typed word (a row), or of two neighbours that were typed apart, to each of the words."""
    last = len(typed.words) - 1
    alike = np.array(
        [
            vocabulary.likeness(word, unfinished=typed.unfinished and place == last)
            for place, word in enumerate(typed.words)
        ]
    )
    for place, (first, second) in enumerate(pairwise(typed.words)):
        together = vocabulary.likeness(first + second)
        # Each is some part of it by chance.
        together[together < NEARLY_ONE_WORD] = 0
        alike[place : place + 2] = np.maximum(alike[place : place + 2], together)
    return alike
