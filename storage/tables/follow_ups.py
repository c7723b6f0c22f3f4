"""What follows a message that stands: a thread under it, publishing, edits. Each at most once at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import DeliveryKind, DeliveryState, FollowUp, FollowUpKind
from storage.tables.destinations import DESTINATION, as_destination
from storage.tables.schema import delivery, destination, follow_up

# Only so new announcements are edited, and so often.
EDITED_WITHIN = timedelta(days=14)
MOST_EDITS = 3
# Entries are mended several times within a minute, and files are read one by one: one edit is for all of that.
EDIT_AFTER = timedelta(seconds=10)

# An episode that is missing from its feed counts as withdrawn after so long.
WITHDRAWN_AFTER = timedelta(hours=1)

_STANDS = sa.and_(
    delivery.c.state == DeliveryState.SENT,
    sa.or_(
        follow_up.c.kind.not_in([FollowUpKind.EDIT, FollowUpKind.WITHDRAWN]), delivery.c.edits < MOST_EDITS
    ),
)
_ORDER = sa.case(
    *((follow_up.c.kind == kind, place) for place, kind in enumerate(FollowUpKind)), else_=len(FollowUpKind)
)


async def ask_for_edits(
    connection: AsyncConnection,
    episode_ids: Collection[int],
    now: datetime,
    *,
    withdrawn_at: datetime | None = None,
) -> None:
    """What is told of these episodes has changed: their newest announcements are to be edited.

    `withdrawn_at`: it changes only then, as the feed lists them no more.
    """
    due = withdrawn_at or now + EDIT_AFTER
    kind = FollowUpKind.EDIT if withdrawn_at is None else FollowUpKind.WITHDRAWN
    if not episode_ids:
        return
    standing = sa.select(
        delivery.c.id,
        sa.literal(kind.value),
        sa.bindparam("due", due, follow_up.c.due_at.type),
        sa.literal(1),
        sa.literal(0),
    ).where(
        delivery.c.episode_id.in_(episode_ids),
        # One that is being sent may show yet what was told before.
        delivery.c.state != DeliveryState.FAILED,
        delivery.c.kind == DeliveryKind.EPISODE,
        delivery.c.digest_of.is_(None),
        delivery.c.edits < MOST_EDITS,
        # Of what an older version sent it is not known how it was made: that stays as it is.
        sa.or_(delivery.c.state != DeliveryState.SENT, delivery.c.sent_at > now - EDITED_WITHIN),
    )
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    asked = insert(follow_up).from_select(["delivery_id", "kind", "due_at", "asked", "attempts"], standing)
    # What is asked for waits from the first change on, so that steady changes do not put it off for ever.
    await connection.execute(
        asked.on_conflict_do_update(
            index_elements=["delivery_id", "kind"],
            set_={
                "due_at": sa.func.coalesce(follow_up.c.due_at, asked.excluded.due_at),
                "asked": follow_up.c.asked + 1,
                "error": None,
            },
        )
    )


async def claim_follow_ups(
    db: Database,
    owner: str,
    kinds: Collection[FollowUpKind] = tuple(FollowUpKind),
    *,
    now: datetime,
    until: datetime,
    limit: int,
) -> list[FollowUp]:
    """Take what is due of these kinds and held by nobody: threads first; of each message one at a time."""
    columns = follow_up.c
    free = sa.or_(columns.lease_until.is_(None), columns.lease_until <= now)
    due = (
        sa.select(columns.delivery_id, columns.kind)
        .join_from(follow_up, delivery)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(
            columns.kind.in_(kinds), columns.due_at <= now, free, _STANDS, destination.c.removed_at.is_(None)
        )
        .order_by(_ORDER, columns.due_at, columns.delivery_id)
        .limit(limit)
    )
    async with db.write() as connection:
        wanted: dict[int, str] = {}
        for delivery_id, kind in await connection.execute(due):
            wanted.setdefault(delivery_id, kind)
        if not wanted:
            return []
        mine = sa.tuple_(columns.delivery_id, columns.kind).in_(list(wanted.items()))
        taken = await connection.execute(
            follow_up.update()
            .where(mine, free)
            .values(lease_owner=owner, lease_until=until, attempts=columns.attempts + 1)
            .returning(columns.delivery_id, columns.kind)
        )
        held = [(row.delivery_id, row.kind) for row in taken]
        query = (
            sa.select(
                columns.delivery_id,
                columns.kind.label("follow_up"),
                columns.attempts,
                columns.failing_since,
                columns.asked,
                delivery.c.message_id,
                delivery.c.thread_id,
                delivery.c.episode_id,
                delivery.c.form,
                delivery.c.shown,
                *DESTINATION,
            )
            .join_from(follow_up, delivery)
            .join(destination, destination.c.id == delivery.c.destination_id)
            .where(sa.tuple_(columns.delivery_id, columns.kind).in_(held))
            .order_by(_ORDER, columns.due_at, columns.delivery_id)
        )
        return [_follow_up(row) for row in await connection.execute(query)] if held else []


def _follow_up(row: sa.Row[*tuple[Any, ...]]) -> FollowUp:
    to = as_destination(row)
    return FollowUp(
        delivery_id=row.delivery_id,
        kind=FollowUpKind(row.follow_up),
        to=to,
        channel_id=row.thread_id or to.channel_id,
        message_id=row.message_id,
        episode_id=row.episode_id,
        attempts=row.attempts,
        failing_since=row.failing_since,
        form=row.form,
        shown=row.shown,
        asked=row.asked,
    )


async def finish_follow_up(db: Database, done: FollowUp, *, shown: str | None = None) -> None:
    """It was done, or need not be. `shown`: the message was edited, and shows this now.

    What was asked for anew meanwhile is due again.
    """
    columns = follow_up.c
    async with db.write() as connection:
        gone = await connection.execute(follow_up.delete().where(_same(done), columns.asked == done.asked))
        if not gone.rowcount:
            await connection.execute(
                follow_up.update()
                .where(_same(done))
                .values(lease_owner=None, lease_until=None, attempts=0, failing_since=None)
            )
        if shown is not None:
            await connection.execute(
                delivery.update()
                .where(delivery.c.id == done.delivery_id)
                .values(shown=shown, edits=delivery.c.edits + 1)
            )


async def postpone_follow_up(
    db: Database, one: FollowUp, error: str, *, now: datetime, due_at: datetime | None
) -> None:
    """Try again then; None gives it up."""
    failing = sa.func.coalesce(follow_up.c.failing_since, sa.bindparam("now", now, follow_up.c.due_at.type))
    async with db.write() as connection:
        await connection.execute(
            follow_up.update()
            .where(_same(one))
            .values(error=error, due_at=due_at, failing_since=failing, lease_owner=None, lease_until=None)
        )


async def renew_follow_up_leases(
    db: Database, owner: str, held: Collection[tuple[int, FollowUpKind]], until: datetime
) -> None:
    """These, by delivery and kind, which this process is still doing, stay its own."""
    mine = sa.tuple_(follow_up.c.delivery_id, follow_up.c.kind).in_(list(held))
    async with db.write() as connection:
        await connection.execute(
            follow_up.update().where(mine, follow_up.c.lease_owner == owner).values(lease_until=until)
        )


async def release_follow_ups(db: Database, owners: Collection[str]) -> int:
    """These processes do nothing any more; how much they held."""
    async with db.write() as connection:
        released = await connection.execute(
            follow_up.update()
            .where(follow_up.c.lease_owner.in_(owners))
            .values(lease_owner=None, lease_until=None)
        )
        return released.rowcount


async def follow_up_owners(db: Database) -> list[str]:
    """The processes that are doing something."""
    query = sa.select(follow_up.c.lease_owner).where(follow_up.c.lease_owner.is_not(None)).distinct()
    async with db.read() as connection:
        return [owner for owner in (await connection.execute(query)).scalars() if owner]


async def next_follow_up_at(
    db: Database, kinds: Collection[FollowUpKind] = tuple(FollowUpKind)
) -> datetime | None:
    """When the next one of these kinds is due, or comes free; None where none is asked for."""
    columns = follow_up.c
    at = sa.case((columns.lease_until > columns.due_at, columns.lease_until), else_=columns.due_at)
    async with db.read() as connection:
        found: datetime | None = await connection.scalar(
            sa.select(sa.func.min(at))
            .join_from(follow_up, delivery)
            .join(destination, destination.c.id == delivery.c.destination_id)
            .where(
                columns.kind.in_(kinds),
                columns.due_at.is_not(None),
                _STANDS,
                destination.c.removed_at.is_(None),
            )
        )
        return found


def _same(one: FollowUp) -> sa.ColumnElement[bool]:
    return sa.and_(follow_up.c.delivery_id == one.delivery_id, follow_up.c.kind == one.kind)
