"""Deliveries: one announcement of one episode to one destination, and how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Delivery, DeliveryKind, DeliveryState, FollowUpKind, Sent
from storage.tables.bulk_writes import insert_new
from storage.tables.destinations import DESTINATION, as_destination
from storage.tables.schema import delivery, destination, episode, follow_up

_DELIVERY = sa.select(*delivery.c, *DESTINATION).join_from(delivery, destination)
_UNSENT = delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING])
_OPEN = sa.and_(_UNSENT, destination.c.removed_at.is_(None))
# What another's digest announces goes with that.
_ITS_OWN = sa.or_(delivery.c.digest_of.is_(None), delivery.c.digest_of == delivery.c.id)


def as_delivery(row: sa.Row[*tuple[Any, ...]]) -> Delivery:
    """A row of deliveries with their destinations."""
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
        return as_delivery(row), made


async def due_deliveries(db: Database, now: datetime, limit: int) -> list[Delivery]:
    """Deliveries that could be tried now, oldest episode first."""
    query = (
        _DELIVERY.join(episode, episode.c.id == delivery.c.episode_id)
        .where(_OPEN, _ITS_OWN, _due(now), _free(now), _can_be_posted_to(now))
        .order_by(episode.c.sorted_at, delivery.c.id)
        .limit(limit)
    )
    async with db.read() as connection:
        return [as_delivery(row) for row in await connection.execute(query)]


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(delivery.c.next_try_at.is_(None), delivery.c.next_try_at <= now)


def _can_be_posted_to(now: datetime) -> sa.ColumnElement[bool]:
    columns = destination.c
    return sa.or_(columns.paused.is_(None), columns.resume_at.is_(None), columns.resume_at <= now)


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= now)


async def claim_deliveries(
    db: Database, owner: str, *, now: datetime, until: datetime, limit: int
) -> list[Delivery]:
    """Take what is due and held by nobody: of each channel its oldest, of each podcast in turn.

    They are SENDING from now on, as they may stand from now on. What was begun before tells so by a `sending_since`
    before `now`. The lease lasts `until` unless it is renewed.
    """
    waiting = sa.or_(_due(now), delivery.c.first_until > now, sa.not_(_free(now)))
    in_channel = (
        sa.select(
            delivery.c.id,
            destination.c.podcast_id,
            episode.c.sorted_at,
            sa.and_(_due(now), _free(now)).label("ready"),
            sa.func.row_number()
            .over(partition_by=destination.c.channel_id, order_by=(episode.c.sorted_at, delivery.c.id))
            .label("place"),
        )
        .join_from(delivery, destination)
        .join(episode, episode.c.id == delivery.c.episode_id)
        .where(_OPEN, _ITS_OWN, waiting, _can_be_posted_to(now))
        .subquery()
    )
    oldest_first = (in_channel.c.sorted_at, in_channel.c.id)
    turn = sa.func.row_number().over(partition_by=in_channel.c.podcast_id, order_by=oldest_first)
    heads = (
        sa.select(in_channel.c.id)
        .where(in_channel.c.place == 1, in_channel.c.ready)
        .order_by(turn, *oldest_first)
        .limit(limit)
    )
    async with db.write() as connection:
        ids = list((await connection.execute(heads)).scalars())
        if not ids:
            return []
        # Asked once more: on PostgreSQL another process may have taken some of them in between.
        taken = await connection.execute(
            delivery.update()
            .where(delivery.c.id.in_(ids), _UNSENT, _due(now), _free(now))
            .values(
                state=DeliveryState.SENDING,
                attempts=delivery.c.attempts + 1,
                sending_since=sa.func.coalesce(
                    delivery.c.sending_since, sa.bindparam("now", now, delivery.c.planned_at.type)
                ),
                lease_owner=owner,
                lease_until=until,
            )
            .returning(delivery.c.id)
        )
        mine = list(taken.scalars())
        rows = await connection.execute(_DELIVERY.where(delivery.c.id.in_(mine)))
        found = {row.id: as_delivery(row) for row in rows}
    return [found[one] for one in ids if one in found]


async def renew_delivery_leases(
    db: Database, owner: str, delivery_ids: Collection[int], until: datetime
) -> frozenset[int]:
    """These, which this process is still sending, stay its own; those that still were."""
    async with db.write() as connection:
        renewed = await connection.execute(
            delivery.update()
            .where(delivery.c.lease_owner == owner, delivery.c.id.in_(delivery_ids))
            .values(lease_until=until)
            .returning(delivery.c.id)
        )
        return frozenset(renewed.scalars())


async def release_deliveries(db: Database, owners: Collection[str], again_at: datetime) -> int:
    """These processes send nothing any more: what they may have sent is looked for then; how much it is."""
    async with db.write() as connection:
        result = await connection.execute(
            delivery.update()
            .where(delivery.c.lease_owner.in_(owners))
            .values(
                lease_owner=None,
                lease_until=None,
                next_try_at=sa.case((_UNSENT, again_at), else_=delivery.c.next_try_at),
            )
        )
        return result.rowcount


async def delivery_owners(db: Database) -> list[str]:
    """The processes that are sending."""
    query = sa.select(delivery.c.lease_owner).where(delivery.c.lease_owner.is_not(None)).distinct()
    async with db.read() as connection:
        return [owner for owner in (await connection.execute(query)).scalars() if owner]


async def next_delivery_at(db: Database, now: datetime) -> datetime | None:
    """When the next one that waits for a time is due, or comes free; None where none does."""
    columns = delivery.c
    times = (
        sa.select(sa.func.min(columns.next_try_at)).where(columns.next_try_at > now),
        sa.select(sa.func.min(columns.lease_until)).where(columns.lease_until > now),
        sa.select(sa.func.min(destination.c.resume_at)).where(
            destination.c.resume_at > now, destination.c.paused.is_not(None)
        ),
    )
    async with db.read() as connection:
        found = [
            await connection.scalar(query.join_from(delivery, destination).where(_OPEN)) for query in times
        ]
    return min((moment for moment in found if moment is not None), default=None)


async def begin_anew(db: Database, delivery_id: int, now: datetime) -> None:
    """Nothing of it stands, as was seen just now: the next look need go back no further than this."""
    await _update(db, delivery_id, {"sending_since": now})


async def finish_delivery(db: Database, delivery_id: int, message_id: int, now: datetime) -> None:
    """Note the message that announces the episode."""
    await finish_deliveries(db, [Sent(delivery_id, message_id, now)])


async def finish_deliveries(db: Database, arrived: Sequence[Sent]) -> None:
    """Note messages that stand, what follows them, and that their channels can be posted to."""
    done: sa.BindParameter[int] = sa.bindparam("arrived")
    async with db.write() as connection:
        await connection.execute(
            delivery.update()
            .where(sa.or_(delivery.c.id == done, delivery.c.digest_of == done))
            .values(
                state=DeliveryState.SENT,
                message_id=sa.bindparam("message"),
                thread_id=sa.bindparam("thread"),
                sent_at=sa.bindparam("at"),
                form=sa.bindparam("made"),
                shown=sa.bindparam("seen"),
                error=None,
                next_try_at=None,
                failing_since=None,
                first_until=None,
                lease_owner=None,
                lease_until=None,
            ),
            [
                {
                    "arrived": one.delivery_id,
                    "message": one.message_id,
                    "thread": one.thread_id,
                    "at": one.at,
                    "made": one.form,
                    "seen": one.shown,
                }
                for one in arrived
            ],
        )
        ids = [one.delivery_id for one in arrived]
        await connection.execute(
            destination.update()
            .where(
                destination.c.id.in_(sa.select(delivery.c.destination_id).where(delivery.c.id.in_(ids))),
                sa.or_(destination.c.paused.is_not(None), destination.c.gone_since.is_not(None)),
            )
            .values(paused=None, paused_since=None, resume_at=None, gone_since=None)
        )
        for one in arrived:
            for kind in one.follow_ups:
                await _follow(connection, one, kind)


async def _follow(connection: AsyncConnection, sent: Sent, kind: FollowUpKind) -> None:
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
    error: str,
    next_try_at: datetime | None,
    now: datetime,
    first_until: timedelta | None = None,
) -> None:
    """Try again later. SENDING: the message may stand. PLANNED: it certainly does not.

    `first_until`: for so long, from its first failure on, newer episodes of the channel wait for this one. What was
    given up meanwhile, because the channel stopped following, stays given up.
    """
    failing = sa.func.coalesce(delivery.c.failing_since, sa.bindparam("now", now, delivery.c.planned_at.type))
    values: dict[str, Any] = {
        "state": state,
        "error": error,
        "next_try_at": next_try_at,
        "failing_since": failing,
        "lease_owner": None,
        "lease_until": None,
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
            delivery.update().where(delivery.c.id == delivery_id, _UNSENT).values(**values)
        )


async def fail_delivery(db: Database, delivery_id: int, error: str) -> None:
    """Give up: somebody has to act first; the error says who and how."""
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
                lease_owner=None,
                lease_until=None,
            )
        )


async def retry_delivery(db: Database, delivery_id: int, settled_at: datetime | None = None) -> None:
    """Try it now, because somebody asked: what waits, and what was given up.

    What may stand is looked for first, once it has settled. What was given up is sent under a nonce of its own.
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


