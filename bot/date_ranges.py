"""Date ranges as people type them: a day, a month or a year, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class DayError(Exception):
    """The text names no day, month or year; the message says how to write one."""


def day_span(text: str) -> tuple[datetime, datetime]:
    """The start of the day, month or year, and the start of the next one. Raises DayError."""
    found = _DAY.fullmatch(text.strip())
    year, month, day = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        if month:
            return start, (start + timedelta(days=32)).replace(day=1)
        return start, start.replace(year=year + 1)
    except (ValueError, OverflowError) as error:
        raise DayError(
            f"“{text.strip()[:50]}” is no date: write a day as 2026-11-25, a month as 2026-11, or a year as 2026."
        ) from error


def range_start(since: str | None) -> datetime | None:
    """The first moment of a range that begins with this day, month or year; None without one."""
    return day_span(since)[0] if since else None


def range_end(until: str | None) -> datetime | None:
    """The first moment after a range that ends with this day, month or year; None without one."""
    return day_span(until)[1] if until else None
