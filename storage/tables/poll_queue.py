"""The queue of polls: podcasts by when they are due, a few of each house and of those that fail at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
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

    `under_way` is what its caller is polling. At most `per_house` of one house are polled at a time, which is a site
    with all its hosts: `house_of` names it by a feed's host and port. At most `failing` are feeds whose last poll
    failed, as a host that does not answer holds a place for a minute. A poll that is to come later than after
    `longest_wait` is due now.
    """

    def __init__(
        self,
        db: Database,
        *,
        per_house: int,
        failing: int,
        house_of: Callable[[str], str],
        under_way: Callable[[], Collection[Podcast]],
        longest_wait: timedelta,
    ) -> None:
        super().__init__(db, podcast)
        self._longest_wait = longest_wait
        self._per_house = per_house
        self._failing = failing
        self._house_of = house_of
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
        query = sa.select(sa.func.min(free_at)).where(_POLLED, self._has_place())
        async with self._db.read() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def _due(self, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[int]:
        query = (
            sa.select(podcast.c.id, podcast.c.feed_url, podcast.c.failures)
            .where(
                _POLLED,
                self._still_due(now),
                not_leased(podcast, now),
                self._has_place(),
            )
            .order_by(podcast.c.next_poll_at.asc().nulls_first(), podcast.c.id)
            .limit(limit)
        )
        due = []
        houses, failing = self._at_work()
        for podcast_id, feed_url, failures in await connection.execute(query):
            house = self._house_of(feed_host(feed_url))
            # A file has no host, and is read by nobody else.
            if (house and houses[house] >= self._per_house) or (failures and failing >= self._failing):
                continue
            houses[house] += 1
            failing += bool(failures)
            due.append(podcast_id)
        return due

    def _at_work(self) -> tuple[Counter[str], int]:
        """How many are polled of each house, and how many that failed."""
        polled = self._under_way()
        houses = Counter(self._house_of(feed_host(one.feed_url)) for one in polled)
        return houses, sum(bool(one.failures) for one in polled)

    def _has_place(self) -> Condition:
        """Neither the podcast's house nor, if it fails, those that fail have all their places taken."""
        houses, failing = self._at_work()
        host = podcast.c.feed_host
        crowded = [
            sa.or_(
                host == house,
                host.startswith(f"{house}:", autoescape=True),
                host.endswith(f".{house}", autoescape=True),
                host.contains(f".{house}:", autoescape=True),
            )
            for house, polls in houses.items()
            if house and polls >= self._per_house
        ]
        well = [] if failing < self._failing else [podcast.c.failures == 0]
        return sa.and_(sa.true(), *(sa.not_(one) for one in crowded), *well)

    def _still_due(self, now: datetime) -> Condition:
        at = podcast.c.next_poll_at
        return sa.or_(at.is_(None), has_come(at, now, self._longest_wait))

    async def _load(self, connection: AsyncConnection, keys: Collection[int], now: datetime) -> list[Podcast]:
        del now
        rows = await connection.execute(PODCAST.where(podcast.c.id.in_(keys)))
        return [as_podcast(row) for row in rows]