async def gather_digest(
    db: Database, first: Delivery, *, planned_before: datetime, more_than: int
) -> list[Delivery]:
    """What one message is to announce, oldest first: more plans of a destination than this that are so old.

    `first`, which is claimed, leads them from now on; nothing where they are too few. What leads a group already
    leads the same one again.
    """
    ours = sa.and_(delivery.c.destination_id == first.destination_id, _UNSENT)
    query = (
        _DELIVERY.join(episode, episode.c.id == delivery.c.episode_id)
        .where(ours)
        .order_by(episode.c.sorted_at, delivery.c.id)
    )
    async with db.write() as connection:
        if first.digest_of is not None:
            rows = await connection.execute(query.where(delivery.c.digest_of == first.id))
            return [as_delivery(row) for row in rows]
        # What may stand already, or goes with another, is no part of it.
        plans = query.where(
            delivery.c.digest_of.is_(None),
            delivery.c.planned_at < planned_before,
            sa.or_(delivery.c.id == first.id, delivery.c.state == DeliveryState.PLANNED),
        )
        found = [as_delivery(row) for row in await connection.execute(plans)]
        if len(found) <= more_than or all(one.id != first.id for one in found):
            return []
        await connection.execute(
            delivery.update()
            .where(delivery.c.id.in_([one.id for one in found]), _UNSENT)
            .values(digest_of=first.id)
        )
        await connection.execute(
            delivery.update().where(delivery.c.id == first.id).values(kind=DeliveryKind.DIGEST)
        )
        return found


