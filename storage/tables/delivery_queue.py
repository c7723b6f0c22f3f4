"""The queue of deliveries: the oldest of each channel, with podcasts taking turns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Delivery, DeliveryState
from storage.tables.deliveries import (
    DELIVERY,
    OPEN,
    SENT_BY_ITSELF,
    UNSENT,
    as_delivery,
    can_be_posted_to,
    is_due,
    waits_for_files,
)
from storage.tables.due_times import LONGEST_ANNOUNCING_WAIT, Condition, is_ahead
from storage.tables.leases import LeaseQueue, not_leased
from storage.tables.schema import delivery, destination, episode


class DeliveryQueue(LeaseQueue[Delivery, int]):
    """Deliveries that are not sent yet. Claiming one makes it SENDING, as its message may exist from then on.

    One that is given back is due again after `settled_after`: a request that is still in flight may be carried out
    until then, and the channel is searched for its message after that.
    """

    def __init__(self, db: Database, *, settled_after: timedelta) -> None:
        super().__init__(db, delivery)
        self._settled_after = settled_after

    def key_of(self, item: Delivery) -> int:
        """The delivery's id."""
        return item.id

    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next delivery that waits for a time after `now` is due, or its lease ends."""
        columns = delivery.c
        times = (
            sa.select(sa.func.min(columns.next_try_at)).where(columns.next_try_at > now),
            sa.select(sa.func.min(columns.lease_until)).where(columns.lease_until > now),
            sa.select(sa.func.min(columns.files_until)).where(waits_for_files(now)),
            sa.select(sa.func.min(destination.c.resume_at)).where(
                destination.c.resume_at > now, destination.c.paused.is_not(None)
            ),
        )
        async with self._db.read() as connection:
            found = [
                await connection.scalar(query.join_from(delivery, destination).where(OPEN)) for query in times
            ]
        return min((moment for moment in found if moment is not None), default=None)

    async def _due(self, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[int]:
        # One that waits for its files holds back the newer ones of its podcast there, and no other podcast's.
        waiting = (
            sa.select(delivery.c.destination_id, sa.func.min(episode.c.sorted_at).label("oldest"))
            .join_from(delivery, episode)
            .where(UNSENT, waits_for_files(now))
            .group_by(delivery.c.destination_id)
            .subquery()
        )
        overtakes_none = sa.or_(waiting.c.oldest.is_(None), episode.c.sorted_at < waiting.c.oldest)
        due = sa.and_(is_due(now), overtakes_none)
        ready = sa.and_(due, not_leased(delivery, now))
        # One that is being sent, or fails for the moment, holds back the newer ones of its channel.
        comes_first = is_ahead(delivery.c.first_until, now, LONGEST_ANNOUNCING_WAIT)
        in_line = sa.or_(due, comes_first, sa.not_(not_leased(delivery, now)))
        in_channel = (
            sa.select(
                delivery.c.id,
                destination.c.podcast_id,
                episode.c.sorted_at,
                ready.label("ready"),
                sa.func.row_number()
                .over(partition_by=destination.c.channel_id, order_by=(episode.c.sorted_at, delivery.c.id))
                .label("place"),
            )
            .join_from(delivery, destination)
            .join(episode, episode.c.id == delivery.c.episode_id)
            .outerjoin(waiting, waiting.c.destination_id == delivery.c.destination_id)
            .where(OPEN, SENT_BY_ITSELF, in_line, can_be_posted_to(now))
            .subquery()
        )
        oldest_first = (in_channel.c.sorted_at, in_channel.c.id)
        turn = sa.func.row_number().over(partition_by=in_channel.c.podcast_id, order_by=oldest_first)
        first_of_each_channel = (
            sa.select(in_channel.c.id)
            .where(in_channel.c.place == 1, in_channel.c.ready)
            .order_by(turn, *oldest_first)
            .limit(limit)
        )
        return list((await connection.execute(first_of_each_channel)).scalars())

    def _still_due(self, now: datetime) -> Condition:
        return sa.and_(UNSENT, is_due(now))

    def _claimed_values(self, now: datetime) -> Mapping[str, Any]:
        began = sa.bindparam("now", now, delivery.c.planned_at.type)
        return {
            "state": DeliveryState.SENDING,
            "attempts": delivery.c.attempts + 1,
            "sending_since": sa.func.coalesce(delivery.c.sending_since, began),
        }

    def _released_values(self, now: datetime) -> Mapping[str, Any]:
        again_at = sa.bindparam("again_at", now + self._settled_after, delivery.c.next_try_at.type)
        return {"next_try_at": sa.case((UNSENT, again_at), else_=delivery.c.next_try_at)}

    async def _load(
        self, connection: AsyncConnection, keys: Collection[int], now: datetime
    ) -> list[Delivery]:
        found = [
            as_delivery(row) for row in await connection.execute(DELIVERY.where(delivery.c.id.in_(keys)))
        ]
        return [
            replace(
                one,
                # One that began in the future did so by a wrong clock, and earlier than now all the same.
                begun_before=(one.sending_since is not None and one.sending_since != now)
                or one.perhaps_sent_since is not None,
            )
            for one in found
        ]
