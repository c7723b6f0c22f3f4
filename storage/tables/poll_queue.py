"""The queue of polls: the followed podcasts by when they are due, a few of each host at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.due_times import Condition, has_come
from storage.tables.leases import LeaseQueue, not_leased
from storage.tables.podcasts import FOLLOWED, PODCAST, as_podcast, feed_host
from storage.tables.schema import podcast

_POLLED = sa.and_(FOLLOWED, podcast.c.paused.is_(None))


class PollQueue(LeaseQueue[Podcast, int]):
    """Podcasts that are followed and not paused, longest due first.

    At most `per_host` of one host at a time; `under_way` counts what its caller is polling of each host. A poll
    that is to come later than after `longest_wait` is due now.
    """

    def __init__(
        self,
        db: Database,
        *,
        per_host: int,
        under_way: Callable[[], Mapping[str, int]],
        longest_wait: timedelta,
    ) -> None:
        super().__init__(db, podcast)
        self._longest_wait = longest_wait
        self._per_host = per_host
        self._under_way = under_way

    def key_of(self, item: Podcast) -> int:
        """The podcast's id."""
        return item.id

    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next podcast is due or its lease ends; it may have been due for a while."""
        del now
        free_at = sa.case(
            (
                sa.and_(
                    podcast.c.lease_until.is_not(None),
                    sa.or_(podcast.c.next_poll_at.is_(None), podcast.c.lease_until > podcast.c.next_poll_at),
                ),
                podcast.c.lease_until,
            ),
            else_=podcast.c.next_poll_at,
        )
        query = sa.select(sa.func.min(free_at)).where(_POLLED, podcast.c.feed_host.not_in(self._busy_hosts()))
        async with self._db.read() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def _due(self, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[int]:
        query = (
            sa.select(podcast.c.id, podcast.c.feed_url)
            .where(
                _POLLED,
                self._still_due(now),
                not_leased(podcast, now),
                podcast.c.feed_host.not_in(self._busy_hosts()),
            )
            .order_by(podcast.c.next_poll_at.asc().nulls_first(), podcast.c.id)
            .limit(limit)
        )
        due = []
        hosts = Counter(self._under_way())
        for podcast_id, feed_url in await connection.execute(query):
            host = feed_host(feed_url)
            # A file has no host, and is read by nobody else.
            if not host or hosts[host] < self._per_host:
                hosts[host] += 1
                due.append(podcast_id)
        return due

    def _busy_hosts(self) -> list[str]:
        return [host for host, polls in self._under_way().items() if host and polls >= self._per_host]

    def _still_due(self, now: datetime) -> Condition:
        at = podcast.c.next_poll_at
        return sa.or_(at.is_(None), has_come(at, now, self._longest_wait))

    async def _load(self, connection: AsyncConnection, keys: Collection[int], now: datetime) -> list[Podcast]:
        del now
        rows = await connection.execute(PODCAST.where(podcast.c.id.in_(keys)))
        return [as_podcast(row) for row in rows]
