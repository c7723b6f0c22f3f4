"""What a driver's error says about the database."""

from __future__ import annotations

import errno
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage.engine import unavailable
from storage.engine.unavailable import why_unavailable
from storage.models.status import StatusCode


class FakePostgresqlError(Exception):
    """As the driver raises it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def wrapped(cause: BaseException, **arguments: Any) -> DBAPIError:
    """As SQLAlchemy raises it."""
    return OperationalError("SELECT 1", {}, cause, **arguments)


def sqlite_error(path: Path, *statements: str) -> sqlite3.Error:
    """The error that the last of these statements raises."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    except sqlite3.Error as error:
        return error
    finally:
        connection.close()
    pytest.fail("nothing was raised")


def test_a_locked_file(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    error = sqlite_error(tmp_path / "a.db", "BEGIN IMMEDIATE")
    assert why_unavailable(wrapped(error)) == unavailable.BUSY()
    assert why_unavailable(error) == unavailable.BUSY()
    other.close()


def test_a_full_disk(tmp_path: Path) -> None:
    error = sqlite_error(
        tmp_path / "a.db",
        "CREATE TABLE a (b)",
        "PRAGMA max_page_count = 3",
        "INSERT INTO a VALUES (zeroblob(100000))",
    )
    assert why_unavailable(wrapped(error)) == unavailable.FULL()


def test_a_file_that_only_may_be_read(tmp_path: Path) -> None:
    error = sqlite_error(tmp_path / "a.db", "PRAGMA query_only = 1", "CREATE TABLE a (b)")
    assert why_unavailable(wrapped(error)) == unavailable.READ_ONLY()


def test_a_fault_of_the_program_is_none_of_the_database(tmp_path: Path) -> None:
    assert why_unavailable(wrapped(sqlite_error(tmp_path / "a.db", "SELECT nonsense"))) is None
    assert why_unavailable(ValueError()) is None
    assert why_unavailable(wrapped(FakePostgresqlError("42601"))) is None
    assert why_unavailable(wrapped(FakePostgresqlError(None))) is None


@pytest.mark.parametrize(
    ("sqlstate", "code"),
    [
        ("08006", unavailable.AWAY),
        ("57P01", unavailable.AWAY),
        ("53100", unavailable.FULL),
        ("53300", unavailable.BUSY),
        ("55P03", unavailable.BUSY),
        ("25006", unavailable.READ_ONLY),
    ],
)
def test_states_of_postgresql(sqlstate: str, code: StatusCode) -> None:
    assert why_unavailable(wrapped(FakePostgresqlError(sqlstate))) == code()


def test_connections() -> None:
    assert why_unavailable(ConnectionRefusedError()) == unavailable.AWAY()
    assert why_unavailable(OSError(errno.EHOSTUNREACH, "No route to host")) == unavailable.AWAY()
    assert why_unavailable(socket.gaierror("Name or service not known")) == unavailable.AWAY()
    assert why_unavailable(wrapped(Exception(), connection_invalidated=True)) == unavailable.AWAY()
    assert why_unavailable(PoolTimeoutError()) == unavailable.BUSY()
    assert why_unavailable(TimeoutError()) == unavailable.BUSY()
