"""The loop around a queue of leased work: claim what is due, do it, keep the leases, take over, stop, release.

Several processes may serve one queue. Each holds what it works on by a lease that ends by itself unless it is
renewed, so that the work of a killed process comes free; another process on its machine notices the death and takes
over at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from bot.workers.clock import SYSTEM_CLOCK, Clock
from bot.workers.outage import OUTAGE
from bot.workers.retry_loop import Step, for_ever, wait_or_cancel
from bot.workers.worker_identity import LEASE, RENEWED_EVERY_S, RUNNING, is_dead, process_name

# Keeps the loop from spinning while the queue says that something is due but nothing can be claimed.
SHORTEST_SLEEP_S = 0.05

Item = TypeVar("Item")
Key = TypeVar("Key")

log = logging.getLogger(__name__)


class WorkQueue(Protocol[Item, Key]):
    """Where a worker takes its work from; times are in UTC."""

    def key_of(self, item: Item) -> Key:
        """The key of an item's lease."""

    async def claim(self, owner: str, *, now: datetime, until: datetime, limit: int) -> Sequence[Item]:
        """Take up to `limit` items that are due and not leased, in the order in which they should be started."""

    async def renew(self, owner: str, keys: Collection[Key], until: datetime) -> Collection[Key]:
        """Hold these for longer; those that `owner` still held."""

    async def release(self, owners: Collection[str], now: datetime) -> int:
        """Give back all that these processes hold; how many items."""

    async def owners(self) -> Collection[str]:
        """The processes that hold something."""

    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next item is due or comes free."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How much a worker does at once, and how often it asks its queue.

    `longest_sleep_s`: what another process adds to the queue is noticed after this at the latest. `gather_s`: items
    end one by one, and the worker waits this long for more to end before it claims again. `stop_within_s`: what is
    under way when the worker stops is cancelled after this.

    With `claim_every_s`, claims are at least that far apart unless `worthwhile` slots are free, and a busy worker
    claims at that pace without asking when the next item is due: for queues where a claim is expensive.
    """

    at_once: int
    longest_sleep_s: float
    gather_s: float
    stop_within_s: float
    claim_every_s: float | None = None
    worthwhile: int = 1


@dataclass(slots=True)
class _UnderWay(Generic[Item]):
    """An item that is being worked on; `held_until` is by the monotonic clock, None once the lease was lost."""

    item: Item
    task: asyncio.Task[None]
    held_until: float | None


class LeasedWorker(Generic[Item, Key]):
    """Calls `work` for each item of the queue as it comes due.

    `work` handles what goes wrong with an item. What it raises nevertheless, such as when the database is
    unavailable, pauses the worker for a while, or ends it if it is `fatal`; then it takes one item at a time until
    one ends well: what can't be stored would be fetched or sent in vain by the dozen. While `rest_s` returns more
    than 0, nothing is started for that many seconds. The steps `beside` are repeated for as long as the worker runs.
    """

    def __init__(
        self,
        name: str,
        queue: WorkQueue[Item, Key],
        work: Callable[[Item], Coroutine[Any, Any, None]],
        limits: WorkerLimits,
        *,
        rest_s: Callable[[], float] = lambda: 0.0,
        fatal: tuple[type[Exception], ...] = (),
        beside: Mapping[str, Step] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._name = name
        self._queue = queue
        self._work = work
        self._limits = limits
        self._rest_s = rest_s
        self._fatal = fatal
        self._steps = {name: self._step, f"keeping the leases of {name}": self._keep_leases, **(beside or {})}
        self._clock = clock
        self._me = process_name()
        self._under_way: dict[Key, _UnderWay[Item]] = {}
        self._woken = asyncio.Event()
        self._ends = asyncio.Event()
        self._claimed_at: float | None = None
        self._failure: BaseException | None = None
        self._careful = False

    @property
    def under_way(self) -> list[Item]:
        """What is being worked on."""
        return [one.item for one in self._under_way.values()]

    def wake(self) -> None:
        """Tell the worker that something was added to the queue, or made due."""
        self._woken.set()

    def holds(self, key: Key) -> bool:
        """Whether this item is certainly still leased to this worker: no other process can have begun on it."""
        one = self._under_way.get(key)
        return one is not None and one.held_until is not None and self._clock.monotonic() < one.held_until

    @property
    def stopping(self) -> bool:
        """Whether nothing new may be begun."""
        return self._ends.is_set()

    @property
    def _at_once(self) -> int:
        return 1 if self._careful else self._limits.at_once

    async def pause(self, seconds: float) -> None:
        """Wait that long, or until the worker stops: for the steps beside."""
        await self._clock.wait(seconds, self._ends)

    async def run(self) -> None:
        """Work until cancelled. Raises what is fatal."""
        RUNNING.add(self._me)
        loops = [
            asyncio.create_task(for_ever(what, step, fatal=self._fatal, until=self._ends), name=what)
            for what, step in self._steps.items()
        ]
        try:
            ended, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_EXCEPTION)
            for loop in ended:
                loop.result()
        finally:
            await self._stop(loops)

    async def _stop(self, loops: Sequence[asyncio.Task[None]]) -> None:
        self._ends.set()
        self._woken.set()
        await wait_or_cancel(
            [*loops, *(one.task for one in self._under_way.values())], self._limits.stop_within_s
        )
        try:
            await self._queue.release([self._me], self._clock.now())
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, and it is said
            log.warning("%s: the leases can't be released (%s); they end by themselves", self._name, error)
        RUNNING.discard(self._me)

    async def _step(self) -> None:
        self._woken.clear()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if (rest := self._rest_s()) > 0:
            await self.pause(rest)
            return
        await self.start_due()
        await self._sleep()

    async def start_due(self) -> int:
        """Claim what is due and start on it; return how many items that is."""
        free = self._at_once - len(self._under_way)
        if self._ends.is_set() or not self._worth_claiming(free):
            return 0
        now, began = self._clock.now(), self._clock.monotonic()
        self._claimed_at = began
        items = await self._queue.claim(self._me, now=now, until=now + LEASE, limit=free)
        if items:
            OUTAGE.over()
        if self._ends.is_set():
            # They are released at once, with everything else.
            return 0
        for item in items:
            self._start(item, began + LEASE.total_seconds())
        return len(items)

    def _worth_claiming(self, free: int) -> bool:
        every = self._limits.claim_every_s
        if every is None or self._claimed_at is None or free >= self._limits.worthwhile:
            return free > 0
        return free > 0 and self._clock.monotonic() - self._claimed_at >= every

    def _start(self, item: Item, held_until: float) -> None:
        key = self._queue.key_of(item)
        if (earlier := self._under_way.get(key)) is not None:
            # The lease ran out while this was under way, and another process may have had the item in between. The
            # earlier attempt no longer holds it, and the item is left to the next claim.
            earlier.held_until = None
            return
        task = asyncio.create_task(self._work(item), name=f"{self._name} {key}")
        self._under_way[key] = _UnderWay(item, task, held_until)
        task.add_done_callback(partial(self._done, key))

    def _done(self, key: Key, task: asyncio.Task[None]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            error = task.exception()
            self._failure, self._careful = error or self._failure, error is not None
        self._woken.set()

    async def _sleep(self) -> None:
        busy, limits = bool(self._under_way), self._limits
        seconds = limits.longest_sleep_s
        if busy and limits.claim_every_s is not None:
            seconds = limits.claim_every_s
        elif len(self._under_way) < self._at_once:
            now = self._clock.now()
            due = await self._queue.next_due_at(now)
            if due is not None:
                seconds = min(seconds, max(SHORTEST_SLEEP_S, (due - now).total_seconds()))
        await self._clock.wait(seconds, self._woken)
        if self._under_way:
            await self.pause(limits.gather_s)

    async def _keep_leases(self) -> None:
        await self._renew()
        await self._take_over()
        await self.pause(RENEWED_EVERY_S)

    async def _renew(self) -> None:
        held = [key for key, one in self._under_way.items() if one.held_until is not None]
        if not held:
            return
        until = self._clock.monotonic() + LEASE.total_seconds()
        for key in await self._queue.renew(self._me, held, self._clock.now() + LEASE):
            one = self._under_way.get(key)
            if one is not None and one.held_until is not None:
                one.held_until = until

    async def _take_over(self) -> None:
        dead = [owner for owner in await self._queue.owners() if is_dead(owner, self._me)]
        if dead:
            count = await self._queue.release(dead, self._clock.now())
            log.info("%s: took over %d leases of a process that ended", self._name, count)
            self._woken.set()
