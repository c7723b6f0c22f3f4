"""What a language brings to make sentences of statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# By plural category, as CLDR names them ("one", "few", "other"); the argument `count` chooses.
Plural = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Language:
    """A sentence for each code, and how this language writes numbers, spans of time and dates.

    A sentence names its arguments in braces. `{wait:span}` is a number of seconds, `{since:date}` and
    `{until:time}` are moments in ISO 8601, and of several values `{remarks:; }` gives the separator.
    """

    sentences: Mapping[str, str | Plural]
    plural_category: Callable[[int], str]
    span: Callable[[timedelta], str]
    date: Callable[[datetime], str]
    time: Callable[[datetime], str]
