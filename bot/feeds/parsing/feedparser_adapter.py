"""feedparser over documents that are small and known to be harmless, beside what it loses."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.feeds.errors import FeedError
from bot.feeds.parsing.podcast_namespace import Fault, FeedExtras, ItemExtras, read_extras
from bot.feeds.parsing.xml_repair import mend
from bot.feeds.parsing.xml_split import BROKEN, Split
from storage.models import StatusCode

# Read at once: feedparser takes up to ten times as much memory as the document has bytes.
BATCH_ITEMS = 25
BATCH_BYTES = 1024 * 1024
# The longest transcript in notes at hand has 0.2 MB.
MAX_ITEM_BYTES = 2 * 1024 * 1024
# Mending may make a document five times as large, and feedparser's loose parser, which reads what is still broken,
# takes some microseconds for each mark.
MAX_MENDED_BYTES = 1024 * 1024
MAX_MENDED_MARKS = 100_000
MAX_LOOSE_BYTES = 512 * 1024
MAX_LOOSE_MARKS = 30_000
# Each makes a piece of its own.
MAX_LINES = 200_000
# It may be all attributes, and those take twenty times as much memory as text.
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{524288}")

log = logging.getLogger(__name__)

# Items that can't be read.
ITEMS_TOO_LARGE = StatusCode("document.items_too_large", "count")
ITEMS_BROKEN = StatusCode("document.items_broken", "count")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as feedparser gives it, and what it loses."""

    said: Mapping[str, Any]
    extra: ItemExtras


@dataclass(frozen=True, slots=True)
class _Read:
    feed: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    extras: FeedExtras


def read_frame(frame: bytes) -> tuple[Mapping[str, Any], FeedExtras]:
    """What the podcast says about itself. Raises FeedError."""
    read = _read(frame)
    if read is None:
        raise FeedError(BROKEN())
    return read.feed, read.extras


def read_whole(document: bytes) -> tuple[Mapping[str, Any], FeedExtras, list[Entry]]:
    """A document that could not be split. Raises FeedError."""
    read = _read(document)
    if read is None:
        raise FeedError(BROKEN())
    extras = read.extras.items
    if len(extras) != len(read.entries):
        # Which extra belongs to which item would be a guess.
        extras = [ItemExtras() for _ in read.entries]
    return read.feed, read.extras, [Entry(*pair) for pair in zip(read.entries, extras, strict=True)]


def read_items(
    document: Split, places: Sequence[tuple[int, int]], rest: Callable[[], None]
) -> Iterator[Entry | StatusCode]:
    """Read these items, some at once, or say why one can't be read; `rest` is called in between."""
    batch: list[bytes] = []
    size = 0
    for start, end in places:
        if batch and (len(batch) == BATCH_ITEMS or size + end - start > BATCH_BYTES):
            yield from _read_batch(document, batch)
            rest()
            batch, size = [], 0
        if end - start > MAX_ITEM_BYTES:
            # Its place in the row is kept.
            yield from _read_batch(document, batch)
            yield ITEMS_TOO_LARGE
            batch, size = [], 0
            continue
        batch.append(document.item((start, end)))
        size += end - start
    yield from _read_batch(document, batch)


def _read_batch(document: Split, batch: list[bytes]) -> Iterator[Entry | StatusCode]:
    if not batch:
        return
    together = _read(document.document(batch), loosely=len(batch) == 1)
    if together is not None and len(together.entries) == len(together.extras.items) == len(batch):
        yield from (Entry(*pair) for pair in zip(together.entries, together.extras.items, strict=True))
    elif len(batch) > 1:
        # One that is broken shall not take the others with it.
        for item in batch:
            yield from _read_batch(document, [item])
    elif together is not None and together.entries:
        yield Entry(together.entries[0], (together.extras.items or [ItemExtras()])[0])
    else:
        yield ITEMS_BROKEN


def _read(document: bytes, *, loosely: bool = True) -> _Read | None:
    """Read a document; None where it can't be, or where it is hostile."""
    if document.count(b"\n") + document.count(b"\r") > MAX_LINES or _LONG_TAG.search(document) is not None:
        return None
    extras = read_extras(document)
    if extras.fault is Fault.MALFORMED and _within(document, MAX_MENDED_BYTES, MAX_MENDED_MARKS):
        document = mend(document)
        extras = read_extras(document)
    if extras.fault is Fault.HOSTILE:
        return None
    if extras.fault is Fault.MALFORMED and not (
        loosely and _within(document, MAX_LOOSE_BYTES, MAX_LOOSE_MARKS)
    ):
        return None
    try:
        # A stream, never a string: feedparser takes strings for addresses and file names to open.
        parsed = _feedparser().parse(
            io.BytesIO(document),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # it lets out whatever its parts raise
        log.info("feedparser can't read a part of a feed", exc_info=True)
        return None
    return _Read(parsed.feed, parsed.entries, extras)


def _within(document: bytes, size: int, marks: int) -> bool:
    return len(document) <= size and document.count(b"<") + document.count(b"&") <= marks


@cache
def _feedparser() -> Any:
    """feedparser without what it does with authors and categories, which Earmark does not show.

    It looks for addresses in authors with a pattern, and for each category in the list of all before, that both take
    the square of the time: a single item of 1 MB could hold up everything for hours.
    """
    import feedparser  # noqa: PLC0415 - a start without anything to parse does without its memory
    from feedparser.mixin import _FeedParserMixin  # noqa: PLC0415

    def sync_nothing(_self: Any, _key: str = "author") -> None:
        return

    def keep_last_tag(self: Any, term: str | None, scheme: str | None, label: str | None) -> None:
        self._get_context()["tags"] = [{"term": term, "scheme": scheme, "label": label}]

    _FeedParserMixin._sync_author_detail = sync_nothing  # noqa: SLF001
    _FeedParserMixin._add_tag = keep_last_tag  # noqa: SLF001
    return feedparser
