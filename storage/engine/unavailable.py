"""Why a database can't be used just now: locked by another, a full disk, a server that is away."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage.models.status import Status, StatusCode

BUSY = StatusCode("database.busy")
FULL = StatusCode("database.full")
READ_ONLY = StatusCode("database.read_only")
FAILING = StatusCode("database.failing")
AWAY = StatusCode("database.away")

# By SQLite's primary result codes.
_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: FAILING,
    sqlite3.SQLITE_CANTOPEN: FAILING,
}
# By PostgreSQL's SQLSTATE, else by its class, the first two signs.
_POSTGRESQL = {
    "08": AWAY,
    "57": AWAY,
    "53100": FULL,
    "53": BUSY,
    "55P03": BUSY,
    "25006": READ_ONLY,
}


def why_unavailable(error: BaseException) -> Status | None:
    """What is wrong with the database, where that is what the error is about."""
    if isinstance(error, TimeoutError | PoolTimeoutError):
        return BUSY()
    if isinstance(error, OSError):
        # Refused, no route, or a name that nobody knows while its container is stopped.
        return AWAY()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return AWAY()
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        found = _SQLITE.get(code & 0xFF)
    else:
        state = str(getattr(original, "sqlstate", None) or "")
        found = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    return found() if found else None
