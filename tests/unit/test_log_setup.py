"""Log lines: in either form, to stderr, and without the token."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.log_setup import PRIVATE, set_up_logs

TOKEN = "MTE.token.sesame"
QUIET = ("discord", "aiosqlite", "sqlalchemy", "alembic", "asyncio", "aiohttp")


def _fail(why: str) -> None:
    raise OSError(why)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def _log_everything() -> None:
    log = logging.getLogger("earmark.test")
    log.info("with %s in it: “ü”", TOKEN)
    try:
        int(TOKEN)
    except ValueError:
        log.exception("it failed\nbadly")
    log.debug("not shown")


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO", "text", TOKEN)
    _log_everything()
    out, err = capsys.readouterr()
    assert out == ""
    first, *rest = err.splitlines()
    assert datetime.fromisoformat(first[:19])
    assert first[19:] == " INFO earmark.test: with *** in it: “ü”"
    assert "ValueError: invalid literal for int() with base 10: '***'" in rest
    assert "sesame" not in err
    assert "not shown" not in err


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO", "json", TOKEN)
    _log_everything()
    err = capsys.readouterr().err
    lines = [json.loads(line) for line in err.splitlines()]
    assert [(line["level"], line["logger"]) for line in lines] == [
        ("INFO", "earmark.test"),
        ("ERROR", "earmark.test"),
    ]
    assert lines[0]["message"] == "with *** in it: “ü”"
    assert lines[1]["message"] == "it failed\nbadly"
    assert "ValueError: invalid literal for int() with base 10: '***'" in lines[1]["exception"]
    assert datetime.fromisoformat(lines[0]["time"]).tzinfo is not None
    assert "sesame" not in err


@pytest.mark.parametrize("form", ["text", "json"])
def test_without_a_token_nothing_is_replaced(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("DEBUG", form, None)
    logging.getLogger("earmark.test").debug("plain words")
    assert "plain words" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("level", "quiet"), [("DEBUG", logging.WARNING), ("WARNING", logging.WARNING), ("ERROR", logging.ERROR)]
)
def test_libraries_tell_of_problems_alone(level: str, quiet: int) -> None:
    set_up_logs(level, "text", TOKEN)
    assert {logging.getLogger(name).level for name in QUIET} == {quiet}
    assert logging.getLogger().level == logging.getLevelName(level)


KEYED = "https://ada:sesame@a.example/feed/aB3xK9qLmZ.xml?token=sesame"


@pytest.mark.parametrize("form", ["text", "json"])
def test_keys_of_addresses_are_masked_in_messages_and_tracebacks(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("DEBUG", form, TOKEN)
    log = logging.getLogger("earmark.test")
    log.debug("GET %s", KEYED)
    try:
        _fail(KEYED)
    except OSError:
        log.exception("failed: %r", {"url": KEYED})
    err = capsys.readouterr().err
    assert err.count("https://a.example/feed/….xml?…") == 3
    assert "sesame" not in err
    assert "aB3xK9qLmZ" not in err


def test_a_crash_is_logged_without_keys(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.excepthook
    set_up_logs("INFO", "text", TOKEN)
    try:
        _fail(KEYED)
    except OSError as error:
        sys.excepthook(OSError, error, error.__traceback__)
    finally:
        sys.excepthook = before
    logging.captureWarnings(capture=False)
    err = capsys.readouterr().err
    assert "CRITICAL bot.log_setup: the program ends" in err
    assert "OSError: https://a.example/feed/….xml?…" in err
    assert "sesame" not in err


FORGED = "it failed\n2026-01-01 00:00:00 INFO bot: all is well \x1b[2J\u202egnp.exe"


def _fail_with(error: Exception) -> None:
    raise error


def test_nobody_writes_a_line_or_steers_what_shows_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("text", "json"):
        set_up_logs("INFO", form, TOKEN)
        log = logging.getLogger("earmark.test")
        log.info("podcast 1: “%s”", FORGED)
        try:
            _fail_with(ValueError(FORGED))
        except ValueError:
            log.exception("the notes of “%s” can't be read", FORGED)
    err = capsys.readouterr().err
    assert not any(ord(one) < 32 and one != "\n" for one in err)
    assert "\u202e" not in err
    text = [line for line in err.splitlines() if not line.startswith("{")]
    assert [line[20:].partition(" ")[0] for line in text if line.startswith("20")] == ["INFO", "ERROR"]
    escaped = "it failed\\n2026-01-01 00:00:00 INFO bot: all is well \\x1b[2J\\u202egnp.exe"
    assert text[0].endswith(f" INFO earmark.test: podcast 1: “{escaped}”")
    assert text[-1] == f"ValueError: {escaped}"
    records = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert records[0]["message"] == f"podcast 1: “{FORGED}”"
    assert records[1]["exception"].endswith(f"ValueError: {FORGED}")


TYPED = "what mira typed"


class Modal:
    """As discord.py shows one: with what was typed into it."""

    def __repr__(self) -> str:
        return f"<Modal words={TYPED!r}>"


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_member_typed_is_in_no_line_whatever_library_failed(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("INFO", form, TOKEN)
    try:
        _fail_with(ValueError(TYPED))
    except ValueError as error:
        raised = error
    logging.getLogger("earmark.test").error("quote by member %d", 5, exc_info=raised, extra=PRIVATE)
    for name in ("discord.ui.modal", "discord.ui.view", "discord.app_commands.tree"):
        logging.getLogger(name).error("Ignoring exception in %r (Guild: %s)", Modal(), 5, exc_info=raised)
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=%r>", raised, exc_info=raised
    )
    err = capsys.readouterr().err
    assert "mira" not in err
    assert err.count("Ignoring exception in 'Modal' (Guild: 5)") == 3
    assert "quote by member 5" in err
    assert "Task exception was never retrieved" in err
    assert err.count("in _fail_with") == 5
