"""When a podcast is polled next, after polls over real sockets."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from bot.feeds.schedule import HOST_ASKS, RETRY_AFTER
from bot.polling.feed_outcomes import FAULT, UNCHANGED
from bot.polling.feed_updater import FeedUpdater
from storage.engine.database import Database
from storage.tables.podcasts import get_podcast
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import FEED, INTERVAL_S, POLLED_EARLY, followed, now_utc, poll_again, recent


async def test_the_time_of_a_poll_is_when_it_began(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a host takes, the next poll comes when the interval says."""
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")]), etag='"1"'))
    begun = now_utc()
    # Each reading of the clock takes a minute; the first is when the poll began.
    for first in (0, 100):
        clock = itertools.count(first)
        monkeypatch.setattr("bot.polling.feed_updater._now", lambda: begun + timedelta(minutes=next(clock)))  # noqa: B023
        await poll_again(sqlite_db, updater, podcast)
        after = await get_podcast(sqlite_db, podcast.id)
        assert after is not None
        began = begun + timedelta(minutes=first)
        assert after.polled_at == began
        assert after.next_poll_at == began + timedelta(seconds=INTERVAL_S) - POLLED_EARLY
        host.put(FEED, feed_xml([recent("b"), recent("a")]), etag='"2"')


async def test_a_poll_that_takes_longer_than_the_interval_is_followed_by_a_pause(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")]), etag='"1"'))
    begun = now_utc()
    clock = itertools.count()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: begun + timedelta(days=next(clock)))
    await poll_again(sqlite_db, updater, podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.next_poll_at == begun + timedelta(days=1, seconds=5)


async def test_a_fault_of_our_own_is_an_outcome_that_waits_for_the_next_poll(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")]), etag='"1"'))
    await updater.record_fault(podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.outcome == FAULT()
    assert after.validators == podcast.validators
    assert after.next_poll_at is not None
    assert after.next_poll_at > now_utc()
    assert after.failures == 1


async def test_a_host_that_asks_to_wait_is_not_asked_before(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]), etag='"1"', headers={"Cache-Control": "max-age=1800"})
    podcast = await followed(sqlite_db, updater, url)
    for _ in range(2):
        current = await get_podcast(sqlite_db, podcast.id)
        assert current is not None
        assert current.polled_at is not None
        assert current.next_poll_at is not None
        assert current.next_reason == HOST_ASKS(wait=1800)
        assert current.next_poll_at >= current.polled_at + timedelta(minutes=30)
        await updater.poll(current)
    host.fault(FEED, status=503, headers={"Retry-After": "2400"})
    await poll_again(sqlite_db, updater, podcast)
    current = await get_podcast(sqlite_db, podcast.id)
    assert current is not None
    assert current.next_reason == RETRY_AFTER(wait=2400)


async def test_what_the_feed_asks_holds_for_polls_that_bring_nothing(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")], "<ttl>20</ttl>"), etag='"1"')
    podcast = await followed(sqlite_db, updater, url)
    assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    current = await get_podcast(sqlite_db, podcast.id)
    assert current is not None
    assert current.next_reason == HOST_ASKS(wait=1200)
