"""Times inside an episode: how they are written, how strictly each source is read, and how they are shown.

The patterns have no groups, so that they can be parts of longer ones; `to_ms` converts what any of them matched.
Values that are nothing but a time are read by the functions below, one for each kind of source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

# Cues, as the WebVTT standard writes a timestamp: <https://www.w3.org/TR/webvtt1/#webvtt-timestamp>.
WEBVTT = r"(?:[0-9]{1,6}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}(?![0-9])"
# Cues, as SubViewer writes them, which YouTube exports.
SUBVIEWER = r"[0-9]{1,3}:[0-5]?[0-9]:[0-5]?[0-9]\.[0-9]{1,3}"
# Cues, as podcast hosts write them: with a comma, no fraction, single digits, minutes over 59 or bare seconds.
LOOSE_CUE = r"(?:(?:[0-9]{1,3}\s?:\s?)?[0-9]{1,3}\s?:\s?)?[0-9]{1,6}(?:\s?[.,]\s?[0-9]{1,12})?"

# Prose: `00:03:52`, `3:52`, `78:56`. Minutes without hours may exceed 59. There is no look-behind
# for digits: pages that lost their line breaks glue "Llama 2" to "00:05:12".
TIME = r"(?:\d{1,2}:[0-5]\d|\d{1,3}):[0-5]\d(?:\.\d{1,3})?(?!\d|:\d)"
# Prose in brackets, perhaps with the end of a range: `[1:02:03]`, `(@78:56)`, `[00:01 - 00:05]`.
STAMP = rf"[\[(]\s?@?(?:{TIME})(?:\s?[-–—]\s?(?:{TIME}))?\s?[\])]"
# Anything that resembles a time, for text that is skipped because of it.
TIMELIKE = r"\d{1,3}(?::\d\d)+(?:\.\d+)?"

# Beside a speaker or at the beginning of a line of a transcript, as editing and recognising tools write them, with
# frames, a comma, units, or colons of a Chinese keyboard: `00:00:05:12`, `00:05,120`, `0m05s`, `5.20s`, `1分05秒`.
_HOURS = r"(?:h(?:rs?)?|std|小时|小時|時間|시간)"
_MINUTES = r"(?:m(?:ins?)?\.?|分钟|分鐘|分|분|['’′])"
_SECONDS = r"(?:(?:s(?:ecs?|ek|eg|econds?)?|с(?:ек)?)(?![^\W\d_])|秒|초|''|[\"”″])"
TRANSCRIPT_TIME = (
    r"(?:(?:\d{1,2}[:：][0-5]\d|\d{1,3})[:：][0-5]\d(?:[:;]\d{2}|[.,]\d{1,6})?(?!\d|[:：]\d)"
    rf"|(?:\d{{1,2}}\s?{_HOURS}\s?)?\d{{1,3}}\s?{_MINUTES}\s?[0-5]?\d(?:[.,]\d{{1,3}})?\s?{_SECONDS}"
    rf"|\d{{1,5}}(?:[.,]\d{{1,3}})?\s?{_SECONDS})"
)

# Lists of chapters. No number may go on after the time: "3:52.1.2" is a version, "3:52/5" a pace.
CHAPTER_COLONS = r"(?:\d{1,2}:[0-5]?\d|\d{1,3}):[0-5]\d(?:\.\d{1,3}|,\d{3})?(?!\d|:\d|[.,/]\d)"
CHAPTER_UNITS = (
    r"(?:\d{1,2}\s?h(?:rs?|ours?)?[ .:,]?\s?[0-5]?\d"
    r"(?:\s?m(?:ins?|inutes?)?\.?(?:\s?[0-5]?\d\s?s(?:ecs?|econds?)?)?)?"
    r"|\d{1,3}\s?m(?:ins?|inutes?)?\.?\s?[0-5]?\d\s?(?:s(?:ecs?|econds?)?\b|(?=[\])\-–—:|]))"
    r"|\d{1,3}\s?['’′]\s?[0-5]\d(?:\s?(?:''|[\"”″’]{1,2}))?)(?![^\W_])"
    # Signs of East Asia need no border behind them, and whole minutes are told from a length by the other lines.
    r"|(?:\d{1,2}\s?(?:小时|小時|時間|时|時|시간)\s?)?\d{1,3}\s?(?:分钟|分鐘|分|분)(?:\s?[0-5]?\d\s?(?:秒|초))?"
    r"|(?i:(?:\d{1,2}\s?(?:h|std\.?|ч)\s?)?\d{1,3}\s?(?:min(?:\.|uten?|utes|utos?|uti)?|мин(?:\.|ут[аы]?)?|')"
    r"\s?[0-5]?\d\s?(?:s(?:ec?|ek|eg)?\.?|sekunden|seconds?|secondes?|segundos?|secondi|сек(?:\.|унд[аы]?)?|с\.?))(?![^\W_])"
    r"|(?i:\d{1,3}\s?min(?:\.|uten?|utes?|utos?|uti)?)(?![^\W_])"
)
CHAPTER_DOTS = r"\d{1,2}\.[0-5]\d\.[0-5]\d(?:\.\d{3})?(?![\d.])|\d{1,3}\.[0-5]\d(?![\d.,%])"

_NUMBERS = re.compile(r"\d+")
_NAMES_HOURS = re.compile(r"\d\s?(?:h|std|ч|小时|小時|時|时|시간)", re.IGNORECASE)
# Hours, minutes, seconds and fraction.
_COLONS = re.compile(r"(?:(?:(\d+)\s?:\s?)?(\d+)\s?:\s?)?(\d+)(?:\s?[.,]\s?(\d+))?")

# A longer time can't be inside an episode.
_YEAR_MS = 365 * 24 * 3_600_000
_WEEK_S = 7 * 86_400

_TRANSCRIPT_CLOCK = re.compile(r"(?:(\d+)[:：])?(\d+)[:：](\d+)(?:[:;]\d\d|[.,](\d+))?")
_FRAMES = re.compile(r"(?<=:\d\d:\d\d):(\d\d)$|;(\d\d)$")
_TRANSCRIPT_UNITS = re.compile(
    rf"(?:(\d+)\s?{_HOURS}\s?)?(?:(\d+)\s?{_MINUTES}\s?)?(\d+)(?:[.,](\d+))?\s?{_SECONDS}"
)
# Of the usual rates the one whose frames are the longest: no time is later than what it stands for.
_FRAMES_A_SECOND = 30

_JSON_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,5}):([0-9]{1,2})(?:[.,:]([0-9]{1,9}))?")
_JSON_NUMBER = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s?s?")
_PLAY_TIME = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,5}):)?([0-9]{1,6})(?:[.,]([0-9]{1,9}))?", re.ASCII)
_MARKUP_CLOCK = re.compile(r"\D{0,3}(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-9]{2})(?:[.,]([0-9]{1,3}))?\b")
_ISO_DURATION = re.compile(
    r"PT(?:([0-9]{1,4})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})(?:\.([0-9]{1,9}))?S)?", re.IGNORECASE
)
# The empty groups are in the places of hours and minutes.
_MARKUP_SECONDS = re.compile(r"()()([0-9]{1,7})(?:\.([0-9]{1,9}))?s")


class Form(Enum):
    """How a chapter's time is written: `3:39`, `3m39s`, `00.03.39`."""

    COLONS = auto()
    UNITS = auto()
    DOTS = auto()


