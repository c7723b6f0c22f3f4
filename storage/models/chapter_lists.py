"""Which of an episode's lists of chapters is shown: the best by its looks, and of equals the most official. Pure.

A feed may name a file with nothing but the episode's title in it, while its notes list twenty chapters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum

from storage.models.episodes import Chapter, ChapterSource

# Advertisements that are inserted later make episodes longer than their feeds say.
_ALLOWANCE, _ALLOWANCE_S = 1.1, 60
# Chapters that all lie in so small a part of a longer episode were written in another unit.
_AT_THE_BEGINNING = 0.05
_LONG_S = 600
# So many titles that differ in numbers or single letters alone are places in a list: "Chapter 1", "Part A".
_NUMBERED = 0.6
# A list of two chapters says little beside one of eight.
_FEW, _MANY_TIMES = 2, 4

_NUMBER = re.compile(r"[\W\d_一二三四五六七八九十百]+|\b(?:[ivxlc]+|\w)\b")


class Flaw(IntEnum):
    """What is wrong with a list, the worst last."""

    NONE = 0
    THIN = 1
    NUMBERED = 2
    CROWDED = 3
    CARD = 4
    BEHIND_END = 5
    EMPTY = 6


def is_behind_end(start_ms: int, duration_s: float | None) -> bool:
    """Whether a chapter begins behind the episode's end, with an allowance for what is inserted later."""
    return bool(duration_s) and start_ms > ((duration_s or 0) * _ALLOWANCE + _ALLOWANCE_S) * 1_000


def within_episode(chapters: Sequence[Chapter], duration_s: float | None) -> tuple[Chapter, ...]:
    """The chapters without those behind the end; all of them where most are, as the length may be wrong then."""
    kept = tuple(one for one in chapters if not is_behind_end(one.start_ms, duration_s))
    return kept if len(kept) * 2 >= len(chapters) else tuple(chapters)


def best_list(
    lists: Mapping[ChapterSource, Sequence[Chapter]], duration_s: float | None
) -> ChapterSource | None:
    """The source of the list that is shown; None where there is no list."""
    flaws = {source: flaw_of(chapters, duration_s) for source, chapters in lists.items()}
    longest = max((_starts(lists[source]) for source, flaw in flaws.items() if not flaw), default=0)
    for source, flaw in flaws.items():
        count = _starts(lists[source])
        if not flaw and count <= _FEW and count * _MANY_TIMES <= longest:
            flaws[source] = Flaw.THIN
    official = list(ChapterSource)
    return min(flaws, key=lambda source: (flaws[source], official.index(source)), default=None)


def flaw_of(chapters: Sequence[Chapter], duration_s: float | None) -> Flaw:
    """What is wrong with a list by itself, of several flaws the worst."""
    if not chapters:
        return Flaw.EMPTY
    if sum(is_behind_end(one.start_ms, duration_s) for one in chapters) * 2 > len(chapters):
        return Flaw.BEHIND_END
    if _starts(chapters) < 2:
        return Flaw.CARD
    last_ms = max(one.start_ms for one in chapters)
    if duration_s and duration_s > _LONG_S and last_ms < duration_s * 1_000 * _AT_THE_BEGINNING:
        return Flaw.CROWDED
    names = Counter(_NUMBER.sub("", one.title.casefold()) for one in chapters)
    if max(names.values()) >= max(2, len(chapters) * _NUMBERED):
        return Flaw.NUMBERED
    return Flaw.NONE


def _starts(chapters: Sequence[Chapter]) -> int:
    return len({one.start_ms for one in chapters})
