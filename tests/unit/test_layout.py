"""How the code is laid out: names that mean one thing, files that one can read, a test file for each module."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGES = ("bot", "cogs", "storage")
LONGEST_FILE = 400
MOST_DENSE = 10
MOST_SWALLOWED = 1

# Modules without a test file of their own, and what tests them instead.
TESTED_ELSEWHERE = {
    "bot/feeds/errors.py": "two exceptions without code of their own",
    "bot/polling/services.py": "puts the poller's parts together: every test of tests/unit/polling opens it",
    "bot/search/index/dtypes.py": "names of array types",
    "bot/show_notes/reader.py": "show_notes/test_real_notes.py and test_properties.py, by whole notes",
    "bot/status_messages/language.py": "the shape of english.py, and of the German in test_sentences.py",
    "bot/transcripts/formats/notes.py": "one row of the registry: transcripts/formats/test_registry.py",
    "storage/models/announcements.py": "plain values",
    "storage/models/episodes.py": "plain values",
    "storage/models/feeds.py": "plain values",
    "storage/models/quotes.py": "plain values",
    "storage/models/summaries.py": "plain values",
    "storage/tables/quote_tables.py": "compared with what migrations make: storage/test_migrations.py",
    "storage/tables/summary_tables.py": "compared with what migrations make: storage/test_migrations.py",
    "storage/tables/bulk_writes.py": "tables/test_feed_items.py and test_transcripts.py, which write through it",
}


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_two_public_classes_have_one_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in _files(*PACKAGES):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(_name(path))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_no_file_is_too_long_to_read() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in _files(*PACKAGES, "tests")}
    long = {name: count for name, count in lengths.items() if count > LONGEST_FILE}
    assert long == {}


def test_no_document_holds_both_sides_of_a_conflict() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert documents
    assert [_name(one) for one in documents if re.search(r"(?m)^(<{7}|>{7}) ", one.read_text())] == []


def test_every_module_has_its_tests() -> None:
    modules = {_name(path) for path in _files(*PACKAGES) if path.name != "__init__.py"}
    untested = {
        name
        for name in modules
        if "/migrations/" not in name and not (ROOT / "tests/unit" / _test_file(name)).exists()
    }
    assert sorted(untested) == sorted(TESTED_ELSEWHERE)


def _test_file(module: str) -> str:
    """`bot/text/timecodes.py` is tested in `tests/unit/text/test_timecodes.py`, a cog in `tests/unit/cogs`."""
    folder, _, name = module.removeprefix("bot/").replace("__main__", "main").rpartition("/")
    return f"{folder}/test_{name}" if folder else f"test_{name}"


def test_there_is_a_line_of_test_for_each_line_of_code() -> None:
    code = sum(len(path.read_text().splitlines()) for path in _files(*PACKAGES))
    tests = sum(len(path.read_text().splitlines()) for path in _files("tests"))
    assert tests >= code


def test_dense_functions_are_few() -> None:
    rules = "C901,PLR0911,PLR0912,PLR0915"
    command = [
        "ruff",
        "check",
        "--select",
        rules,
        "--ignore-noqa",
        "--output-format",
        "json",
        *PACKAGES,
        "tests",
    ]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = {
        f"{Path(one['filename']).relative_to(ROOT).as_posix()}:{one['location']['row']} {one['code']}"
        for one in json.loads(done.stdout)
    }
    assert len(found) <= MOST_DENSE, sorted(found)


def test_an_exception_is_hardly_ever_swallowed() -> None:
    swallowed = [
        f"{_name(path)}:{handler.lineno}"
        for path in _files(*PACKAGES)
        for handler in ast.walk(ast.parse(path.read_text()))
        if isinstance(handler, ast.ExceptHandler) and all(map(_does_nothing, handler.body))
    ]
    assert len(swallowed) <= MOST_SWALLOWED, swallowed


def _does_nothing(statement: ast.stmt) -> bool:
    ellipsis = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass | ast.Continue) or ellipsis


@pytest.mark.parametrize("folder", PACKAGES)
def test_a_folder_holds_more_than_one_file(folder: str) -> None:
    alone = [
        _name(path)
        for path in (ROOT / folder).rglob("*")
        if path.is_dir() and path.name != "__pycache__" and len(list(path.rglob("*.*"))) == 1
    ]
    assert alone == []


def test_each_migration_follows_the_one_before_it() -> None:
    found = sorted(ROOT.glob("storage/migrations/versions/[0-9]*.py"))
    numbers = [path.name.partition("_")[0] for path in found]
    follows = [
        re.findall(r'^(?:down_)?revision = "?(\w+)"?$', path.read_text(), re.MULTILINE) for path in found
    ]
    assert follows == [[mine, before] for mine, before in zip(numbers, ["None", *numbers], strict=False)]
