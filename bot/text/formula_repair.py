"""Restores words that a page mistook for a formula, because they stood between two dollar signs.

The page shows them in mathematical letters without spaces, and perhaps again in plain letters beside them:
"it cost 4𝑏𝑖𝑙𝑙𝑖𝑜𝑛𝑎𝑦𝑒𝑎𝑟,4 billion a year, 3 billion of it" was "it cost $4 billion a year, $3 billion of it".
Words are separated again by dynamic programming over word frequencies (Viterbi segmentation, as in Norvig's
"Natural Language Corpus Data", 2009).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LETTER = "[\U0001d400-\U0001d7ff\u210e]"
_MATHEMATICAL = re.compile(_LETTER)
_JOINT = r"[0-9.,;:!?'’′\"“”−–—()%&+/=-]"
# "881.7𝑏𝑖𝑙𝑙𝑖𝑜𝑛𝑖𝑛2020,𝑎𝑛𝑑𝑠𝑜": no space anywhere.
_FORMULA = re.compile(
    rf"(?P<head>(?:\d[\d.,]{{0,20}})?)(?P<core>{_LETTER}+(?:{_JOINT}{{1,20}}{_LETTER}+)*)(?P<tail>{_JOINT}{{0,20}})"
)
_CHUNK = re.compile(rf"{_LETTER}\S*")
_NEIGHBOUR = re.compile(rf"{_LETTER}{_JOINT}{{0,3}} {_JOINT}{{0,3}}{_LETTER}")
_PLAIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f]+(?:['’][a-zA-Z]+)?")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*%?|\S")
_NUMBER = re.compile(r"[ \u00a0]?(?=\d)|[ \u00a0]?\([ \u00a0]?(?=\d)")
_SPACES = frozenset(" \t\u00a0\u200b\u200c\u2060\u202f\u2009$")
_ALIKE = {0x2032: "'", 0x2019: "'", 0x2018: "'", 0x2212: "-", 0x2013: "-", 0x201C: '"', 0x201D: '"'}

# The most common words, which a short text may not have elsewhere.
_COMMON_TEXT = """
    a about after all almost also an and any are as at back be because been before but by can could did do dollars
    down each even every expected first for from get had has have he her here him his how i if in into is it it's its
    just know less like made make many me million billion trillion thousand hundred month months more most much my new
    no not now of off on one only or other our out over people per plus same say see she should so some spend spent
    still take than that the their them then there they this those time to too two under up us used very want was way
    we well were what when where which while who will with within worth would year years you your
