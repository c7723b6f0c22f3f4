"""What is mentioned in a chapter: names and terms that are said there, hardly elsewhere in the show, and in no title.

Weighed like words in a search (how often here, how rare elsewhere; tf-idf), since a reader is told something by what
sets a chapter apart. Nothing is better than what is doubtful.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.summaries.names import Key, Names, spoken_names
from bot.summaries.talk import Said
from bot.text.capitals import WORD
from bot.text.stems import common_words, stems
from bot.text.tokenizer import normal
from storage.models import Chapter

MOST_MENTIONED = 4
# Of 100,000 words of the rest of the show: a name that is said more often is no news there.
_RARE = 12.0
_RARE_NOUN = 1.5
# How often a plain name, one that is more than a word with a capital, and a term have to be said in a chapter.
_LEAST_PLAIN, _LEAST_NAME, _LEAST_TERM = 6, 2, 4
_LEAST_PLAIN_NOTED = 4
# A name that neither the notes nor any other episode have is misheard more often than not. Where fewer words of other
# episodes are known this can't be told, and it has to be said once more.
_KNOWN_BY = 20_000
# Of a chapter's sentences one in so many, but not more, lead over to the next chapter.
_LED_OVER, _MOST_LED_OVER = 8, 8
# Rated blind, two of three lists of one name told readers nothing, however often it was said; nor did two weak ones.
_LEAST_LIST = 2
_LEAST_OF_TWO = 0.97
_LEAST_WORTH = 0.75
_SHORTEST = 3
_LONGEST_TERM = 50
_ALIKE = 78.0
# "extra boost" for "XGBoost": a name that was heard as ordinary words.
_TERM_ALIKE = 70.0


@dataclass(frozen=True, slots=True)
class Show:
    """What is known of an episode's show.

    `words`: how often each is said in its other episodes. `usual_titles`: what their chapters are called.
    """

    title: str
    words: Mapping[str, int]
    language: str | None
    usual_titles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of an episode besides its talk: its title, what its notes begin with, and who takes part."""

    title: str
    notes: str
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Mention:
    text: str
    worth: float
    times: int
    term: bool = False


def mentioned(
    talk: Sequence[Said], chapters: Sequence[Chapter], around: Around, show: Show
) -> list[tuple[str, ...]]:
    """For each chapter up to MOST_MENTIONED names and terms, the best first; () where nothing is worth it."""
    talk = _without_endings(talk)
    common = common_words(show.language)
    people = frozenset(word.casefold() for name in around.people for word in WORD.findall(name))
    words = [WORD.findall(one.text) for one in talk]
    names = spoken_names(talk, words, common, people, show.language)
    terms = _Terms(talk, words, common | people | names.words)
    weighing = _Weighing(names, terms, show.words, around.notes)
    shown_above = f"{around.title} {show.title} {' '.join(around.people)}"
    often = [_joined(" ".join(key)) for key, total in names.total.items() if total > 3]
    usual = {_bare(one) for one in show.usual_titles}
    return [
        # "Lightning round": what is said in a chapter of every episode is said by the way.
        ()
        if _bare(chapter.title) in usual
        else _chosen(weighing.ranked(number), _Titles(f"{chapter.title} {shown_above}"), often)
        for number, chapter in enumerate(chapters)
    ]


