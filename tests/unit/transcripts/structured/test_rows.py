"""Entries that are lists."""

from __future__ import annotations

from typing import Any

import pytest

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.rows import row_of, rows_under_header, rows_with_names


@pytest.mark.parametrize(
    ("cells", "leaf"),
    [
        (["hello", 0.5, 0.92], Leaf("hello", None, 0.5, 0.92, "row")),
        ([0.5, 0.92, "hello"], Leaf("hello", None, 0.5, 0.92, "row")),
        ([1, 0, 0.5, 3.1, "hello", [1, 2], 0.0], Leaf("hello", None, 0.5, 3.1, "row")),
        (["hello", 0.98], None),
        (["hello", "you", 1], None),
        (["hello", 2, 1], None),
        ([1, 2, 3], None),
        ([], None),
    ],
)
def test_a_row(cells: list[object], leaf: Leaf | None) -> None:
    assert row_of(cells) == leaf


@pytest.mark.parametrize(
    ("entry", "rows"),
    [
        (
            {"columns": ["start", "text"], "data": [[1, "x"], [2, "y"]]},
            [{"start": 1, "text": "x"}, {"start": 2, "text": "y"}],
        ),
        ({"header": ["start", "text"], "rows": [[1], "x", [2, "y"]]}, [{"start": 2, "text": "y"}]),
        ({"columns": 2, "data": [[1, "x"]]}, None),
        ({"columns": ["a", 1], "data": []}, None),
        ({"data": [[1, "x"]]}, None),
    ],
)
def test_a_table_with_a_header(entry: dict[str, Any], rows: list[dict[str, Any]] | None) -> None:
    assert rows_under_header(entry) == rows


NAMED = [
    [0.5, 1.5, "Ada", "Who is there?"],
    [2.0, 3.0, "Bo", "It is only me."],
    [4.0, 5.0, "Ada", "Come in."],
]


def test_rows_with_names() -> None:
    assert rows_with_names(NAMED) == [
        {"start": start, "end": end, "speaker": name, "text": text} for start, end, name, text in NAMED
    ]
    turned = [[text, name, start, end] for start, end, name, text in NAMED]
    assert rows_with_names(turned) == rows_with_names(NAMED)


@pytest.mark.parametrize(
    "rows",
    [
        NAMED[:2],
        [[*row, 1] for row in NAMED],
        [[start, end, f"{name}{start}", text] for start, end, name, text in NAMED],
        [["x", *row[1:]] for row in NAMED],
        [1, 2, 3],
    ],
)
def test_what_is_no_row_with_a_name(rows: list[Any]) -> None:
    assert rows_with_names(rows) is None
