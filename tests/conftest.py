"""What tests of several parts share: the real data, and a fresh database on SQLite."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings

from storage.engine.database import Database, open_database, sqlite_url
from tests.paths import SHARED_DATA

# The same examples every time, and no limit on the time that one takes: machines differ.
settings.register_profile("earmark", derandomize=True, deadline=None)
settings.load_profile("earmark")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files that nobody on the project wrote."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the shared data is not at {SHARED_DATA}")
    return SHARED_DATA


async def _make(address: str) -> None:
    await (await open_database(address)).close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file without rows, to be copied: a migration takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    # In a thread: this one may hold the event loop of a test.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _make(sqlite_url(path))).result()
    return path


@pytest.fixture
async def sqlite_db(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database in a file of the test's own."""
    path = tmp_path / "earmark.db"
    shutil.copy(migrated_file, path)
    db = await open_database(sqlite_url(path))
    yield db
    await db.close()
