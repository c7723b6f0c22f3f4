"""Every code that is made anywhere has its sentence, and no sentence stands for nothing."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from string import Formatter

import pytest

import bot
import cogs
from bot.status_messages.english import ENGLISH
from storage.engine import unavailable
from storage.models import status
from storage.models.status import StatusCode
from tests.paths import ROOT


def _codes() -> dict[str, StatusCode]:
    """Every code that a module names, once."""
    modules = [status, unavailable]
    for package in (bot, cogs):
        modules += [
            importlib.import_module(one.name)
            for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        ]
    found = {
        id(value): value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, StatusCode)
    }
    assert len(found) == len(set(found.values())), "a code is defined twice"
    return {str(code): code for code in found.values()}


CODES = _codes()


def _templates(code: str) -> list[str]:
    template = ENGLISH.sentences[code]
    return [template] if isinstance(template, str) else list(template.values())


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("bot", "cogs", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def test_codes_and_sentences_are_the_same() -> None:
    assert sorted(CODES) == sorted(ENGLISH.sentences)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_sentence_names_only_arguments_of_its_code(code: str) -> None:
    for template in _templates(code):
        named = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        assert named <= CODES[code].args
        # Nothing is stored that no sentence needs.
        assert CODES[code].args <= named | {"count"}


@pytest.mark.parametrize(
    "code", sorted(code for code, one in ENGLISH.sentences.items() if not isinstance(one, str))
)
def test_a_sentence_in_plural_has_both_forms(code: str) -> None:
    template = ENGLISH.sentences[code]
    assert not isinstance(template, str)
    assert set(template) == {"one", "other"}
    assert "count" in CODES[code].args


def test_a_status_is_made_from_a_code_alone() -> None:
    """`Status(...)` with a code of its own would be one that no sentence is looked for."""
    made = [
        f"{path}:{node.lineno}"
        for path, tree in _sources()
        if path != "storage/models/status.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Status"
    ]
    assert made == []


def test_codes_are_constants_of_modules() -> None:
    """One that is made inside of a function would be found by no test."""
    inside = []
    for path, tree in _sources():
        at_top = {id(one.value) for one in tree.body if isinstance(one, ast.Assign)}
        inside += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "StatusCode"
            and id(node) not in at_top
        ]
    assert inside == []


def test_every_call_of_a_code_gives_its_arguments() -> None:
    """Also where no test comes by: what a call names is what the code takes."""
    wrong = []
    for path, tree in _sources():
        if path.startswith("storage"):
            continue
        module = importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            code = vars(module).get(node.func.id)
            if isinstance(code, StatusCode) and {one.arg for one in node.keywords} != code.args:
                wrong.append(f"{path}:{node.lineno}: {code}")
    assert wrong == []


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, "1 s"), (59.2, "60 s"), (119, "119 s"), (120, "2 min"), (150, "150 s"), (600, "10 min"), (3600, "60 min"),
     (7200, "2 h"), (86_400, "24 h"), (172_800, "2 days"), (8 * 86_400 + 1, "8 days")],
)  # fmt: skip
def test_spans_of_time(seconds: float, told: str) -> None:
    assert ENGLISH.span(timedelta(seconds=seconds)) == told


def test_dates() -> None:
    assert ENGLISH.date(datetime(2026, 7, 1, 23, 59, tzinfo=UTC)) == "01 July 2026"
    assert ENGLISH.time(datetime(2026, 7, 2, 1, 59, tzinfo=timezone(timedelta(hours=2)))) == "23:59 UTC"
