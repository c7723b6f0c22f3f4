"""Goes after a feed that names its new address, and judges whether it can be followed there."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.feeds.changes.feed_moves import announced_move, loses_key
from bot.feeds.changes.same_show import Kinship, as_known, has_title_of
from bot.feeds.errors import FeedError
from bot.polling.feed_documents import FeedDocuments, Question, Reading
from bot.polling.feed_outcomes import (
    NEW_ADDRESS_EMPTY,
    NEW_ADDRESS_FAILS,
    NEW_ADDRESS_KEYLESS,
    NEW_ADDRESS_OTHER,
    shown_title,
    with_remarks,
)
from bot.text.web_addresses import without_secrets
from storage.models import FeedMove, Status, Validators

# A new address may name a newer one.
MAX_MOVES = 5


async def at_new_address(
    feeds: FeedDocuments, reading: Reading, known: Collection[str], asked: Question
) -> Reading:
    """The feed at the new address that it names, if that has its episodes; else `reading`, with a remark why not.

    `known` are its addresses, the present one first, to which it is not moved again.
    """
    began_at, *_ = known
    seen = [*known, *([reading.move.feed_url] if reading.move else [])]
    # What is there has to be compared with what the feed itself shows, which may be more than what is stored.
    news = [as_known(change.item) for change in reading.read.decision.changes if change.episode_id is None]
    asked = replace(asked, show=reading.read.info, shown=[*asked.known.episodes, *news])
    for _ in range(MAX_MOVES):
        move = announced_move(reading.read.info.new_feed_url, seen)
        if move is None:
            break
        there = await _there(feeds, began_at, move, asked)
        if not isinstance(there, Reading):
            return replace(reading, outcome=with_remarks(reading.outcome, (there,)))
        reading = replace(there, move=there.move or move)
        seen += [move.feed_url, *([there.move.feed_url] if there.move else [])]
    return reading


async def _there(feeds: FeedDocuments, began_at: str, move: FeedMove, asked: Question) -> Reading | Status:
    """What the new address shows, or why the feed is not followed there."""
    address = without_secrets(move.feed_url)
    try:
        async with AsyncExitStack() as held:
            fetched = await feeds.fetch(move.feed_url, Validators(), held)
            there = await feeds.read(fetched, move.feed_url, asked)
    except FeedError as error:
        return NEW_ADDRESS_FAILS(address=address, failure=error.status)
    if not there.read.listed:
        return NEW_ADDRESS_EMPTY(address=address)
    if there.read.kinship is not Kinship.EPISODES:
        return NEW_ADDRESS_OTHER(address=address, title=shown_title(there.read.info.title))
    if loses_key(began_at, move.feed_url, same_title=has_title_of(asked.show, there.read.info)):
        return NEW_ADDRESS_KEYLESS(address=address)
    return there
