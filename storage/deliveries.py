"""Deliveries: one announcement of one episode to one destination, and how far it has come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Database
from storage.models import Delivery, DeliveryState
from storage.rows import insert_new
from storage.schema import delivery, destination, episode

_DELIVERY = sa.select(
    delivery,
    destination.c.channel_id,
    destination.c.guild_id,
).join_from(delivery, destination)
_OPEN = sa.and_(
    delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]), destination.c.removed_at.is_(None)
)


def _delivery(row: sa.Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        destination_id=row.destination_id,
        channel_id=row.channel_id,
        guild_id=row.guild_id,
        episode_id=row.episode_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        message_id=row.message_id,
        error=row.error,
        planned_at=row.planned_at,
        sending_since=row.sending_since,
    )


async def plan_delivery(
    db: Database, destination_id: int, episode_id: int, now: datetime
) -> tuple[Delivery, bool]:
    """Plan the announcement of an episode to a destination; whether that is new."""
    async with db.write() as connection:
        made = await insert_new(
            connection,
            delivery,
            {
                "destination_id": destination_id,
                "episode_id": episode_id,
                "state": DeliveryState.PLANNED,
                "attempts": 0,
                "planned_at": now,
            },
        )
        row = (
            await connection.execute(
                _DELIVERY.where(
                    delivery.c.destination_id == destination_id, delivery.c.episode_id == episode_id
                )
            )
        ).one()
        return _delivery(row), made


async def due_deliveries(
    db: Database, now: datetime, limit: int, *, busy_channels: Collection[int] = ()
) -> list[Delivery]:
    """Deliveries to be tried now, oldest episode first; none to channels that are being delivered to."""
    query = (
        _DELIVERY.join(episode, episode.c.id == delivery.c.episode_id)
        .where(
            _OPEN,
            sa.or_(delivery.c.next_try_at.is_(None), delivery.c.next_try_at <= now),
            destination.c.channel_id.not_in(busy_channels),
        )
        .order_by(episode.c.sorted_at, delivery.c.id)
        .limit(limit)
    )
    async with db.read() as connection:
        return [_delivery(row) for row in await connection.execute(query)]


async def next_delivery_at(db: Database, *, busy_channels: Collection[int] = ()) -> datetime | None:
    """When the next postponed delivery is due; None where none waits for a time."""
    query = (
        sa.select(sa.func.min(delivery.c.next_try_at))
        .join_from(delivery, destination)
        .where(_OPEN, destination.c.channel_id.not_in(busy_channels))
    )
    async with db.read() as connection:
        found: datetime | None = await connection.scalar(query)
        return found


async def begin_delivery(db: Database, delivery_id: int, now: datetime) -> bool:
    """Note that the announcement may stand in the channel from now on, before it is sent.

    False where it is not wanted any more: the channel stopped following meanwhile.
    """
    followed = sa.select(destination.c.id).where(destination.c.removed_at.is_(None))
    async with db.write() as connection:
        begun = await connection.execute(
            delivery.update()
            .where(
                delivery.c.id == delivery_id,
                delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]),
                delivery.c.destination_id.in_(followed),
            )
            .values(
                state=DeliveryState.SENDING,
                attempts=delivery.c.attempts + 1,
                sending_since=sa.func.coalesce(
                    delivery.c.sending_since, sa.bindparam("now", now, delivery.c.planned_at.type)
                ),
            )
        )
        return bool(begun.rowcount)


async def finish_delivery(db: Database, delivery_id: int, message_id: int) -> None:
    """Note the message that announces the episode."""
    await _update(
        db,
        delivery_id,
        {"state": DeliveryState.SENT, "message_id": message_id, "error": None, "next_try_at": None},
    )


async def postpone_delivery(
    db: Database, delivery_id: int, *, state: DeliveryState, error: str, next_try_at: datetime
) -> None:
    """Try again later. SENDING: the message may stand. PLANNED: it certainly does not.

    What was given up meanwhile, because the channel stopped following, stays given up.
    """
    values: dict[str, Any] = {"state": state, "error": error, "next_try_at": next_try_at}
    if state is DeliveryState.PLANNED:
        values["sending_since"] = None
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(
                delivery.c.id == delivery_id,
                delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]),
            )
            .values(**values)
        )


async def fail_delivery(db: Database, delivery_id: int, error: str) -> None:
    """Give up: somebody has to act first; the error says who and how."""
    await _update(db, delivery_id, {"state": DeliveryState.FAILED, "error": error, "next_try_at": None})


async def retry_delivery(db: Database, delivery_id: int) -> None:
    """Try it now, because somebody asked: what waits, and what was given up. What may stand is looked for first."""
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(delivery.c.id == delivery_id, delivery.c.state != DeliveryState.SENT)
            .values(
                state=sa.case(
                    (delivery.c.sending_since.is_(None), DeliveryState.PLANNED), else_=DeliveryState.SENDING
                ),
                next_try_at=None,
            )
        )


async def resume_deliveries(db: Database) -> None:
    """At the start of the only sending process: what an earlier one left is due now."""
    async with db.write() as connection:
        await connection.execute(
            delivery.update().where(delivery.c.state == DeliveryState.SENDING).values(next_try_at=None)
        )


async def hasten_deliveries(db: Database, guild_id: int) -> int:
    """Something that deliveries of this server may wait for has changed: they are due now; how many are."""
    of_guild = sa.select(destination.c.id).where(
        destination.c.guild_id == guild_id, destination.c.removed_at.is_(None)
    )
    async with db.write() as connection:
        result = await connection.execute(
            delivery.update()
            .where(
                delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]),
                delivery.c.next_try_at.is_not(None),
                delivery.c.destination_id.in_(of_guild),
            )
            .values(next_try_at=None)
        )
        return result.rowcount


async def last_problem(db: Database, destination_id: int) -> str | None:
    """The error of the newest delivery to this destination, where it has one."""
    query = (
        sa.select(delivery.c.error)
        .where(delivery.c.destination_id == destination_id)
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    async with db.read() as connection:
        return await connection.scalar(query)


async def _update(db: Database, delivery_id: int, values: dict[str, Any]) -> None:
    async with db.write() as connection:
        await connection.execute(delivery.update().where(delivery.c.id == delivery_id).values(**values))
