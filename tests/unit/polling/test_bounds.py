"""Feeds and transcripts that are more than is kept: the newest are read, the rest is left and told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.bounds import Bounds
from bot.polling.feed_outcomes import LEFT_UNREAD
from bot.polling.services import Reader, open_reader
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.models import Status
from storage.tables.episodes import list_episodes
from storage.tables.linked_files import file_problems, pending_files
from storage.tables.podcasts import get_podcast
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import FEED, LOOPBACK, followed, poll_again, recent, titles_to_announce

VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle is on.\n"
ARCHIVE = [recent(str(days), days=days) for days in (3, 4, 5, 6, 7)]


@asynccontextmanager
async def _reader(db: Database, bounds: Bounds) -> AsyncIterator[Reader]:
    documents = InProcessReader()
    async with open_reader(db, LOOPBACK, poll_interval_s=600, documents=documents, bounds=bounds) as reader:
        yield reader


def _remarks(outcome: Status) -> object:
    return outcome.args.get("remarks")


async def test_of_a_long_feed_the_newest_episodes_are_kept_and_new_ones_announced(
    sqlite_db: Database, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml(ARCHIVE))
    async with _reader(sqlite_db, Bounds(episodes=2)) as reader:
        updater = reader.updater
        podcast = await followed(sqlite_db, updater, url)
        assert (podcast.episode_count, podcast.left_unread) == (2, 3)
        assert podcast.outcome is not None
        assert _remarks(podcast.outcome) == (LEFT_UNREAD(count=3, most=2),)
        assert "3 older items are left unread, as the newest 2 of a feed are kept" in sentence(
            podcast.outcome
        )
        # It does not change: nothing is read.
        assert (await poll_again(sqlite_db, updater, podcast)).new == 0
        for number, days in enumerate((2, 1), start=1):
            host.put(FEED, feed_xml([*(recent(str(day), days=day) for day in range(days, 3)), *ARCHIVE]))
            poll = await poll_again(sqlite_db, updater, podcast)
            assert (poll.new, poll.announced) == (1, 1)
            stored = await get_podcast(sqlite_db, podcast.id)
            assert stored is not None
            assert (stored.episode_count, stored.left_unread) == (2 + number, 3)
        # Twice as many are stored by now: what comes then is left, and told. Nothing that is stored goes.
        host.put(FEED, feed_xml([*(recent(str(day), days=day) for day in range(3)), *ARCHIVE]))
        poll = await poll_again(sqlite_db, updater, podcast)
        assert (poll.new, poll.failed) == (0, False)
        assert _remarks(poll.outcome) == (LEFT_UNREAD(count=4, most=2),)
    assert await titles_to_announce(sqlite_db) == ["About 2", "About 1"]
    assert [one.guid for one in await list_episodes(sqlite_db)] == ["1", "2", "3", "4"]


async def test_an_edited_episode_of_a_long_feed_is_read_again_and_none_is_taken_for_withdrawn(
    sqlite_db: Database, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml(ARCHIVE))
    async with _reader(sqlite_db, Bounds(episodes=3)) as reader:
        podcast = await followed(sqlite_db, reader.updater, url)
        host.put(FEED, feed_xml([*ARCHIVE[:1], recent("4", days=4, title="Edited"), *ARCHIVE[2:]]))
        poll = await poll_again(sqlite_db, reader.updater, podcast)
        assert (poll.new, poll.changed) == (0, 1)
        # An old item appears between them, and pushes one that is stored out of the newest.
        again = recent("4", days=4, title="Again")
        host.put(FEED, feed_xml([*ARCHIVE[:1], recent("x", days=3), again, *ARCHIVE[2:]]))
        await poll_again(sqlite_db, reader.updater, podcast)
    titles = {one.guid: one.title for one in await list_episodes(sqlite_db)}
    assert titles == {"3": "About 3", "x": "About x", "4": "Again", "5": "About 5"}
    async with sqlite_db.read() as connection:
        gone = await connection.exec_driver_sql("SELECT count(*) FROM episode WHERE withdrawn_at IS NOT NULL")
        assert gone.scalar_one() == 0


async def test_the_operator_who_raises_the_bound_gets_the_rest(sqlite_db: Database, host: FeedHost) -> None:
    url = host.put(FEED, feed_xml(ARCHIVE))
    async with _reader(sqlite_db, Bounds(episodes=1)) as reader:
        podcast = await followed(sqlite_db, reader.updater, url)
    async with _reader(sqlite_db, Bounds(episodes=4)) as reader:
        assert (await poll_again(sqlite_db, reader.updater, podcast)).new == 0
        _, poll = await reader.updater.follow(url, by_operator=False)
        # They are less than a week old, and most of the feed looks new; all the same they were there at first.
        assert (poll.new, poll.announced, poll.held) == (3, 0, 0)
        stored = await get_podcast(sqlite_db, podcast.id)
    assert stored is not None
    assert (stored.episode_count, stored.left_unread) == (4, 1)


async def test_transcripts_beyond_the_bound_of_text_wait_without_being_asked_for(
    sqlite_db: Database, host: FeedHost
) -> None:
    def linked(name: str, days: int, notes: str = "") -> str:
        url = host.put(f"/{name}.vtt", VTT, content_type="text/vtt")
        link = f'<podcast:transcript url="{url}" type="text/vtt"/>'
        return recent(name, link, f"<description>{notes}</description>", days=days)

    old = [linked("old", 3, "word " * 110_000), linked("older", 4)]
    url = host.put(FEED, feed_xml(old))
    async with _reader(sqlite_db, Bounds(podcast_text_mb=1)) as reader:
        podcast = await followed(sqlite_db, reader.updater, url)
        warnings = await reader.files.read(podcast.id, limit=9)
        assert len(warnings) == 1
        assert "1 MB of text are stored of this podcast" in warnings[0]
        # What it publishes later is read nevertheless.
        host.put(FEED, feed_xml([linked("new", 1), *old]))
        await poll_again(sqlite_db, reader.updater, podcast)
        assert await reader.files.read(podcast.id, limit=9) == []
        assert [host.count(f"/{name}.vtt") for name in ("new", "old", "older")] == [1, 0, 0]
        assert (await file_problems(sqlite_db))[podcast.id].count == 2
        # They are due again after a day, and not before.
        for hours, due in ((23, 0), (25, 2)):
            then = datetime.now(UTC) + timedelta(hours=hours)
            assert len(await pending_files(sqlite_db, podcast.id, due_at=then, limit=9)) == due
    async with _reader(sqlite_db, Bounds()) as reader:
        assert await reader.files.read(podcast.id, limit=9, all_missing=True) == []
    assert [host.count(f"/{name}.vtt") for name in ("new", "old", "older")] == [1, 1, 1]
    assert await file_problems(sqlite_db) == {}


async def test_a_feed_larger_than_the_setting_is_not_read(sqlite_db: Database, host: FeedHost) -> None:
    url = host.put(FEED, feed_xml([recent("a", f"<description>{'x' * 2**20}</description>")]))
    async with _reader(sqlite_db, Bounds()) as reader:
        podcast = await followed(sqlite_db, reader.updater, url)
    async with _reader(sqlite_db, Bounds(feed_mib=1)) as reader:
        poll = await reader.updater.poll_afresh(podcast)
    assert poll.failed
    assert "larger than 1 MiB" in sentence(poll.outcome)
