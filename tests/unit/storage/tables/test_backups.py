"""A restored database: what may have been sent since its backup is known as such, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import Backup, DeliveryState, IndexState, as_text
from storage.tables.backups import (
    LOOKED_FOR,
    begin_running,
    database_bytes,
    last_backup,
    perhaps_sent_since,
    settle_restored,
)
from storage.tables.command_sync import record_sync, synced_hash
from storage.tables.deliveries import gather_digest, plan_delivery
from storage.tables.delivery_outcomes import begin_anew, fail_delivery, finish_delivery, postpone_delivery
from storage.tables.destinations import pause_destination
from storage.tables.search_index import add_segments, index_state
from tests.unit.storage.deliveries import again, begin, delivery_queue
from tests.unit.storage.material import NOW, followed, fresh, ids, item, poll, stored, turn

MADE_AT = NOW + timedelta(hours=1)
RESTORED_AT = NOW + timedelta(days=3)


async def _backed_up(db: Database, at: datetime = MADE_AT) -> None:
    async with db.write() as connection:
        await connection.execute(
            sa.text("INSERT INTO backup (made_at) VALUES (:at)").bindparams(
                sa.bindparam("at", at.replace(tzinfo=None) if db.dialect == "sqlite" else at)
            )
        )


async def _since(db: Database, now: datetime) -> datetime | None:
    async with db.read() as connection:
        return await perhaps_sent_since(connection, now)


async def test_what_was_not_sent_is_looked_for(db: Database) -> None:
    podcast_id = await stored(db, *(item(name) for name in "abcd"))
    channel = await followed(db, podcast_id, 10)
    episodes = await ids(db, podcast_id)
    sent, failed, begun, planned = [
        (await plan_delivery(db, channel.id, episodes[name], NOW))[0] for name in "abcd"
    ]
    await finish_delivery(db, sent.id, 7, NOW)
    await fail_delivery(db, failed.id, as_text("given up"))
    await postpone_delivery(
        db, begun.id, state=DeliveryState.SENDING, error=as_text("lost"), next_try_at=NOW, now=NOW
    )
    await _backed_up(db)
    assert await settle_restored(db, RESTORED_AT) == (MADE_AT, 2)
    expected = {sent.id: None, failed.id: MADE_AT, begun.id: MADE_AT, planned.id: MADE_AT}
    found = {one.id: (await again(db, one)).perhaps_sent_since for one in (sent, failed, begun, planned)}
    assert found == expected
    # They are due, and not taken for new ones; where no message is, they are sent as any other.
    claimed = await begin(db, RESTORED_AT)
    assert [(one.id, one.begun_before) for one in claimed] == [(begun.id, True)]
    await begin_anew(db, begun.id, RESTORED_AT)
    now_known = await again(db, begun)
    assert (now_known.perhaps_sent_since, now_known.sending_since) == (None, RESTORED_AT)


async def test_leases_of_the_other_installation_bind_nobody(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    channel = await followed(db, podcast_id, 10)
    await plan_delivery(db, channel.id, (await ids(db, podcast_id))["a"], NOW)
    far = RESTORED_AT + timedelta(days=1)
    assert len(await delivery_queue(db).claim("other", now=NOW, until=far, limit=9)) == 1
    await settle_restored(db, RESTORED_AT)
    assert await delivery_queue(db).owners() == []
    assert len(await begin(db, RESTORED_AT)) == 1


async def test_what_waited_for_a_moderator_is_tried_at_once(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    channel = await followed(db, podcast_id, 10)
    planned, _ = await plan_delivery(db, channel.id, (await ids(db, podcast_id))["a"], NOW)
    far = RESTORED_AT + timedelta(days=1)
    await pause_destination(db, channel.id, as_text("403"), now=NOW, resume_at=far, gone=False)
    assert await begin(db, RESTORED_AT) == []
    await settle_restored(db, RESTORED_AT)
    assert [one.id for one in await begin(db, RESTORED_AT)] == [planned.id]


async def test_without_a_note_the_backup_is_as_old_as_what_is_in_it(db: Database) -> None:
    assert await settle_restored(db, NOW) == (NOW, 0)
    podcast_id = await stored(db, item("a"))
    late = NOW + timedelta(hours=5)
    await poll(db, podcast_id, fresh(item("b")), now=late)
    # A note of an older backup says nothing about this copy.
    await _backed_up(db, NOW + timedelta(hours=2))
    assert (await settle_restored(db, RESTORED_AT))[0] == late
    assert await last_backup(db) == Backup(late, RESTORED_AT)


async def test_what_is_new_may_have_been_sent_until_the_first_week_is_over(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    channel = await followed(db, podcast_id, 10)
    assert await _since(db, NOW) is None
    assert await last_backup(db) is None
    await begin_running(db, NOW)
    await _backed_up(db)
    assert await last_backup(db) == Backup(MADE_AT)
    assert await _since(db, RESTORED_AT) is None
    await settle_restored(db, RESTORED_AT)
    # It may be months until the bot runs on it.
    late = RESTORED_AT + timedelta(days=90)
    assert await _since(db, late) == MADE_AT
    await begin_running(db, late)
    await begin_running(db, late + timedelta(days=2))
    assert await _since(db, late + LOOKED_FOR) == MADE_AT
    assert await _since(db, late + LOOKED_FOR + timedelta(seconds=1)) is None

    await poll(db, podcast_id, fresh(item("b"), announce=True), now=late)
    await poll(db, podcast_id, fresh(item("c"), announce=True), now=late + LOOKED_FOR * 2)
    episodes = await ids(db, podcast_id)
    found = {}
    for name in "bc":
        one, new = await plan_delivery(db, channel.id, episodes[name], late)
        found[name] = (one.perhaps_sent_since, new)
    assert found == {"b": (MADE_AT, False), "c": (None, False)}
    by_hand, new = await plan_delivery(db, channel.id, episodes["a"], late)
    assert (by_hand.perhaps_sent_since, new) == (MADE_AT, True)


async def test_what_may_have_been_sent_is_part_of_no_digest(db: Database) -> None:
    podcast_id = await stored(db, *(item(name) for name in "abcde"))
    channel = await followed(db, podcast_id, 10)
    episodes = await ids(db, podcast_id)
    await plan_delivery(db, channel.id, episodes["a"], NOW)
    await settle_restored(db, NOW)
    await begin_running(db, NOW)
    later = NOW + LOOKED_FOR * 2
    plans = [(await plan_delivery(db, channel.id, episodes[name], later))[0] for name in "bcde"]
    together = await gather_digest(db, plans[0], planned_before=later + timedelta(days=2), more_than=3)
    assert {one.id for one in together} == {one.id for one in plans}


async def test_the_search_is_built_anew_and_commands_are_registered_anew(db: Database) -> None:
    podcast_id = await stored(db, item("a", turns=(turn("Hello."),)))
    before = await index_state(db, podcast_id)
    assert await add_segments(db, podcast_id, {"one.seg": before.unindexed}) == 1
    await record_sync(db, 1, "hash")
    indexed = await index_state(db, podcast_id)
    assert indexed.unindexed == {}
    await settle_restored(db, RESTORED_AT)
    after = await index_state(db, podcast_id)
    assert after == IndexState(indexed.revision + 1, (), before.unindexed)
    assert await synced_hash(db, 1) is None


async def test_the_size_is_told(db: Database) -> None:
    before = await database_bytes(db)
    assert before > 100_000
    await stored(db, item("a", notes="long " * 200_000))
    assert await database_bytes(db) > before


@pytest.mark.parametrize("times", [1, 2])
async def test_the_latest_restore_counts(db: Database, times: int) -> None:
    for number in range(times):
        await _backed_up(db, MADE_AT + timedelta(hours=number))
        await settle_restored(db, RESTORED_AT + timedelta(hours=number))
        await begin_running(db, RESTORED_AT + timedelta(hours=number))
    assert await _since(db, RESTORED_AT) == MADE_AT + timedelta(hours=times - 1)
