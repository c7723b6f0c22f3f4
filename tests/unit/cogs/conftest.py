"""What tests of the commands begin with: a bot connected to a fake Discord."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.engine.database import Database, open_database, sqlite_url
from tests.unit.cogs.connected_bot import FakeAndBot, connected, store_sample


@pytest.fixture(scope="session")
def sample_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the sample podcast, to copy."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    shutil.copy(migrated_file, path)
    # In a thread of its own, as this one may be running a test's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, store_sample(path)).result()
    return path


@pytest.fixture
async def sample_db(sample_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The database with the sample podcast in the test's own file."""
    path = tmp_path / "earmark.db"
    shutil.copy(sample_file, path)
    db = await open_database(sqlite_url(path))
    yield db
    await db.close()


@pytest.fixture
async def stage(
    sample_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeAndBot]:
    """A bot whose server 10 follows the sample podcast in channel 11."""
    async with connected(sample_db, tmp_path, monkeypatch) as stage:
        yield stage
