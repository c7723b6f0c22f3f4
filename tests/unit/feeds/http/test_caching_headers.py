"""When a host wants to be asked again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.feeds.http.caching_headers import MOST_S, fresh_for, retry_after

NOW = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
DATE = ("Date", "Sun, 01 Mar 2026 10:00:00 GMT")


def headers(*pairs: tuple[str, str]) -> CIMultiDict[str]:
    """Headers of an answer."""
    return CIMultiDict(pairs)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], None),
        ([("Cache-Control", "max-age=600")], 600),
        ([("cache-control", "public, Max-Age = 600")], 600),
        ([("Cache-Control", 'max-age="600"')], 600),
        ([("Cache-Control", "public"), ("Cache-Control", "max-age=60")], 60),
        ([("Cache-Control", "max-age=600, max-age=5")], 600),
        ([("Cache-Control", "max-age=600"), ("Age", "100")], 500),
        ([("Cache-Control", "max-age=600"), ("Age", "700")], 0),
        ([("Cache-Control", "max-age=600"), ("Age", "old")], 600),
        ([("Cache-Control", "max-age=0")], 0),
        ([("Cache-Control", "max-age=-1")], None),
        ([("Cache-Control", "max-age=soon")], None),
        ([("Cache-Control", "max-age=" + "9" * 5_000)], MOST_S),
        ([("Cache-Control", "s-maxage=600")], None),
        ([("Cache-Control", "no-cache, max-age=600")], None),
        ([("Cache-Control", "no-store"), ("Expires", "Sun, 01 Mar 2026 12:00:00 GMT")], None),
        ([("Cache-Control", "max-age=5"), ("Expires", "Sun, 01 Mar 2026 12:00:00 GMT")], 5),
        ([("Cache-Control", "public"), ("Expires", "Sun, 01 Mar 2026 12:00:00 GMT")], 3_600),
        ([("Expires", "Sun, 01 Mar 2026 12:00:00 GMT"), DATE], 7_200),
        ([("Expires", "Sun, 01 Mar 2026 09:00:00 GMT")], 0),
        ([("Expires", "0")], 0),
        ([("Expires", "Sun, 01 Mar 2026 12:00:00 GMT"), ("Date", "today")], 3_600),
    ],
)
def test_fresh_for(pairs: list[tuple[str, str]], expected: float | None) -> None:
    assert fresh_for(headers(*pairs), NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        ("1.5", None),
        ("-5", None),
        ("٣", None),
        ("9" * 5_000, MOST_S),
        ("Sun, 01 Mar 2026 11:30:00 GMT", 1_800),
        ("Sun, 01 Mar 2026 11:30:00 -0000", 1_800),
        ("Sunday, 01-Mar-26 11:30:00 GMT", 1_800),
        ("Sun, 01 Mar 2020 11:30:00 GMT", 0),
        ("Sun, 01 Mar 9999 11:30:00 GMT", MOST_S),
        ("Sun, 99 Mar 2026 11:30:00 GMT", None),
        ("later", None),
        ("", None),
    ],
)
def test_retry_after(value: str | None, expected: float | None) -> None:
    assert retry_after(headers(*([] if value is None else [("Retry-After", value)])), NOW) == expected


@given(st.text(), st.text(), st.text())
def test_any_header_gives_a_bounded_number_or_nothing(cache: str, date: str, value: str) -> None:
    said = headers(
        ("Cache-Control", cache), ("Date", date), ("Expires", value), ("Retry-After", value), ("Age", value)
    )
    for found in (fresh_for(said, NOW), retry_after(said, NOW)):
        assert found is None or 0 <= found <= MOST_S
