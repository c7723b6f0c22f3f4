"""Asks a host for the whole document once a day, so that one that answers "not changed" for ever is found out."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from datetime import datetime

from bot.feeds.changes.feed_moves import permanent_move
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetched
from bot.feeds.schedule import asks_whole
from bot.polling.feed_documents import FeedDocuments
from bot.polling.feed_outcomes import about_moves
from bot.status_messages.sentences import sentence
from storage.models import Podcast, Validators

log = logging.getLogger(__name__)


async def look(feeds: FeedDocuments, podcast: Podcast, held: AsyncExitStack, began: datetime) -> Fetched:
    """The podcast's feed, whole where that is due: its body's hash then tells whether it changed.

    Raises FeedError.
    """
    whole = Validators(body_hash=podcast.validators.body_hash)
    if _is_due(podcast, began):
        return await feeds.fetch(podcast.feed_url, whole, held)
    fetched = await feeds.fetch(podcast.feed_url, podcast.validators, held)
    if fetched.body is None and permanent_move(podcast.feed_url, fetched.moved_to) is not None:
        # It answers for another host, whose validators these are not.
        return await feeds.fetch(podcast.feed_url, whole, held)
    return fetched


def is_to_be_read(podcast: Podcast, fetched: Fetched, began: datetime) -> bool:
    """Whether a document changed; once a day also whether one names a new address that could not be followed."""
    if fetched.validators.body_hash != podcast.validators.body_hash:
        return True
    return fetched.body is not None and bool(about_moves(podcast.outcome)) and _is_due(podcast, began)


async def was_hidden(feeds: FeedDocuments, podcast: Podcast, began: datetime) -> bool:
    """Whether the host answers "not changed" to who has the document before this one, which did change.

    It is asked only where a whole look came after others that were content with such an answer.
    """
    known = podcast.validators
    if not (known.etag or known.last_modified) or podcast.polled_at == podcast.whole_at:
        return False
    if not _is_due(podcast, began):
        return False
    try:
        async with AsyncExitStack() as held:
            return (await feeds.fetch(podcast.feed_url, known, held)).body is None
    except FeedError as error:
        log.info("podcast %d: its 304 can't be checked: %s", podcast.id, sentence(error.status))
        return False


def _is_due(podcast: Podcast, began: datetime) -> bool:
    return asks_whole(podcast.id, podcast.whole_at, podcast.false_304_at, began)
