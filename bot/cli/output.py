"""Printing: text without control characters, which could control a terminal, and JSON as one document a line."""

from __future__ import annotations

import contextlib
import errno
import json
import sys
from typing import Any

from bot.text.control_characters import IN_JSON, IN_TERMINAL
from bot.text.known_keys import KNOWN_KEYS, masked


class OutputError(Exception):
    """stdout can't be written to; the message is one sentence."""


class ReaderGoneError(OutputError):
    """Whoever read stdout (`| head`) has what they wanted: that is no failure to be told."""


def print_text(text: str) -> None:
    """Print for a person, without known keys. Raises OutputError."""
    print_raw(KNOWN_KEYS.masked(text).translate(IN_TERMINAL))


def print_json(record: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Print for a script: one line of JSON, without known keys. Raises OutputError."""
    record = _without_known_keys(record)
    text = json.dumps(record, ensure_ascii=False).translate(IN_JSON)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, such as in a batch's id, can only be printed escaped.
        text = json.dumps(record)
    print_raw(text)


def _without_known_keys(value: Any) -> Any:
    if isinstance(value, str):
        return KNOWN_KEYS.masked(value)
    if isinstance(value, dict):
        return {name: _without_known_keys(one) for name, one in value.items()}
    return [_without_known_keys(one) for one in value] if isinstance(value, list | tuple) else value


def print_raw(text: str) -> None:
    """Print as it is, which must hold nothing foreign that controls a terminal. Raises OutputError."""
    try:
        print(text, flush=True)
    except OSError as error:
        raise output_error(error) from error


def output_error(error: OSError) -> OutputError:
    """What a failure to write to stdout means."""
    if isinstance(error, BrokenPipeError):
        return ReaderGoneError("Whoever read the output has gone.")
    reason = "stdout is closed" if error.errno == errno.EBADF else error.strerror
    return OutputError(f"The output can't be written: {reason}.")


def print_error(text: str) -> None:
    """Print for a person on stderr, without keys. Where that can't be written to, nobody can be told."""
    with contextlib.suppress(OSError):
        print(masked(text).translate(IN_TERMINAL), file=sys.stderr, flush=True)
