"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.dates import DAY_FIRST, MONTH_FIRST, read_date


def moment(text: str) -> datetime:
    """A moment in UTC: "2026-11-29 18:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # The standards, and what is nearly one.
        ("Sun, 29 Nov 2026 18:00:00 +0100", "2026-11-29 17:00"),
        ("2026-11-29T18:00:00.250-05:00", "2026-11-29 23:00:00.250"),
        ("2026-11-29T18:00Z", "2026-11-29 18:00"),
        ("2026-11-29 18:00:00 +0100", "2026-11-29 17:00"),
        ("20261129T180000Z", "2026-11-29 18:00"),
        ("20261129", "2026-11-29 00:00"),
        ("Wed,04 Jun 2025 06:00:00 +0000", "2025-06-04 06:00"),
        ("Wed, 04 Jun 2025, 06:00:00 GMT", "2025-06-04 06:00"),
        ("Wed, 04 Jun 2025 06:00:00.000 GMT", "2025-06-04 06:00"),
        ("04-Jun-2025 06:00:00 GMT", "2025-06-04 06:00"),
        ("Sun,29Nov202618:00:00+0000", "2026-11-29 18:00"),
        ("2026-11-2918:00:00", "2026-11-29 18:00"),
        ("Sun, 29 Nov 2026 24:00:00 GMT", "2026-11-30 00:00"),
        ("29 Nov 26 18:00", "2026-11-29 18:00"),
        ("2026/11/29 18:00:00", "2026-11-29 18:00"),
        ("31.12.2026", "2026-12-31 00:00"),
        ("31. 12. 2026 18.30", "2026-12-31 18:30"),
        ("11/29/2026 6:05 PM", "2026-11-29 18:05"),
        # Programs.
        ("Sun Nov 29 18:00:00 CET 2026", "2026-11-29 17:00"),
        ("Sun Nov 29 2026 18:00:00 GMT+0100 (Central European Standard Time)", "2026-11-29 17:00"),
        ("2026-11-29 18:00:00.000 +0000 UTC m=+0.001", "2026-11-29 18:00"),
        ("1795982919", "2026-11-29 20:08:39"),
        ("1795982919000", "2026-11-29 20:08:39"),
        ("1795982919.5", "2026-11-29 20:08:39.500"),
        # Zones.
        ("Mon, 3 Feb 2020 16:00:00 CET", "2020-02-03 15:00"),
        ("Mon, 6 Jul 2020 16:00:00 CEST", "2020-07-06 14:00"),
        ("Wed, 04 Jun 2025 06:00:00 BST", "2025-06-04 05:00"),
        ("Wed, 04 Jun 2025 06:00:00 JST", "2025-06-03 21:00"),
        ("Sun, 29 Nov 2026 18:00:00 AEDT", "2026-11-29 07:00"),
        ("Sun, 29 Nov 2026 18:00:00 MSK", "2026-11-29 15:00"),
        ("Sun, 29 Nov 2026 18:00:00 EDT -0400", "2026-11-29 22:00"),
        ("29 Nov 2026 18:00 Europe/Berlin", "2026-11-29 17:00"),
        ("June 29th, 2026, 6 p.m. PT", "2026-06-30 01:00"),
        # Halves of the day.
        ("Wed, 04 Jun 2025 06:00:00 PM EST", "2025-06-04 23:00"),
        ("29 Nov 2026 12:10 AM", "2026-11-29 00:10"),
        ("29 nov 2026 6:00 p. m.", "2026-11-29 18:00"),
        # Languages.
        ("June 4, 2025", "2025-06-04 00:00"),
        ("пн, 12 окт. 2026 12:00:00 +0200", "2026-10-12 10:00"),
        ("29 листопада 2026", "2026-11-29 00:00"),
        ("среда, 14 октября 2026 г., 09:00 МСК", "2026-10-14 06:00"),
        ("수, 14 10월 2026 09:00:00 +0900", "2026-10-14 00:00"),
        ("14 d'octubre de 2026", "2026-10-14 00:00"),
        ("dim., 29 nov. 2026 18:00:00 +0100", "2026-11-29 17:00"),
        ("mar, 10 mar 2026 18:00:00 +0100", "2026-03-10 17:00"),
        ("1er janvier 2026", "2026-01-01 00:00"),
        ("29 de noviembre de 2026 a las 18:00", "2026-11-29 18:00"),
        ("29. marraskuuta 2026 klo 18.00", "2026-11-29 18:00"),
        ("29 Kasım 2026 Pazar", "2026-11-29 00:00"),
        ("2026. november 29.", "2026-11-29 00:00"),
        ("29 Νοεμβρίου 2026", "2026-11-29 00:00"),
        ("29 tháng 11 2026", "2026-11-29 00:00"),
        ("29 พ.ย. 2569 18:00", "2026-11-29 18:00"),
        ("الأحد ٢٩ نوفمبر ٢٠٢٦", "2026-11-29 00:00"),
        ("יום ראשון 29 בנובמבר 2026", "2026-11-29 00:00"),
        ("2026年11月29日 18時30分", "2026-11-29 18:30"),
        ("二〇二六年十一月二十九日", "2026-11-29 00:00"),
        ("令和8年11月29日 午後6時30分", "2026-11-29 18:30"),
        ("令和元年12月1日", "2019-12-01 00:00"),
        ("2026년 11월 29일 오후 6:00", "2026-11-29 18:00"),
        ("星期日, 29 11月 2026 18:00:00 +0000", "2026-11-29 18:00"),
    ],
)
def test_a_date_is_read_in_the_forms_of_the_world(written: str, read: str) -> None:
    found = read_date(written)
    assert found is not None
    assert found.only == moment(read)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "2026",
        "Nov 2026",
        "2026-11",
        "29 Nov",
        "29-30 Nov 2026",
        "2026-11-29 and 2026-11-30",
        "Sun, 31 Feb 2026 18:00:00 GMT",
        "Sun, 29 Nov 2026 25:00:00 GMT",
        "Sun, 29 Nov 2026 18:00:00 +9900",
        "Fri, 31 Dec 9999 23:59:59 -0500",
        "99999999999999999",
        "9" * 5_000,
    ],
)
def test_what_names_no_day_is_no_date(written: str) -> None:
    assert read_date(written) is None


def test_a_date_of_two_orders_has_two_readings() -> None:
    found = read_date("04/05/2026 18:00")
    assert found is not None
    assert (found.only, found.order) == (None, "")
    assert found.by(DAY_FIRST) == moment("2026-05-04 18:00")
    assert found.by(MONTH_FIRST) == moment("2026-04-05 18:00")
    assert found.by("") is None


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("13/04/2026", DAY_FIRST),
        ("04/13/2026", MONTH_FIRST),
        ("Mon, 04/05/2026", DAY_FIRST),
        ("05/05/2026", ""),
    ],
)
def test_a_day_over_twelve_or_a_weekday_tells_the_order(written: str, order: str) -> None:
    found = read_date(written)
    assert found is not None
    assert found.only is not None
    assert found.order == order


@pytest.mark.parametrize(
    ("written", "language", "read"),
    [
        ("29 Nov 2026 18:00 IST", "en-IN", "2026-11-29 12:30"),
        ("29 Nov 2026 18:00 IST", "he", "2026-11-29 16:00"),
        ("29 Nov 2026 18:00 CST", "en-us", "2026-11-30 00:00"),
        ("29 Nov 2026 18:00 CST", "zh-CN", "2026-11-29 10:00"),
        ("29 listopada 2026", "pl", "2026-11-29 00:00"),
        ("29 listopada 2026", "hr", "2026-10-29 00:00"),
        ("29 lip 2026", "pl-PL", "2026-07-29 00:00"),
    ],
)
def test_the_feeds_language_decides_what_a_word_means(written: str, language: str, read: str) -> None:
    found = read_date(written, language)
    assert found is not None
    assert found.only == moment(read)


def test_a_month_of_two_languages_has_two_readings() -> None:
    found = read_date("29 listopada 2026", "en")
    assert found is not None
    assert {date.month for _, date in found.moments} == {10, 11}


@given(st.text(max_size=60), st.sampled_from([None, "", "en", "ru", "zh-TW", "--"]))
def test_any_text_may_stand_for_a_date(written: str, language: str | None) -> None:
    found = read_date(written, language)
    assert found is None or all(date.tzinfo is not None for _, date in found.moments)


_PIECES = (
    "29",
    "11",
    "2026",
    "nov",
    "18:00",
    "pm",
    "+01:00",
    "(",
    "年",
    "月",
    ".",
    "/",
    " ",
    ",",
    "令和",
    "٣",
    "t",
    "z",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_pieces_of_dates_in_any_order_raise_nothing(pieces: list[str]) -> None:
    found = read_date("".join(pieces))
    assert found is None or found.moments
