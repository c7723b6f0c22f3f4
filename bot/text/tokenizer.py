"""Splits text into words, with their offsets and the normalised spelling by which they are compared.

One written word can be several normalised ones: "23" is "20 3", as it is spoken, and "gonna" is "going to". A run of
a script without spaces becomes its overlapping character bigrams, as in Lucene's CJK analyser.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.text.scripts import SPACELESS

# Combining marks belong to the letter before them: without them a word in Hindi, or one with decomposed accents,
# would be split.
_MARKS = "".join(chr(code) for code in range(0x300, 0x3000) if unicodedata.category(chr(code))[0] == "M")
_LETTERS = rf"[^\W_{SPACELESS}]+"
# A word keeps its inner apostrophes ("don't") and a number its thousands separators ("1,000"); spoken symbols are
# words. The pattern is linear: each part begins with a character that the one before can't hold.
_WORD = re.compile(
    rf"{_LETTERS}(?:(?:['’ʼ]|[{_MARKS}]+){_LETTERS}|(?<=\d),(?=\d{{3}}(?!\d)){_LETTERS})*[{_MARKS}]*"
    rf"|[{SPACELESS}]+|[%&+]"
)
# The same for ASCII, the most common case, in half the time.
_ASCII_WORD = re.compile(
    r"[A-Za-z0-9]+(?:'[A-Za-z0-9]+|(?<=\d),(?=\d{3}(?!\d))[A-Za-z0-9]+)*|[%&+]", re.ASCII
)
# Punctuation as ASCII, character for character, so that offsets stay.
_SIGNS = (("’", "'"), ("“", '"'), ("”", '"'), ("—", "-"), ("–", "-"), ("…", "."), ("\xa0", " "))
_RUN = re.compile(rf"[{SPACELESS}]")
_LONG_TEXT = 50_000
_LONGEST_WORD = 32
_ACCENTS = frozenset(chr(code) for code in range(0x300, 0x370))

_SAME: dict[str, tuple[str, ...]] = {
    "%": ("percent",),
    "&": ("and",),
    "+": ("plus",),
    "ok": ("okay",),
    "hundred": ("100",),
    "thousand": ("1000",),
    "hundreds": ("100",),
    "thousands": ("1000",),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("got", "to"),
    "kinda": ("kind", "of"),
    "sorta": ("sort", "of"),
    "lemme": ("let", "me"),
    "gimme": ("give", "me"),
    "cannot": ("can", "not"),
    "cant": ("can", "not"),
    "wont": ("will", "not"),
    "aint": ("is", "not"),
    "im": ("i", "am"),
    "alright": ("all", "right"),
    "yeah": ("yes",),
    "yep": ("yes",),
    "yup": ("yes",),
    "vs": ("versus",),
    "mr": ("mister",),
    "dr": ("doctor",),
    "cuz": ("because",),
}
_VERBS = "do does did is are was were could would should have has had need must might"
for _verb in _VERBS.split():
    _SAME[f"{_verb}nt"] = (_verb, "not")
# Only behind an apostrophe: "well" and "ill" are words.
_ENDINGS = {"re": "are", "ve": "have", "ll": "will"}
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first:1st second:2nd third:3rd fourth:4th fifth:5th sixth:6th seventh:7th eighth:8th ninth:9th"
_SAME.update((word, (str(number),)) for number, word in enumerate(_NUMBERS.split()))
_SAME.update((word, (f"{ten}0",)) for ten, word in enumerate(_TENS.split(), start=2))
_SAME.update((word, (figures,)) for word, _, figures in (pair.partition(":") for pair in _ORDINALS.split()))
_ORDINAL = re.compile(r"([2-9])([1-9](?:st|nd|rd|th))")
_DECADE = re.compile(r"(\d{1,4})s")


def raw_words(text: str) -> Iterator[str]:
    """The words of `text` as written."""
    text, pattern = _pattern_for(text)
    if len(text) > _LONG_TEXT:  # `findall` holds the GIL until it is done
        return (found[0] for found in pattern.finditer(text))
    return iter(pattern.findall(text))


def _pattern_for(text: str) -> tuple[str, re.Pattern[str]]:
    if not text.isascii():
        for sign, plain in _SIGNS:
            text = text.replace(sign, plain)
    return text, _ASCII_WORD if text.isascii() else _WORD


def word_spans(text: str, most: int | None = None) -> list[tuple[int, int]]:
    """The offsets [from, to) of the words that `normal_words` gives, in its order; at least the first `most`."""
    spans: list[tuple[int, int]] = []
    text, pattern = _pattern_for(text)
    for found in pattern.finditer(text):
        if most is not None and len(spans) >= most:
            break
        start, end = found.span()
        words = _count(found[0]) if end - start <= _LONGEST_WORD else len(normal(found[0]))
        if words == 1:
            spans.append((start, end))
            continue
        if not _RUN.match(text, start):
            spans += [(start, end)] * words
            continue
        # Normalising may change the number of characters (half-width forms): then this is approximate.
        length, folded = end - start, words + 1
        spans += [
            (start + place * length // folded, start + max(1, (place + 2) * length // folded))
            for place in range(words)
        ]
    return spans


@lru_cache(maxsize=16_384)
def _count(raw: str) -> int:
    """How many normalised words a written one becomes."""
    return len(normal(raw))


def normal(raw: str) -> tuple[str, ...]:
    """The normalised words of a written one: without case, accents or apostrophes, numbers as spoken."""
    if raw.isascii() and raw.isalnum():
        word = raw.lower()
    elif _RUN.match(raw):
        return _pairs(unicodedata.normalize("NFKC", raw))
    else:
        word, parts = _folded(raw)
        if parts:
            return parts
    same = _SAME.get(word)
    if same is not None:
        return same
    if word[:1].isdecimal():
        return _spoken(word)
    return (word[:_LONGEST_WORD],)


def _folded(raw: str) -> tuple[str, tuple[str, ...]]:
    """The word without accents and apostrophes; or "" and its parts, where an apostrophe separates two words."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", raw)).casefold()
    letters = (
        "".join(letter for letter in letters if letter not in _ACCENTS).replace("’", "'").replace("ʼ", "'")
    )
    stem, apostrophe, ending = letters.rpartition("'")
    if apostrophe and ending in _ENDINGS and stem.isalnum():
        return "", (*_SAME.get(stem, (stem[:_LONGEST_WORD],)), _ENDINGS[ending])
    kept = letters.replace("'", "").replace(",", "")
    return unicodedata.normalize("NFC", kept) or raw, ()


