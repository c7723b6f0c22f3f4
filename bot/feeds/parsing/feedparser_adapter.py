"""feedparser for small documents that are known to be harmless, and what it loses read beside it."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feeds.errors import FeedError
from bot.feeds.parsing.feedparser_patches import patched_feedparser
from bot.feeds.parsing.podcast_namespace import Fault, FeedExtras, ItemExtras, read_extras
from bot.feeds.parsing.xml_repair import repair
from bot.feeds.parsing.xml_split import BROKEN, SplitDocument
from storage.models import StatusCode

# Items parsed together: feedparser takes up to ten times the document's size in memory.
BATCH_ITEMS = 25
BATCH_BYTES = 1024 * 1024
# The longest transcript in show notes seen so far has 0.2 MB.
MAX_ITEM_BYTES = 2 * 1024 * 1024
# Repairing can make a document five times as large. feedparser's loose parser, which reads what is still broken,
# takes some microseconds for each "<" and "&".
MAX_REPAIRED_BYTES = 1024 * 1024
MAX_REPAIRED_MARKS = 100_000
MAX_LOOSE_BYTES = 512 * 1024
MAX_LOOSE_MARKS = 30_000
# feedparser makes an object of each line.
MAX_LINES = 200_000
# Such a tag may be all attributes, which take twenty times as much memory as text.
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{524288}")

log = logging.getLogger(__name__)

# Items that can't be read.
ITEMS_TOO_LARGE = StatusCode("document.items_too_large", "count")
ITEMS_BROKEN = StatusCode("document.items_broken", "count")


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """An item: what feedparser reads of it, and what it loses."""

    fields: Mapping[str, Any]
    extras: ItemExtras


@dataclass(frozen=True, slots=True)
class _ParsedDocument:
    feed: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    extras: FeedExtras


def read_frame(frame: bytes) -> tuple[Mapping[str, Any], FeedExtras]:
    """What the podcast says about itself. Raises FeedError."""
    parsed = _parse(frame)
    if parsed is None:
        raise FeedError(BROKEN())
    return parsed.feed, parsed.extras


def read_whole(document: bytes) -> tuple[Mapping[str, Any], FeedExtras, list[ParsedItem]]:
    """The podcast and its items, of a document that could not be split. Raises FeedError."""
    parsed = _parse(document)
    if parsed is None:
        raise FeedError(BROKEN())
    extras = parsed.extras.items
    if len(extras) != len(parsed.entries):
        # Any assignment of extras to items would be a guess.
        extras = [ItemExtras() for _ in parsed.entries]
    return (
        parsed.feed,
        parsed.extras,
        [ParsedItem(*pair) for pair in zip(parsed.entries, extras, strict=True)],
    )


def read_items(
    document: SplitDocument, places: Sequence[tuple[int, int]], check: Callable[[], None]
) -> Iterator[ParsedItem | StatusCode]:
    """Parse the items at these places in batches, with a `check` in between; a code stands for what can't be read."""
    batch: list[bytes] = []
    size = 0
    for start, end in places:
        if batch and (len(batch) == BATCH_ITEMS or size + end - start > BATCH_BYTES):
            yield from _parse_batch(document, batch)
            check()
            batch, size = [], 0
        if end - start > MAX_ITEM_BYTES:
            # The items keep their order.
            yield from _parse_batch(document, batch)
            yield ITEMS_TOO_LARGE
            batch, size = [], 0
            continue
        batch.append(document.item((start, end)))
        size += end - start
    yield from _parse_batch(document, batch)


def _parse_batch(document: SplitDocument, batch: list[bytes]) -> Iterator[ParsedItem | StatusCode]:
    if not batch:
        return
    together = _parse(document.document(batch), loosely=len(batch) == 1)
    if together is not None and len(together.entries) == len(together.extras.items) == len(batch):
        yield from (ParsedItem(*pair) for pair in zip(together.entries, together.extras.items, strict=True))
    elif len(batch) > 1:
        # A broken item must not take the others with it.
        for item in batch:
            yield from _parse_batch(document, [item])
    elif together is not None and together.entries:
        yield ParsedItem(together.entries[0], (together.extras.items or [ItemExtras()])[0])
    else:
        yield ITEMS_BROKEN


def _parse(document: bytes, *, loosely: bool = True) -> _ParsedDocument | None:
    """Parse a document; None where it is too broken or hostile."""
    if document.count(b"\n") + document.count(b"\r") > MAX_LINES or _LONG_TAG.search(document) is not None:
        return None
    extras = read_extras(document)
    if extras.fault is Fault.MALFORMED and _within(document, MAX_REPAIRED_BYTES, MAX_REPAIRED_MARKS):
        document = repair(document)
        extras = read_extras(document)
    if extras.fault is Fault.HOSTILE:
        return None
    if extras.fault is Fault.MALFORMED and not (
        loosely and _within(document, MAX_LOOSE_BYTES, MAX_LOOSE_MARKS)
    ):
        return None
    try:
        # A stream, never a string: feedparser opens strings that are URLs or file names.
        parsed = patched_feedparser().parse(
            io.BytesIO(document),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception:  # feedparser lets through whatever its parts raise
        log.info("feedparser can't read a part of a feed", exc_info=True)
        return None
    return _ParsedDocument(parsed.feed, parsed.entries, extras)


def _within(document: bytes, size: int, marks: int) -> bool:
    return len(document) <= size and document.count(b"<") + document.count(b"&") <= marks
