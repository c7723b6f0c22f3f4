"""Hosts that say "not changed": those whose word holds, and those that say so for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import hdrs

from bot.polling.feed_updater import FeedUpdater
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.podcasts import get_podcast
from tests.fakes.feed_host import FeedHost, HostRequest
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import FEED, followed, now_utc, poll_again, recent, titles_to_announce

FAR_AHEAD = "Sat, 16 Nov 2041 19:11:00 GMT"
LYING = [
    ('"const"', FAR_AHEAD),
    ('"const"', None),
    ('W/"0"', None),
    (None, FAR_AHEAD),
    (None, "Mon, 01 Jan 2024 00:00:00 GMT"),
]
IDS = ["both", "etag", "weak etag", "date ahead", "date that stays"]


def _conditional(seen: HostRequest) -> bool:
    return hdrs.IF_NONE_MATCH in seen.headers or hdrs.IF_MODIFIED_SINCE in seen.headers


async def _now_stored(db: Database, podcast: Podcast) -> Podcast:
    found = await get_podcast(db, podcast.id)
    assert found is not None
    return found


@pytest.mark.parametrize(("etag", "date"), LYING, ids=IDS)
async def test_a_host_that_says_not_changed_for_ever_is_found_out_within_a_day_and_remembered(
    sqlite_db: Database,
    updater: FeedUpdater,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    etag: str | None,
    date: str | None,
) -> None:
    now = now_utc()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: now)
    old = [recent("b", days=8), recent("a", days=9)]
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml(old), etag=etag, last_modified=date))
    host.put(FEED, feed_xml([recent("c", days=0), *old]), etag=etag, last_modified=date)
    now += timedelta(minutes=1)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 0
    now += timedelta(hours=26)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    assert await titles_to_announce(sqlite_db) == ["About c"]
    # It said "not changed" to who knew the document before, and is asked for all of it from then on.
    assert (await _now_stored(sqlite_db, podcast)).false_304_at == now
    assert "its host answers “not changed” although the feed has changed" in caplog.text
    host.put(FEED, feed_xml([recent("d", days=0), recent("c", days=0), *old]), etag=etag, last_modified=date)
    now += timedelta(minutes=10)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    assert not _conditional(host.asked(FEED)[-1])


async def test_a_host_whose_word_holds_is_asked_conditionally_but_once_a_day(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_utc()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: now)
    a, b = recent("a", days=9), recent("b", days=0)
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([a]), etag='"1"'))
    for hours in (1, 17):
        now += timedelta(hours=hours)
        await poll_again(sqlite_db, updater, podcast)
    host.put(FEED, feed_xml([b, a]), etag='"2"')
    now += timedelta(hours=8)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    # The whole look brought something new, so the host is asked once whether it would have said so: it would.
    assert [(_conditional(seen), seen.status) for seen in host.asked(FEED)] == [
        (False, 200),
        (True, 304),
        (True, 304),
        (False, 200),
        (True, 200),
    ]
    after = await _now_stored(sqlite_db, podcast)
    assert (after.false_304_at, after.whole_at) == (None, now)
    now += timedelta(hours=1)
    await poll_again(sqlite_db, updater, podcast)
    assert (host.asked(FEED)[-1].status, len(host.asked(FEED))) == (304, 6)


async def test_a_host_that_can_not_be_asked_again_is_not_taken_for_a_liar(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_utc()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: now)
    a, b = recent("a", days=9), recent("b", days=0)
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([a]), etag='"1"'))
    now += timedelta(minutes=1)
    await poll_again(sqlite_db, updater, podcast)
    host.put(FEED, feed_xml([b, a]), etag='"1"')
    now += timedelta(days=2)
    fetch, asked = updater._feeds.fetch, host.count(FEED)

    async def busy_afterwards(*args: object) -> object:
        if host.count(FEED) > asked:
            host.fault(FEED, status=503)
        return await fetch(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(updater, "_feeds", _Instead(updater._feeds, busy_afterwards))
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    assert (await _now_stored(sqlite_db, podcast)).false_304_at is None


class _Instead:
    """Feeds' documents that are fetched otherwise."""

    def __init__(self, feeds: object, fetch: object) -> None:
        self._feeds = feeds
        self.fetch = fetch

    def __getattr__(self, name: str) -> object:
        return getattr(self._feeds, name)


async def test_a_host_that_was_mended_is_trusted_again_after_a_month(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_utc()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: now)
    a, b = recent("a", days=9), recent("b", days=0)
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([a]), etag='"1"'))
    host.put(FEED, feed_xml([b, a]), etag='"1"')
    for days in (0.1, 1, 31):
        now += timedelta(days=days)
        await poll_again(sqlite_db, updater, podcast)
    assert (await _now_stored(sqlite_db, podcast)).false_304_at is not None
    now += timedelta(hours=1)
    await poll_again(sqlite_db, updater, podcast)
    assert host.asked(FEED)[-1].status == 304


async def test_an_unchanged_document_is_read_again_only_to_try_the_address_that_it_names(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_utc()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: now)
    new, a, b = host.url("/new.xml"), recent("a", days=9), recent("b", days=0)
    names_it = f"<itunes:new-feed-url>{new}</itunes:new-feed-url>"
    url = host.put(FEED, feed_xml([a], names_it), etag='"1"')
    podcast = await followed(sqlite_db, updater, url)
    told = sentence((await poll_again(sqlite_db, updater, podcast)).outcome)
    assert told.startswith(f"unchanged; the feed names {new}")
    host.put("/new.xml", feed_xml([b, a]))
    now += timedelta(hours=25)
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1
    assert (await _now_stored(sqlite_db, podcast)).feed_url == new
