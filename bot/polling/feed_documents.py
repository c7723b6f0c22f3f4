"""Fetches a feed's document, and has it read and decided upon beside everything else."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from bot.bounds import Bounds
from bot.feeds.changes.feed_moves import loses_key, permanent_move
from bot.feeds.changes.same_show import Kinship, has_title_of
from bot.feeds.discovery.found_instead import NoFeedError
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetched, Fetcher
from bot.polling.feed_outcomes import FAULT, LEFT_UNREAD, NOTES_UNREAD, found
from bot.polling.heavy_documents import read_around
from bot.reading.child_process import JobBrokenError
from bot.reading.document_reader import DocumentReader
from bot.reading.jobs import FeedJob, FeedReading
from storage.models import FeedInfo, FeedMove, KnownEpisode, Status, Validators
from storage.tables.feed_items import KnownItems

NOTHING_KNOWN = KnownItems(0, (), {})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What a feed's document is read for: whose it is, what is known of it, and when it was asked for.

    `name` is for the log. `baseline`, `catches_up`, `show` and `shown` as in `FeedJob`.
    """

    name: str
    known: KnownItems
    now: datetime
    baseline: bool = False
    catches_up: bool = False
    show: FeedInfo | None = None
    shown: Sequence[KnownEpisode] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed that was fetched and parsed, and what to do about it. `fetched` is without the body."""

    fetched: Fetched
    move: FeedMove | None
    read: FeedReading
    outcome: Status


class FeedDocuments:
    """Feeds' documents: from their hosts, through the reading process."""

    def __init__(self, fetcher: Fetcher, documents: DocumentReader, bounds: Bounds) -> None:
        self._fetcher = fetcher
        self._documents = documents
        self.bounds = bounds

    def prepare(self) -> None:
        """Start what reads documents, beside everything else."""
        self._documents.start()

    async def fetch(self, feed_url: str, validators: Validators, held: AsyncExitStack) -> Fetched:
        """The feed's document, with the hash of its body among the validators. Raises FeedError.

        The body's share of memory is held until `held` closes.
        """
        fetched = await self._fetcher.feed(feed_url, validators, held)
        if fetched.body is None:
            return fetched
        digest = await asyncio.to_thread(lambda: hashlib.sha256(fetched.body or b"").hexdigest())
        return replace(fetched, validators=replace(fetched.validators, body_hash=digest))

    async def read(self, fetched: Fetched, feed_url: str, asked: Question) -> Reading:
        """Have a body read, and decide what to do about it. Raises FeedError."""
        if fetched.body is None:
            raise RuntimeError("only a body can be parsed")
        job = FeedJob(
            fetched.content_type,
            asked.known.episodes,
            asked.known.held,
            asked.baseline,
            asked.now,
            most=self.bounds.episodes,
            catches_up=asked.catches_up,
            show=asked.show,
            shown=asked.shown,
            address=fetched.moved_to or feed_url,
            looked_at=asked.known.looked_at,
        )
        try:
            read = await read_around(self._documents, job, fetched.body, asked.name)
        except NoFeedError as error:
            error.address = fetched.address or feed_url
            raise
        except JobBrokenError as error:
            # One feed that breaks its parser must not stop the others.
            log.exception("%s can't be read", asked.name)
            raise FeedError(FAULT()) from error
        remarks = read.warnings
        if unread := sum(change.item.notes_error is not None for change in read.decision.changes):
            remarks += (NOTES_UNREAD(count=unread),)
        if read.left_unread:
            remarks += (LEFT_UNREAD(count=read.left_unread, most=self.bounds.episodes),)
        move = permanent_move(feed_url, fetched.moved_to)
        if move is not None and loses_key(
            feed_url, move.feed_url, same_title=has_title_of(asked.show, read.info)
        ):
            move = None
        # A show that is known by its name alone is read where it is, and asked for where it was.
        known_by_episodes = read.kinship in (None, Kinship.EPISODES)
        return Reading(
            replace(fetched, body=None),
            move if known_by_episodes else None,
            read,
            found(read.decision, remarks, baseline=asked.baseline),
        )
