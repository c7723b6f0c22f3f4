"""What becomes of deliveries: how attempts ended, and retries that a person or a change in a server asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import DeliveryKind, DeliveryState, FollowUpKind, Sent, Status
from storage.tables.bulk_writes import insert_new
from storage.tables.deliveries import UNSENT
from storage.tables.destinations import NOT_PAUSED
from storage.tables.leases import NO_LEASE
from storage.tables.schema import delivery, destination, follow_up


async def begin_anew(db: Database, delivery_id: int, now: datetime) -> None:
    """Store that no message exists as of `now`, so that a later search of the channel goes back no further."""
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(delivery.c.id == delivery_id)
            .values(sending_since=now, perhaps_sent_since=None)
        )


async def finish_delivery(db: Database, delivery_id: int, message_id: int, now: datetime) -> None:
    """Store the message of one delivery, as `finish_deliveries` does."""
    await finish_deliveries(db, [Sent(delivery_id, message_id, now)])


async def finish_deliveries(db: Database, messages: Sequence[Sent]) -> None:
    """Store sent messages, plan their follow-ups, and resume their destinations, as these can be posted to."""
    sent_id: sa.BindParameter[int] = sa.bindparam("sent_id")
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(sa.or_(delivery.c.id == sent_id, delivery.c.digest_of == sent_id))
            .values(
                state=DeliveryState.SENT,
                message_id=sa.bindparam("message"),
                thread_id=sa.bindparam("thread"),
                sent_at=sa.bindparam("at"),
                form=sa.bindparam("new_form"),
                shown=sa.bindparam("new_shown"),
                role_id=sa.bindparam("mentioned"),
                error=None,
                next_try_at=None,
                failing_since=None,
                first_until=None,
                **NO_LEASE,
            ),
            [
                {
                    "sent_id": one.delivery_id,
                    "message": one.message_id,
                    "thread": one.thread_id,
                    "at": one.at,
                    "new_form": one.form,
                    "new_shown": one.shown,
                    "mentioned": one.role_id,
                }
                for one in messages
            ],
        )
        ids = [one.delivery_id for one in messages]
        await connection.execute(
            destination.update()
            .where(
                destination.c.id.in_(sa.select(delivery.c.destination_id).where(delivery.c.id.in_(ids))),
                sa.or_(destination.c.paused.is_not(None), destination.c.gone_since.is_not(None)),
            )
            .values(**NOT_PAUSED)
        )
        for one in messages:
            for kind in one.follow_ups:
                await _plan_follow_up(connection, one, kind)


async def _plan_follow_up(connection: AsyncConnection, sent: Sent, kind: FollowUpKind) -> None:
    await insert_new(
        connection,
        follow_up,
        {"delivery_id": sent.delivery_id, "kind": kind, "due_at": sent.at, "asked": 1, "attempts": 0},
    )


async def postpone_delivery(
    db: Database,
    delivery_id: int,
    *,
    state: DeliveryState,
    error: Status,
    next_try_at: datetime | None,
    now: datetime,
    failing_since: datetime | None = None,
    first_until: timedelta | None = None,
) -> None:
    """Try again at `next_try_at`; None: once the destination is resumed.

    The state is SENDING if the message may exist, and PLANNED if it certainly does not. For `first_until` after its
    first failure, newer episodes of the channel wait for this one. It has failed since `failing_since`; None: as is
    stored, else since `now`. A delivery that was given up meanwhile,
    because the channel stopped following, stays given up.
    """
    failing = sa.func.coalesce(delivery.c.failing_since, sa.bindparam("now", now, delivery.c.planned_at.type))
    values: dict[str, Any] = {
        "state": state,
        "error": error,
        "next_try_at": next_try_at,
        "failing_since": failing_since or failing,
        **NO_LEASE,
        "first_until": None
        if first_until is None
        else sa.func.coalesce(
            delivery.c.first_until, sa.bindparam("until", now + first_until, delivery.c.planned_at.type)
        ),
    }
    if state is DeliveryState.PLANNED:
        values["sending_since"] = None
    async with db.write() as connection:
        await connection.execute(
            delivery.update().where(delivery.c.id == delivery_id, UNSENT).values(**values)
        )


async def fail_delivery(db: Database, delivery_id: int, error: Status) -> None:
    """Give up until somebody acts; `error` says who and how."""
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(
                sa.or_(delivery.c.id == delivery_id, delivery.c.digest_of == delivery_id),
                delivery.c.state != DeliveryState.SENT,
            )
            .values(
                state=DeliveryState.FAILED,
                error=error,
                next_try_at=None,
                first_until=None,
                **NO_LEASE,
            )
        )


async def retry_delivery(db: Database, delivery_id: int, settled_at: datetime | None = None) -> None:
    """Send it now because somebody asked, whether it waits or was given up; a sent one is left alone.

    A message that may exist is searched for first, not before `settled_at`. A delivery that was given up gets a new
    nonce. In this channel nothing of the podcast waits for files any more, as it would hold this one up.
    """
    given_up = delivery.c.state == DeliveryState.FAILED
    settled = sa.bindparam("settled", settled_at, delivery.c.next_try_at.type)
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(delivery.c.id == delivery_id, delivery.c.state != DeliveryState.SENT)
            .values(
                state=sa.case(
                    (delivery.c.sending_since.is_(None), DeliveryState.PLANNED), else_=DeliveryState.SENDING
                ),
                resend=delivery.c.resend + sa.case((given_up, 1), else_=0),
                failing_since=sa.case((given_up, None), else_=delivery.c.failing_since),
                digest_of=sa.case((given_up, None), else_=delivery.c.digest_of),
                kind=sa.case((given_up, DeliveryKind.EPISODE.value), else_=delivery.c.kind),
                next_try_at=sa.case((delivery.c.sending_since.is_not(None), settled)),
            )
        )
        asked = delivery.alias()
        of_asked = sa.select(asked.c.destination_id).where(asked.c.id == delivery_id).scalar_subquery()
        await connection.execute(
            delivery.update()
            .where(delivery.c.destination_id == of_asked, UNSENT, delivery.c.files_until.is_not(None))
            .values(files_until=None)
        )


async def hasten_deliveries(db: Database, guild_id: int) -> int:
    """Make the deliveries of a server due now, as what they waited for may have changed; how many."""
    of_guild = sa.select(destination.c.id).where(
        destination.c.guild_id == guild_id, destination.c.removed_at.is_(None)
    )
    paused = sa.select(destination.c.id).where(destination.c.resume_at.is_not(None))
    async with db.write() as connection:
        result = await connection.execute(
            delivery.update()
            .where(
                UNSENT,
                sa.or_(delivery.c.next_try_at.is_not(None), delivery.c.destination_id.in_(paused)),
                delivery.c.destination_id.in_(of_guild),
            )
            # A message that may exist is not searched for before the request has settled.
            .values(next_try_at=sa.case((delivery.c.state == DeliveryState.SENDING, delivery.c.next_try_at)))
        )
        await connection.execute(
            destination.update().where(destination.c.id.in_(of_guild)).values(resume_at=None)
        )
        return result.rowcount
