"""Which backups were made, and what is different in a database that was restored from one.

The database that a backup was made of went on announcing: what it announced then is in the channels, and in no row
here. So what is not sent as of the backup, and what is planned in the first week, is looked for before it is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Backup, DeliveryState
from storage.tables.leases import NO_LEASE
from storage.tables.schema import (
    backup,
    command_sync,
    delivery,
    destination,
    episode,
    follow_up,
    indexed_episode,
    podcast,
)

# An episode that is older when it is found is announced by nobody.
LOOKED_FOR = timedelta(days=7)


async def last_backup(db: Database) -> Backup | None:
    """The newest backup that is known of."""
    query = sa.select(backup).order_by(backup.c.made_at.desc(), backup.c.id.desc()).limit(1)
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
    return Backup(row.made_at, row.restored_at) if row else None


async def settle_restored(db: Database, now: datetime) -> tuple[datetime, int]:
    """Make a copy of another database one that goes on from it.

    Returns as of when it is a copy, and how many announcements were neither sent nor given up then.
    """
    async with db.write() as connection:
        made_at = await _last_moment(connection) or now
        await connection.execute(backup.insert().values(made_at=made_at, restored_at=now))
        await connection.execute(
            delivery.update()
            .where(delivery.c.state != DeliveryState.SENT)
            .values(perhaps_sent_since=made_at, **NO_LEASE)
        )
        # The processes that held these run beside another database, if they run at all.
        for table in (podcast, follow_up):
            await connection.execute(table.update().values(**NO_LEASE))
        # What a moderator had to do may be done by now, and no event told.
        await connection.execute(
            destination.update().where(destination.c.resume_at.is_not(None)).values(resume_at=now)
        )
        # Another version may have registered other commands since then.
        await connection.execute(command_sync.delete())
        # The segments of the search stayed behind.
        await connection.execute(indexed_episode.delete())
        await connection.execute(podcast.update().values(turns_revision=podcast.c.turns_revision + 1))
        unsent = delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING])
        count = await connection.scalar(sa.select(sa.func.count()).select_from(delivery).where(unsent))
        return made_at, count or 0


async def _last_moment(connection: AsyncConnection) -> datetime | None:
    """The latest that anything was stored, as far as that can be told: a copy need not have been made by `backup`."""
    columns = (
        backup.c.made_at,
        podcast.c.added_at,
        podcast.c.polled_at,
        episode.c.stored_at,
        delivery.c.planned_at,
        delivery.c.sent_at,
    )
    found = [await connection.scalar(sa.select(sa.func.max(column))) for column in columns]
    return max((moment for moment in found if moment is not None), default=None)


async def begin_running(db: Database, now: datetime) -> None:
    """The bot runs on this database: from the first time on, its looks at feeds are not old news."""
    not_yet = sa.and_(backup.c.restored_at.is_not(None), backup.c.running_since.is_(None))
    async with db.read() as connection:
        # A start has to wait for nobody who writes, except for the first after a restore.
        if not await connection.scalar(sa.select(sa.exists().where(not_yet))):
            return
    async with db.write() as connection:
        await connection.execute(backup.update().where(not_yet).values(running_since=now))


async def perhaps_sent_since(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Since when the database that this one is a copy of may have announced what is planned now; None if it can't."""
    query = (
        sa.select(backup.c.made_at, backup.c.running_since)
        .where(backup.c.restored_at.is_not(None))
        .order_by(backup.c.restored_at.desc(), backup.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    if row is None or (row.running_since is not None and row.running_since + LOOKED_FOR < now):
        return None
    made_at: datetime = row.made_at
    return made_at


async def database_bytes(db: Database) -> int:
    """How much room the database takes, without what SQLite's journal holds for the moment."""
    on_postgresql = "SELECT pg_database_size(current_database())"
    on_sqlite = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    async with db.read() as connection:
        size = await connection.scalar(sa.text(on_sqlite if db.dialect == "sqlite" else on_postgresql))
    return int(size or 0)
