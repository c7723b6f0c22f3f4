"""Times in TTML in all their forms."""

from __future__ import annotations

import pytest

from bot.transcripts.formats.ttml_times import clock_of


@pytest.mark.parametrize(
    ("attributes", "written", "ms"),
    [
        ({}, "00:01:30.25", 90_250),
        ({}, "01:30,25", 90_250),
        ({}, "90.25", 90_250),
        ({}, "90.25s", 90_250),
        ({}, "1.5m", 90_000),
        ({}, "0.025h", 90_000),
        ({}, "90250ms", 90_250),
        ({}, "00:01:30:15", 90_500),
        ({"framerate": "25"}, "00:01:30:05", 90_200),
        ({"framerate": "24", "frameratemultiplier": "1000 1001"}, "2157.84f", 90_000),
        ({"framerate": "24", "frameratemultiplier": "1000 0"}, "48f", 2_000),
        ({"tickrate": "10000000"}, "902500000t", 90_250),
        ({"framerate": "25", "subframerate": "4"}, "9025t", 90_250),
        ({}, "wallclock(10:00)", None),
        ({}, "9" * 15, None),
        ({}, "", None),
    ],
)
def test_times(attributes: dict[str, str], written: str, ms: int | None) -> None:
    found = clock_of(attributes).ms(written)
    assert (found is None) == (ms is None)
    assert abs((found or 0) - (ms or 0)) <= 5


def test_no_time_is_told() -> None:
    assert clock_of({}).ms(None) is None
