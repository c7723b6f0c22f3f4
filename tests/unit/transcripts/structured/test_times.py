"""Times in JSON entries, whatever their keys and units."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.structured.keys import Count, shape_of
from bot.transcripts.structured.times import moment, ms_per_unit, times_of


def times(entry: dict[str, Any]) -> tuple[float | None, float | None, str | None]:
    start, end, clock = times_of(entry, shape_of(tuple(entry)))
    return start, end, clock


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"startTime": 0.5, "endTime": 2}, (0.5, 2, "starttime")),
        ({"start_ms": 500, "end_ms": 2_000}, (500, 2_000, None)),
        ({"start": "00:00:09", "start_ms": 500, "end": "0:02"}, (500, 2_000, None)),
        ({"timestamp": [0.5, 2]}, (0.5, 2, "timestamp")),
        ({"offsets": {"from": 500, "to": 2_000}, "timestamps": {"from": "x"}}, (500, 2_000, None)),
        ({"time": {"start": 0.5, "end": 2}}, (0.5, 2, "time")),
        ({"instances": [{"start": "0:00:00.5", "end": "0:00:02"}]}, (500, 2_000, None)),
        ({"startTime": None, "ts": "0.5s"}, (500, None, None)),
        (
            {"offset": "PT1M2.5S", "offsetInTicks": 5_000_000, "durationInTicks": 10_000_000},
            (500, 1_500, None),
        ),
        (
            {"startTime": {"seconds": "1", "nanos": 500_000_000}, "endTime": {"seconds": 2}},
            (1_500, 2_000, None),
        ),
        ({"offsetMilliseconds": 500, "durationMilliseconds": 100}, (500, 600, None)),
        ({"time": 500, "duration": 423}, (500, 923, "time")),
        ({"start": 1.5, "endMs": 3_000}, (1.5, None, "start")),
        ({"resultEndTime": "3.1s"}, (None, 3_100, None)),
        ({"startTime": True, "end": float("nan")}, (None, None, None)),
        ({"startTime": -1, "end": 10**30}, (None, None, None)),
        ({"timestamp": [1, 2, 3], "text": "7"}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_start_and_end(
    entry: dict[str, Any], expected: tuple[float | None, float | None, str | None]
) -> None:
    assert times(entry) == expected


@pytest.mark.parametrize(
    ("numbers", "words", "unit"),
    [
        ([], 0, 1_000),
        ([0, 4, 9], 30, 1_000),
        ([0, 4_000, 9_000], 30, 1),
        # A fraction is one of seconds, unless nobody speaks so slowly.
        ([0, 3_000.5], 30, 1_000),
        ([0, 90_000.5], 30, 1),
        ([86_401], 100_000, 1),
        ([80_000, 80_500], 30, 1_000),
        ([5_000_000, 310_000_000], 80, 1 / 10_000),
        ([500_000, 31_000_000], 80, 1 / 1_000),
        ([500_000_000, 31_000_000_000], 80, 1 / 1_000_000),
    ],
)
def test_what_the_numbers_count(numbers: list[float], words: int, unit: float) -> None:
    assert ms_per_unit("start", map(float, numbers), words) == unit


def test_otter_counts_samples() -> None:
    assert ms_per_unit("startoffset", [8_000.0, 160_000.0], 16) == 1 / 16
    assert ms_per_unit("startoffset", [500.0, 10_000.0], 16) == 1


VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8)
KEYS = st.sampled_from(
    ["start", "startTime", "start_ms", "end", "offsets", "timestamp", "duration", "instances"]
)
PAIRS = st.lists(VALUES, max_size=3) | st.dictionaries(st.sampled_from(["from", "to", "seconds"]), VALUES)


@given(st.dictionaries(KEYS, VALUES | PAIRS), st.sampled_from(Count))
def test_any_values_give_a_time_or_none(entry: dict[str, Any], count: Count) -> None:
    start, end, clock = times(entry)
    assert all(one is None or 0 <= one < float("inf") for one in (start, end))
    assert clock is None or start is not None
    for value in entry.values():
        found = moment(value, count)
        assert found is None or found.number >= 0
