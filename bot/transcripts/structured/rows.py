"""Entries that are lists: IBM Watson's ["hello", 0.5, 0.92], and rows of start, end and text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.times import moment

_MAX_CELLS = 12
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
