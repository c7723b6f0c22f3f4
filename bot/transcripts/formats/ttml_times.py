"""Times in TTML: `00:00:07.5`, `00:00:07:12`, `7.5s`, `7500ms`, `180f`, `75000000t`, and Apple's `7.5`.

<https://www.w3.org/TR/ttml1/#timing-value-timeExpression>. ttconv 1.2.3 doesn't know Apple's, pysubs2 1.8.1 neither
those nor frames and ticks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CLOCK = re.compile(
    r"(?:(?P<hours>[0-9]{1,4}):)?(?P<minutes>[0-9]{1,4}):(?P<seconds>[0-9]{1,2})"
    r"(?:[.,](?P<fraction>[0-9]{1,12})|[:;](?P<frames>[0-9]{1,4})(?:\.[0-9]{1,6})?)?"
)
_OFFSET = re.compile(r"(?P<count>[0-9]{1,15}(?:\.[0-9]{1,12})?)\s?(?P<unit>h|ms|m|s|f|t|)")
_UNIT_MS = {"h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1, "": 1_000}
_DEFAULT_FRAMES = 30
_MAX_MS = 365 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class MediaClock:
    """How long frames and ticks of a document last, each as its number a second."""

    frames: float = _DEFAULT_FRAMES
    ticks: float = 1

    def ms(self, written: str | None) -> int | None:
        """Milliseconds of a time; None where it is none that counts from the beginning of the media."""
        if written is None:
            return None
        written = written.strip()
        if found := _CLOCK.fullmatch(written):
            seconds = (int(found["hours"] or 0) * 60 + int(found["minutes"])) * 60 + int(found["seconds"])
            part = float(f"0.{found['fraction'] or 0}") + int(found["frames"] or 0) / self.frames
            return _bounded((seconds + part) * 1_000)
        if found := _OFFSET.fullmatch(written):
            count = float(found["count"])
            match found["unit"]:
                case "f":
                    return _bounded(count * 1_000 / self.frames)
                case "t":
                    return _bounded(count * 1_000 / self.ticks)
                case unit:
                    return _bounded(count * _UNIT_MS[unit])
        return None


def clock_of(attributes: Mapping[str, str]) -> MediaClock:
    """The clock that the root's attributes tell: `frameRate`, `frameRateMultiplier`, `subFrameRate`, `tickRate`."""
    rate = _number(attributes.get("framerate"))
    frames = rate or _DEFAULT_FRAMES
    above, below = [
        *map(_number, re.split(r"[\s:/]+", attributes.get("frameratemultiplier", "")[:40])),
        None,
    ][:2]
    if above and below:
        frames = frames * above / below
    ticks = _number(attributes.get("tickrate"))
    return MediaClock(frames, ticks or (rate * (_number(attributes.get("subframerate")) or 1) if rate else 1))


def _number(written: str | None) -> float | None:
    found = re.fullmatch(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*", written or "")
    return float(found[1]) or None if found else None


def _bounded(milliseconds: float) -> int | None:
    return round(milliseconds) if milliseconds <= _MAX_MS else None
