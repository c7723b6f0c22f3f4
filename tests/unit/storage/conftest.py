"""Databases of both kinds; those on PostgreSQL where EARMARK_TEST_POSTGRES names a server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.engine.database import Database, database_url, open_database, sqlite_url
from storage.tables.schema import metadata

VARIABLE = "EARMARK_TEST_POSTGRES"


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of a server on which databases may be made."""
    named = os.environ.get(VARIABLE, "")
    if not named:
        pytest.skip(f"{VARIABLE} names no PostgreSQL server")
    return database_url(named)


def _wait_for(work: Coroutine[Any, Any, None]) -> None:
    # In a thread: this one may hold the event loop of a test.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _execute(address: str, statement: str) -> None:
    engine = create_async_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text(statement))
    finally:
        await engine.dispose()


def _new_database(server: str) -> Iterator[str]:
    # Its own for each worker and use: several may run on one server.
    name = f"earmark_test_{uuid4().hex}"
    _wait_for(_execute(server, f"CREATE DATABASE {name} TEMPLATE template0"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _wait_for(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def kept_postgres_address(postgres_server: str) -> Iterator[str]:
    """A database that the tests of one worker share."""
    yield from _new_database(postgres_server)


@pytest.fixture
def new_postgres_address(postgres_server: str) -> Iterator[str]:
    """A database without tables."""
    yield from _new_database(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that Earmark never opened."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "new.db")
    address: str = request.getfixturevalue("new_postgres_address")
    return address


@pytest.fixture
async def postgres_db(kept_postgres_address: str) -> AsyncIterator[Database]:
    """A database on PostgreSQL with empty tables."""
    db = await open_database(kept_postgres_address)
    tables = ", ".join(metadata.tables)
    async with db.write() as connection:
        await connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    yield db
    await db.close()


@pytest.fixture(params=["sqlite_db", "postgres_db"])
def db(request: pytest.FixtureRequest) -> Database:
    """An empty database, once of each kind."""
    found: Database = request.getfixturevalue(request.param)
    return found
