"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.workers.clock import Clock

# More turns of the event loop than anything needs that does not wait for time or a database.
TURNS = 50


class FakeClock(Clock):
    """Begins at noon; who waits for it goes on when it is moved there, or when the event is set."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Noon, and what has passed since."""
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """The seconds that have passed."""
        return self.passed

    async def wait(self, seconds: float, event: asyncio.Event) -> None:
        """Wait until the clock was moved so far, or the event is set."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        moved = asyncio.get_running_loop().create_future()
        self._waiting.append((self.passed + seconds, moved))
        happened = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait((moved, happened), return_when=asyncio.FIRST_COMPLETED)
        finally:
            moved.cancel()
            happened.cancel()

    async def settle(self) -> None:
        """Let everybody go on as far as they get without waiting for the clock."""
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def move(self, seconds: float) -> None:
        """Let so much time pass, one wait after the other."""
        end = self.passed + seconds
        await self.settle()
        while due := [at for at, moved in self._waiting if not moved.done() and at <= end]:
            self.passed = max(self.passed, min(due))
            for at, moved in self._waiting:
                if at <= self.passed and not moved.done():
                    moved.set_result(None)
            await self.settle()
        self.passed = end
        self._waiting = [(at, moved) for at, moved in self._waiting if not moved.done()]
