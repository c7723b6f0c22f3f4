"""The bot's own rate limit: Discord accepts 50 requests a second, and counts those above against the bot.

The generic cell rate algorithm (GCRA) in its virtual scheduling form: ITU-T I.371, annex A.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.workers.retry_loop import pause

REQUESTS_PER_SECOND = 48.0
# How much an event loop that woke up late may catch up on, in seconds' worth of requests.
BURST_S = 0.04
# Low-priority calls yield while more than BUSY requests queue, for at most MAX_YIELD_S.
BUSY = 2
MAX_YIELD_S = 30.0


class RateLimiter:
    """Lets requests pass one at a time, first come, first served."""

    def __init__(
        self, rate: float = REQUESTS_PER_SECOND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = 1 / rate
        self._clock = clock
        self._next_at = 0.0
        self._lock = asyncio.Lock()
        self._queued = 0
        self._calm = asyncio.Event()
        self._calm.set()

    async def acquire(self) -> None:
        """Wait until a request may be sent."""
        self._count(1)
        try:
            async with self._lock:
                wait = self._next_at - self._clock()
                if wait > 0:
                    await asyncio.sleep(wait)
                # After a stall of the event loop, the requests it missed are not sent in one burst.
                self._next_at = max(self._next_at, self._clock() - BURST_S) + self._interval
        finally:
            self._count(-1)

    async def yield_to_urgent(self) -> None:
        """Wait while more urgent requests queue, but not forever."""
        await pause(MAX_YIELD_S, self._calm)

    def _count(self, change: int) -> None:
        self._queued += change
        if self._queued > BUSY:
            self._calm.clear()
        else:
            self._calm.set()
