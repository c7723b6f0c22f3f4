"""The time, and waiting for it: tests put a clock in its place that they move by hand."""

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
        """Seconds from some moment on, which no correction of the time of day moves."""
        return time.monotonic()

    async def wait(self, seconds: float, event: asyncio.Event) -> None:
        """Wait so long, or until the event is set."""
        await pause(seconds, event)


SYSTEM_CLOCK = Clock()
