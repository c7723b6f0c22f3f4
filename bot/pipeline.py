"""From a poll to planned deliveries: fetch, parse, decide, and keep it all in one call to storage."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.feeds.decide import decide
from bot.feeds.fetch import FeedError, Fetched, Fetcher
from bot.feeds.parse import MAX_ITEMS, parse_feed, read_item_notes
from bot.transcripts import Transcript, TranscriptError, read_transcript, reads_type
from bot.wording import counted
from storage.database import Database
from storage.models import (
    EpisodeChange,
    FeedInfo,
    KnownEpisode,
    PendingTranscript,
    Podcast,
    PollResult,
    Validators,
)
from storage.podcasts import follow_as_operator, get_podcast, podcast_by_feed
from storage.polls import StaleRevisionError, create_podcast, known_episodes, record_look, save_poll
from storage.transcripts import pending_transcripts, record_transcript_failure, save_transcript

MAX_TRANSCRIPT_ATTEMPTS = 6
TRANSCRIPT_RETRY_AFTER = timedelta(minutes=10)
TRANSCRIPTS_AT_ONCE = 4
# A write that another process made in between: so many times is the decision made anew.
MAX_DECISIONS = 5

# A look begins at most this much before its interval is over.
LOOKED_EARLY = timedelta(seconds=5)

# So long the reading thread works on notes before it rests for a moment.
WORK_S = 0.002
REST_S = 0.0004

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Poll:
    """How a look at one podcast ended. `announced` counts the new episodes that call for an announcement."""

    podcast_id: int
    title: str
    outcome: str
    new: int = 0
    changed: int = 0
    announced: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """A body, read: what the feed says and what to do about it."""

    info: FeedInfo
    changes: tuple[EpisodeChange, ...]
    episodes: int
    body_hash: str


class Pipeline:
    """Reads podcasts into the database."""

    def __init__(self, db: Database, fetcher: Fetcher, *, poll_interval_s: float) -> None:
        self._db = db
        self._fetcher = fetcher
        self._interval = timedelta(seconds=poll_interval_s)
        # One thread: two documents parsed at once were seen to stall the event loop for 83 ms, one for 3.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="reading")

    def close(self) -> None:
        """Let the reading thread end."""
        self._reading.shutdown(wait=False, cancel_futures=True)

    async def follow(self, feed_url: str, *, by_operator: bool) -> tuple[Podcast, Poll]:
        """Take up a podcast, its episodes as the baseline; one already known is polled. Raises FeedError."""
        podcast = await podcast_by_feed(self._db, feed_url)
        if podcast is None:
            poll = await self._first_poll(feed_url, by_operator=by_operator)
        else:
            # Whoever adds it is told of a failure; the log need not repeat it.
            poll = await self._poll(podcast)
            if by_operator:
                await follow_as_operator(self._db, podcast.id)
        stored = await get_podcast(self._db, poll.podcast_id)
        if stored is None:
            raise RuntimeError(f"podcast {poll.podcast_id} vanished while it was added")
        return stored, poll

    async def _first_poll(self, feed_url: str, *, by_operator: bool) -> Poll:
        began = _now()
        fetched = await self._fetcher.feed(feed_url, Validators())
        if fetched is None:
            raise FeedError("The host answered 304 to a first request; nothing can be read.")
        reading = await self._read(fetched, {}, baseline=True, now=began)
        if not reading.changes:
            raise FeedError(f"The feed “{reading.info.title}” has no episodes: no item has audio or video.")
        outcome = f"added with {counted(len(reading.changes), 'episode')}"
        result = self._result(fetched, reading, outcome, began)
        podcast_id = await create_podcast(self._db, feed_url, result, by_operator=by_operator)
        return Poll(podcast_id, reading.info.title, outcome, new=len(reading.changes))

    async def poll(self, podcast: Podcast) -> Poll:
        """Look at a podcast's feed and store what is new. A failure is an outcome, not an exception."""
        poll = await self._poll(podcast)
        if poll.failed:
            log.warning("podcast %d: %s", podcast.id, poll.outcome)
        return poll

    async def _poll(self, podcast: Podcast) -> Poll:
        began = _now()
        try:
            fetched = await self._fetcher.feed(podcast.feed_url, podcast.validators)
            if fetched is None:
                await self._record(podcast, "unchanged", began)
                return Poll(podcast.id, podcast.title, "unchanged")
            body_hash = await self._beside(partial(_hash, fetched.body))
            if body_hash == podcast.validators.body_hash:
                # The host may have new validators for the same body: the next look shall be as cheap as it can.
                await self._record(
                    podcast, "unchanged", began, replace(fetched.validators, body_hash=body_hash)
                )
                return Poll(podcast.id, podcast.title, "unchanged")
            return await self._store(podcast, fetched, began)
        except FeedError as error:
            await self._record(podcast, str(error), began)
            return Poll(podcast.id, podcast.title, str(error), failed=True)

    async def record_fault(self, podcast: Podcast) -> None:
        """Keep that a look failed by a fault of Earmark's own, so that moderators see it and it is no spin."""
        await self._record(podcast, "The last look failed inside Earmark; its log says why.", _now())

    async def _store(self, podcast: Podcast, fetched: Fetched, began: datetime) -> Poll:
        for _ in range(MAX_DECISIONS):
            revision, known = await known_episodes(self._db, podcast.id)
            reading = await self._read(fetched, known, baseline=False, now=began)
            if not reading.episodes:
                raise FeedError("The feed has no episodes any more: no item has audio or video.")
            new = sum(change.episode_id is None for change in reading.changes)
            changed = len(reading.changes) - new
            outcome = _outcome(new, changed)
            try:
                await save_poll(
                    self._db, podcast.id, revision, self._result(fetched, reading, outcome, began)
                )
            except StaleRevisionError:
                log.info("podcast %d was written to while it was read; deciding again", podcast.id)
                continue
            for change in reading.changes:
                if change.episode_id is None:
                    log.info("podcast %d: “%s” %s", podcast.id, change.item.title, change.reason)
            announced = sum(change.announce for change in reading.changes)
            return Poll(podcast.id, reading.info.title, outcome, new, changed, announced)
        raise FeedError("The feed was read by several processes at once; the next look settles it.")

    async def _read(
        self, fetched: Fetched, known: Mapping[str, KnownEpisode], *, baseline: bool, now: datetime
    ) -> _Reading:
        def read() -> _Reading:
            parsed = parse_feed(fetched.body, fetched.content_type)
            changes = decide(known, parsed.items, baseline=baseline, now=now)
            # Notes are read at the price of what is new: half of a long feed's time goes there.
            read = tuple(
                replace(change, item=read_item_notes(change.item)) for change in _with_rests(changes)
            )
            return _Reading(parsed.info, read, len(parsed.items), _hash(fetched.body))

        return await self._beside(read)

    async def _beside(self, work: Callable[[], T]) -> T:
        """Do this in the reading thread, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    def _result(self, fetched: Fetched, reading: _Reading, outcome: str, began: datetime) -> PollResult:
        return PollResult(
            info=reading.info,
            changes=reading.changes,
            validators=replace(fetched.validators, body_hash=reading.body_hash),
            outcome=outcome,
            polled_at=began,
            next_poll_at=self._next(began),
        )

    def _next(self, began: datetime) -> datetime:
        """When to look again: a little before the interval is over, so that what is new is announced within it."""
        early = min(self._interval / 10, LOOKED_EARLY)
        return max(began + self._interval - early, _now() + early)

    async def _record(
        self, podcast: Podcast, outcome: str, began: datetime, validators: Validators | None = None
    ) -> None:
        await record_look(
            self._db,
            podcast.id,
            outcome=outcome,
            now=began,
            next_poll_at=self._next(began),
            validators=validators,
        )

    async def transcripts_to_come(self, podcast_id: int) -> int:
        """How many episodes have a published transcript that is still to be read, in a format that can be."""
        pending = await pending_transcripts(
            self._db, podcast_id, due_at=None, max_attempts=MAX_TRANSCRIPT_ATTEMPTS, limit=MAX_ITEMS
        )
        return len({one.episode_id for one in pending if reads_type(one.link.mime_type)})

    async def read_transcripts(
        self,
        podcast_id: int,
        *,
        limit: int,
        all_missing: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[str]:
        """Fetch published transcripts that are due, or all that are missing; a sentence for each failure."""
        pending = await pending_transcripts(
            self._db,
            podcast_id,
            due_at=None if all_missing else _now(),
            max_attempts=None if all_missing else MAX_TRANSCRIPT_ATTEMPTS,
            limit=limit,
        )
        by_episode: dict[int, list[PendingTranscript]] = {}
        for one in pending:
            by_episode.setdefault(one.episode_id, []).append(one)
        gate = asyncio.Semaphore(TRANSCRIPTS_AT_ONCE)
        done = 0

        async def read(links: list[PendingTranscript]) -> list[str]:
            nonlocal done
            async with gate:
                warnings = await self._read_one_of(links)
            done += 1
            if progress is not None:
                progress(done, len(by_episode))
            return warnings

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read(links)) for links in by_episode.values()]
        return [warning for task in tasks for warning in task.result()]

    async def _read_one_of(self, links: list[PendingTranscript]) -> list[str]:
        """Read the first of an episode's transcripts that can be read; why the ones before it can't."""
        warnings = []
        for one in links:
            try:
                fetched = await self._fetcher.transcript(one.link.url)
                transcript = await self._read_transcript(fetched, one.link.mime_type)
            except (FeedError, TranscriptError) as error:
                warning = f"The transcript of “{one.episode_title}” can't be used: {error}"
                retry = _now() + TRANSCRIPT_RETRY_AFTER * 4 ** min(one.attempts, MAX_TRANSCRIPT_ATTEMPTS)
                await record_transcript_failure(self._db, one.episode_id, one.position, str(error), retry)
                warnings.append(warning)
                continue
            await save_transcript(self._db, one.episode_id, transcript.source, transcript.turns)
            return []
        return warnings

    async def _read_transcript(self, fetched: Fetched, mime_type: str) -> Transcript:
        try:
            return await self._beside(
                partial(read_transcript, fetched.body, mime_type or fetched.content_type)
            )
        except TranscriptError:
            raise
        except Exception as error:
            # One transcript must not keep the others from being read.
            log.exception("a transcript can't be read")
            raise TranscriptError("The transcript is too broken to be read.") from error


def _with_rests(changes: Iterable[EpisodeChange]) -> Iterator[EpisodeChange]:
    """The same, with a short rest now and then, for the reading thread.

    The HTML parser gives the interpreter's lock up and takes it back at once, over and over; the event loop,
    which waits for the lock, then never gets as far as asking for it: 1,278 items held it up by 100 ms.
    """
    rested = time.perf_counter()
    for change in changes:
        if time.perf_counter() - rested > WORK_S:
            time.sleep(REST_S)
            rested = time.perf_counter()
        yield change


def _now() -> datetime:
    return datetime.now(UTC)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _outcome(new: int, changed: int) -> str:
    if not new and not changed:
        return "nothing new"
    return ", ".join(
        part for part in (new and f"{counted(new, 'new episode')}", changed and f"{changed} changed") if part
    )
