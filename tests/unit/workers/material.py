"""A leased worker on a queue in memory; the test blocks its work and moves its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from bot.workers.leased_worker import LeasedWorker, WorkerLimits
from bot.workers.worker_identity import LEASE
from storage.engine.unavailable import BUSY
from storage.models import DatabaseUnavailableError
from tests.fakes.clock import FakeClock

LIMITS = WorkerLimits(at_once=3, longest_sleep_s=60.0, gather_s=0.0, stop_within_s=0.05)
LEASE_S = LEASE.total_seconds()


def unavailable(words: str | None = "database is locked\nand more") -> DatabaseUnavailableError:
    """As the database raises it, for a driver that said these words."""
    error = DatabaseUnavailableError(BUSY())
    if words is not None:
        error.__cause__ = OperationalError("SELECT 1", {}, Exception(words))
    return error


@dataclass(slots=True)
class Row:
    """A row of the table: when it is due (None: it is done), and its lease."""

    due_at: datetime | None
    owner: str | None = None
    until: datetime | None = None


@dataclass(slots=True)
class FakeQueue:
    """A lease table in memory; an item is the name of its row."""

    clock: FakeClock
    rows: dict[str, Row] = field(default_factory=dict)
    claims: list[int] = field(default_factory=list)
    renewed: list[Collection[str]] = field(default_factory=list)
    failures: int = 0

    def add(self, *names: str, in_s: float = 0.0) -> None:
        """Add rows that are due in so many seconds."""
        for name in names:
            self.rows[name] = Row(self.clock.now() + timedelta(seconds=in_s))

    def held(self, name: str, owner: str, seconds: float) -> None:
        """Add a row that is due and leased to the given process."""
        self.rows[name] = Row(self.clock.now(), owner, self.clock.now() + timedelta(seconds=seconds))

    def key_of(self, item: str) -> str:
        return item

    async def claim(self, owner: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")
        taken = [
            name
            for name, row in self.rows.items()
            if row.due_at is not None and row.due_at <= now and (row.until is None or row.until <= now)
        ][:limit]
        for name in taken:
            self.rows[name].owner, self.rows[name].until = owner, until
        self.claims.append(limit)
        return taken

    async def renew(self, owner: str, keys: Collection[str], until: datetime) -> frozenset[str]:
        self.renewed.append(sorted(keys))
        still = frozenset(key for key in keys if self.rows[key].owner == owner)
        for key in still:
            self.rows[key].until = until
        return still

    async def release(self, owners: Collection[str], now: datetime) -> int:
        del now
        released = [row for row in self.rows.values() if row.owner in owners]
        for row in released:
            row.owner = row.until = None
        return len(released)

    async def owners(self) -> list[str]:
        return sorted({row.owner for row in self.rows.values() if row.owner})

    async def next_due_at(self, now: datetime) -> datetime | None:
        del now
        times = [max(row.due_at, row.until or row.due_at) for row in self.rows.values() if row.due_at]
        return min(times, default=None)


@dataclass(slots=True)
class WorkerHarness:
    """A leased worker's queue, what it began and finished, and which of its work is blocked."""

    clock: FakeClock
    queue: FakeQueue
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    broken: dict[str, Exception] = field(default_factory=dict)
    rest_s: float = 0.0

    def block(self, *names: str) -> None:
        """Block the work on these rows until they are unblocked."""
        for name in names:
            self.gates[name] = asyncio.Event()

    async def unblock(self, *names: str) -> None:
        """Let the work on these rows finish."""
        for name in names:
            self.gates[name].set()
        await self.clock.settle()

    async def work(self, name: str) -> None:
        """Do a row's work: wait while it is blocked, fail if it is broken, and mark it done."""
        self.begun.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        if name in self.broken:
            raise self.broken[name]
        self.queue.rows[name] = Row(None)
        self.done.append(name)

    def worker(self, limits: WorkerLimits = LIMITS, **options: Any) -> LeasedWorker[str, str]:
        """A worker on this queue."""
        return LeasedWorker(
            "testing",
            self.queue,
            self.work,
            limits,
            rest_s=lambda: self.rest_s,
            fatal=(PermissionError,),
            clock=self.clock,
            **options,
        )


@asynccontextmanager
async def running(worker: LeasedWorker[str, str], clock: FakeClock) -> AsyncIterator[None]:
    """Run the worker until the block ends, then stop it."""
    running = asyncio.create_task(worker.run())
    await clock.settle()
    yield
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
