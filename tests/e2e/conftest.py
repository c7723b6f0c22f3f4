"""The fixtures of the end-to-end tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.forked import forking
from tests.e2e.stage import Stage, set_stage


@pytest.fixture(scope="session", autouse=True)
def _forked_processes() -> Iterator[None]:
    """Importing the program takes longer than most of what its processes do in these tests."""
    with forking():
        yield


@pytest.fixture
async def stage(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Stage]:
    """Both fakes and one server; the test starts the bot."""
    async with set_stage(tmp_path) as ready:
        # Creating the tables takes twice as long as the rest of a bot's start.
        ready.data_dir.mkdir(mode=0o700)
        shutil.copy(migrated_file, ready.data_dir / "earmark.db")
        yield ready
