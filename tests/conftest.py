"""Fixtures for all tests: the shared real data, and a fresh SQLite database."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
from collections.abc import AsyncIterator, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from bot.search import index_keeper
from storage.engine import sqlite_engines
from storage.engine.database import Database, open_database, sqlite_url
from tests.fakes.watch import TIMEOUT_S
from tests.paths import ROOT, SHARED_DATA

# Hundreds of processes are started, also where Python is told to write no bytecode: compiling the program took a
# third of each one's time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "bytecode")

# A suite that a script has started in the background ignores Ctrl-C, and what it starts would do so, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples every time, and no deadline for one, as machines differ; HYPOTHESIS_PROFILE=long looks for others.
settings.register_profile("earmark", derandomize=True, deadline=None, max_examples=40)
settings.register_profile("long", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "earmark"))


_compiled: LRUCache[Any, Any] = LRUCache(4_000)


def _like_another_engine(*args: Any, **options: Any) -> AsyncEngine:
    """Each test opens engines of its own, and compiling the same statements anew took a tenth of its time."""
    engine = create_async_engine(*args, **options)
    vars(engine.sync_engine)["_compiled_cache"] = _compiled
    return engine


setattr(sqlite_engines, "create_async_engine", _like_another_engine)  # noqa: B010 - mypy knows no such patch
# The key of what is compiled names the dialect, and those of one class are alike.
setattr(SQLiteDialect_aiosqlite, "__eq__", lambda one, other: type(one) is type(other))  # noqa: B010
setattr(SQLiteDialect_aiosqlite, "__hash__", lambda one: hash(type(one)))  # noqa: B010


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Eight thousand tests are made, and none is rubbish: looking for it took a fifth of each worker's start."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(autouse=True)
def _time_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cancelled in a statement leaves a connection behind, and a second is short on a busy machine."""
    monkeypatch.setattr(index_keeper, "_STOPPED_WITHIN_S", TIMEOUT_S)


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
    """A migrated database file without rows, to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    # In a thread of its own, as this one may be running a test's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _make(sqlite_url(path))).result()
    return path


@pytest.fixture
async def sqlite_db(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database in the test's own file."""
    path = tmp_path / "earmark.db"
    shutil.copy(migrated_file, path)
    db = await open_database(sqlite_url(path))
    yield db
    await db.close()
