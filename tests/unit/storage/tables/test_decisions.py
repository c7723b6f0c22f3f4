"""Why episodes are announced or not, and those that wait for their dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import EpisodeChange, as_text
from storage.tables.decisions import DATE_CAME, announce_come, decisions_of
from storage.tables.deliveries import due_deliveries
from storage.tables.feed_updates import record_poll
from storage.tables.schema import episode
from tests.unit.storage.material import NOW, edited, followed, ids, item, outcome, poll, stored

AHEAD = NOW + timedelta(days=5)
LATER = timedelta(minutes=1)


async def _waiting(db: Database) -> tuple[int, int]:
    """A podcast that a channel follows, and its episode that waits."""
    podcast_id = await stored(db, item("a"))
    await followed(db, podcast_id, 10)
    one = item("b", published=AHEAD)
    await poll(db, podcast_id, EpisodeChange(one, None, False, as_text("waits"), NOW, announce_at=AHEAD))
    return podcast_id, (await ids(db, podcast_id))["b"]


async def test_an_episode_is_announced_once_its_date_has_come(db: Database) -> None:
    podcast_id, episode_id = await _waiting(db)
    assert (await decisions_of(db, [podcast_id]))[episode_id] == as_text("waits")
    assert await record_poll(db, podcast_id, outcome(now=AHEAD - LATER)) == 0
    assert await record_poll(db, podcast_id, outcome(now=AHEAD)) == 1
    assert await record_poll(db, podcast_id, outcome(now=AHEAD + LATER)) == 0
    assert (await decisions_of(db))[episode_id] == DATE_CAME()
    assert [one.episode_id for one in await due_deliveries(db, AHEAD, 9)] == [episode_id]


async def test_a_date_that_the_feed_moves_is_waited_for_anew(db: Database) -> None:
    podcast_id, episode_id = await _waiting(db)
    later = item("b", published=AHEAD + timedelta(days=1), content_hash="new")
    await poll(db, podcast_id, edited(later, episode_id))
    assert await record_poll(db, podcast_id, outcome(now=AHEAD)) == 0
    assert await record_poll(db, podcast_id, outcome(now=AHEAD + timedelta(days=1))) == 1


async def test_one_that_is_not_listed_waits_until_it_is(db: Database) -> None:
    podcast_id, episode_id = await _waiting(db)
    for withdrawn_at, come in ((NOW, []), (None, [episode_id])):
        async with db.write() as connection:
            await connection.execute(
                sa.update(episode).where(episode.c.id == episode_id).values(withdrawn_at=withdrawn_at)
            )
            assert await announce_come(connection, podcast_id, AHEAD) == come


async def test_an_episode_that_does_not_wait_never_does(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    one = (await ids(db, podcast_id))["a"]
    await poll(db, podcast_id, edited(replace(item("a"), published=AHEAD, content_hash="new"), one))
    assert await record_poll(db, podcast_id, outcome(now=AHEAD + LATER)) == 0
