"""How much is fetched at once: connections to each host and in all, and memory for bodies."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.feeds.http.failures import HOST_BUSY, RequestError
from bot.feeds.http.slow_hosts import Host, site_of

MAX_PER_HOST = 4
# A site with a name for each podcast is one house: it gets no more by having many.
MAX_PER_SITE = 8
MAX_CONNECTIONS = 64
# Linked files have connections of their own, so that their hosts can't hold up feeds.
MAX_FILE_CONNECTIONS = 32
CONNECTION_TIMEOUT_S = 300.0
# 96 small bodies, 8 medium ones and a large one (24 MiB at most) take 52 MiB together, however many hosts send
# without end at the same time, and however many bodies wait for the reading process.
MAX_SMALL = MAX_CONNECTIONS + MAX_FILE_CONNECTIONS
SMALL_BYTES = 128 * 1024
MEDIUM_BYTES = 1024 * 1024
MAX_MEDIUM = 8
MAX_LARGE = 1
# A host that trickles must not keep other hosts' large bodies waiting for longer.
LARGE_TIMEOUT_S = 30.0
# A body that brings less than this a second, once it has had the time, gives its share of memory to one that waits.
GIVES_WAY_BELOW = 64 * 1024
GIVES_WAY_AFTER_S = 5.0
# Slower than this no body is read, whether somebody waits or not: so many bytes in so many seconds.
SLOWEST_BYTES = 20 * 1024
SLOWEST_WITHIN_S = 20.0


@dataclass(slots=True)
class _Slots:
    free: asyncio.Semaphore
    users: int = 0


class ConnectionLimiter:
    """Limits open connections. With aiohttp's own limits the wait would count against the host's timeout."""

    def __init__(self, most: int = MAX_CONNECTIONS) -> None:
        self._hosts: dict[Host | str, _Slots] = {}
        self._slots = asyncio.Semaphore(most)

    @asynccontextmanager
    async def slot(self, host: Host) -> AsyncIterator[None]:
        """Wait until a connection to this host and port is allowed, and hold its slot. Raises RequestError."""
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(CONNECTION_TIMEOUT_S):
                    # In this order, whoever waits for a busy host holds nothing that others need.
                    await held.enter_async_context(self._of(host, MAX_PER_HOST))
                    if (site := site_of(host[0])) is not None:
                        await held.enter_async_context(self._of(site, MAX_PER_SITE))
                    await held.enter_async_context(self._slots)
            except TimeoutError:
                raise RequestError(HOST_BUSY) from None
            yield

    @asynccontextmanager
    async def _of(self, key: Host | str, most: int) -> AsyncIterator[None]:
        slots = self._hosts.setdefault(key, _Slots(asyncio.Semaphore(most)))
        slots.users += 1
        try:
            async with slots.free:
                yield
        finally:
            slots.users -= 1
            if not slots.users:
                del self._hosts[key]


class _Share:
    """Memory for so many bodies of one size. While somebody waits for it, bodies that hardly arrive give way."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._arriving: list[BodySlot] = []
        self._waiting = 0
        self._look_again: asyncio.TimerHandle | None = None

    async def acquire(self, slot: BodySlot) -> None:
        """Wait for a share; `slot` counts as arriving from then on."""
        self._waiting += 1
        self._watch()
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        self._arriving.append(slot)

    def arrived(self, slot: BodySlot) -> None:
        """It holds its share, but its host can't drag it out any more."""
        if slot in self._arriving:
            self._arriving.remove(slot)

    def release(self, slot: BodySlot) -> None:
        """Let the next body have the share."""
        self.arrived(slot)
        self._free.release()

    def _watch(self) -> None:
        if self._look_again is None:
            self._look_again = asyncio.get_running_loop().call_later(GIVES_WAY_AFTER_S, self._make_room)

    def _make_room(self) -> None:
        self._look_again = None
        if not self._waiting:
            return
        slowest = min(self._arriving, key=BodySlot.rate, default=None)
        if slowest is not None and slowest.rate() < GIVES_WAY_BELOW:
            self._arriving.remove(slowest)
            slowest.give_way()
        self._watch()


class BodyLimiter:
    """Limits the memory of bodies that are being fetched or wait for the parser."""

    def __init__(self) -> None:
        self._small = asyncio.Semaphore(MAX_SMALL)
        self._medium = _Share(MAX_MEDIUM)
        self._large = _Share(MAX_LARGE)

    @asynccontextmanager
    async def slot(self, deadline: asyncio.Timeout) -> AsyncIterator[BodySlot]:
        """A slot for one body; `deadline` is paused while the body waits for it, or for a larger one."""
        await _outside(deadline, self._small.acquire())
        slot = BodySlot(self._medium, self._large, deadline)
        try:
            yield slot
        finally:
            slot.release()
            self._small.release()


class BodySlot:
    """Memory for one body: up to `capacity` bytes, and more after `grow`."""

    def __init__(self, medium: _Share, large: _Share, deadline: asyncio.Timeout) -> None:
        self.capacity: float = SMALL_BYTES
        self._medium = medium
        self._large = large
        self._deadline = deadline
        self._held: list[_Share] = []
        self._bytes = 0
        self._since = -math.inf

    def count(self, size: int) -> None:
        """So many bytes more have arrived."""
        self._bytes += size

    def rate(self) -> float:
        """Bytes a second since it grew; infinite for the first moments, in which nobody can tell."""
        held_s = asyncio.get_running_loop().time() - self._since
        return self._bytes / held_s if held_s >= GIVES_WAY_AFTER_S else math.inf

    def give_way(self) -> None:
        """End the request as timed out."""
        self._deadline.reschedule(asyncio.get_running_loop().time())

    async def grow(self) -> None:
        """Wait until the body may have the next larger capacity."""
        if self.capacity == SMALL_BYTES:
            await self._acquire(self._medium, MEDIUM_BYTES, math.inf)
        else:
            # While it waits for the larger share, it is not its host that is slow.
            self._medium.arrived(self)
            await self._acquire(self._large, math.inf, LARGE_TIMEOUT_S)

    async def _acquire(self, share: _Share, capacity: float, within_s: float) -> None:
        await _outside(self._deadline, share.acquire(self), within_s)
        self._held.append(share)
        self.capacity = capacity
        self._since, self._bytes = asyncio.get_running_loop().time(), 0

    def complete(self) -> None:
        """The body is there: what it still waits for is the parser."""
        for share in self._held:
            share.arrived(self)

    def release(self) -> None:
        """Let the next body have the memory."""
        for share in self._held:
            share.release(self)
        self._held.clear()


async def _outside(deadline: asyncio.Timeout, wait: Awaitable[object], within_s: float = math.inf) -> None:
    """Wait without time running out; then there is as much left as before, but not more than `within_s`."""
    loop = asyncio.get_running_loop()
    ends = deadline.when()
    left = math.inf if ends is None else ends - loop.time()
    deadline.reschedule(None)
    await wait
    left = min(left, within_s)
    deadline.reschedule(None if left == math.inf else loop.time() + left)