class Unit(Enum):
    """What a bare number in JSON counts; the value is its length in milliseconds."""

    SECONDS = 1_000
    MILLISECONDS = 1


def to_ms(written: str, form: Form = Form.COLONS) -> int:
    """Milliseconds of what one of the patterns above matched; of a range, its start.

    Raises ValueError where there is no number.
    """
    return _milliseconds(*_parts(written, form))


def names_hours(written: str, form: Form) -> bool:
    """Whether a chapter's time has hours, unlike `62:03`."""
    return bool(_parts(written, form)[0])


def clock(milliseconds: int) -> str:
    """A moment as people write it, without its fraction: 4:05, 1:02:03."""
    minutes, seconds = divmod(milliseconds // 1_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def exact_clock(milliseconds: int) -> str:
    """A moment with hours and fraction: 0:04:05.000."""
    seconds, fraction = divmod(milliseconds, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{fraction:03}"


def transcript_ms(written: str) -> int:
    """Milliseconds of what `TRANSCRIPT_TIME` matched. Raises ValueError where that is no time."""
    if frames := _FRAMES.search(written):
        begun_ms = int(frames[1] or frames[2]) * 1_000 // _FRAMES_A_SECOND
        return transcript_ms(written[: frames.start()]) + min(999, begun_ms)
    found = _TRANSCRIPT_CLOCK.fullmatch(written) or _TRANSCRIPT_UNITS.fullmatch(written)
    if found is None:
        raise ValueError(f"no time in {written[:40]!r}")
    return _milliseconds(*found.groups())


def json_ms(value: object, unit: Unit = Unit.SECONDS) -> int | None:
    """A time in JSON: a number of `unit`, or a text like "62.5", "62.5s", "1:02" or "0:01:02,500".

    None where the value is no time, or is longer than a year.
    """
    if isinstance(value, str) and (found := _JSON_CLOCK.fullmatch(value.strip())):
        return min(_YEAR_MS, _milliseconds(*found.groups()))
    number = json_number(value)
    return None if number is None or number > _YEAR_MS / unit.value else round(number * unit.value)


def json_number(value: object) -> float | None:
    """A number in JSON, or in a text there, that may count seconds or milliseconds; None where it can't."""
    if isinstance(value, str):
        found = _JSON_NUMBER.fullmatch(value.strip())
        return float(found[1]) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared before it is converted: JSON's integers have no bound. NaN compares as false.
    return float(value) if 0 <= value <= _YEAR_MS else None


def markup_ms(text: str) -> int | None:
    """A time in HTML or TTML: "0:12", "[0:01:02,5]", "PT1M2S", "12.5s"; None where it is none.

    Up to three other characters may precede a clock, and anything may follow it.
    """
    text = text.strip()
    found = _MARKUP_CLOCK.match(text) or _ISO_DURATION.fullmatch(text) or _MARKUP_SECONDS.fullmatch(text)
    return _milliseconds(*found.groups()) if found is not None and any(found.groups()) else None


def begins_with_clock(text: str) -> bool:
    """Whether a text in HTML begins with a time of colons, as `markup_ms` reads it."""
    return _MARKUP_CLOCK.match(text) is not None


def play_time_ms(text: str) -> int | None:
    """Normal play time (RFC 2326, section 3.6), as Podlove's chapters have it: "0", "62.5", "1:02", "00:01:02.500".

    None where it is no such time, or is longer than a week.
    """
    found = _PLAY_TIME.fullmatch(text.strip())
    if found is None:
        return None
    *whole, fraction = found.groups("0")
    whole_ms = _milliseconds(*whole)
    return whole_ms + round(float(f"0.{fraction}") * 1_000) if whole_ms <= _WEEK_S * 1_000 else None


def _parts(written: str, form: Form) -> Sequence[str | None]:
    """The digits of hours, minutes, seconds and fraction, with nothing for those that are missing."""
    if form is Form.COLONS:
        if (found := _COLONS.search(written)) is None:
            raise ValueError(f"no time in {written[:40]!r}")
        return found.groups()
    parts = _NUMBERS.findall(written)
    if form is Form.UNITS and len(parts) < 3:
        hours = [parts.pop(0)] if _NAMES_HOURS.search(written) else [None]
        return (*hours, *parts, None, None)[:3]
    return parts if len(parts) > 2 else (None, *parts)


def _milliseconds(
    hours: str | None, minutes: str | None, seconds: str | None, fraction: str | None = None
) -> int:
    """The time that these digits name; of the fraction no more than three count."""
    whole_s = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole_s * 1_000 + (int(fraction[:3].ljust(3, "0")) if fraction else 0)
