"""An announcement waits for its files, and holds back only what is newer of its podcast in the same channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage.engine.database import Database
from storage.models import DeliveryState
from storage.tables.awaited_files import awaited_episodes, end_wait_for_files
from storage.tables.deliveries import due_deliveries
from storage.tables.delivery_outcomes import hasten_deliveries, retry_delivery
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import save_poll
from tests.unit.storage.deliveries import delivery_queue
from tests.unit.storage.material import NOW, followed, fresh, ids, item, result, stored

UNTIL = NOW + timedelta(seconds=30)
OTHER = "https://feeds.example/second.xml"


async def _arrived(db: Database, podcast_id: int, waiting: dict[str, bool]) -> dict[str, int]:
    """New episodes, the oldest first; whether each waits. Their ids."""
    known = await known_items(db, podcast_id)
    changes = [
        replace(
            fresh(item(name, published=NOW + timedelta(minutes=place)), announce=True),
            files_until=UNTIL if waits else None,
        )
        for place, (name, waits) in enumerate(waiting.items())
    ]
    await save_poll(db, podcast_id, known.revision, result(*changes))
    return await ids(db, podcast_id)


async def _claimed(db: Database, now: object = NOW) -> list[tuple[int, int]]:
    claimed = await delivery_queue(db).claim("me", now=now, until=UNTIL + timedelta(hours=1), limit=99)  # type: ignore[arg-type]
    return [(one.channel_id, one.episode_id) for one in claimed]


async def test_it_is_due_when_its_files_were_read_or_the_time_is_over(db: Database) -> None:
    podcast_id = await stored(db, item("old"))
    await followed(db, podcast_id, 10)
    await followed(db, podcast_id, 11)
    known = await _arrived(db, podcast_id, {"new": True})
    assert await due_deliveries(db, NOW, 9) == []
    assert await _claimed(db) == []
    assert await awaited_episodes(db, podcast_id, NOW) == {known["new"]}
    assert await delivery_queue(db).next_due_at(NOW) == UNTIL
    # A change in the server is no reason to announce it without its chapters.
    await hasten_deliveries(db, 1)
    assert await _claimed(db) == []
    # What the wait was for does not come: it is announced without.
    assert [one.channel_id for one in await due_deliveries(db, UNTIL, 9)] == [10, 11]
    assert await awaited_episodes(db, podcast_id, UNTIL) == frozenset()
    # Or it was read in time.
    assert await end_wait_for_files(db, known["new"])
    assert not await end_wait_for_files(db, known["new"])
    assert sorted(await _claimed(db)) == [(10, known["new"]), (11, known["new"])]


async def test_a_wait_that_a_wrong_clock_stored_is_none(db: Database) -> None:
    podcast_id = await stored(db, item("old"))
    await followed(db, podcast_id, 10)
    await _arrived(db, podcast_id, {"new": True})
    assert len(await due_deliveries(db, NOW - timedelta(days=365), 9)) == 1


async def test_it_holds_back_what_is_newer_of_its_podcast_and_nothing_else(db: Database) -> None:
    podcast_id, other = await stored(db, item("old")), await stored(db, item("c"), feed_url=OTHER)
    for channel_id in (10, 11):
        await followed(db, podcast_id, channel_id)
    await followed(db, other, 10)
    known = await _arrived(db, podcast_id, {"first": False, "second": True, "third": False})
    others = await _arrived(db, other, {"theirs": False})
    # Of another podcast in the same channel one goes first, although it is newer than the one that waits.
    first = await _claimed(db)
    assert sorted(first) == [(10, known["first"]), (11, known["first"])]
    async with db.write() as connection:
        await connection.exec_driver_sql("UPDATE delivery SET state = 'sent' WHERE state = 'sending'")
    assert await _claimed(db) == [(10, others["theirs"])]
    async with db.write() as connection:
        await connection.exec_driver_sql("UPDATE delivery SET state = 'sent' WHERE state = 'sending'")
    assert await _claimed(db) == []
    await end_wait_for_files(db, known["second"])
    assert sorted(await _claimed(db)) == [(10, known["second"]), (11, known["second"])]


async def test_what_a_moderator_wants_now_waits_for_nothing(db: Database) -> None:
    podcast_id = await stored(db, item("old"))
    await followed(db, podcast_id, 10)
    await followed(db, podcast_id, 11)
    known = await _arrived(db, podcast_id, {"first": True, "second": True})
    async with db.read() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT delivery.id FROM delivery JOIN destination ON destination.id = destination_id"
            f" WHERE channel_id = 10 AND episode_id = {known['second']}"
        )
        asked = rows.scalar_one()
    await retry_delivery(db, asked)
    # In the order of the channel, and the other channel waits on.
    assert await _claimed(db) == [(10, known["first"])]
    async with db.write() as connection:
        await connection.exec_driver_sql(
            f"UPDATE delivery SET state = '{DeliveryState.SENT}' WHERE attempts > 0"
        )
    assert await _claimed(db) == [(10, known["second"])]
    assert await awaited_episodes(db, podcast_id, NOW) == {known["first"], known["second"]}
