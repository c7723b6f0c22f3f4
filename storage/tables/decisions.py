"""Why episodes were announced or not, and those that wait for the date that their feed gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Status, StatusCode
from storage.tables.schema import episode

DATE_CAME = StatusCode("item.date_came")


async def decisions_of(db: Database, podcast_ids: Collection[int] | None = None) -> Mapping[int, Status]:
    """Why the episodes of these podcasts, or of all, were announced or not; by id."""
    query = sa.select(episode.c.id, episode.c.decision)
    if podcast_ids is not None:
        query = query.where(episode.c.podcast_id.in_(podcast_ids))
    async with db.read() as connection:
        return {row.id: row.decision for row in await connection.execute(query)}


async def announce_come(connection: AsyncConnection, podcast_id: int, now: datetime) -> list[int]:
    """Decide that the episodes whose dates have come are announced; their ids.

    One that its feed does not list waits until it does.
    """
    columns = episode.c
    come = await connection.execute(
        episode.update()
        .where(
            columns.podcast_id == podcast_id,
            columns.announce_at.is_not(None),
            columns.announce_at <= now,
            columns.withdrawn_at.is_(None),
        )
        .values(announce_at=None, decision=DATE_CAME(), sorted_at=columns.announce_at)
        .returning(columns.id)
    )
    return sorted(come.scalars())
