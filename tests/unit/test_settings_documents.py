"""Every setting stands in the README's table, in `.env.example` and in compose.yaml, and no other does."""

from __future__ import annotations

import re

import pytest

from bot.config import _READERS, PREFIX, load_settings
from bot.env_file import read_env_file
from tests.paths import ROOT

SETTINGS = {"DISCORD_TOKEN", *(PREFIX + name for name in _READERS)}


def readme() -> dict[str, str]:
    """The table's settings with their defaults."""
    table = (ROOT / "README.md").read_text().partition("## Configuration")[2].partition("## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", table, re.MULTILINE))


def compose() -> dict[str, str]:
    """The environment of the service `earmark`."""
    service = (ROOT / "compose.yaml").read_text().partition("\n  earmark:\n")[2].partition("\n\n  ")[0]
    block = service.partition("    environment:\n")[2]
    return dict(re.findall(r"^      (\w+): (.*)$", block, re.MULTILINE))


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("the table in README.md", readme()),
        (".env.example", read_env_file(ROOT / ".env.example")),
        ("the environment of `earmark` in compose.yaml", compose()),
    ],
)
def test_every_setting_stands_in(place: str, names: dict[str, str]) -> None:
    assert sorted(SETTINGS - names.keys()) == [], f"add these to {place}"
    assert sorted(names.keys() - SETTINGS) == [], f"{place} names what is no setting"


def test_compose_passes_each_setting_on() -> None:
    for name, value in compose().items():
        expected = "/data" if name == "EARMARK_DATA_DIR" else f"${{{name}:"
        assert value.startswith(expected), f"{name} is not passed on in compose.yaml"


def test_the_example_changes_nothing() -> None:
    assert load_settings({}, ROOT / ".env.example") == load_settings({}, ROOT / "no.env")


def test_the_defaults_are_those_of_the_readme() -> None:
    for name, (default, _, _) in _READERS.items():
        told = re.match(r"`([^`]*)`$", readme()[PREFIX + name])
        if told is not None and told[1] != default:
            pytest.fail(f"README.md gives {told[1]!r} as the default of {PREFIX}{name}, which is {default!r}")
