"""A clock that was wrong once, in 2099 or in 1970, keeps nothing waiting for years."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.feeds.schedule import longest_wait
from storage.engine.database import Database
from storage.models import Delivery, DeliveryState, FileLink, FollowUpKind, Sent, as_text
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import finish_deliveries, postpone_delivery
from storage.tables.destinations import pause_destination
from storage.tables.due_times import (
    CLOCKS_DIFFER,
    LONGEST_ANNOUNCING_WAIT,
    LONGEST_FILE_WAIT,
    LONGEST_LEASE,
    has_come,
    is_ahead,
)
from storage.tables.feed_updates import record_poll
from storage.tables.follow_ups import FollowUpQueue, postpone_follow_up
from storage.tables.linked_files import pending_files, podcasts_with_due_files, record_file_failure
from storage.tables.poll_queue import PollQueue
from storage.tables.schema import podcast
from tests.unit.storage.deliveries import delivery_queue
from tests.unit.storage.material import NOW, fresh, ids, item, outcome, poll, stored

WRONG = datetime(2099, 1, 1, tzinfo=UTC)
EARLY = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
LEASE = timedelta(seconds=20)
HOURS = timedelta(hours=6)

# How many things are at work after a time was stored, by the clock given: claimed, or found to be due.
Due = Callable[[datetime], Awaitable[int]]
Case = Callable[[Database, Delivery, datetime], Awaitable[Due]]


async def _next_poll(db: Database, delivery: Delivery, at: datetime) -> Due:
    queue = PollQueue(
        db,
        per_house=9,
        failing=99,
        house_of=str,
        under_way=list,
        longest_wait=longest_wait(timedelta(minutes=10)),
    )
    await record_poll(db, delivery.to.podcast_id, outcome(next_poll_at=at))

    async def due(now: datetime) -> int:
        return len(await queue.claim("me", now=now, until=now, limit=9))

    return due


async def _poll_lease(db: Database, delivery: Delivery, at: datetime) -> Due:
    due = await _next_poll(db, delivery, EARLY)
    queue = PollQueue(db, per_house=9, failing=99, house_of=str, under_way=list, longest_wait=HOURS)
    assert await queue.claim("dead", now=EARLY, until=at, limit=9)
    return due


async def _delivery_try(db: Database, delivery: Delivery, at: datetime) -> Due:
    await postpone_delivery(
        db, delivery.id, state=DeliveryState.PLANNED, error=as_text("x"), next_try_at=at, now=EARLY
    )

    async def due(now: datetime) -> int:
        return len(await delivery_queue(db).claim("me", now=now, until=now, limit=9))

    return due


async def _paused_destination(db: Database, delivery: Delivery, at: datetime) -> Due:
    due = await _delivery_try(db, delivery, EARLY)
    await pause_destination(db, delivery.destination_id, as_text("403"), now=EARLY, resume_at=at, gone=False)
    return due


async def _first_in_line(db: Database, delivery: Delivery, at: datetime) -> Due:
    """A newer episode of the channel, behind one that failed for the moment."""
    await poll(db, delivery.to.podcast_id, fresh(item("b"), sorted_at=NOW))
    newer = (await ids(db, delivery.to.podcast_id))["b"]
    planned, _ = await plan_delivery(db, delivery.destination_id, newer, NOW)
    await postpone_delivery(
        db,
        delivery.id,
        state=DeliveryState.PLANNED,
        error=as_text("x"),
        # It is not due itself at any time that is asked for.
        next_try_at=NOW + LONGEST_ANNOUNCING_WAIT + CLOCKS_DIFFER,
        now=at,
        first_until=timedelta(0),
    )

    async def due(now: datetime) -> int:
        claimed = await delivery_queue(db).claim("me", now=now, until=now, limit=9)
        return sum(one.id == planned.id for one in claimed)

    return due


async def _follow_up(db: Database, delivery: Delivery, at: datetime) -> Due:
    sent = Sent(delivery.id, 99, EARLY, None, form="card", shown="x", follow_ups=(FollowUpKind.EDIT,))
    await finish_deliveries(db, [sent])
    queue = FollowUpQueue(db)
    [one] = await queue.claim("me", now=EARLY, until=EARLY, limit=9)
    await postpone_follow_up(db, one, as_text("x"), failing_since=EARLY, due_at=at)

    async def due(now: datetime) -> int:
        return len(await queue.claim("me", now=now, until=now, limit=9))

    return due


async def _follow_up_in_hand(db: Database, delivery: Delivery, at: datetime) -> Due:
    """Another follow-up of the same message, which is leased."""
    kinds = (FollowUpKind.THREAD, FollowUpKind.EDIT)
    await finish_deliveries(
        db, [Sent(delivery.id, 99, EARLY, None, form="card", shown="x", follow_ups=kinds)]
    )
    queue = FollowUpQueue(db)
    [one] = await queue.claim("dead", now=EARLY, until=at, limit=9)
    assert one.kind is FollowUpKind.THREAD

    async def due(now: datetime) -> int:
        return len(await queue.claim("me", now=now, until=now + LEASE, limit=9))

    return due


async def _linked_file(db: Database, delivery: Delivery, at: datetime) -> Due:
    link = FileLink("https://cdn.example/a.vtt", "text/vtt")
    number = await stored(db, item("t", transcript_links=(link,)), feed_url="https://feeds.example/t.xml")
    [file] = await pending_files(db, number, due_at=NOW, limit=9)
    await record_file_failure(db, file, as_text("404"), at)

    async def due(now: datetime) -> int:
        assert delivery.to.podcast_id != number
        found = await pending_files(db, number, due_at=now, limit=9)
        assert await podcasts_with_due_files(db, now, 9) == [number] * len(found)
        return len(found)

    return due


@pytest.mark.parametrize(
    ("case", "longest"),
    [
        (_next_poll, HOURS),
        (_poll_lease, LONGEST_LEASE),
        (_delivery_try, LONGEST_ANNOUNCING_WAIT),
        (_paused_destination, LONGEST_ANNOUNCING_WAIT),
        (_first_in_line, LONGEST_ANNOUNCING_WAIT),
        (_follow_up, LONGEST_ANNOUNCING_WAIT),
        (_follow_up_in_hand, LONGEST_LEASE),
        (_linked_file, LONGEST_FILE_WAIT),
    ],
)
@pytest.mark.parametrize("wrong", [True, False], ids=["2099", "longest wait"])
async def test_what_a_wrong_clock_put_off_is_due_and_what_waits_its_time_is_not(
    db: Database, delivery: Delivery, case: Case, longest: timedelta, wrong: bool
) -> None:
    due = await case(db, delivery, WRONG if wrong else NOW + longest)
    assert await due(NOW) == int(wrong)
    if not wrong:
        assert await due(NOW + longest) == 1


@pytest.mark.parametrize("case", [_next_poll, _delivery_try, _follow_up, _linked_file])
async def test_what_was_stored_in_1970_is_due(db: Database, delivery: Delivery, case: Case) -> None:
    due = await case(db, delivery, EARLY + timedelta(hours=1))
    assert await due(NOW) == 1


@pytest.mark.parametrize("case", [_next_poll, _poll_lease, _delivery_try, _follow_up, _linked_file])
async def test_a_clock_that_is_in_1970_now_finds_everything_due(
    db: Database, delivery: Delivery, case: Case
) -> None:
    due = await case(db, delivery, NOW)
    assert await due(EARLY) >= 1


async def test_a_delivery_that_began_in_2099_is_looked_for(db: Database, delivery: Delivery) -> None:
    """Taken for new, it would be sent a second time."""
    queue = delivery_queue(db)
    [first] = await queue.claim("dead", now=WRONG, until=WRONG, limit=9)
    assert not first.begun_before
    [again] = await queue.claim("me", now=NOW, until=NOW, limit=9)
    assert again.begun_before
    assert replace(again, begun_before=False).sending_since == WRONG


@pytest.mark.parametrize(
    ("at", "come", "ahead"),
    [
        (None, False, False),
        (NOW, True, False),
        (NOW + timedelta(seconds=1), False, True),
        (NOW + HOURS + CLOCKS_DIFFER, False, True),
        (NOW + HOURS + CLOCKS_DIFFER + timedelta(seconds=1), True, False),
        (WRONG, True, False),
        (EARLY, True, False),
    ],
)
async def test_a_time_is_past_or_ahead(
    db: Database, delivery: Delivery, at: datetime | None, come: bool, ahead: bool
) -> None:
    column = podcast.c.next_poll_at
    async with db.write() as connection:
        await connection.execute(podcast.update().values(next_poll_at=at))

        async def holds(condition: sa.ColumnElement[bool]) -> bool:
            found = await connection.execute(sa.select(podcast.c.id).where(condition))
            return list(found.scalars()) == [delivery.to.podcast_id]

        assert await holds(has_come(column, NOW, HOURS)) is come
        assert await holds(is_ahead(column, NOW, HOURS)) is ahead
