"""Which process looks at which podcast: due ones are claimed for a while, and what a dead one held comes free."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.podcasts import FOLLOWED, feed_host, list_podcasts
from storage.tables.schema import podcast


async def claim_due(
    db: Database,
    owner: str,
    *,
    now: datetime,
    until: datetime,
    limit: int,
    per_host: int,
    busy_hosts: Collection[str] = (),
) -> list[Podcast]:
    """Take up to `limit` followed podcasts whose look is due and that nobody holds, longest due first.

    Not of `busy_hosts`, and at most `per_host` of any host; the lease lasts `until` unless it is renewed.
    """
    due = (
        sa.select(podcast.c.id, podcast.c.feed_url)
        .where(
            FOLLOWED,
            podcast.c.paused.is_(None),
            sa.or_(podcast.c.next_poll_at.is_(None), podcast.c.next_poll_at <= now),
            sa.or_(podcast.c.lease_until.is_(None), podcast.c.lease_until <= now),
            podcast.c.feed_host.not_in(busy_hosts),
        )
        .order_by(podcast.c.next_poll_at.asc().nulls_first(), podcast.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=podcast)
    )
    async with db.write() as connection:
        taken: dict[int, None] = {}
        hosts: dict[str, int] = {}
        for podcast_id, feed_url in await connection.execute(due):
            host = feed_host(feed_url)
            if not host or hosts.get(host, 0) < per_host:
                hosts[host] = hosts.get(host, 0) + 1
                taken[podcast_id] = None
        if taken:
            await connection.execute(
                podcast.update().where(podcast.c.id.in_(taken)).values(lease_owner=owner, lease_until=until)
            )
    return await list_podcasts(db, taken) if taken else []


async def renew_leases(db: Database, owner: str, podcast_ids: Collection[int], until: datetime) -> None:
    """These, which this process is still looking at, stay its own."""
    async with db.write() as connection:
        await connection.execute(
            podcast.update()
            .where(podcast.c.lease_owner == owner, podcast.c.id.in_(podcast_ids))
            .values(lease_until=until)
        )


async def release_leases(db: Database, owners: Collection[str]) -> None:
    """These processes hold nothing any more: they stop, or are dead."""
    async with db.write() as connection:
        await connection.execute(
            podcast.update()
            .where(podcast.c.lease_owner.in_(owners))
            .values(lease_owner=None, lease_until=None)
        )


async def lease_owners(db: Database) -> list[str]:
    """The processes that hold a podcast."""
    query = sa.select(podcast.c.lease_owner).where(podcast.c.lease_owner.is_not(None)).distinct()
    async with db.read() as connection:
        return [owner for owner in (await connection.execute(query)).scalars() if owner]


async def next_due_at(db: Database, *, busy_hosts: Collection[str] = ()) -> datetime | None:
    """When the next followed podcast is due, or comes free; None where nothing is."""
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
    query = sa.select(sa.func.min(free_at)).where(
        FOLLOWED, podcast.c.paused.is_(None), podcast.c.feed_host.not_in(busy_hosts)
    )
    async with db.read() as connection:
        found: datetime | None = await connection.scalar(query)
        return found
