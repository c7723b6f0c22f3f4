"""Whether a line speaks of what was said: its names, its content words, and those that set a chapter apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from bot.text.capitals import WORD, Capitals, base_form, has_capital
from bot.text.scripts import spaceless_at
from bot.text.stems import stem, word_set
from bot.text.tokenizer import normal_words

_SIGN = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f]"
_LOST_SPACE = re.compile(rf"(?<={_SIGN})\s+(?={_SIGN})")
# In Japanese these join what is told; what they are joined with is told by the signs around them.
_HIRAGANA = re.compile(r"[\u3040-\u309f]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_GENITIVE = re.compile(r"['’]s\b")
_SHORTEST = 3
_RARE_NOUN = 1.5
_MOSTLY = 0.3
_ARTICLES = word_set(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine meinen"
    " meinem meiner sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere unseren unserem unserer"
    " diese dieser diesen diesem dieses jede jeder jeden jedem jedes alle allen aller viele vielen im am zum"
    " zur vom beim ins"
)
# But for the genitive's "s", which names have too.
_DECLINED = ("e", "n", "en", "er", "ern", "es")
# Of German, Luxembourgish and Danish as it was written: no name of a person or a thing ends so.
_NOUN_ENDINGS = (
    "ung",
    "ungen",
    "heit",
    "heiten",
    "keit",
    "keiten",
    "schaft",
    "schaften",
    "tät",
    "täten",
    "ismus",
    "nis",
)
_VERSION = re.compile(r" \d{1,2}")
_SHORTEST_MISHEARD, _MISHEARD = 6, 70.0
# Forms of a name: "Moskau" and "Moskaus", "Russia" and "Russian".
_LONGEST_ENDING, _SHORTEST_NAME = 3, 4


def is_pair(word: str) -> bool:
    """Whether a normalised word is a piece of a run in a script without spaces."""
    return spaceless_at(word)


def plain_words(text: str) -> list[str]:
    """The words of a text as they are compared one by one."""
    return normal_words(_GENITIVE.sub("", joined(text)))


def content(words: Iterable[str], common: Collection[str]) -> list[str]:
    """What `plain_words` tell, in their order: the stems of words, but for common ones and numbers."""
    return [told for word in words if word not in common and (told := told_by(word))]


def unsaid_content(words: Sequence[str], common: Collection[str], said: Collection[str]) -> list[str]:
    """What of a line's content was not said. A pair beside one that was said may only be where two words meet."""
    told = ["" if word in common else told_by(word) for word in words]
    beside = [one in said or other in said for one, other in zip(["", *told], [*told[1:], ""], strict=False)]
    return [
        one
        for one, word, near in zip(told, words, beside, strict=True)
        if one and one not in said and not (near and is_pair(word))
    ]


@lru_cache(maxsize=65_536)
def told_by(word: str) -> str:
    """A plain word as it is compared with its other forms; "" where it tells nothing by itself."""
    if is_pair(word):
        return word if len(word) > 1 and _HIRAGANA.search(word) is None else ""
    if _HANGUL.match(word):
        # Particles are written behind a Korean word.
        return word[:2] if len(word) > 1 else ""
    return "" if len(word) < _SHORTEST or word[0].isdecimal() else stem(word)


def joined(text: str) -> str:
    """A text without the spaces in scripts that have none: subtitles are broken anywhere in them."""
    return _LOST_SPACE.sub("", text)


class Spelling:
    """How an episode's words are written: which are names, as far as capitals tell.

    Where nouns have capitals too, one that the feed says more often than names are said is no name if it is declined
    there, or stands behind an article in the line or mostly in the episode.
    """

    def __init__(self, sentences: Iterable[str], show_words: Mapping[str, int]) -> None:
        spoken = [WORD.findall(sentence) for sentence in sentences]
        self.capitals = Capitals(spoken)
        self._small_stems = {stem(word) for word in self.capitals.small}
        self._behind_article = Counter(
            base_form(word).casefold()
            for words in spoken
            for before, word in pairwise(words)
            if before.casefold() in _ARTICLES and has_capital(word)
        )
        self._show_words = show_words
        self._each = 100_000 / max(100_000, sum(show_words.values()))

    def names(self, line: str, common: Collection[str]) -> Iterator[str]:
        """The words of a line that are names, or that can't be told from names."""
        before = ""
        words = list(WORD.finditer(line))
        for place, found in enumerate(words):
            base = base_form(found[0])
            behind = words[place + 1] if place + 1 < len(words) else None
            number = _VERSION.fullmatch(line, found.end(), behind.end()) if behind is not None else None
            # "Diplomacy-playing" has one name in it, "GPT-4" is one.
            parts = base.split("-")
            if not any(part.islower() and len(part) > 1 for part in parts):
                parts = [base]
            for part in parts:
                if self._may_be_name(part, common, begins=place == 0 and number is None) and not (
                    self.capitals.nouns_too and part[1:].islower() and self._is_noun(part.casefold(), before)
                ):
                    # "Llama 2" is another one than "Llama 3".
                    yield f"{part}{number[0]}" if number is not None and part is parts[-1] else part
            before = base.casefold()

    def _may_be_name(self, word: str, common: Collection[str], *, begins: bool) -> bool:
        small = word.casefold()
        if not has_capital(word) or small in common:
            return False
        # Whatever begins a sentence has a capital.
        return (
            not begins
            or self.capitals.capital[small] > self.capitals.small[small]
            or stem(small) not in self._small_stems
        )

    def _is_noun(self, word: str, before: str) -> bool:
        if word.endswith(_NOUN_ENDINGS):
            return True
        if self.times(word) <= _RARE_NOUN:
            return False
        if before in _ARTICLES or self._behind_article[word] >= _MOSTLY * max(1, self.capitals.capital[word]):
            return True
        bare = word.rstrip("en")
        forms = (form + ending for form in {word, bare} for ending in _DECLINED)
        return any(form != word and self.times(form) for form in forms)

    def times(self, word: str) -> float:
        """How often the feed says it, of 100,000 words."""
        counts = (self._show_words.get(part, 0) for part in normal_words(word))
        return min(counts, default=0) * self._each


class Vocabulary:
    """The words of texts as names are looked for in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._text = "\n".join(texts)
        for text in self._text.split("\n"):
            words = normal_words(text)
            self._words.update(words)
            # "LangChain" may have been written down as "Lang Chain".
            self._words.update(one + other for one, other in pairwise(words))
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_beginning[word[:_SHORTEST_NAME]].append(word)

    def has_name(self, name: str) -> bool:
        """Whether each part of a name is in the text, in whatever form, and its number right behind it."""
        if is_pair(name):
            return name in self._text
        parts = normal_words(name)
        if "".join(parts) in self._words:
            return True
        if any(part.isdecimal() for part in parts):
            return all(one + other in self._words for one, other in pairwise(parts))
        return all(self._has(part) for part in parts)

    def misheard(self, name: str) -> bool:
        """Whether something in the text is spelt nearly like a name: "Chad GVT" for "ChatGPT"."""
        word = "".join(normal_words(name))
        alike = (other for other in self._words if other[0] == word[:1] and len(other) >= _SHORTEST_MISHEARD)
        if len(word) < _SHORTEST_MISHEARD or any(sign.isdecimal() for sign in word):
            return False
        return any(fuzz.ratio(word, other) >= _MISHEARD for other in alike)

    def _has(self, word: str) -> bool:
        if word in self._words:
            return True
        if len(word) < _SHORTEST_NAME:
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
