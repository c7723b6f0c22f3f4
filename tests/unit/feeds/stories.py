"""A feed's story: documents served look after look, at given times, and what of them is stored and announced.

async with open_story(db) as story:
    await story.look(OLD)                                  # the first look: nothing is announced
    assert await story.look(new, *OLD, hours=1) == [new.title]
    assert await story.look(hours=2) == []                 # nothing served: 304

`story.serve(url, …)` puts a document at another address, `story.fails(error)` an error at the feed's own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import cast

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetched, Fetcher
from bot.polling import feed_updater
from bot.polling.feed_outcomes import Poll
from bot.polling.feed_updater import FeedUpdater
from storage.engine.database import Database
from storage.models import Episode, Podcast, Validators
from storage.tables.deliveries import due_deliveries
from storage.tables.destinations import add_destination
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import get_podcast
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.feeds.material import feed_xml

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://feeds.example/show.xml"
INTERVAL_S = 600.0


@dataclass(frozen=True, slots=True)
class Told:
    """An item as a feed tells it: of a day so many days before the start, unless its date is written out.

    `guid` and `file` are made from `name` where they are not said; "" leaves an element out.
    """

    name: str
    title: str = ""
    days: float = 0.0
    guid: str | None = None
    file: str | None = None
    date: str | None = None
    length: str = ""
    inside: str = ""

    def xml(self) -> str:
        """The item."""
        guid = self.name if self.guid is None else self.guid
        file = f"https://cdn.example/{self.name}.mp3" if self.file is None else self.file
        date = self.date
        if date is None:
            date = format_datetime(START - timedelta(days=self.days))
        parts = [f"<title>{escape(self.title)}</title>" if self.title else ""]
        parts += [f'<guid isPermaLink="false">{escape(guid)}</guid>'] if guid else []
        parts += [f"<pubDate>{escape(date)}</pubDate>"] if date else []
        parts += [f'<enclosure url="{escape(file)}" type="audio/mpeg" length="1"/>'] if file else []
        parts += [f"<itunes:duration>{self.length}</itunes:duration>"] if self.length else []
        return f"<item>{''.join(parts)}{self.inside}</item>"

    def but(self, **said: object) -> Told:
        """The same item, told differently."""
        return replace(self, **said)  # type: ignore[arg-type]


# Six items a week apart, the newest six days old.
OLD = tuple(
    Told(f"w-{6 - n}", title, days=6 + 7 * n)
    for n, title in enumerate(("Cranes", "Buoys", "Ropes", "Pilots", "Sand bars", "Fog horns"))
)


@dataclass(slots=True)
class _Host:
    """Stands in for the fetcher: by address a document, or what is raised. Nothing: 304 where it was asked before."""

    answers: dict[str, Fetched | FeedError] = field(default_factory=dict)
    asked: list[tuple[str, Validators]] = field(default_factory=list)

    async def feed(self, url: str, validators: Validators, _held: AsyncExitStack) -> Fetched:
        self.asked.append((url, validators))
        answer = self.answers.get(url)
        if answer is None:
            return Fetched(None, None, validators)
        if isinstance(answer, FeedError):
            raise answer
        return replace(answer, body=bytearray(answer.body or b""))


class Story:
    """One podcast on a host of its own, and a channel that follows it from the first look on."""

    def __init__(self, db: Database, updater: FeedUpdater, host: _Host, url: str) -> None:
        self.url = url
        self.host = host
        self.now = START
        self._db = db
        self._updater = updater
        self._podcast_id: int | None = None
        self._planned: set[int] = set()
        self.poll: Poll | None = None

    def serve(self, url: str, body: bytes, *, moved_to: str | None = None, etag: str | None = None) -> None:
        """Serve a document at an address; `moved_to`: where a permanent redirect led to."""
        self.host.answers[url] = Fetched(body, "application/rss+xml", Validators(etag), moved_to)

    def fails(self, error: FeedError) -> None:
        """Answer the next looks with a failure."""
        self.host.answers[self.url] = error

    async def look(
        self, *items: Told, hours: float = 0.0, body: bytes | None = None, title: str = "Small Show"
    ) -> list[str]:
        """Look at the feed so many hours after the start; the titles that are announced by it, in their order.

        Without items and without a body the host says that nothing changed.
        """
        self.now = START + timedelta(hours=hours)
        if items or body is not None:
            self.serve(
                self.url, feed_xml([one.xml() for one in items], title=title) if body is None else body
            )
        elif not isinstance(self.host.answers.get(self.url), FeedError):
            self.host.answers.pop(self.url, None)
        return await self.look_again()

    async def look_again(self) -> list[str]:
        """Look at what is served."""
        if self._podcast_id is None:
            podcast, self.poll = await self._updater.follow(self.url, by_operator=False)
            self._podcast_id = podcast.id
            await add_destination(
                self._db, podcast.id, guild_id=1, channel_id=10, added_by=5, now=podcast.added_at
            )
        else:
            self.poll = await self._updater.poll(await self.podcast())
        planned = await due_deliveries(self._db, self.now + timedelta(days=1), 1000)
        new = [one for one in planned if one.id not in self._planned]
        self._planned |= {one.id for one in new}
        titles = {one.id: one.title for one in await self.stored()}
        return [titles[one.episode_id] for one in new]

    async def podcast(self) -> Podcast:
        """The podcast as it is stored."""
        assert self._podcast_id is not None
        podcast = await get_podcast(self._db, self._podcast_id)
        assert podcast is not None
        return podcast

    async def stored(self) -> Sequence[Episode]:
        """Its episodes, newest first."""
        assert self._podcast_id is not None
        return await list_episodes(self._db, [self._podcast_id])

    async def titles(self) -> list[str]:
        """The titles of its episodes, newest first."""
        return [one.title for one in await self.stored()]


@asynccontextmanager
async def open_story(db: Database, url: str = URL) -> AsyncIterator[Story]:
    """A story of a feed, told to an updater whose clock stands still between looks."""
    documents = InProcessReader()
    host = _Host()
    updater = FeedUpdater(
        db, cast("Fetcher", host), documents, poll_interval_s=INTERVAL_S, jitter=lambda: 1.0
    )
    story = Story(db, updater, host, url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_updater, "_now", lambda: story.now)
        yield story
    await documents.close()
