"""Reads a new podcast's older pages (RFC 5005): its feed shows its newest items, and names where others follow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from bot.bounds import Bounds
from bot.feeds.changes.same_show import as_known
from bot.feeds.errors import FeedError
from bot.polling.feed_documents import FeedDocuments, Question, Reading
from bot.polling.feed_outcomes import (
    PAGE_ELSEWHERE,
    PAGE_FAILS,
    PAGES_LEFT,
    PAGES_READ,
    found,
    remarks_of,
)
from bot.reading.jobs import FeedReading
from bot.text.web_addresses import is_web_address, without_secrets
from storage.models import EpisodeChange, KnownEpisode, Status, Validators
from storage.models.feed_identity import feed_identity
from storage.tables.feed_items import KnownItems

# All pages together take no more than so many requests, so much time, and as many bytes as one document may have:
# somebody waits for the podcast to be added.
MAX_PAGES = 100
MAX_TIME_S = 120.0
STEP = timedelta(microseconds=1)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Pages:
    """What was read so far: how many pages of which addresses, and their episodes in the order of the pages."""

    most: int
    changes: list[EpisodeChange] = field(default_factory=list)
    known: list[KnownEpisode] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    left_unread: int = 0
    size: int = 0

    def add(self, page: FeedReading) -> bool:
        """Take what this page has that the others had not; False where that is nothing."""
        new = [one for one in page.decision.changes if one.episode_id is None]
        first = len(self.known) + 1
        self.known += [replace(as_known(one.item), id=id_) for id_, one in enumerate(new, first)]
        room = max(0, self.most - len(self.changes))
        self.left_unread += page.left_unread + len(new[room:])
        for one in new[:room]:
            # What has no date stands below what was listed before it.
            undated = self.changes and one.item.published is None
            self.changes.append(replace(one, sorted_at=self.changes[-1].sorted_at - STEP) if undated else one)
        return bool(new)


async def with_older_pages(
    feeds: FeedDocuments,
    reading: Reading,
    feed_url: str,
    asked: Question,
    bounds: Bounds,
    clock: Callable[[], float] = time.monotonic,
) -> Reading:
    """The first reading of a feed together with its older pages, as far as the bounds go.

    A page that fails, leads to another host or shows nothing new ends it; what was read before it stays.
    """
    next_page = reading.read.info.next_page
    if next_page is None:
        return reading
    pages = _Pages(bounds.episodes, addresses={feed_identity(feed_url)})
    pages.add(reading.read)
    ends_at = clock() + MAX_TIME_S
    at, ended = feed_url, None
    while next_page is not None and ended is None:
        if _is_enough(pages, bounds) or clock() > ends_at:
            ended = PAGES_LEFT()
            break
        at = urljoin(at, next_page)
        next_page, ended = await _read_page(feeds, at, feed_url, asked, pages)
    remarks = (*remarks_of(reading.outcome), PAGES_READ(count=len(pages.addresses)))
    decision = replace(reading.read.decision, changes=tuple(pages.changes))
    return replace(
        reading,
        read=replace(reading.read, decision=decision, left_unread=pages.left_unread),
        outcome=found(decision, (*remarks, *([ended] if ended else [])), baseline=True),
    )


async def _read_page(
    feeds: FeedDocuments, url: str, feed_url: str, asked: Question, pages: _Pages
) -> tuple[str | None, Status | None]:
    """Read one page; where the next one is, and why there is an end to it."""
    number = len(pages.addresses) + 1
    if feed_identity(url) in pages.addresses:
        return None, None
    if not is_web_address(url) or not _same_host(url, feed_url):
        return None, PAGE_ELSEWHERE(address=without_secrets(url))
    try:
        async with AsyncExitStack() as held:
            fetched = await feeds.fetch(url, Validators(), held)
            pages.size += len(fetched.body or b"")
            # Items that slipped from one page to the next meanwhile are known by all their signs.
            known = KnownItems(0, tuple(pages.known), {})
            page = await feeds.read(fetched, url, replace(asked, known=known))
    except FeedError as error:
        return None, PAGE_FAILS(page=number, failure=error.status)
    pages.addresses.add(feed_identity(url))
    log.info("%s: page %d has %d items", asked.name, number, page.read.listed)
    return (page.read.info.next_page if pages.add(page.read) else None), None


def _is_enough(pages: _Pages, bounds: Bounds) -> bool:
    return (
        len(pages.addresses) >= MAX_PAGES
        or len(pages.changes) >= pages.most
        or pages.size >= bounds.feed_mib * 2**20
    )


def _same_host(url: str, feed_url: str) -> bool:
    """Whether a page is where the feed is: another host's document is none of its pages."""
    return urlsplit(feed_identity(url)).netloc == urlsplit(feed_identity(feed_url)).netloc
