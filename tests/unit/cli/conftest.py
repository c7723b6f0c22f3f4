"""What tests of the command line begin with: the program with a data folder of its own."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.polling import services
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.cli.command_line import CommandLine


@pytest.fixture
def _own_logging() -> Iterator[None]:
    """The program sets its log up for itself: afterwards all is as before."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
async def cli(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    migrated_file: Path,
    _own_logging: None,
) -> AsyncIterator[CommandLine]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_file, tmp_path / "data" / "earmark.db")
    for name in ("DISCORD_TOKEN", "EARMARK_DATABASE_URL", "EARMARK_DISCORD_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EARMARK_ALLOW_PRIVATE_FEEDS", "127.0.0.1/32")
    monkeypatch.setenv("EARMARK_LOG_LEVEL", "ERROR")
    # A process of its own for each command takes longer than the command.
    monkeypatch.setattr(services, "ReadingProcess", lambda _mib: InProcessReader())
    async with FeedHost() as host:
        yield CommandLine(capsys, host, datetime.now(UTC))
