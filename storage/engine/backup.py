"""Copies of an SQLite database: made while it is written to, checked, and put where there is none."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from storage.engine.database import APPLICATION_ID, known_revisions
from storage.engine.sqlite_engines import BUSY_TIMEOUT_S

# Of 4 KiB each: some milliseconds of copying, after which progress is told and Ctrl-C is heard.
PAGES_AT_ONCE = 1_024
# Tables that say nothing about what is followed, so that a bot which was started once has left an empty database.
OF_NO_ACCOUNT = frozenset(("alembic_version", "backup", "command_sync", "installation"))
BESIDE = ("-wal", "-shm", "-journal")

# Called with the number of pages that are copied, and of how many.
Progress = Callable[[int, int], None]


class BackupError(Exception):
    """A backup can't be made or restored; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that is complete. `noted`: the database knows when it was made."""

    at: datetime
    bytes: int
    noted: bool


@dataclass(frozen=True, slots=True)
class _Facts:
    application_id: int
    tables: frozenset[str]
    revision: str | None


def sqlite_path(address: str) -> Path | None:
    """The file of the database at this SQLAlchemy URL; None if it is on PostgreSQL."""
    url = make_url(address)
    return Path(url.database or "").resolve() if url.get_backend_name() == "sqlite" else None


def back_up(database: Path, file: Path, *, replace: bool, progress: Progress) -> MadeBackup:
    """Copy the database into `file`, which gets its name when the copy is complete and sound. Raises BackupError."""
    made_at = datetime.now(UTC)
    with _told_as_one_sentence(f"The backup {file} can't be made"):
        if not database.exists() or database.stat().st_size == 0:
            raise BackupError(f"There is no database at {database} to back up.")
        _refuse_name(database, file, replace=replace)
        with _part_beside(file) as part:
            _copy(_open(database, "rw"), part, progress)
            _note(part, made_at)
            _check(part, f"The database {database}")
            # Somebody may have taken the name while that took its time.
            _refuse_name(database, file, replace=replace)
            size = part.stat().st_size
            _give_name(part, file)
    try:
        _note(database, made_at)
    except sqlite3.Error:
        # Locked for long, or read-only: the backup is made all the same.
        return MadeBackup(made_at, size, noted=False)
    return MadeBackup(made_at, size, noted=True)


@contextmanager
def restored_part(file: Path, database: Path, progress: Progress) -> Iterator[Path]:
    """A checked copy of the backup `file` beside the database, until `put_in_place`. Raises BackupError.

    It may be of an older revision.
    """
    what = f"The file {file}"
    with _told_as_one_sentence(f"{what} can't be restored"):
        if not file.is_file():
            raise BackupError(f"There is no file {file} to restore.")
        refuse_unless_empty(database)
        with _part_beside(database) as part:
            with closing(_open_to_read(file)) as connection:
                _refuse(connection, what)
            _copy(_open_to_read(file), part, progress)
            _check(part, what)
            yield part


def put_in_place(part: Path, database: Path) -> None:
    """Make the copy the database. Raises BackupError if there is one by now that is not empty."""
    refuse_unless_empty(database)
    with _told_as_one_sentence(f"The database {database} can't be put in place"):
        _give_name(part, database)


def refuse_unless_empty(database: Path) -> None:
    """Refuse a database that has something in it, or is open elsewhere. Raises BackupError."""
    if not database.parent.is_dir():
        raise BackupError(f"The folder {database.parent} does not exist.")
    if not database.exists() or (database.is_file() and database.stat().st_size == 0):
        return
    there = f"There is a database at {database} already"
    advice = (
        "restore into an empty installation: name another folder in EARMARK_DATA_DIR, or move this file away"
    )
    try:
        with closing(_open(database, "rw", timeout_s=1.0)) as connection:
            facts = _facts(connection)
            if facts.application_id != APPLICATION_ID and (facts.tables or facts.application_id):
                raise BackupError(f"{there}, of another program; {advice}.")
            for table in sorted(facts.tables - OF_NO_ACCOUNT):
                if connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")').fetchone()[0]:  # noqa: S608 - a name that SQLite gave
                    raise BackupError(f"{there}, which is not empty; {advice}.")
            # SQLite changes this mode only for the one process that has the file open.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise BackupError(f"{there} that can't be opened ({error}); {advice}.") from error
        raise BackupError(f"Another process has {database} open: stop the bot before you restore.") from error
    except sqlite3.DatabaseError as error:
        raise BackupError(f"There is a file at {database} already ({error}); {advice}.") from error


