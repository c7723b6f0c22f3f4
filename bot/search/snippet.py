"""What is shown of the turns around a match: whole sentences where they fit, else cut at clauses or words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_ROOM = 300
# Characters before and behind a match that are looked at, and the longest match that is shown whole.
_NEAR = 600
_LONGEST_MATCH = 1_000
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*\s+")
_CLAUSE_END = re.compile(r"[,;:–—]\s+")
_SPACE = re.compile(r"\s+")
_BLANKS = str.maketrans(dict.fromkeys("\t\n\r\v\f\u2028\u2029\0", " "))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`text` is shown; the characters [from, to) of it are the match, and in `marks` those of the words met."""

    text: str
    match: tuple[int, int]
    marks: tuple[tuple[int, int], ...] = ()


def excerpt(
    parts: Sequence[tuple[str | None, str]],
    start: int,
    end: int,
    met: Sequence[tuple[int, int, int]] = (),
) -> Excerpt:
    """The surroundings of a match in `parts` (speaker and text of adjacent turns).

    `start` counts characters of the first part's text, `end` of the last part's; the match is [start, end). `met`
    are stretches to be marked: the part, and the characters [from, to) of its text.
    """
    first = max(0, start - _NEAR)
    whole = parts[0][1][first:]
    begins = [-first]
    for (before, _), (speaker, text) in pairwise(parts):
        whole += " " if speaker == before else " — "
        begins.append(len(whole))
        whole += text
    marks = [(begins[part] + from_, begins[part] + to) for part, from_, to in met]
    return _fit(whole, start - first, begins[-1] + end, marks, opens=first == 0)


def _fit(whole: str, start: int, stop: int, marks: Sequence[tuple[int, int]], *, opens: bool) -> Excerpt:
    """Cut `whole` around [start, stop). `opens`: it begins where a turn begins."""
    closes = len(whole) <= stop + _NEAR
    whole = whole[: stop + _NEAR].translate(_BLANKS)
    if stop - start > _LONGEST_MATCH:
        stop, closes = start + _LONGEST_MATCH, False
        whole = whole[:stop]
    openings = [found.end() for found in _SENTENCE_END.finditer(whole)]
    bounds = [0] * opens + openings + [len(whole)] * closes
    before = [place for place in bounds if place <= start]
    behind = [place for place in bounds if place >= stop]
    room = _ROOM - (stop - start)
    if before and behind and behind[0] - before[-1] <= max(_ROOM, stop - start):
        low, high = _widen(before, behind)
        tidy_low = tidy_high = True
    else:
        low, tidy_low = _cut_before(whole, start, before[-1] if before else None, max(0, room // 2))
        high, tidy_high = _cut_behind(
            whole, stop, behind[0] if behind else None, max(0, room - (start - low))
        )
    shown = whole[low:high].rstrip()
    stripped = len(shown) - len(shown.lstrip())
    shown = shown[stripped:]
    low += stripped
    prefix = "" if tidy_low else "…"
    by = len(prefix) - low
    within = [(max(start, from_) + by, min(stop, to) + by) for from_, to in marks]
    return Excerpt(
        prefix + shown + ("" if tidy_high else "…"),
        (start + by, stop + by),
        tuple(mark for mark in within if mark[0] < mark[1]),
    )


def _widen(before: list[int], behind: list[int]) -> tuple[int, int]:
    """Take whole sentences in turn, one behind and one before, while they fit."""
    low, high = before.pop(), behind.pop(0)
    while True:
        took = False
        if behind and behind[0] - low <= _ROOM:
            high, took = behind.pop(0), True
        if before and high - before[-1] <= _ROOM:
            low, took = before.pop(), True
        if not took:
            return low, high


def _cut_before(whole: str, start: int, sentence: int | None, room: int) -> tuple[int, bool]:
    """Where to begin, and whether a sentence begins there."""
    if sentence is not None and start - sentence <= room:
        return sentence, True
    least = max(0, start - room)
    for bound in (_CLAUSE_END, _SPACE):
        found = bound.search(whole, least, start)
        if found:
            return found.end(), False
    return start, False


def _cut_behind(whole: str, stop: int, sentence: int | None, room: int) -> tuple[int, bool]:
    """Where to end, and whether a sentence ends there."""
    if sentence is not None and sentence - stop <= room:
        return sentence, True
    most = min(len(whole), stop + room)
    for bound in (_CLAUSE_END, _SPACE):
        ends = [found.start() for found in bound.finditer(whole, stop, most)]
        if ends:
            return ends[-1], False
    return stop, False
