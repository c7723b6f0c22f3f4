"""What is said to somebody who typed something wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.usage import program_name
from tests.unit.cli.command_line import CommandLine


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "needs a command: run, demo, "),
        (("podcast",), "has no command “podcast”; the closest is podcasts."),
        (("EPISODE",), "has no command “EPISODE”; the closest is episodes."),
        (("xyzzy",), "has no command “xyzzy”: the commands are run, demo, "),
        (("z" * 500,), f"has no command “{'z' * 60}…”: the commands are "),
        (("transcript",), "transcript needs a command: show, read."),
        (("transcript", "shwo"), "transcript has no command “shwo”; the closest is show."),
        (("add",), "add needs FEED (an http(s) address or a local file)."),
        (("preview", "--json"), "preview needs EPISODE (an id, a title or a part of one)."),
        (("preview", "1", "--style", "loud"), "argument --style: “loud” is none of card, compact."),
        (("podcasts", "--al"), "podcasts has no option “--al”; the closest is --all."),
        (("podcasts", "--unheard=of"), "podcasts has no option “--unheard”."),
        (("podcasts", "tea"), "podcasts can't do anything with “tea”: it takes no further argument here."),
        (("run", "--json"), "run has no option “--json”."),
        (("quote", "x", "--limit"), "quote: argument --limit: expected one argument."),
        (("quote", "x", "--limit", "lots"), "--limit: expected a whole number from 1 up, not “lots”."),
        (("quote", "x", "--limit", "-3"), "--limit: expected a whole number from 1 up, not “-3”."),
        (("quote", "x", "--limit="), "--limit: expected a whole number from 1 up, not “”."),
        (("notes", "f", "--duration", "1h"), "expected a number of seconds above 0, not “1h”."),
        (("notes", "f", "--duration", "inf"), "expected a number of seconds above 0, not “inf”."),
        (("held", "--release", "--discard"), "argument --discard: not allowed with argument --release."),
    ],
    ids=lambda one: " ".join(one)[:40] if isinstance(one, tuple) else "",
)
async def test_a_wrong_argument_is_named_as_it_was_typed(
    cli: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    ended = await cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    sentence, usage, *_ = ended.err.splitlines()
    assert says in sentence
    assert usage.startswith("usage: ")
    assert "_" not in sentence


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("quote",), "Name the words that you remember, or a file with --batch."),
        (("quote", " "), "Name the words that you remember, or a file with --batch."),
        (("quote", "--batch", ""), "--batch needs the name of a file, or - for stdin."),
        (
            ("quote", "a", "b", "--batch", "f"),
            "Ask either for words (“a b”) or with --batch “f”, not both.",
        ),
    ],
)
async def test_a_question_without_words_is_told_what_is_missing(
    cli: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    ended = await cli(*arguments)
    assert (ended.code, ended.out, ended.err) == (2, "", f"{says}\n")


async def test_help_and_version_go_to_stdout(cli: CommandLine) -> None:
    assert (await cli("--version")).out.startswith("Earmark ")
    shown = await cli("quote", "--help")
    assert (shown.code, shown.err) == (0, "")
    assert "--batch FILE" in shown.out


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("/srv/earmark/bot/__main__.py", "python3 -m bot"),
        ("/srv/.venv/bin/earmark", "earmark"),
        ("", "earmark"),
    ],
)
def test_the_program_is_called_as_it_was_called(
    called: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [called])
    monkeypatch.setattr("sys.executable", str(Path("/usr/bin/python3")))
    assert program_name() == name