def finish(part: Path) -> None:
    """Fold the journal of a copy that was opened into its file, and check it once more. Raises BackupError."""
    with _told_as_one_sentence(f"The copy {part} can't be finished"):
        with closing(_open(part, "rw")) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        _check(part, f"The copy {part}")


def _refuse_name(database: Path, file: Path, *, replace: bool) -> None:
    if not file.parent.is_dir():
        raise BackupError(f"The folder {file.parent} does not exist.")
    if file.is_dir():
        raise BackupError(f"{file} is a folder; name a file in it.")
    if file.resolve() in {database, *(database.with_name(database.name + name) for name in BESIDE)}:
        raise BackupError(f"{file} belongs to the database itself; name another file.")
    if not file.exists():
        return
    if not file.is_file():
        raise BackupError(f"{file} is no file that can be replaced.")
    if not replace:
        raise BackupError(f"{file} exists already; --force replaces it.")


@contextmanager
def _part_beside(file: Path) -> Iterator[Path]:
    """A file without a name that anybody looks for, in the folder of `file`; removed unless it was renamed.

    Only its owner may read it: the addresses of feeds may hold keys.
    """
    handle, name = tempfile.mkstemp(prefix=".earmark-", suffix=".part", dir=file.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for beside in ("", *BESIDE):
            part.with_name(part.name + beside).unlink(missing_ok=True)


@contextmanager
def _told_as_one_sentence(what: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BackupError(f"{what}: {reason}.") from error


def _open(path: Path, mode: str, *, timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None)
    # In a damaged file names may be no text.
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that nobody writes to; without a journal beside it nothing is left there either."""
    journal = path.with_name(f"{path.name}-wal")
    alone = not journal.exists() or journal.stat().st_size == 0
    return _open(path, "ro&immutable=1" if alone else "ro")


def _facts(connection: sqlite3.Connection) -> _Facts:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    tables = frozenset(row[0] for row in rows)
    revision = None
    if "alembic_version" in tables:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        revision = row[0] if row else None
    return _Facts(application, tables, revision)


def _refuse(connection: sqlite3.Connection, what: str) -> None:
    """Raise BackupError unless it is a database of Earmark's that this one knows."""
    try:
        facts = _facts(connection)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{what} is no sound database ({error}).") from error
    if facts.application_id != APPLICATION_ID:
        raise BackupError(f"{what} is no database of Earmark's.")
    known = known_revisions()
    if facts.revision is None:
        raise BackupError(f"{what} is not complete: it has no revision.")
    if facts.revision not in known:
        raise BackupError(
            f"{what} was made by a newer Earmark (revision {facts.revision}); this one knows {known[-1]}: "
            "run that version."
        )


def _copy(reading: sqlite3.Connection, part: Path, progress: Progress) -> None:
    """Copy all pages as of one moment; the source may be written to meanwhile."""
    with closing(reading), closing(sqlite3.connect(part, isolation_level=None)) as writing:
        # One transaction for all of it: a copy in several would begin again whenever somebody has written. In WAL
        # mode it keeps no writer waiting.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(
            writing,
            pages=PAGES_AT_ONCE,
            progress=lambda _, remaining, total: progress(total - remaining, total),
            sleep=0,
        )
        # One file, complete without a journal beside it.
        writing.execute("PRAGMA journal_mode = DELETE")


def _note(path: Path, made_at: datetime) -> None:
    """Store when the backup was made; a database of an older revision has no place for it."""
    with closing(_open(path, "rw")) as connection:
        if "backup" in _facts(connection).tables:
            moment = made_at.replace(tzinfo=None).isoformat(" ", "microseconds")
            connection.execute("INSERT INTO backup (made_at) VALUES (?)", (moment,))


def _check(path: Path, what: str) -> None:
    with closing(_open(path, "rw")) as connection:
        _refuse(connection, what)
        try:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    if found != ["ok"]:
        raise BackupError(f"{what} is damaged: {' '.join(found[0].split())[:200]}.")


def _give_name(part: Path, file: Path) -> None:
    """Rename the part once all of it is on the disk."""
    _sync(part)
    # The journals of a file that had this name before would be taken for the new one's.
    for name in BESIDE:
        file.with_name(file.name + name).unlink(missing_ok=True)
    part.replace(file)
    # Not every system can do that for a folder.
    with suppress(OSError):
        _sync(file.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
