"""Which items of a feed that has too many are left unread: the oldest, by their dates as the document writes them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from html import unescape

from bot.bounds import FOR_LATER

_DATE = re.compile(
    rb"<(?:[\w.-]{1,20}:)?(pubDate|published|issued|created|updated|modified|date)\b[^>]{0,200}>"
    rb"\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,240})",
    re.IGNORECASE,
)
_OF_PUBLICATION = (b"pubdate", b"published", b"issued")
MAX_DATES = 4
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def too_many(
    dates: Sequence[datetime | None], new: Collection[int], stored: int, most: int
) -> frozenset[int]:
    """The new items of a document to leave unread: those that are not among its `most` newest.

    `dates` are those of all items in the order of the document, `new` places in it; one without a date counts as old
    as the one before it. What came while a podcast was followed may take what is `stored` of it to FOR_LATER times
    `most`, and no further.
    """
    placed: list[tuple[datetime, int]] = []
    before: datetime | None = None
    for at, date in enumerate(dates):
        before = date or before
        # Without any date, the first in the document are the newest.
        placed.append((before or _EARLIEST, -at))
    placed.sort(reverse=True)
    unknown = set(new)
    newest = [-place for _, place in placed[:most] if -place in unknown]
    room = max(0, most * FOR_LATER - stored)
    return frozenset(unknown.difference(newest[:room]))


def written_dates(document: bytes | bytearray, start: int, end: int) -> Iterator[str]:
    """The dates that an item gives as it writes them, those of its publication first, found without parsing it."""
    others: list[str] = []
    for count, date in enumerate(_DATE.finditer(document, start, end)):
        if count == MAX_DATES:
            break
        written = unescape(date[2].decode("utf-8", "replace"))
        if date[1].lower() in _OF_PUBLICATION:
            # At once, as what follows may be a long transcript.
            yield written
        else:
            others.append(written)
    yield from others
