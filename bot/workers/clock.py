"""The time, and waiting: tests replace this by a clock that they set."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from bot.workers.retry_loop import pause


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
