"""A dispatcher for the tests of announcing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.engine.database import Database
from tests.unit.announcing.dispatching import Harness, dispatching


@pytest.fixture
async def harness(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Harness]:
    async with dispatching(sqlite_db, monkeypatch) as harness:
        yield harness
