"""Decide which lines with times are the episode's list of chapters, and which are no chapters at all."""

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
from storage.models.chapter_lists import is_behind_end

_MAX_CHAPTERS = 500
_MAX_LINES = 10_000
_MAX_TITLE = 300
# Chapters have short titles. Longer ones on average are speech with times, unless there is far more time between them
# than it takes to say them: a listener's question may be the title of its answer.
_MAX_MEAN_TITLE = 60
_SPOKEN_PER_S = 9
# Speech has a time every few seconds: chapters that are shorter than this, by the median, are none.
_MIN_SPAN_MS = 8_000
_SPEECH_FROM = 8
# A list that begins this early begins with the episode: an advertisement or a sting may come first.
_BEGINNING_MS = 10_000
_HEADING_ABOVE = 3
# Times are hours and minutes where they else lie in the first twentieth of the episode, and so reach its last half.
_LEAST_IN_HOURS = 3
_AT_THE_BEGINNING = 0.05
_REACHES = 0.5
_MAX_NAME_WORDS = 4


@dataclass(frozen=True, slots=True)
class ChapterList:
    """Chapters, and the range of lines [first, after) that contains them."""

    chapters: tuple[Chapter, ...]
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class _ListItem:
    """A chapter in its place: its time and title stand in the lines [line, after)."""

    line: int
    after: int
    chapter: ChapterLine
    bullet: bool

    @property
    def start_ms(self) -> int:
        return self.chapter.start_ms


NO_CHAPTERS = ChapterList((), 0, 0)


def find_chapters(
    lines: Sequence[Line], scanner: ChapterScanner, duration_s: float | None = None
) -> ChapterList:
    """The episode's list of chapters in `lines`, in the order of the text.

    A list ends where times return to the beginning; smaller steps back are kept as the author wrote them. Of several
    lists the longest that fits `duration_s` is taken. Lists that each begin at 0 below a heading of their own are
    parts of one list, unless a duration tells which of them is the episode's.
    """
    lists = [
        [item for item in items if not item.chapter.is_clock]
        for items in _split(_items(lines, scanner), lines)
        if _is_list(items, lines, duration_s)
    ]
    if not lists:
        return NO_CHAPTERS
    if duration_s is None and _are_parts(lists, lines):
        chosen = lists
    else:
        chosen = [max(lists, key=lambda items: (not _late(items, duration_s), len(items)))]
    items = _within(_in_hours([item for each in chosen for item in each], duration_s), duration_s)[
        :_MAX_CHAPTERS
    ]
    titles = without_common_end([item.chapter.title for item in items])
    chapters = tuple(Chapter(item.start_ms, title) for item, title in zip(items, titles, strict=True))
    return ChapterList(chapters, items[0].line, items[-1].after)


def _items(lines: Sequence[Line], scanner: ChapterScanner) -> list[_ListItem]:
    """The lines that may be chapters, with the time on the side where most of them have it."""
    # A transcript may have a time in each of its thousands of lines; a list of chapters stands above it.
    chapters = [None if line.foreign else scanner.scan(line.text) for line in lines[:_MAX_LINES]]
    items: list[_ListItem] = []
    for number, chapter in enumerate(chapters):
        if chapter is not None and chapter.title:
            items.append(_ListItem(number, number + 1, chapter, lines[number].bullet))
    alone = [number for number, chapter in enumerate(chapters) if chapter is not None and not chapter.title]
    if len(alone) > len(items):
        return _joined(lines, chapters, alone)
    # This leaves out a quote "... Ada [00:31:00]" above a list whose times come first.
    time_first = sum(item.chapter.time_first for item in items) * 2 >= len(items)
    items = [item for item in items if item.chapter.time_first == time_first]
    form = Form.COLONS
    if items and not any(item.chapter.form is form for item in items):
        form = items[0].chapter.form
    items = [item for item in items if item.chapter.form is form]
    return _unnumbered(items)


