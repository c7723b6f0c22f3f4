"""Polls one feed: fetch, parse, decide what changed, and store it with the deliveries it calls for at once."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.bounds import DEFAULT_BOUNDS, Bounds
from bot.feeds.changes.feed_moves import spelt_move
from bot.feeds.changes.same_show import Kinship
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetched, Fetcher
from bot.polling.feed_documents import FeedDocuments, Question, Reading
from bot.polling.feed_outcomes import (
    ANOTHER_SHOW,
    FALSE_304,
    FAULT,
    NO_EPISODES_ANY_MORE,
    NO_READABLE_EPISODES_ANY_MORE,
    READ_AT_ONCE,
    Poll,
    shown_title,
    shows_another,
)
from bot.polling.first_polls import first_question, first_reading, require_episodes
from bot.polling.moved_feeds import at_new_address
from bot.polling.older_pages import with_older_pages
from bot.polling.poll_results import PollResults
from bot.polling.whole_looks import is_to_be_read, look, was_hidden
from bot.reading.document_reader import DocumentReader
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.models import UNTITLED, Podcast, Status, Validators
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import (
    StaleRevisionError,
    create_podcast,
    move_podcast,
    note_false_304,
    record_poll,
    save_poll,
)
from storage.tables.podcasts import (
    follow_as_operator,
    former_addresses,
    get_podcast,
    hold_podcast,
    podcast_by_feed,
)

# How often a poll decides again because another process wrote to the podcast meanwhile.
MAX_DECISIONS = 5

log = logging.getLogger(__name__)


class FeedUpdater:
    """Brings the database up to date with podcasts' feeds."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        documents: DocumentReader,
        *,
        poll_interval_s: float,
        bounds: Bounds = DEFAULT_BOUNDS,
        wait_for_files_s: float = 0.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._db = db
        self._feeds = FeedDocuments(fetcher, documents, bounds)
        self._results = PollResults(
            timedelta(seconds=poll_interval_s), timedelta(seconds=wait_for_files_s), jitter
        )

    @property
    def longest_wait(self) -> timedelta:
        """The longest time from one poll of a feed to the next."""
        return self._results.longest_wait

    async def follow(self, feed_url: str, *, by_operator: bool) -> tuple[Podcast, Poll]:
        """Add a podcast, storing its episodes without announcing them, or poll it if it is stored. Raises FeedError.

        If the podcast was paused and its feed answers, polling resumes.
        """
        podcast = await self._held_podcast(feed_url)
        if podcast is None:
            poll = await self._first_poll(feed_url, by_operator=by_operator)
        else:
            # Not poll(), which logs a failure: the caller reports it to whoever adds the podcast.
            # The operator may keep more episodes by now: those that were left unread are read.
            afresh = replace(podcast, validators=Validators())
            poll = await self._poll(afresh if self._catches_up(podcast) else podcast)
            if poll.failed and (move := spelt_move(podcast.feed_url, feed_url)):
                # The host may have given up http: nobody could mend that if no other spelling were tried.
                again = await self._poll(replace(afresh, feed_url=feed_url))
                if not again.failed:
                    await move_podcast(self._db, podcast, move, _now())
                    poll = again
            if poll.failed and podcast.left_at is not None and shows_another(poll.outcome):
                # Nobody followed what was there before, and somebody asks for what is there now.
                poll = await self._poll(afresh, anew=True)
            if by_operator:
                await follow_as_operator(self._db, podcast.id)
        stored = await get_podcast(self._db, poll.podcast_id)
        if stored is None:
            raise RuntimeError(f"podcast {poll.podcast_id} vanished while it was added")
        return stored, poll

    async def _held_podcast(self, feed_url: str) -> Podcast | None:
        """The stored podcast with this feed, kept from being deleted, as somebody is about to follow it."""
        podcast = await podcast_by_feed(self._db, feed_url)
        held = podcast is not None and await hold_podcast(self._db, podcast.id, _now())
        return podcast if held else None

    def _catches_up(self, podcast: Podcast) -> bool:
        return podcast.left_unread > 0 and podcast.episode_count < self._feeds.bounds.episodes

    def prepare(self) -> None:
        """Start what reads documents, beside everything else."""
        self._feeds.prepare()

    async def _first_poll(self, feed_url: str, *, by_operator: bool) -> Poll:
        began = _now()
        reading = await first_reading(self._feeds, feed_url, began)
        if reading.move is not None:
            known = await self._held_podcast(reading.move.feed_url)
            if known is not None:
                return await self._poll(known)
        require_episodes(reading)
        is_at = reading.move.feed_url if reading.move else feed_url
        reading = await with_older_pages(
            self._feeds, reading, is_at, first_question(began), self._feeds.bounds
        )
        result = self._results.read(reading, began, _now(), known_since=began)
        podcast_id = await create_podcast(self._db, feed_url, result, by_operator=by_operator)
        title, new = reading.read.info.title or UNTITLED, len(reading.read.decision.changes)
        return Poll(podcast_id, title, reading.outcome, new=new)

    async def poll(self, podcast: Podcast) -> Poll:
        """Poll a podcast's feed and store what changed. A failure is an outcome, not an exception."""
        poll = await self._poll(podcast)
        if poll.failed:
            log.warning("podcast %d: %s", podcast.id, sentence(poll.outcome))
        return poll

    async def poll_afresh(self, podcast: Podcast) -> Poll:
        """Poll without validators, so that an unchanged feed is read again."""
        return await self.poll(replace(podcast, validators=Validators()))

    async def _poll(self, podcast: Podcast, *, anew: bool = False) -> Poll:
        """Poll a podcast. `anew`: take whatever show is there, as if it had been added just now."""
        began = _now()
        try:
            async with AsyncExitStack() as held:
                fetched = await look(self._feeds, podcast, held, began)
                if anew or is_to_be_read(podcast, fetched, began):
                    poll = await self._store(podcast, fetched, held, began, anew=anew)
                    await held.aclose()
                    if (poll.new or poll.changed) and await was_hidden(self._feeds, podcast, began):
                        log.warning("podcast %d: %s", podcast.id, sentence(FALSE_304()))
                        await note_false_304(self._db, podcast.id, began)
                    return poll
        except FeedError as error:
            outcome = await self._record_failure(podcast, error, began)
            return Poll(podcast.id, podcast.title, outcome, failed=True)
        unchanged = self._results.unchanged(podcast, fetched, began, _now())
        come = await record_poll(self._db, podcast.id, unchanged)
        return Poll(podcast.id, podcast.title, unchanged.status, announced=come)

    async def record_fault(self, podcast: Podcast) -> None:
        """Record a failure inside Earmark, so that moderators see it and the poll is not repeated at once."""
        await self._record_failure(podcast, FeedError(FAULT()), _now())

    async def _record_failure(self, podcast: Podcast, error: FeedError, began: datetime) -> Status:
        """Record why a poll failed, and pause a feed that is gone or has failed for days; return the outcome."""
        ended = self._results.failed(podcast, error, began, _now())
        await record_poll(self._db, podcast.id, ended)
        return ended.status

    async def _store(
        self, podcast: Podcast, fetched: Fetched, held: AsyncExitStack, began: datetime, *, anew: bool
    ) -> Poll:
        for _ in range(MAX_DECISIONS):
            known = await known_items(self._db, podcast.id)
            asked = Question(
                f"the feed of podcast {podcast.id}",
                known,
                began,
                baseline=anew,
                catches_up=self._catches_up(podcast),
                show=None if anew else podcast.info,
                shown=known.episodes,
            )
            reading = await self._feeds.read(fetched, podcast.feed_url, asked)
            if reading.read.kinship is Kinship.NONE and reading.read.listed:
                raise FeedError(ANOTHER_SHOW(title=shown_title(reading.read.info.title)))
            if reading.read.info.new_feed_url:
                # Two bodies held at once could deadlock: each waits for memory that the other holds.
                await held.aclose()
                former = [podcast.feed_url, *await former_addresses(self._db, podcast.id)]
                reading = await at_new_address(self._feeds, reading, former, asked)
            if not reading.read.listed:
                remarks = reading.read.warnings
                raise FeedError(
                    NO_READABLE_EPISODES_ANY_MORE(remarks=remarks) if remarks else NO_EPISODES_ANY_MORE()
                )
            result = self._results.read(reading, began, _now(), known_since=podcast.added_at)
            try:
                come = await save_poll(self._db, podcast.id, known.revision, result)
            except StaleRevisionError:
                log.info("podcast %d changed during its poll; deciding again", podcast.id)
                continue
            return _ended(podcast, reading, come)
        raise FeedError(READ_AT_ONCE())


def _now() -> datetime:
    return datetime.now(UTC)


def _ended(podcast: Podcast, reading: Reading, come: int) -> Poll:
    """How a poll ended that stored what it read; each new episode is logged with its reason.

    `come`: so many episodes are announced now because their dates have come.
    """
    changes = reading.read.decision.changes
    for change in changes:
        if change.episode_id is None:
            log.info("podcast %d: “%s” %s", podcast.id, change.item.title, sentence(change.reason))
    new = sum(change.episode_id is None for change in changes)
    return Poll(
        podcast.id,
        reading.read.info.title or podcast.title,
        reading.outcome,
        new=new,
        changed=len(changes) - new,
        announced=come + sum(change.announce for change in changes),
        held=len(reading.read.decision.held),
    )
