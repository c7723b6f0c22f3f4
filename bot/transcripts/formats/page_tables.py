"""A page's table that holds the transcript: its rows as lines that name their time and speaker."""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborNode

from bot.text.html_lines import Line
from bot.transcripts.turns.table_columns import find_columns, row_line

_WORD = re.compile(r"\w+")
_CELLS = frozenset({"td", "th"})
_BLOCKS = "p, div, br, li"
# A table is the page's transcript where it holds so many of its words.
_MOST = 0.5
_MAX_TABLES = 50


def table_lines(root: LexborNode) -> list[Line] | None:
    """The lines of the table that holds most of what is below `root`; None where there is none, or it is no talk."""
    tables = root.css("table")[:_MAX_TABLES]
    words = len(_WORD.findall(root.text())) if tables else 0
    for table in tables:
        if len(_WORD.findall(table.text())) < _MOST * words or table.css_first("table table") is not None:
            continue
        rows = [cells for row in table.css("tr") if (cells := _cells(row))]
        width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
        rows = [row for row in rows if len(row) == width]
        if (columns := find_columns(rows)) is not None:
            lines = (row_line(row, columns) for row in rows[columns.header :])
            return [line for line in lines if line is not None]
    return None


def _cells(row: LexborNode) -> list[str]:
    cells = []
    node = row.child
    while node is not None:
        if node.tag in _CELLS:
            cells.append(" ".join(node.text(separator=" " if node.css_first(_BLOCKS) else "").split()))
        node = node.next
    return cells
