"""Goes after a feed that names its new address, and judges whether it can be followed there."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.feeds.changes.feed_moves import announced_move
from bot.feeds.errors import FeedError
from bot.polling.feed_documents import FeedDocuments, Question, Reading
from bot.polling.feed_outcomes import NEW_ADDRESS_EMPTY, NEW_ADDRESS_FAILS, with_remarks
from bot.text.web_addresses import without_secrets
from storage.models import Validators


async def at_new_address(
    feeds: FeedDocuments, reading: Reading, known: Collection[str], asked: Question
) -> Reading:
    """The feed at the new address that it names, if that has episodes; else `reading`, with a remark why not.

    `known` are its present and former addresses, to which it is not moved again.
    """
    redirected = [reading.move.feed_url] if reading.move else []
    move = announced_move(reading.read.info.new_feed_url, [*known, *redirected])
    if move is None:
        return reading
    try:
        async with AsyncExitStack() as held:
            fetched = await feeds.fetch(move.feed_url, Validators(), held)
            there = await feeds.read(fetched, move.feed_url, asked)
    except FeedError as error:
        remark = NEW_ADDRESS_FAILS(address=without_secrets(move.feed_url), failure=error.status)
    else:
        if there.read.listed:
            return replace(there, move=there.move or move)
        remark = NEW_ADDRESS_EMPTY(address=without_secrets(move.feed_url))
    return replace(reading, outcome=with_remarks(reading.outcome, (remark,)))
