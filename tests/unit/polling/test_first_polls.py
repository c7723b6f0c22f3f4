"""To follow a podcast, over real sockets and a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.schedule import EVERY
from bot.polling.feed_outcomes import ADDED, Poll
from bot.polling.feed_updater import FeedUpdater
from storage.engine.database import Database
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import followed_podcasts, list_podcasts
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import FEED, INTERVAL_S, POLLED_EARLY, followed, now_utc, recent


async def test_to_follow_a_podcast_takes_its_episodes_as_the_baseline(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("b", days=0), recent("a")]), etag='"1"')
    begun = now_utc()
    podcast, poll = await updater.follow(url, by_operator=True)
    ended = now_utc()
    assert poll == Poll(podcast.id, "Small Show", ADDED(count=2), new=2)
    assert (podcast.feed_url, podcast.title, podcast.episode_count) == (url, "Small Show", 2)
    assert podcast.validators.etag == '"1"'
    assert podcast.polled_at is not None
    assert begun <= podcast.polled_at <= ended
    # A little before the interval is over, so that what is new is announced within it.
    assert podcast.next_poll_at == podcast.polled_at + timedelta(seconds=INTERVAL_S) - POLLED_EARLY
    assert [one.title for one in await list_episodes(sqlite_db)] == ["About b", "About a"]
    assert [one.id for one in await followed_podcasts(sqlite_db)] == [podcast.id]
    assert podcast.next_reason == EVERY(wait=600)


async def test_a_podcast_that_can_not_be_read_is_not_taken_up(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    for path, told in {
        "/missing": "404 Not Found",
        host_path(host, "/html", b"<html/>"): "no podcast feed",
        host_path(host, "/empty", feed_xml()): "“Small Show” has no episodes",
    }.items():
        with pytest.raises(FeedError, match=told):
            await updater.follow(host.url(path), by_operator=True)
    host.fault("/304", status=304)
    with pytest.raises(FeedError, match="304 to a plain request"):
        await updater.follow(host.url("/304"), by_operator=True)
    assert await list_podcasts(sqlite_db) == []


def host_path(host: FeedHost, path: str, body: bytes) -> str:
    """The path, with this served under it."""
    host.put(path, body)
    return path


async def test_to_follow_what_is_known_polls_it(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]))
    podcast = await followed(sqlite_db, updater, url)
    host.put(FEED, feed_xml([recent("b"), recent("a")]))
    again, poll = await updater.follow(url, by_operator=True)
    assert (again.id, again.episode_count, poll.new, poll.announced) == (podcast.id, 2, 1, 1)
    host.remove(FEED)
    again, poll = await updater.follow(url, by_operator=True)
    assert (again.id, again.episode_count, poll.failed) == (podcast.id, 2, True)


async def test_two_that_follow_at_once_share_a_podcast(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]))
    followed = await asyncio.gather(*(updater.follow(url, by_operator=False) for _ in range(3)))
    assert len({podcast.id for podcast, _ in followed}) == 1
    assert len(await list_episodes(sqlite_db)) == 1


async def test_spellings_of_an_address_are_one_podcast_and_are_not_asked_for_themselves(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]))
    patrons = feed_xml([recent("patrons only"), recent("a")])
    keyed = host.put(f"{FEED}?key=s3cret", patrons), host.put(FEED, patrons, credentials="ada:pw")
    spellings = [url, f"{url}?utm_source=x", f"{url}?#a", url.replace("http", "HTTP")]
    made = await asyncio.gather(*(updater.follow(one, by_operator=False) for one in (*spellings, *keyed)))
    [public] = {podcast.id for podcast, _ in made[: len(spellings)]}
    counts = {one.id: one.episode_count for one in await list_podcasts(sqlite_db)}
    assert sorted(counts.values()) == [1, 2, 2]
    assert counts[public] == 1
    # From now on only the address that was given first is asked.
    asked = host.count(FEED)
    spellings.append(url.replace("http", "https"))
    for one in spellings:
        podcast, _ = await updater.follow(one, by_operator=False)
        assert (podcast.id, podcast.episode_count) == (public, 1)
    assert host.count(FEED) == asked + len(spellings)


async def test_a_feed_that_moved_for_good_before_it_was_added_is_one_podcast(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    new = host.put("/new.xml", feed_xml([recent("a")]))
    host.fault(FEED, "redirect", status=308, location=new, times=9)
    made = [await updater.follow(url, by_operator=True) for url in (host.url(FEED), new, host.url(FEED))]
    assert {podcast.id for podcast, _ in made} == {1}
    assert made[0][0].feed_url == new
