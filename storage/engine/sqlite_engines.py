"""The connections to a SQLite file: two that write, one of them for people in a hurry, and some that read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.engine import sqlite_space
from storage.engine.sqlite_reader import SqliteReader

BUSY_TIMEOUT_S = 15.0
READERS = 4


@dataclass(frozen=True, slots=True)
class SqliteEngines:
    """`hurried` writes as `writer` does, but waits for its turn for a short time only."""

    writer: AsyncEngine
    hurried: AsyncEngine
    readers: AsyncEngine
    quick: SqliteReader


def sqlite_engines(url: URL, hurry_s: float) -> SqliteEngines:
    """The engines for this file. The hurried one waits `hurry_s` for its connection and again for its turn."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(url.database or "", check_same_thread=False)
        _prepare(connection, BUSY_TIMEOUT_S, read_only=True)
        return connection

    return SqliteEngines(
        # A deferred transaction that begins to write can fail at once, whatever the busy timeout.
        writer=_engine(url, "BEGIN IMMEDIATE", busy_s=BUSY_TIMEOUT_S),
        hurried=_engine(url, "BEGIN IMMEDIATE", busy_s=hurry_s, pool_s=hurry_s),
        readers=_engine(url, "BEGIN", busy_s=BUSY_TIMEOUT_S, size=READERS, read_only=True),
        quick=SqliteReader(connect),
    )


def _engine(
    url: URL,
    begin: str,
    *,
    busy_s: float,
    pool_s: float = BUSY_TIMEOUT_S * 2,
    size: int = 1,
    read_only: bool = False,
) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=size, max_overflow=0, pool_timeout=pool_s, hide_parameters=True
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        _prepare(connection, busy_s, read_only=read_only)

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _prepare(connection: Any, busy_s: float, *, read_only: bool) -> None:
    # The driver must not begin transactions itself: each engine does, in its own way.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(busy_s * 1000)}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA journal_size_limit = {sqlite_space.JOURNAL_BYTES}")
    if read_only:
        cursor.execute("PRAGMA query_only = ON")
    cursor.close()
    # SQLite's own `lower` changes ASCII only, and titles are searched in any case.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text
