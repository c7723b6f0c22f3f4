"""The space of deleted rows: what a file gives back, in which steps, and what it does not wait for."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from storage.engine import sqlite_space
from storage.engine.database import Database, open_database, sqlite_url
from storage.engine.sqlite_space import (
    PAGES_AT_ONCE,
    RewriteError,
    cut_journal,
    file_space,
    rewrite,
    shrink_some,
)

ROWS = 2_000
ROW = "x" * 3_000


class Usage(NamedTuple):
    """What the disk says of itself."""

    total: int
    used: int
    free: int


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A file of a version that did not choose `auto_vacuum`."""
    path = tmp_path / "old's.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        _fill(connection)
    return path


@pytest.fixture
def new_file(tmp_path: Path) -> Path:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        sqlite_space.choose_auto_vacuum(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        _fill(connection)
    return path


@pytest.fixture
def writer(new_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(new_file, isolation_level=None)) as connection:
        # It opens the file, so that the journal stays when others close it.
        connection.execute("SELECT count(*) FROM rows").fetchall()
        yield connection


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text)")
    with connection:
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO rows (text) VALUES (?)", [(ROW,)] * ROWS)


def _delete(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM rows WHERE id > 100")


def _journal(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


def test_what_is_deleted_goes_back_to_the_disk_and_the_journal_is_cut(
    new_file: Path, writer: sqlite3.Connection
) -> None:
    _delete(new_file)
    before = file_space(new_file)
    assert before.free > PAGES_AT_ONCE * 4096
    steps = 1
    while shrink_some(new_file):
        steps += 1
    assert steps > before.free // 4096 // PAGES_AT_ONCE
    cut_journal(new_file)
    # The map of pages becomes smaller, too.
    freed = before.size - file_space(new_file).size
    assert before.free <= freed < before.free * 1.05
    assert file_space(new_file).free == 0
    assert new_file.stat().st_size == before.size - freed
    assert _journal(new_file) == 0
    assert writer.execute("SELECT count(*), sum(length(text)) FROM rows").fetchone() == (100, 100 * len(ROW))
    assert writer.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_waited_for_where_another_writes(
    new_file: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_space, "STEP_TIMEOUT_S", 0.05)
    _delete(new_file)
    writer.execute("BEGIN IMMEDIATE")
    before = file_space(new_file)
    assert not shrink_some(new_file)
    assert file_space(new_file) == before
    writer.execute("ROLLBACK")
    assert shrink_some(new_file)


def test_a_file_that_can_not_shrink_can_be_rewritten_once(old_file: Path) -> None:
    _delete(old_file)
    before = file_space(old_file)
    assert not before.returns
    assert not shrink_some(old_file)
    assert rewrite(old_file) > before.free * 0.9
    after = file_space(old_file)
    assert after.returns
    assert after.free == 0
    assert old_file.stat().st_size == after.size
    with closing(sqlite3.connect(old_file)) as connection:
        assert connection.execute("SELECT count(*) FROM rows").fetchone() == (100,)
        # The folder for temporary files counts for the whole process.
        assert connection.execute("PRAGMA temp_store_directory").fetchall() in ([], [("",)])


def test_a_file_is_not_rewritten_where_the_disk_has_no_room_for_the_copies(
    old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = file_space(old_file).size
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 0, used * 2 - 1))
    with pytest.raises(RewriteError, match=r"takes \d+ MB of free disk space"):
        rewrite(old_file)
    assert not file_space(old_file).returns


def test_a_file_that_another_writes_to_is_not_rewritten(
    new_file: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_space, "REWRITE_TIMEOUT_S", 0.05)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(RewriteError, match="can't be rewritten now: database is locked"):
        rewrite(new_file)


async def test_a_new_database_gives_space_back(tmp_path: Path) -> None:
    db = await open_database(sqlite_url(tmp_path / "earmark.db"))
    try:
        space = await db.file_space()
        assert space is not None
        assert space.returns
        assert await db.shrink() == 0
        assert await db.rewrite() == 0
    finally:
        await db.close()


async def test_postgresql_does_it_by_itself(postgres_db: Database) -> None:
    assert await postgres_db.file_space() is None
    assert await postgres_db.shrink() == 0
    assert await postgres_db.rewrite() == 0
