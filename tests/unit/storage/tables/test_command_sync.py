"""Which commands Discord has is remembered for each application."""

from __future__ import annotations

from storage.engine.database import Database
from storage.tables.command_sync import record_sync, synced_hash


async def test_the_latest_hash_of_each_application_is_kept(db: Database) -> None:
    assert await synced_hash(db, 1) is None
    await record_sync(db, 1, "first")
    await record_sync(db, 2, "of another application")
    await record_sync(db, 1, "second")
    assert (await synced_hash(db, 1), await synced_hash(db, 2)) == ("second", "of another application")
