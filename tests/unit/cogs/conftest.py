"""What tests of the commands begin with: a bot connected to a fake Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine.database import Database
from tests.unit.cogs.connected_bot import FakeAndBot, connected


@pytest.fixture
async def stage(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeAndBot]:
    """A bot whose server 10 follows the sample podcast in channel 11."""
    async with connected(sqlite_db, tmp_path, monkeypatch) as stage:
        yield stage
