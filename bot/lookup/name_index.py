"""How well each of many names fits what was typed: all words of all names are compared at once, in arrays.

Fifty thousand titles of episodes are compared while a member types, so what Python does for each title is done once,
when the index is made. What was typed is compared with each different word; a name is as good as its words are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.lookup.episode_numbers import EpisodeNumber, title_number
from bot.lookup.letter_sets import pairs_of_each
from bot.lookup.name_words import joined, name_words
from bot.lookup.word_likeness import Likenesses, NameVocabulary

# How much a word counts that stands in the title of the podcast, not in the episode's.
OF_PODCAST = 0.8

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

    `of` is the title of that podcast, whose words may be typed beside an episode's. Indexes that are asked together
    share a vocabulary, so that what was typed is compared once with each word of all names.
    """

    def __init__(
        self, names: Iterable[Nameable], of: str = "", vocabulary: NameVocabulary | None = None
    ) -> None:
        self.vocabulary = NameVocabulary() if vocabulary is None else vocabulary
        self.ids: list[int] = []
        self.joined: list[str] = []
        words: list[str] = []
        # Of each word, the place of its name and whether it stands in the title.
        lengths: list[int] = []
        title_lengths: list[int] = []
        people: list[str] = []
        people_lengths: list[int] = []
        taking_part: list[int] = []
        numbers: list[EpisodeNumber] = []
        known: dict[str, list[str]] = {}
        for place, one in enumerate(names):
            title, number, before = name_words(one.title), _number(one), len(words)
            words += title
            for person in one.people:
                those = known.get(person)
                if those is None:
                    those = known[person] = name_words(person)
                if those:
                    words += those
                    people += those
                    people_lengths.append(len(those))
                    taking_part.append(place)
            if number.number.is_integer():
                words.append(str(int(number.number)))
            self.ids.append(one.id)
            self.joined.append(joined(title))
            title_lengths.append(len(title))
            lengths.append(len(words) - before)
            numbers.append(number)
        of_podcast = name_words(of)
        self.vocabulary.add((*words, *of_podcast))
        self._numbers = np.array([one.number for one in numbers], np.float64)
        self._seasons = np.array([-1 if one.season is None else one.season for one in numbers], np.int64)
        self._of = self._numbered(of_podcast)
        self._words = self._numbered(words)
        self._names = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        self._people = self._numbered(people)
        self._people_starts = np.cumsum([0, *people_lengths[:-1]], dtype=np.intp)
        self._people_lengths = np.array(people_lengths, np.float32)
        self._taking_part = np.array(taking_part, np.intp)
        # How much of a title each of its words is: the rarer, the more; a word beside the title is nothing of it.
        counts = np.bincount(self._words, minlength=1)
        rarity = np.log1p(len(self.ids) / np.maximum(counts, 1)).astype(np.float32)
        starts = np.cumsum(lengths) - lengths
        own = np.arange(len(words)) - starts[self._names] < np.array(title_lengths, np.intp)[self._names]
        self._share: F32 = rarity[self._words] * own
        whole = np.bincount(self._names, self._share, minlength=len(self.ids))
        self._whole: F32 = np.maximum(whole, 1e-6).astype(np.float32)
        self.pairs = pairs_of_each(self.joined)
        self.different_words = int(np.count_nonzero(counts)) + len(of_podcast)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def word_count(self) -> int:
        """How many words its names have."""
        return len(self._words)

    def fits(self, alike: Likenesses) -> tuple[Likenesses, F32]:
        """How like each typed word (a row) is to the best one in each name (a column), and how much was typed of each
        name, or of the name of somebody who takes part. `alike` is by the vocabulary.
        """
        best = np.zeros((len(alike), len(self)), np.float32)
        covered = np.zeros(len(self), np.float32)
        best_alike = alike.max(axis=0)
        # Nearly all words are like nothing that was typed.
        near = np.flatnonzero(best_alike[self._words])
        if len(near):
            words, names = self._words[near], self._names[near]
            starts = np.flatnonzero(np.diff(names, prepend=-1))
            there = names[starts]
            best[:, there] = np.maximum.reduceat(alike[:, words], starts, axis=1)
            part = np.add.reduceat(best_alike[words] * self._share[near], starts)
            covered[there] = part / self._whole[there]
            if len(self._people):
                known = np.add.reduceat(best_alike[self._people], self._people_starts) / self._people_lengths
                np.maximum.at(covered, self._taking_part, known)
        if len(self._of):
            of_podcast = alike[:, self._of].max(axis=1, keepdims=True)
            np.maximum(best, of_podcast * np.float32(OF_PODCAST), out=best)
        return best, covered

    def called(self, letters: str) -> list[int]:
        """The places of the names that have just these letters."""
        return [place for place, name in enumerate(self.joined) if name == letters]

    def numbered(self, wanted: EpisodeNumber) -> list[int]:
        """The places of the names with this number."""
        there = self._numbers == wanted.number
        if wanted.season is not None:
            there &= self._seasons == wanted.season
        return np.flatnonzero(there).tolist()

    def _numbered(self, words: list[str]) -> NDArray[np.int32]:
        numbers = self.vocabulary.numbers
        return np.array([numbers[word] for word in words], np.int32)


def _number(named: Nameable) -> EpisodeNumber:
    """The feed's number, else the one that begins the title, else one that no other is equal to."""
    if named.number is not None:
        return EpisodeNumber(float(named.number), named.season)
    return title_number(named.title) or EpisodeNumber(math.nan)
