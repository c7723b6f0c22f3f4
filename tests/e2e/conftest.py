"""The fixtures of the end-to-end tests."""

from __future__ import annotations

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
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Both fakes and one server; the test starts the bot."""
    async with set_stage(tmp_path) as ready:
        yield ready
