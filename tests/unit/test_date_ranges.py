"""Days as people name them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.date_ranges import DayError, day_span, range_end, range_start


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026-11-25", (2026, 11, 25), (2026, 11, 26)),
        (" 2026-2-28 ", (2026, 2, 28), (2026, 3, 1)),
        ("2026-12-31", (2026, 12, 31), (2027, 1, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026-02", (2026, 2, 1), (2026, 3, 1)),
        ("2026", (2026, 1, 1), (2027, 1, 1)),
    ],
)
def test_a_day_a_month_or_a_year_is_meant_whole(
    text: str, begins: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    assert day_span(text) == (datetime(*begins, tzinfo=UTC), datetime(*ends, tzinfo=UTC))
    assert (range_start(text), range_end(text)) == day_span(text)


@pytest.mark.parametrize(
    "text", ["", "last week", "2026-13", "2026-02-30", "0000", "9999", "9999-12-31", "²⁰²⁶"]
)
def test_what_is_no_day_is_told(text: str) -> None:
    with pytest.raises(DayError, match="is no date"):
        day_span(text)


def test_nothing_named_is_no_limit() -> None:
    assert range_start(None) is range_end("") is None