def _without_endings(talk: Sequence[Said]) -> list[Said]:
    """The talk with the last sentences of each chapter in none: they lead over to the next one."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(talk):
        if one.chapter is not None:
            places[one.chapter].append(place)
    left = {
        place
        for of_chapter in places.values()
        for place in of_chapter[len(of_chapter) - min(_MOST_LED_OVER, len(of_chapter) // _LED_OVER) :]
    }
    return [replace(one, chapter=None) if place in left else one for place, one in enumerate(talk)]


def _bare(title: str) -> str:
    return " ".join(WORD.findall(title.casefold()))


def _least(*, plain: bool, noted: bool, words: int) -> int:
    """How often a name has to be said in a chapter."""
    if noted and words > 1:
        return 1
    if plain:
        return _LEAST_PLAIN_NOTED if noted else _LEAST_PLAIN
    return _LEAST_NAME


class _Weighing:
    """What each name and term of an episode is worth in a chapter."""

    def __init__(self, names: Names, terms: _Terms, show: Mapping[str, int], notes: str) -> None:
        self._names = names
        self._terms = terms
        self._show = show
        words = sum(show.values())
        self._each = 100_000 / max(100_000, words)
        self._telling = words >= _KNOWN_BY
        self._notes = " ".join(WORD.findall(notes.casefold()))

    def ranked(self, chapter: int) -> list[_Mention]:
        """Whatever might be shown of a chapter, the best first."""
        names, terms = self._names, self._terms
        found: list[_Mention] = []
        for key, count in names.by_chapter.get(chapter, Counter[Key]()).items():
            text = names.written[key]
            plain = len(key) == 1 and text[1:].islower()
            rare = self._per_100k(text.split())
            noted = f" {' '.join(key)} " in f" {self._notes} "
            least = _least(plain=plain, noted=noted, words=len(key))
            if not noted and not self._is_known(key):
                if self._telling:
                    continue
                least += 1
            if (
                count < least
                or len(text) < _SHORTEST
                or rare > (_RARE_NOUN if names.nouns_too and plain else _RARE)
            ):
                continue
            heard = math.log1p(count) + 0.4 * (len(key) > 1) + 0.4 * noted
            worth = heard * _news(rare, count / names.total[key])
            found.append(_Mention(text, worth, names.total[key]))
        for key, count in terms.by_chapter.get(chapter, Counter[Key]()).items():
            text = terms.written[key]
            rare = self._per_100k(text.split())
            if count >= _LEAST_TERM and rare <= _RARE_NOUN and len(text) <= _LONGEST_TERM:
                worth = 0.9 * math.log1p(count) * _news(rare, count / terms.total[key])
                found.append(_Mention(text, worth, terms.total[key], term=True))
        return sorted(found, key=lambda one: (-one.worth, one.text))

    def _is_known(self, key: Key) -> bool:
        """Whether other episodes of the show say each of its words."""
        return all(self._show.get(part, 0) for word in key for part in normal(word))

    def _per_100k(self, words: Sequence[str]) -> float:
        """How often the rarest of these words is said in the rest of the show, of 100,000 words."""
        parts = {part for word in words for part in normal(word)}
        return min(map(self._said, parts), default=0) * self._each

    def _said(self, word: str) -> int:
        """How often it is said in the rest of the show, in the singular too."""
        one = word.removesuffix("s")
        return self._show.get(word, 0) + (self._show.get(one, 0) if one != word else 0)


def _news(rare: float, share: float) -> float:
    """How much a mention sets its chapter apart, up to 1, by how rare it is and which share of it is here."""
    return (1 - math.log1p(rare) / math.log1p(10 * _RARE)) * (0.4 + 0.6 * share)


def _chosen(ranked: Sequence[_Mention], titles: _Titles, often: Sequence[str]) -> tuple[str, ...]:
    chosen: list[_Mention] = []
    taken: set[str] = set()
    for one in ranked:
        if one.worth < _LEAST_WORTH or len(chosen) == MOST_MENTIONED:
            break
        said = stems(one.text)
        if said & taken or titles.say(one.text) or _misheard(one, often):
            continue
        chosen.append(one)
        taken |= said
    if len(chosen) < _LEAST_LIST or (len(chosen) == _LEAST_LIST and chosen[-1].worth < _LEAST_OF_TWO):
        return ()
    return tuple(one.text for one in chosen)


def _misheard(one: _Mention, often: Sequence[str]) -> bool:
    """Whether it is spelt nearly as a name that is said more often: "Chad GPT" for "ChatGPT"."""
    joined = _joined(one.text)
    alike = _TERM_ALIKE if one.term else _ALIKE
    found = process.extract(joined, often, scorer=fuzz.ratio, score_cutoff=alike, limit=3)
    return (one.term or one.times <= 3) and any(score < 100 for _, score, _ in found)


class _Titles:
    """What the reader sees above a chapter's mentions."""

    def __init__(self, text: str) -> None:
        self._stems = stems(text)
        self._words = [word for word in map(str.casefold, WORD.findall(text)) if len(word) > 3]

    def say(self, name: str) -> bool:
        """Whether one of its words is in the titles, or is spelt nearly like one that is."""
        words = {word for word in map(str.casefold, WORD.findall(name)) if len(word) > 3}
        return bool(stems(name) & self._stems) or any(
            process.extractOne(word, self._words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
            for word in (*words, _joined(name))
        )


class _Terms:
    """Two or three words that are said together again and again, none of which says nothing by itself."""

    def __init__(
        self, talk: Sequence[Said], words_said: Sequence[Sequence[str]], without: frozenset[str]
    ) -> None:
        said = [[word.casefold() for word in words] for words in words_said]
        counts = Counter(word for words in said for word in words)
        usable = frozenset(
            word
            for word, count in counts.items()
            if count >= _LEAST_TERM and len(word) >= _SHORTEST and word.isalpha() and word not in without
        )
        self.by_chapter: dict[int, Counter[Key]] = defaultdict(Counter)
        self.total: Counter[Key] = Counter()
        self.written: dict[Key, str] = {}
        for one, words in zip(talk, said, strict=True):
            if one.chapter is None or usable.isdisjoint(words):
                continue
            spoken, run = one.text.casefold(), list[str]()
            for word in words:
                run = [*run[-2:], word] if word in usable else []
                for size in range(2, len(run) + 1):
                    key = tuple(run[-size:])
                    if (text := " ".join(key)) in spoken:
                        self.by_chapter[one.chapter][key] += 1
                        self.total[key] += 1
                        self.written.setdefault(key, text)


def _joined(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
