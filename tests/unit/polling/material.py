"""Podcasts to poll, and what stands in for polling them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.polling.feed_outcomes import Poll
from storage.engine.database import Database
from storage.models import (
    EpisodeChange,
    FeedInfo,
    FeedItem,
    FileLink,
    PendingFile,
    Podcast,
    PollOutcome,
    PollResult,
    TranscriptSource,
    Turn,
    as_text,
)
from storage.tables.feed_updates import create_podcast, record_poll
from storage.tables.linked_files import pending_files, record_read
from storage.tables.transcripts import save_transcript
from tests.fakes.watch import TIMEOUT_S

SOON = timedelta(hours=1)


def _already() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def pending(db: Database, podcast_id: int, limit: int) -> list[PendingFile]:
    """The linked files that are due now."""
    return await pending_files(db, podcast_id, due_at=datetime.now(UTC), limit=limit)


def _outcome(outcome: str) -> PollOutcome:
    now = datetime.now(UTC)
    return PollOutcome(as_text(outcome), now, now + SOON, as_text("because"))


@dataclass(slots=True)
class FakeReader:
    """Stands in for what polls feeds and reads files: counts both, and holds or breaks those that it is told to."""

    db: Database
    polls: Counter[int] = field(default_factory=Counter)
    reads: Counter[int] = field(default_factory=Counter)
    beside: Counter[int] = field(default_factory=Counter)
    begun: set[int] = field(default_factory=set)
    running: set[int] = field(default_factory=set)
    most_at_once: int = 0
    broken: set[int] = field(default_factory=set)
    announced: int = 0
    unreadable: bool = False
    forgetful: int = 0
    error: Exception = field(default_factory=lambda: RuntimeError("on purpose"))
    faults: list[int] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    hosts: asyncio.Event = field(default_factory=_already)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    longest_wait: timedelta = timedelta(hours=6)

    async def poll(self, podcast: Podcast) -> Poll:
        """Poll a podcast, which is then due in an hour."""
        assert podcast.id not in self.running
        self.running.add(podcast.id)
        self.polls[podcast.id] += 1
        self.most_at_once = max(self.most_at_once, len(self.running))
        await self._tell()
        await self.gate.wait()
        self.running.discard(podcast.id)
        if podcast.id in self.broken:
            raise self.error
        await record_poll(self.db, podcast.id, _outcome("unchanged"))
        return Poll(podcast.id, podcast.title, as_text(""), new=1, announced=self.announced)

    async def record_fault(self, podcast: Podcast) -> None:
        """Store that it failed; it is due in an hour, too."""
        if self.forgetful:
            self.forgetful -= 1
            raise OSError("the database is away")
        self.faults.append(podcast.id)
        await record_poll(self.db, podcast.id, _outcome("fault"))
        await self._tell()

    async def read(
        self,
        podcast_id: int,
        *,
        limit: int,
        awaited_only: bool = False,
        on_awaited: Callable[[], None] = lambda: None,
    ) -> list[str]:
        """Read so many published files, or fail at all of them."""
        if awaited_only:
            on_awaited()
            self.beside[podcast_id] += 1
            await self._tell()
            return []
        self.begun.add(podcast_id)
        await self._tell()
        await self.hosts.wait()
        for one in await pending(self.db, podcast_id, limit):
            if not self.unreadable:
                turns = [Turn("Ada", 0, None, "words")]
                await save_transcript(self.db, one.episode_id, TranscriptSource("vtt"), turns)
                await record_read(self.db, [one])
        self.reads[podcast_id] += 1
        await self._tell()
        return []

    async def _tell(self) -> None:
        async with self.moved:
            self.moved.notify_all()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something has been seen."""
        async with asyncio.timeout(TIMEOUT_S), self.moved:
            await self.moved.wait_for(seen)


def _change(title: str) -> EpisodeChange:
    item = FeedItem(
        identity=title,
        guid=title,
        title=title,
        link=None,
        published=None,
        duration_s=None,
        image_url=None,
        enclosure_url="https://a.example/1.mp3",
        enclosure_type="audio/mpeg",
        video_url=None,
        notes="",
        intro="",
        content_hash=title,
        transcript_links=(FileLink(f"https://a.example/{title}.vtt", "text/vtt"),),
    )
    return EpisodeChange(item, None, announce=False, reason=as_text(""), sorted_at=datetime.now(UTC))


async def add_podcast(
    db: Database, number: int, *, due_in: timedelta = -SOON, episodes: int = 0, host: str | None = None
) -> int:
    """A podcast that the operator follows, with episodes that link to a transcript each; its id."""
    now = datetime.now(UTC)
    changes = tuple(_change(f"{number}-{place}") for place in range(episodes))
    info = FeedInfo(f"Show {number}", None, None, None)
    result = PollResult(info, changes, PollOutcome(as_text(""), now, now + due_in, as_text("")))
    feed_url = f"https://{host or number}.example/{number}"
    return await create_podcast(db, feed_url, result, by_operator=True)
