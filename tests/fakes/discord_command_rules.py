"""Discord's rules for commands and autocomplete choices that are not in its published schema."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from tests.fakes.discord_messages import Json
from tests.fakes.discord_rules import Path, Violation, items, missing, repeated, too_many, wrong_length

SUBCOMMAND, GROUP, STRING = 1, 2, 3
COMMAND_FIELDS = 8000


def commands_violations(commands: Any) -> Iterator[Violation]:
    """Check the body of a bulk overwrite."""
    known = (
        [command for command in commands if isinstance(command, dict)] if isinstance(commands, list) else []
    )
    slash = [(index, command) for index, command in enumerate(known) if command.get("type") in (None, 1)]
    if len(slash) > 100:
        yield Violation((), "APPLICATION_COMMANDS_MAX", f"There can be 100 slash commands, not {len(slash)}.")
    names = (((index, "name"), command.get("name")) for index, command in slash)
    yield from repeated(names, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Command name")
    for index, command in slash:
        yield from _named_violations(command, (index,))
        yield from _options_violations(command, (index,), depth=0)
        size = _size(command)
        if size > COMMAND_FIELDS:
            message = f"Names, descriptions and values have {COMMAND_FIELDS} characters at most, have {size}."
            yield Violation((index,), "APPLICATION_COMMAND_TOO_LARGE", message)


def choices_violations(choices: Any, path: Path) -> Iterator[Violation]:
    """Check the choices of an option or of an autocomplete."""
    yield from too_many(choices, path, 25)
    for index, choice in enumerate(choices or []):
        yield from missing(choice.get("name"), (*path, index, "name"))
        yield from wrong_length(choice.get("name"), (*path, index, "name"), 100, 1)
        yield from wrong_length(choice.get("value"), (*path, index, "value"), 100, 1)
    names = (((*path, index, "name"), choice.get("name")) for index, choice in enumerate(choices or []))
    yield from repeated(names, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Choice name")


def _named_violations(part: Json, path: Path) -> Iterator[Violation]:
    name = part.get("name")
    yield from missing(name, (*path, "name"))
    if isinstance(name, str) and not _is_name(name):
        message = f"Command name is invalid: {name!r}."
        yield Violation((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", message)
    yield from missing(part.get("description"), (*path, "description"))
    yield from wrong_length(part.get("description"), (*path, "description"), 100, 1)


def _is_name(name: str) -> bool:
    """Whether Discord accepts it: 1 to 32 letters, digits, -, _ and ', in lower case where the script has one."""
    return 1 <= len(name) <= 32 and name == name.lower() and all(map(_is_name_mark, name))


def _is_name_mark(mark: str) -> bool:
    if mark in "-_'" or unicodedata.category(mark)[0] in "LN":
        return True
    # Vowel signs of these two scripts are marks, not letters.
    return unicodedata.name(mark, "").startswith(("DEVANAGARI", "THAI"))


def _options_violations(command: Json, path: Path, depth: int) -> Iterator[Violation]:
    options = items(command, "options")
    yield from too_many(options, (*path, "options"), 25)
    places = [((*path, "options", index), option) for index, option in enumerate(options)]
    names = (((*place, "name"), option.get("name")) for place, option in places)
    yield from repeated(names, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name")
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        message = "Subcommands and plain options cannot be mixed."
        yield Violation((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    optional_seen = False
    for place, option in places:
        yield from _named_violations(option, place)
        if option.get("type") in (SUBCOMMAND, GROUP):
            if depth + option["type"] > 2:
                message = "Subcommands belong at the top level or in a group, groups at the top level."
                yield Violation((*place, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
            yield from _options_violations(option, place, depth + (1 if option["type"] == GROUP else 2))
            continue
        if depth == 1:
            message = "A group has subcommands only."
            yield Violation((*place, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options."
            yield Violation(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not option.get("required")
        yield from choices_violations(option.get("choices"), (*place, "choices"))
        if option.get("autocomplete") and option.get("choices"):
            message = "An option has choices or autocomplete, not both."
            yield Violation(
                (*place, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message
            )


def _size(part: Json) -> int:
    own = len(part.get("name") or "") + len(part.get("description") or "")
    choices = sum(len(choice["name"]) + len(str(choice["value"])) for choice in part.get("choices") or [])
    return own + choices + sum(_size(option) for option in items(part, "options"))
