"""Timing lines, as browsers parse them and as hosts write them, and which lines belong to which cue."""

from __future__ import annotations

import re

import pytest

from bot.transcripts.formats.cue_blocks import find_timing, has_timing_near_top, read_blocks

PROPER = [
    ("00:01.000", 1_000),
    ("00:00:01.000", 1_000),
    ("0:00:01.250", 1_250),
    ("100:00:01.000", 360_001_000),
    ("1234:59:59.999", 4_445_999_999),
]


@pytest.mark.parametrize(("time", "ms"), PROPER)
@pytest.mark.parametrize("arrow", ["-->", " --> ", "\t-->  "])
@pytest.mark.parametrize(
    "settings", ["", " align:start line:0", "align:start", "\tposition:0%", " 00:03.000"]
)
def test_times_that_a_browser_keeps(time: str, ms: int, arrow: str, settings: str) -> None:
    found = find_timing(f"  {time}{arrow}{time}{settings}")
    assert found is not None
    assert (found.start_ms, found.end_ms, found.proper) == (ms, ms, True)


@pytest.mark.parametrize(
    ("time", "ms"),
    [
        ("00:01.00", 1_000),
        ("00:01.0009", 1_000),
        ("00:01", 1_000),
        ("1.5", 1_500),
        ("0:01.000", 1_000),
        ("60:01.000", 3_601_000),
        ("78:56", 4_736_000),
        ("00:01,500", 1_500),
        ("00:00:01, 500", 1_500),
        ("12", 12_000),
    ],
)
def test_times_that_only_hosts_write(time: str, ms: int) -> None:
    for line in (f"{time} --> 99:00:00.000", f"00:00:00.000 --> {time} line:0"):
        found = find_timing(line)
        assert found is not None
        assert not found.proper
        assert ms in (found.start_ms, found.end_ms)


@pytest.mark.parametrize(
    "line",
    [
        "-->",
        "go --> there",
        "10 --> 20 at most",
        "10 -> 20",
        "x 00:01.000 --> 00:02.000",
        "00:01.000 00:02.000",
        "00:01.000 -> -> 00:02.000",
        "٠٠:٠١.٠٠٠ --> 00:02.000",
        "-00:01.000 --> 00:02.000",
        "00:01.000 -->",
    ],
)
def test_lines_that_begin_no_cue(line: str) -> None:
    assert find_timing(line) is None


def texts(body: str, *, names: bool = False) -> list[list[str]]:
    comment = re.compile("NOTE")
    return [block.lines for block in read_blocks(body.split("\n"), names=names, comment=comment)]


TIMES = "00:01.000 --> 00:02.000"


@pytest.mark.parametrize(
    ("body", "names", "lines"),
    [
        ("above\n", False, []),
        (f"1\n{TIMES}\nOne\ntwo\n\n2\n{TIMES}\nthree", False, [["One", "two"], ["three"]]),
        (f"{TIMES}\nOne\n{TIMES}\ntwo", False, [["One"], ["two"]]),
        # A paragraph without times goes on with the cue above it, unless it is a number or a comment.
        (f"{TIMES}\nOne\n\ntwo\n\n7\n\nNOTE three\n\n{TIMES}", False, [["One", "two"], []]),
        # Any identifier above the times in WebVTT; only a number in SubRip.
        (f"{TIMES}\nOne\n\nintro\n{TIMES}\ntwo", True, [["One"], ["two"]]),
        (f"{TIMES}\nOne\n\nintro\n{TIMES}\ntwo", False, [["One", "intro"], ["two"]]),
        # An empty line between times and text.
        (f"{TIMES}\n\nOne word\n{TIMES}\n\ntwo words", True, [["One word"], ["two words"]]),
        # Without an empty line a number is an identifier only if it is the next one.
        (f"1\n{TIMES}\nOne\n2\n{TIMES}\n12\n3\n{TIMES}", False, [["One"], ["12"], []]),
        (f"1\n{TIMES}\nOne\n9\n{TIMES}\ntwo", False, [["One", "9"], ["two"]]),
        (f"{TIMES}\nOne\n00:--> 00\ntwo", False, [["One", "two"]]),
    ],
)
def test_lines_of_each_cue(body: str, names: bool, lines: list[list[str]]) -> None:
    assert texts(body, names=names) == lines


@pytest.mark.parametrize(("above", "found"), [(0, True), (59, True), (60, False), (500, False)])
def test_cues_are_looked_for_near_the_top(above: int, found: bool) -> None:
    assert has_timing_near_top("\n\n" + "A note.\n" * above + TIMES) is found
    assert not has_timing_near_top("x" * 25_000 + f"\n{TIMES}")
