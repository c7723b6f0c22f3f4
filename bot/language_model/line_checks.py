"""Whether a line that a model wrote may be shown: what can be told without a second model.

All that is compared are words. So these checks can't see a negation ("supports" for "does not support"), who said or
did what to whom where two speakers are swapped, or a wrong claim that is made of the chapter's own words from several
places of it, such as one that is dictated word by word over minutes. In Chinese, names can't be told from words.
They do see what was not said there, and what a single spoken sentence dictates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from rapidfuzz import fuzz

from bot.language_model import line_shape
from bot.language_model.dictation import without_dictation
from bot.language_model.grounding import (
    Spelling,
    Vocabulary,
    content,
    is_pair,
    joined,
    longest_run,
    plain_words,
    told_by,
    unsaid_content,
)
from bot.language_model.prompts import LINE_CHARACTERS, OVERVIEW_CHARACTERS
from bot.language_model.spoken_numbers import numbers_in, numbers_said
from bot.language_model.stretches import largest_share
from bot.summaries.mentions import Show
from bot.text.stems import common_words
from bot.text.tokenizer import normal_words

# Of the content words; of pairs of signs fewer, as many of them are no words.
_LEAST_SAID, _LEAST_PAIRS_SAID = 0.5, 0.4
_LEAST_DISTINCTIVE = 3
# How much more often a word is said in its chapter than elsewhere, to set it apart.
_APART = 2.0
_MOST_OF_ONE_STRETCH = 0.8
# Of 100,000 words of the show.
_USUAL_NAME = 2.0
_TITLE_ALIKE = 80.0
_COPIED_SHARE, _COPIED_WORDS = 0.6, 6


class Rejection(StrEnum):
    """Why a line is not shown."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    HIDDEN_CHARACTERS = "hidden_characters"
    LINK = "link"
    MENTION = "mention"
    MARKUP = "markup"
    SEVERAL_SENTENCES = "several_sentences"
    NO_STATEMENT = "no_statement"
    FIRST_PERSON = "first_person"
    LOOP = "loop"
    TITLE_AGAIN = "title_again"
    UNSAID_NUMBER = "unsaid_number"
    UNSAID_NAME = "unsaid_name"
    UNSAID_WORDS = "unsaid_words"
    NOT_OF_THIS_CHAPTER = "not_of_this_chapter"
    COPIED = "copied"
    ONE_STRETCH = "one_stretch"


@dataclass(frozen=True, slots=True)
class SpokenChapter:
    """A chapter's title, and what is said in it, sentence by sentence."""

    title: str
    sentences: tuple[str, ...]


