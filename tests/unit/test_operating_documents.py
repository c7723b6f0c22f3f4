"""The documents for operators name commands, options and messages that exist."""

from __future__ import annotations

import argparse
import ast
import configparser
import re
from functools import cache

import pytest

from bot.cli.parser import parser
from tests.paths import ROOT

DOCUMENTS = ("README.md", "docs/operating.md", "compose.yaml", "Makefile", "CONTRIBUTING.md")
OPERATING = ROOT / "docs" / "operating.md"


def commands_in(text: str) -> list[list[str]]:
    """The arguments of each `python -m bot …`, up to the end of its line, of its code span or a comment."""
    return [
        [word for word in re.split(r"\s+", found.strip()) if word]
        for found in re.findall(r"python -m bot\b([^`\n#)…]*)", text)
    ]


def _below(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def fault(words: list[str]) -> str | None:
    """What the parser does not know of these arguments."""
    command = parser()
    for word in words:
        below = _below(command)
        if word.startswith("--"):
            if word.partition("=")[0] not in command._option_string_actions:
                return f"{command.prog} has no option {word}"
        elif below and word not in below:
            return f"{command.prog} has no command {word}"
        command = below.get(word, command)
    return None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_is_named_exists(document: str) -> None:
    for words in commands_in((ROOT / document).read_text()):
        assert fault(words) is None, f"{document}: {' '.join(words)}"


def test_the_commands_are_found_at_all() -> None:
    named = {words[0] for words in commands_in(OPERATING.read_text()) if words}
    assert {"doctor", "run", "backup", "restore"} <= named
    assert fault(["backup", "FILE", "--forced"]) is not None
    assert fault(["transcript", "shwo"]) is not None


def test_the_readme_lists_every_command() -> None:
    table = (ROOT / "README.md").read_text().partition("## Operating it")[2].partition("## How it works")[0]
    listed = " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))
    missing = [name for name in _below(parser()) if not re.search(rf"`{name}\b", listed)]
    assert missing == [], "add these to the README's table of commands"


@cache
def _strings() -> str:
    """Every text in the program's code, one a line; what an f-string puts in is left out."""
    trees = (
        ast.parse(path.read_text())
        for folder in ("bot", "cogs", "storage")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )
    nodes = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return "\n".join(value for value in nodes if isinstance(value, str))


def told(cell: str) -> list[str]:
    """The parts of what Earmark says that are the same each time; `…` stands for the rest."""
    quotes = re.findall(r'"([^"]+)"', cell)
    return [
        part.strip(" :.") for quote in quotes for part in re.split(r"…| s: |\(", quote) if part.strip(" :.s")
    ]


# What comes from SQLite and the system.
FOREIGN = {"database is locked)", "database or disk is full)", "No space left on device)"}


def test_what_the_troubles_quote_is_what_is_said() -> None:
    table = OPERATING.read_text().partition("## Troubleshooting")[2]
    seen = [cell for cell in re.findall(r"^\| (.*?) \|", table, re.MULTILINE) if '"' in cell]
    assert len(seen) > 20
    unknown = [part for cell in seen for part in told(cell) if part not in FOREIGN and part not in _strings()]
    assert unknown == []


def test_the_links_inside_lead_somewhere() -> None:
    text = OPERATING.read_text()
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (OPERATING.parent / target).exists(), target


def test_the_unit_is_one_that_systemd_reads() -> None:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",), delimiters=("=",))
    unit.read_string(re.search(r"```ini\n(.*?)```", OPERATING.read_text(), re.DOTALL)[1])  # type: ignore[index]
    assert unit.sections() == ["Unit", "Service", "Install"]
    assert unit["Service"]["ExecStart"].endswith("python -m bot run")
    assert unit["Service"]["MemoryMax"] == "768M"
    assert unit["Service"]["RestartPreventExitStatus"] == "78"
