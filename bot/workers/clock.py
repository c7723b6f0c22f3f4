"""The time, and waiting: tests replace this by a clock that they set."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from bot.workers.retry_loop import pause


def failing_from(since: datetime | None, now: datetime, *, times: int, apart: timedelta) -> datetime:
    """Since when something has failed, `times` in a row and at most so far apart; `now` where that can't be.

    The clock was wrong when the first failure was stored, or is so now, or nobody tried for a long time: that is no
    reason to give up what has failed a few times.
    """
    if since is None or since > now or now - since > (times + 1) * apart:
        return now
    return since


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time of day, in UTC: what is stored."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment, unaffected by changes of the time of day."""
        return time.monotonic()

    async def wait(self, seconds: float, event: asyncio.Event) -> None:
        """Wait that long, or until the event is set."""
        await pause(seconds, event)


SYSTEM_CLOCK = Clock()
