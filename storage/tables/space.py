"""How much text is stored of podcasts, and for a server."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine.database import Database
from storage.tables.schema import destination, episode, podcast

_TEXT = sa.func.coalesce(sa.func.sum(episode.c.notes_bytes + episode.c.turns_bytes), 0)


@dataclass(frozen=True, slots=True)
class GuildUse:
    """What a server takes: the podcasts that it follows, or did of late, and the bytes of text stored of them."""

    podcast_ids: frozenset[int]
    text_bytes: int


async def text_sizes(db: Database, podcast_ids: Collection[int] | None = None) -> dict[int, int]:
    """The bytes of text that are stored, by podcast; of these podcasts or of all."""
    query = sa.select(episode.c.podcast_id, _TEXT).group_by(episode.c.podcast_id)
    if podcast_ids is not None:
        query = query.where(episode.c.podcast_id.in_(podcast_ids))
    async with db.read() as connection:
        return {podcast_id: int(size) for podcast_id, size in await connection.execute(query)}


async def text_beside(db: Database, episode_id: int) -> tuple[int, bool]:
    """The bytes of text that are stored of the episode's podcast, and whether it came after the first ones."""
    own = sa.select(episode.c.podcast_id).where(episode.c.id == episode_id).scalar_subquery()
    text = sa.select(_TEXT).where(episode.c.podcast_id == own)
    later = (
        sa.select(episode.c.stored_at > podcast.c.added_at)
        .join_from(episode, podcast)
        .where(episode.c.id == episode_id)
    )
    async with db.read() as connection:
        size = await connection.scalar(text)
        return int(size or 0), bool(await connection.scalar(later))


async def guild_use(db: Database, guild_id: int, left_since: datetime) -> GuildUse:
    """What a server takes, with what it has stopped to follow since then: else removing would make room at once."""
    recent = sa.or_(destination.c.removed_at.is_(None), destination.c.removed_at > left_since)
    query = sa.select(destination.c.podcast_id).where(destination.c.guild_id == guild_id, recent)
    async with db.read() as connection:
        podcast_ids = frozenset((await connection.execute(query)).scalars())
        size = await connection.scalar(sa.select(_TEXT).where(episode.c.podcast_id.in_(podcast_ids)))
    return GuildUse(podcast_ids, int(size or 0))
