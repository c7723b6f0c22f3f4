"""Reads `.env`. A line that can't be read is told with its number, for without it another setting would hold."""

from __future__ import annotations

import io
from pathlib import Path

from dotenv.parser import Binding, parse_stream


class EnvFileError(ValueError):
    """The file can't be read; the message is a clause that says why, without what may be secret."""


def read_env_file(path: Path) -> dict[str, str]:
    """The names and values in the file, none where there is no file. Raises EnvFileError."""
    try:
        body = path.read_bytes()
    except FileNotFoundError as error:
        if path.is_symlink():
            raise EnvFileError("it leads to no file") from error
        return {}
    except OSError as error:
        raise EnvFileError(error.strerror) from error
    try:
        # Editors on Windows write a byte order mark first.
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = body[: error.start].count(b"\n") + 1
        raise EnvFileError(f"line {number} is not in UTF-8") from error
    values: dict[str, str] = {}
    for one in parse_stream(io.StringIO(text)):
        if (fault := _fault(one)) is not None:
            raise EnvFileError(f"line {_number(one)} {fault}")
        if one.key is not None and one.value is not None:
            values[one.key] = one.value
    return values


def _number(one: Binding) -> int:
    """The line at which the binding begins; what the parser took may begin with empty lines."""
    taken = one.original.string
    return one.original.line + taken[: len(taken) - len(taken.lstrip())].count("\n")


def _fault(one: Binding) -> str | None:
    if one.error:
        return "is no NAME=VALUE; its name may hold a blank, or a quote is not closed"
    if one.key is not None and one.value is None:
        return "has no “=”"
    if one.value is not None and any(sign < " " or sign == "\x7f" for sign in one.value):
        return "has a line break or a control character in its value; perhaps a quote is not closed"
    return None