"""
_COMMON = frozenset(_COMMON_TEXT.split())
_COMMON_WEIGHT = 3
# Suffixes of numbers: "15k", "3x", "2nd".
_SUFFIXES = frozenset({"k", "m", "b", "x", "st", "nd", "rd", "th", "s", "bn", "mm", "gb", "tb", "mb"})

_MAX_WORD = 24
_MIN_UNKNOWN = 4
_MAX_FORMULA = 3_000
# How many letters of a text get their spaces back; a page of nothing else is no transcript.
_MAX_RESTORED = 30_000
_MIN_APART = 4


def repair_formulas(texts: Sequence[str]) -> list[str]:
    """The texts with each mangled passage restored, once; words are learnt from all of them."""
    if not any(_MATHEMATICAL.search(text) for text in texts):
        return list(texts)
    repairer = _Repairer(texts)
    return [repairer.repair(text) if _MATHEMATICAL.search(text) else text for text in texts]


@dataclass(frozen=True, slots=True)
class _Passage:
    """Readable words for the characters [start, end) of a text."""

    start: int
    end: int
    words: str


class _Repairer:
    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(dict.fromkeys(_COMMON, _COMMON_WEIGHT))
        for text in texts:
            # A plain copy without spaces is glued to the formula.
            clean = _CHUNK.sub(" ", text)
            counts.update(word.lower().replace("’", "'") for word in _PLAIN_WORD.findall(clean))
        self._total = math.log(counts.total())
        # Of single letters only "a" and "I" are words.
        self._costs = {
            word: self._total - math.log(count)
            for word, count in counts.items()
            if len(word) > 1 or word in {"a", "i"}
        }
        self._left = _MAX_RESTORED

    def repair(self, text: str) -> str:
        """`text` with its mangled passages restored."""
        parts: list[str] = []
        at = 0
        # Words in mathematical letters with spaces between them are styled text, not formulas.
        styled = _NEIGHBOUR.search(text) is not None
        for found in _FORMULA.finditer(text):
            if found.start() < at:
                continue
            passage = self._passage(text, found, at, styled=styled)
            before = text[at : passage.start]
            parts += (before, passage.words)
            at = passage.end
            if _is_amount(passage.words) and (follows := _number_behind(text, at)) is not None:
                # The two dollar signs that made the formula.
                parts[-1] = f"${passage.words}{text[at:follows].rstrip() or ' '}$"
                at = follows
            elif passage.words[-1:].isalnum() and text[at : at + 1].isalnum():
                parts.append(" ")
        parts.append(text[at:])
        return "".join(parts)

    def _passage(self, text: str, found: re.Match[str], floor: int, *, styled: bool) -> _Passage:
        plain = _plain(found["head"] + found["core"])
        if len(plain) <= _MAX_FORMULA:
            for copies in (_copies_behind(text, found), _copies_before(text, found, floor)):
                if copies is not None:
                    start, end, copy = copies
                    return _Passage(start, end, copy if " " in copy else self._spaced(copy))
        mangled = not styled and len(found["core"]) >= _MIN_UNKNOWN
        words = self._spaced(_plain(found.group())) if mangled else _plain(found.group())
        return _Passage(found.start(), found.end(), words)

    def _spaced(self, text: str) -> str:
        """`text` with spaces between the words that it is made of."""
        parts: list[str] = []
        before = ""
        for token in _TOKEN.findall(text):
            pieces = self._words(token, after_number=before[-1:].isdigit()) if token[0].isalpha() else [token]
            for piece in pieces:
                if parts and _is_apart(before, piece):
                    parts.append(" ")
                parts.append(piece)
                before = piece
        return "".join(parts)

    def _words(self, run: str, *, after_number: bool) -> list[str]:
        """The most likely words that make up `run`; itself where there are none."""
        if run.lower() in self._costs or len(run) > self._left:
            return [run]
        self._left -= len(run)
        lower = run.lower()
        best = [0.0] + [math.inf] * len(run)
        begins = [0] * (len(run) + 1)
        for end in range(1, len(run) + 1):
            for begin in range(max(0, end - _MAX_WORD), end):
                cost = best[begin] + self._cost(lower[begin:end], first=begin == 0 and after_number)
                if cost < best[end]:
                    best[end], begins[end] = cost, begin
        if best[-1] == math.inf:
            return [run]
        pieces: list[str] = []
        end = len(run)
        while end > 0:
            pieces.append(run[begins[end] : end])
            end = begins[end]
        return pieces[::-1]

    def _cost(self, word: str, *, first: bool) -> float:
        if (known := self._costs.get(word)) is not None:
            return known
        if first and word in _SUFFIXES:
            return self._total / 2
        return math.inf if len(word) < _MIN_UNKNOWN else self._total + 3.0 * len(word)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_ALIKE)


def _copies_behind(text: str, found: re.Match[str]) -> tuple[int, int, str] | None:
    """The span of the formula and the plain copies after it, and the most readable copy."""
    tail = found["tail"]
    for head in dict.fromkeys((found["head"], "")):
        for cut in range(len(tail), -1, -1):
            key = _plain(head + found["core"] + tail[:cut])
            at = found.end("core") + cut
            end = _match(text, at, key)
            if end is None or not _is_copy(text, at, end, key):
                continue
            copy = text[at:end].strip()
            # A rendered formula may have a third copy.
            if (third := _match(text, end, key)) is not None and _is_copy(text, end, third, key):
                copy = max(copy, text[end:third].strip(), key=lambda one: one.count(" "))
                end = third
            if not head and found["head"]:
                copy = f"{found['head']} {copy}"
            return found.start(), end, copy
    return None


def _copies_before(text: str, found: re.Match[str], floor: int) -> tuple[int, int, str] | None:
    """The span of the formula and the plain copy before it, which begins at `floor` or later."""
    for head in dict.fromkeys((found["head"], "")):
        key = _plain(head + found["core"])
        end = found.start("core") - len(head)
        at = end
        while at > floor and text[at - 1] in " ,;":
            at -= 1
        for character in reversed(key):
            while at > floor and text[at - 1] in _SPACES:
                at -= 1
            if at == floor or text[at - 1].translate(_ALIKE).casefold() != character.casefold():
                break
            at -= 1
        else:
            if (
                len(key) >= _MIN_APART
                and not text[max(floor, at - 1) : at].isalnum()
                and " " in text[at:end].strip()
            ):
                return at, found.end("core"), text[at:end].strip()
    return None


def _match(text: str, at: int, key: str) -> int | None:
    """Where `key` ends if it begins at `at`, ignoring spaces; None where it doesn't."""
    for character in key:
        while at < len(text) and text[at] in _SPACES:
            at += 1
        if at == len(text) or text[at].translate(_ALIKE).casefold() != character.casefold():
            return None
        at += 1
    return at


def _is_copy(text: str, at: int, end: int, key: str) -> bool:
    """Whether the plain text is a copy of the formula, and not a word that follows it."""
    if key[-1].isalpha() and text[end : end + 1].isalpha():
        return False
    glued = text[at : at + 1] not in _SPACES
    return glued or (len(key) >= _MIN_APART and " " in text[at:end].strip())


def _is_apart(left: str, right: str) -> bool:
    """Whether there is a space between two pieces of a passage."""
    if left[-1].isdigit() and right.lower() in _SUFFIXES:
        return False
    if right[0].isalnum():
        return left[-1].isalnum() or left[-1] in ",;:!?)%" or (left == "." and right[0].isalpha())
    return right == "(" and left[-1].isalnum() and len(left) > 1


def _is_amount(words: str) -> bool:
    """Whether the passage begins with a number and has a word, as amounts after a dollar sign do."""
    return words[:1].isdigit() and " " in words.strip() and "$" not in words


def _number_behind(text: str, at: int) -> int | None:
    """Where a number begins at `at`, perhaps after a space or a bracket."""
    found = _NUMBER.match(text, at)
    return found.end() if found else None
