"""Opening a database: migrations, what is refused, and how readers and writers get along."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from storage.engine.database import (
    APPLICATION_ID,
    MIGRATION_LOCK,
    Database,
    DatabaseError,
    database_url,
    known_revisions,
    open_database,
    sqlite_url,
)
from storage.models import DatabaseUnavailableError
from storage.tables.command_sync import record_sync, synced_hash
from storage.tables.podcasts import follow_as_operator, get_podcast, list_podcasts
from storage.tables.schema import command_sync, metadata, podcast
from tests.unit.storage.material import item, stored

OPEN_AND_WRITE = """
import asyncio, sys
from storage.tables.command_sync import record_sync
from storage.engine.database import open_database

async def main(address, number):
    db = await open_database(address)
    await record_sync(db, int(number), "x")
    await db.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_migrated_tables_equal_the_metadata(db: Database) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with db.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_opening_again_keeps_what_is_stored(new_address: str) -> None:
    db = await open_database(new_address)
    podcast_id = await stored(db, item("a"))
    await db.close()
    db = await open_database(new_address)
    found = await get_podcast(db, podcast_id)
    await db.close()
    assert found is not None
    assert found.episode_count == 1


async def test_tasks_that_migrate_at_once_all_get_a_database(new_address: str) -> None:
    opened = await asyncio.gather(*(open_database(new_address) for _ in range(4)))
    try:
        await asyncio.gather(*(record_sync(db, number, "x") for number, db in enumerate(opened)))
        assert [await synced_hash(opened[0], number) for number in range(4)] == ["x"] * 4
    finally:
        for db in opened:
            await db.close()


async def test_processes_that_migrate_at_once_all_get_a_database(new_address: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", OPEN_AND_WRITE, new_address, str(number)), stderr=asyncio.subprocess.PIPE
        )
        for number in range(2)
    ]
    for process in processes:
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    db = await open_database(new_address)
    found = [await synced_hash(db, number) for number in range(2)]
    await db.close()
    assert found == ["x"] * 2


