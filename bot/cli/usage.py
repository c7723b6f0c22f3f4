"""The parser's own sentences: what was typed, what is wrong with it, and what fits instead."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from bot.cli.output import print_error, print_raw
from bot.text.known_keys import masked

MOST_QUOTED = 60
_MISSING = "the following arguments are required: "


class UsageParser(argparse.ArgumentParser):
    """Refuses arguments with one sentence, then how the command is used; commands below it do the same."""

    def __init__(self, **settings: Any) -> None:
        # An abbreviated option would change its meaning with the next option that is added.
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """End the process. `message` is argparse's, or a sentence with its full stop."""
        if message.startswith(_MISSING):
            message = self._missing(message.removeprefix(_MISSING).split(", "))
        sentence = message if message.endswith(".") else f"{self.prog}: {message}."
        print_error(f"{sentence}\n{self.format_usage().rstrip()}")
        self.exit(2)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; what is left over is refused here, where the command is known that it was typed for."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown[0]))
        return options, unknown

    def _missing(self, names: Sequence[str]) -> str:
        actions = {str(action.metavar): action for action in self._actions}
        if (commands := actions.get(names[0])) is not None and commands.choices is not None:
            return f"{self.prog} needs a command: {', '.join(commands.choices)}."
        told = [f"{name} ({actions[name].help})" if name in actions else name for name in names]
        return f"{self.prog} needs {' and '.join(told)}."

    def _unknown(self, typed: str) -> str:
        option = typed.partition("=")[0]
        if option.startswith("-"):
            known = [name for action in self._actions for name in action.option_strings]
            return f"{self.prog} has no option {quoted(option)}{_closest(option, known) or '.'}"
        return f"{self.prog} can't do anything with {quoted(typed)}: it takes no further argument here."

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(one) for one in action.choices]
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - it has no other name
            meant = _closest(str(value), known) or f": the commands are {', '.join(known)}."
            self.error(f"{self.prog} has no command {quoted(value)}{meant}")
        raise argparse.ArgumentError(action, f"{quoted(value)} is none of {', '.join(known)}")

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse itself would lose help and version on a full disk, and call that a success.
        if message and file is sys.stdout:
            print_raw(message.rstrip("\n"))
        else:
            super()._print_message(message, file)


def program_name() -> str:
    """How the program was called: `earmark`, or as a module."""
    called = Path(sys.argv[0])
    if called.name != "__main__.py":
        return "earmark"
    return f"{os.path.basename(sys.executable) or 'python'} -m {called.parent.name}"  # noqa: PTH119


def quoted(typed: object) -> str:
    """What was typed, short enough for a sentence."""
    text = masked(str(typed))
    return f"“{text[:MOST_QUOTED]}…”" if len(text) > MOST_QUOTED else f"“{text}”"


def _closest(typed: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(typed.lower(), list(known), n=1, cutoff=0.6)
    return f"; the closest is {close[0]}." if close else ""
