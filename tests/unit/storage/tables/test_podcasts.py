"""Podcasts: who is followed, and what there is of them."""

from __future__ import annotations

import pytest

from storage.engine.database import Database
from storage.models import Chapter, ChapterSource, Coverage, FileLink, TranscriptSource
from storage.tables.destinations import remove_destinations
from storage.tables.podcasts import (
    coverage,
    coverages,
    follow_as_operator,
    followed_podcasts,
    get_podcast,
    list_podcasts,
    podcast_by_feed,
)
from storage.tables.schema import podcast
from storage.tables.transcripts import save_transcript
from tests.unit.storage.material import FEED, NOW, followed, ids, item, stored, turn

SECOND = "https://feeds.example/second.xml"
THIRD = "https://feeds.example/third.xml"


async def test_one_is_found_by_its_id_and_by_its_feed(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    found = await get_podcast(db, podcast_id)
    assert found is not None
    assert await podcast_by_feed(db, FEED) == found
    assert await podcast_by_feed(db, SECOND) is None
    assert await get_podcast(db, podcast_id + 1) is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("http://FEEDS.example:80/first.xml?utm_source=x#new", True),
        ("https://feeds.example./first.xml?fbclid=1", True),
        ("https://feeds.example/first.xml?key=1", False),
        ("https://ada:pw@feeds.example/first.xml", False),
        ("https://feeds.example/First.xml", False),
    ],
)
async def test_one_is_found_by_every_spelling_of_its_address(db: Database, other: str, *, same: bool) -> None:
    podcast_id = await stored(db, item("a"))
    found = await podcast_by_feed(db, other)
    assert (found.id if found else None) == (podcast_id if same else None)
    assert (await stored(db, item("a"), feed_url=other) == podcast_id) is same


async def test_of_two_for_one_address_each_answers_to_its_own_spelling(db: Database) -> None:
    """As an older version may have stored them; the one that has the key answers to all others."""
    http, https = "http://feeds.example/first.xml", FEED
    second = await stored(db, item("a"), feed_url=https)
    first = await stored(db, item("a"), feed_url=SECOND)
    async with db.write() as connection:
        await connection.execute(
            podcast.update().where(podcast.c.id == first).values(feed_url=http, feed_key=None)
        )
    for address, podcast_id in {http: first, https: second, f"{http}?utm_source=x": second}.items():
        found = await podcast_by_feed(db, address)
        assert found is not None
        assert found.id == podcast_id
        assert await stored(db, item("a"), feed_url=address) == podcast_id


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


async def test_coverage_counts_episodes(db: Database) -> None:
    link = (FileLink("https://cdn.example/x.vtt", "text/vtt"),)
    podcast_id = await stored(
        db,
        item("bare"),
        item("chapters", chapters=(Chapter(0, "One"), Chapter(9, "Two"))),
        item("turns", turns=(turn("a"), turn("b")), transcript_links=link),
        item("missing", transcript_links=link),
    )
    other = await stored(
        db,
        item("tagged", chapters=(Chapter(0, "One"),), chapters_source=ChapterSource.PSC),
        item("noted", chapters=(Chapter(0, "One"),)),
        feed_url=SECOND,
    )
    known = await ids(db, podcast_id)
    await save_transcript(db, known["bare"], TranscriptSource("srt"), [turn("c")])
    covered = await coverage(db, podcast_id)
    assert covered == Coverage(
        4, {ChapterSource.NOTES: 1}, {TranscriptSource("notes"): 1, TranscriptSource("srt"): 1}, 1
    )
    assert (covered.with_chapters, covered.with_turns) == (1, 2)
    assert (await coverages(db))[other].chapters == {ChapterSource.PSC: 1, ChapterSource.NOTES: 1}
    assert await coverages(db, []) == {}
    assert await coverage(db, 4711) == Coverage()
