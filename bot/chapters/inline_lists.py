"""Chapters that stand in one line: `The lamp (0:00), The storm (12:30), ...` or `0:00 The lamp / 12:30 The storm`.

Whether the titles stand before their times or behind them is told by both ends of the line and by where the
separators stand: a comma behind a time ends a chapter, one before it ends a title. A time alone tells neither, and
where it was believed, each title was given to its neighbour's time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.chapters.headings import is_chapters_heading
from bot.text.timecodes import CHAPTER_COLONS, to_ms

# Two times may stand in any sentence.
_LEAST_TIMES = 3
_MOST_TIMES = 500
_MOST_TITLE = 300
_LONGEST_LINE = 40_000
_LONGEST_HEADING = 40
_LEFT, _RIGHT = "[(（【［〔「", "])）】］〕」"
_TIME = re.compile(
    # In brackets a word or two may precede it: "(at 12:30)", "(ab Minute 12:30)".
    rf"(?:(?P<open>[{re.escape(_LEFT)}])\s?(?:[^\W\d]{{1,8}}\.?\s){{0,2}})?"
    rf"(?<![\d:.,])(?P<at>{CHAPTER_COLONS})(?:\s?[-–—~→]{{1,3}}\s?(?:{CHAPTER_COLONS}))?"
    rf"(?(open)\s?[{re.escape(_RIGHT)}])"
)
_SEPARATORS = ",;/|•·、，；／｜◦‣→➜»>"
_SPACES = " \xa0\u3000"
_SEPARATOR_AFTER = re.compile(rf"\s*(?:[{re.escape(_SEPARATORS)}]|[-–—]\s)")
_SEPARATOR_BEFORE = re.compile(rf"(?:[{re.escape(_SEPARATORS)}]|\s[-–—])\s*$")
_LETTER = re.compile(r"[^\W\d_]")
# Before the first title: "In this episode: ", the end of a sentence, or a bullet.
_BEFORE_FIRST_TITLE = re.compile(r".*(?:[:：]\s|(?<=[^\W\d_])[.!?…]\s|[。！？]\s?)", re.DOTALL)
_SENTENCE_BEHIND = re.compile(r"\s*(?:[.。!！?？]\s*(?:$|\S)|[.,;]?\s*$)")
_LEADING = re.compile(rf"^[\s{re.escape(_SEPARATORS)}*–—-]+|^\s*\.\s+")


@dataclass(frozen=True, slots=True)
class _Times:
    """The times of a line, as the spans of their marks, and the texts around them: one more than there are times.

    `bracketed`: all times stand in brackets. `begins`: the first is the episode's beginning.
    """

    spans: Sequence[tuple[int, int]]
    between: Sequence[str]
    bracketed: bool
    begins: bool


def split_inline_list(text: str, *, beside_chapters: bool = False) -> list[str]:
    """The chapters of a line, each in a line of its own, with what stands before and behind them; else `[text]`.

    `beside_chapters`: other lines of these notes are chapters; then two times in this one are some as well.
    """
    times = _times(text)
    least = 2 if beside_chapters else _LEAST_TIMES
    if times is None or not least <= len(times.spans) <= _MOST_TIMES:
        return [text]
    if _titles_stand_first(times):
        return _parted(text, [_first_title(times.between[0]), *(end for _, end in times.spans)])
    if _titles_stand_last(times):
        return _parted(text, [start for start, _ in times.spans])
    return [text]


def ends_with_its_times(text: str) -> bool:
    """Whether the times of a line stand in brackets behind the words that they belong to, as in a sentence."""
    times = _times(text)
    if times is None or len(times.spans) < 2 or not _LETTER.search(times.between[0]):
        return False
    *before, tail = times.between
    separated = sum(gap[:1] in _SEPARATORS for gap in before[1:])
    spaced = all(gap[-1:] in _SPACES for gap in before)
    return times.bracketed and spaced and (2 * separated >= len(before) - 1 or not _LETTER.search(tail))


def _times(text: str) -> _Times | None:
    found = list(_TIME.finditer(text)) if len(text) <= _LONGEST_LINE and text.count(":") > 1 else []
    if len(found) < 2:
        return None
    moments = [to_ms(one["at"]) for one in found]
    if any(later <= earlier for earlier, later in pairwise(moments)):
        return None
    spans = [one.span() for one in found]
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    between = [text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]
    return _Times(spans, between, all(one["open"] for one in found), moments[0] == 0)


def _titles_stand_first(times: _Times) -> bool:
    """Whether the line begins with a title and ends with a time, and each time ends a chapter."""
    head, *gaps, tail = times.between
    if not _LETTER.search(head[_first_title(head) :]) or not _SENTENCE_BEHIND.match(tail):
        return False
    # A bullet or a word that touches a time is the beginning of a block that lost its line break.
    if not all(_is_title(gap) and gap[0] in _SPACES + _SEPARATORS for gap in gaps):
        return False
    # "We discuss the lamp (0:00), the storm (12:30)" is a sentence.
    titles = [_first_letter(head[_first_title(head) :]), *map(_first_letter, gaps)]
    if titles[0].isupper() and all(letter.islower() for letter in titles[1:]):
        return False
    separated = [_SEPARATOR_AFTER.match(gap) for gap in gaps]
    if any(separated):
        return _same_sign(separated)
    return times.bracketed or times.begins


def _titles_stand_last(times: _Times) -> bool:
    """Whether the line begins with a time and ends with a title, with one separator before each further time."""
    head, *gaps, tail = times.between
    if not _is_title(tail) or not all(_is_title(gap) for gap in gaps):
        return False
    if _LETTER.search(head[_first_title(head) :]) and not is_chapters_heading(head.strip()):
        return False
    return _same_sign([_SEPARATOR_BEFORE.search(gap) for gap in gaps])


def _same_sign(found: Sequence[re.Match[str] | None]) -> bool:
    return len({one[0].strip() if one else "" for one in found}) == 1 and all(found)


def _first_letter(text: str) -> str:
    found = _LETTER.search(text)
    return found[0] if found else ""


def _is_title(gap: str) -> bool:
    return len(gap) <= _MOST_TITLE and _LETTER.search(gap) is not None


def _first_title(head: str) -> int:
    """Where the first title begins, behind a heading or the sentence before it."""
    found = _BEFORE_FIRST_TITLE.match(head)
    at = found.end() if found else 0
    # No space follows a full-width colon, but titles have such colons as well.
    if (wide := head.find("：", 0, _LONGEST_HEADING)) >= at and is_chapters_heading(head[:wide].strip()):
        at = wide + 1
    # A title may have a colon of its own, but what stands behind it must not be empty.
    return at if _LETTER.search(head[at:]) else 0


def _parted(text: str, cuts: Sequence[int]) -> list[str]:
    """The text cut at these offsets, without the separators between the parts."""
    edges = sorted({0, *cuts, len(text)})
    parts = [text[left:right] for left, right in pairwise(edges)]
    bare = [_without_separators(part) for part in parts]
    return [part for part in bare if part]


def _without_separators(part: str) -> str:
    return _SEPARATOR_BEFORE.sub("", _LEADING.sub("", part).strip()).strip()
