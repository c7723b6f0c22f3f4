"""Withdrawn episodes, as opposed to those that rolled off the end of the feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.changes.withdrawals import left_out
from storage.models import KnownEpisode

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
# The newest is 9, the oldest 1; 0 has no date.
KNOWN = [
    KnownEpisode(0, "undated", "h"),
    *(KnownEpisode(n, str(n), "h", published=NOW - timedelta(days=9 - n)) for n in range(1, 10)),
]


@pytest.mark.parametrize(
    ("listed", "gone"),
    [
        (range(10), set()),
        ({1, 2, 3, 4, 6, 7, 8, 9}, {5}),
        # The newest, published by mistake.
        (range(1, 9), {9}),
        # A feed of the newest three.
        ({7, 8, 9}, set()),
        # One that has its first episode pinned for ever: the one after that was dropped long ago.
        ({1, 7, 8, 9}, set()),
        (set(), set()),
        ({3, 6, 9}, set()),
        ({1, 2, 4, 5, 6, 7, 8}, {3, 9}),
        # Two neighbours at once, in the middle and at the end.
        ({1, 2, 3, 6, 7}, {4, 5, 8, 9}),
        # An old copy of the feed.
        ({1, 2, 4, 5, 6}, {3}),
        ({5, 6}, set()),
    ],
)
def test_missing_episodes_above_listed_ones_were_withdrawn(listed: set[int], gone: set[int]) -> None:
    assert left_out(KNOWN, listed, [], NOW) == gone
