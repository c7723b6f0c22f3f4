"""A feed's document in one shape, whether its items could be split in XML, could not, or are JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from bot.feeds.parsing.dates import DateReadings, read_date
from bot.feeds.parsing.entities import with_entities
from bot.feeds.parsing.feedparser_adapter import (
    MAX_ITEM_BYTES,
    ParsedItem,
    read_frame,
    read_items,
    read_whole,
)
from bot.feeds.parsing.json_feed import is_json, json_date, json_hash, json_item, read_json_feed
from bot.feeds.parsing.newest_items import written_dates
from bot.feeds.parsing.podcast_namespace import FeedExtras
from bot.feeds.parsing.xml_split import SplitDocument, split
from storage.models import StatusCode

# Part of every raw hash: change it to have all items parsed again.
READER = b"2"
# Without one of these an item has no audio or video, and needs no parsing to tell.
_LINKING = (b"enclosure", b":content ", b":content\n", b":content\t", b":content\r")


class FeedDocument(Protocol):
    """What the podcast says about itself, and its items by their place in the document.

    `hashes` are of an item's bytes and of the surroundings that affect their meaning; empty where items have no bytes
    of their own.
    """

    @property
    def fields(self) -> Mapping[str, Any]:
        """The podcast, in feedparser's names."""

    @property
    def extras(self) -> FeedExtras:
        """What feedparser loses of it."""

    @property
    def hashes(self) -> Sequence[str]:
        """One for each item."""

    def may_be_episode(self, at: int) -> bool:
        """Whether the item at this place may be an episode."""

    def dates(self, at: int, language: str | None) -> Iterator[DateReadings]:
        """What the dates of an item may mean, found without parsing it."""

    def read(self, places: Sequence[int], check: Callable[[], None]) -> Iterator[ParsedItem | StatusCode]:
        """Parse the items at these places, with a `check` now and then; a code stands for what can't be read."""


def open_document(text: bytes | bytearray) -> FeedDocument:
    """A feed in UTF-8, read up to its items. Raises FeedError."""
    if is_json(text):
        return _Json(text)
    document = split(with_entities(text))
    return _Split(document) if isinstance(document, SplitDocument) else _Whole(document.document)


def item_dates(fields: Mapping[str, Any], language: str | None) -> Iterator[DateReadings]:
    """What the dates of a parsed item may mean, that of its publication first."""
    for name in ("published", "created", "updated"):
        if name in fields and (reading := read_date(str(fields[name]), language)) is not None:
            yield reading


class _Split:
    def __init__(self, document: SplitDocument) -> None:
        self._document = document
        self.fields, self.extras = read_frame(document.frame)

    @cached_property
    def hashes(self) -> Sequence[str]:
        document = self._document
        around = repr((READER, document.root_tag, document.channel_tag, self.extras.persons))
        # SHA-256, as processors compute it in hardware.
        begun = hashlib.sha256(around.encode("utf-8", "replace"))
        hashes = []
        with memoryview(document.body) as view:
            for start, end in document.items:
                one = begun.copy()
                one.update(view[start:end])
                hashes.append(one.hexdigest()[:32])
        return hashes

    def may_be_episode(self, at: int) -> bool:
        start, end = self._document.items[at]
        if end - start > MAX_ITEM_BYTES:
            return True
        item = self._document.item((start, end)).lower()
        return any(one in item for one in _LINKING)

    def dates(self, at: int, language: str | None) -> Iterator[DateReadings]:
        start, end = self._document.items[at]
        for written in written_dates(self._document.body, start, end):
            if (reading := read_date(written, language)) is not None:
                yield reading

    def read(self, places: Sequence[int], check: Callable[[], None]) -> Iterator[ParsedItem | StatusCode]:
        return read_items(self._document, [self._document.items[at] for at in places], check)


class _Whole:
    def __init__(self, document: bytes) -> None:
        self.fields, self.extras, self._items = read_whole(document)
        self.hashes = [""] * len(self._items)

    def may_be_episode(self, at: int) -> bool:
        return at < len(self._items)

    def dates(self, at: int, language: str | None) -> Iterator[DateReadings]:
        return item_dates(self._items[at].fields, language)

    def read(self, places: Sequence[int], check: Callable[[], None]) -> Iterator[ParsedItem | StatusCode]:
        check()
        return (self._items[at] for at in places)


class _Json:
    def __init__(self, text: bytes | bytearray) -> None:
        feed = read_json_feed(text)
        self.fields, self.extras, self._items = feed.fields, feed.extras, feed.items
        self.hashes = [json_hash(one, READER) for one in feed.items]

    def may_be_episode(self, at: int) -> bool:
        return bool(self._items[at].get("attachments"))

    def dates(self, at: int, language: str | None) -> Iterator[DateReadings]:
        reading = read_date(json_date(self._items[at]), language)
        return iter([] if reading is None else [reading])

    def read(self, places: Sequence[int], check: Callable[[], None]) -> Iterator[ParsedItem | StatusCode]:
        for at in places:
            check()
            yield json_item(self._items[at])
