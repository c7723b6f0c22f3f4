"""Asks a person on a terminal before something is done that is not easily undone."""

from __future__ import annotations

import sys

from bot.cli.interruption import interruptible
from bot.cli.output import print_error

NOT_ASKED = "Nothing was {done}: there is no terminal to ask on, so --yes has to say so."
DECLINED = "Nothing was {done}."


def confirmed(question: str, *, done: str, yes: bool) -> bool:
    """Whether to go on: `yes`, or the person on the terminal says so. A refusal is told, as "Nothing was `done`".

    The question goes to stderr, as stdout may be read by a script.
    """
    if yes:
        return True
    # Python has no stdin at all where the caller closed it.
    if sys.stdin is None or not sys.stdin.isatty():
        print_error(NOT_ASKED.format(done=done))
        return False
    with interruptible():
        print_error(f"{question} [y/N]")
        answer = sys.stdin.readline()
    if answer.strip().lower() in ("y", "yes"):
        return True
    print_error(DECLINED.format(done=done))
    return False
