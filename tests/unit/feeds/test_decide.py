"""What is new, what changed, and what is announced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.decide import OLD_AFTER, decide
from storage.models import EpisodeChange, KnownEpisode
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KNOWN = {"same": KnownEpisode(1, "hash of same"), "edited": KnownEpisode(2, "another hash")}


@pytest.mark.parametrize(
    ("baseline", "published", "announce", "reason"),
    [
        (False, NOW, True, "announced: it is new in the feed"),
        (False, NOW - OLD_AFTER, True, "announced: it is new in the feed"),
        (
            False,
            NOW - OLD_AFTER - timedelta(seconds=1),
            False,
            "not announced: it appeared now but is dated 7 days back",
        ),
        (
            False,
            NOW - timedelta(days=400),
            False,
            "not announced: it appeared now but is dated 400 days back",
        ),
        (
            False,
            datetime(1, 1, 1, tzinfo=UTC),
            False,
            "not announced: it appeared now but is dated 739675 days back",
        ),
        (False, NOW + timedelta(days=400), True, "announced: it is new in the feed"),
        (False, datetime.max.replace(tzinfo=UTC), True, "announced: it is new in the feed"),
        (False, None, True, "announced: it is new in the feed, which gives no date"),
        (True, NOW, False, "not announced: it was there when the podcast was first read"),
        (True, None, False, "not announced: it was there when the podcast was first read"),
    ],
)
def test_a_new_item(baseline: bool, published: datetime | None, announce: bool, reason: str) -> None:
    new = item("new", published=published)
    assert decide(KNOWN, [new], baseline=baseline, now=NOW) == [EpisodeChange(new, None, announce, reason)]


@pytest.mark.parametrize("baseline", [False, True])
def test_known_items_are_never_announced(baseline: bool) -> None:
    edited = item("edited", published=NOW)
    changes = decide(KNOWN, [item("same"), edited], baseline=baseline, now=NOW)
    assert changes == [EpisodeChange(edited, 2, announce=False, reason="the feed tells it differently")]


def test_items_that_left_the_feed_call_for_nothing_and_the_order_stays() -> None:
    changes = decide(KNOWN, [item("b"), item("same"), item("a")], baseline=False, now=NOW)
    assert [change.item.identity for change in changes] == ["b", "a"]
    assert decide(KNOWN, [], baseline=False, now=NOW) == []
