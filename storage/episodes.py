"""Episodes and their chapters, as they are read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.database import Database
from storage.models import Chapter, Episode, TranscriptSource
from storage.schema import chapter, episode, podcast, turn

_EPISODE = sa.select(
    episode.c.id,
    episode.c.podcast_id,
    podcast.c.title.label("podcast_title"),
    episode.c.guid,
    episode.c.title,
    episode.c.link,
    episode.c.published,
    episode.c.duration_s,
    episode.c.image_url,
    episode.c.enclosure_url,
    episode.c.video_url,
    episode.c.intro,
    episode.c.transcript_source,
    sa.select(sa.func.count())
    .where(chapter.c.episode_id == episode.c.id)
    .scalar_subquery()
    .label("chapters"),
    sa.select(sa.func.count()).where(turn.c.episode_id == episode.c.id).scalar_subquery().label("turns"),
).join_from(episode, podcast)
_NEWEST_FIRST = (episode.c.sorted_at.desc(), episode.c.id.desc())


@dataclass(frozen=True, slots=True)
class EpisodeTitle:
    """Just enough of an episode to name it."""

    id: int
    podcast_id: int
    podcast_title: str
    title: str


def _episode(row: sa.Row[*tuple[Any, ...]]) -> Episode:
    return Episode(
        id=row.id,
        podcast_id=row.podcast_id,
        podcast_title=row.podcast_title,
        guid=row.guid,
        title=row.title,
        link=row.link,
        published=row.published,
        duration_s=row.duration_s,
        image_url=row.image_url,
        enclosure_url=row.enclosure_url,
        video_url=row.video_url,
        intro=row.intro,
        chapter_count=row.chapters,
        turn_count=row.turns,
        transcript_source=TranscriptSource(row.transcript_source) if row.transcript_source else None,
    )


async def list_episodes(
    db: Database, podcast_ids: Collection[int] | None = None, *, limit: int | None = None
) -> list[Episode]:
    """Episodes, newest first; of these podcasts where they are named."""
    query = _EPISODE.order_by(*_NEWEST_FIRST).limit(limit)
    if podcast_ids is not None:
        query = query.where(episode.c.podcast_id.in_(podcast_ids))
    async with db.read() as connection:
        return [_episode(row) for row in await connection.execute(query)]


async def get_episodes(db: Database, episode_ids: Collection[int]) -> dict[int, Episode]:
    """Episodes by id; those that exist."""
    query = _EPISODE.where(episode.c.id.in_(episode_ids))
    async with db.read() as connection:
        return {row.id: _episode(row) for row in await connection.execute(query)}


async def get_episode(db: Database, episode_id: int) -> Episode | None:
    """One episode by its id."""
    return (await get_episodes(db, [episode_id])).get(episode_id)


async def episode_titles(
    db: Database, podcast_ids: Collection[int] | None, *, containing: str = "", limit: int | None = None
) -> list[EpisodeTitle]:
    """Titles, newest first, of episodes whose title contains this text in any case."""
    query = (
        sa.select(episode.c.id, episode.c.podcast_id, podcast.c.title.label("podcast_title"), episode.c.title)
        .join_from(episode, podcast)
        .order_by(*_NEWEST_FIRST)
        .limit(limit)
    )
    if podcast_ids is not None:
        query = query.where(episode.c.podcast_id.in_(podcast_ids))
    if containing:
        query = query.where(episode.c.title.icontains(containing, autoescape=True))
    async with db.read() as connection:
        return [
            EpisodeTitle(row.id, row.podcast_id, row.podcast_title, row.title)
            for row in await connection.execute(query)
        ]


async def chapters_of(db: Database, episode_ids: Collection[int]) -> dict[int, list[Chapter]]:
    """The chapters of each of these episodes, in order."""
    query = (
        sa.select(chapter.c.episode_id, chapter.c.start_ms, chapter.c.title)
        .where(chapter.c.episode_id.in_(episode_ids))
        .order_by(chapter.c.episode_id, chapter.c.start_ms, chapter.c.position)
    )
    found: dict[int, list[Chapter]] = {episode_id: [] for episode_id in episode_ids}
    async with db.read() as connection:
        for row in await connection.execute(query):
            found[row.episode_id].append(Chapter(row.start_ms, row.title))
    return found
