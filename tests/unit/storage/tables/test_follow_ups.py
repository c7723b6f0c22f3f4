"""What follows a message that stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage.engine.database import Database
from storage.models import Chapter, ChapterSource, Delivery, FollowUp, FollowUpKind, Sent, as_text
from storage.tables import schema
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import finish_deliveries
from storage.tables.destinations import remove_destinations
from storage.tables.episodes import read_announced_episode, save_chapters
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import save_poll
from storage.tables.follow_ups import (
    EDIT_AFTER,
    EDITED_WITHIN,
    MOST_EDITS,
    WITHDRAWN_AFTER,
    FollowUpQueue,
    ask_for_edits,
    finish_follow_up,
    follow_up_problems,
    postpone_follow_up,
)
from tests.unit.storage.deliveries import delivery_queue
from tests.unit.storage.material import NOW, edited, followed, ids, item, poll, result, stored

SOON = NOW + EDIT_AFTER
LATER = NOW + 2 * EDIT_AFTER
THREAD, PUBLISH, EDIT, TRANSCRIPT, SUMMARY, WITHDRAWN = FollowUpKind


@pytest.fixture
async def delivery(db: Database) -> Delivery:
    """A delivery of the episode "b" that is on its way; "a" is older."""
    podcast_id = await stored(db, item("a", published=NOW - timedelta(days=2)), item("b"))
    destination = await followed(db, podcast_id, 10)
    planned, _ = await plan_delivery(db, destination.id, (await ids(db, podcast_id))["b"], NOW)
    await delivery_queue(db).claim("me", now=NOW, until=NOW, limit=9)
    return planned


async def _arrived(
    db: Database, delivery: Delivery, *kinds: FollowUpKind, at: datetime = NOW, shown: str = "now"
) -> None:
    await finish_deliveries(db, [Sent(delivery.id, 99, at, None, form="card", shown=shown, follow_ups=kinds)])


async def _claim(db: Database, now: datetime) -> list[FollowUp]:
    return await FollowUpQueue(db).claim("me", now=now, until=now, limit=9)


async def test_threads_come_first_and_one_at_a_time(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery, PUBLISH, THREAD)
    [thread] = await _claim(db, NOW)
    assert (thread.kind, thread.message_id, thread.channel_id, thread.form) == (THREAD, 99, 10, "card")
    await finish_follow_up(db, thread)
    [publish] = await _claim(db, NOW)
    assert publish.kind is PUBLISH
    await postpone_follow_up(db, publish, as_text("429"), failing_since=NOW, due_at=SOON)
    assert await _claim(db, NOW) == []
    assert await FollowUpQueue(db).next_due_at(NOW) == SOON
    [again] = await _claim(db, SOON)
    assert (again.attempts, again.failing_since) == (2, NOW)
    await postpone_follow_up(db, again, as_text("404"), failing_since=SOON, due_at=None)
    assert await FollowUpQueue(db).next_due_at(NOW) is None


async def test_of_a_message_one_at_a_time_is_in_hand(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery, THREAD, PUBLISH)
    [thread] = await FollowUpQueue(db).claim("other", now=NOW, until=LATER, limit=9)
    assert await _claim(db, NOW) == []
    assert await FollowUpQueue(db).next_due_at(NOW) == LATER
    # Each queue goes its own way.
    publishing = FollowUpQueue(db, [PUBLISH])
    assert [one.kind for one in await publishing.claim("me", now=NOW, until=NOW, limit=9)] == [PUBLISH]
    await finish_follow_up(db, thread)
    assert [one.kind for one in await _claim(db, NOW)] == [PUBLISH]


async def test_nothing_follows_where_nobody_follows(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery, THREAD)
    await remove_destinations(db, guild_id=1, podcast_id=delivery.to.podcast_id, now=NOW)
    assert await _claim(db, NOW) == []
    assert await FollowUpQueue(db).next_due_at(NOW) is None


async def _mend(db: Database, delivery: Delivery, now: datetime = NOW) -> None:
    changed = item("b", title=f"Mended at {now}", content_hash=str(now))
    await poll(db, delivery.to.podcast_id, edited(changed, delivery.episode_id), now=now)


async def test_changes_of_a_while_are_one_edit(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery)
    await _mend(db, delivery)
    await _mend(db, delivery, NOW + timedelta(seconds=5))
    assert await _claim(db, NOW) == []
    [edit] = await _claim(db, SOON)
    assert (edit.kind, edit.shown) == (EDIT, "now")
    # One that comes while it is edited is not lost.
    await _mend(db, delivery, SOON)
    await finish_follow_up(db, edit, shown="then")
    [again] = await _claim(db, SOON)
    assert again.shown == "then"
    await finish_follow_up(db, again)
    assert await FollowUpQueue(db).next_due_at(NOW) is None


async def test_what_is_told_while_it_is_sent_is_not_lost(db: Database, delivery: Delivery) -> None:
    await _mend(db, delivery)
    assert await _claim(db, SOON) == []
    await _arrived(db, delivery, at=SOON)
    assert [one.kind for one in await _claim(db, SOON)] == [EDIT]


async def test_chapters_that_come_later_are_an_edit(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery, at=datetime.now(NOW.tzinfo))
    assert await save_chapters(db, delivery.episode_id, ChapterSource.PODCAST, [Chapter(0, "One")])
    assert await FollowUpQueue(db).next_due_at(NOW) is not None


async def test_edits_are_few(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery)
    for n in range(MOST_EDITS):
        await _mend(db, delivery, NOW + n * EDIT_AFTER)
        [edit] = await _claim(db, NOW + (n + 1) * EDIT_AFTER)
        await finish_follow_up(db, edit, shown=str(n))
    await _mend(db, delivery, NOW + timedelta(hours=1))
    assert await FollowUpQueue(db).next_due_at(NOW) is None


async def test_a_late_transcript_has_an_edit_of_its_own(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery)
    for place in range(MOST_EDITS + 1):
        async with db.write() as connection:
            await ask_for_edits(connection, [delivery.episode_id], NOW)
        for one in await _claim(db, SOON):
            await finish_follow_up(db, one, shown=f"edit {place}")
    for place in range(2):
        async with db.write() as connection:
            await ask_for_edits(connection, [delivery.episode_id], NOW, transcript=True)
        due = await _claim(db, SOON)
        assert [one.kind for one in due] == [TRANSCRIPT] * (1 - place)
        for one in due:
            await finish_follow_up(db, one, shown="with the transcript")


async def test_old_announcements_stay_as_they_are(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery)
    await _mend(db, delivery, NOW + EDITED_WITHIN)
    assert await FollowUpQueue(db).next_due_at(NOW) is None


async def test_what_an_older_version_sent_stays_as_it_is(db: Database, delivery: Delivery) -> None:
    async with db.write() as connection:
        await connection.execute(schema.delivery.update().values(state="sent", message_id=5))
    await _mend(db, delivery)
    assert await FollowUpQueue(db).next_due_at(NOW) is None


async def test_a_withdrawn_episode_is_marked_once_it_stayed_away(db: Database, delivery: Delivery) -> None:
    await _arrived(db, delivery)
    podcast_id, episode = delivery.to.podcast_id, delivery.episode_id
    known = await known_items(db, podcast_id)
    await save_poll(db, podcast_id, known.revision, result(left_out=frozenset({episode})))
    # Told differently in between, it is edited for that; the mark comes at its own time.
    await _mend(db, delivery)
    [edit] = await _claim(db, SOON)
    await finish_follow_up(db, edit, shown="mended")
    counts_from = NOW + WITHDRAWN_AFTER
    assert await FollowUpQueue(db).next_due_at(NOW) == counts_from
    assert not await _is_withdrawn(db, episode, SOON)
    assert await _is_withdrawn(db, episode, counts_from)
    [mark] = await _claim(db, counts_from)
    assert mark.kind is WITHDRAWN
    await finish_follow_up(db, mark, shown="marked")

    known = await known_items(db, podcast_id)
    assert [one.withdrawn for one in known.episodes] == [False, True]
    await save_poll(db, podcast_id, known.revision, result(listed_again=frozenset({episode})))
    assert not await _is_withdrawn(db, episode, counts_from)
    assert EDIT in [one.kind for one in await _claim(db, SOON)]


async def _is_withdrawn(db: Database, episode_id: int, now: datetime) -> bool:
    told = await read_announced_episode(db, episode_id, now)
    assert told is not None
    return told.withdrawn


async def test_the_newest_follow_up_that_failed_is_told_until_a_later_message_had_none(
    db: Database, delivery: Delivery
) -> None:
    here = delivery.destination_id
    assert await follow_up_problems(db, [here]) == {}
    await _arrived(db, delivery, PUBLISH, THREAD)
    assert await follow_up_problems(db, [here]) == {}
    [thread] = await _claim(db, NOW)
    why, worse = as_text("the permission"), as_text("it is refused")
    await postpone_follow_up(db, thread, why, failing_since=NOW, due_at=LATER)
    assert await follow_up_problems(db, [here]) == {here: (THREAD, why)}
    assert await follow_up_problems(db, [here + 1]) == {}
    await postpone_follow_up(db, thread, worse, failing_since=NOW, due_at=None)
    assert await follow_up_problems(db, [here]) == {here: (THREAD, worse)}
    later, _ = await plan_delivery(db, here, delivery.episode_id - 1, NOW)
    assert later.id > delivery.id
    await _arrived(db, later)
    assert await follow_up_problems(db, [here]) == {}
