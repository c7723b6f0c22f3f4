"""SIGTERM in the middle of everything: the bot ends soon, and the next one announces the rest, each once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.stopping import set_up, stop_amid_work

# Discord's answers take ten minutes. `python -m tests.bench.stopping` measures it, with a larger feed.
SOON_S = 10.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are told apart by /proc")


async def test_a_bot_that_is_told_to_end_does_so_and_loses_nothing(tmp_path: Path) -> None:
    async with set_up(tmp_path, channels=100) as run:
        await stop_amid_work(run, feed_mb=8)
    assert run.took_s < SOON_S
