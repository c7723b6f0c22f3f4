"""The bot's own pace: Discord takes 50 requests a second, and counts those it refuses against the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.workers.retry_loop import pause

REQUESTS_A_SECOND = 48.0
# What a late loop may catch up with at once, in seconds of requests.
SLACK_S = 0.04
# So many requests may wait before what can wait steps back, and so long it steps back at most.
BUSY = 2
STEP_BACK_S = 30.0


class RateLimiter:
    """Lets one request pass after the other, in the order in which they came."""

    def __init__(self, rate: float = REQUESTS_A_SECOND, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / rate
        self._clock = clock
        self._next = 0.0
        self._door = asyncio.Lock()
        self._waiting = 0
        self._calm = asyncio.Event()
        self._calm.set()

    async def acquire(self) -> None:
        """Wait for this request's turn."""
        self._count(1)
        try:
            async with self._door:
                wait = self._next - self._clock()
                if wait > 0:
                    await asyncio.sleep(wait)
                # A loop that was held up does not send all at once what it could not before.
                self._next = max(self._next, self._clock() - SLACK_S) + self._interval
        finally:
            self._count(-1)

    async def yield_to_urgent(self) -> None:
        """Wait until nothing more urgent waits: for what may come later, though not never."""
        await pause(STEP_BACK_S, self._calm)

    def _count(self, more: int) -> None:
        self._waiting += more
        if self._waiting > BUSY:
            self._calm.clear()
        else:
            self._calm.set()
