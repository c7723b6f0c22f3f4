"""Many new items at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.feeds.changes.crowds import CROWD, crowd
from bot.feeds.changes.document_items import ListedItem
from storage.models import KnownEpisode
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = [KnownEpisode(n, f"k{n}", "h", published=NOW - (9 + 7 * n) * DAY) for n in range(6)]
LISTED = [ListedItem(None, one, NOW) for one in KNOWN]


def _new(count: int, days: float) -> list[ListedItem]:
    return [ListedItem(item(f"n{n}", published=NOW - (days + n) * DAY), None, NOW) for n in range(count)]


def test_items_dated_like_the_known_ones_that_are_gone_wait() -> None:
    assert crowd(KNOWN, _new(6, 12), frozenset(), NOW) == {f"n{n}": CROWD(new=6, listed=6) for n in range(6)}


def test_later_items_are_news_and_few_are_no_crowd() -> None:
    assert crowd(KNOWN, _new(6, 1), frozenset(), NOW) == {}
    assert crowd(KNOWN, _new(4, 12), frozenset(), NOW) == {}
    assert crowd((), _new(6, 12), frozenset(), NOW) == {}


def test_what_stands_above_the_newest_known_one_takes_nobodys_place() -> None:
    assert crowd(KNOWN, [*_new(7, 30), *LISTED], frozenset(), NOW) == {}


def test_an_archive_below_is_quiet_and_what_was_decided_is_no_part_of_a_crowd() -> None:
    assert crowd(KNOWN, [*LISTED, *_new(9, 300)], frozenset(), NOW) == {}
    assert crowd(KNOWN, _new(6, 12), frozenset(f"n{n}" for n in range(6)), NOW) == {}
