"""Times in JSON transcripts: under many names, as numbers or text, in seconds or milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

# A year: what is longer is no time inside an episode.
_MAX_MS = 365 * 24 * 3_600_000
_DAY_S = 86_400
# Nobody speaks slower all through an episode; whole numbers that say so are milliseconds.
_SLOWEST_WORD_S = 20

_STARTS_MS = ("start_ms", "startMs", "tStartMs", "startTimeMs", "start_time_ms", "startMillis")
_ENDS_MS = ("end_ms", "endMs", "endTimeMs", "end_time_ms", "endMillis")
_STARTS = (
    "startTime", "start", "start_time", "startSeconds", "start_seconds", "start_s", "begin", "from", "ts", "time",
    "timestamp", "offset",
)  # fmt: skip
_ENDS = ("endTime", "end", "end_time", "endSeconds", "end_seconds", "end_s", "end_ts", "to")
_LASTS_MS = ("dDurationMs", "durationMs", "duration_ms")
_LASTS = ("duration", "dur", "length")
# whisper.cpp: {"offsets": {"from": 0, "to": 900}} in milliseconds, beside "timestamps" as clocks.
_PAIRS_MS = ("offsets",)
_PAIRS = ("timestamps", "time", "timestamp", "timecode")

_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,5}):([0-9]{1,2})(?:[.,:]([0-9]{1,9}))?")
_NUMBER = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s?s?")


class Unit(Enum):
    """What a bare number counts."""

    SECONDS = 1_000
    MILLISECONDS = 1


def has_time(entry: dict[str, Any]) -> bool:
    """Whether the entry names a start of its own."""
    return start_of(entry, Unit.SECONDS) is not None


def start_of(entry: dict[str, Any], unit: Unit) -> int | None:
    """The start in ms; None where there is none that can be one."""
    for keys, counts in ((_STARTS_MS, Unit.MILLISECONDS), (_STARTS, unit)):
        if (found := _first(entry, keys, counts)) is not None:
            return found
    return _of_pair(entry, 0, unit)


def end_of(entry: dict[str, Any], unit: Unit) -> int | None:
    """The end in ms."""
    for keys, counts in ((_ENDS_MS, Unit.MILLISECONDS), (_ENDS, unit)):
        if (found := _first(entry, keys, counts)) is not None:
            return found
    return _of_pair(entry, 1, unit)


def duration_of(entry: dict[str, Any], unit: Unit) -> int | None:
    """How long the entry lasts, in ms."""
    exact = _first(entry, _LASTS_MS, Unit.MILLISECONDS)
    return _first(entry, _LASTS, unit) if exact is None else exact


def seconds_or_ms(entries: Sequence[dict[str, Any]], words: int) -> Unit:
    """What the bare numbers of the file count: told by whether anybody could speak so slowly."""
    latest = 0.0
    earliest = float("inf")
    for entry in entries:
        for number in _bare_numbers(entry):
            if number != int(number):
                return Unit.SECONDS
            latest = max(latest, number)
            earliest = min(earliest, number)
    slow = latest - earliest > _SLOWEST_WORD_S * max(words, 1)
    return Unit.MILLISECONDS if latest > _DAY_S or slow else Unit.SECONDS


def _bare_numbers(entry: dict[str, Any]) -> Iterable[float]:
    for key in (*_STARTS, *_ENDS):
        value = entry.get(key)
        if isinstance(value, str) and (found := _NUMBER.fullmatch(value.strip())):
            yield float(found[1])
        elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MAX_MS:
            yield float(value)


def _first(entry: dict[str, Any], keys: Iterable[str], unit: Unit) -> int | None:
    for key in keys:
        if key in entry and (ms := _ms(entry[key], unit)) is not None:
            return ms
    return None


def _of_pair(entry: dict[str, Any], place: int, unit: Unit) -> int | None:
    """The time out of an inner pair: [0.5, 2] or {"from", "to"}."""
    for keys, counts in ((_PAIRS_MS, Unit.MILLISECONDS), (_PAIRS, unit)):
        for key in keys:
            inner = entry.get(key)
            if isinstance(inner, list) and len(inner) == 2:
                return _ms(inner[place], counts)
            if isinstance(inner, dict):
                return _first(inner, (("from", "start"), ("to", "end"))[place], counts)
    return None


def _ms(value: object, unit: Unit) -> int | None:
    if isinstance(value, str):
        value = value.strip()
        if found := _CLOCK.fullmatch(value):
            hours, minutes, seconds, fraction = found.groups()
            whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
            return min(_MAX_MS, whole * 1_000 + int((fraction or "0")[:3].ljust(3, "0")))
        if (number := _NUMBER.fullmatch(value)) is None:
            return None
        value = float(number[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared before anything else: JSON's whole numbers know no bound, and NaN compares as false.
    if not 0 <= value <= _MAX_MS / unit.value:
        return None
    return round(value * unit.value)
