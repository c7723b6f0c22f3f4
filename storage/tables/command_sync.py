"""Which commands were last registered with Discord, so that they are registered again only when they changed."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine.database import Database
from storage.tables.bulk_writes import insert_new
from storage.tables.schema import command_sync


async def synced_hash(db: Database, application_id: int) -> str | None:
    """The hash of the commands that this application registered last."""
    async with db.read() as connection:
        return await connection.scalar(
            sa.select(command_sync.c.commands_hash).where(command_sync.c.application_id == application_id)
        )


async def record_sync(db: Database, application_id: int, commands_hash: str) -> None:
    """Store the hash of the commands that Discord has now."""
    async with db.write() as connection:
        values = {"application_id": application_id, "commands_hash": commands_hash}
        if not await insert_new(connection, command_sync, values):
            await connection.execute(
                command_sync.update()
                .where(command_sync.c.application_id == application_id)
                .values(commands_hash=commands_hash)
            )
