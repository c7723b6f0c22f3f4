"""A kill while search segments are written, listed or merged loses no words and leaves no files behind."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from bot.quotes import QuoteFinder
from bot.search.folder_lock import LOCK_FILE
from storage.engine.database import open_database, sqlite_url
from storage.tables.episodes import list_episodes
from storage.tables.search_index import segment_names
from tests.e2e.bot_process import run_module
from tests.e2e.indexing import NAMES, STEPS
from tests.unit.storage.material import item, stored

INDEXING = "tests.e2e.indexing"


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_loses_nothing_and_leaves_nothing(tmp_path: Path, step: str) -> None:
    database, folder = tmp_path / "earmark.db", tmp_path / "search"
    db = await open_database(sqlite_url(database))
    await stored(db, *(item(name) for name in NAMES))
    expected = sorted(one.id for one in await list_episodes(db))

    where, deaths = (str(database), str(folder)), 0
    for number in (1, 2, 1):
        code, _, _ = await run_module(INDEXING, *where, step, str(number), environ=dict(os.environ))
        deaths += code == -9
    assert deaths >= 2
    code, out, _ = await run_module(INDEXING, *where, environ=dict(os.environ))
    assert (code, json.loads(out)) == (0, expected)

    finder = QuoteFinder(db, folder)
    long_ago = time.time() - 3_600
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    await finder.tidy()
    await finder.close()
    assert {path.name for path in folder.glob("*.*")} - {LOCK_FILE} == await segment_names(db) - {""}
    await db.close()
