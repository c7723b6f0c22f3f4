"""Destinations: which channel of which server follows which podcast."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Database
from storage.models import DeliveryState, Destination
from storage.rows import insert_new
from storage.schema import delivery, destination

_ACTIVE = destination.c.removed_at.is_(None)


def _destination(row: sa.Row[*tuple[Any, ...]]) -> Destination:
    return Destination(row.id, row.podcast_id, row.guild_id, row.channel_id)


async def add_destination(
    db: Database, podcast_id: int, *, guild_id: int, channel_id: int, added_by: int, now: datetime
) -> tuple[Destination, bool]:
    """Let a channel follow a podcast; whether it is new. One that was removed is taken up again."""
    same = sa.and_(destination.c.podcast_id == podcast_id, destination.c.channel_id == channel_id)
    async with db.write() as connection:
        made = await insert_new(
            connection,
            destination,
            {
                "podcast_id": podcast_id,
                "guild_id": guild_id,
                "channel_id": channel_id,
                "added_by": added_by,
                "added_at": now,
            },
        )
        if not made:
            revived = await connection.execute(
                destination.update()
                .where(same, destination.c.removed_at.is_not(None))
                .values(removed_at=None, added_by=added_by, added_at=now, guild_id=guild_id)
            )
            made = bool(revived.rowcount)
        row = (await connection.execute(sa.select(destination).where(same))).one()
        return _destination(row), made


async def remove_destinations(db: Database, *, guild_id: int, podcast_id: int, now: datetime) -> int:
    """Let no channel of this server follow the podcast any more; how many did.

    What still waits to be announced there is given up: months later, when the podcast is added again, it is no news.
    """
    leaving = sa.and_(destination.c.guild_id == guild_id, destination.c.podcast_id == podcast_id, _ACTIVE)
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(
                delivery.c.destination_id.in_(sa.select(destination.c.id).where(leaving)),
                delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]),
            )
            .values(state=DeliveryState.FAILED, error=None, next_try_at=None)
        )
        result = await connection.execute(destination.update().where(leaving).values(removed_at=now))
        return result.rowcount


async def guild_destinations(db: Database, guild_id: int) -> list[Destination]:
    """What this server follows, and where."""
    query = (
        sa.select(destination).where(destination.c.guild_id == guild_id, _ACTIVE).order_by(destination.c.id)
    )
    async with db.read() as connection:
        return [_destination(row) for row in await connection.execute(query)]


async def guild_podcast_ids(db: Database, guild_id: int) -> frozenset[int]:
    """The podcasts that this server follows: all that its members may see."""
    return frozenset(one.podcast_id for one in await guild_destinations(db, guild_id))


async def get_destination(db: Database, destination_id: int) -> Destination | None:
    """One destination that is followed, by its id."""
    async with db.read() as connection:
        row = (
            await connection.execute(
                sa.select(destination).where(destination.c.id == destination_id, _ACTIVE)
            )
        ).first()
    return _destination(row) if row else None
