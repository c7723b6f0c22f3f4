"""Entries that are lists."""

from __future__ import annotations

import pytest

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.rows import row_of


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
