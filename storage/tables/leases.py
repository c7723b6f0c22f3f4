"""Leases: a row of a table is worked on by one process at a time, until its lease ends or is given back.

A table takes part by having the columns `lease_owner` and `lease_until`. Each queue of work is one subclass of
`LeaseQueue`, which says what is due, in which order, and what a claimed row becomes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.tables.due_times import LONGEST_LEASE, Condition, has_come

# What an update sets to give a lease back.
NO_LEASE: Mapping[str, Any] = {"lease_owner": None, "lease_until": None}

Item = TypeVar("Item")
Key = TypeVar("Key")


def not_leased(table: sa.Table, now: datetime) -> Condition:
    """No process holds the row, or its lease has ended."""
    return sa.or_(table.c.lease_until.is_(None), has_come(table.c.lease_until, now, LONGEST_LEASE))


class LeaseQueue(ABC, Generic[Item, Key]):
    """The rows of a table that are due, as work for one process at a time.

    A key is the row's primary key: a plain value, or a tuple where that has several columns. `scope` limits the queue
    to some of the table's rows.
    """

    def __init__(self, db: Database, table: sa.Table, scope: Condition | None = None) -> None:
        self._db = db
        self._table = table
        self._scope = sa.true() if scope is None else scope
        self._key_columns = tuple(table.primary_key.columns)

    @abstractmethod
    def key_of(self, item: Item) -> Key:
        """The key of a claimed row."""

    @abstractmethod
    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next row is due or its lease ends; None where nothing waits for a time."""

    @abstractmethod
    async def _due(self, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Key]:
        """Up to `limit` rows that are due and not leased, in the order in which they should be worked on."""

    @abstractmethod
    def _still_due(self, now: datetime) -> Condition:
        """What must hold of a row, in its own columns, when it is taken: another process may have been quicker."""

    @abstractmethod
    async def _load(self, connection: AsyncConnection, keys: Collection[Key], now: datetime) -> list[Item]:
        """The rows that were just claimed at `now`, in any order."""

    def _claimed_values(self, now: datetime) -> Mapping[str, Any]:
        """What else a claim writes."""
        del now
        return {}

    def _released_values(self, now: datetime) -> Mapping[str, Any]:
        """What else giving a lease back writes."""
        del now
        return {}

    async def claim(self, owner: str, *, now: datetime, until: datetime, limit: int) -> list[Item]:
        """Take what is due and not leased, in order; `owner` holds it `until` then unless it renews the lease."""
        async with self._db.write() as connection:
            wanted = await self._due(connection, now, limit)
            taken = await self._take(connection, wanted, owner, now, until) if wanted else ()
            items = await self._load(connection, taken, now) if taken else []
        place = {key: at for at, key in enumerate(wanted)}
        return sorted(items, key=lambda item: place[self.key_of(item)])

    async def _take(
        self, connection: AsyncConnection, keys: Collection[Key], owner: str, now: datetime, until: datetime
    ) -> Collection[Key]:
        # Several processes claim at once on PostgreSQL: a row that another is just taking is skipped, not waited for.
        # SQLite has one writer at a time, and SQLAlchemy leaves the lock out for it.
        mine = (
            sa.select(*self._key_columns)
            .where(self._among(keys), self._still_due(now), not_leased(self._table, now))
            .with_for_update(skip_locked=True)
            .correlate(None)
        )
        rows = await connection.execute(
            self._table.update()
            .where(self._key_expression().in_(mine))
            .values(lease_owner=owner, lease_until=until, **self._claimed_values(now))
            .returning(*self._key_columns)
        )
        return self._keys(rows)

    async def renew(self, owner: str, keys: Collection[Key], until: datetime) -> frozenset[Key]:
        """Hold these for longer; those that `owner` still held."""
        async with self._db.write() as connection:
            rows = await connection.execute(
                self._table.update()
                .where(self._among(keys), self._table.c.lease_owner == owner)
                .values(lease_until=until)
                .returning(*self._key_columns)
            )
            return frozenset(self._keys(rows))

    async def release(self, owners: Collection[str], now: datetime) -> int:
        """Give back all that these processes hold, as they stop or are dead; how many rows."""
        async with self._db.write() as connection:
            result = await connection.execute(
                self._table.update()
                .where(self._table.c.lease_owner.in_(owners), self._scope)
                .values(**NO_LEASE, **self._released_values(now))
            )
            return result.rowcount

    async def owners(self) -> list[str]:
        """The processes that hold something, those whose lease has ended included."""
        owner = self._table.c.lease_owner
        query = sa.select(owner).where(owner.is_not(None), self._scope).distinct()
        async with self._db.read() as connection:
            return list((await connection.execute(query)).scalars())

    def _key_expression(self) -> sa.ColumnElement[Any]:
        return self._key_columns[0] if len(self._key_columns) == 1 else sa.tuple_(*self._key_columns)

    def _among(self, keys: Collection[Key]) -> Condition:
        if len(self._key_columns) == 1:
            return self._key_columns[0].in_(keys)
        # A list of pairs would make SQLite read the whole table, as it uses no index for it.
        return sa.or_(sa.false(), *(self._is(key) for key in keys))

    def _is(self, key: Any) -> Condition:
        return sa.and_(*(column == value for column, value in zip(self._key_columns, key, strict=True)))

    def _keys(self, rows: sa.Result[Any]) -> list[Key]:
        if len(self._key_columns) == 1:
            return list(rows.scalars())
        return [tuple(row) for row in rows]  # type: ignore[misc] # `Key` is that tuple
