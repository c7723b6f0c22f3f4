"""The choices of an autocomplete as Discord takes them: short, without keys of feeds, and none named as another."""

from __future__ import annotations

from collections.abc import Iterable

from bot.present.text import CHOICE_NAME, cut, without_known_keys


def distinct_choices(offered: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names with their values. Names that would look the same, such as without their keys, are numbered."""
    choices: dict[str, str] = {}
    for name, value in offered:
        masked = without_known_keys(name)
        shown, number = cut(masked, CHOICE_NAME), 1
        while shown in choices:
            number += 1
            ending = f" ({number})"
            shown = cut(masked, CHOICE_NAME - len(ending)) + ending
        choices[shown] = without_known_keys(value)
    return list(choices.items())
