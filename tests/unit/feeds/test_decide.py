"""What is new, what changed, and what is announced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.decide import OLD_AFTER, STEP, decide
from storage.models import EpisodeChange, KnownEpisode
from tests.unit.storage.material import item

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KNOWN = {"same": KnownEpisode(1, "same", "hash of same"), "edited": KnownEpisode(2, "edited", "another hash")}


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
    place = published or NOW - STEP
    assert decide(KNOWN, [new], baseline=baseline, now=NOW) == [
        EpisodeChange(new, None, announce, reason, place)
    ]


@pytest.mark.parametrize("baseline", [False, True])
def test_known_items_are_never_announced(baseline: bool) -> None:
    edited = item("edited", published=NOW)
    changes = decide(KNOWN, [item("same"), edited], baseline=baseline, now=NOW)
    assert changes == [EpisodeChange(edited, 2, False, "the feed tells it differently", NOW)]


def test_items_that_left_the_feed_call_for_nothing_and_the_order_stays() -> None:
    changes = decide(KNOWN, [item("b"), item("same"), item("a")], baseline=False, now=NOW)
    assert [change.item.identity for change in changes] == ["b", "a"]
    assert decide(KNOWN, [], baseline=False, now=NOW) == []


def test_undated_items_stand_in_the_order_of_the_feed_below_their_dated_neighbour() -> None:
    day = timedelta(days=1)
    items = [
        item("top", published=None),
        item("new", published=NOW - day),
        item("below new", published=None),
        # Known and the same: nothing is to be done with it, and it is a neighbour all the same.
        item("same", published=NOW - 2 * day),
        item("below same", published=None),
        item("edited", published=None),
        item("old", published=NOW - 9 * day),
    ]
    changes = decide(KNOWN, items, baseline=False, now=NOW)
    assert {change.item.identity: change.sorted_at for change in changes} == {
        "top": NOW - STEP,
        "new": NOW - day,
        "below new": NOW - day - STEP,
        "below same": NOW - 2 * day - STEP,
        "edited": NOW - 2 * day - 2 * STEP,
        "old": NOW - 9 * day,
    }


def test_nothing_stands_below_the_first_of_all_days() -> None:
    first = datetime.min.replace(tzinfo=UTC)
    items = [item("a", published=first), item("b", published=None), item("c", published=None)]
    changes = decide(KNOWN, items, baseline=True, now=NOW)
    assert [change.sorted_at for change in changes] == [first] * 3
