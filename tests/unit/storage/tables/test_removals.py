"""What nobody follows: since when, what is deleted of it and what stays."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import FileLink, GuildPodcast, LeftPodcast, Podcast, Quote, TranscriptSource
from storage.tables import removals
from storage.tables.answers import answer_quotes, keep_answer
from storage.tables.deliveries import plan_delivery
from storage.tables.destinations import (
    add_destination,
    guild_destinations,
    remove_destinations,
    remove_followers,
)
from storage.tables.feed_updates import create_podcast
from storage.tables.guild_podcasts import configure_guild_podcast, get_guild_podcast
from storage.tables.linked_files import podcasts_with_due_files
from storage.tables.podcasts import (
    follow_as_operator,
    get_podcast,
    hold_podcast,
    list_podcasts,
    podcast_by_feed,
)
from storage.tables.removals import (
    INDEX_PER_BYTE,
    begin_deletion,
    compare_guilds,
    delete_some,
    forget_some,
    left_podcasts,
    note_followers,
    podcasts_in_deletion,
    record_guild_back,
    record_guild_removed,
)
from storage.tables.schema import destination as destinations
from storage.tables.schema import metadata, podcast, removed_guild
from storage.tables.search_index import add_segments, index_state
from storage.tables.transcripts import save_transcript
from tests.fakes.watch import TIMEOUT_S
from tests.unit.storage.material import FEED, NOW, edited, followed, ids, item, poll, result, stored, turn

DAY = timedelta(days=1)
SECOND = "https://feeds.example/second.xml"


async def _podcast(db: Database, podcast_id: int) -> Podcast:
    found = await get_podcast(db, podcast_id)
    assert found is not None
    return found


def _quote(episode_id: int) -> Quote:
    return Quote(episode_id, 0, "Ada", 1_000, None, "The lamp burns on.", (4, 14), 0.9, ((4, 8),))


def _with_audio(one: GuildPodcast) -> GuildPodcast:
    return replace(one, audio=True)


async def _rows(db: Database) -> Mapping[str, int]:
    """How many rows each table has, of those that have any."""
    async with db.read() as connection:
        counts = {
            name: await connection.scalar(sa.select(sa.func.count()).select_from(table))
            for name, table in metadata.tables.items()
        }
    return {name: count for name, count in counts.items() if count}


async def test_a_podcast_is_left_when_the_last_who_follows_it_goes(db: Database) -> None:
    podcast_id = await stored(db, item("a"), by_operator=False)
    await followed(db, podcast_id, 10)
    await followed(db, podcast_id, 11, guild_id=2)
    await follow_as_operator(db, podcast_id)
    for number, gone in enumerate((1, 2), start=1):
        await remove_destinations(db, guild_id=gone, podcast_id=podcast_id, now=NOW + number * DAY)
    assert (await _podcast(db, podcast_id)).left_at is None
    await remove_followers(db, podcast_id, NOW + 3 * DAY)
    assert (await _podcast(db, podcast_id)).left_at == NOW + 3 * DAY
    # Nobody leaves it a second time.
    await remove_followers(db, podcast_id, NOW + 4 * DAY)
    await note_followers(db, NOW + 4 * DAY)
    assert (await _podcast(db, podcast_id)).left_at == NOW + 3 * DAY


@pytest.mark.parametrize("how", ["channel", "command line", "command line adds"])
async def test_whoever_follows_it_again_keeps_it(db: Database, how: str) -> None:
    podcast_id = await stored(db, item("a"))
    await remove_followers(db, podcast_id, NOW)
    if how == "channel":
        await followed(db, podcast_id, 10)
    elif how == "command line":
        await follow_as_operator(db, podcast_id)
    else:
        assert await create_podcast(db, FEED, result(), by_operator=True) == podcast_id
    assert (await _podcast(db, podcast_id)).left_at is None
    assert await left_podcasts(db) == []
    assert not await begin_deletion(db, podcast_id, NOW, NOW + 99 * DAY)


async def test_of_two_for_one_address_the_one_that_stays_answers_to_it_in_the_end(db: Database) -> None:
    """As an older version may have stored them."""
    gone = await stored(db, item("a"), by_operator=False)
    kept = await stored(db, item("a"), feed_url=SECOND)
    third = await stored(db, item("a"), feed_url="https://feeds.example/third.xml")
    http = FEED.replace("https", "http")
    async with db.write() as connection:
        for podcast_id, address in ((kept, http), (third, "http://feeds.example/other.xml")):
            await connection.execute(
                podcast.update().where(podcast.c.id == podcast_id).values(feed_url=address, feed_key=None)
            )
    await note_followers(db, NOW)
    assert await begin_deletion(db, gone, NOW, NOW + DAY)
    for spelling in (FEED, http, f"{FEED}?utm_source=x"):
        found = await podcast_by_feed(db, spelling)
        assert found is not None
        assert found.id == kept


async def test_what_nobody_noted_is_noted_by_the_sweep(db: Database) -> None:
    never = await stored(db, item("a"), by_operator=False)
    kept = await stored(db, item("a"), feed_url=SECOND)
    await note_followers(db, NOW + DAY)
    # A clock that was wrong has no say.
    await note_followers(db, NOW)
    assert (await _podcast(db, never)).left_at == NOW
    assert (await _podcast(db, kept)).left_at is None


async def test_its_size_counts_notes_turns_and_the_search(db: Database) -> None:
    notes = item("a", notes="ü" * 1_000, intro="x" * 10, turns=(turn("word " * 200),))
    podcast_id = await stored(db, notes, item("b", notes="", intro=""), by_operator=False)
    await note_followers(db, NOW)
    size = 2_010 + int(1_000 * (1 + INDEX_PER_BYTE))
    assert await left_podcasts(db) == [LeftPodcast(podcast_id, "First Show", NOW, size)]
    # Edited notes, and turns from a file, are counted in their place.
    known = await ids(db, podcast_id)
    await poll(db, podcast_id, edited(item("b", notes="y" * 500, intro=""), known["b"]))
    await save_transcript(db, known["b"], TranscriptSource("vtt"), [turn("z" * 100), turn("z" * 100)])
    more = 500 + int(200 * (1 + INDEX_PER_BYTE))
    assert [one.size for one in await left_podcasts(db)] == [size + more]


async def test_those_that_were_left_first_come_first(db: Database) -> None:
    first = await stored(db, item("a"))
    second = await stored(db, feed_url=SECOND)
    await remove_followers(db, second, NOW)
    await remove_followers(db, first, NOW + DAY)
    assert [(one.id, one.left_at) for one in await left_podcasts(db)] == [(second, NOW), (first, NOW + DAY)]


async def test_a_deletion_takes_all_that_hangs_on_a_podcast_and_nothing_else(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removals, "BYTES_AT_ONCE", 100)
    await stored(db, item("kept", turns=(turn("kept"),)), feed_url=SECOND)
    before = await _rows(db)
    many = [
        item(
            str(number),
            turns=(turn("word " * 9),),
            transcript_links=(FileLink("https://x.example", "text/vtt"),),
        )
        for number in range(5)
    ]
    podcast_id = await stored(db, *many, by_operator=False)
    known = await ids(db, podcast_id)
    destination = await followed(db, podcast_id, 10)
    await plan_delivery(db, destination.id, known["0"], NOW)
    answer = await keep_answer(db, 1, 5, [_quote(known["0"])], NOW)
    keys = (await index_state(db, podcast_id)).unindexed
    assert await add_segments(db, podcast_id, {"segment": keys}) == 5
    await configure_guild_podcast(db, 1, podcast_id, _with_audio)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)

    assert await begin_deletion(db, podcast_id, NOW, NOW + DAY)
    assert not await begin_deletion(db, podcast_id, NOW, NOW + DAY)
    assert await podcasts_in_deletion(db) == [podcast_id]
    # Nobody finds it any more, and its feed can be taken up anew while it is being deleted.
    assert await get_podcast(db, podcast_id) is None
    assert await podcast_by_feed(db, FEED) is None
    assert podcast_id not in [one.id for one in await list_podcasts(db)]
    assert not await hold_podcast(db, podcast_id, NOW)
    again = await create_podcast(db, FEED, result(), by_operator=True)
    assert again != podcast_id
    steps = 0
    while await delete_some(db, podcast_id):
        steps += 1
        # A segment that was built of it meanwhile is listed for nothing that is gone.
        await add_segments(db, podcast_id, {"late": keys})
    assert steps >= 2
    assert await podcasts_in_deletion(db) == []
    assert not await delete_some(db, podcast_id)
    assert await answer_quotes(db, answer, 1, 5) == []
    assert await _rows(db) == {**before, "podcast": 2, "answer": 1}


async def test_a_podcast_that_somebody_is_about_to_follow_is_not_deleted(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    assert await hold_podcast(db, podcast_id, NOW)
    assert (await _podcast(db, podcast_id)).left_at is None
    await remove_followers(db, podcast_id, NOW)
    seen = (await left_podcasts(db))[0].left_at
    assert await hold_podcast(db, podcast_id, NOW + 30 * DAY)
    assert not await begin_deletion(db, podcast_id, seen, NOW + 30 * DAY)
    assert (await _podcast(db, podcast_id)).left_at == NOW + 30 * DAY


async def test_nothing_is_read_for_what_nobody_follows(db: Database) -> None:
    links = (FileLink("https://x.example/1.vtt", "text/vtt"),)
    podcast_id = await stored(db, item("a", transcript_links=links))
    assert await podcasts_with_due_files(db, NOW, 9) == [podcast_id]
    await remove_followers(db, podcast_id, NOW)
    assert await podcasts_with_due_files(db, NOW, 9) == []


async def test_removed_settings_go_after_their_time_and_the_podcast_stays(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removals, "ROWS_AT_ONCE", 1)
    podcast_id = await stored(db, item("a"), item("b"))
    known = await ids(db, podcast_id)
    for guild_id in (1, 2):
        destination = await followed(db, podcast_id, 10 + guild_id, guild_id)
        for episode_id in known.values():
            await plan_delivery(db, destination.id, episode_id, NOW)
        await configure_guild_podcast(db, guild_id, podcast_id, _with_audio)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    assert not await forget_some(db, NOW - DAY, NOW)
    # Until then it can be brought back as it was.
    assert (await _rows(db))["destination"] == (await _rows(db))["guild_podcast"] == 2
    while await forget_some(db, NOW, NOW):
        pass
    rows = await _rows(db)
    assert (rows["destination"], rows["delivery"], rows["episode"]) == (1, 2, 2)
    assert [one.guild_id for one in await guild_destinations(db, 2)] == [2]
    assert [(await get_guild_podcast(db, guild_id, podcast_id)).audio for guild_id in (1, 2)] == [False, True]


async def test_what_a_server_left_goes_when_it_has_removed_the_bot_for_long(db: Database) -> None:
    podcast_id = await stored(db, item("a"), by_operator=False)
    episode_id = (await ids(db, podcast_id))["a"]
    for guild_id in (1, 2):
        await followed(db, podcast_id, 10 + guild_id, guild_id)
        await configure_guild_podcast(db, guild_id, podcast_id, _with_audio)
    theirs, other = [
        await keep_answer(db, guild_id, 5, [_quote(episode_id)], NOW + DAY) for guild_id in (1, 2)
    ]
    await record_guild_removed(db, 1, NOW)
    await record_guild_removed(db, 1, NOW + 20 * DAY)
    while await forget_some(db, NOW - DAY, NOW):
        pass
    assert len(await guild_destinations(db, 1)) == 1
    while await forget_some(db, NOW, NOW + 30 * DAY):
        pass
    assert await guild_destinations(db, 1) == []
    assert await answer_quotes(db, theirs, 1, 5) == []
    assert await answer_quotes(db, other, 2, 5) != []
    assert [(await get_guild_podcast(db, guild_id, podcast_id)).audio for guild_id in (1, 2)] == [False, True]
    assert (await _podcast(db, podcast_id)).left_at is None
    assert "removed_guild" not in await _rows(db)
    # The last one that followed it: its time begins now.
    await record_guild_removed(db, 2, NOW)
    while await forget_some(db, NOW, NOW + 30 * DAY):
        pass
    assert (await _podcast(db, podcast_id)).left_at == NOW + 30 * DAY


async def test_who_asked_is_forgotten_after_the_same_time(db: Database) -> None:
    podcast_id = await stored(db, item("a", turns=(turn("word"),)))
    known = await ids(db, podcast_id)
    old = await keep_answer(db, 1, 5, [_quote(known["a"])], NOW)
    new = await keep_answer(db, 1, 5, [_quote(known["a"])], NOW + DAY)
    while await forget_some(db, NOW + DAY / 2, NOW + 31 * DAY):
        pass
    assert await answer_quotes(db, old, 1, 5) == []
    assert len(await answer_quotes(db, new, 1, 5)) == 1


async def test_servers_are_compared_with_those_that_have_settings(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    for guild_id in (1, 2, 3):
        await followed(db, podcast_id, 10 + guild_id, guild_id)
    assert await compare_guilds(db, {1, 9}, NOW) == [2, 3]
    assert await compare_guilds(db, {1, 3}, NOW + DAY) == []
    async with db.read() as connection:
        rows = (await connection.execute(sa.select(removed_guild))).all()
    assert [(row.guild_id, row.removed_at) for row in rows] == [(2, NOW)]
    await record_guild_back(db, 2)
    await record_guild_back(db, 77)
    assert await compare_guilds(db, {1, 2, 3}, NOW) == []


async def test_a_channel_that_follows_again_in_time_has_its_settings(db: Database) -> None:
    podcast_id = await stored(db, item("a"), by_operator=False)
    destination = await followed(db, podcast_id, 10)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    while await forget_some(db, NOW - DAY, NOW + 29 * DAY):
        pass
    again, new = await add_destination(
        db, podcast_id, guild_id=1, channel_id=10, added_by=5, now=NOW + 29 * DAY
    )
    assert (again.id, new) == (destination.id, True)


async def _until_another_waits(db: Database) -> None:
    """Return once a transaction waits for one that is open; on SQLite it has not begun."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(TIMEOUT_S):
        while db.dialect == "postgresql":
            async with db.read() as connection:
                if await connection.scalar(sa.text(waiting)):
                    return


async def test_a_channel_that_follows_again_at_the_last_moment_keeps_its_settings(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    await followed(db, podcast_id, 10)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    async with db.write() as connection:
        await connection.execute(destinations.update().values(removed_at=None))
        sweep = asyncio.create_task(forget_some(db, NOW + DAY, NOW + DAY))
        await _until_another_waits(db)
    await sweep
    assert len(await guild_destinations(db, 1)) == 1


async def test_a_removal_that_is_noted_twice_at_a_time_is_no_fault(db: Database) -> None:
    await followed(db, await stored(db, item("a")), 10, guild_id=2)
    async with db.write() as connection:
        await connection.execute(removed_guild.insert().values(guild_id=2, removed_at=NOW))
        compared = asyncio.create_task(compare_guilds(db, {1}, NOW + DAY))
        await _until_another_waits(db)
    assert await compared == []
    await record_guild_back(db, 2)
    async with db.write() as connection:
        await connection.execute(removed_guild.insert().values(guild_id=2, removed_at=NOW))
        told = asyncio.create_task(record_guild_removed(db, 2, NOW + DAY))
        await _until_another_waits(db)
    await told
