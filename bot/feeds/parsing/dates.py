"""Dates as feeds write them: by the standards, in words of many languages, in numbers of any order. Pure.

A date whose parts may be taken in two orders ("04/05/2026") has two readings. `settled_dates` decides between them
with what stands around it, or leaves it: no date is better than another day. dateparser was tried for this: it takes
4 ms a date and up to 3 s for one that it can't read, takes 04/05/2026 for the fifth of April, and knows neither eras
nor 24:00.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.feeds.parsing.words_of_time import time_words

MAX_LENGTH = 120
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
# What is written in one order only.
PLAIN = ""

_RFC_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The forms of nearly all feeds: RFC 822 with four digits of the year, and RFC 3339.
_RFC_822 = re.compile(
    r"(?:[A-Za-z]{3,9}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|([+-])(\d\d)(\d\d))"
)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")

_UNIX = re.compile(r"@?(\d{9,10}|\d{13}|\d{16})(?:\.\d{1,9})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\s?t?\s?(\d\d)(\d\d)(\d\d)?)?(?!\d)")
# 二十九, and the other numerals before what they count.
_NUMERALS = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日號号時时點点分秒])")
_DIGITS = {numeral: str(at % 10) for at, numeral in enumerate("零一二三四五六七八九〇")}
_ERA = re.compile(r"(\w{2})\s?(元|\d{1,3})\s?年")
_CJK_CLOCK = re.compile(
    r"(\d{1,2})\s?[時时點点시](?:\s?整|\s?(\d{1,2})\s?[分분])?(?:\s?(\d{1,2})\s?[秒초])?(?=\D|$)"
)
# "2026" and "18:00" without a blank, "29t18".
_GLUED = re.compile(r"(?<=\d{4})(?=\d\d:\d\d)|(?<=-\d\d)(?=\d\d:\d\d)")
_T = re.compile(r"(?<=\d)t(?=\d)")
_CLOCK = re.compile(
    r"(?<![\d.:])(\d{1,2})(?:\s?:\s?|h)(\d\d)(?:\s?[:m]\s?(\d\d)s?(?:[.,:](\d{1,9}))?)?(?![\d:])"
    r"|(?<![\d.:])(\d{1,2})\s?h(?:rs?)?(?![^\W_])"
)
_BARE_HOUR = re.compile(r"(?<![\d.:])(\d{1,2})()()()(?=\s?(?:am|pm|a\.\s?m\.?|p\.\s?m\.?)(?![^\W_]))")
_DOTTED_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.(\d\d)(?:\.(\d\d))?()(?![\d.])")
_HALF_AFTER = re.compile(r"\s?([^\W\d_](?:\.?\s?[^\W\d_]){0,14}\.?)")
_HALF_BEFORE = re.compile(r"([^\W\d_]{2,4})\s?$")
_OFFSET = re.compile(r"[\s,(]*(?:gmt|utc|z)?\s?([+\-−])\s?(\d{1,2}):?(\d\d)?(?!\d)\)?")
_ZONE = re.compile(
    r"[\s,(]*([a-z]{1,20}/[a-z_]{1,30}|[a-z]{1,12}(?: [a-z]{2,12}){1,3}|[^\W\d_]{1,5})\)?(?![^\W_])"
)
_ASIDE = re.compile(r"\([^()]{0,60}\)|\bm=[+-][\d.]+")
_LONGEST_OFFSET = timedelta(hours=14)

_YEAR_FIRST = re.compile(
    r"(?<![\d.])(\d{4})\s?(?:[年년]|[-/.])\s*(\d{1,2})\s?(?:[月월]|[-/.])\s*(\d{1,2})(?:\s?[日號号일])?\.?(?!\d)"
)
_NUMBERED = re.compile(r"([^\W\d_]{3,8})\s?(\d{1,2})(?=\D|$)")
_NUMBERED_MONTH = re.compile(r"(?<!\d)(\d{1,2})\s?[月월]")
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})\s?([-/.])\s*(\d{1,2})\s?\2\s*(\d{4}|\d\d)\.?(?!\d)")
_PIECE = re.compile(r"\d+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0e31-\u0e4e.'’](?=[^\W\d_]))*[\u0e31-\u0e4e]*")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_BUDDHIST_YEARS = 543


@dataclass(frozen=True, slots=True)
class DateReadings:
    """What a written date may mean: by the order of its parts, a moment in UTC.

    `order` is that of a date that can be taken in no other way, though it is written in numbers: it tells of others.
    """

    moments: tuple[tuple[str, datetime], ...]
    dotted: bool = False

    @property
    def only(self) -> datetime | None:
        """The moment that it means; None where it may be one of several."""
        return self.moments[0][1] if len(self.moments) == 1 else None

    @property
    def order(self) -> str:
        """The order of its parts, where that is certain."""
        return self.moments[0][0] if len(self.moments) == 1 else PLAIN

    def by(self, order: str) -> datetime | None:
        """The moment that it means if the parts of the feed's dates stand in this order."""
        return self.only or dict(self.moments).get(order)


