"""Times in JSON transcripts: under many keys, as numbers or strings, in seconds or milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.text.timecodes import Unit, json_ms, json_number

_DAY_S = 86_400
# Nobody speaks slower than this on average: whole numbers that would mean it are milliseconds.
_SLOWEST_WORD_S = 20

_STARTS_MS = ("start_ms", "startMs", "tStartMs", "startTimeMs", "start_time_ms", "startMillis")
_ENDS_MS = ("end_ms", "endMs", "endTimeMs", "end_time_ms", "endMillis")
_STARTS = (
    "startTime", "start", "start_time", "startSeconds", "start_seconds", "start_s", "begin", "from", "ts", "time",
    "timestamp", "offset",
)  # fmt: skip
_ENDS = ("endTime", "end", "end_time", "endSeconds", "end_seconds", "end_s", "end_ts", "to")
_DURATIONS_MS = ("dDurationMs", "durationMs", "duration_ms")
_DURATIONS = ("duration", "dur", "length")
# whisper.cpp: {"offsets": {"from": 0, "to": 900}} in milliseconds, beside "timestamps" as clocks.
_PAIRS_MS = ("offsets",)
_PAIRS = ("timestamps", "time", "timestamp", "timecode")


def has_time(entry: dict[str, Any]) -> bool:
    """Whether the entry has a start."""
    return start_of(entry, Unit.SECONDS) is not None


def start_of(entry: dict[str, Any], unit: Unit) -> int | None:
    """The start in ms; None where the entry has no usable one."""
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
    """The duration in ms."""
    exact = _first(entry, _DURATIONS_MS, Unit.MILLISECONDS)
    return _first(entry, _DURATIONS, unit) if exact is None else exact


def seconds_or_ms(entries: Sequence[dict[str, Any]], words: int) -> Unit:
    """What the file's numbers count, given how many words are spoken in that time.

    A fraction means seconds; a number beyond a day, or a time in which nobody speaks so few words, milliseconds.
    """
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
        if (number := json_number(entry.get(key))) is not None:
            yield number


def _first(entry: dict[str, Any], keys: Iterable[str], unit: Unit) -> int | None:
    for key in keys:
        if key in entry and (ms := json_ms(entry[key], unit)) is not None:
            return ms
    return None


def _of_pair(entry: dict[str, Any], place: int, unit: Unit) -> int | None:
    """A time from a nested pair: [0.5, 2] or {"from": 0.5, "to": 2}; `place` 0 is the start, 1 the end."""
    for keys, counts in ((_PAIRS_MS, Unit.MILLISECONDS), (_PAIRS, unit)):
        for key in keys:
            inner = entry.get(key)
            if isinstance(inner, list) and len(inner) == 2:
                return json_ms(inner[place], counts)
            if isinstance(inner, dict):
                return _first(inner, (("from", "start"), ("to", "end"))[place], counts)
    return None
