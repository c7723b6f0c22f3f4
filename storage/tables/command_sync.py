"""Which commands Discord was last told of, so that it is told again only when they changed."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine.database import Database
from storage.tables.bulk_writes import insert_new
from storage.tables.schema import command_sync


async def synced_hash(db: Database, application_id: int) -> str | None:
    """The hash of the commands that this application last registered."""
    async with db.read() as connection:
        return await connection.scalar(
            sa.select(command_sync.c.commands_hash).where(command_sync.c.application_id == application_id)
        )


async def record_sync(db: Database, application_id: int, commands_hash: str) -> None:
    """Keep the hash of the commands that Discord now has."""
    async with db.write() as connection:
        values = {"application_id": application_id, "commands_hash": commands_hash}
        if not await insert_new(connection, command_sync, values):
            await connection.execute(
                command_sync.update()
                .where(command_sync.c.application_id == application_id)
                .values(commands_hash=commands_hash)
            )
