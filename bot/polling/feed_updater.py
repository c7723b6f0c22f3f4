"""Polls one feed: fetch, parse, decide what changed, and store it with the deliveries it calls for at once."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.bounds import DEFAULT_BOUNDS, Bounds
from bot.feeds.changes.decide import Decision
from bot.feeds.changes.feed_moves import announced_move, permanent_move, spelt_move
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetched, Fetcher
from bot.feeds.schedule import NextPoll, PollingHints, after_failure, after_success, longest_wait
from bot.polling.awaited_files import with_waits
from bot.polling.heavy_documents import read_around
from bot.reading.child_process import JobBrokenError
from bot.reading.document_reader import DocumentReader
from bot.reading.jobs import FeedJob, FeedReading
from bot.status_messages.sentences import sentence
from bot.text.web_addresses import without_secrets
from storage.engine.database import Database
from storage.models import FeedMove, Podcast, PollOutcome, PollResult, Rhythm, Status, StatusCode, Validators
from storage.tables.feed_items import KnownItems, known_items
from storage.tables.feed_updates import (
    StaleRevisionError,
    create_podcast,
    move_podcast,
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
NOTHING_KNOWN = KnownItems(0, (), {})

UNCHANGED = StatusCode("feed.unchanged")
NOTHING_NEW = StatusCode("feed.nothing_new")
ADDED = StatusCode("feed.added", "count")
CHANGES = StatusCode("feed.changes", "changes")
NEW = StatusCode("feed.new", "count")
CHANGED = StatusCode("feed.changed", "count")
MOVED = StatusCode("feed.moved", "count")
HELD = StatusCode("feed.held", "count")
LEFT_UNREAD = StatusCode("feed.left_unread", "count", "most")
NOTES_UNREAD = StatusCode("feed.notes_unread", "count")
WITH_REMARKS = StatusCode("feed.with_remarks", "outcome", "remarks")
NEW_ADDRESS_FAILS = StatusCode("feed.new_address_fails", "address", "failure")
NEW_ADDRESS_EMPTY = StatusCode("feed.new_address_empty", "address")
NO_EPISODES = StatusCode("feed.no_episodes", "title")
NO_READABLE_EPISODES = StatusCode("feed.no_readable_episodes", "title", "remarks")
NO_EPISODES_ANY_MORE = StatusCode("feed.no_episodes_any_more")
NO_READABLE_EPISODES_ANY_MORE = StatusCode("feed.no_readable_episodes_any_more", "remarks")
READ_AT_ONCE = StatusCode("feed.read_at_once")
FAULT = StatusCode("feed.fault")
GONE = StatusCode("feed.gone")
PAUSED_AS_GONE = StatusCode("feed.paused_as_gone", "failure")
PAUSED_AS_FAILING = StatusCode("feed.paused_as_failing", "failure", "days")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Poll:
    """How a poll of one podcast ended. `announced` counts the new episodes that are to be announced."""

    podcast_id: int
    title: str
    outcome: Status
    new: int = 0
    changed: int = 0
    announced: int = 0
    held: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """A feed that was fetched and parsed, and what to do about it. `fetched` is without the body."""

    fetched: Fetched
    move: FeedMove | None
    read: FeedReading
    outcome: Status


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
        self._fetcher = fetcher
        self._documents = documents
        self._interval = timedelta(seconds=poll_interval_s)
        self._bounds = bounds
        self._wait_for_files = timedelta(seconds=wait_for_files_s)
        self._jitter = jitter

    @property
    def longest_wait(self) -> timedelta:
        """The longest time from one poll of a feed to the next."""
        return longest_wait(self._interval)

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
        return podcast.left_unread > 0 and podcast.episode_count < self._bounds.episodes

    def prepare(self) -> None:
        """Start what reads documents, beside everything else."""
        self._documents.start()

    async def _first_poll(self, feed_url: str, *, by_operator: bool) -> Poll:
        began = _now()
        # While the host answers.
        self.prepare()
        read = partial(
            self._read, known=NOTHING_KNOWN, baseline=True, now=began, name="the feed of a new podcast"
        )
        async with AsyncExitStack() as held:
            fetched = await self._hashed(await self._fetcher.feed(feed_url, Validators(), held))
            reading = await read(fetched, feed_url)
        reading = await self._at_new_address(reading, [feed_url], read)
        if reading.move is not None:
            known = await self._held_podcast(reading.move.feed_url)
            if known is not None:
                return await self._poll(known)
        title = reading.read.info.title
        if not reading.read.decision.changes:
            remarks = reading.read.warnings
            none = NO_READABLE_EPISODES(title=title, remarks=remarks) if remarks else NO_EPISODES(title=title)
            raise FeedError(none)
        result = self._result(reading, began, known_since=began)
        podcast_id = await create_podcast(self._db, feed_url, result, by_operator=by_operator)
        return Poll(podcast_id, title, reading.outcome, new=len(reading.read.decision.changes))

    async def poll(self, podcast: Podcast) -> Poll:
        """Poll a podcast's feed and store what changed. A failure is an outcome, not an exception."""
        poll = await self._poll(podcast)
        if poll.failed:
            log.warning("podcast %d: %s", podcast.id, sentence(poll.outcome))
        return poll

    async def poll_afresh(self, podcast: Podcast) -> Poll:
        """Poll without validators, so that an unchanged feed is read again."""
        return await self.poll(replace(podcast, validators=Validators()))

    async def _poll(self, podcast: Podcast) -> Poll:
        began = _now()
        known = podcast.validators
        try:
            async with AsyncExitStack() as held:
                fetched = await self._fetcher.feed(podcast.feed_url, known, held)
                if fetched.body is not None:
                    fetched = await self._hashed(fetched)
                if fetched.validators.body_hash != known.body_hash:
                    return await self._store(podcast, fetched, held, began)
        except FeedError as error:
            outcome = await self._record_failure(podcast, error, began)
            return Poll(podcast.id, podcast.title, outcome, failed=True)
        # The host may send new validators with the same body. They keep the next poll cheap.
        asked = PollingHints(fetched.fresh_for_s, podcast.ttl_s, podcast.skip_hours, podcast.skip_days)
        due = self._due(began, asked, podcast.rhythm, podcast.added_at)
        move = permanent_move(podcast.feed_url, fetched.moved_to)
        ended = PollOutcome(UNCHANGED(), began, due.at, due.reason, fetched.validators, move=move)
        await record_poll(self._db, podcast.id, ended)
        return Poll(podcast.id, podcast.title, UNCHANGED())

    async def record_fault(self, podcast: Podcast) -> None:
        """Record a failure inside Earmark, so that moderators see it and the poll is not repeated at once."""
        await self._record_failure(podcast, FeedError(FAULT()), _now())

    async def _record_failure(self, podcast: Podcast, error: FeedError, began: datetime) -> Status:
        """Record why a poll failed, and pause a feed that is gone or has failed for days; return the outcome."""
        due = after_failure(
            _now(),
            self._interval,
            podcast.failing_since,
            podcast.failures,
            error.retry_after_s,
            self._jitter(),
        )
        outcome, pause = error.status, due.pause
        if error.gone:
            outcome, pause = PAUSED_AS_GONE(failure=outcome), GONE()
        elif pause is not None:
            outcome = PAUSED_AS_FAILING(failure=outcome, days=pause.args["days"])
        ended = PollOutcome(
            outcome, began, due.at, due.reason, failed=True, failing_since=due.failing_since, pause=pause
        )
        await record_poll(self._db, podcast.id, ended)
        return outcome

    async def _store(self, podcast: Podcast, fetched: Fetched, held: AsyncExitStack, began: datetime) -> Poll:
        for _ in range(MAX_DECISIONS):
            known = await known_items(self._db, podcast.id)
            name = f"the feed of podcast {podcast.id}"
            read = partial(
                self._read,
                known=known,
                baseline=False,
                now=began,
                name=name,
                catches_up=self._catches_up(podcast),
            )
            reading = await read(fetched, podcast.feed_url)
            if reading.read.info.new_feed_url:
                # Two bodies held at once could deadlock: each waits for memory that the other holds.
                await held.aclose()
                former = [podcast.feed_url, *await former_addresses(self._db, podcast.id)]
                reading = await self._at_new_address(reading, former, read)
            if not reading.read.listed:
                remarks = reading.read.warnings
                raise FeedError(
                    NO_READABLE_EPISODES_ANY_MORE(remarks=remarks) if remarks else NO_EPISODES_ANY_MORE()
                )
            result = self._result(reading, began, known_since=podcast.added_at)
            try:
                await save_poll(self._db, podcast.id, known.revision, result)
            except StaleRevisionError:
                log.info("podcast %d changed during its poll; deciding again", podcast.id)
                continue
            changes = reading.read.decision.changes
            for change in changes:
                if change.episode_id is None:
                    log.info("podcast %d: “%s” %s", podcast.id, change.item.title, sentence(change.reason))
            new = sum(change.episode_id is None for change in changes)
            return Poll(
                podcast.id,
                reading.read.info.title,
                reading.outcome,
                new=new,
                changed=len(changes) - new,
                announced=sum(change.announce for change in changes),
                held=len(reading.read.decision.held),
            )
        raise FeedError(READ_AT_ONCE())

    async def _at_new_address(
        self, reading: _Reading, known: list[str], read: Callable[[Fetched, str], Awaitable[_Reading]]
    ) -> _Reading:
        """The feed at the new address that it names, if that has episodes; else `reading`, with a remark why not."""
        redirected = [reading.move.feed_url] if reading.move else []
        move = announced_move(reading.read.info.new_feed_url, [*known, *redirected])
        if move is None:
            return reading
        try:
            async with AsyncExitStack() as held:
                fetched = await self._hashed(await self._fetcher.feed(move.feed_url, Validators(), held))
                there = await read(fetched, move.feed_url)
        except FeedError as error:
            remark = NEW_ADDRESS_FAILS(address=without_secrets(move.feed_url), failure=error.status)
        else:
            if there.read.listed:
                return replace(there, move=there.move or move)
            remark = NEW_ADDRESS_EMPTY(address=without_secrets(move.feed_url))
        return replace(reading, outcome=WITH_REMARKS(outcome=reading.outcome, remarks=(remark,)))

    async def _hashed(self, fetched: Fetched) -> Fetched:
        """Add the hash of the body to the validators."""
        digest = await asyncio.to_thread(lambda: hashlib.sha256(fetched.body or b"").hexdigest())
        return replace(fetched, validators=replace(fetched.validators, body_hash=digest))

    async def _read(
        self,
        fetched: Fetched,
        feed_url: str,
        *,
        known: KnownItems,
        baseline: bool,
        now: datetime,
        name: str,
        catches_up: bool = False,
    ) -> _Reading:
        """Have a body read, and decide what to do about it. Raises FeedError."""
        if fetched.body is None:
            raise RuntimeError("only a body can be parsed")
        job = FeedJob(
            fetched.content_type,
            known.episodes,
            known.held,
            baseline,
            now,
            most=self._bounds.episodes,
            catches_up=catches_up,
        )
        try:
            read = await read_around(self._documents, job, fetched.body, name)
        except JobBrokenError as error:
            # One feed that breaks its parser must not stop the others.
            log.exception("%s can't be read", name)
            raise FeedError(FAULT()) from error
        remarks = read.warnings
        if unread := sum(change.item.notes_error is not None for change in read.decision.changes):
            remarks += (NOTES_UNREAD(count=unread),)
        if read.left_unread:
            remarks += (LEFT_UNREAD(count=read.left_unread, most=self._bounds.episodes),)
        return _Reading(
            replace(fetched, body=None),
            permanent_move(feed_url, fetched.moved_to),
            read,
            _outcome(read.decision, remarks, baseline=baseline),
        )

    def _result(self, reading: _Reading, began: datetime, *, known_since: datetime) -> PollResult:
        info, fetched = reading.read.info, reading.fetched
        asked = PollingHints(fetched.fresh_for_s, info.ttl_s, info.skip_hours, info.skip_days)
        due = self._due(began, asked, reading.read.rhythm, known_since)
        # Without validators the next poll reads the items that were left out, even if the feed does not change.
        validators = Validators() if reading.read.unread else fetched.validators
        ended = PollOutcome(reading.outcome, began, due.at, due.reason, validators, move=reading.move)
        decision = reading.read.decision
        return PollResult(
            info,
            with_waits(decision.changes, _now() + self._wait_for_files),
            ended,
            decision.held,
            reading.read.rhythm,
            decision.refreshed,
            decision.left_out,
            decision.listed_again,
            reading.read.left_unread,
        )

    def _due(self, began: datetime, asked: PollingHints, rhythm: Rhythm, known_since: datetime) -> NextPoll:
        return after_success(began, _now(), self._interval, asked, rhythm, known_since, self._jitter())


def _now() -> datetime:
    return datetime.now(UTC)


def _outcome(decision: Decision, remarks: tuple[Status, ...], *, baseline: bool) -> Status:
    """What a poll found, with what the parser left out as remarks."""
    new = sum(change.episode_id is None for change in decision.changes)
    if baseline:
        outcome = ADDED(count=new)
    else:
        counts = {
            NEW: new,
            CHANGED: len(decision.changes) - new - decision.moved,
            MOVED: decision.moved,
            HELD: len(decision.held),
        }
        changes = tuple(code(count=count) for code, count in counts.items() if count)
        outcome = CHANGES(changes=changes) if changes else NOTHING_NEW()
    return WITH_REMARKS(outcome=outcome, remarks=remarks) if remarks else outcome
