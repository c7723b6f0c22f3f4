"""Deliveries: one announcement of one episode to one destination, and how far it has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import Delivery, DeliveryKind, DeliveryState, Status
from storage.tables.backups import perhaps_sent_since
from storage.tables.bulk_writes import Row, insert_new
from storage.tables.destinations import DESTINATION, as_destination
from storage.tables.due_times import (
    LONGEST_ANNOUNCING_WAIT,
    LONGEST_WAIT_FOR_FILES,
    Condition,
    has_come,
    is_ahead,
)
from storage.tables.leases import not_leased
from storage.tables.schema import delivery, destination, episode

DELIVERY = sa.select(*delivery.c, *DESTINATION).join_from(delivery, destination)
UNSENT = delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING])
OPEN = sa.and_(UNSENT, destination.c.removed_at.is_(None))
# An episode that a digest announces is sent with the delivery that leads the digest.
SENT_BY_ITSELF = sa.or_(delivery.c.digest_of.is_(None), delivery.c.digest_of == delivery.c.id)


def as_delivery(row: sa.Row[*tuple[Any, ...]]) -> Delivery:
    """The delivery in a row of `DELIVERY`."""
    return Delivery(
        id=row.id,
        to=as_destination(row),
        episode_id=row.episode_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        message_id=row.message_id,
        error=row.error,
        planned_at=row.planned_at,
        sending_since=row.sending_since,
        kind=DeliveryKind(row.kind),
        resend=row.resend,
        failing_since=row.failing_since,
        digest_of=row.digest_of,
        thread_id=row.thread_id,
        perhaps_sent_since=row.perhaps_sent_since,
    )


async def plan_delivery(
    db: Database, destination_id: int, episode_id: int, now: datetime
) -> tuple[Delivery, bool]:
    """The delivery of an episode to a destination, planned where there is none yet; whether it is new."""
    async with db.write() as connection:
        is_new = await insert_new(
            connection,
            delivery,
            planned_row(destination_id, episode_id, now, await perhaps_sent_since(connection, now)),
        )
        row = (
            await connection.execute(
                DELIVERY.where(
                    delivery.c.destination_id == destination_id, delivery.c.episode_id == episode_id
                )
            )
        ).one()
        return as_delivery(row), is_new


def planned_row(
    destination_id: int,
    episode_id: int,
    now: datetime,
    perhaps_since: datetime | None,
    files_until: datetime | None = None,
) -> Row:
    """A new delivery as a row. `perhaps_since`: `backups.perhaps_sent_since`."""
    return {
        "destination_id": destination_id,
        "episode_id": episode_id,
        "state": DeliveryState.PLANNED,
        "attempts": 0,
        "planned_at": now,
        "perhaps_sent_since": perhaps_since,
        "files_until": files_until,
    }


async def due_deliveries(db: Database, now: datetime, limit: int) -> list[Delivery]:
    """Up to `limit` deliveries that could be sent now, oldest episode first."""
    query = (
        DELIVERY.join(episode, episode.c.id == delivery.c.episode_id)
        .where(OPEN, SENT_BY_ITSELF, is_due(now), not_leased(delivery, now), can_be_posted_to(now))
        .order_by(episode.c.sorted_at, delivery.c.id)
        .limit(limit)
    )
    async with db.read() as connection:
        return [as_delivery(row) for row in await connection.execute(query)]


def is_due(now: datetime) -> Condition:
    """The delivery waits for no later time."""
    at, files_until = delivery.c.next_try_at, delivery.c.files_until
    return sa.and_(
        sa.or_(at.is_(None), has_come(at, now, LONGEST_ANNOUNCING_WAIT)),
        sa.or_(files_until.is_(None), has_come(files_until, now, LONGEST_WAIT_FOR_FILES)),
    )


def waits_for_files(now: datetime) -> Condition:
    """The delivery waits for its episode's files to be read."""
    return is_ahead(delivery.c.files_until, now, LONGEST_WAIT_FOR_FILES)


def can_be_posted_to(now: datetime) -> Condition:
    """The destination is not paused, or may be tried again."""
    columns = destination.c
    return sa.or_(
        columns.paused.is_(None),
        columns.resume_at.is_(None),
        has_come(columns.resume_at, now, LONGEST_ANNOUNCING_WAIT),
    )


async def gather_digest(
    db: Database, first: Delivery, *, planned_before: datetime, more_than: int
) -> list[Delivery]:
    """The deliveries that one digest announces, oldest episode first, led by `first`, which its caller has claimed.

    A digest needs more than `more_than` deliveries to the destination that were planned before `planned_before`;
    otherwise the list is empty. A delivery that already leads a digest gets the same digest again.
    """
    ours = sa.and_(delivery.c.destination_id == first.destination_id, UNSENT)
    query = (
        DELIVERY.join(episode, episode.c.id == delivery.c.episode_id)
        .where(ours)
        .order_by(episode.c.sorted_at, delivery.c.id)
    )
    async with db.write() as connection:
        if first.digest_of is not None:
            rows = await connection.execute(query.where(delivery.c.digest_of == first.id))
            return [as_delivery(row) for row in rows]
        # Deliveries whose message may exist already, or that are part of another digest, are left out.
        plans = query.where(
            delivery.c.digest_of.is_(None),
            delivery.c.planned_at < planned_before,
            delivery.c.perhaps_sent_since.is_(None),
            sa.or_(delivery.c.id == first.id, delivery.c.state == DeliveryState.PLANNED),
        )
        found = [as_delivery(row) for row in await connection.execute(plans)]
        if len(found) <= more_than or all(one.id != first.id for one in found):
            return []
        await connection.execute(
            delivery.update()
            .where(delivery.c.id.in_([one.id for one in found]), UNSENT)
            .values(digest_of=first.id)
        )
        await connection.execute(
            delivery.update().where(delivery.c.id == first.id).values(kind=DeliveryKind.DIGEST)
        )
        return found


async def last_problem(db: Database, destination_id: int) -> Status | None:
    """Why a destination is paused, else the error of its newest delivery; None if there is neither."""
    query = (
        sa.select(sa.func.coalesce(destination.c.paused, delivery.c.error))
        .join_from(destination, delivery, isouter=True)
        .where(destination.c.id == destination_id)
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    async with db.read() as connection:
        found: Status | None = await connection.scalar(query)
        return found
