"""`compact`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.engine import sqlite_space
from storage.engine.database import Database
from tests.unit.cli.command_line import CommandLine


async def test_the_space_of_what_was_deleted_goes_back_to_the_disk(cli: CommandLine, tmp_path: Path) -> None:
    assert (await cli("podcasts")).code == 0
    path = tmp_path / "data" / "earmark.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE rubbish AS SELECT zeroblob(3000000) AS bytes")
        connection.execute("DROP TABLE rubbish")
    ended = await cli("compact", "--json")
    assert ended.code == 0
    assert ended.json["freed"] > 2_900_000
    assert ended.json["bytes"] == path.stat().st_size
    assert (await cli("compact")).out.startswith("The database has ")


async def test_a_database_that_another_writes_to_is_left(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_space, "REWRITE_TIMEOUT_S", 0.05)
    assert (await cli("podcasts")).code == 0
    with closing(sqlite3.connect(tmp_path / "data" / "earmark.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        ended = await cli("compact")
    assert ended.code == 1
    assert "can't be rewritten now: database is locked" in ended.err


async def test_on_postgresql_its_own_tool_is_named(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(_db: Database) -> None:
        """What PostgreSQL says of its files."""

    monkeypatch.setattr(Database, "file_space", none)
    ended = await cli("compact")
    assert ended.code == 1
    assert "VACUUM FULL" in ended.err
