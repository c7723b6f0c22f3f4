"""Which items of a feed that has too many are left unread: the oldest, by their dates as the document writes them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.bounds import FOR_LATER

Place = tuple[int, int]

_DATE = re.compile(
    rb"<(?:pubDate|published|updated|dc:date)\b[^>]{0,200}>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,80})"
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def too_many(
    dates: Mapping[Place, datetime | None], new: Collection[Place], stored: int, most: int
) -> frozenset[Place]:
    """The new items of a document to leave unread: those that are not among its `most` newest.

    `dates` has all items in the order of the document; one without a date counts as old as the one before it. What
    came while a podcast was followed may take what is `stored` of it to FOR_LATER times `most`, and no further.
    """
    placed: list[tuple[datetime, int, Place]] = []
    before: datetime | None = None
    for at, (place, date) in enumerate(dates.items()):
        before = date or before
        # Without any date, the first in the document are the newest.
        placed.append((before or _EARLIEST, -at, place))
    placed.sort(reverse=True)
    unknown = set(new)
    newest = [place for _, _, place in placed[:most] if place in unknown]
    room = max(0, most * FOR_LATER - stored)
    return frozenset(unknown.difference(newest[:room]))


def written_date(item: bytes | memoryview) -> datetime | None:
    """The date that an item gives, found without parsing it: a thousand items take some 20 ms."""
    found = _DATE.search(item)
    if found is None:
        return None
    text = found[1].decode("ascii", "replace").strip()
    read = datetime.fromisoformat if text[:4].isdecimal() else parsedate_to_datetime
    try:
        date = read(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
