"""Follows the feed that somebody means: by one of several addresses, or one that a page at an address names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.feeds.discovery.found_instead import NoFeedError
from bot.feeds.discovery.named_feeds import FeedLink, feed_links
from bot.feeds.errors import FeedError
from bot.feeds.http.failures import (
    CERTIFICATE,
    CLOSED,
    CONNECTION_FAILED,
    CUT_OFF,
    NO_HTTP,
    NO_TLS,
    REFUSED_BY_HOST,
    TIMEOUT,
    UNREACHABLE,
)
from bot.polling.feed_outcomes import Poll
from bot.polling.feed_updater import FeedUpdater
from bot.text.feed_addresses import app_of
from bot.text.web_addresses import without_secrets
from storage.models import Podcast, StatusCode

APP_PAGE = StatusCode("find.app_page", "app")
SEVERAL = StatusCode("find.several", "address", "count")
NAMED_FAILS = StatusCode("find.named_fails", "address", "named", "failure")

# Another address of the same host may do better.
_TRY_NEXT = frozenset(
    {CERTIFICATE, CLOSED, CONNECTION_FAILED, CUT_OFF, NO_HTTP, NO_TLS, REFUSED_BY_HOST, TIMEOUT, UNREACHABLE}
)


class SeveralFeedsError(FeedError):
    """A page names several feeds, and somebody has to say which one is meant. `feeds`: at least two."""

    def __init__(self, address: str, feeds: tuple[FeedLink, ...]) -> None:
        super().__init__(SEVERAL(address=without_secrets(address), count=len(feeds)))
        self.feeds = feeds


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A podcast that is stored now. `named`: its feed was named by the page that was given."""

    podcast: Podcast
    poll: Poll
    named: bool = False


async def follow_any(updater: FeedUpdater, addresses: Sequence[str], *, by_operator: bool) -> FoundFeed:
    """Follow the feed at the first of these addresses that answers. Raises FeedError, SeveralFeedsError.

    As `FeedUpdater.follow`, but where a page names one feed, that is followed.
    """
    unanswered: FeedError | None = None
    for address in addresses:
        try:
            return await _follow(updater, address, by_operator=by_operator)
        except FeedError as error:
            if error.status.code not in _TRY_NEXT:
                raise
            unanswered = unanswered or error
    if unanswered is None:
        raise ValueError("no address was given")
    raise unanswered


async def _follow(updater: FeedUpdater, address: str, *, by_operator: bool) -> FoundFeed:
    _refuse_app(address)
    try:
        return FoundFeed(*await updater.follow(address, by_operator=by_operator))
    except NoFeedError as page:
        place = page.address or address
        _refuse_app(place)
        feeds = feed_links(page.named, place)
        if not feeds:
            raise
        if len(feeds) > 1:
            raise SeveralFeedsError(place, feeds) from page
        return await _follow_named(updater, page, feeds[0], by_operator=by_operator)


async def _follow_named(
    updater: FeedUpdater, page: NoFeedError, feed: FeedLink, *, by_operator: bool
) -> FoundFeed:
    """Follow the feed that a page names; what that names in turn is not looked at."""
    try:
        podcast, poll = await updater.follow(feed.address, by_operator=by_operator)
    except FeedError as error:
        if all(link.hint for link in page.named.links):
            # It only looked like a feed.
            raise page from error
        address = without_secrets(page.address or "")
        named = without_secrets(feed.address)
        raise FeedError(NAMED_FAILS(address=address, named=named, failure=error.status)) from error
    return FoundFeed(podcast, poll, named=True)


def _refuse_app(address: str) -> None:
    if (app := app_of(address)) is not None:
        raise FeedError(APP_PAGE(app=app))
