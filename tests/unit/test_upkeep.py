"""The upkeep of the database: a file of an older version is rewritten once, if that is quick."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.upkeep import let_file_shrink
from storage.engine import sqlite_space
from storage.engine.database import Database, open_database, sqlite_url


async def _file_of_older_version(path: Path) -> Database:
    await (await open_database(sqlite_url(path))).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    return await open_database(sqlite_url(path))


async def _returns(db: Database) -> bool:
    space = await db.file_space()
    assert space is not None
    return space.returns


async def test_a_small_file_of_an_older_version_is_rewritten_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    db = await _file_of_older_version(tmp_path / "old.db")
    try:
        assert not await _returns(db)
        with caplog.at_level("INFO"):
            await let_file_shrink(db)
            await let_file_shrink(db)
        assert await _returns(db)
    finally:
        await db.close()
    assert [one.message[:28] for one in caplog.records] == ["rewrote the database file, s"]


async def test_a_large_one_is_left_and_the_operator_is_told_the_command(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    db = await _file_of_older_version(tmp_path / "old.db")
    try:
        await let_file_shrink(db, small_bytes=1_000)
        assert not await _returns(db)
    finally:
        await db.close()
    assert "`python -m bot compact` does that" in caplog.text


async def test_a_start_goes_on_where_the_file_can_not_be_rewritten(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_space, "REWRITE_TIMEOUT_S", 0.05)
    db = await _file_of_older_version(tmp_path / "old.db")
    try:
        async with db.write():
            await let_file_shrink(db)
        assert not await _returns(db)
    finally:
        await db.close()
    assert "can't be rewritten now: database is locked" in caplog.text
