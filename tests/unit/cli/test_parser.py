"""How arguments are read, and how wrong ones are refused."""

from __future__ import annotations

import inspect

import pytest

from bot.cli.parser import MAX_HITS, parser
from tests.unit.cli.command_line import CommandLine


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("add",),
        ("remove",),
        ("backup",),
        ("quote",),
        ("quote", "words", "--batch", "-"),
        ("quote", "words", "--limit", "0"),
        ("quote", "words", "--limit", "many"),
        ("transcript",),
        ("podcasts", "--loud"),
        ("run", "--json"),
    ],
    ids=" ".join,
)
async def test_wrong_usage_ends_with_2(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = await cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("demo",),
        ("doctor", "--json"),
        ("backup", "FILE", "--force", "--json"),
        ("restore", "FILE", "--json"),
        ("servers", "--json"),
        ("destinations", "PODCAST", "--json"),
        ("remove", "PODCAST", "--yes", "--json"),
        ("add", "FEED", "--json"),
        ("poll", "--json"),
        ("podcasts", "--json"),
        ("held", "--release", "PODCAST", "--json"),
        ("episodes", "PODCAST", "--json"),
        ("chapters", "EPISODE", "--json"),
        ("preview", "EPISODE", "--style", "compact", "--json"),
        ("transcript", "show", "EPISODE", "--json"),
        ("quote", "some", "words", "--podcast", "P", "--speaker", "S", "--since", "2026", "--json"),
    ],
    ids=" ".join,
)
def test_each_command_has_a_coroutine_to_run(arguments: tuple[str, ...]) -> None:
    options = parser().parse_args(arguments)
    assert inspect.iscoroutinefunction(options.command)
    assert "file_command" not in options


@pytest.mark.parametrize("arguments", [("transcript", "read", "FILE"), ("notes", "FILE", "--duration", "60")])
def test_files_are_read_without_settings(arguments: tuple[str, ...]) -> None:
    options = parser().parse_args(arguments)
    assert callable(options.file_command)
    assert "command" not in options


@pytest.mark.parametrize(("limit", "hits"), [("1", 1), ("7", 7), ("9" * 30, MAX_HITS)])
def test_a_limit_is_a_number_that_is_not_too_large(limit: str, hits: int) -> None:
    assert parser().parse_args(["quote", "x", "--limit", limit]).limit == hits


def test_release_and_discard_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["held", "--release", "--discard"])
    assert "not allowed with" in capsys.readouterr().err
