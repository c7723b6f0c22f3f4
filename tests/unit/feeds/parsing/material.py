"""What the tests of the feed parser share."""

from __future__ import annotations

from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import ParsedFeed, parse_feed
from storage.models import FeedItem
from tests.unit.feeds.material import read


def read_or_refusal(body: bytes) -> ParsedFeed | str:
    """The feed, or the sentence that refuses it."""
    try:
        return parse_feed(body, None)
    except FeedError as error:
        return str(error)


def only_item(body: bytes) -> FeedItem:
    """The item of a feed that has only one."""
    [item] = read(parse_feed(body, None))
    return item


PSC_CHAPTERS = (
    '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="1:02" title="Two"/>'
    '<psc:chapter start="0" title="One"/></psc:chapters>'
)
