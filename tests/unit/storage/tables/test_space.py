"""How much text is stored."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.tables.destinations import remove_destinations
from storage.tables.space import GuildUse, guild_use, text_beside, text_sizes
from tests.unit.storage.material import NOW, followed, fresh, ids, item, poll, stored, turn

DAY = timedelta(days=1)
SECOND = "https://feeds.example/second.xml"


async def test_text_is_counted_by_podcast(db: Database) -> None:
    one = await stored(
        db, item("a", notes="x" * 70, intro="y" * 20, turns=(turn("z" * 10),)), item("b", notes="", intro="")
    )
    other = await stored(db, item("a", notes="ä", intro=""), feed_url=SECOND)
    assert await text_sizes(db) == {one: 100, other: 2}
    assert await text_sizes(db, [other]) == {other: 2}
    assert await text_sizes(db, []) == {}


async def test_what_came_after_the_first_episodes_is_told_from_them(db: Database) -> None:
    podcast_id = await stored(db, item("a", notes="x" * 70, intro=""))
    await poll(db, podcast_id, fresh(item("b", notes="x" * 30, intro="")), now=NOW + DAY)
    known = await ids(db, podcast_id)
    assert await text_beside(db, known["a"]) == (100, False)
    assert await text_beside(db, known["b"]) == (100, True)
    assert await text_beside(db, 99) == (0, False)


async def test_a_server_takes_what_it_follows_and_what_it_left_of_late(db: Database) -> None:
    one = await stored(db, item("a", notes="x" * 70, intro=""))
    other = await stored(db, item("a", notes="x" * 30, intro=""), feed_url=SECOND)
    await followed(db, one, 10)
    await followed(db, one, 11)
    await followed(db, other, 12)
    await followed(db, other, 20, guild_id=2)
    await remove_destinations(db, guild_id=1, podcast_id=other, now=NOW)
    assert await guild_use(db, 1, NOW - DAY) == GuildUse(frozenset({one, other}), 100)
    assert await guild_use(db, 1, NOW) == GuildUse(frozenset({one}), 70)
    assert await guild_use(db, 3, NOW) == GuildUse(frozenset(), 0)
