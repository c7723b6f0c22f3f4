"""Values to store, with what a test does not care about filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.engine.database import Database
from storage.models import (
    ChapterSource,
    Destination,
    EpisodeChange,
    FeedInfo,
    FeedItem,
    PollOutcome,
    PollResult,
    Turn,
    Validators,
    as_text,
)
from storage.tables.destinations import add_destination
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import create_podcast, save_poll

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = "https://feeds.example/first.xml"


def item(identity: str, **said: Any) -> FeedItem:
    """One item of a feed."""
    plain = FeedItem(
        identity=identity,
        guid=identity,
        title=f"About {identity}",
        link=f"https://show.example/{identity}",
        published=NOW - timedelta(days=1),
        duration_s=1800.5,
        image_url=None,
        enclosure_url=f"https://cdn.example/{identity}.mp3",
        enclosure_type="audio/mpeg",
        video_url=None,
        notes=f"<p>Notes of {identity}</p>",
        intro=f"Notes of {identity}",
        content_hash=f"hash of {identity}",
    )
    if said.get("chapters"):
        said = {"chapters_source": ChapterSource.NOTES} | said
    return replace(plain, **said)


def fresh(one: FeedItem, *, announce: bool = False, sorted_at: datetime | None = None) -> EpisodeChange:
    """A change that brings a new episode."""
    return EpisodeChange(one, None, announce, as_text("because"), sorted_at or one.published or NOW)


def edited(one: FeedItem, episode_id: int, *, announce: bool = False) -> EpisodeChange:
    """A change of an episode that is stored."""
    return EpisodeChange(one, episode_id, announce, as_text("changed"), one.published or NOW)


def turn(text: str, speaker: str | None = "Ada", start_ms: int | None = 0) -> Turn:
    """Something said."""
    return Turn(speaker, start_ms, None, text)


def outcome(status: str = "unchanged", now: datetime = NOW, **said: Any) -> PollOutcome:
    """How a look ended; the next one is due in ten minutes."""
    return replace(
        PollOutcome(as_text(status), now, now + timedelta(minutes=10), as_text("every 10 min")), **said
    )


def result(
    *changes: EpisodeChange, now: datetime = NOW, title: str = "First Show", **said: Any
) -> PollResult:
    """What a look brought."""
    validators = Validators('"1"', "Sun, 01 Mar 2026 11:00:00 GMT", "f00d")
    plain = PollResult(
        info=FeedInfo(title, "https://show.example", "https://show.example/cover.png", "en"),
        changes=changes,
        outcome=outcome(f"{len(changes)} changes", now, validators=validators),
    )
    return replace(plain, **said)


async def stored(
    db: Database, *items: FeedItem, feed_url: str = FEED, title: str = "First Show", by_operator: bool = True
) -> int:
    """A podcast with these episodes; its id."""
    changes = [fresh(one) for one in items]
    return await create_podcast(db, feed_url, result(*changes, title=title), by_operator=by_operator)


async def poll(db: Database, podcast_id: int, *changes: EpisodeChange, now: datetime = NOW) -> None:
    """Store what another look brought."""
    known = await known_items(db, podcast_id)
    await save_poll(db, podcast_id, known.revision, result(*changes, now=now))


async def ids(db: Database, podcast_id: int) -> dict[str, int]:
    """The ids of the podcast's episodes by identity."""
    return {one.identity: one.id for one in (await known_items(db, podcast_id)).episodes}


async def followed(db: Database, podcast_id: int, channel_id: int, guild_id: int = 1) -> Destination:
    """A channel that follows the podcast."""
    one, _ = await add_destination(
        db, podcast_id, guild_id=guild_id, channel_id=channel_id, added_by=5, now=NOW
    )
    return one
