"""The walls between the rooms hold by themselves: what a change could break is broken in a copy, and refused."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.paths import ROOT

PYPROJECT = ROOT / "pyproject.toml"
# What an import-linter run that finds the contracts kept prints.
KEPT = "0 broken"


def _copied(folder: Path) -> Path:
    """A copy of the packages with their contracts."""
    for package in ("bot", "cogs", "storage"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PYPROJECT, folder)
    return folder


def _lint(tree: Path) -> tuple[int, str]:
    """Run import-linter on a tree: its exit code and what it printed."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "NO_COLOR": "1"}
    done = subprocess.run(
        [*command, "--no-cache"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_tree_as_it_is_keeps_every_contract(tmp_path: Path) -> None:
    code, printed = _lint(_copied(tmp_path))
    assert code == 0, printed
    assert KEPT in printed


# What breaks which contract: the file, what is added to it, and how the contract's name begins.
BREAKS = [
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
]


def _broken(printed: str) -> dict[str, str]:
    """What is told of each broken contract, by its name, which is underlined."""
    parts = re.split(r"^(.+)\n-{5,}\n", printed.partition("Broken contracts\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def told_of_breaks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is told of a tree in which all walls are broken: one run, as each takes half a second."""
    tree = _copied(tmp_path_factory.mktemp("broken"))
    for file, line, _ in BREAKS:
        path = tree / file
        standing = path.read_text() if path.exists() else ""
        path.write_text(f"{standing}\n{line}\n")
    code, printed = _lint(tree)
    assert code != 0, printed
    return _broken(printed)


@pytest.mark.parametrize(("file", "line", "contract"), BREAKS)
def test_what_breaks_a_wall_is_refused(
    told_of_breaks: dict[str, str], file: str, line: str, contract: str
) -> None:
    [told] = [told for name, told in told_of_breaks.items() if name.startswith(contract)]
    module = file.removesuffix(".py").replace("/", ".")
    imported = re.search(r"(?:from|import) ([\w.]+)", line)
    assert imported is not None
    named = rf"^- {re.escape(module)}(?: -> {imported[1]}[\w.]* \(l\.\d+\))?$"
    assert re.search(named, told, re.MULTILINE), told


def test_the_contracts_can_be_read_in_one_go() -> None:
    text = PYPROJECT.read_text()
    section = text[text.index("[tool.importlinter]") :].rstrip().splitlines()
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    assert len(contracts) == 6
    # Longer, and nobody reads them.
    assert len(section) <= 40