def _joined(
    lines: Sequence[Line], chapters: Sequence[ChapterLine | None], alone: Sequence[int]
) -> list[_ListItem]:
    """Times that stand alone in their lines, each with its title from the next line or from the line before."""

    def titled(number: int) -> bool:
        return (
            0 <= number < len(chapters)
            and chapters[number] is None
            and not lines[number].heading
            and not is_chapters_heading(lines[number].text)
            and len(lines[number].text) <= _MAX_TITLE
            and not lines[number].text.isdecimal()
        )

    behind = sum(titled(number + 1) for number in alone)
    before = sum(titled(number - 1) for number in alone)
    # Where nearly all have a line that may be a title on both sides, the end of the list decides.
    step = -1 if before > behind or (before == behind and not titled(alone[-1] + 1)) else 1
    items = []
    for number in alone:
        chapter = chapters[number]
        if chapter is not None and titled(number + step):
            title = trimmed(without_markup(lines[number + step].text))
            first, last = sorted((number, number + step))
            if title:
                items.append(
                    _ListItem(first, last + 1, replace(chapter, title=title, time_first=True), bullet=False)
                )
    return items


def _unnumbered(items: list[_ListItem]) -> list[_ListItem]:
    """The items without the numbers "1. ", "2. " or "1 ", "2 " in their titles, if they count the list."""
    numbers = [item.chapter.number for item in items]
    if len(items) < 2 or any(right != (left or 0) + 1 for left, right in pairwise(numbers)):
        return items
    titles = [without_number(item.chapter.title) for item in items]
    # "1 Samuel", "2 Samuel" are titles.
    if numbers[0] is None or numbers[0] > 1 or len(set(titles)) < len(titles):
        return items
    return [
        replace(item, chapter=replace(item.chapter, title=title))
        for item, title in zip(items, titles, strict=True)
    ]


def _split(items: Sequence[_ListItem], lines: Sequence[Line]) -> list[list[_ListItem]]:
    lists: list[list[_ListItem]] = []
    for item, following in zip_longest(items, items[1:]):
        if not lists or (_falls_back(lists[-1], item, lines) and not _goes_on(lists[-1], following)):
            lists.append([])
        lists[-1].append(item)
    return lists


def _falls_back(items: Sequence[_ListItem], item: _ListItem, lines: Sequence[Line]) -> bool:
    """Whether `item` may begin a new list behind `items`."""
    if item.start_ms == 0 and items[-1].start_ms > 0:
        return True
    if items[-1].start_ms - item.start_ms <= 60_000:
        return False
    if len(items) == 1:
        # In the very next line it is a typing error; further down, the first was a time mentioned in passing.
        return item.line > items[0].after
    # If only bullet points stand between the two, they are one list, and the author forgot the hour.
    parted = not all(line.bullet for line in lines[items[-1].after : item.line])
    return item.start_ms <= items[0].start_ms + (60_000 if parted else 0)


def _goes_on(items: Sequence[_ListItem], following: _ListItem | None) -> bool:
    """Whether the list continues behind a mistyped time, as in 1:00, 2:00, 0:00, 4:00."""
    return following is not None and len(items) > 1 and following.start_ms >= items[-1].start_ms


def _are_parts(lists: Sequence[Sequence[_ListItem]], lines: Sequence[Line]) -> bool:
    """Whether these are the lists of several recordings, one below the other."""
    if len(lists) < 2:
        return False
    titles = [{item.chapter.title.casefold() for item in items} for items in lists]
    return all(
        items[0].start_ms == 0 and len(items) > 2 and _below_heading(items, lines) for items in lists
    ) and all(2 * len(left & right) < min(len(left), len(right)) for left, right in pairwise(titles))


def _below_heading(items: Sequence[_ListItem], lines: Sequence[Line]) -> bool:
    first = items[0].line
    return any(
        line.heading or is_chapters_heading(line.text)
        for line in lines[max(0, first - _HEADING_ABOVE) : first]
    )


def _is_list(items: Sequence[_ListItem], lines: Sequence[Line], duration_s: float | None) -> bool:
    """Whether these are chapters, rather than a schedule, lengths of songs, verses, scores or speech."""
    count = len(items)
    if count < 2 or sum(item.chapter.may_be_clock for item in items) * 3 >= count:
        return False
    falls = _falls(items)
    if falls * 4 > count - 1 or (falls and count < 4):
        return False
    # Times that mostly lie behind the episode's end belong to another recording.
    if _late(items, duration_s) * 2 > count or _is_speech(items, lines):
        return False
    return _is_headed(items[0].line, lines) or _is_list_without_heading(items)


