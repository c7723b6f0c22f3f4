from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chapters.chapter_lines import ChapterScanner, scan_chapter_line, without_number
from bot.text.timecodes import Form

LAMPS_S = 3 * 60 + 39


@pytest.mark.parametrize(
    "text",
    [
        "[00:03:39] Lamps",
        "03:39 - Lamps",
        "1. (3:39) Lamps",
        "▶ 03:39 – 09:00 | Lamps",
        "3m39s Lamps",
        "Lamps [3:39]",
        "Lamps ..... 3:39",
        "03：39 Lamps",
        "【3:39】Lamps",
        "[03:39 Lamps]",
        "> 3:39 Lamps",
        "**3:39** Lamps",
        "[3:39](https://example.org) Lamps",
        "٠٣:٣٩ Lamps",
    ],
)
def test_notations(text: str) -> None:
    chapter = scan_chapter_line(text)
    assert chapter is not None
    assert (chapter.start_ms, chapter.title) == (LAMPS_S * 1_000, "Lamps")


@pytest.mark.parametrize(
    "text",
    [
        "Lamps",
        "3:3",
        "It was 3:39 when the lamps went out.",
        "3:20th Lamps",
        "00:03.000 --> 00:05.000",
        "3:39 ...",
        "12.5% Lamps",
        f"3:39 {'a' * 2_000}",
    ],
)
def test_lines_that_are_none(text: str) -> None:
    assert scan_chapter_line(text) is None


@pytest.mark.parametrize(
    ("text", "time_first", "bracketed", "form", "has_hours"),
    [
        ("3:39 Lamps", True, False, Form.COLONS, False),
        ("[1:03:39] Lamps", True, True, Form.COLONS, True),
        ("Lamps (3:39)", False, True, Form.COLONS, False),
        ("1h03m Lamps", True, False, Form.UNITS, True),
        ("00.03.39 Lamps", True, False, Form.DOTS, True),
    ],
)
def test_how_it_is_written(text: str, time_first: bool, bracketed: bool, form: Form, has_hours: bool) -> None:
    chapter = scan_chapter_line(text)
    assert chapter is not None
    written = (chapter.time_first, chapter.bracketed, chapter.form, chapter.has_hours)
    assert written == (time_first, bracketed, form, has_hours)


@pytest.mark.parametrize(
    ("text", "may_be_clock", "is_clock", "title"),
    [
        ("10:30am Doors", True, True, "Doors"),
        ("20:15 Uhr Einlass", True, True, "Einlass"),
        ("12:30 ET goes home", True, False, "ET goes home"),
        ("12:30 Doors", False, False, "Doors"),
    ],
)
def test_times_of_day(text: str, may_be_clock: bool, is_clock: bool, title: str) -> None:
    chapter = scan_chapter_line(text)
    assert chapter is not None
    assert (chapter.may_be_clock, chapter.is_clock, chapter.title) == (may_be_clock, is_clock, title)


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("3:39 Lamps", True),
        ("3:39", True),
        ("Lamps [3:39]", True),
        ("Lamps 3:39", False),
        ("3m39s Lamps", False),
        ("10:30am Doors", False),
        ("Lamps", False),
    ],
)
def test_what_is_a_chapter_wherever_it_stands(text: str, certain: bool) -> None:
    assert ChapterScanner().is_chapter(text) is certain


def test_a_scanner_scans_each_text_once() -> None:
    scanner = ChapterScanner()
    assert scanner.scan("3:39 Lamps") is scanner.scan("3:39 Lamps") is not None
    assert scanner.scan("Lamps") is None


def test_numbers_of_items() -> None:
    chapter = scan_chapter_line("12. Lamps 3:39")
    assert chapter is not None
    assert (chapter.number, chapter.title) == (12, "12. Lamps")
    assert without_number(chapter.title) == "Lamps"
    assert without_number("1984 was a year") == "1984 was a year"


PIECES = st.sampled_from(
    ["3:39", "1h02m", "00.03", "[", "]", "(", ")", " ", "-", ".", "Lamps", "1.", "▶", "am", "**", "٣"]
)


@given(st.text(max_size=120) | st.lists(PIECES, max_size=10).map("".join))
def test_any_line_is_scanned(text: str) -> None:
    chapter = scan_chapter_line(text)
    assert chapter is None or chapter.start_ms >= 0
    assert chapter is None or chapter.title == " ".join(chapter.title.split())
