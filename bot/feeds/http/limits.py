"""How much is fetched at once: connections to each host and in all, and memory for bodies."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.feeds.http.failures import HOST_BUSY, RequestError

MAX_PER_HOST = 4
MAX_CONNECTIONS = 64
CONNECTION_TIMEOUT_S = 300.0
# 64 small bodies, 8 medium ones and a large one (24 MiB at most) take 48 MiB together, however many hosts send
# without end at the same time.
SMALL_BYTES = 128 * 1024
MEDIUM_BYTES = 1024 * 1024
MAX_MEDIUM = 8
MAX_LARGE = 1
# A host that trickles must not keep other hosts' large bodies waiting for longer.
LARGE_TIMEOUT_S = 30.0


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_PER_HOST))
    users: int = 0


class ConnectionLimiter:
    """Limits open connections. With aiohttp's own limits the wait would count against the host's timeout."""

    def __init__(self) -> None:
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._slots = asyncio.Semaphore(MAX_CONNECTIONS)

    @asynccontextmanager
    async def slot(self, name: tuple[str, int]) -> AsyncIterator[None]:
        """Wait until a connection to this host and port is allowed, and hold its slot. Raises RequestError."""
        host = self._hosts.setdefault(name, _Host())
        host.users += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(CONNECTION_TIMEOUT_S):
                        # In this order, whoever waits for a busy host holds nothing that others need.
                        await held.enter_async_context(host.slots)
                        await held.enter_async_context(self._slots)
                except TimeoutError:
                    raise RequestError(HOST_BUSY) from None
                yield
        finally:
            host.users -= 1
            if not host.users:
                del self._hosts[name]


class BodyLimiter:
    """Limits the memory of bodies that are being fetched or wait for the parser."""

    def __init__(self) -> None:
        self._medium = asyncio.Semaphore(MAX_MEDIUM)
        self._large = asyncio.Semaphore(MAX_LARGE)

    @asynccontextmanager
    async def slot(self, deadline: asyncio.Timeout) -> AsyncIterator[BodySlot]:
        """A slot for one body; `deadline` is paused while the body waits for a larger one."""
        slot = BodySlot(self._medium, self._large, deadline)
        try:
            yield slot
        finally:
            slot.release()


class BodySlot:
    """Memory for one body: up to `capacity` bytes, and more after `grow`."""

    def __init__(
        self, medium: asyncio.Semaphore, large: asyncio.Semaphore, deadline: asyncio.Timeout
    ) -> None:
        self.capacity: float = SMALL_BYTES
        self._medium = medium
        self._large = large
        self._deadline = deadline
        self._held: list[asyncio.Semaphore] = []

    async def grow(self) -> None:
        """Wait until the body may have the next larger capacity."""
        if self.capacity == SMALL_BYTES:
            await self._acquire(self._medium, MEDIUM_BYTES, math.inf)
        else:
            await self._acquire(self._large, math.inf, LARGE_TIMEOUT_S)

    async def _acquire(self, semaphore: asyncio.Semaphore, capacity: float, within_s: float) -> None:
        loop = asyncio.get_running_loop()
        ends = self._deadline.when()
        left = math.inf if ends is None else ends - loop.time()
        self._deadline.reschedule(None)
        await semaphore.acquire()
        self._held.append(semaphore)
        self.capacity = capacity
        left = min(left, within_s)
        self._deadline.reschedule(None if left == math.inf else loop.time() + left)

    def release(self) -> None:
        """Let the next body have the memory."""
        for semaphore in self._held:
            semaphore.release()
        self._held.clear()
