"""Times of chapters files under the names and in the units in which tools write them."""

from __future__ import annotations

import json

import pytest

from bot.chapters.json_file import read_chapters_file

LASTS_S = 3000.0
REEF = [(0, "The reef"), (245_000, "The bell"), (1_330_500, "Fog & foam")]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("start", ["00:00:00.000", "00:04:05.000", "00:22:10.500"]),
        ("start_time", ["0", "245.0", "1330.5"]),
        ("startTime", [0, 245_000, 1_330_500]),
        ("time", ["0:00", "4:05", "22:10.5"]),
        ("offset", [0.0, 245.0, 1330.5]),
        ("start_offset_ms", [0, 245_000, 1_330_500]),
        ("startMs", ["0", "245000", "1330500"]),
        ("psc:start", ["0", "4:05", "0:22:10.500"]),
        ("@start", ["PT0S", "PT4M5S", "PT22M10.5S"]),
        ("timestamp", [0, 245_000_000, 1_330_500_000]),
        ("time", [{"start": 0}, {"start": 245}, {"start": 1330.5}]),
        ("begin", ["0s", "245s", "1330.5s"]),
    ],
)
@pytest.mark.parametrize("lasts_s", [LASTS_S, None])
def test_starts_under_other_names_and_in_other_units(
    key: str, values: list[object], lasts_s: float | None
) -> None:
    titles = ["The reef", " The <b>bell</b>", "Fog &amp;amp; foam"]
    entries = [{key: at, "label": title} for at, title in zip(values, titles, strict=True)]
    body = json.dumps({"data": {"Chapters": entries}}).encode()
    assert [(one.start_ms, one.title) for one in read_chapters_file(body, None, lasts_s)] == REEF


@pytest.mark.parametrize(
    ("starts", "lasts_s", "read_s"),
    [
        ([0, 245, 1330], 3000.0, [0, 245, 1330]),
        # Seconds behind the end of an episode whose length is wrong are no milliseconds.
        ([0, 245, 1330], 60.0, [0, 245, 1330]),
        # The last one is behind the end.
        ([0, 245, 1330, 3900], 3000.0, [0, 245, 1330]),
        ([0, 245, 1330, 3300], 3000.0, [0, 245, 1330, 3300]),
        ([0, 245_000, 5_000_000], 3000.0, [0, 245]),
        # A day of stream, whose length isn't known.
        ([0, 20_000, 40_000], None, [0, 20_000, 40_000]),
    ],
)
def test_what_a_bare_number_counts(starts: list[int], lasts_s: float | None, read_s: list[int]) -> None:
    body = json.dumps([{"startTime": at, "title": f"At {at}"} for at in starts]).encode()
    assert [one.start_ms // 1000 for one in read_chapters_file(body, None, lasts_s)] == read_s
