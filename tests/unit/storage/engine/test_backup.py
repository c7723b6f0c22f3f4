"""Copies of an SQLite database: complete, checked, and never in the place of something else."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.engine import backup
from storage.engine.backup import (
    BackupError,
    back_up,
    finish,
    put_in_place,
    refuse_unless_empty,
    restored_part,
    sqlite_path,
)
from storage.engine.database import known_revisions, open_database, sqlite_url
from storage.tables.podcasts import list_podcasts
from tests.unit.storage.material import item, stored


def _quiet(_done: int, _of: int) -> None:
    """Nobody is shown how far it is."""


@pytest.fixture
async def database(migrated_file: Path, tmp_path: Path) -> Path:
    """A database with one podcast, which nobody has open."""
    path = tmp_path / "earmark.db"
    path.write_bytes(migrated_file.read_bytes())
    db = await open_database(sqlite_url(path))
    await stored(db, item("a"))
    await db.close()
    return path


def _left_behind(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".part") or ".part-" in path.name]


def _restore(file: Path, target: Path) -> None:
    with restored_part(file, target, _quiet) as part:
        finish(part)
        put_in_place(part, target)


async def _titles(path: Path) -> list[str]:
    db = await open_database(sqlite_url(path))
    try:
        return [one.title for one in await list_podcasts(db)]
    finally:
        await db.close()


def test_only_sqlite_is_a_file(tmp_path: Path) -> None:
    assert sqlite_path(sqlite_url(tmp_path / "a b.db")) == (tmp_path / "a b.db").resolve()
    assert sqlite_path("postgresql+asyncpg://me:pw@host/name") is None


async def test_a_backup_is_one_file_that_its_owner_alone_reads(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    told: list[tuple[int, int]] = []
    made = back_up(database, file, replace=False, progress=lambda done, of: told.append((done, of)))
    assert (made.bytes, made.noted) == (file.stat().st_size, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told
    assert told[-1][0] == told[-1][1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "earmark.db"]
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        noted = connection.execute("SELECT made_at FROM backup").fetchall()
    moment = made.at.replace(tzinfo=None).isoformat(" ", "microseconds")
    assert noted == [(moment,)]
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT made_at FROM backup").fetchall() == noted
    assert await _titles(file) == ["First Show"]


async def test_it_is_of_one_moment_while_others_write_and_wait_for_nothing(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 1)
    file = tmp_path / "copy.db"
    writer = sqlite3.connect(database, isolation_level=None, timeout=0)
    writer.execute("CREATE TABLE pair (a, b)")
    writer.execute("INSERT INTO pair VALUES (0, 0)")
    steps = 0

    def write(_done: int, _of: int) -> None:
        # After every page: a copy in several transactions would never end, and a lock would fail at once.
        nonlocal steps
        steps += 1
        writer.execute("UPDATE pair SET a = a + 1, b = b + 1")

    back_up(database, file, replace=False, progress=write)
    with closing(writer), closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT a, b FROM pair").fetchone() == (0, 0)
        assert writer.execute("SELECT a, b FROM pair").fetchone() == (steps, steps)
    assert steps > 20


async def test_a_database_of_an_older_revision_is_backed_up_as_it_is(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TABLE backup")
        connection.execute("UPDATE alembic_version SET version_num = ?", (known_revisions()[0],))
    back_up(database, tmp_path / "old.db", replace=False, progress=_quiet)
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


async def test_a_file_is_replaced_only_when_that_was_said(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_text("the diary")
    with pytest.raises(BackupError, match=r"copy\.db exists already; --force replaces it\.$"):
        back_up(database, file, replace=False, progress=_quiet)
    assert file.read_text() == "the diary"
    # What a program left beside the old file would be read into the new one.
    (tmp_path / "copy.db-wal").write_bytes(b"stale")
    back_up(database, file, replace=True, progress=_quiet)
    assert not (tmp_path / "copy.db-wal").exists()
    assert await _titles(file) == ["First Show"]


async def test_names_that_cannot_be_taken_are_told(database: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.db").symlink_to(database)
    before = database.read_bytes()
    for file, told in (
        (tmp_path / "no" / "copy.db", "The folder .*/no does not exist"),
        (tmp_path / "folder", "is a folder; name a file in it"),
        (database, "belongs to the database itself"),
        (tmp_path / "link.db", "belongs to the database itself"),
        (database.with_name("earmark.db-wal"), "belongs to the database itself"),
        (Path("/dev/null"), "is no file that can be replaced"),
        (tmp_path / ("x" * 300), "can't be made: File name too long"),
    ):
        with pytest.raises(BackupError, match=told):
            back_up(database, file, replace=True, progress=_quiet)
    assert database.read_bytes() == before
    assert _left_behind(tmp_path) == []


@pytest.mark.parametrize("content", [None, b""])
def test_where_nothing_is_there_is_nothing_to_back_up(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "earmark.db").write_bytes(content)
    with pytest.raises(BackupError, match="There is no database at"):
        back_up(tmp_path / "earmark.db", tmp_path / "copy.db", replace=False, progress=_quiet)
    assert not (tmp_path / "copy.db").exists()


async def test_what_is_interrupted_leaves_nothing(database: Path, tmp_path: Path) -> None:
    def interrupt(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(database, tmp_path / "copy.db", replace=False, progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["earmark.db"]


async def test_a_database_that_stays_locked_is_backed_up_without_its_note(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(backup._open, "__kwdefaults__", {"timeout_s": 0.05})
    locked = sqlite3.connect(database, isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")
    made = back_up(database, tmp_path / "copy.db", replace=False, progress=_quiet)
    locked.close()
    assert not made.noted
    assert await _titles(tmp_path / "copy.db") == ["First Show"]


def _damage_a_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    # The first page holds what tells a database apart; any other is found by the check alone.
    content[4096 * 6 : 4096 * 7] = b"\xff" * 4096
    path.write_bytes(content)


async def test_a_damaged_database_is_no_backup(database: Path, tmp_path: Path) -> None:
    _damage_a_page(database)
    with pytest.raises(BackupError, match=r"is damaged|malformed"):
        back_up(database, tmp_path / "copy.db", replace=False, progress=_quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["earmark.db"]


async def test_a_backup_becomes_a_database(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db", replace=False, progress=_quiet)
    new = tmp_path / "new"
    new.mkdir()
    # Of a database that was deleted without them.
    for beside in ("-wal", "-shm"):
        (new / f"earmark.db{beside}").write_bytes(b"stale")
    _restore(tmp_path / "copy.db", new / "earmark.db")
    assert [path.name for path in new.iterdir()] == ["earmark.db"]
    assert await _titles(new / "earmark.db") == ["First Show"]
    # A plain copy with its journal beside it is a backup as well.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE podcast SET title = 'Later'")
        connection.commit()
        for name in ("earmark.db", "earmark.db-wal"):
            (tmp_path / f"plain-{name}").write_bytes((tmp_path / name).read_bytes())
    other = tmp_path / "other.db"
    _restore(tmp_path / "plain-earmark.db", other)
    assert await _titles(other) == ["Later"]


async def test_an_empty_installation_may_have_been_started(
    database: Path, tmp_path: Path, migrated_file: Path
) -> None:
    back_up(database, tmp_path / "copy.db", replace=False, progress=_quiet)
    target = tmp_path / "target.db"
    target.write_bytes(migrated_file.read_bytes())
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("INSERT INTO command_sync VALUES (1, 'x')")
    _restore(tmp_path / "copy.db", target)
    assert await _titles(target) == ["First Show"]


def _of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")


def _text(path: Path) -> None:
    path.write_text("not a database, " * 100)


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _without_revision(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 // 4096 * 4096])


def _start_over(path: Path) -> None:
    path.unlink()


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ([_start_over, _of_another_program], "copy.db is no database of Earmark's"),
        ([_text], r"copy.db is no sound database \(file is not a database\)"),
        ([_emptied], "copy.db is no database of Earmark's"),
        (
            [_newer],
            r"copy.db was made by a newer Earmark \(revision 9999\); this one knows \d+: run that version",
        ),
        ([_without_revision], "copy.db is not complete: it has no revision"),
        ([_cut], "copy.db .*(damaged|malformed|no sound database)"),
        ([_damage_a_page], "copy.db .*(damaged|malformed)"),
        ([_start_over], "There is no file .*copy.db to restore"),
    ],
)
async def test_what_is_no_sound_backup_is_refused_in_one_sentence(
    database: Path, tmp_path: Path, spoil: list[Callable[[Path], None]], told: str
) -> None:
    copy, new = tmp_path / "copy.db", tmp_path / "new"
    back_up(database, copy, replace=False, progress=_quiet)
    for change in spoil:
        change(copy)
    new.mkdir()
    with pytest.raises(BackupError, match=told) as caught:
        _restore(copy, new / "earmark.db")
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert list(new.iterdir()) == []


async def test_a_database_with_something_in_it_is_left_alone(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db", replace=False, progress=_quiet)
    foreign, text, folder = tmp_path / "foreign.db", tmp_path / "text.db", tmp_path / "folder.db"
    _of_another_program(foreign)
    _text(text)
    folder.mkdir()
    for target, told in (
        (database, "already, which is not empty; restore into an empty installation"),
        (foreign, "already, of another program; restore into an empty installation"),
        (text, r"already \(file is not a database\); restore into an empty installation"),
        (folder, "already that can't be opened"),
        (tmp_path / "no" / "earmark.db", "The folder .*/no does not exist"),
    ):
        before = target.read_bytes() if target.is_file() else b""
        with pytest.raises(BackupError, match=told):
            _restore(tmp_path / "copy.db", target)
        assert (target.read_bytes() if target.is_file() else b"") == before
    assert _left_behind(tmp_path) == []


async def test_a_database_that_a_bot_has_open_is_left_alone(
    database: Path, tmp_path: Path, migrated_file: Path
) -> None:
    back_up(database, tmp_path / "copy.db", replace=False, progress=_quiet)
    target = tmp_path / "target.db"
    target.write_bytes(migrated_file.read_bytes())
    running = await open_database(sqlite_url(target))
    try:
        with pytest.raises(
            BackupError, match=r"Another process has .* open: stop the bot before you restore"
        ):
            _restore(tmp_path / "copy.db", target)
        # It comes to life while the copy is made.
        assert await list_podcasts(running) == []
    finally:
        await running.close()
    with restored_part(tmp_path / "copy.db", target, _quiet) as part:
        finish(part)
        running = await open_database(sqlite_url(target))
        await stored(running, item("b"), title="Quick")
        await running.close()
        with pytest.raises(BackupError, match="which is not empty"):
            put_in_place(part, target)
    assert await _titles(target) == ["Quick"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_no_file_is_restored_or_refused_otherwise_than_by_a_sentence(
    migrated_file: Path, tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(migrated_file.read_bytes())
    start = data.draw(st.integers(0, len(content) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=64))
    content[start : start + len(junk)] = junk
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(content))))
    file, target = tmp_path / "spoilt.db", tmp_path / "target.db"
    file.write_bytes(content[:cut])
    target.unlink(missing_ok=True)
    try:
        _restore(file, target)
    except BackupError as error:
        told = str(error)
        assert (told[-1], target.exists()) == (".", False)
    else:
        refuse_unless_empty(target)
    assert _left_behind(tmp_path) == []


async def test_many_backups_at_once_are_all_complete(database: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.db" for number in range(4)]

    def make(file: Path) -> None:
        back_up(database, file, replace=False, progress=_quiet)

    threads = [threading.Thread(target=make, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for file in files:
        assert await _titles(file) == ["First Show"]
