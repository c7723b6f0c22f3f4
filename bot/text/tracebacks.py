"""An exception as text for a log: a line for each step, whatever its message holds."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator

CAUSED = "\nThe above exception was the direct cause of the following exception:\n"
DURING = "\nDuring handling of the above exception, another exception occurred:\n"
# Longer chains say nothing more.
MOST_CAUSES = 10
# Numbers that say what went wrong, by the names that the system, Discord and databases give them.
_NUMBERS = ("errno", "status", "code", "sqlite_errorcode")


def traceback_text(error: BaseException, shown: Callable[[str], str], *, private: bool) -> str:
    """The exception with what led to it, the first cause first. `shown` makes one line of a message.

    `private`: messages are left out, as they may repeat what a member typed; their numbers stay.
    """
    return "\n".join(_lines(error, shown, private=private, left=MOST_CAUSES))


def _lines(error: BaseException, shown: Callable[[str], str], *, private: bool, left: int) -> Iterator[str]:
    before, how = error.__cause__, CAUSED
    if before is None and not error.__suppress_context__:
        before, how = error.__context__, DURING
    if before is not None and left:
        yield from _lines(before, shown, private=private, left=left - 1)
        yield how
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield _said(error, shown, private=private)
    if not private:
        yield from (shown(str(note)) for note in getattr(error, "__notes__", ()))
    if isinstance(error, BaseExceptionGroup) and left:
        for one in error.exceptions[:MOST_CAUSES]:
            yield from _lines(one, shown, private=private, left=left - 1)


def _said(error: BaseException, shown: Callable[[str], str], *, private: bool) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if private:
        numbers = [f"{one} {value}" for one in _NUMBERS if type(value := getattr(error, one, None)) is int]
        return f"{name} ({', '.join(numbers)})" if numbers else name
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - whatever an exception's own method raises
        return f"{name}: without a readable message"
    return f"{name}: {shown(message)}" if message else name
