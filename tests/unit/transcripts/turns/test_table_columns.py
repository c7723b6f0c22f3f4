from __future__ import annotations

import pytest

from bot.text.html_lines import Line
from bot.transcripts.turns.table_columns import Columns, find_columns, row_line


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([["0:05", "Ada", "The mill."], ["0:09", "Bo", "The river."]], Columns(2, (0,), 1, header=False)),
        (
            [
                ["Speaker", "From", "To", "Words"],
                ["Ada", "0:05", "0:08", "The mill."],
                ["Bo", "0:09", "0:12", "Snow."],
            ],
            Columns(3, (1, 2), 0, header=True),
        ),
        (
            [["Who", "What"], ["Ada", "The mill."], ["Bo", "The river."], ["Ada", "The snow."]],
            Columns(1, (), 0, header=True),
        ),
        # A list of parts and prices names nobody.
        ([["1", "12"], ["2", "14"], ["3", "20"]], None),
        (
            [
                ["Oil", "1 l, the finest"],
                ["Wick", "2 m, of cotton"],
                ["Glass", "none left"],
                ["Key", "lost"],
                ["Box", "old"],
            ],
            None,
        ),
        ([["one cell"], ["another"]], None),
        ([["0:05", "alone"]], None),
    ],
)
def test_columns(rows: list[list[str]], columns: Columns | None) -> None:
    assert find_columns(rows) == columns


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            ["Ada", "0:05", "0:08", "The mill."],
            Line("[0:00:05.000 - 0:00:08.000] Ada: The mill.", lead="Ada"),
        ),
        (["", "0:05", "0:08", "The mill."], Line("[0:00:05.000 - 0:00:08.000] The mill.")),
        (["Ada", "", "", "The mill."], Line("Ada: The mill.", lead="Ada")),
        (["Ada", "0:05", "0:08", " "], None),
    ],
)
def test_rows(row: list[str], line: Line | None) -> None:
    assert row_line(row, Columns(3, (1, 2), 0, header=True)) == line
