"""Entries that are lists: IBM Watson's ["hello", 0.5, 0.92], and rows of start, end and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.times import moment

_MAX_CELLS = 12
_HEADERS = ("columns", "header", "headers", "fields", "columnNames")
_ROWS = ("data", "rows", "values", "records", "items")
CLOCK = "row"


def row_of(cells: Sequence[object]) -> Leaf | None:
    """A text with a start and an end in the cells beside it, which rise; None where the list is no such row."""
    texts = [place for place, cell in enumerate(cells[:_MAX_CELLS]) if isinstance(cell, str)]
    if len(texts) != 1 or len(cells) < 3:
        return None
    at = texts[0]
    for first in (at + 1, at - 2):
        pair = [moment(cell) for cell in cells[first : first + 2]] if first >= 0 else []
        if (
            len(pair) == 2
            and pair[0] is not None
            and pair[1] is not None
            and pair[0].number <= pair[1].number
        ):
            return Leaf(str(cells[at]), None, pair[0].number, pair[1].number, CLOCK)
    return None


def rows_under_header(entry: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of a table whose columns are named beside it, as objects."""
    header = next((entry[key] for key in _HEADERS if key in entry), None)
    rows = next((entry[key] for key in _ROWS if key in entry), None)
    if (
        not isinstance(header, list)
        or not isinstance(rows, list)
        or not all(isinstance(one, str) for one in header)
    ):
        return None
    return [
        dict(zip(header, row, strict=True))
        for row in rows
        if isinstance(row, list) and len(row) == len(header)
    ]


def rows_with_names(rows: Sequence[Any]) -> list[dict[str, Any]] | None:
    """Rows of two times, a name and a text, in this or another order, as objects; None where they are none.

    The names are those of the two texts that are shorter on the whole, and one of which occurs again.
    """
    if len(rows) < 3 or not all(isinstance(row, list) and len(row) == 4 for row in rows):
        return None
    texts = [place for place in range(4) if all(isinstance(row[place], str) for row in rows)]
    times = [place for place in range(4) if all(moment(row[place]) is not None for row in rows)]
    if len(times) != 2 or len(texts) != 2 or set(times) & set(texts):
        return None
    name, text = sorted(texts, key=lambda place: sum(len(row[place]) for row in rows))
    if len({row[name] for row in rows}) == len(rows):
        return None
    return [
        {"start": row[times[0]], "end": row[times[1]], "speaker": row[name], "text": row[text]}
        for row in rows
    ]
