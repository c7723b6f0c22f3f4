"""Where new items stand in a feed, by the dates of the known ones around them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.places import Place, Places

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FUTURE = -9000


def _date(told: str) -> tuple[datetime | None] | None:
    if told == "n":
        return None
    return (None if told == "?" else NOW - timedelta(days=int(told)),)


@pytest.mark.parametrize(
    ("document", "places"),
    [
        # Numbers are known items so many days old, "?" known ones without a date, "n" new ones.
        ("n 1 2 3", "top"),
        ("n n 1 2 n 3 n", "top top below below"),
        ("n", "alone"),
        # Oldest first.
        ("n 9 8 7 n", "below top"),
        # Pinned: an old one, and one dated in the future.
        ("400 n 1 2 3", "top"),
        (f"{FUTURE} n 1 2 3 n", "top below"),
        (f"{FUTURE} n n", "alone alone"),
        ("n 2 1 3 4", "top"),
        ("400 n 1", "top"),
        # Without dates they stand in their order.
        ("n ? ? n", "top below"),
        ("? n 1 2", "top"),
    ],
)
def test_places(document: str, places: str) -> None:
    dates = [_date(one) for one in document.split()]
    found = Places(dates, NOW)
    assert [found.of(at) for at, one in enumerate(dates) if one is None] == [
        Place(one) for one in places.split()
    ]
