"""Which dates of a document are none, and which of two orders its numbers have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.feeds.parsing.dates import read_date
from bot.feeds.parsing.settled_dates import SettledDates

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEKS = ("2026-11-24", "2026-11-17", "2026-11-10", "2026-11-03", "2026-10-27", "2026-10-20")


def settled(*written: str, language: str | None = "en") -> list[str | None]:
    """The days of a document's items."""
    readings = [[one] if (one := read_date(text, language)) else [] for text in written]
    dates = SettledDates(readings.__getitem__, len(readings), language, NOW)
    return [None if (date := dates.date(at)) is None else f"{date:%Y-%m-%d}" for at in range(len(written))]


@pytest.mark.parametrize(
    "impossible",
    [
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "Wed, 31 Dec 1969 16:00:00 -0800",
        "Mon, 02 May 1960 09:05:01 +0100",
        "Sat, 01 Jan 2000 00:00:00 GMT",
        "Thu, 31 Dec 2099 12:00:00 GMT",
    ],
)
def test_impossible_dates_are_none(impossible: str) -> None:
    assert settled(impossible, *WEEKS) == [None, *WEEKS]
    assert settled(impossible) == [None]


def test_a_date_far_from_its_neighbours_and_against_their_order_is_none() -> None:
    assert settled("2001-09-11", *WEEKS) == [None, *WEEKS]
    assert settled(*WEEKS[:3], "2012-05-01", *WEEKS[3:]) == [*WEEKS[:3], None, *WEEKS[3:]]


@pytest.mark.parametrize(
    "written",
    [
        # The first episode of a show that slept, at the end; a feed with its oldest first; a pinned trailer.
        (*WEEKS, "2010-05-01"),
        ("2010-05-01", *reversed(WEEKS)),
        ("2021-05-01", *WEEKS),
        # An archive behind the latest, and an episode announced ahead.
        (*WEEKS[:3], "2011-03-03", "2011-02-02", "2011-01-01"),
        ("2027-02-01", *WEEKS),
        # Too few to tell.
        ("2005-05-05", "2026-11-24"),
    ],
)
def test_honest_dates_stay(written: tuple[str, ...]) -> None:
    assert settled(*written) == list(written)


def test_a_second_date_counts_where_the_first_is_impossible() -> None:
    both = [one for text in ("1970-01-01", "2026-11-24") if (one := read_date(text))]
    assert SettledDates(lambda _: both, 1, None, NOW).date(0) == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "language", "days"),
    [
        # Another item tells the order; two orders tell none.
        (("04/05/2026", "27/04/2026"), "en", ["2026-05-04", "2026-04-27"]),
        (("05/04/2026", "04/27/2026"), "en", ["2026-05-04", "2026-04-27"]),
        (("04/05/2026", "27/04/2026", "04/20/2026"), "en", [None, "2026-04-27", "2026-04-20"]),
        # A document beats the custom of its language.
        (("05/04/2026", "04/27/2026"), "de", ["2026-05-04", "2026-04-27"]),
        # Weekly in one order, months apart in the other.
        (("10/11/2026", "03/11/2026", "Tue, 27 Oct 2026"), "en", ["2026-11-10", "2026-11-03", "2026-10-27"]),
        (("11/10/2026", "11/03/2026", "Tue, 27 Oct 2026"), "en", ["2026-11-10", "2026-11-03", "2026-10-27"]),
        # Alone: by custom, where that is sure.
        (("04/05/2026",), "en", [None]),
        (("04/05/2026",), "en-US", [None]),
        (("04/05/2026",), None, [None]),
        (("04/05/2026",), "de-DE", ["2026-05-04"]),
        (("04/05/2026",), "es-US", [None]),
        (("04/05/2026",), "ja", [None]),
        (("04.05.2026",), None, ["2026-05-04"]),
        (("04.05.2026",), "en", [None]),
        (("29.11.26",), "de", ["2026-11-29"]),
        # A month of two languages.
        (
            ("12 listopada 2026", "5 listopada 2026", "2026-10-29"),
            "en",
            ["2026-11-12", "2026-11-05", "2026-10-29"],
        ),
        (("12 listopada 2026",), "en", [None]),
    ],
)
def test_an_order_is_told_by_the_document_or_not_at_all(
    written: tuple[str, ...], language: str | None, days: list[str | None]
) -> None:
    assert settled(*written, language=language) == days
