"""Transcripts in tables: which column holds times, which speakers and which words, told by their cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.text.html_lines import Line
from bot.text.timecodes import TRANSCRIPT_TIME, exact_clock, transcript_ms
from bot.transcripts.turns.person_names import may_be_name

_TIME = re.compile(TRANSCRIPT_TIME)
_TIMES = re.compile(rf"[\[(]?\s?{TRANSCRIPT_TIME}(?:\s?(?:-{{1,2}}>|→|[-–—~])\s?{TRANSCRIPT_TIME})?\s?[\])]?")
# Of a column's cells, so many are what the column is for.
_MOST = 0.8
# Spaces, and Markdown's signs of emphasis.
_AROUND = " \t*_`"
_MAX_NAME_WORDS = 5
_MIN_ROWS = 2

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers of the columns of words, times (start, perhaps end) and speakers.

    `header`: the first row names the columns.
    """

    text: int
    times: tuple[int, ...]
    name: int | None
    header: bool


def find_columns(rows: Sequence[Row]) -> Columns | None:
    """The columns of a transcript in `rows`, all equally long; None where it is no transcript."""
    width = len(rows[0]) if rows else 0
    if width < 2 or len(rows) < _MIN_ROWS:
        return None
    # The first row may be a header.
    cells = [[row[column].strip(_AROUND) for row in rows[1:]] for column in range(width)]
    times = [column for column in range(width) if _are_times(cells[column])]
    lengths = [sum(len(_name(cell)) for cell in column) for column in cells]
    wordy = [column for column in range(width) if column not in times]
    if not wordy:
        return None
    text = max(wordy, key=lambda column: lengths[column])
    named = [column for column in wordy if column != text and _are_names(cells[column])]
    if not times and not named:
        return None
    name = min(named, key=lambda column: len(set(cells[column]))) if named else None
    first = [cell.strip() for cell in rows[0]]
    return Columns(text, tuple(times[:2]), name, _is_header(first, cells, times, name, text))


def row_line(row: Row, columns: Columns) -> Line | None:
    """A row as a line that names its time and speaker; None where nothing is said in it."""
    text = " ".join(row[columns.text].split())
    if not text:
        return None
    name = _name(row[columns.name]) if columns.name is not None else ""
    starts = [
        transcript_ms(found)
        for column in columns.times or (columns.name or 0,)
        for found in _TIME.findall(row[column])
    ]
    stamp = ""
    if starts:
        until = f" - {exact_clock(starts[1])}" if len(starts) > 1 and starts[1] > starts[0] else ""
        stamp = f"[{exact_clock(starts[0])}{until}] "
    if not name:
        return Line(f"{stamp}{text}")
    return Line(f"{stamp}{name}: {text}", lead=name)


def _are_times(cells: Sequence[str]) -> bool:
    told = [cell for cell in cells if cell]
    return bool(told) and sum(_TIMES.fullmatch(cell) is not None for cell in told) >= _MOST * len(told)


def _are_names(cells: Sequence[str]) -> bool:
    """Whether a column names speakers: short cells, most of which come again."""
    told = [_name(cell) for cell in cells if cell]
    named = sum(
        len(cell.split()) <= _MAX_NAME_WORDS and not cell.isdigit() and may_be_name(cell, interview=True)
        for cell in told
    )
    if not told or named < _MOST * len(told):
        return False
    return len(told) <= 3 or len(Counter(told)) < len(told)


def _name(cell: str) -> str:
    """The name in a cell, without a time beside it."""
    name = _TIMES.sub(" ", cell) if ":" in cell else cell
    return " ".join(name.split()).strip(f"{_AROUND}:：,–—-|")


def _is_header(
    first: Sequence[str], cells: Sequence[Sequence[str]], times: Sequence[int], name: int | None, text: int
) -> bool:
    if times:
        return _TIMES.fullmatch(first[times[0]]) is None
    if name is None or _TIME.search(first[name]):
        return False
    return _name(first[name]) not in map(_name, cells[name]) and len(first[text].split()) <= 3
