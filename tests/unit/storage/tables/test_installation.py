"""The key of the installation: made once, whoever asks first."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.engine.database import Database, open_database, sqlite_url
from storage.tables.installation import KEY_BYTES, installation_key


async def test_the_key_is_made_once_and_kept(db: Database) -> None:
    made = await installation_key(db)
    assert len(made) == KEY_BYTES
    assert await installation_key(db) == made


async def test_processes_that_start_at_once_agree(new_address: str) -> None:
    several = [await open_database(new_address) for _ in range(4)]
    try:
        keys = await asyncio.gather(*(installation_key(one) for one in several))
    finally:
        for one in several:
            await one.close()
    assert len(set(keys)) == 1


async def test_each_installation_has_another(tmp_path: Path) -> None:
    keys = []
    for name in ("one.db", "other.db"):
        db = await open_database(sqlite_url(tmp_path / name))
        keys.append(await installation_key(db))
        await db.close()
    assert keys[0] != keys[1]
