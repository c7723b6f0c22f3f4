"""What members may call a podcast's episodes and those who speak in them."""

from __future__ import annotations

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


async def names_revision(db: Database, podcast_id: int) -> tuple[int, int] | None:
    """Changes when the names of a podcast's episodes may have; None for a podcast that is not stored."""
    query = sa.select(podcast.c.revision, podcast.c.turns_revision).where(podcast.c.id == podcast_id)
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
    return (row.revision, row.turns_revision) if row else None


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
