"""Chapters out of lines: which of the lines with times are the episode's list, and which are no chapters at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from statistics import median

from bot.chapters.chapter_lines import ChapterLine, ChapterScanner, without_number
from bot.chapters.headings import is_chapters_heading
from bot.text.html_lines import Line
from bot.text.markdown import trimmed, without_common_end, without_markup
from bot.text.timecodes import Form
from storage.models import Chapter

_MAX_CHAPTERS = 500
_MAX_LINES = 10_000
_MAX_TITLE = 300
# A list of chapters has short titles; longer ones on average are speech with times, unless they take up far less time
# than somebody needs to say them: a listener's question as the title of its answer.
_MAX_MEAN_TITLE = 60
_SPOKEN_PER_S = 9
# Speech has a time every few seconds; chapters of less than this on average are none.
_MIN_SPAN_MS = 8_000
_SPEECH_FROM = 8
# What begins so early begins at the beginning: an advertisement or a sting may stand before it.
_BEGINNING_MS = 10_000
_HEADING_ABOVE = 3
_MAX_NAME_WORDS = 4


@dataclass(frozen=True, slots=True)
class ChapterList:
    """Chapters and the lines [first, after) that they stand in."""

    chapters: tuple[Chapter, ...]
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class _Item:
    """An entry in its place: the lines [line, after) tell its time and its title."""

    line: int
    after: int
    entry: ChapterLine
    bullet: bool

    @property
    def start_ms(self) -> int:
        return self.entry.start_ms


NONE = ChapterList((), 0, 0)


def find_chapters(
    lines: Sequence[Line], scanner: ChapterScanner, duration_s: float | None = None
) -> ChapterList:
    """The episode's list of chapters in `lines`, in the order of the text.

    A list ends where its times go back to the beginning. Times that go back by less stay: they are the author's. Of
    several lists the longest that fits `duration_s` is taken; parts that each begin at 0, each below a heading of its
    own, are one list where no duration tells which of them is the episode.
    """
    lists = [
        [item for item in items if not item.entry.surely_clock]
        for items in _split(_items(lines, scanner), lines)
        if _is_list(items, lines, duration_s)
    ]
    if not lists:
        return NONE
    if duration_s is None and _are_parts(lists, lines):
        chosen = lists
    else:
        chosen = [max(lists, key=lambda items: (not _late(items, duration_s), len(items)))]
    items = [item for each in chosen for item in each][:_MAX_CHAPTERS]
    titles = without_common_end([item.entry.title for item in items])
    chapters = tuple(Chapter(item.start_ms, title) for item, title in zip(items, titles, strict=True))
    return ChapterList(chapters, items[0].line, items[-1].after)


def _items(lines: Sequence[Line], scanner: ChapterScanner) -> list[_Item]:
    """All lines that may be chapters and have the time on the side where most have it."""
    # Speech has a time in each of its thousands of lines; a list of chapters begins before that.
    entries = [None if line.foreign else scanner.scan(line.text) for line in lines[:_MAX_LINES]]
    items: list[_Item] = []
    for number, entry in enumerate(entries):
        if entry is not None and entry.title:
            items.append(_Item(number, number + 1, entry, lines[number].bullet))
    alone = [number for number, entry in enumerate(entries) if entry is not None and not entry.title]
    if len(alone) > len(items):
        return _joined(lines, entries, alone)
    # A quote "... Ada [00:31:00]" above a list is no chapter of it.
    first = sum(item.entry.first for item in items) * 2 >= len(items)
    items = [item for item in items if item.entry.first == first]
    form = Form.COLONS
    if items and not any(item.entry.form is form for item in items):
        form = items[0].entry.form
    items = [item for item in items if item.entry.form is form]
    return items if first else _unnumbered(items)


def _joined(
    lines: Sequence[Line], entries: Sequence[ChapterLine | None], alone: Sequence[int]
) -> list[_Item]:
    """Times that stand alone in their lines, each with its title from the next line or from the one before."""

    def titled(number: int) -> bool:
        return (
            0 <= number < len(entries)
            and entries[number] is None
            and not lines[number].heading
            and not is_chapters_heading(lines[number].text)
            and len(lines[number].text) <= _MAX_TITLE
            and not lines[number].text.isdecimal()
        )

    behind = sum(titled(number + 1) for number in alone)
    before = sum(titled(number - 1) for number in alone)
    # Where a title stands on both sides of nearly all, the first time tells: nothing but the list stands above it.
    step = -1 if before > behind or (before == behind and not titled(alone[-1] + 1)) else 1
    items = []
    for number in alone:
        entry = entries[number]
        if entry is not None and titled(number + step):
            title = trimmed(without_markup(lines[number + step].text))
            first, last = sorted((number, number + step))
            if title:
                items.append(_Item(first, last + 1, replace(entry, title=title, first=True), bullet=False))
    return items


def _unnumbered(items: list[_Item]) -> list[_Item]:
    """Items whose titles begin with "1. ", "2. ", without those numbers."""
    numbers = [item.entry.number for item in items]
    if len(items) < 2 or any(number is None for number in numbers):
        return items
    if any(right != (left or 0) + 1 for left, right in pairwise(numbers)):
        return items
    return [
        replace(item, entry=replace(item.entry, title=without_number(item.entry.title))) for item in items
    ]


def _split(items: Sequence[_Item], lines: Sequence[Line]) -> list[list[_Item]]:
    lists: list[list[_Item]] = []
    for item, following in zip_longest(items, items[1:]):
        if not lists or (_falls_back(lists[-1], item, lines) and not _goes_on(lists[-1], following)):
            lists.append([])
        lists[-1].append(item)
    return lists


def _falls_back(items: Sequence[_Item], item: _Item, lines: Sequence[Line]) -> bool:
    """Whether `item` may begin another list than that of `items`."""
    if item.start_ms == 0 and items[-1].start_ms > 0:
        return True
    if items[-1].start_ms - item.start_ms <= 60_000:
        return False
    if len(items) == 1:
        # In the very next line it is a slip of the pen; elsewhere the first was a time in passing.
        return item.line > items[0].after
    # Where nothing but its own points stands between, an hour was forgotten.
    parted = not all(line.bullet for line in lines[items[-1].after : item.line])
    return item.start_ms <= items[0].start_ms + (60_000 if parted else 0)


def _goes_on(items: Sequence[_Item], following: _Item | None) -> bool:
    """Whether the list goes on behind a time that is a slip of the pen, as in 1:00, 2:00, 0:00, 4:00."""
    return following is not None and len(items) > 1 and following.start_ms >= items[-1].start_ms


def _are_parts(lists: Sequence[Sequence[_Item]], lines: Sequence[Line]) -> bool:
    """Whether these are lists of several recordings that stand below one another."""
    if len(lists) < 2:
        return False
    titles = [{item.entry.title.casefold() for item in items} for items in lists]
    return all(
        items[0].start_ms == 0 and len(items) > 2 and _below_heading(items, lines) for items in lists
    ) and all(2 * len(left & right) < min(len(left), len(right)) for left, right in pairwise(titles))


def _below_heading(items: Sequence[_Item], lines: Sequence[Line]) -> bool:
    first = items[0].line
    return any(
        line.heading or is_chapters_heading(line.text)
        for line in lines[max(0, first - _HEADING_ABOVE) : first]
    )


def _is_list(items: Sequence[_Item], lines: Sequence[Line], duration_s: float | None) -> bool:
    """Whether these are chapters: not a schedule, nor lengths of songs, verses, scores or speech."""
    count = len(items)
    if count < 2 or sum(item.entry.clock for item in items) * 3 >= count:
        return False
    falls = _falls(items)
    if falls * 4 > count - 1 or (falls and count < 4):
        return False
    # Times that mostly lie behind the end belong to another recording.
    if _late(items, duration_s) * 2 > count or _is_speech(items, lines):
        return False
    return _is_headed(items[0].line, lines) or _is_list_without_heading(items)


def _falls(items: Sequence[_Item]) -> int:
    """How often a time is followed by an earlier one."""
    return sum(right.start_ms < left.start_ms for left, right in pairwise(items))


def _is_speech(items: Sequence[_Item], lines: Sequence[Line]) -> bool:
    """Whether this is speech with times: its texts are long, come again, or have a time every few seconds."""
    count = len(items)
    starts = [item.start_ms for item in items]
    titles = [item.entry.title for item in items]
    if sum(map(len, titles)) > _MAX_MEAN_TITLE * count:
        written = sum(len(line.text) for line in lines[items[0].line : items[-1].line])
        if written * 1000 > _SPOKEN_PER_S * (starts[-1] - starts[0]):
            return True
    if count < _SPEECH_FROM:
        return False
    # Titles that come again are those who speak, by turns.
    steps = [right - left for left, right in pairwise(starts)]
    return len(set(titles)) * 2 < count or median(steps) < _MIN_SPAN_MS


def _is_list_without_heading(items: Sequence[_Item]) -> bool:
    """Whether the entries alone tell that they are chapters."""
    titles = [item.entry.title for item in items]
    if all(title.endswith(":") and len(title.split()) <= _MAX_NAME_WORDS for title in titles):
        # Names of those who speak below.
        return False
    entry = items[0].entry
    begins = items[0].start_ms <= _BEGINNING_MS
    if entry.form is not Form.COLONS:
        # "20h15" is a time of day, "0h20m15s" is none; "12.30" is a price, a date or a version, "00.00" none of them.
        seconds = entry.form is Form.UNITS and any(item.start_ms % 60_000 for item in items)
        return len(items) > 2 and not _falls(items) and (begins or seconds)
    if entry.first:
        return begins or not _is_schedule(items)
    if entry.bracketed:
        return len(items) > 2 or begins
    # Lengths of songs and verses of books stand there too; they do not rise.
    falls = _falls(items)
    return len(items) > (4 if falls or not (begins or entry.hours) else 2) and (not falls or entry.hours)


def _late(items: Sequence[_Item], duration_s: float | None) -> int:
    """How many of `items` lie behind the end, ads that were put in since left aside."""
    return sum(item.start_ms > (duration_s * 1.1 + 60) * 1000 for item in items) if duration_s else 0


def _is_headed(first: int, lines: Sequence[Line]) -> bool:
    """Whether a heading of chapters stands a line or two above the first of them."""
    return any(is_chapters_heading(line.text) for line in lines[max(0, first - _HEADING_ABOVE) : first])


def _is_schedule(items: Sequence[_Item]) -> bool:
    """Times of day: "10:00 Doors", "11:30 Keynote", "14:15 Panel"."""
    if any(item.entry.hours or item.entry.bracketed for item in items):
        return False
    minutes = [item.start_ms // 1000 for item in items]
    return all(at % 5 == 0 and at < 24 * 60 for at in minutes) and minutes[0] >= 6 * 60
