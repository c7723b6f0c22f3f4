"""Which items of a feed that has too many are left unread."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.dates import read_date
from bot.feeds.parsing.feed_parser import parse_feed
from bot.feeds.parsing.newest_items import too_many, written_dates
from tests.unit.feeds.material import feed_xml, item_xml, read

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def dates_of(*ages: int | None) -> list[datetime | None]:
    """The dates of a document's items with their ages in days."""
    return [None if age is None else NOW - age * DAY for age in ages]


@pytest.mark.parametrize(
    ("ages", "new", "stored", "most", "left"),
    [
        # Newest first, oldest first, and in between.
        ((0, 1, 2, 3), None, 0, 2, [2, 3]),
        ((3, 2, 1, 0), None, 0, 2, [0, 1]),
        ((1, 3, 0, 2), None, 0, 2, [1, 3]),
        ((0, 1), None, 0, 2, []),
        # Items that are stored are among the newest, and are no new ones.
        ((0, 1, 2, 3), [0, 3], 2, 3, [3]),
        ((0, 1, 2, 3), [3], 3, 3, [3]),
        # An old item that appears among stored ones counts by its age.
        ((0, 9, 1, 2), [1], 3, 3, [1]),
        # Without dates the first in the document count as the newest; one without counts as its neighbour.
        ((None, None, None), None, 0, 2, [2]),
        ((0, None, 5, None), None, 0, 2, [2, 3]),
        # What came later may double the number, and no more: then nothing further is stored.
        ((0, 1, 2, 3), [0, 1], 3, 2, [1]),
        ((0, 1, 2, 3), [0, 1], 4, 2, [0, 1]),
        ((0, 1, 2, 3), [0, 1], 9, 2, [0, 1]),
    ],
)
def test_the_oldest_are_left(
    ages: tuple[int | None, ...], new: list[int] | None, stored: int, most: int, left: list[int]
) -> None:
    dates = dates_of(*ages)
    unknown = range(len(dates)) if new is None else new
    assert sorted(too_many(dates, unknown, stored, most)) == left


@given(st.lists(st.none() | st.integers(0, 9), max_size=12), st.integers(0, 9), st.integers(1, 5), st.data())
def test_no_more_are_read_than_the_bounds_allow(
    ages: list[int | None], stored: int, most: int, data: st.DataObject
) -> None:
    dates = dates_of(*ages)
    new = data.draw(st.sets(st.sampled_from(range(len(dates))))) if dates else set()
    left = too_many(dates, new, stored, most)
    assert left <= new
    kept = len(new) - len(left)
    assert kept <= most
    assert kept == 0 or stored + kept <= 2 * most
    if len(dates) <= most and stored + len(new) <= 2 * most:
        assert left == frozenset()


@pytest.mark.parametrize(
    ("item", "date"),
    [
        (b"<item><pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate></item>", NOW),
        (b"<item><pubDate>Sun, 01 Mar 2026 14:00:00 +0200</pubDate></item>", NOW),
        (b"<item><pubDate> \n<![CDATA[ Sun, 01 Mar 2026 12:00:00 -0000 ]]></pubDate></item>", NOW),
        (b"<entry><published>2026-03-01T12:00:00Z</published></entry>", NOW),
        (b"<entry><updated>2026-03-01T13:00:00+01:00</updated></entry>", NOW),
        (
            b"<entry><updated>2026-03-09T12:00:00Z</updated><published>2026-03-01T12:00:00Z</published></entry>",
            NOW,
        ),
        (b"<item><dc:date>2026-03-01T12:00:00Z</dc:date></item>", NOW),
        ("<item><pubDate>вс, 01 мар. 2026 12:00:00 GMT</pubDate></item>".encode(), NOW),
        (b"<item><pubDate>yesterday</pubDate></item>", None),
        (b"<item><pubDate></pubDate></item>", None),
        (b"<item><pubDate>Sun, 99 Mar 2026 12:00:00 GMT</pubDate></item>", None),
        (b"<item><title>pubDate</title></item>", None),
        (b"", None),
    ],
)
def test_dates_are_found_without_parsing(item: bytes, date: datetime | None) -> None:
    found = [one.only for text in written_dates(item, 0, len(item)) if (one := read_date(text))]
    assert (found[0] if found else None) == date


@given(st.binary(max_size=60))
def test_anything_may_stand_in_a_date(text: bytes) -> None:
    for written in written_dates(b"<pubDate>" + text + b"</pubDate>", 0, len(text) + 19):
        assert written


def test_a_parsed_feed_has_the_newest_and_counts_the_others() -> None:
    items = [item_xml(str(age), published=NOW - age * DAY) for age in (3, 0, 2, 1, 4)]
    parsed = parse_feed(feed_xml(items), None, most=2)
    assert [one.title for one in read(parsed)] == ["About 0", "About 1"]
    assert parsed.left_unread == 3
    known = frozenset(one.raw_hash for one in read(parsed))
    again = parse_feed(feed_xml(items), None, known, stored=2, most=2)
    assert (read(again), len(again.entries), again.left_unread) == ([], 2, 3)
    everything = parse_feed(feed_xml(items), None, known, stored=2, most=5)
    assert (len(read(everything)), everything.left_unread) == (3, 0)
