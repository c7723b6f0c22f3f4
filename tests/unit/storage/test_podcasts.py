"""Podcasts: who is followed, when they are due, and what there is of them."""

from __future__ import annotations

from datetime import timedelta

from storage.database import Database
from storage.destinations import remove_destinations
from storage.models import Chapter, Coverage, FileLink
from storage.podcasts import (
    coverage,
    due_podcasts,
    follow_as_operator,
    followed_podcasts,
    get_podcast,
    list_podcasts,
    next_poll_at,
    podcast_by_feed,
)
from storage.polls import record_look
from tests.unit.storage.material import FEED, NOW, followed, item, stored, turn

SECOND = "https://feeds.example/second.xml"
THIRD = "https://feeds.example/third.xml"
DUE = NOW + timedelta(minutes=10)


async def test_one_is_found_by_its_id_and_by_its_feed(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    found = await get_podcast(db, podcast_id)
    assert found is not None
    assert await podcast_by_feed(db, FEED) == found
    assert await podcast_by_feed(db, SECOND) is None
    assert await get_podcast(db, podcast_id + 1) is None


async def test_lists_are_by_title_in_any_case_and_scoped(db: Database) -> None:
    zebra = await stored(db, title="Zebra")
    apple = await stored(db, feed_url=SECOND, title="apple")
    mango = await stored(db, feed_url=THIRD, title="mango")
    assert [one.title for one in await list_podcasts(db)] == ["apple", "mango", "Zebra"]
    assert [one.id for one in await list_podcasts(db, [zebra, mango])] == [mango, zebra]
    assert [one.id for one in await list_podcasts(db, {apple})] == [apple]
    assert await list_podcasts(db, []) == []


async def test_followed_is_what_the_operator_or_any_channel_follows(db: Database) -> None:
    nobody = await stored(db, item("a"), by_operator=False)
    operator = await stored(db, item("a"), feed_url=SECOND)
    channel = await stored(db, item("a"), feed_url=THIRD, by_operator=False)
    await followed(db, channel, 10)
    await followed(db, channel, 11)
    assert [one.id for one in await followed_podcasts(db)] == [operator, channel]
    await remove_destinations(db, guild_id=1, podcast_id=channel, now=NOW)
    assert [one.id for one in await followed_podcasts(db)] == [operator]
    await follow_as_operator(db, nobody)
    assert [one.id for one in await followed_podcasts(db)] == [nobody, operator]


async def test_due_are_the_followed_whose_time_has_come_longest_due_first(db: Database) -> None:
    assert await next_poll_at(db) is None
    first = await stored(db, item("a"))
    second = await stored(db, item("a"), feed_url=SECOND)
    nobody = await stored(db, item("a"), feed_url=THIRD, by_operator=False)
    earlier = DUE - timedelta(minutes=1)
    await record_look(db, second, outcome="x", now=NOW, next_poll_at=earlier)
    await record_look(db, nobody, outcome="x", now=NOW, next_poll_at=NOW)
    assert await next_poll_at(db) == earlier
    assert await due_podcasts(db, NOW, 10) == []
    assert [one.id for one in await due_podcasts(db, earlier, 10)] == [second]
    assert [one.id for one in await due_podcasts(db, DUE, 10)] == [second, first]
    assert [one.id for one in await due_podcasts(db, DUE, 1)] == [second]


async def test_coverage_counts_episodes(db: Database) -> None:
    link = (FileLink("https://cdn.example/x.vtt", "text/vtt"),)
    podcast_id = await stored(
        db,
        item("bare"),
        item("chapters", chapters=(Chapter(0, "One"), Chapter(9, "Two"))),
        item("turns", turns=(turn("a"), turn("b")), transcript_links=link),
        item("missing", transcript_links=link),
    )
    await stored(db, item("other", chapters=(Chapter(0, "One"),)), feed_url=SECOND)
    assert await coverage(db, podcast_id) == Coverage(4, 1, 1, 1)
    assert await coverage(db, 4711) == Coverage(0, 0, 0, 0)
