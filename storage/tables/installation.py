"""What is this installation's own: the key by which it knows what it made."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from storage.engine.database import Database
from storage.tables.bulk_writes import insert_new
from storage.tables.schema import installation

KEY_BYTES = 32
# The table's only row.
THIS = 1

_KEY = sa.select(installation.c.key).where(installation.c.id == THIS)


async def installation_key(db: Database) -> bytes:
    """The key, made where there is none yet: whichever process is first makes it for all."""
    async with db.read() as connection:
        key: str | None = await connection.scalar(_KEY)
    if key is None:
        async with db.write() as connection:
            made = {"id": THIS, "key": secrets.token_hex(KEY_BYTES)}
            await insert_new(connection, installation, made)
            key = (await connection.execute(_KEY)).scalar_one()
    return bytes.fromhex(key)
