"""Days as people name them: a day, a month or a year, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class DayError(Exception):
    """No day is meant by that; the message says how one is named."""


def day_span(text: str) -> tuple[datetime, datetime]:
    """When the day, month or year begins, and when the next one does. Raises DayError."""
    found = _DAY.fullmatch(text.strip())
    year, month, day = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    try:
        begins = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return begins, begins + timedelta(days=1)
        if month:
            return begins, (begins + timedelta(days=32)).replace(day=1)
        return begins, begins.replace(year=year + 1)
    except (ValueError, OverflowError) as error:
        raise DayError(
            f"“{text.strip()[:50]}” is no day: name one as 2026-11-25, a month as 2026-11, or a year as 2026."
        ) from error


def begin_of(text: str | None) -> datetime | None:
    """The first moment that is meant by “since”."""
    return day_span(text)[0] if text else None


def end_of(text: str | None) -> datetime | None:
    """The first moment that is not meant any more by “until”."""
    return day_span(text)[1] if text else None
