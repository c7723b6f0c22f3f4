"""Items that wait for a decision."""

from __future__ import annotations

from datetime import timedelta

from storage.engine.database import Database
from storage.models import HeldItem, HeldState, Validators, as_text
from storage.tables.feed_items import known_items
from storage.tables.feed_updates import save_poll
from storage.tables.held_items import decide_held, waiting_items
from storage.tables.podcasts import get_podcast
from tests.unit.storage.material import FEED, NOW, fresh, item, result, stored

SECOND = "https://feeds.example/second.xml"


def _held(name: str, days: int = 0) -> HeldItem:
    return HeldItem(name, f"About {name}", NOW - timedelta(days=days), as_text("most of the feed looks new"))


async def _hold(db: Database, podcast_id: int, *items: HeldItem, new: tuple[str, ...] = ()) -> None:
    known = await known_items(db, podcast_id)
    changes = [fresh(item(name)) for name in new]
    await save_poll(db, podcast_id, known.revision, result(*changes, held=items))


async def test_what_is_held_waits_for_as_long_as_the_feed_lists_it(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    other = await stored(db, item("a"), feed_url=SECOND)
    await _hold(db, podcast_id, _held("x", 3), _held("y", 1))
    await _hold(db, other, _held("z"))
    assert await waiting_items(db) == {podcast_id: [_held("y", 1), _held("x", 3)], other: [_held("z")]}
    assert await waiting_items(db, [other]) == {other: [_held("z")]}
    await _hold(db, podcast_id, _held("y", 1))
    assert await waiting_items(db, [podcast_id]) == {podcast_id: [_held("y", 1)]}
    assert (await known_items(db, podcast_id)).held == {"y": HeldState.WAITING}


async def test_what_is_released_is_read_by_the_next_look_and_then_forgotten(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    await _hold(db, podcast_id, _held("x"), _held("y"))
    assert await decide_held(db, podcast_id, HeldState.RELEASED) == 2
    assert await decide_held(db, podcast_id, HeldState.RELEASED) == 0
    assert await waiting_items(db) == {}
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.feed_url, podcast.validators) == (FEED, Validators())
    assert set((await known_items(db, podcast_id)).held.values()) == {HeldState.RELEASED}
    await _hold(db, podcast_id, new=("x",))
    # What the feed did not list just now stays released.
    assert (await known_items(db, podcast_id)).held == {"y": HeldState.RELEASED}


async def test_what_is_discarded_does_not_wait_again(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    await _hold(db, podcast_id, _held("x"))
    assert await decide_held(db, podcast_id, HeldState.DISCARDED) == 1
    await _hold(db, podcast_id)
    assert (await known_items(db, podcast_id)).held == {"x": HeldState.DISCARDED}
    assert await waiting_items(db) == {}
