"""Chapters out of lines: `[00:03:39] Title`, `00:03:52: Title`, `Title [3:39]` and their kin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.notes.markup import Line
from bot.notes.stamps import STAMP, TIME, to_ms
from storage.models import Chapter

_MAX_TITLE = 300
_MAX_CHAPTERS = 500
# A list of chapters has short titles; longer ones on average are speech with times.
_MAX_MEAN_TITLE = 120

_FIRST = re.compile(
    rf"(?P<time>{STAMP}|@?{TIME}(?:\s?[-–—]\s?{TIME})?(?![\w%]))"
    r"(?P<rest>\s*(?:[:|•·]\s*|[-–—]+\s*)?(?P<title>.*))$"
)
_LAST = re.compile(rf"(?P<title>\S.*?)\s*(?:[-–—:|]\s*)?(?P<time>{STAMP})$")
_CLOCK = re.compile(r"[ap]\.?m\b", re.IGNORECASE)
HEADING = re.compile(
    r"(?:(?:podcast|episode|video|audio|youtube|full)\s+)?"
    r"(?:time\s?stamps?|chapters?|chapter markers|sections|outline|table of contents|in this episode)"
    r"(?:\s*\([^()]{0,40}\))?\s*:?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ChapterList:
    """Chapters and the lines [first, after) that they stand in."""

    chapters: tuple[Chapter, ...]
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line that may be a chapter, with the time before the title or behind it."""

    line: int
    chapter: Chapter
    time_first: bool


NONE = ChapterList((), 0, 0)


def read_chapter(line: Line) -> Chapter | None:
    """The chapter that `line` names, with an empty title where it is a time alone."""
    text = line.text
    if not text or len(text) > _MAX_TITLE:
        return None
    if found := _FIRST.match(text):
        title = found["title"].strip()
        if _CLOCK.match(title):
            return None
        # A bare "12:30" needs a space or a separator behind it; a bare one with no title is a heading of topics.
        return Chapter(to_ms(found["time"]), title)
    if found := _LAST.match(text):
        return Chapter(to_ms(found["time"]), found["title"].strip())
    return None


def find_chapters(lines: Sequence[Line], duration_s: float | None = None) -> ChapterList:
    """The list of chapters in `lines`; of several lists the longest, in the order of the text.

    A list ends where its times go back to the beginning. Times that go back by less stay: they are the author's.
    """
    lists: list[list[_Entry]] = [[]]
    for entry in _entries(lines):
        if lists[-1] and _restarts(lists[-1], entry.chapter.start_ms):
            lists.append([])
        lists[-1].append(entry)
    best = max(lists, key=len)[:_MAX_CHAPTERS]
    chapters = tuple(entry.chapter for entry in best)
    if not _is_list(chapters, duration_s):
        return NONE
    return ChapterList(chapters, best[0].line, best[-1].line + 1)


def _entries(lines: Sequence[Line]) -> list[_Entry]:
    """All lines that may be chapters and have the time on the side where most have it."""
    entries: list[_Entry] = []
    for number, line in enumerate(lines):
        chapter = read_chapter(line)
        if chapter is None:
            continue
        if not chapter.title:
            topic = lines[number + 1] if number + 1 < len(lines) else None
            if topic is None or not topic.bullet or read_chapter(topic) is not None:
                continue
            chapter = Chapter(chapter.start_ms, topic.text[:_MAX_TITLE])
        entries.append(_Entry(number, chapter, _FIRST.match(line.text) is not None))
    # A quote "... Ada [00:31:00]" above a list is no chapter of it.
    time_first = sum(entry.time_first for entry in entries) * 2 >= len(entries)
    return [entry for entry in entries if entry.time_first == time_first]


def _restarts(entries: Sequence[_Entry], start_ms: int) -> bool:
    last_ms = entries[-1].chapter.start_ms
    return last_ms - start_ms > 60_000 and (len(entries) < 3 or start_ms <= entries[0].chapter.start_ms)


def _is_list(chapters: tuple[Chapter, ...], duration_s: float | None) -> bool:
    if len(chapters) < 2:
        return False
    if sum(len(chapter.title) for chapter in chapters) > _MAX_MEAN_TITLE * len(chapters):
        return False
    if duration_s:
        # Times that mostly lie behind the end belong to another recording.
        late = sum(chapter.start_ms > (duration_s * 1.1 + 60) * 1000 for chapter in chapters)
        return late * 2 <= len(chapters)
    return True
