"""Podcasts, and how many of their episodes have chapters and transcripts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import (
    ChapterSource,
    Coverage,
    FileKind,
    Podcast,
    Rhythm,
    TranscriptSource,
    Validators,
)
from storage.models.feed_identity import feed_key
from storage.tables.schema import destination, episode, former_address, linked_file, podcast

_EPISODE_COUNT = (
    sa.select(sa.func.count())
    .where(episode.c.podcast_id == podcast.c.id)
    .scalar_subquery()
    .label("episode_count")
)
# One that is being deleted is found by nobody any more.
PODCAST = sa.select(podcast, _EPISODE_COUNT).where(podcast.c.deleted_at.is_(None))
FOLLOWED = sa.or_(
    podcast.c.by_operator,
    sa.exists().where(destination.c.podcast_id == podcast.c.id, destination.c.removed_at.is_(None)),
)


def as_podcast(row: sa.Row[*tuple[Any, ...]]) -> Podcast:
    """The podcast in a row of `PODCAST`."""
    return Podcast(
        id=row.id,
        feed_url=row.feed_url,
        title=row.title,
        link=row.link,
        image_url=row.image_url,
        validators=Validators(row.etag, row.last_modified, row.body_hash),
        revision=row.revision,
        polled_at=row.polled_at,
        outcome=row.outcome,
        next_poll_at=row.next_poll_at,
        next_reason=row.next_reason,
        added_at=row.added_at,
        failing_since=row.failing_since,
        failures=row.failures,
        paused=row.paused,
        ttl_s=row.ttl_s,
        skip_hours=_numbers(row.skip_hours),
        skip_days=_numbers(row.skip_days),
        rhythm=Rhythm(row.newest_at, row.release_minute),
        episode_count=row.episode_count,
        left_at=row.left_at,
        left_unread=row.left_unread,
        language=row.language,
        author=row.author,
        guid=row.guid,
        whole_at=row.whole_at,
        false_304_at=row.false_304_at,
    )


def _numbers(text: str | None) -> frozenset[int]:
    return frozenset(int(number) for number in text.split(",")) if text else frozenset()


def feed_host(feed_url: str) -> str:
    """Host and port of a feed's address, in lower case; empty for a file."""
    return urlsplit(feed_url).netloc.rpartition("@")[2].lower()


async def list_podcasts(db: Database, podcast_ids: Collection[int] | None = None) -> list[Podcast]:
    """Podcasts by title, these or all."""
    query = PODCAST.order_by(sa.func.lower(podcast.c.title), podcast.c.id)
    if podcast_ids is not None:
        query = query.where(podcast.c.id.in_(podcast_ids))
    async with db.read() as connection:
        return [as_podcast(row) for row in await connection.execute(query)]


async def followed_podcasts(db: Database) -> list[Podcast]:
    """The podcasts that somebody follows, which are those that are polled."""
    async with db.read() as connection:
        return [
            as_podcast(row)
            for row in await connection.execute(PODCAST.where(FOLLOWED).order_by(podcast.c.id))
        ]


async def get_podcast(db: Database, podcast_id: int) -> Podcast | None:
    """A podcast by its id."""
    async with db.read() as connection:
        row = (await connection.execute(PODCAST.where(podcast.c.id == podcast_id))).first()
    return as_podcast(row) if row else None


async def podcast_by_feed(db: Database, feed_url: str) -> Podcast | None:
    """The podcast with this feed address in any spelling, or the one that had it before its feed moved."""
    key = feed_key(feed_url)
    former = sa.select(former_address.c.podcast_id)
    # One that has the address now comes before one that used to have it, and this very spelling before others.
    signs = (
        podcast.c.feed_url == feed_url,
        podcast.c.feed_key == key,
        podcast.c.id.in_(former.where(former_address.c.feed_url == feed_url)),
        podcast.c.id.in_(former.where(former_address.c.feed_key == key)),
    )
    closest_first = sa.case(*((sign, rank) for rank, sign in enumerate(signs)))
    query = PODCAST.where(sa.or_(*signs)).order_by(closest_first, podcast.c.id)
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
    return as_podcast(row) if row else None


