"""Writers with and without patience, beside somebody else who writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.engine import database, sqlite_space, unavailable
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import DatabaseUnavailableError
from storage.tables.command_sync import record_sync, synced_hash


@pytest.fixture
async def db(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A database whose hurried writer gives up at once."""
    monkeypatch.setattr(database, "HURRY_S", 0.05)
    (tmp_path / "earmark.db").write_bytes(migrated_file.read_bytes())
    db = await open_database(sqlite_url(tmp_path / "earmark.db"))
    yield db
    await db.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


async def test_one_in_a_hurry_gives_up_and_one_with_patience_waits(db: Database, tmp_path: Path) -> None:
    with locked(tmp_path / "earmark.db"):
        patient = asyncio.create_task(record_sync(db, 1, "patient"))
        # More than one waits for the hurried connection itself.
        hurried = [record_sync(db.hurried, place, "hurried") for place in range(3)]
        for ended in await asyncio.gather(*hurried, return_exceptions=True):
            assert isinstance(ended, DatabaseUnavailableError)
            assert ended.status == unavailable.BUSY()
        with pytest.raises(DatabaseUnavailableError, match="busy"):
            await db.hurried.check_writable()
        # Reading waits for nobody.
        assert await synced_hash(db.hurried, 1) is None
        assert not patient.done()
    await patient
    assert await synced_hash(db, 1) == "patient"
    await db.hurried.check_writable()
    await record_sync(db.hurried, 1, "hurried")
    assert await synced_hash(db, 1) == "hurried"


async def test_a_full_disk_is_told_and_nothing_is_half_written(db: Database) -> None:
    async def fill() -> None:
        async with db.write() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")
            await connection.exec_driver_sql("CREATE TABLE large (text)")
            for _ in range(100):
                await connection.exec_driver_sql("INSERT INTO large VALUES (zeroblob(100000))")

    with pytest.raises(DatabaseUnavailableError, match="full"):
        await fill()
    async with db.read() as connection:
        found = await connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'large'")
        assert found.scalar_one() == 0


async def test_titles_are_lowered_in_any_alphabet(db: Database) -> None:
    for opened in (db.read(), db.write(), db.hurried.write()):
        async with opened as connection:
            assert (await connection.exec_driver_sql("SELECT lower('ÄÖÜ'), lower(1)")).one() == ("äöü", 1)


async def test_a_full_disk_is_told_of_work_on_the_whole_file_too(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shrink(path: Path, *_: object) -> int:
        with sqlite3.connect(path) as connection:
            connection.executescript(
                "PRAGMA max_page_count = 1; CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(9000000))"
            )
        return 0

    monkeypatch.setattr(sqlite_space, "shrink_some", shrink)
    with pytest.raises(DatabaseUnavailableError, match="full"):
        await db.shrink()