@dataclass(frozen=True, slots=True)
class _Day:
    order: str
    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of the day, what is written around it, and its zone."""

    seconds: float
    zone: tzinfo
    rest: str


def read_date(written: str, language: str | None = None) -> DateReadings | None:
    """The readings of a date; None where it is none. `language` is the feed's."""
    written = written.strip()[:MAX_LENGTH]
    try:
        if (standard := _standard(written)) is not None:
            return DateReadings(((PLAIN, standard),))
        return _in_words(_normal(written), language)
    except (ValueError, OverflowError):
        return None


def _standard(written: str) -> datetime | None:
    if (found := _RFC_822.fullmatch(written)) is not None and (name := found[2].lower()) in _RFC_MONTHS:
        day, year, hour, minute, second = (int(found[at]) for at in (1, 3, 4, 5, 6))
        offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
        if hour < 24 and offset <= _LONGEST_OFFSET:
            moment = datetime(year, _RFC_MONTHS.index(name) + 1, day, hour, minute, second, tzinfo=UTC)
            return moment + offset if found[7] == "-" else moment - offset
    if _RFC_3339.fullmatch(written) is not None and not written.startswith("24:", 11):
        return datetime.fromisoformat(written).astimezone(UTC)
    return None


def _normal(written: str) -> str:
    """In small letters, with plain digits and numerals, eras as years, and clocks of colons."""
    text = unicodedata.normalize("NFKC", written).casefold()
    text = "".join(
        str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one
        for one in text
        if unicodedata.category(one) != "Cf"
    )
    text = _NUMERALS.sub(lambda found: _counted(found[0]), " ".join(text.split()))
    text = _ERA.sub(_in_era, text)
    text = _CJK_CLOCK.sub(lambda found: f" {found[1]}:{found[2] or 0:0>2}:{found[3] or 0:0>2} ", text)
    return _NUMBERED.sub(_numbered, _GLUED.sub(" ", _T.sub(" ", text)))


def _numbered(found: re.Match[str]) -> str:
    """ "Tháng 11" as "11月"."""
    return f"{found[2]}月" if found[1] in time_words().before_number else found[0]