async def former_addresses(db: Database, podcast_id: int) -> list[str]:
    """The earlier addresses of the podcast's feed, oldest first."""
    query = (
        sa.select(former_address.c.feed_url)
        .where(former_address.c.podcast_id == podcast_id)
        .order_by(former_address.c.left_at, former_address.c.feed_url)
    )
    async with db.read() as connection:
        return list((await connection.execute(query)).scalars())


async def feed_addresses(db: Database, most: int) -> list[str]:
    """The addresses of all feeds, now and earlier; at most so many, the newest podcasts' first."""
    now = sa.select(podcast.c.feed_url).order_by(podcast.c.id.desc()).limit(most)
    earlier = sa.select(former_address.c.feed_url).order_by(former_address.c.left_at.desc()).limit(most)
    async with db.read() as connection:
        found = [url for query in (now, earlier) for url in (await connection.execute(query)).scalars()]
    return found[:most]


async def follow_as_operator(db: Database, podcast_id: int) -> None:
    """Keep polling the podcast even if no server follows it."""
    async with db.write() as connection:
        await connection.execute(
            podcast.update().where(podcast.c.id == podcast_id).values(by_operator=True, left_at=None)
        )


async def note_left(connection: AsyncConnection, which: sa.ColumnElement[bool], now: datetime) -> None:
    """Note of those of these podcasts that nobody follows any more since when that is."""
    alone = sa.and_(which, podcast.c.left_at.is_(None), sa.not_(FOLLOWED))
    await connection.execute(podcast.update().where(alone).values(left_at=now))


async def hold_podcast(db: Database, podcast_id: int, now: datetime) -> bool:
    """Keep a podcast from being deleted, as somebody is about to follow it; False if that has begun already."""
    left_at = sa.case((podcast.c.left_at.is_not(None), sa.bindparam("now", now, podcast.c.left_at.type)))
    async with db.write() as connection:
        held = await connection.execute(
            podcast.update()
            .where(podcast.c.id == podcast_id, podcast.c.deleted_at.is_(None))
            .values(left_at=left_at)
        )
        return bool(held.rowcount)


async def coverages(db: Database, podcast_ids: Collection[int] | None = None) -> dict[int, Coverage]:
    """How many episodes have chapters and transcripts, by podcast and source; of these podcasts or of all."""
    missing = sa.and_(
        episode.c.transcript_source.is_(None),
        sa.exists().where(
            linked_file.c.episode_id == episode.c.id, linked_file.c.kind == FileKind.TRANSCRIPT
        ),
    )
    query = sa.select(
        episode.c.podcast_id,
        episode.c.chapters_source,
        episode.c.transcript_source,
        sa.func.count(),
        sa.func.count().filter(missing),
    ).group_by(episode.c.podcast_id, episode.c.chapters_source, episode.c.transcript_source)
    if podcast_ids is not None:
        query = query.where(episode.c.podcast_id.in_(podcast_ids))
    counted: dict[int, tuple[dict[ChapterSource, int], dict[TranscriptSource, int], list[int]]] = {}
    async with db.read() as connection:
        for podcast_id, chapters_source, transcript_source, count, lacking in await connection.execute(query):
            chapters, transcripts, sums = counted.setdefault(podcast_id, ({}, {}, [0, 0]))
            if chapters_source:
                source = ChapterSource(chapters_source)
                chapters[source] = chapters.get(source, 0) + count
            if transcript_source:
                kind = TranscriptSource(transcript_source)
                transcripts[kind] = transcripts.get(kind, 0) + count
            sums[0] += count
            sums[1] += lacking
    return {
        podcast_id: Coverage(sums[0], chapters, transcripts, sums[1])
        for podcast_id, (chapters, transcripts, sums) in counted.items()
    }


async def coverage(db: Database, podcast_id: int) -> Coverage:
    """How many episodes of one podcast have chapters and transcripts."""
    return (await coverages(db, [podcast_id])).get(podcast_id, Coverage())