def _pairs(run: str) -> tuple[str, ...]:
    if len(run) == 1:
        return (run,)
    return tuple(run[place : place + 2] for place in range(len(run) - 1))


def _spoken(word: str) -> tuple[str, ...]:
    """Figures as they are usually said: "23" is "20 3", "1995" is "19 95"."""
    if not (word.isascii() and word.isdecimal()):
        ordinal, decade = _ORDINAL.fullmatch(word), _DECADE.fullmatch(word)
        if ordinal:
            return f"{ordinal[1]}0", ordinal[2]
        if decade:
            return (*_spoken(decade[1])[:-1], f"{_spoken(decade[1])[-1]}s")
        return (word[:_LONGEST_WORD],)
    if len(word) > 4 or word[0] == "0":
        return (word[:_LONGEST_WORD],)
    return _said(int(word))


def _said(number: int) -> tuple[str, ...]:
    if number <= 20 or (number < 100 and number % 10 == 0):
        return (str(number),)
    if number < 100:
        return str(number // 10 * 10), str(number % 10)
    year = 1100 <= number < 2000 or 2010 <= number < 2100
    if year and number % 100:
        return _said(number // 100) + _said(number % 100)
    scale = 1000 if number >= 1000 else 100
    front = () if number < 2 * scale else _said(number // scale)
    return (*front, str(scale), *(_said(number % scale) if number % scale else ()))


def normal_words(text: str) -> list[str]:
    """The normalised words of `text`."""
    return [word for raw in raw_words(text) for word in normal(raw)]
