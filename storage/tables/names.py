"""What members may call a podcast's episodes and those who speak in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from storage.engine.database import Database
from storage.tables.schema import episode, person, podcast, speaker


@dataclass(frozen=True, slots=True)
class EpisodeName:
    """What an episode can be found by: `people` take part according to its feed, or speak in its transcript."""

    id: int
    title: str
    number: float | None
    season: int | None
    people: tuple[str, ...] = ()


async def names_revisions(db: Database, podcast_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """For each of these podcasts that is stored what changes when the names of its episodes may have."""
    query = sa.select(podcast.c.id, podcast.c.revision, podcast.c.turns_revision).where(
        podcast.c.id.in_(podcast_ids)
    )
    async with db.read() as connection:
        rows = await connection.execute(query)
        return {row.id: (row.revision, row.turns_revision) for row in rows}


async def episodes_called(
    db: Database, podcast_ids: Collection[int], typed: str, number: float | None, limit: int
) -> list[EpisodeName]:
    """Episodes of these podcasts with this text in their titles, or this number, by the database alone: those that
    begin with it first, then the newest.
    """
    fitting = episode.c.title.icontains(typed, autoescape=True)
    if number is not None:
        fitting |= episode.c.number == number
    query = (
        sa.select(episode.c.id, episode.c.title, episode.c.number, episode.c.season)
        .where(episode.c.podcast_id.in_(podcast_ids), fitting)
        .order_by(
            episode.c.title.istartswith(typed, autoescape=True).desc(),
            episode.c.sorted_at.desc(),
            episode.c.id.desc(),
        )
        .limit(limit)
    )
    async with db.read() as connection:
        return [EpisodeName(*row) for row in await connection.execute(query)]


async def episode_names(db: Database, podcast_id: int) -> list[EpisodeName]:
    """The names of a podcast's episodes, newest first."""
    mine = episode.c.podcast_id == podcast_id
    episodes = (
        sa.select(episode.c.id, episode.c.title, episode.c.number, episode.c.season)
        .where(mine)
        .order_by(episode.c.sorted_at.desc(), episode.c.id.desc())
    )
    takes_part = (
        sa.select(person.c.episode_id, person.c.name)
        .join_from(person, episode)
        .where(mine)
        .order_by(person.c.episode_id, person.c.position)
    )
    speaks = (
        sa.select(speaker.c.episode_id, speaker.c.name)
        .join_from(speaker, episode)
        .where(mine)
        .order_by(speaker.c.episode_id, speaker.c.turns.desc(), speaker.c.name)
    )
    people: dict[int, dict[str, None]] = {}
    async with db.read() as connection:
        for query in (takes_part, speaks):
            for episode_id, name in await connection.execute(query):
                people.setdefault(episode_id, {})[name] = None
        return [
            EpisodeName(*row, tuple(people.get(row.id, ()))) for row in await connection.execute(episodes)
        ]
