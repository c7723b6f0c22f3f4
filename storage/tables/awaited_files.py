"""Announcements that wait a little for the files of their episode, so that the first post shows what these hold."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.engine.database import Database
from storage.tables.deliveries import UNSENT, waits_for_files
from storage.tables.schema import delivery, episode


async def awaited_episodes(db: Database, podcast_id: int, now: datetime) -> frozenset[int]:
    """The episodes of a podcast whose announcements wait for their files."""
    query = (
        sa.select(delivery.c.episode_id)
        .join_from(delivery, episode)
        .where(episode.c.podcast_id == podcast_id, UNSENT, waits_for_files(now))
        .distinct()
    )
    async with db.read() as connection:
        return frozenset((await connection.execute(query)).scalars())


async def end_wait_for_files(db: Database, episode_id: int) -> bool:
    """Announce an episode now, as its files were read or can't be; whether anything waited."""
    async with db.write() as connection:
        waited = await connection.execute(
            delivery.update()
            .where(delivery.c.episode_id == episode_id, UNSENT, delivery.c.files_until.is_not(None))
            .values(files_until=None)
        )
        return waited.rowcount > 0
