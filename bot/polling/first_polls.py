"""The first poll of a podcast: its episodes are stored as the baseline, and nothing is announced."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime

from bot.feeds.errors import FeedError
from bot.polling.feed_documents import NOTHING_KNOWN, FeedDocuments, Question, Reading
from bot.polling.feed_outcomes import NO_EPISODES, NO_READABLE_EPISODES
from bot.polling.moved_feeds import at_new_address
from storage.models import UNTITLED, Validators


def first_question(now: datetime) -> Question:
    """What a new podcast's documents are read for."""
    return Question("the feed of a new podcast", NOTHING_KNOWN, now, baseline=True)


async def first_reading(feeds: FeedDocuments, feed_url: str, now: datetime) -> Reading:
    """A new podcast's feed, from where it says that it is by now. Raises FeedError."""
    asked = first_question(now)
    # While the host answers.
    feeds.prepare()
    async with AsyncExitStack() as held:
        fetched = await feeds.fetch(feed_url, Validators(), held)
        reading = await feeds.read(fetched, feed_url, asked)
    return await at_new_address(feeds, reading, [feed_url], asked)


def require_episodes(reading: Reading) -> None:
    """Raise FeedError for a feed without episodes, which is nothing to follow."""
    if reading.read.decision.changes:
        return
    title, remarks = reading.read.info.title or UNTITLED, reading.read.warnings
    raise FeedError(
        NO_READABLE_EPISODES(title=title, remarks=remarks) if remarks else NO_EPISODES(title=title)
    )
