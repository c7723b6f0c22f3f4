"""A kill while search segments are written, listed or merged loses no words and leaves no files behind."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from bot.quotes import QuoteFinder
from bot.search.folder_lock import LOCK_FILE
from storage.engine.database import open_database, sqlite_url
from storage.tables.episodes import list_episodes
from storage.tables.search_index import segment_names
from tests.e2e.indexing import NAMES, STEPS
from tests.unit.storage.material import item, stored


async def _run(*arguments: object) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.e2e.indexing", *map(str, arguments), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_loses_nothing_and_leaves_nothing(tmp_path: Path, step: str) -> None:
    database, folder = tmp_path / "earmark.db", tmp_path / "search"
    db = await open_database(sqlite_url(database))
    await stored(db, *(item(name) for name in NAMES))
    expected = sorted(one.id for one in await list_episodes(db))

    deaths = 0
    for number in (1, 2, 1):
        code, _ = await _run(database, folder, step, number)
        deaths += code == -9
    assert deaths >= 2
    code, out = await _run(database, folder)
    assert (code, json.loads(out)) == (0, expected)

    finder = QuoteFinder(db, folder)
    long_ago = time.time() - 3_600
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    await finder.tidy()
    await finder.close()
    assert {path.name for path in folder.glob("*.*")} - {LOCK_FILE} == await segment_names(db) - {""}
    await db.close()
