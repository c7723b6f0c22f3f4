"""When a host wants to be asked again: Cache-Control, Age, Expires and Retry-After (RFC 9110, RFC 9111). No I/O."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiohttp import hdrs
from multidict import CIMultiDict, CIMultiDictProxy

Headers = CIMultiDict[str] | CIMultiDictProxy[str]
# No host means more, and arithmetic with a hostile host's numbers stays finite.
MOST_S = 366 * 86_400.0


def fresh_for(headers: Headers, now: datetime) -> float | None:
    """For how many seconds a response stays fresh; None where the host does not say, or forbids caching."""
    directives = _directives(headers)
    if "no-cache" in directives or "no-store" in directives:
        return None
    if (max_age := _seconds(directives.get("max-age"))) is not None:
        return max(0.0, max_age - (_seconds(headers.get(hdrs.AGE)) or 0.0))
    expires = headers.get(hdrs.EXPIRES)
    if expires is None:
        return None
    # "0" and "-1" are no dates, and mean that it is already stale.
    until = _date(expires)
    return 0.0 if until is None else _until(until, headers, now)


def retry_after(headers: Headers, now: datetime) -> float | None:
    """For how many seconds the host asks to wait, written as seconds or as a date; None where it doesn't."""
    value = headers.get(hdrs.RETRY_AFTER)
    if value is None:
        return None
    if (seconds := _seconds(value)) is not None:
        return seconds
    date = _date(value)
    return None if date is None else _until(date, headers, now)


def _until(date: datetime, headers: Headers, now: datetime) -> float:
    # By the host's own clock where it sends a Date: ours may differ by hours.
    began = _date(headers.get(hdrs.DATE, "")) or now
    return min(MOST_S, max(0.0, (date - began).total_seconds()))


def _directives(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in headers.getall(hdrs.CACHE_CONTROL, ()):
        for directive in line.split(","):
            name, _, value = directive.partition("=")
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def _seconds(value: str | None) -> float | None:
    value = (value or "").strip()
    if not (value.isascii() and value.isdigit()):
        return None
    return min(MOST_S, float(value))


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
