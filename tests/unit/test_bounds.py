"""The bounds of what is kept."""

from __future__ import annotations

from bot.bounds import DEFAULT_BOUNDS, Bounds
from bot.feeds.http.fetcher import MAX_FEED_BYTES


def test_an_archive_leaves_room_for_what_comes_later() -> None:
    bounds = Bounds(podcast_text_mb=3)
    assert bounds.text_bytes(came_later=False) == 3_000_000
    assert bounds.text_bytes(came_later=True) == 6_000_000


def test_a_feed_may_be_as_large_as_the_fetcher_says() -> None:
    assert DEFAULT_BOUNDS.feed_mib * 2**20 == MAX_FEED_BYTES
