"""Gives the space of deleted rows in a SQLite file back to the disk, in steps that no writer waits for long.

Blocking: for a thread. PostgreSQL's autovacuum does the like by itself.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

# Pages that one step moves while it keeps other writers out: 2 MB, some 10 ms.
PAGES_AT_ONCE = 500
# A step that another process's writer keeps waiting for longer is left to the next sweep.
STEP_TIMEOUT_S = 0.5
REWRITE_TIMEOUT_S = 15.0
# The journal keeps at most so much between two checkpoints; SQLite's own rule is to never shrink it.
JOURNAL_BYTES = 8 * 1024 * 1024
# A file from before `auto_vacuum` is rewritten at a start only if that takes about a second.
SMALL_BYTES = 64 * 1024 * 1024
# VACUUM writes a copy, and then the copy into the journal.
COPIES = 2
INCREMENTAL = 2


class RewriteError(Exception):
    """The file can't be rewritten now; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class FileSpace:
    """Bytes of the file, those of them that hold nothing, and whether they can be given back in small steps."""

    size: int
    free: int
    returns: bool


def choose_auto_vacuum(connection: sqlite3.Connection) -> None:
    """Let an empty file give space back in small steps; one that has tables stays as it is until it is rewritten."""
    # Even where it changes nothing, this pragma waits for other writers.
    if not _number(connection, "page_count"):
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")


def file_space(path: Path) -> FileSpace:
    """How much of the file is in use."""
    connection = _connect(path)
    try:
        return _space(connection)
    finally:
        connection.close()


def shrink_some(path: Path) -> bool:
    """Give some free pages back to the disk; whether there are more. Nothing is done where others write long."""
    connection = _connect(path)
    try:
        free = _number(connection, "freelist_count")
        if not free or not _space(connection).returns:
            return False
        # As a script, for `execute` would free one page: the pragma counts each as a row without columns.
        connection.executescript(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})")
        return 0 < _number(connection, "freelist_count") < free
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    finally:
        connection.close()


def cut_journal(path: Path) -> None:
    """Write the journal into the file and empty it, unless a reader or a writer is in the way."""
    connection = _connect(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def rewrite(path: Path) -> int:
    """Write the whole file anew without free pages (VACUUM); the bytes by which it shrank. Raises RewriteError.

    All other writers wait meanwhile: about a second for each 50 MB.
    """
    connection = _connect(path)
    connection.execute(f"PRAGMA busy_timeout = {int(REWRITE_TIMEOUT_S * 1000)}")
    try:
        before = _space(connection)
        needed = COPIES * (before.size - before.free)
        if shutil.disk_usage(path.parent).free < needed:
            raise RewriteError(
                f"Rewriting {path} takes {needed // 2**20 + 1} MB of free disk space, which is not there."
            )
        # Beside the file: the folder for temporary files is often small, and in a container it is memory.
        folder = str(path.parent).replace("'", "''")
        connection.execute(f"PRAGMA temp_store_directory = '{folder}'")
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")
        finally:
            # It counts for the whole process.
            connection.execute("PRAGMA temp_store_directory = ''")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return max(0, before.size - _space(connection).size)
    except sqlite3.OperationalError as error:
        raise RewriteError(f"{path} can't be rewritten now: {error}.") from error
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=STEP_TIMEOUT_S, isolation_level=None)
    connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
    return connection


def _space(connection: sqlite3.Connection) -> FileSpace:
    page = _number(connection, "page_size")
    return FileSpace(
        page * _number(connection, "page_count"),
        page * _number(connection, "freelist_count"),
        _number(connection, "auto_vacuum") == INCREMENTAL,
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
