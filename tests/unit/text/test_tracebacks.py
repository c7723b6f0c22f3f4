"""Exceptions as text for a log."""

from __future__ import annotations

import sqlite3

import pytest

from bot.text.control_characters import IN_LOG_LINE
from bot.text.tracebacks import CAUSED, DURING, traceback_text

TYPED = "what mira typed"


def _shown(text: str) -> str:
    return text.translate(IN_LOG_LINE)


def _step(error: BaseException) -> None:
    raise error


def _fails(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as raised:
        _step(error)
    return raised.value


class UnreadableError(Exception):
    """Its message can't be made."""

    def __str__(self) -> str:
        raise RuntimeError(TYPED)


def _chain() -> BaseException:
    outer = RuntimeError(f"outer {TYPED}")
    outer.add_note(f"note {TYPED}\n2026-01-01 INFO forged")
    outer.__cause__ = _fails(ValueError(f"inner {TYPED}\n2026-01-01 INFO forged"))
    return _fails(outer)


def test_a_chain_is_told_from_its_first_cause_with_its_lines() -> None:
    lines = traceback_text(_chain(), _shown, private=False).splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert f"ValueError: inner {TYPED}\\n2026-01-01 INFO forged" in lines
    assert CAUSED.strip() in lines
    assert lines[-2:] == [f"RuntimeError: outer {TYPED}", f"note {TYPED}\\n2026-01-01 INFO forged"]
    assert any(line.startswith("  File ") and line.endswith("in _step") for line in lines)
    assert any("raise error" in line for line in lines)
    # Nobody writes a line of his own.
    assert not any(line.startswith("2026") for line in lines)


def test_in_private_no_message_is_told_but_where_it_was_and_its_numbers() -> None:
    text = traceback_text(_chain(), _shown, private=True)
    assert "mira" not in text
    assert "forged" not in text
    assert text.splitlines()[-1] == "RuntimeError"
    assert "ValueError" in text.splitlines()
    assert "in _step" in text


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, TYPED), "OSError (errno 28)"),
        (KeyError(TYPED), "KeyError"),
        (UnreadableError(), f"{__name__}.UnreadableError"),
        (ExceptionGroup(TYPED, [ValueError(TYPED)]), "ExceptionGroup\nValueError"),
    ],
)
def test_numbers_stay(error: BaseException, told: str) -> None:
    assert traceback_text(error, _shown, private=True) == told


def test_a_databases_own_number_stays() -> None:
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(":memory:").execute(f'SELECT "{TYPED}" FROM nowhere')
    last = traceback_text(raised.value, _shown, private=True).splitlines()[-1]
    assert last == "sqlite3.OperationalError (sqlite_errorcode 1)"


def test_what_failed_in_passing_is_told_unless_it_was_hidden() -> None:
    first, second = ValueError("first"), ValueError("second")
    second.__context__ = first
    assert traceback_text(second, _shown, private=False) == f"ValueError: first\n{DURING}\nValueError: second"
    second.__suppress_context__ = True
    assert traceback_text(second, _shown, private=False) == "ValueError: second"
    assert traceback_text(UnreadableError(), _shown, private=False).endswith("without a readable message")
    assert traceback_text(ValueError(), _shown, private=False) == "ValueError"


def test_a_chain_without_end_is_cut() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert traceback_text(first, _shown, private=False).count("ValueError") < 20
