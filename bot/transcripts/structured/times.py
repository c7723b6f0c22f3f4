"""Times in a document's entries: under many keys, as numbers, texts or objects, in seconds, milliseconds or ticks.

A number whose unit no key tells is kept as it is, with the key's name: the numbers of all entries tell together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from bot.text.timecodes import json_ms, markup_ms
from bot.transcripts.structured.keys import Count, Counted, Shape, plain

_DAY_MS = 86_400_000
_YEAR_MS = 365 * _DAY_MS
# Far beyond twelve hours in nanoseconds; JSON's integers have no bound.
_MAX_NUMBER = 1e14
_NUMBER = re.compile(r"([0-9]{1,14}(?:\.[0-9]{1,12})?)\s?(ms|milliseconds|s|secs?|seconds)?", re.IGNORECASE)
_ISO = re.compile(r"PT[0-9.HMS]{2,30}", re.IGNORECASE)
# Nobody speaks slower than this on average: whole numbers that would mean it count something smaller.
_SLOWEST_WORD_MS = 20_000
# So slow that not even a fraction can be one of seconds.
_IMPOSSIBLE_WORD_MS = 200_000
_USUAL_WORD_MS = 400
# What else numbers count where they are too large for milliseconds: ticks of Windows, micro- and nanoseconds.
_SMALLER_MS = (1 / 10_000, 1 / 1_000, 1 / 1_000_000)
# Otter counts the samples of its recordings.
_SAMPLES_MS = 1 / 16
SAMPLE_CLOCKS = frozenset({"startoffset"})
_PARTS_MS = {
    "hours": 3_600_000.0, "minutes": 60_000.0, "seconds": 1_000.0, "secs": 1_000.0, "milliseconds": 1.0,
    "millis": 1.0,
    "nanos": 1e-6, "nanoseconds": 1e-6, "micros": 1e-3, "microseconds": 1e-3,
}  # fmt: skip


class Moment(NamedTuple):
    """A number, in milliseconds unless `bare`."""

    number: float
    bare: bool


class Times(NamedTuple):
    """When an entry is said: see `Leaf`."""

    start: float | None = None
    end: float | None = None
    clock: str | None = None


NO_TIMES = Times()


def times_of(entry: Mapping[str, Any], shape: Shape) -> Times:
    """The times of an entry; those in a pair, such as [0.5, 2] or {"from": 0.5, "to": 2}, where it has no others."""
    start, key = _first(entry, shape.starts)
    if start is None and not shape.ends and not shape.pairs:
        return NO_TIMES
    end, _ = _first(entry, shape.ends)
    if start is None:
        start, paired_end, key = _of_pair(entry, shape)
        end = end or paired_end
    if start is None:
        return NO_TIMES if end is None or end.bare else Times(None, end.number, None)
    if end is None and shape.durations:
        end = _behind(start, _first(entry, shape.durations)[0])
    if end is not None and end.bare is not start.bare:
        end = None
    return Times(start.number, None if end is None else end.number, plain(key) if start.bare else None)


def moment(value: object, count: Count = Count.UNTOLD) -> Moment | None:
    """A time, however it is written: 1.5, "1.5", "1.500s", "00:00:01.5", "PT1.5S", {"seconds": 1, "nanos": 5e8}."""
    if type(value) is float and count is Count.UNTOLD and 0 <= value <= _MAX_NUMBER:
        # Most of all times, by far.
        return Moment(value, bare=True)
    if isinstance(value, str):
        return _of_text(value.strip(), count)
    if isinstance(value, dict):
        return _of_parts(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_NUMBER:
        return None
    return _counted(float(value), count)


def _counted(number: float, count: Count) -> Moment | None:
    if count is Count.UNTOLD:
        return Moment(number, bare=True)
    return _exact(number * count.value)


def _exact(milliseconds: float) -> Moment | None:
    return Moment(milliseconds, bare=False) if milliseconds <= _YEAR_MS else None


def _of_text(text: str, count: Count) -> Moment | None:
    if len(text) > 40:
        return None
    if found := _NUMBER.fullmatch(text):
        unit = (found[2] or "").lower()
        if unit:
            return _exact(float(found[1]) * (1 if unit.startswith("m") else 1_000))
        return _counted(float(found[1]), count)
    milliseconds = markup_ms(text) if _ISO.fullmatch(text) else json_ms(text)
    return None if milliseconds is None else _exact(milliseconds)


def _of_parts(parts: Mapping[str, Any]) -> Moment | None:
    """A time in an object: seconds with nanoseconds, as protocol buffers write it."""
    total = 0.0
    known = False
    for key, value in parts.items() if len(parts) <= 5 else ():
        size = _PARTS_MS.get(plain(key))
        part = None if size is None else moment(value)
        if size is not None and part is not None:
            known = True
            total += part.number * size
    return _exact(total) if known else None


def _first(entry: Mapping[str, Any], keys: Counted) -> tuple[Moment | None, str]:
    for key, count in keys:
        if (found := moment(entry[key], count)) is not None:
            return found, key
    return None, ""


def _of_pair(entry: Mapping[str, Any], shape: Shape) -> tuple[Moment | None, Moment | None, str]:
    for key, count in shape.pairs:
        inner = entry[key]
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]
        if isinstance(inner, list) and len(inner) == 2:
            return moment(inner[0], count), moment(inner[1], count), key
        if isinstance(inner, dict):
            ends = [
                next((found for name in names if (found := moment(inner.get(name), count)) is not None), None)
                for names in (("from", "start", "startTime", "begin"), ("to", "end", "endTime"))
            ]
            return ends[0], ends[1], key
    return None, None, ""


def _behind(start: Moment, duration: Moment | None) -> Moment | None:
    """The end of what starts then and lasts so long."""
    if duration is None:
        return None
    if duration.bare and not start.bare:
        # Nothing tells its unit; it is not worth guessing.
        return None
    if start.bare and not duration.bare:
        return None
    return Moment(start.number + duration.number, start.bare)


def ms_per_unit(clock: str, numbers: Iterable[float], words: int) -> float:
    """What the numbers under a key count, given how many words are spoken in that time: 1,000 for seconds.

    A fraction means seconds; a number beyond a day, or a time in which nobody speaks so few words, milliseconds or
    something smaller.
    """
    latest = 0.0
    earliest = math.inf
    fraction = False
    for number in numbers:
        latest = max(latest, number)
        earliest = min(earliest, number)
        fraction = fraction or not number.is_integer()
    spread = max(latest - earliest, 0.0) / max(words, 1)
    if fraction and spread * 1_000 <= _IMPOSSIBLE_WORD_MS:
        return 1_000
    if not fraction and latest * 1_000 <= _DAY_MS and spread * 1_000 <= _SLOWEST_WORD_MS:
        return 1_000
    if clock in SAMPLE_CLOCKS:
        return _likeliest(spread, (1, _SAMPLES_MS))
    if latest <= _DAY_MS and spread <= _SLOWEST_WORD_MS:
        return 1
    return _likeliest(spread, _SMALLER_MS)


def _likeliest(spread: float, units: Iterable[float]) -> float:
    """The unit in which words take the time that they usually take."""
    return min(units, key=lambda unit: abs(math.log(max(spread * unit, 1e-9) / _USUAL_WORD_MS)))
