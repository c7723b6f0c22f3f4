"""Times in chapters files: under many names, as clocks, seconds or milliseconds, or in a base of their own. Pure.

The standard (Podcasting 2.0) has `startTime` in seconds. Tools write `start`, `offset` or `start_time`, and ffprobe
counts in a `time_base`. What a bare number counts is told by the whole list and the episode's length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.text.timecodes import CHAPTER_UNITS, Form, Unit, json_ms, json_number, markup_ms, to_ms
from storage.models.chapter_lists import is_behind_end

# By the letters of their names, the most exact first. What only counts may be in any unit.
_MILLISECONDS = (
    "startms", "starttimems", "startmillis", "startmilliseconds", "starttimemillis", "starttimeinms", "startoffsetms",
    "offsetms", "timems", "positionms", "timestampms", "timerangestartmillis", "inms", "milliseconds",
)  # fmt: skip
_SECONDS = ("startseconds", "starttimeseconds", "startsec", "startoffsetsec", "offsetseconds", "seconds")
_COUNTED = (
    "starttime", "start", "startat", "startsat", "startoffset", "begin", "from", "time", "timecode", "timestamp",
    "offset", "position", "at", "in",
)  # fmt: skip

_UNITS = re.compile(CHAPTER_UNITS)
_COUNT = re.compile(r"[0-9]{1,18}")
_FRACTION = re.compile(r"([0-9]{1,12})/([0-9]{1,12})")
# Without its length an episode is taken to be no longer, and a list to reach so far at least.
_LONGEST_S, _REACHES_S = 12 * 3_600, 120
# With its length, a list reaches so far into it.
_REACHES = 0.05
# How many milliseconds a number may count: seconds, milliseconds, microseconds.
_COUNTS = (1_000.0, 1.0, 0.001)


@dataclass(frozen=True, slots=True)
class Told:
    """When a chapter begins: in milliseconds, or, where the unit isn't told, in what the list counts in."""

    ms: int | None = None
    count: float | None = None


def told_start(entry: Mapping[str, Any]) -> Told | None:
    """When the chapter of an entry begins; the names of `entry` are letters alone. None where it doesn't say."""
    for name in _MILLISECONDS:
        if (start_ms := json_ms(entry.get(name), Unit.MILLISECONDS)) is not None:
            return Told(start_ms)
    for name in _SECONDS:
        if (start_ms := json_ms(entry.get(name))) is not None:
            return Told(start_ms)
    for name in _COUNTED:
        told = _told(entry.get(name), entry if name == "start" else {})
        if told is not None:
            return told
    return None


def starts_ms(told: Sequence[Told], duration_s: float | None) -> list[int]:
    """The starts in milliseconds, with bare numbers in the unit in which they fit the episode."""
    counts = [one.count for one in told if one.count is not None]
    unit_ms = _unit_ms(counts, duration_s)
    return [one.ms if one.ms is not None else round((one.count or 0) * unit_ms) for one in told]


def _told(value: object, entry: Mapping[str, Any]) -> Told | None:
    if isinstance(value, dict):
        return _told_in_parts(value)
    if not isinstance(value, int | float | str):
        return None
    base = _FRACTION.fullmatch(str(entry.get("timebase") or "")[:40])
    if base is not None and int(base[2]) and _COUNT.fullmatch(str(value)):
        return Told(json_ms(int(str(value)) * int(base[1]) / int(base[2])))
    if (number := json_number(value)) is not None:
        return Told(count=number)
    if not isinstance(value, str):
        return None
    if (start_ms := json_ms(value)) is None and _UNITS.fullmatch(value.strip()):
        start_ms = to_ms(value, Form.UNITS)
    if start_ms is None:
        start_ms = markup_ms(value[:100])
    return None if start_ms is None else Told(start_ms)


def _told_in_parts(value: Mapping[str, Any]) -> Told | None:
    """A time as an object: its parts, or a range with a start."""
    parts = [json_ms(value.get(name)) for name in ("hours", "minutes", "seconds")]
    if parts[1] is not None and parts[2] is not None:
        return Told(((parts[0] or 0) * 60 + parts[1]) * 60 + parts[2])
    inner = next((value[name] for name in ("start", "startTime", "seconds") if name in value), None)
    return None if isinstance(inner, dict) else _told(inner, {})


def _unit_ms(counts: Sequence[float], duration_s: float | None) -> float:
    """How many milliseconds a bare number counts."""
    later = [one for one in counts if one > 0]
    if not later:
        return _COUNTS[0]
    # A length that no unit fits is another episode's, or a placeholder.
    for length_s in (duration_s, None):
        for unit_ms in _COUNTS:
            if _fits(later, unit_ms, length_s):
                return unit_ms
    return _COUNTS[0]


def _fits(later: Sequence[float], unit_ms: float, duration_s: float | None) -> bool:
    """Whether most starts are inside the episode, and, in other units than seconds, not all in its beginning."""
    length_s = duration_s or _LONGEST_S
    inside = [one for one in later if not is_behind_end(round(one * unit_ms), length_s)]
    if len(inside) * 2 <= len(later):
        return False
    reaches_s = min(_REACHES_S, _REACHES * length_s)
    return unit_ms == _COUNTS[0] or max(inside) * unit_ms >= reaches_s * 1_000
