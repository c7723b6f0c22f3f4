from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.timecodes import (
    CHAPTER_COLONS,
    CHAPTER_DOTS,
    CHAPTER_UNITS,
    LOOSE_CUE,
    STAMP,
    SUBVIEWER,
    TIME,
    TIMELIKE,
    TRANSCRIPT_TIME,
    WEBVTT,
    Form,
    Unit,
    begins_with_clock,
    clock,
    exact_clock,
    json_ms,
    json_number,
    markup_ms,
    names_hours,
    play_time_ms,
    to_ms,
    transcript_ms,
)

YEAR_MS = 365 * 24 * 3_600_000

# What each notation takes for a time, from the strictest to the loosest.
WRITTEN = (
    "00:00:12.500",
    "1234:00:12.500",
    "00:12.500",
    "0:00:12.500",
    "0:1:2.5",
    "00:12,500",
    "0:12",
    "75:12",
    "1 : 02 : 03",
    "12",
    "12.5",
    "0:75",
    "1:02:03:04",
)


@pytest.mark.parametrize(
    ("pattern", "accepted"),
    [
        (WEBVTT, {"00:00:12.500", "1234:00:12.500", "00:12.500", "0:00:12.500"}),
        (SUBVIEWER, {"00:00:12.500", "0:00:12.500", "0:1:2.5"}),
        (LOOSE_CUE, set(WRITTEN) - {"1:02:03:04", "1234:00:12.500"}),
        (TIME, {"00:00:12.500", "00:12.500", "0:00:12.500", "0:12", "75:12"}),
        (CHAPTER_COLONS, {"00:00:12.500", "00:12.500", "0:00:12.500", "00:12,500", "0:12", "75:12"}),
        (TIMELIKE, {"00:00:12.500", "00:12.500", "0:00:12.500", "0:12", "75:12", "0:75", "1:02:03:04"}),
    ],
)
def test_how_strictly_each_notation_is_read(pattern: str, accepted: set[str]) -> None:
    assert {written for written in WRITTEN if re.fullmatch(pattern, written)} == accepted


@pytest.mark.parametrize(
    ("stamp", "ms"),
    [
        ("[1:02:03]", 3_723_000),
        ("(78:56)", 4_736_000),
        ("[ @00:12.5 ]", 12_500),
        ("[00:01 - 00:05]", 1_000),
        ("(0:01–0:05)", 1_000),
    ],
)
def test_times_in_brackets(stamp: str, ms: int) -> None:
    assert re.fullmatch(STAMP, stamp)
    assert to_ms(stamp) == ms


@pytest.mark.parametrize("text", ["[1:75]", "[00:01, 00:05]", "(1:02:03:04)", "1:02", "[12]"])
def test_brackets_without_a_time(text: str) -> None:
    assert re.fullmatch(STAMP, text) is None


@pytest.mark.parametrize("glued", ["Llama 200:05:12", "on 3:52."])
def test_prose_may_be_glued_to_a_time(glued: str) -> None:
    assert re.search(TIME, glued)


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("0:00", 0),
        ("12", 12_000),
        ("3:52", 232_000),
        ("78:56", 4_736_000),
        ("1:02:03", 3_723_000),
        ("00:01:02.5", 62_500),
        ("00:01:02,043", 62_043),
        ("00:00:12.876543", 12_876),
        ("1 : 02 : 03 , 5", 3_723_500),
    ],
)
def test_milliseconds_of_a_time(written: str, ms: int) -> None:
    assert to_ms(written) == ms


@pytest.mark.parametrize("text", ["", "soon", "[]", ":"])
def test_no_number_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="no time in"):
        to_ms(text)


@pytest.mark.parametrize(
    ("pattern", "form", "written", "ms", "hours"),
    [
        (CHAPTER_COLONS, Form.COLONS, "62:03", 3_723_000, False),
        (CHAPTER_COLONS, Form.COLONS, "1:02:03,250", 3_723_250, True),
        (CHAPTER_UNITS, Form.UNITS, "3m39s", 219_000, False),
        (CHAPTER_UNITS, Form.UNITS, "1h 02", 3_720_000, True),
        (CHAPTER_UNITS, Form.UNITS, "1 hr 2 min 3 sec", 3_723_000, True),
        (CHAPTER_UNITS, Form.UNITS, "3'39\"", 219_000, False),
        (CHAPTER_DOTS, Form.DOTS, "3.39", 219_000, False),
        (CHAPTER_DOTS, Form.DOTS, "00.03.39", 219_000, True),
        (CHAPTER_DOTS, Form.DOTS, "00.03.39.250", 219_250, True),
    ],
)
def test_times_of_chapters(pattern: str, form: Form, written: str, ms: int, hours: bool) -> None:
    assert re.fullmatch(pattern, written)
    assert to_ms(written, form) == ms
    assert names_hours(written, form) is hours


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [
        (0, "0:00"),
        (999, "0:00"),
        (59_999, "0:59"),
        (60_000, "1:00"),
        (245_000, "4:05"),
        (3_599_000, "59:59"),
        (3_600_000, "1:00:00"),
        (3_723_000, "1:02:03"),
        (360_000_000, "100:00:00"),
    ],
)
def test_clock(milliseconds: int, written: str) -> None:
    assert clock(milliseconds) == written


