"""Podcasts: who is followed, and when each is looked at next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Database
from storage.models import Coverage, Podcast, Validators
from storage.schema import chapter, destination, episode, podcast, transcript_link, turn

_EPISODE_COUNT = (
    sa.select(sa.func.count())
    .where(episode.c.podcast_id == podcast.c.id)
    .scalar_subquery()
    .label("episode_count")
)
_PODCAST = sa.select(podcast, _EPISODE_COUNT)
_FOLLOWED = sa.or_(
    podcast.c.by_operator,
    sa.exists().where(destination.c.podcast_id == podcast.c.id, destination.c.removed_at.is_(None)),
)


def _podcast(row: sa.Row[*tuple[Any, ...]]) -> Podcast:
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
        episode_count=row.episode_count,
    )


async def list_podcasts(db: Database, podcast_ids: Collection[int] | None = None) -> list[Podcast]:
    """The podcasts by title; with ids, only those."""
    query = _PODCAST.order_by(sa.func.lower(podcast.c.title), podcast.c.id)
    if podcast_ids is not None:
        query = query.where(podcast.c.id.in_(podcast_ids))
    async with db.read() as connection:
        return [_podcast(row) for row in await connection.execute(query)]


async def followed_podcasts(db: Database) -> list[Podcast]:
    """The podcasts that somebody follows: those that are polled."""
    async with db.read() as connection:
        return [
            _podcast(row)
            for row in await connection.execute(_PODCAST.where(_FOLLOWED).order_by(podcast.c.id))
        ]


async def due_podcasts(db: Database, now: datetime, limit: int) -> list[Podcast]:
    """The followed podcasts whose next look is due, longest due first."""
    query = (
        _PODCAST.where(_FOLLOWED, sa.or_(podcast.c.next_poll_at.is_(None), podcast.c.next_poll_at <= now))
        .order_by(podcast.c.next_poll_at.asc().nulls_first(), podcast.c.id)
        .limit(limit)
    )
    async with db.read() as connection:
        return [_podcast(row) for row in await connection.execute(query)]


async def next_poll_at(db: Database) -> datetime | None:
    """When the next followed podcast is due; None where nothing is followed."""
    async with db.read() as connection:
        found: datetime | None = await connection.scalar(
            sa.select(sa.func.min(podcast.c.next_poll_at)).where(_FOLLOWED)
        )
        return found


async def get_podcast(db: Database, podcast_id: int) -> Podcast | None:
    """One podcast by its id."""
    async with db.read() as connection:
        row = (await connection.execute(_PODCAST.where(podcast.c.id == podcast_id))).first()
    return _podcast(row) if row else None


async def podcast_by_feed(db: Database, feed_url: str) -> Podcast | None:
    """The podcast with this feed address."""
    async with db.read() as connection:
        row = (await connection.execute(_PODCAST.where(podcast.c.feed_url == feed_url))).first()
    return _podcast(row) if row else None


async def follow_as_operator(db: Database, podcast_id: int) -> None:
    """Keep the podcast polled although no server follows it."""
    async with db.write() as connection:
        await connection.execute(podcast.update().where(podcast.c.id == podcast_id).values(by_operator=True))


async def coverage(db: Database, podcast_id: int) -> Coverage:
    """How many episodes have chapters and transcripts, and how many transcripts are published but not read."""
    has_turns = sa.exists().where(turn.c.episode_id == episode.c.id)
    has_chapters = sa.exists().where(chapter.c.episode_id == episode.c.id)
    has_link = sa.exists().where(transcript_link.c.episode_id == episode.c.id)
    counts = sa.select(
        sa.func.count(),
        sa.func.count().filter(has_chapters),
        sa.func.count().filter(has_turns),
        sa.func.count().filter(sa.and_(has_link, sa.not_(has_turns))),
    ).where(episode.c.podcast_id == podcast_id)
    async with db.read() as connection:
        row = (await connection.execute(counts)).one()
    return Coverage(*row)
