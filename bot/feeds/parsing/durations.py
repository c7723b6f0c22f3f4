"""Lengths of episodes as feeds write them: clocks, seconds, ISO 8601, and units in many languages. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.feeds.parsing.words_of_time import plain, time_words

MAX_LENGTH = 60
# No episode is longer; what is was counted in another unit.
LONGEST_S = 86_400

_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,6}):(\d{1,2}(?:[.,]\d{1,9})?)")
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_ISO_8601 = re.compile(rf"p(?:0d|0+y0+m0+dt?)?t?(?:({_NUMBER})h)?(?:({_NUMBER})m)?(?:({_NUMBER})s)?")
# A number with its unit, and a small word like "and" behind it.
_UNITS = re.compile(
    rf"({_NUMBER})\s?-?([^\W\d_]{{1,20}}|['’′\"”″]{{1,2}})?\.?[\s,;&+]*(?:[^\W\d_]{{1,3}}\s+(?=\d))?"
)
_BEFORE = re.compile(r"[^\d:+-]{1,12}(?=\d)")
_BEHIND = re.compile(r"(?<=\d)\s*([^\W\d_]{1,8})\.?$")
_MINUTES = frozenset({"'", "’", "′"})
_PARTS_S = (3_600, 60, 1)


def first_length_s(written: Iterable[str]) -> float | None:
    """Seconds of the first of these that is the length of an episode."""
    return next((found for one in written if (found := length_s(one)) is not None), None)


def length_s(written: str) -> float | None:
    """Seconds of "3504", "58:24", "01:02:03,500", "62 min", "1h2m3s", "PT1H2M3S", "1時間2分".

    None where it is no length, is zero or is longer than a day.
    """
    text = unicodedata.normalize("NFKC", written.strip()[:MAX_LENGTH]).casefold()
    if not text.isascii():
        text = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in text)
    for read in (_seconds, _clock, _iso_8601, _units):
        if (seconds := read(text)) is not None:
            return seconds if 0 < seconds <= LONGEST_S else None
    return None


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else None


def _clock(text: str) -> float | None:
    """A clock, perhaps with words beside it; before the unit of an hour its first number is hours."""
    before, behind = _BEFORE.match(text), _BEHIND.search(text)
    clock = text[before.end() if before else 0 : behind.start() if behind else None]
    if (found := _CLOCK.fullmatch(clock)) is None:
        return None
    hours, minutes, seconds = found.groups()
    if hours is None and behind is not None and _unit_s(behind[1]) == _PARTS_S[0]:
        hours, minutes, seconds = minutes, seconds, "0"
    return int(hours or 0) * 3_600 + _float(minutes) * 60 + _float(seconds)


def _iso_8601(text: str) -> float | None:
    found = _ISO_8601.fullmatch(text)
    return _sum(found.groups()) if found is not None and any(found.groups()) else None


def _units(text: str) -> float | None:
    """A text of numbers with units, each smaller than the one before; the last unit may be left out ("1h02")."""
    before = _BEFORE.match(text)
    total, unit, place = 0.0, 0, before.end() if before else 0
    while place < len(text):
        found = _UNITS.match(text, place)
        if found is None:
            return None
        named = _unit_s(found[2]) if found[2] else unit // 60
        if not named or (unit and named >= unit):
            return None
        total += _float(found[1]) * named
        unit, place = named, found.end()
    return total if unit else None


def _unit_s(word: str) -> int:
    """Seconds of a unit; 0 where it is none."""
    if word in _MINUTES:
        return 60
    if not word[0].isalpha():
        return 1
    return time_words().units.get(plain(word), 0)


def _sum(parts: Iterable[str | None]) -> float:
    return sum(_float(part or "0") * unit for part, unit in zip(parts, _PARTS_S, strict=True))


def _float(text: str) -> float:
    return float(text.replace(",", "."))