async def hasten_deliveries(db: Database, guild_id: int) -> int:
    """Something that deliveries of this server may wait for has changed: they are due now; how many are."""
    of_guild = sa.select(destination.c.id).where(
        destination.c.guild_id == guild_id, destination.c.removed_at.is_(None)
    )
    paused = sa.select(destination.c.id).where(destination.c.resume_at.is_not(None))
    async with db.write() as connection:
        result = await connection.execute(
            delivery.update()
            .where(
                _UNSENT,
                sa.or_(delivery.c.next_try_at.is_not(None), delivery.c.destination_id.in_(paused)),
                delivery.c.destination_id.in_(of_guild),
            )
            # One that may stand is not looked for before that has settled.
            .values(next_try_at=sa.case((delivery.c.state == DeliveryState.SENDING, delivery.c.next_try_at)))
        )
        await connection.execute(
            destination.update().where(destination.c.id.in_(of_guild)).values(resume_at=None)
        )
        return result.rowcount


async def last_problem(db: Database, destination_id: int) -> str | None:
    """Why a destination is paused, else the error of the newest delivery to it, where it has one."""
    query = (
        sa.select(sa.func.coalesce(destination.c.paused, delivery.c.error))
        .join_from(destination, delivery, isouter=True)
        .where(destination.c.id == destination_id)
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    async with db.read() as connection:
        found: str | None = await connection.scalar(query)
        return found


async def _update(db: Database, delivery_id: int, values: dict[str, Any]) -> None:
    async with db.write() as connection:
        await connection.execute(delivery.update().where(delivery.c.id == delivery_id).values(**values))