@given(st.integers(min_value=0, max_value=99 * 3_600_000))
def test_a_clock_is_read_back_to_its_second(milliseconds: int) -> None:
    assert re.fullmatch(TIME, clock(milliseconds))
    assert to_ms(clock(milliseconds)) == milliseconds // 1_000 * 1_000


@pytest.mark.parametrize(
    ("value", "seconds", "milliseconds"),
    [
        (0, 0, 0),
        (90.25, 90_250, 90),
        ("12.5", 12_500, 12),
        (" 90 s", 90_000, 90),
        ("1:02", 62_000, 62_000),
        ("01:02:03.5", 3_723_500, 3_723_500),
        ("00:01:02,876543", 62_876, 62_876),
        ("00:01:02:500", 62_500, 62_500),
        ("9999:00:00", YEAR_MS, YEAR_MS),
        (YEAR_MS, None, YEAR_MS),
        (10**400, None, None),
        (1e400, None, None),
        (float("nan"), None, None),
        (-1, None, None),
        ("9" * 5_000, None, None),
        ("1:2:3:4:5", None, None),
        ("soon", None, None),
        (True, None, None),
        (None, None, None),
        ([], None, None),
    ],
)
def test_times_in_json(value: object, seconds: int | None, milliseconds: int | None) -> None:
    assert json_ms(value) == seconds
    assert json_ms(value, Unit.MILLISECONDS) == milliseconds


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3.0), ("3.5s", 3.5), ("1:02", None), (False, None), (YEAR_MS + 1, None), (float("inf"), None)],
)
def test_numbers_in_json(value: object, number: float | None) -> None:
    assert json_number(value) == number


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0:12", 12_000),
        (" [0:01:02,5] ", 62_500),
        ("at 1:02 or so", 62_000),
        ("PT1H2M3.5S", 3_723_500),
        ("pt90s", 90_000),
        ("PT", None),
        ("12.5s", 12_500),
        ("12.8765s", 12_876),
        ("12.5", None),
        ("when 1:02", None),
        ("0:1", None),
        ("", None),
    ],
)
def test_times_in_markup(text: str, ms: int | None) -> None:
    assert markup_ms(text) == ms


@pytest.mark.parametrize(
    ("text", "found"), [("(0:12) ", True), ("PT12S", False), ("12.5s", False), ("", False)]
)
def test_markup_that_begins_with_a_clock(text: str, found: bool) -> None:
    assert begins_with_clock(text) is found


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("0", 0),
        ("00:01:02.500", 62_500),
        ("1:02", 62_000),
        ("62.5", 62_500),
        ("62,25", 62_250),
        (" 01:00:00 ", 3_600_000),
        ("100:30", 6_030_000),
        ("00:00:00.0004", 0),
        ("00:00:00.0006", 1),
        ("", None),
        ("-1", None),
        ("1:2:3:4", None),
        ("a", None),
        ("٣", None),
        ("1e3", None),
        ("9" * 5_000, None),
        ("999999", None),
    ],
)
def test_normal_play_time(written: str, ms: int | None) -> None:
    assert play_time_ms(written) == ms


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    for found in (json_ms(text), markup_ms(text), play_time_ms(text)):
        assert found is None or found >= 0


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("5:12", 312_000),
        ("00:05:12", 312_000),
        ("00:00:05.12", 5_120),
        ("00:00:05,120", 5_120),
        # Frames, behind three numbers or a semicolon.
        ("00:00:05:12", 5_400),
        ("01:00:05;12", 3_605_400),
        ("00:05;12", 5_400),
        ("00：05：12", 312_000),
        ("0m05s", 5_000),
        ("1h02m03s", 3_723_000),
        ("12 min 5 sec", 725_000),
        ("5.2s", 5_200),
        ("0'05\"", 5_000),
        ("1小时2分3秒", 3_723_000),
        ("2分3秒", 123_000),
    ],
)
def test_times_beside_speech(written: str, ms: int) -> None:
    assert re.fullmatch(TRANSCRIPT_TIME, written)
    assert transcript_ms(written) == ms
    assert transcript_ms(exact_clock(ms)) == ms


@pytest.mark.parametrize("written", ["5", "12 stones", "5.2", "5m", "0:75"])
def test_what_is_no_time_beside_speech(written: str) -> None:
    assert not re.fullmatch(TRANSCRIPT_TIME, written)
    with pytest.raises(ValueError, match="no time"):
        transcript_ms("stones")
