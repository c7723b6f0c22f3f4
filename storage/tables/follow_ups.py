"""Follow-ups of sent messages: opening a thread, publishing, editing. Each kind at most once at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import DeliveryKind, DeliveryState, FollowUp, FollowUpKind, Status
from storage.tables.bulk_writes import insert_into
from storage.tables.destinations import DESTINATION, as_destination
from storage.tables.due_times import LONGEST_ANNOUNCING_WAIT, LONGEST_LEASE, Condition, has_come, is_ahead
from storage.tables.leases import NO_LEASE, LeaseQueue, not_leased
from storage.tables.schema import delivery, destination, follow_up
from storage.tables.summary_tables import summary

# How long after it was sent an announcement may be edited, and how often.
EDITED_WITHIN = timedelta(days=14)
MOST_EDITS = 3
# Of those that show a transcript which came late.
MOST_TRANSCRIPT_EDITS = 1
# Of those that show what a model wrote.
MOST_SUMMARY_EDITS = 1
# Feeds correct an item several times within a minute, and linked files are read one by one: one edit covers all that.
EDIT_AFTER = timedelta(seconds=10)

# How long an episode has to be missing from its feed to count as withdrawn.
WITHDRAWN_AFTER = timedelta(hours=1)

FollowUpKey = tuple[int, FollowUpKind]

# Each kind of edit has its own allowance: which column counts it, and how many there are.
_ALLOWANCES = {
    FollowUpKind.EDIT: (delivery.c.edits, MOST_EDITS),
    FollowUpKind.WITHDRAWN: (delivery.c.edits, MOST_EDITS),
    FollowUpKind.TRANSCRIPT: (delivery.c.transcript_edits, MOST_TRANSCRIPT_EDITS),
    FollowUpKind.SUMMARY: (delivery.c.summary_edits, MOST_SUMMARY_EDITS),
}
_MAY_FOLLOW_UP = sa.and_(
    delivery.c.state == DeliveryState.SENT,
    *(sa.or_(follow_up.c.kind != kind, count < most) for kind, (count, most) in _ALLOWANCES.items()),
)
_URGENCY = sa.case(
    *((follow_up.c.kind == kind, place) for place, kind in enumerate(FollowUpKind)), else_=len(FollowUpKind)
)
_JOINED = follow_up.join(delivery).join(destination, destination.c.id == delivery.c.destination_id)
_FOLLOW_UP = sa.select(
    follow_up.c.delivery_id,
    follow_up.c.kind.label("follow_up"),
    follow_up.c.attempts,
    follow_up.c.failing_since,
    follow_up.c.asked,
    delivery.c.message_id,
    delivery.c.thread_id,
    delivery.c.episode_id,
    delivery.c.form,
    delivery.c.shown,
    delivery.c.role_id,
    *DESTINATION,
).select_from(_JOINED)


async def ask_for_edits(
    connection: AsyncConnection,
    episode_ids: Collection[int],
    now: datetime,
    *,
    withdrawn_at: datetime | None = None,
    transcript: bool = False,
) -> None:
    """Plan edits of the recent announcements of these episodes, as what is shown of them has changed.

    A late `transcript` has an allowance of its own.
    With `withdrawn_at` the change takes effect only then: the feed has stopped listing the episodes.
    """
    if withdrawn_at is not None:
        await _ask(connection, episode_ids, FollowUpKind.WITHDRAWN, now, withdrawn_at)
        return
    kind = FollowUpKind.TRANSCRIPT if transcript else FollowUpKind.EDIT
    await _ask(connection, episode_ids, kind, now, now + EDIT_AFTER)
    # What a model wrote may be about something else now.
    await connection.execute(
        summary.update()
        .where(summary.c.episode_id.in_(episode_ids))
        .values(due_at=now + EDIT_AFTER, asked=summary.c.asked + 1)
    )


async def ask_for_summary_edits(connection: AsyncConnection, episode_id: int, now: datetime) -> None:
    """Plan that the recent announcements of an episode show what a model wrote about it, once."""
    await _ask(connection, [episode_id], FollowUpKind.SUMMARY, now, now + EDIT_AFTER)


async def _ask(
    connection: AsyncConnection,
    episode_ids: Collection[int],
    kind: FollowUpKind,
    now: datetime,
    due: datetime,
) -> None:
    count, most = _ALLOWANCES[kind]
    if not episode_ids:
        return
    announced = sa.select(
        delivery.c.id,
        sa.literal(kind.value),
        sa.bindparam("due", due, follow_up.c.due_at.type),
        sa.literal(1),
        sa.literal(0),
    ).where(
        delivery.c.episode_id.in_(episode_ids),
        # A message that is being sent may still show the old state.
        delivery.c.state != DeliveryState.FAILED,
        delivery.c.kind == DeliveryKind.EPISODE,
        delivery.c.digest_of.is_(None),
        count < most,
        # A message that an older version sent has no `sent_at`, and its form is not known: it stays as it is.
        sa.or_(delivery.c.state != DeliveryState.SENT, delivery.c.sent_at > now - EDITED_WITHIN),
    )
    asked = insert_into(connection, follow_up).from_select(
        ["delivery_id", "kind", "due_at", "asked", "attempts"], announced
    )
    # The wait counts from the first change, so that steady changes do not put the edit off for ever.
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


class FollowUpQueue(LeaseQueue[FollowUp, FollowUpKey]):
    """Follow-ups of these kinds, threads first; of each message one at a time."""

    def __init__(self, db: Database, kinds: Collection[FollowUpKind] = tuple(FollowUpKind)) -> None:
        super().__init__(db, follow_up, scope=follow_up.c.kind.in_(kinds))
        self._kinds = kinds

    def key_of(self, item: FollowUp) -> FollowUpKey:
        """The delivery's id and the kind."""
        return item.delivery_id, item.kind

    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next follow-up is due or its lease ends; it may have been due for a while."""
        columns = follow_up.c
        at = sa.case((columns.lease_until > columns.due_at, columns.lease_until), else_=columns.due_at)
        query = (
            sa.select(sa.func.min(at))
            .select_from(_JOINED)
            .where(
                self._scope,
                columns.due_at.is_not(None),
                _MAY_FOLLOW_UP,
                destination.c.removed_at.is_(None),
                sa.not_(self._message_in_hand(now)),
            )
        )
        async with self._db.read() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def _due(self, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[FollowUpKey]:
        query = (
            sa.select(follow_up.c.delivery_id, follow_up.c.kind)
            .select_from(_JOINED)
            .where(
                self._scope,
                has_come(follow_up.c.due_at, now, LONGEST_ANNOUNCING_WAIT),
                not_leased(follow_up, now),
                _MAY_FOLLOW_UP,
                destination.c.removed_at.is_(None),
            )
            .order_by(_URGENCY, follow_up.c.due_at, follow_up.c.delivery_id)
            .limit(limit)
        )
        one_of_each: dict[int, FollowUpKind] = {}
        for delivery_id, kind in await connection.execute(query):
            one_of_each.setdefault(delivery_id, FollowUpKind(kind))
        return list(one_of_each.items())

    def _message_in_hand(self, now: datetime) -> Condition:
        """Another follow-up of the queue is being done for the same message."""
        other = follow_up.alias()
        return sa.exists().where(
            other.c.delivery_id == follow_up.c.delivery_id,
            other.c.kind != follow_up.c.kind,
            other.c.kind.in_(self._kinds),
            is_ahead(other.c.lease_until, now, LONGEST_LEASE),
        )

    def _still_due(self, now: datetime) -> Condition:
        # Asked of the few that are about to be taken: thousands may be due.
        due = has_come(follow_up.c.due_at, now, LONGEST_ANNOUNCING_WAIT)
        return sa.and_(due, sa.not_(self._message_in_hand(now)))

    def _claimed_values(self, now: datetime) -> Mapping[str, Any]:
        del now
        return {"attempts": follow_up.c.attempts + 1}

    async def _load(
        self, connection: AsyncConnection, keys: Collection[FollowUpKey], now: datetime
    ) -> list[FollowUp]:
        del now
        rows = await connection.execute(_FOLLOW_UP.where(self._among(keys)))
        return [_follow_up(row) for row in rows]


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
        role_id=row.role_id,
        asked=row.asked,
    )


async def finish_follow_up(db: Database, done: FollowUp, *, shown: str | None = None) -> None:
    """Remove a follow-up that was done or need not be; one that was asked for again meanwhile stays due.

    `shown`: a hash of what the message shows, where it was edited.
    """
    columns = follow_up.c
    async with db.write() as connection:
        gone = await connection.execute(follow_up.delete().where(_same(done), columns.asked == done.asked))
        if not gone.rowcount:
            await connection.execute(
                follow_up.update().where(_same(done)).values(**NO_LEASE, attempts=0, failing_since=None)
            )
        if shown is not None:
            count, _ = _ALLOWANCES[done.kind]
            await connection.execute(
                delivery.update()
                .where(delivery.c.id == done.delivery_id)
                .values({delivery.c.shown: shown, count: count + 1})
            )


async def postpone_follow_up(
    db: Database, one: FollowUp, error: Status, *, failing_since: datetime, due_at: datetime | None
) -> None:
    """Try again at `due_at`; None gives up."""
    async with db.write() as connection:
        await connection.execute(
            follow_up.update()
            .where(_same(one))
            .values(error=error, due_at=due_at, failing_since=failing_since, **NO_LEASE)
        )


def _same(one: FollowUp) -> sa.ColumnElement[bool]:
    return sa.and_(follow_up.c.delivery_id == one.delivery_id, follow_up.c.kind == one.kind)


async def follow_up_problems(
    db: Database, destination_ids: Collection[int]
) -> dict[int, tuple[FollowUpKind, Status]]:
    """By destination, the newest follow-up that failed, and why: one that waits, or of the newest announcement."""
    newest = (
        sa.select(sa.func.max(delivery.c.id))
        .where(delivery.c.destination_id.in_(destination_ids), delivery.c.state == DeliveryState.SENT)
        .group_by(delivery.c.destination_id)
    )
    query = (
        sa.select(delivery.c.destination_id, follow_up.c.kind, follow_up.c.error)
        .join_from(follow_up, delivery)
        .where(
            delivery.c.destination_id.in_(destination_ids),
            follow_up.c.error.is_not(None),
            # One that was given up is no trouble any more once a newer message had none.
            sa.or_(follow_up.c.due_at.is_not(None), delivery.c.id.in_(newest)),
        )
        .order_by(delivery.c.id, follow_up.c.kind)
    )
    async with db.read() as connection:
        rows = await connection.execute(query)
        return {row.destination_id: (FollowUpKind(row.kind), row.error) for row in rows}
