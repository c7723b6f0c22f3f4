"""Times in JSON entries, whatever their keys and units."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.timecodes import Unit
from bot.transcripts.formats.json_times import duration_of, end_of, has_time, seconds_or_ms, start_of

SECONDS, MILLISECONDS = Unit.SECONDS, Unit.MILLISECONDS


@pytest.mark.parametrize(
    ("entry", "unit", "start_ms", "end_ms"),
    [
        ({"startTime": 0.5, "endTime": 2}, SECONDS, 500, 2_000),
        ({"start": 500, "end": 2_000}, MILLISECONDS, 500, 2_000),
        # A key that names its unit is believed.
        ({"start_ms": 500, "end_ms": 2_000}, SECONDS, 500, 2_000),
        ({"start": "00:00:09", "start_ms": 500, "end": "0:02"}, SECONDS, 500, 2_000),
        ({"timestamp": [0.5, 2]}, SECONDS, 500, 2_000),
        ({"offsets": {"from": 500, "to": 2_000}, "timestamps": {"from": "x"}}, SECONDS, 500, 2_000),
        ({"time": {"start": 0.5, "end": 2}}, SECONDS, 500, 2_000),
        ({"startTime": None, "ts": "0.5s"}, SECONDS, 500, None),
        ({"startTime": True, "end": float("nan")}, SECONDS, None, None),
        ({"startTime": -1, "end": 10**30}, SECONDS, None, None),
        ({"timestamp": [1, 2, 3], "text": "7"}, SECONDS, None, None),
        ({}, SECONDS, None, None),
    ],
)
def test_start_and_end(entry: dict[str, Any], unit: Unit, start_ms: int | None, end_ms: int | None) -> None:
    assert (start_of(entry, unit), end_of(entry, unit)) == (start_ms, end_ms)
    assert has_time(entry) is (start_ms is not None)


@pytest.mark.parametrize(
    ("entry", "duration_ms"),
    [
        ({"duration": 1.5}, 1_500),
        ({"dDurationMs": 1_500, "dur": 9}, 1_500),
        ({"length": "no"}, None),
        ({}, None),
    ],
)
def test_duration(entry: dict[str, Any], duration_ms: int | None) -> None:
    assert duration_of(entry, SECONDS) == duration_ms


@pytest.mark.parametrize(
    ("starts", "words", "unit"),
    [
        ([], 0, SECONDS),
        ([0, 4, 9], 30, SECONDS),
        ([0, 4_000, 9_000], 30, MILLISECONDS),
        # A fraction is one of seconds, however large the number.
        ([0, 90_000.5], 30, SECONDS),
        ([86_401], 100_000, MILLISECONDS),
        ([80_000, 80_500], 30, SECONDS),
        (["0", "9000"], 30, MILLISECONDS),
    ],
)
def test_what_the_numbers_count(starts: list[object], words: int, unit: Unit) -> None:
    assert seconds_or_ms([{"start": start} for start in starts], words) is unit


VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8)
KEYS = st.sampled_from(["start", "startTime", "start_ms", "end", "offsets", "timestamp", "duration"])
PAIRS = st.lists(VALUES, max_size=3) | st.dictionaries(st.sampled_from(["from", "to"]), VALUES)


@given(st.dictionaries(KEYS, VALUES | PAIRS), st.sampled_from(Unit), st.integers(0, 10**6))
def test_any_values_give_a_time_or_none(entry: dict[str, Any], unit: Unit, words: int) -> None:
    for read in (start_of, end_of, duration_of):
        found = read(entry, unit)
        assert found is None or (isinstance(found, int) and found >= 0)
    assert seconds_or_ms([entry], words) in Unit
