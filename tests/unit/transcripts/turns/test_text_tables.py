from __future__ import annotations

import pytest

from bot.transcripts.turns.text_tables import read_tables

READ = ["[0:00:05.000] **Ada:** The mill.", "", "[0:00:09.000] **Bo:** The river.", ""]


@pytest.mark.parametrize(
    "lines",
    [
        [
            "| Time | Who | What |",
            "|---|:-:|---|",
            "| 0:05 | Ada | The mill. |",
            "| 0:09 | Bo | The river. |",
        ],
        ["Time | Who | What", "---|---|---", "0:05 | *Ada* | The mill.", "0:09 | **Bo** | The river."],
        ["0:05\tAda\tThe mill.", "", "0:09\tBo\tThe river."],
    ],
)
def test_tables_of_talk(lines: list[str]) -> None:
    assert read_tables(lines) == READ


@pytest.mark.parametrize(
    "lines",
    [
        ["Ada: The mill.", "Bo: The river."],
        ["| Part | Price |", "|---|---|", "| Oil | 12 |", "| Wick | 14 |"],
        ["a | b", "c | d | e"],
        ["\tindented", "\tlines"],
        [],
    ],
)
def test_other_lines_stay(lines: list[str]) -> None:
    assert read_tables(lines) == lines


def test_a_bar_inside_a_cell_is_said() -> None:
    lines = ["| 0:05 | Ada | The mill \\| the river. |", "| 0:09 | Bo | Snow. |"]
    assert read_tables(lines)[0] == "[0:00:05.000] **Ada:** The mill | the river."
