"""How much is fetched at once: connections per host and over all, and memory for bodies."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.feeds.http.failures import HOST_BUSY, RequestError

PER_HOST = 4
OVER_ALL = 64
WAIT_S = 300.0
# Bodies above these sizes are read so many at once: 64 small ones, 8 of medium size and a large one (24 MiB at
# most) hold 48 MiB together, however many hosts send without end at the same time.
SMALL_BYTES = 128 * 1024
MEDIUM_BYTES = 1024 * 1024
MEDIUM_AT_ONCE = 8
LARGE_AT_ONCE = 1
# A host that drips must not keep the others' large bodies waiting for longer.
LARGE_WITHIN_S = 30.0


@dataclass(slots=True)
class _Host:
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PER_HOST))
    users: int = 0


class Connections:
    """Who may open a connection. aiohttp's own limits would count the waiting as time that the host took."""

    def __init__(self) -> None:
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._over_all = asyncio.Semaphore(OVER_ALL)

    @asynccontextmanager
    async def to(self, name: tuple[str, int]) -> AsyncIterator[None]:
        """Wait for a free connection to this host, and hold it."""
        host = self._hosts.setdefault(name, _Host())
        host.users += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(WAIT_S):
                        # In this order those that wait for a busy host hold nothing that others need.
                        await held.enter_async_context(host.free)
                        await held.enter_async_context(self._over_all)
                except TimeoutError:
                    raise RequestError(HOST_BUSY) from None
                yield
        finally:
            host.users -= 1
            if not host.users:
                del self._hosts[name]


class Room:
    """Memory for the bodies that are being fetched, or wait to be read."""

    def __init__(self) -> None:
        self._medium = asyncio.Semaphore(MEDIUM_AT_ONCE)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    @asynccontextmanager
    async def claim(self, clock: asyncio.Timeout) -> AsyncIterator[Claim]:
        """Room for one body; while it waits for more, its clock stands still."""
        claim = Claim(self._medium, self._large, clock)
        try:
            yield claim
        finally:
            claim.give_back()


class Claim:
    """A body's room: it may have `size` bytes, and more after `grow`."""

    def __init__(self, medium: asyncio.Semaphore, large: asyncio.Semaphore, clock: asyncio.Timeout) -> None:
        self.size: float = SMALL_BYTES
        self._medium = medium
        self._large = large
        self._clock = clock
        self._held: list[asyncio.Semaphore] = []

    async def grow(self) -> None:
        """Wait until the body may become larger than `size`."""
        if self.size == SMALL_BYTES:
            await self._take(self._medium, MEDIUM_BYTES, math.inf)
        else:
            await self._take(self._large, math.inf, LARGE_WITHIN_S)

    async def _take(self, gate: asyncio.Semaphore, size: float, within_s: float) -> None:
        loop = asyncio.get_running_loop()
        ends = self._clock.when()
        left = math.inf if ends is None else ends - loop.time()
        self._clock.reschedule(None)
        await gate.acquire()
        self._held.append(gate)
        self.size = size
        left = min(left, within_s)
        self._clock.reschedule(None if left == math.inf else loop.time() + left)

    def give_back(self) -> None:
        """Let the next one have it."""
        for gate in self._held:
            gate.release()
        self._held.clear()
