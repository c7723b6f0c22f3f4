"""The snippet shown around a match: whole sentences if they fit, else cut at a clause or a word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# Lengths in characters: of a snippet, of the text examined on each side of a match, and of the longest match that is
# shown in full.
_MAX_LENGTH = 300
_CONTEXT = 600
_LONGEST_MATCH = 1_000
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*\s+")
_CLAUSE_END = re.compile(r"[,;:–—]\s+")
_SPACE = re.compile(r"\s+")
_BLANKS = str.maketrans(dict.fromkeys("\t\n\r\v\f\u2028\u2029\0", " "))


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text with the character ranges [start, end) of the match and of the matched words in it."""

    text: str
    match: tuple[int, int]
    highlights: tuple[tuple[int, int], ...] = ()


def cut_snippet(
    turns: Sequence[tuple[str | None, str]],
    start: int,
    end: int,
    matched: Sequence[tuple[int, int, int]] = (),
) -> Snippet:
    """Cut a snippet around a match in `turns` (speaker and text of adjacent turns).

    The match is [start, end): `start` counts characters of the first turn's text, `end` of the last one's. `matched`
    are ranges to be highlighted: the turn's index, and the characters [start, end) of its text.
    """
    first = max(0, start - _CONTEXT)
    whole = turns[0][1][first:]
    begins = [-first]
    for (before, _), (speaker, text) in pairwise(turns):
        whole += " " if speaker == before else " — "
        begins.append(len(whole))
        whole += text
    highlights = [(begins[turn] + from_, begins[turn] + to) for turn, from_, to in matched]
    return _fit(whole, start - first, begins[-1] + end, highlights, opens=first == 0)


def _fit(whole: str, start: int, end: int, highlights: Sequence[tuple[int, int]], *, opens: bool) -> Snippet:
    """Cut `whole` around [start, end). `opens` says that `whole` begins where a turn begins."""
    closes = len(whole) <= end + _CONTEXT
    whole = whole[: end + _CONTEXT].translate(_BLANKS)
    if end - start > _LONGEST_MATCH:
        end, closes = start + _LONGEST_MATCH, False
        whole = whole[:end]
    boundaries = [found.end() for found in _SENTENCE_END.finditer(whole)]
    boundaries = [0] * opens + boundaries + [len(whole)] * closes
    before = [at for at in boundaries if at <= start]
    after = [at for at in boundaries if at >= end]
    if before and after and after[0] - before[-1] <= max(_MAX_LENGTH, end - start):
        low, high = _widen(before, after)
        starts_sentence = ends_sentence = True
    else:
        room = _MAX_LENGTH - (end - start)
        low, starts_sentence = _cut_before(whole, start, before[-1] if before else None, max(0, room // 2))
        room = max(0, room - (start - low))
        high, ends_sentence = _cut_after(whole, end, after[0] if after else None, room)
    shown = whole[low:high].rstrip()
    low += len(shown) - len(shown.lstrip())
    prefix = "" if starts_sentence else "…"
    by = len(prefix) - low
    inside = [(max(start, from_) + by, min(end, to) + by) for from_, to in highlights]
    return Snippet(
        prefix + shown.lstrip() + ("" if ends_sentence else "…"),
        (start + by, end + by),
        tuple(one for one in inside if one[0] < one[1]),
    )


def _widen(before: list[int], after: list[int]) -> tuple[int, int]:
    """Take whole sentences in turn, one after and one before, while they fit."""
    low, high = before.pop(), after.pop(0)
    while True:
        took = False
        if after and after[0] - low <= _MAX_LENGTH:
            high, took = after.pop(0), True
        if before and high - before[-1] <= _MAX_LENGTH:
            low, took = before.pop(), True
        if not took:
            return low, high


def _cut_before(whole: str, start: int, sentence: int | None, room: int) -> tuple[int, bool]:
    """Where to begin, and whether a sentence begins there."""
    if sentence is not None and start - sentence <= room:
        return sentence, True
    least = max(0, start - room)
    for boundary in (_CLAUSE_END, _SPACE):
        found = boundary.search(whole, least, start)
        if found:
            return found.end(), False
    return start, False


def _cut_after(whole: str, end: int, sentence: int | None, room: int) -> tuple[int, bool]:
    """Where to end, and whether a sentence ends there."""
    if sentence is not None and sentence - end <= room:
        return sentence, True
    most = min(len(whole), end + room)
    for boundary in (_CLAUSE_END, _SPACE):
        ends = [found.start() for found in boundary.finditer(whole, end, most)]
        if ends:
            return ends[-1], False
    return end, False
