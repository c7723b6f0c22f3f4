"""Characters that steer what shows a text."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.control_characters import IN_JSON, IN_LOG_LINE, IN_TERMINAL

# Invented here from Unicode's own tables: what has a direction of its own and no shape.
BIDI = [chr(code) for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize(
    ("table", "text", "shown"),
    [
        (IN_LOG_LINE, "a\nb\r\tc\x1b[0m\x9b\x7f\0", "a\\nb\\r\\tc\\x1b[0m\\x9b\\x7f\\x00"),
        (IN_LOG_LINE, "a\u2028b\u2029c\u0085d", "a\\u2028b\\u2029c\\x85d"),
        (IN_LOG_LINE, "“Füße” 油 🎧", "“Füße” 油 🎧"),
        (IN_TERMINAL, "a\nb\tc\x1b[0m\x9b", "a\nb\tc\ufffd[0m\ufffd"),
        (IN_TERMINAL, "exe.\u202egpj\u202c", "exe.\\u202egpj\\u202c"),
        (IN_JSON, "\x85\u2028\u061c", "\\u0085\\u2028\\u061c"),
    ],
)
def test_each_table(table: dict[int, str], text: str, shown: str) -> None:
    assert text.translate(table) == shown


@pytest.mark.parametrize("table", [IN_LOG_LINE, IN_TERMINAL, IN_JSON], ids=["log", "terminal", "json"])
def test_no_direction_is_changed(table: dict[int, str]) -> None:
    for one in BIDI:
        assert unicodedata.category(one) == "Cf"
        assert one.translate(table) == f"\\u{ord(one):04x}"


@given(st.text())
def test_a_line_of_a_log_stays_one_line(text: str) -> None:
    shown = text.translate(IN_LOG_LINE)
    assert len(f"x{shown}".splitlines()) == 1
    assert not any(unicodedata.category(one) == "Cc" for one in shown)


@given(st.text())
def test_json_reads_back(text: str) -> None:
    shown = json.dumps(text, ensure_ascii=False).translate(IN_JSON)
    assert json.loads(shown) == text
    assert len(shown.splitlines()) == 1
