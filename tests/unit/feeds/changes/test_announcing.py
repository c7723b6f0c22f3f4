"""What becomes of a new item, by its date, its place, and when the feed was read last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.announcing import (
    AHEAD,
    BELOW_KNOWN,
    HIDDEN,
    NEW,
    NEW_BUT_OLD,
    NEW_ON_TOP,
    NEW_WITHOUT_DATE,
    Verdicts,
)
from bot.feeds.changes.document_items import ListedItem
from storage.models import FeedItem, KnownEpisode, StatusCode
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = [
    ListedItem(None, KnownEpisode(n, str(n), "h", published=NOW - (20 + 7 * n) * DAY), NOW) for n in range(4)
]


def _new(days: float | None, *, hidden: bool = False) -> ListedItem:
    one = item("new", published=None if days is None else NOW - days * DAY)
    return ListedItem(one, None, NOW, hidden=hidden)


@pytest.mark.parametrize(
    ("new", "at", "away", "why"),
    [
        (_new(1), 0, 1, NEW),
        (_new(1), 3, 1, NEW),
        (_new(-1), 0, 1, AHEAD),
        (_new(-1), 3, 1, AHEAD),
        (_new(None), 0, 1, NEW_WITHOUT_DATE),
        (_new(None), 2, 1, BELOW_KNOWN),
        (_new(-4000), 2, 1, BELOW_KNOWN),
        # Its date is wrong, or its host published it late.
        (_new(400), 0, 1, NEW_ON_TOP),
        (_new(9), 0, 1, NEW_ON_TOP),
        # Nobody looked for ten days.
        (_new(9), 0, 10, NEW_BUT_OLD),
        (_new(400), 2, 1, NEW_BUT_OLD),
        (_new(1, hidden=True), 0, 1, HIDDEN),
    ],
)
def test_one_new_item(new: ListedItem, at: int, away: float, why: StatusCode) -> None:
    listed = [*KNOWN[:at], new, *KNOWN[at:]]
    verdicts = Verdicts(listed, baseline=False, now=NOW, looked_at=NOW - away * DAY)
    assert isinstance(new.item, FeedItem)
    verdict = verdicts.of(at, new, new.item)
    assert verdict.why.code == why
    assert verdict.announce == (why in (NEW, NEW_WITHOUT_DATE, NEW_ON_TOP))
    assert (verdict.at is None) == (why != AHEAD)


def test_an_archive_on_top_is_no_news() -> None:
    archive = [_new(300 + n) for n in range(6)]
    verdicts = Verdicts([*archive, *KNOWN], baseline=False, now=NOW, looked_at=NOW - DAY)
    found = [verdicts.of(at, one, one.item) for at, one in enumerate(archive) if one.item]
    assert [one.why.code for one in found] == [NEW_BUT_OLD] * 6