async def _refusal(address: str) -> str:
    with pytest.raises(DatabaseError) as caught:
        await open_database(address)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def _altered(migrated_file: Path, path: Path, statement: str) -> bytes:
    path.write_bytes(migrated_file.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    # The log goes into the file before its bytes are compared.
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    "statement", ["UPDATE alembic_version SET version_num = '9999'", "PRAGMA user_version = 9999"]
)
async def test_a_file_of_a_newer_earmark_is_refused_and_left_alone(
    statement: str, migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "newer.db"
    before = _altered(migrated_file, path, statement)
    assert "newer Earmark (revision 9999)" in await _refusal(sqlite_url(path))
    assert path.read_bytes() == before


async def test_a_newer_database_on_postgresql_is_refused(new_postgres_address: str) -> None:
    db = await open_database(new_postgres_address)
    async with db.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    await db.close()
    assert "newer Earmark (revision 9999)" in await _refusal(new_postgres_address)


@pytest.mark.parametrize("statement", ["CREATE TABLE invoice (id)", "PRAGMA application_id = 77"])
async def test_another_programs_file_is_refused_and_left_alone(statement: str, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()
    before = path.read_bytes()
    assert "another program" in await _refusal(sqlite_url(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"dear diary\n" * 500, b"x", b"SQLite format 3\0" + bytes(range(100, 200)) * 50]
)
async def test_a_file_that_is_no_database_is_refused_and_left_alone(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_bytes(content)
    assert "no database that Earmark can read" in await _refusal(sqlite_url(path))
    assert path.read_bytes() == content


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    message = await _refusal(sqlite_url(tmp_path / "missing" / "earmark.db"))
    assert str(tmp_path / "missing") in message
    assert not (tmp_path / "missing").exists()


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    await _refusal(sqlite_url(tmp_path))


async def test_a_server_without_that_database_is_told_in_a_sentence(postgres_server: str) -> None:
    address = sa.make_url(postgres_server).set(database="earmark_test_missing")
    message = await _refusal(address.render_as_string(hide_password=False))
    assert "earmark_test_missing" in message


async def test_an_unreachable_server_is_told_without_the_password() -> None:
    assert "sesame" not in await _refusal("postgresql+asyncpg://ada:sesame@127.0.0.1:1/earmark")


@pytest.mark.parametrize("option", ["colour=blue", "ssl=nonsense", "sslmode=nonsense"])
async def test_an_option_that_the_driver_does_not_know_is_told(option: str) -> None:
    address = database_url(f"postgresql://ada:sesame@127.0.0.1:1/earmark?{option}")
    message = await _refusal(address)
    assert option.partition("=")[2] in message or option.partition("=")[0] in message
    assert "sesame" not in message


async def test_sslmode_is_understood_by_the_driver(new_postgres_address: str) -> None:
    # A database of its own: the server's may hold tables of another version.
    db = await open_database(database_url(f"{new_postgres_address}?sslmode=disable"))
    assert await synced_hash(db, 1) is None
    await db.close()


async def test_a_current_database_opens_while_another_process_writes(
    migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "busy.db"
    path.write_bytes(migrated_file.read_bytes())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO command_sync (application_id, commands_hash) VALUES (1, 'x')")
    try:
        # It would wait for 15 s where it wanted to write.
        async with asyncio.timeout(10):
            db = await open_database(sqlite_url(path))
        assert await synced_hash(db, 1) is None
        other.execute("COMMIT")
        assert await synced_hash(db, 1) == "x"
        await db.close()
    finally:
        other.close()


async def test_a_current_postgresql_database_opens_while_another_writes(postgres_db: Database) -> None:
    async with postgres_db.write() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        await connection.execute(command_sync.insert().values(application_id=1, commands_hash="x"))
        async with asyncio.timeout(10):
            db = await open_database(connection.engine.url.render_as_string(hide_password=False))
        assert await synced_hash(db, 1) is None
        await db.close()


async def test_errors_of_the_database_do_not_repeat_what_was_stored(db: Database) -> None:
    async with db.write() as connection:
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(
                sa.text("INSERT INTO command_sync (application_id, commands_hash) VALUES (:id, :hash)"),
                [{"id": 1, "hash": "sesame"}, {"id": None, "hash": "sesame"}],
            )
    assert "[SQL parameters hidden" in str(caught.value)


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    await (await open_database(sqlite_url(path))).close()
    assert path.stat().st_size > 0


async def test_a_file_whose_name_means_something_in_addresses(tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1?a=b & ü"
    folder.mkdir()
    db = await open_database(sqlite_url(folder / "ear mark.db"))
    await db.close()
    db = await open_database(sqlite_url(folder / "ear mark.db"))
    await db.close()
    assert (folder / "ear mark.db").is_file()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("sqlite+aiosqlite:////srv/a.db", "sqlite+aiosqlite:////srv/a.db"),
        ("postgres://ada:pw@db/earmark", "postgresql+asyncpg://ada:pw@db/earmark"),
        ("postgresql://ada:pw@db:5433/earmark", "postgresql+asyncpg://ada:pw@db:5433/earmark"),
        ("postgres://db/earmark?sslmode=require", "postgresql+asyncpg://db/earmark?ssl=require"),
        ("postgres://db/earmark?ssl=require", "postgresql+asyncpg://db/earmark?ssl=require"),
    ],
)
def test_database_url_names_the_driver(text: str, address: str) -> None:
    assert database_url(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "earmark.db", "mysql://db/earmark", "sqlite://", "sqlite:///:memory:", "postgresql://db", "pg:x:y"],
)
def test_database_url_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="database"):
        database_url(text)


async def test_sqlite_is_set_up_as_needed(sqlite_db: Database) -> None:
    async def pragmas(connection: Any, *names: str) -> list[Any]:
        return [await connection.scalar(sa.text(f"PRAGMA {name}")) for name in names]

    async with sqlite_db.write() as connection:
        assert await pragmas(connection, "journal_mode", "foreign_keys", "busy_timeout") == ["wal", 1, 15_000]
        assert await pragmas(connection, "application_id", "user_version") == [
            APPLICATION_ID,
            int(known_revisions()[-1]),
        ]
    async with sqlite_db.read() as connection:
        assert await pragmas(connection, "query_only", "foreign_keys", "busy_timeout") == [1, 1, 15_000]


async def test_foreign_keys_hold(db: Database) -> None:
    async with db.write() as connection:
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            await connection.execute(
                sa.text("INSERT INTO chapter (episode_id, position, start_ms, title) VALUES (1, 0, 0, 'x')")
            )


async def test_readers_refuse_writes(db: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        async with db.read() as connection:
            await connection.execute(command_sync.insert().values(application_id=1, commands_hash="x"))
    assert await synced_hash(db, 1) is None
    await record_sync(db, 1, "y")
    assert await synced_hash(db, 1) == "y"


async def test_what_fails_is_not_stored_in_part(db: Database) -> None:
    async def write_and_fail() -> None:
        async with db.write() as connection:
            await connection.execute(command_sync.insert().values(application_id=1, commands_hash="x"))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    assert await synced_hash(db, 1) is None


async def test_a_writer_holds_the_lock_from_its_beginning(sqlite_db: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "earmark.db", timeout=0)
    async with sqlite_db.write():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_reader_is_not_blocked_by_a_writer(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    async with db.write() as connection:
        await connection.execute(podcast.update().values(title="Renamed"))
        seen = await asyncio.wait_for(get_podcast(db, podcast_id), 10)
        assert seen is not None
        assert seen.title == "First Show"
    assert [one.title for one in await list_podcasts(db)] == ["Renamed"]


async def test_a_reading_sees_one_state(db: Database) -> None:
    await stored(db, item("a"))
    count = sa.select(sa.func.count()).select_from(podcast)
    async with db.read() as connection:
        before = await connection.scalar(count)
        await stored(db, item("a"), feed_url="https://feeds.example/second.xml")
        assert await connection.scalar(count) == before == 1
    assert len(await list_podcasts(db)) == 2


async def test_writers_of_two_processes_wait_for_each_other(new_address: str) -> None:
    first, second = await open_database(new_address), await open_database(new_address)
    podcast_id = await stored(first, item("a"), by_operator=False)
    numbers = range(20)
    await asyncio.gather(
        *(record_sync(db, number, f"{number}") for number in numbers for db in (first, second)),
        *(follow_as_operator(db, podcast_id) for db in (first, second)),
    )
    assert [await synced_hash(second, number) for number in numbers] == [f"{number}" for number in numbers]
    await first.close()
    await second.close()


async def test_command_sync_keeps_one_hash_for_each_application(db: Database) -> None:
    await record_sync(db, 2**60, "one")
    await record_sync(db, 2**60, "two")
    assert await synced_hash(db, 2**60) == "two"
    assert await synced_hash(db, 1) is None


async def test_a_quick_read_of_a_file_that_is_gone_is_told_as_an_outage(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    db = await open_database(sqlite_url(folder / "earmark.db"))
    folder.rename(tmp_path / "unmounted")
    with pytest.raises(DatabaseUnavailableError):
        await db.quick_read(lambda rows: rows(sa.select(podcast.c.id), {}))
    # What is not about the database stays what it is.
    with pytest.raises(IsADirectoryError):
        await db.find_and_read(tmp_path.read_bytes, lambda _rows, found: found)
    await db.close()


async def test_a_write_that_somebody_waits_for_goes_before_those_in_the_background(
    sqlite_db: Database,
) -> None:
    ended: list[str] = []

    async def write(db: Database, name: str) -> None:
        async with db.write():
            ended.append(name)

    async with sqlite_db.write():
        waited_for = asyncio.create_task(write(sqlite_db.hurried, "hurried"))
        background = [asyncio.create_task(write(sqlite_db, "background")) for _ in range(9)]
        await asyncio.sleep(0)
    await asyncio.gather(waited_for, *background)
    assert ended == ["hurried", *["background"] * 9]
