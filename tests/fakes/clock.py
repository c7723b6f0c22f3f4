"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.workers.clock import Clock

# More turns of the event loop than any task takes that waits for neither time nor a database.
TURNS = 50


class FakeClock(Clock):
    """Starts at noon. A wait ends when the test moves the clock that far, or when its event is set."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Noon plus the seconds that have passed."""
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """The seconds that have passed."""
        return self.passed

    async def wait(self, seconds: float, event: asyncio.Event) -> None:
        """Wait until the clock was moved so many seconds, or the event is set."""
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
        """Let every task run until it waits for the clock."""
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def move(self, seconds: float) -> None:
        """Advance the clock, ending the waits in the order in which they are due."""
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
