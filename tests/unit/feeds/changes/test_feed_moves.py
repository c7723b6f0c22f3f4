"""Whether a feed's stored URL changes."""

from __future__ import annotations

import pytest

from bot.feeds.changes.feed_moves import SPELT, announced_move, loses_key, permanent_move, spelt_move
from storage.models import FeedMove

FEED = "https://feeds.example/show.xml"


@pytest.mark.parametrize(
    ("moved_to", "moves"),
    [
        (None, False),
        (FEED, False),
        ("https://new.example/show.xml", True),
        ("http://new.example/show.xml?format=rss&token=abc", True),
        # Another spelling of the same: one that counts clicks could change at each look.
        ("https://FEEDS.example:443/show.xml?utm_source=x", False),
        # Signed for some minutes.
        ("https://bucket.example/show.xml?X-Amz-Signature=abc&X-Amz-Expires=300", False),
        ("https://cdn.example/show.xml?Expires=1700000000&Signature=abc&Key-Pair-Id=K", False),
        ("ftp://new.example/show.xml", False),
        ("https://new.example/" + "x" * 2000, False),
    ],
)
def test_a_permanent_redirect_is_followed_to_a_lasting_url(moved_to: str | None, *, moves: bool) -> None:
    move = permanent_move(FEED, moved_to)
    assert (move.feed_url if move else None) == (moved_to if moves else None)


@pytest.mark.parametrize(
    ("given", "moves"),
    [
        (FEED, False),
        (f"{FEED}?utm_source=x", True),
        (FEED.replace("https", "http"), False),
        ("https://feeds.example/other.xml", False),
        ("https://ada:pw@feeds.example/show.xml", False),
    ],
)
def test_another_spelling_is_tried_where_one_fails_but_never_without_tls(given: str, *, moves: bool) -> None:
    move = spelt_move(FEED, given)
    assert (move.feed_url if move else None) == (given if moves else None)
    assert spelt_move(FEED.replace("https", "http"), FEED) == FeedMove(FEED, SPELT())


def test_the_way_to_https_is_a_move() -> None:
    plain = FEED.replace("https", "http")
    move = permanent_move(plain, FEED)
    assert move is not None
    assert move.feed_url == FEED
    assert permanent_move(plain, f"{plain}?utm_source=x") is None


@pytest.mark.parametrize(
    ("named", "moves"),
    [
        (None, False),
        (FEED, False),
        ("http://www.feeds.example/show.xml/", False),
        ("https://FEEDS.example/show.xml", False),
        ("https://feeds.example/show.xml?x=1", True),
        ("https://feeds.example:443/show.xml?utm_source=itunes", False),
        ("https://old.example/show.xml", False),
        ("https://new.example/show.xml", True),
        ("file:///etc/passwd", False),
        ("not an address", False),
    ],
)
def test_a_new_feed_url_is_followed_but_not_back(named: str | None, *, moves: bool) -> None:
    move = announced_move(named, [FEED, "https://old.example/show.xml"])
    assert (move.feed_url if move else None) == (named if moves else None)


@pytest.mark.parametrize(
    ("feed_url", "new", "loses", "renamed"),
    [
        (FEED, "https://new.example/f.xml", False, False),
        (f"{FEED}?auth=QWx3bGtq92xY", "https://new.example/f.xml", True, True),
        ("https://ada:pw12@feeds.example/show.xml", FEED, True, True),
        (f"{FEED}?auth=QWx3bGtq92xY", f"{FEED}?auth=kJh3aQ81zPo", False, False),
        # A host's number of the feed, or a member's key: the title tells.
        ("https://feeds.example/9f8a7c6b5d4e3f2a1b0c/rss", "https://new.example/f.xml", False, True),
    ],
)
def test_a_members_feed_does_not_become_the_public_one(
    feed_url: str, new: str, *, loses: bool, renamed: bool
) -> None:
    assert loses_key(feed_url, new, same_title=True) is loses
    assert loses_key(feed_url, new, same_title=False) is renamed