def _counted(numerals: str) -> str:
    """The number that Chinese numerals name: digits side by side, or tens and ones."""
    if "十" not in numerals:
        return "".join(_DIGITS[one] for one in numerals)
    tens, _, ones = numerals.partition("十")
    return str(int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0")))


def _in_era(found: re.Match[str]) -> str:
    begun = time_words().eras.get(found[1])
    return found[0] if begun is None else f"{begun + (1 if found[2] == '元' else int(found[2]))}年"


def _in_words(text: str, language: str | None) -> DateReadings | None:
    if (number := _UNIX.fullmatch(text)) is not None:
        seconds = float(number[0].removeprefix("@")) / (1_000 ** ((len(number[1]) - 8) // 3))
        return DateReadings(((PLAIN, datetime.fromtimestamp(seconds, UTC)),))
    if (compact := _COMPACT.match(text)) is not None:
        hours = ":".join(part or "00" for part in compact.group(4, 5, 6))
        text = f"{'-'.join(compact.group(1, 2, 3))} {hours}{text[compact.end() :]}"
    time = _clock(text, language)
    days, dotted, rest = _days(time.rest if time else text, language)
    if time is None and (late := _DOTTED_CLOCK.search(rest)) is not None:
        # "29.11.2026 18.30": only what is left can be a time with dots.
        time = _timed(rest, late, language)
        rest = time.rest
        if not days:
            days, dotted, rest = _days(rest, language)
    if any(piece[0].isdigit() for piece in _PIECE.findall(_ASIDE.sub(" ", rest))):
        # More numbers than a date has: which of them are it would be a guess.
        return None
    moments = tuple((day.order, _moment(day, time)) for day in _on_weekday(days, _weekdays(rest, language)))
    return DateReadings(moments, dotted) if moments else None


def _moment(day: _Day, time: _Clock | None) -> datetime:
    begun = datetime(day.year, day.month, day.day, tzinfo=time.zone if time else UTC)
    return (begun + timedelta(seconds=time.seconds if time else 0)).astimezone(UTC)


def _on_weekday(days: list[_Day], weekdays: frozenset[int]) -> list[_Day]:
    """Those days that fall on one of the weekdays: a name decides between two orders, and against none."""
    if len(days) < 2 or not weekdays:
        return days
    return [day for day in days if date(day.year, day.month, day.day).weekday() in weekdays] or days


def _clock(text: str, language: str | None) -> _Clock | None:
    found = _CLOCK.search(text) or _BARE_HOUR.search(text)
    return None if found is None else _timed(text, found, language)


def _timed(text: str, found: re.Match[str], language: str | None) -> _Clock:
    """The time at this place, with the half of the day and the zone that stand beside it. Raises ValueError."""
    before, after = text[: found.start()], text[found.end() :]
    hour, minute, second = (int(part or 0) for part in found.group(1, 2, 3))
    if found.lastindex == 5:
        hour = int(found[5])
    half, before, after = _half(before, after, language)
    if half is not None and hour <= 12:
        hour = hour % 12 + half
    if (hour, minute, second) > (24, 0, 0) or minute > 59 or second > 60:
        raise ValueError(f"no time of a day: {found[0]!r}")
    zone, after = _zone(after, language)
    fraction = float(f"0.{found[4]}") if found[4] else 0.0
    return _Clock(hour * 3_600 + minute * 60 + second + fraction, zone, f"{before} {after}")


def _half(before: str, after: str, language: str | None) -> tuple[int | None, str, str]:
    if (found := _HALF_AFTER.match(after)) is not None:
        for word in (found[1], found[1].split(" ")[0]):
            if (half := time_words().half(word, language)) is not None:
                return half, before, after[found.start(1) + len(word) :]
    if (found := _HALF_BEFORE.search(before)) is not None:
        half = time_words().half(found[1], language)
        if half is not None:
            return half, before[: found.start()], after
    return None, before, after


def _zone(after: str, language: str | None) -> tuple[tzinfo, str]:
    """The zone that follows a time, and what follows that; UTC where none is named."""
    if (told := _offset(after)) is not None:
        return told
    if (found := _ZONE.match(after)) is None:
        return UTC, after
    names = found[1].split(" ")
    for count in range(len(names), 0, -1):
        name = " ".join(names[:count])
        if (zone := _named_zone(name, language)) is not None:
            # "EDT -0400": the number is the surer one.
            return _offset(after[found.start(1) + len(name) :]) or (zone, after[found.start(1) + len(name) :])
    return UTC, after


def _offset(after: str) -> tuple[tzinfo, str] | None:
    """The offset from UTC that follows, and what follows that. Raises ValueError where there is no such zone."""
    if (found := _OFFSET.match(after)) is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > _LONGEST_OFFSET:
        raise ValueError(f"no zone: {found[0]!r}")
    return timezone(offset if found[1] == "+" else -offset), after[found.end() :]


def _named_zone(name: str, language: str | None) -> tzinfo | None:
    meant = name.title() if "/" in name else time_words().zone(name, language)
    if meant is None:
        return None
    if "/" in meant:
        try:
            return ZoneInfo("/".join(part.title() for part in meant.split("/")))
        except (ValueError, LookupError, OSError):
            # No such place, or a machine without the table of zones.
            return None
    sign = -1 if meant[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(meant[1:3]), minutes=int(meant[4:6])))


def _days(text: str, language: str | None) -> tuple[list[_Day], bool, str]:
    """The days that a text without its time may mean, whether dots part their numbers, and what is left of it."""
    if (found := _YEAR_FIRST.search(text)) is not None:
        year, month, day = (int(part) for part in found.groups())
        return _valid([_Day(PLAIN, _western(year, text), month, day)]), False, _without(text, found)
    if (found := _NUMBERS.search(text)) is not None:
        first, second, third = int(found[1]), int(found[3]), int(found[4])
        year = _western(_full_year(third), text)
        orders = [_Day(DAY_FIRST, year, second, first), _Day(MONTH_FIRST, year, first, second)]
        if len(found[4]) == 2:
            orders.append(_Day(YEAR_FIRST, _full_year(first), second, third))
        if first == second and len(found[4]) == 4:
            orders = [_Day(PLAIN, year, first, second)]
        return _valid(orders), found[2] == ".", _without(text, found)
    return _with_month(text, language)


def _with_month(text: str, language: str | None) -> tuple[list[_Day], bool, str]:
    """The days that a text with the name of a month, or its number, may mean."""
    if (numbered := _NUMBERED_MONTH.search(text)) is not None:
        months = frozenset({int(numbered[1])})
        before, rest = text[: numbered.start()], text[numbered.end() :]
    else:
        found = next(_months(text, language), None)
        if found is None:
            return [], False, text
        place, months = found
        before, rest = text[: place[0]], text[place[1] :]
    numbers = [(len(before), one) for one in re.findall(r"\d+", before)]
    numbers += [(-1, one) for one in re.findall(r"\d+", rest)]
    if len(numbers) != 2:
        return [], False, text
    (_, one), (_, other) = numbers
    # "2026 Nov 29" has its year first; every other form the day.
    year, day = (one, other) if len(one) == 4 else (other, one)
    if len(year) not in (2, 4) or len(day) > 2:
        return [], False, text
    full = _western(_full_year(int(year)) if len(year) == 2 else int(year), text)
    words = re.sub(r"\d+", " ", f"{before} {rest}")
    names = f"month {min(months)}" if len(months) == 1 else None
    days = [_Day(PLAIN if names else f"month {month}", full, month, int(day)) for month in sorted(months)]
    return _valid(days), False, words


def _months(text: str, language: str | None) -> Iterator[tuple[tuple[int, int], frozenset[int]]]:
    """The words that name a month, those of two words and the surest first."""
    pieces = [found for found in _PIECE.finditer(text) if not found[0][0].isdigit()]
    words = time_words()
    found = []
    for at, piece in enumerate(pieces):
        if at + 1 < len(pieces) and text[piece.end() : pieces[at + 1].start()] == " ":
            pair = f"{piece[0]} {pieces[at + 1][0]}"
            if pair in words.months:
                found.append((0, (piece.start(), pieces[at + 1].end()), words.month(pair, language)))
        # "D'octubre": the word behind the apostrophe.
        word = piece[0] if "'" not in piece[0] else piece[0].rpartition("'")[2]
        if months := words.month(word, language):
            # "Mar." is Tuesday in Italian, beside another word that is a month.
            weekday = bool(words.weekday(word, language))
            found.append((2 if weekday else 1, piece.span(), months))
    found.sort(key=lambda one: (one[0], -one[1][0]))
    for _, place, months in found:
        yield place, months


def _weekdays(rest: str, language: str | None) -> frozenset[int]:
    """The weekdays that are named; looked up only where words are left."""
    words = [piece for piece in _PIECE.findall(rest) if not piece[0].isdigit()]
    return frozenset(day for word in words[:4] for day in time_words().weekday(word, language))


def _full_year(year: int) -> int:
    """Two digits of a year, as RFC 2822 reads them, are of this century up to 68."""
    return year if year > 99 else year + (2_000 if year < 69 else 1_900)


def _western(year: int, text: str) -> int:
    """Thai dates count from the Buddha."""
    return year - _BUDDHIST_YEARS if year > 2_400 and _THAI.search(text) else year


def _valid(days: list[_Day]) -> list[_Day]:
    """Those that are days of the calendar."""
    return [
        day
        for day in days
        if 1 <= day.month <= 12
        and MINYEAR <= day.year <= MAXYEAR
        and 1 <= day.day <= monthrange(day.year, day.month)[1]
    ]


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
