"""Episodes and chapters, as they are read."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import Chapter
from storage.tables.episodes import (
    chapters_of,
    get_episode,
    get_episodes,
    list_episodes,
)
from tests.unit.storage.material import NOW, ids, item, stored

SECOND = "https://feeds.example/second.xml"


async def test_lists_are_newest_first_and_scoped(db: Database) -> None:
    old = item("old", published=NOW - timedelta(days=9))
    undated = item("undated", published=None)
    # What has no date stands where its change says: here at the time of the look.
    first = await stored(db, old, undated, item("new"))
    second = await stored(db, item("other", published=NOW - timedelta(days=3)), feed_url=SECOND)
    assert [one.guid for one in await list_episodes(db)] == ["undated", "new", "other", "old"]
    assert [one.guid for one in await list_episodes(db, [first])] == ["undated", "new", "old"]
    assert [one.guid for one in await list_episodes(db, [first, second], limit=2)] == ["undated", "new"]
    assert await list_episodes(db, []) == []


async def test_episodes_are_found_by_id_with_their_podcast(db: Database) -> None:
    podcast_id = await stored(db, item("a"), item("b"))
    known = await ids(db, podcast_id)
    found = await get_episodes(db, [known["a"], known["b"], 4711])
    assert {one.guid: one.id for one in found.values()} == known
    one = await get_episode(db, known["a"])
    assert one == found[known["a"]]
    assert (one.podcast_id, one.podcast_title) == (podcast_id, "First Show")
    assert (one.chapter_count, one.turn_count, one.transcript_source) == (0, 0, None)
    assert await get_episode(db, 4711) is None
    assert await get_episodes(db, []) == {}


async def test_chapters_are_in_the_order_of_time(db: Database) -> None:
    told = (Chapter(5_000, "Two"), Chapter(0, "One"), Chapter(0, "One again"))
    podcast_id = await stored(db, item("a", chapters=told), item("b"))
    known = await ids(db, podcast_id)
    assert await chapters_of(db, known.values()) == {
        known["a"]: [Chapter(0, "One"), Chapter(0, "One again"), Chapter(5_000, "Two")],
        known["b"]: [],
    }
    assert await chapters_of(db, []) == {}
