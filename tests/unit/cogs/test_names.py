"""Values of choices are rows; all else that is typed is a name."""

from __future__ import annotations

import pytest

from cogs.names import chosen_row, row_value


@pytest.mark.parametrize(
    ("value", "row"),
    [
        ("id:40", 40),
        (" id:40 ", 40),
        ("40", None),
        ("ID:40", None),
        ("id:", None),
        ("id:-1", None),
        ("id:4 0", None),
        ("id:٤٠", None),
        # Too large for any row: no row has it.
        ("id:" + "9" * 18, 0),
        ("id:" + "9" * 19, None),
        ("", None),
    ],
)
def test_only_a_marked_value_is_a_row(value: str, row: int | None) -> None:
    assert chosen_row(value) == row


def test_what_is_offered_is_marked() -> None:
    assert chosen_row(row_value(40)) == 40
