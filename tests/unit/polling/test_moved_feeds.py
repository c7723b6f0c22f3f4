"""Feeds that moved, for a while or for good, or are gone."""

from __future__ import annotations

from bot.polling.feed_outcomes import GONE, UNCHANGED
from bot.polling.feed_updater import FeedUpdater
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.tables.podcasts import former_addresses, get_podcast
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import FEED, followed, poll_again, recent


async def test_a_feed_that_moved_for_good_is_read_at_its_new_address(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")])))
    new = host.put("/new.xml", feed_xml([recent("b"), recent("a")]), etag='"1"')
    host.fault(FEED, "redirect", status=301, location=new, times=9)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    for _ in range(2):
        after = await get_podcast(sqlite_db, podcast.id)
        assert after is not None
        assert (after.feed_url, after.title) == (new, "Small Show")
        assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert host.count(FEED) == 2
    assert await former_addresses(sqlite_db, podcast.id) == [podcast.feed_url]
    # Whoever adds it by either address gets the same podcast.
    for url in (new, podcast.feed_url):
        again, _ = await updater.follow(url, by_operator=False)
        assert again.id == podcast.id


async def test_a_spelling_that_can_be_read_takes_the_place_of_one_that_can_not(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(f"{FEED}?utm_source=x", feed_xml([recent("a")])))
    host.remove(f"{FEED}?utm_source=x")
    other, poll = await updater.follow(f"{host.url(FEED)}?gclid=1", by_operator=False)
    # Neither can be read: all stays.
    assert (other.id, other.feed_url, poll.failed) == (podcast.id, podcast.feed_url, True)
    plain = host.put(FEED, feed_xml([recent("b"), recent("a")]))
    host.fault(FEED, status=404)
    after, poll = await updater.follow(plain, by_operator=False)
    assert (after.id, after.feed_url, poll.failed, poll.new) == (podcast.id, plain, False, 1)
    assert await former_addresses(sqlite_db, podcast.id) == [podcast.feed_url]


async def test_a_feed_that_went_elsewhere_for_a_while_keeps_its_address(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")])))
    new = host.put("/new.xml", feed_xml([recent("b"), recent("a")]))
    host.fault(FEED, "redirect", status=302, location=new)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.feed_url == podcast.feed_url


async def test_a_feed_that_names_its_new_address_is_followed_there_once_it_holds_episodes(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")])))
    new = host.url("/new.xml")
    names_it = f"<itunes:new-feed-url>{new}</itunes:new-feed-url>"
    host.put(FEED, feed_xml([recent("a")], names_it))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert not poll.failed
    assert f"the feed names {new} as its new address, which can't be followed: " in sentence(poll.outcome)
    # The new one names itself, or the old one: neither leads anywhere.
    back = f"<itunes:new-feed-url>{host.url(FEED)}</itunes:new-feed-url>"
    host.put("/new.xml", feed_xml([recent("b"), recent("a")], back))
    host.put(FEED, feed_xml([recent("a"), recent("a2")], names_it))
    poll = await poll_again(sqlite_db, updater, podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.feed_url, poll.announced) == (new, 1)
    host.put("/new.xml", feed_xml([recent("c"), recent("b"), recent("a")], back))
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.feed_url == new


async def test_a_feed_that_is_gone_is_paused_and_taken_up_by_adding_it_again(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]))
    podcast = await followed(sqlite_db, updater, url)
    host.fault(FEED, status=410)
    poll = await poll_again(sqlite_db, updater, podcast)
    assert poll.failed
    assert "adding it again takes it up" in sentence(poll.outcome)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.paused, after.episode_count) == (GONE(), 1)
    again, poll = await updater.follow(url, by_operator=False)
    assert (again.paused, poll.failed) == (None, False)
