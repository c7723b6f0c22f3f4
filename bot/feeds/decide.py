"""What is new in a feed: decided from what is stored and what arrived, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from storage.models import EpisodeChange, FeedItem, KnownEpisode

STEP = timedelta(microseconds=1)
FIRST_DAY = datetime.min.replace(tzinfo=UTC)
OLD_AFTER = timedelta(days=7)


def decide(
    known: Mapping[str, KnownEpisode], items: Iterable[FeedItem], *, baseline: bool, now: datetime
) -> list[EpisodeChange]:
    """What to store of the items that arrived, and which of them to announce.

    `baseline`: the podcast's first poll. Items that are stored as they arrived call for nothing.
    """
    changes = []
    place = now
    for item in items:
        place = item.published or max(place, FIRST_DAY + STEP) - STEP
        stored = known.get(item.identity)
        if stored is None:
            announce, reason = _announce(item, baseline=baseline, now=now)
            changes.append(EpisodeChange(item, None, announce, reason, place))
        elif stored.content_hash != item.content_hash:
            changes.append(
                EpisodeChange(
                    item, stored.id, announce=False, reason="the feed tells it differently", sorted_at=place
                )
            )
    return changes


def _announce(item: FeedItem, *, baseline: bool, now: datetime) -> tuple[bool, str]:
    if baseline:
        return False, "not announced: it was there when the podcast was first read"
    if item.published is None:
        return True, "announced: it is new in the feed, which gives no date"
    age = now - item.published
    if age > OLD_AFTER:
        return False, f"not announced: it appeared now but is dated {age.days} days back"
    return True, "announced: it is new in the feed"
