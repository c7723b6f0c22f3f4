"""The walls between the rooms hold by themselves: what a change could break is broken in a copy, and refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.paths import ROOT

PYPROJECT = ROOT / "pyproject.toml"
# What an import-linter run that finds the contracts kept, or broken, prints.
KEPT, BROKEN = "0 broken", "1 broken"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages with their contracts."""
    for package in ("bot", "cogs", "storage"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PYPROJECT, tmp_path)
    return tmp_path


def _lint(tree: Path) -> tuple[int, str]:
    """Run import-linter on a tree: its exit code and what it printed."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "NO_COLOR": "1"}
    done = subprocess.run(
        [*command, "--no-cache"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_tree_as_it_is_keeps_every_contract(tree: Path) -> None:
    code, printed = _lint(tree)
    assert code == 0, printed
    assert KEPT in printed


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("bot/feeds/schedule.py", "import discord", "discord stays"),
        ("bot/polling/poller.py", "import discord", "discord stays"),
        ("bot/lookup/choosing.py", "import discord", "discord stays"),
        ("storage/tables/episodes.py", "import discord", "discord stays"),
        ("bot/search/searcher.py", "from bot.config import Settings", "Settings are read at the top"),
        ("cogs/quotes.py", "from bot.config import Settings", "Settings are read at the top"),
        ("bot/announcing/dispatcher.py", "from bot.config import Settings", "Settings are read at the top"),
        ("bot/newcomer.py", "import logging", "Inside bot"),
        ("bot/text/timecodes.py", "from bot.feeds.errors import FeedError", "Inside bot"),
        ("bot/transcripts/reader.py", "from storage.tables.episodes import get_episode", "Tables are for"),
        ("bot/chapters/newcomer.py", "import storage.tables.podcasts", "Tables are for"),
        (
            "bot/text/encoding.py",
            "def f():\n    from storage import tables\n    return tables",
            "Tables are for",
        ),
        ("storage/models/feeds.py", "from storage.tables.episodes import get_episode", "Tables are for"),
        ("storage/newcomer.py", "from storage.engine.database import Database", "Tables are for"),
        ("storage/engine/database.py", "import storage.tables.podcasts", "Tables are for"),
        ("storage/models/feeds.py", "import sqlalchemy", "SQL stays in storage"),
        ("bot/present/fit.py", "from storage.engine.database import Database", "Tables are for"),
        ("cogs/quotes.py", "import sqlalchemy", "SQL stays in storage"),
        ("storage/models/quotes.py", "import bot.lookup", "Three floors"),
    ],
)
def test_what_breaks_a_wall_is_refused(tree: Path, file: str, line: str, contract: str) -> None:
    path = tree / file
    standing = path.read_text() if path.exists() else ""
    path.write_text(f"{standing}\n{line}\n")
    code, printed = _lint(tree)
    assert code != 0, printed
    broken = [told for told in printed.splitlines() if told.endswith("BROKEN")]
    assert any(told.startswith(contract) for told in broken), printed


def test_the_contracts_can_be_read_in_one_go() -> None:
    text = PYPROJECT.read_text()
    section = text[text.index("[tool.importlinter]") :].rstrip().splitlines()
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    assert len(contracts) == 6
    # Longer, and nobody reads them.
    assert len(section) <= 40