def _falls(items: Sequence[_ListItem]) -> int:
    """How often a time is followed by an earlier one."""
    return sum(right.start_ms < left.start_ms for left, right in pairwise(items))


def _is_speech(items: Sequence[_ListItem], lines: Sequence[Line]) -> bool:
    """Whether this is speech with times: the texts are long, recur, or have a time every few seconds."""
    count = len(items)
    starts = [item.start_ms for item in items]
    titles = [item.chapter.title for item in items]
    if sum(map(len, titles)) > _MAX_MEAN_TITLE * count:
        written = sum(len(line.text) for line in lines[items[0].line : items[-1].line])
        if written * 1000 > _SPOKEN_PER_S * (starts[-1] - starts[0]):
            return True
    if count < _SPEECH_FROM:
        return False
    # Titles that recur are the names of people who take turns.
    steps = [right - left for left, right in pairwise(starts)]
    return len(set(titles)) * 2 < count or median(steps) < _MIN_SPAN_MS


def _is_list_without_heading(items: Sequence[_ListItem]) -> bool:
    """Whether the lines are chapters although no heading says so."""
    titles = [item.chapter.title for item in items]
    if all(title.endswith(":") and len(title.split()) <= _MAX_NAME_WORDS for title in titles):
        # Names of speakers whose words stand below.
        return False
    head = items[0].chapter
    begins = items[0].start_ms <= _BEGINNING_MS
    if head.form is not Form.COLONS:
        # "20h15" may be a time of day, "0h20m15s" can't; "12.30" may be a price, a date or a version, "00.00" can't.
        seconds = head.form is Form.UNITS and any(item.start_ms % 60_000 for item in items)
        return len(items) > 2 and not _falls(items) and (begins or seconds)
    if head.time_first:
        return begins or not _is_schedule(items)
    if head.bracketed:
        return len(items) > 2 or begins
    # Lengths of songs and verses of books are written like this too, but do not rise.
    falls = _falls(items)
    return len(items) > (4 if falls or not (begins or head.has_hours) else 2) and (
        not falls or head.has_hours
    )


def _in_hours(items: list[_ListItem], duration_s: float | None) -> list[_ListItem]:
    """The items with "0:25" read as hours and minutes, where that alone fits the episode.

    Nobody lists what happens in the first minutes of some hours and nothing behind them.
    """
    last_ms = max(item.start_ms for item in items)
    if duration_s is None or len(items) < _LEAST_IN_HOURS or any(map(_has_three_parts, items)):
        return items
    if last_ms > duration_s * 1000 * _AT_THE_BEGINNING or last_ms * 60 > duration_s * 1000:
        return items
    if last_ms * 60 < duration_s * 1000 * _REACHES:
        return items
    return [
        replace(item, chapter=replace(item.chapter, start_ms=item.start_ms * 60, has_hours=True))
        for item in items
    ]


def _has_three_parts(item: _ListItem) -> bool:
    return item.chapter.form is not Form.COLONS or item.chapter.has_hours


def _within(items: list[_ListItem], duration_s: float | None) -> list[_ListItem]:
    """The items without those behind the episode's end, unless the author mistyped most of them."""
    kept = [item for item in items if not _late([item], duration_s)]
    return kept if len(kept) > 1 else items


def _late(items: Sequence[_ListItem], duration_s: float | None) -> int:
    """How many of `items` lie behind the end."""
    return sum(is_behind_end(item.start_ms, duration_s) for item in items)


def _is_headed(first: int, lines: Sequence[Line]) -> bool:
    """Whether the heading of a list of chapters stands within a few lines above the first of them."""
    return any(is_chapters_heading(line.text) for line in lines[max(0, first - _HEADING_ABOVE) : first])


def _is_schedule(items: Sequence[_ListItem]) -> bool:
    """Times of day: "10:00 Doors", "11:30 Keynote", "14:15 Panel"."""
    if any(item.chapter.has_hours or item.chapter.bracketed for item in items):
        return False
    minutes = [item.start_ms // 1000 for item in items]
    return all(at % 5 == 0 and at < 24 * 60 for at in minutes) and minutes[0] >= 6 * 60