class EpisodeChecks:
    """Judges lines about the chapters of one episode, and about the whole of it."""

    def __init__(
        self, episode_title: str, chapters: Sequence[SpokenChapter], people: Collection[str], show: Show
    ) -> None:
        self._common = common_words(show.language)
        self._show = show
        self._around = (episode_title, show.title, *people)
        self._title = episode_title
        self._sentences = [without_dictation(chapter.sentences) for chapter in chapters]
        self._chapters = [
            _Spoken(chapter.title, sentences, self._common, show.language)
            for chapter, sentences in zip(chapters, self._sentences, strict=True)
        ]
        self._counts = Counter[str]()
        for chapter in self._chapters:
            self._counts.update(chapter.counts)
        self._size = sum(chapter.size for chapter in self._chapters)
        self._show_counts = Counter[str]()
        for word, count in show.words.items():
            if word not in self._common:
                self._show_counts[told_by(word)] += count
        self._show_size = sum(show.words.values())
        self._spelling = Spelling(
            (sentence for chapter in chapters for sentence in chapter.sentences), show.words
        )

    @cached_property
    def _whole(self) -> _Spoken:
        every = [sentence for sentences in self._sentences for sentence in sentences]
        return _Spoken("", every, self._common, self._show.language)

    def chapter_line(self, chapter: int, line: str) -> Rejection | None:
        """Why this is no line for the chapter of this number; None where nothing speaks against it."""
        spoken = self._chapters[chapter]
        return _first(self._shape(line, LINE_CHARACTERS, 1, spoken.title)) or _first(
            self._content(line, spoken)
        )

    def overview(self, text: str) -> Rejection | None:
        """The same for up to two sentences about the whole episode."""
        return _first(self._shape(text, OVERVIEW_CHARACTERS, 2, "")) or _first(
            self._content(text, self._whole)
        )

    def _shape(
        self, line: str, most_characters: int, most_sentences: int, title: str
    ) -> Iterator[tuple[Rejection, bool]]:
        yield Rejection.EMPTY, not line.strip()
        yield Rejection.TOO_LONG, len(line) > most_characters
        yield Rejection.HIDDEN_CHARACTERS, line_shape.has_hidden_characters(line)
        yield Rejection.LINK, line_shape.leads_elsewhere(line, " ".join((title, *self._around)))
        yield Rejection.MENTION, line_shape.addresses_somebody(line)
        yield Rejection.MARKUP, line_shape.is_marked_up(line)
        yield Rejection.SEVERAL_SENTENCES, line_shape.sentence_count(line) > most_sentences
        yield Rejection.NO_STATEMENT, line_shape.is_question(line)
        yield Rejection.FIRST_PERSON, line_shape.speaks_to_the_reader(line, self._show.language)
        yield Rejection.LOOP, line_shape.goes_round(line)

    def _content(self, line: str, spoken: _Spoken) -> Iterator[tuple[Rejection, bool]]:
        titles = (spoken.title, *self._around)
        numbers = spoken.numbers | numbers_said("\n".join(titles), self._show.language)
        yield Rejection.UNSAID_NUMBER, not numbers.issuperset(numbers_in(line, self._show.language))
        known = Vocabulary(titles)
        names = self._spelling.names(line, self._common)
        doubtful = [
            name for name in names if not spoken.vocabulary.has_name(name) and not known.has_name(name)
        ]
        # The show's own names may have been written down wrongly here.
        wrong = [
            name
            for name in doubtful
            if self._spelling.times(name) < _USUAL_NAME or not spoken.vocabulary.misheard(name)
        ]
        yield Rejection.UNSAID_NAME, bool(wrong)
        in_titles = set(self._told(f"{spoken.title} {self._title}"))
        # Who speaks, and of what the titles say that it is about, need not be said.
        neutral = in_titles.union(self._told(" ".join(self._around))) - spoken.counts.keys()
        plain = plain_words(line)
        words = [word for word in dict.fromkeys(content(plain, self._common)) if word not in neutral]
        again = _says_again(line, (spoken.title, self._title)) or in_titles.issuperset(words)
        yield Rejection.TITLE_AGAIN, again
        supported = [word for word in words if word in spoken.counts]
        unsaid = set(unsaid_content(plain, self._common, spoken.counts.keys() | neutral))
        least = _LEAST_PAIRS_SAID if any(map(is_pair, words)) else _LEAST_SAID
        yield Rejection.UNSAID_WORDS, len(supported) < least * (len(supported) + len(unsaid))
        own = [word for word in supported if word not in in_titles and self._sets_apart(word, spoken)]
        yield Rejection.NOT_OF_THIS_CHAPTER, len(own) < _LEAST_DISTINCTIVE
        copied = longest_run(plain, spoken.plain) >= max(_COPIED_WORDS, _COPIED_SHARE * len(plain))
        yield Rejection.COPIED, copied
        share = largest_share(supported, spoken.words)
        yield Rejection.ONE_STRETCH, share > _MOST_OF_ONE_STRETCH

    def _told(self, text: str) -> list[str]:
        return list(dict.fromkeys(content(plain_words(text), self._common)))

    def _sets_apart(self, word: str, spoken: _Spoken) -> bool:
        """Whether a word is said more often in this chapter than elsewhere in the episode and the show."""
        here = spoken.counts[word] / max(1, spoken.size)
        elsewhere = self._counts[word] - spoken.counts[word] + self._show_counts[word]
        return here >= _APART * elsewhere / max(1, self._size - spoken.size + self._show_size)


class _Spoken:
    """What is said in a chapter, as lines are compared with it."""

    def __init__(
        self, title: str, sentences: Sequence[str], common: Collection[str], language: str | None
    ) -> None:
        self.title = title
        self._text = "\n".join(sentences)
        self._language = language
        self.plain = plain_words(self._text)
        self.size = len(self.plain)
        # In scripts without spaces two signs are about a word.
        places = accumulate((0.5 if is_pair(word) else 1.0 for word in self.plain), initial=0.0)
        self.words = [
            (told, place)
            for place, word in zip(places, self.plain, strict=False)
            if word not in common and (told := told_by(word))
        ]
        self.counts = Counter(word for word, _ in self.words)

    @cached_property
    def numbers(self) -> set[Fraction]:
        """Every number that may have been meant in it."""
        return numbers_said(self._text, self._language)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Where names are looked for."""
        return Vocabulary([joined(self._text)])


def _first(findings: Iterator[tuple[Rejection, bool]]) -> Rejection | None:
    """What is found first; what comes behind it is not looked for."""
    return next((rejection for rejection, holds in findings if holds), None)


def _says_again(line: str, titles: Sequence[str]) -> bool:
    said = " ".join(normal_words(line))
    return any(fuzz.ratio(said, " ".join(normal_words(title))) >= _TITLE_ALIKE for title in titles if title)
