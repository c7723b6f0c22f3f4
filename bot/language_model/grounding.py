"""Whether a line speaks of what was said: its names, its content words, and those that set a chapter apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from bot.summaries.names import WORD, base_form, has_capital
from bot.summaries.words import stem
from bot.text.tokenizer import normal_words

_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# In Japanese these join what is told; what they are joined with is told by the signs around them.
_HIRAGANA = re.compile(r"[\u3040-\u309f]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_GENITIVE = re.compile(r"['’]s\b")
_SHORTEST = 3
# A share of capitals, among words that begin no sentence, at which nouns have them too, as in German.
_NOUNS_TOO = 0.16
# Forms of a name: "Moskau" and "Moskaus", "Russia" and "Russian".
_LONGEST_ENDING, _SHORTEST_NAME = 3, 4


def is_pair(word: str) -> bool:
    """Whether a normalised word is a piece of a run in a script without spaces."""
    return _SPACELESS.match(word) is not None


def content(text: str, common: Collection[str]) -> list[str]:
    """What a text tells, in its order, as it is compared: the stems of its words but for common ones and numbers."""
    return [
        _comparable(word)
        for word in normal_words(_GENITIVE.sub("", text))
        if word not in common and not word[0].isdecimal() and _tells(word)
    ]


def _tells(word: str) -> bool:
    if is_pair(word):
        return len(word) > 1 and _HIRAGANA.search(word) is None
    return len(word) >= _SHORTEST or (len(word) > 1 and _HANGUL.match(word) is not None)


def _comparable(word: str) -> str:
    # Particles are written behind a Korean word.
    return word[:2] if _HANGUL.match(word) else word if is_pair(word) else stem(word)


class Spelling:
    """How an episode's words are written: which are names, as far as capitals tell."""

    def __init__(self, sentences: Iterable[str], show_words: Mapping[str, int]) -> None:
        self._capital: Counter[str] = Counter()
        self._small: Counter[str] = Counter()
        self._show_words = show_words
        self._each = 100_000 / max(100_000, sum(show_words.values()))
        for sentence in sentences:
            for place, word in enumerate(WORD.findall(sentence)):
                base = base_form(word)
                if not has_capital(base):
                    self._small[base.casefold()] += 1
                elif place:
                    self._capital[base.casefold()] += 1
        capitals = self._capital.total()
        self.nouns_too = capitals / max(1, capitals + self._small.total()) > _NOUNS_TOO

    def names(self, line: str, common: Collection[str], rare: float) -> Iterator[str]:
        """The words of a line that are names, or that can't be told from names."""
        for found in WORD.finditer(line):
            base = base_form(found[0])
            small = base.casefold()
            if not has_capital(base) or small in common:
                continue
            if self._small[small] > self._capital[small]:
                continue
            if self.nouns_too and base[1:].islower() and self._usual(base, rare):
                continue
            yield base

    def _usual(self, word: str, rare: float) -> bool:
        """Whether the feed says a word more often than `rare` times of 100,000 words."""
        parts = normal_words(word)
        return min((self._show_words.get(part, 0) for part in parts), default=0) * self._each > rare


class Vocabulary:
    """The words of texts as names are looked for in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        for text in texts:
            words = normal_words(text)
            self._words.update(words)
            # "LangChain" may have been written down as "Lang Chain".
            self._words.update(one + other for one, other in pairwise(words))
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_beginning[word[:_SHORTEST_NAME]].append(word)

    def has_name(self, name: str) -> bool:
        """Whether each part of a name is in the text, in whatever form; its numbers are another matter."""
        parts = normal_words(name)
        return "".join(parts) in self._words or all(self._has(part) for part in parts if not part.isdecimal())

    def _has(self, word: str) -> bool:
        if word in self._words:
            return True
        if is_pair(word) or len(word) < _SHORTEST_NAME:
            return False
        return any(
            _are_forms(*sorted((word, other), key=len))
            for other in self._by_beginning.get(word[:_SHORTEST_NAME], ())
        )


def _are_forms(short: str, long: str) -> bool:
    """Whether the longer one is the shorter one with an ending, which is short behind a short word."""
    endings = min(_LONGEST_ENDING, len(short) - _SHORTEST_NAME + 1)
    return len(long) - len(short) <= endings and long.startswith(short)


def longest_run(words: Sequence[str], speech: Sequence[str]) -> int:
    """How many words of a line follow each other in the speech as they do there."""
    best = 0
    before: dict[int, int] = {}
    places: dict[str, list[int]] = {}
    wanted = set(words)
    for place, word in enumerate(speech):
        if word in wanted:
            places.setdefault(word, []).append(place)
    for word in words:
        now = {place: before.get(place - 1, 0) + 1 for place in places.get(word, ())}
        best = max(best, max(now.values(), default=0))
        before = now
    return best
