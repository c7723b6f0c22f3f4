"""From a poll to planned deliveries, over real sockets and a real database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from bot.feeds.schedule import EVERY, HOST_ASKS, RETRY_AFTER
from bot.polling.feed_updater import ADDED, FAULT, GONE, NOTHING_NEW, UNCHANGED, FeedUpdater, Poll
from bot.show_notes.reader import Notes, read_notes
from bot.status_messages.sentences import sentence
from bot.workers.parser_thread import ParserThread
from storage.engine.database import Database
from storage.models import HeldState, Podcast
from storage.tables.deliveries import due_deliveries
from storage.tables.destinations import add_destination
from storage.tables.episodes import list_episodes
from storage.tables.feed_items import KnownItems, known_items
from storage.tables.feed_updates import save_poll
from storage.tables.held_items import decide_held, waiting_items
from storage.tables.podcasts import followed_podcasts, former_addresses, get_podcast, list_podcasts
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.storage.material import fresh, item, result

LOOPBACK = AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))
FEED = "/feed.xml"
INTERVAL_S = 600.0
LOOKED_EARLY = timedelta(seconds=30)


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def updater(sqlite_db: Database) -> AsyncIterator[FeedUpdater]:
    thread = ParserThread()
    async with Fetcher(LOOPBACK) as fetcher:
        yield FeedUpdater(sqlite_db, fetcher, thread, poll_interval_s=INTERVAL_S, jitter=lambda: 1.0)
    thread.close()


def _now() -> datetime:
    return datetime.now(UTC)


# Dates have whole seconds: what is served twice must not cross one in between.
STARTED = datetime.now(UTC)


def _recent(name: str, *inside: str, days: int = 1, title: str | None = None) -> str:
    return item_xml(name, *inside, published=STARTED - timedelta(days=days), title=title)


async def _followed(db: Database, updater: FeedUpdater, url: str, channel_id: int = 10) -> Podcast:
    podcast, _ = await updater.follow(url, by_operator=False)
    await add_destination(db, podcast.id, guild_id=1, channel_id=channel_id, added_by=5, now=_now())
    return podcast


async def _poll(db: Database, updater: FeedUpdater, podcast: Podcast) -> Poll:
    current = await get_podcast(db, podcast.id)
    assert current is not None
    return await updater.poll(current)


async def _titles_to_announce(db: Database) -> list[str]:
    titles = {one.id: one.title for one in await list_episodes(db)}
    return [titles[one.episode_id] for one in await due_deliveries(db, _now(), 100)]


async def test_to_follow_a_podcast_takes_its_episodes_as_the_baseline(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("b", days=0), _recent("a")]), etag='"1"')
    begun = _now()
    podcast, poll = await updater.follow(url, by_operator=True)
    ended = _now()
    assert poll == Poll(podcast.id, "Small Show", ADDED(count=2), new=2)
    assert (podcast.feed_url, podcast.title, podcast.episode_count) == (url, "Small Show", 2)
    assert podcast.validators.etag == '"1"'
    assert podcast.polled_at is not None
    assert begun <= podcast.polled_at <= ended
    # A little before the interval is over, so that what is new is announced within it.
    assert podcast.next_poll_at == podcast.polled_at + timedelta(seconds=INTERVAL_S) - LOOKED_EARLY
    assert [one.title for one in await list_episodes(sqlite_db)] == ["About b", "About a"]
    assert [one.id for one in await followed_podcasts(sqlite_db)] == [podcast.id]
    assert podcast.next_reason == EVERY(wait=600)


async def test_what_is_new_later_is_announced_once(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]), etag='"1"')
    podcast = await _followed(sqlite_db, updater, url)
    assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert await _titles_to_announce(sqlite_db) == []

    host.put(FEED, feed_xml([_recent("c", days=0), _recent("b"), _recent("a", days=1)]), etag='"2"')
    poll = await _poll(sqlite_db, updater, podcast)
    assert (poll.new, poll.announced, poll.failed) == (2, 2, False)
    assert sentence(poll.outcome).startswith("2 new episodes")
    assert await _titles_to_announce(sqlite_db) == ["About b", "About c"]

    assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert await _titles_to_announce(sqlite_db) == ["About b", "About c"]
    assert [seen.status for seen in host.asked(FEED)] == [200, 304, 200, 304]


async def test_an_old_item_that_appears_is_stored_and_not_announced(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([item_xml("a")]))
    podcast = await _followed(sqlite_db, updater, url)
    host.put(FEED, feed_xml([_recent("old", days=30), item_xml("a")]))
    poll = await _poll(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.new, poll.announced) == ("1 new episode", 1, 0)
    assert {one.title for one in await list_episodes(sqlite_db)} == {"About a", "About old"}
    assert await _titles_to_announce(sqlite_db) == []


async def test_an_edited_item_stays_the_same_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([item_xml("a"), item_xml("b")]))
    podcast = await _followed(sqlite_db, updater, url)
    before = {one.guid: one.id for one in await list_episodes(sqlite_db)}
    host.put(FEED, feed_xml([item_xml("a", title="Renamed"), item_xml("b")]))
    poll = await _poll(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.new, poll.changed, poll.announced) == ("1 changed", 0, 1, 0)
    after = await list_episodes(sqlite_db)
    assert {one.guid: one.id for one in after} == before
    assert {one.title for one in after} == {"Renamed", "About b"}
    assert await _titles_to_announce(sqlite_db) == []


async def test_items_that_left_and_came_back_are_known(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    a, b = _recent("a"), _recent("b")
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([a, b])))
    for items in ([a], [a, b]):
        host.put(FEED, feed_xml(items))
        assert (await _poll(sqlite_db, updater, podcast)).outcome == NOTHING_NEW()
    assert len(await list_episodes(sqlite_db)) == 2


async def test_a_body_without_validators_is_known_by_its_hash(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([item_xml("a")])))
    poll = await _poll(sqlite_db, updater, podcast)
    assert poll == Poll(podcast.id, "Small Show", UNCHANGED())
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.revision, after.outcome) == (podcast.revision, UNCHANGED())
    assert after.polled_at is not None
    assert podcast.polled_at is not None
    assert after.polled_at >= podcast.polled_at
    assert [seen.status for seen in host.asked(FEED)] == [200, 200]


@pytest.mark.parametrize("how", ["500", "cut", "no feed", "no episodes", "closed"])
async def test_a_look_that_fails_keeps_what_is_stored(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, how: str
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]), etag='"1"')
    podcast = await _followed(sqlite_db, updater, url)
    whole = feed_xml([_recent("b"), _recent("a")])
    if how == "500":
        host.fault(FEED, status=500)
    elif how == "closed":
        host.fault(FEED, "close", times=2)
    else:
        broken = {"cut": whole[:-30], "no feed": b"<html>Gone fishing</html>", "no episodes": feed_xml()}
        host.put(FEED, broken[how], etag='"2"')
    poll = await _poll(sqlite_db, updater, podcast)
    assert poll.failed
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.outcome, after.validators) == (poll.outcome, podcast.validators)
    assert after.episode_count == 1
    assert after.next_poll_at is not None
    assert after.next_poll_at > _now()

    # What failed left no validators behind that would hide what comes next.
    host.put(FEED, whole, etag='"2"')
    poll = await _poll(sqlite_db, updater, podcast)
    assert (poll.new, poll.failed) == (1, False)
    assert await _titles_to_announce(sqlite_db) == ["About b"]


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
    url = host.put(FEED, feed_xml([_recent("a")]))
    podcast = await _followed(sqlite_db, updater, url)
    host.put(FEED, feed_xml([_recent("b"), _recent("a")]))
    again, poll = await updater.follow(url, by_operator=True)
    assert (again.id, again.episode_count, poll.new, poll.announced) == (podcast.id, 2, 1, 1)
    host.remove(FEED)
    again, poll = await updater.follow(url, by_operator=True)
    assert (again.id, again.episode_count, poll.failed) == (podcast.id, 2, True)


async def test_new_validators_of_the_same_body_are_kept(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    body = feed_xml([_recent("a")])
    podcast = await _followed(sqlite_db, updater, host.put(FEED, body, etag='"1"'))
    host.put(FEED, body, etag='"2"')
    assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.validators.etag, after.validators.body_hash) == ('"2"', podcast.validators.body_hash)
    assert after.revision == podcast.revision
    assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert [seen.status for seen in host.asked(FEED)] == [200, 200, 304]


async def test_the_time_of_a_look_is_when_it_began(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a host takes, the next look comes when the interval says."""
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")]), etag='"1"'))
    begun = _now()
    # Each look at the clock takes a minute: the first is the beginning.
    for first in (0, 100):
        clock = itertools.count(first)
        monkeypatch.setattr("bot.polling.feed_updater._now", lambda: begun + timedelta(minutes=next(clock)))  # noqa: B023
        await _poll(sqlite_db, updater, podcast)
        after = await get_podcast(sqlite_db, podcast.id)
        assert after is not None
        began = begun + timedelta(minutes=first)
        assert after.polled_at == began
        assert after.next_poll_at == began + timedelta(seconds=INTERVAL_S) - LOOKED_EARLY
        host.put(FEED, feed_xml([_recent("b"), _recent("a")]), etag='"2"')


async def test_a_look_that_takes_longer_than_the_interval_is_followed_by_a_pause(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")]), etag='"1"'))
    begun = _now()
    clock = itertools.count()
    monkeypatch.setattr("bot.polling.feed_updater._now", lambda: begun + timedelta(days=next(clock)))
    await _poll(sqlite_db, updater, podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.next_poll_at == begun + timedelta(days=1, seconds=5)


async def test_a_fault_of_our_own_is_an_outcome_that_waits_for_the_next_look(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")]), etag='"1"'))
    await updater.record_fault(podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.outcome == FAULT()
    assert after.validators == podcast.validators
    assert after.next_poll_at is not None
    assert after.next_poll_at > _now()
    assert after.failures == 1


async def test_two_that_poll_at_once_announce_once(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")])))
    host.put(FEED, feed_xml([_recent("b"), _recent("a")]))
    polls = await asyncio.gather(*(updater.poll(podcast) for _ in range(4)))
    assert sorted(poll.new for poll in polls) == [0, 0, 0, 1]
    assert not any(poll.failed for poll in polls)
    assert await _titles_to_announce(sqlite_db) == ["About b"]


async def test_two_that_follow_at_once_share_a_podcast(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]))
    followed = await asyncio.gather(*(updater.follow(url, by_operator=False) for _ in range(3)))
    assert len({podcast.id for podcast, _ in followed}) == 1
    assert len(await list_episodes(sqlite_db)) == 1


async def test_a_decision_is_made_again_where_another_process_wrote_in_between(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")])))
    host.put(FEED, feed_xml([_recent("b"), _recent("a")]))

    async def overtaken(db: Database, podcast_id: int) -> KnownItems:
        found = await known_items(db, podcast_id)
        monkeypatch.setattr("bot.polling.feed_updater.known_items", known_items)
        await save_poll(db, podcast_id, found.revision, result(fresh(item("b"), announce=True), now=_now()))
        return found

    monkeypatch.setattr("bot.polling.feed_updater.known_items", overtaken)
    poll = await updater.poll(podcast)
    assert (poll.new, poll.announced, poll.failed) == (0, 0, False)
    assert await _titles_to_announce(sqlite_db) == ["About b"]


async def test_notes_that_break_their_reader_stop_no_other_item(
    sqlite_db: Database,
    updater: FeedUpdater,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(html: str, duration_s: float | None, people: Sequence[str]) -> Notes:
        if "of b" in html:
            raise RecursionError("too deep")
        return read_notes(html, duration_s, people)

    monkeypatch.setattr("bot.feeds.parsing.feed_parser.read_notes", breaks)
    feed = feed_xml([item_xml(name, notes=f"<p>Notes of {name}</p>") for name in "abc"])
    await updater.follow(host.put(FEED, feed), by_operator=True)
    intros = {one.guid: one.intro for one in await list_episodes(sqlite_db)}
    assert intros == {"a": "Notes of a", "b": "", "c": "Notes of c"}
    assert "the notes of “About b” can't be read" in caplog.text


async def test_undated_episodes_are_listed_in_the_order_of_the_feed(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    items = [item_xml("4"), _recent("3", days=0), item_xml("2"), item_xml("1"), _recent("0", days=3)]
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml(items)))
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("43210")
    host.put(FEED, feed_xml([item_xml("6"), item_xml("5"), *items]))
    poll = await _poll(sqlite_db, updater, podcast)
    assert (poll.new, poll.announced) == (2, 2)
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("6543210")


async def test_a_new_signature_brings_no_new_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def signed(key: str) -> bytes:
        return feed_xml([item_xml("a", guid=False, enclosure=f"https://cdn.example/a.mp3?key={key}")])

    podcast = await _followed(sqlite_db, updater, host.put(FEED, signed("1")))
    host.put(FEED, signed("2"))
    poll = await _poll(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.new, poll.announced) == ("nothing new", 0, 0)


async def test_chapters_and_speech_in_the_notes_are_stored_with_the_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    notes = (
        "<p>Hello.</p><ul><li>[00:00:00] Intro</li><li>[00:01:30] Kettles</li><li>[00:02:00] Tea</li></ul>"
    )
    podcast, _ = await updater.follow(
        host.put(FEED, feed_xml([item_xml("a", notes=notes)])), by_operator=True
    )
    [episode] = await list_episodes(sqlite_db, [podcast.id])
    assert (episode.chapter_count, episode.intro) == (3, "Hello.")


async def test_a_feed_that_moved_for_good_is_read_at_its_new_address(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")])))
    new = host.put("/new.xml", feed_xml([_recent("b"), _recent("a")]), etag='"1"')
    host.fault(FEED, "redirect", status=301, location=new, times=9)
    assert (await _poll(sqlite_db, updater, podcast)).announced == 1
    for _ in range(2):
        after = await get_podcast(sqlite_db, podcast.id)
        assert after is not None
        assert (after.feed_url, after.title) == (new, "Small Show")
        assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert host.count(FEED) == 2
    assert await former_addresses(sqlite_db, podcast.id) == [podcast.feed_url]
    # Whoever adds it by either address gets the same podcast.
    for url in (new, podcast.feed_url):
        again, _ = await updater.follow(url, by_operator=False)
        assert again.id == podcast.id


async def test_a_feed_that_moved_for_good_before_it_was_added_is_one_podcast(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    new = host.put("/new.xml", feed_xml([_recent("a")]))
    host.fault(FEED, "redirect", status=308, location=new, times=9)
    made = [await updater.follow(url, by_operator=True) for url in (host.url(FEED), new, host.url(FEED))]
    assert {podcast.id for podcast, _ in made} == {1}
    assert made[0][0].feed_url == new


async def test_a_feed_that_went_elsewhere_for_a_while_keeps_its_address(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")])))
    new = host.put("/new.xml", feed_xml([_recent("b"), _recent("a")]))
    host.fault(FEED, "redirect", status=302, location=new)
    assert (await _poll(sqlite_db, updater, podcast)).announced == 1
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.feed_url == podcast.feed_url


async def test_a_feed_that_names_its_new_address_is_followed_there_once_it_holds_episodes(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([_recent("a")])))
    new = host.url("/new.xml")
    names_it = f"<itunes:new-feed-url>{new}</itunes:new-feed-url>"
    host.put(FEED, feed_xml([_recent("a")], names_it))
    poll = await _poll(sqlite_db, updater, podcast)
    assert not poll.failed
    assert f"the feed names {new} as its new address, which can't be followed: " in sentence(poll.outcome)
    # The new one names itself, or the old one: neither leads anywhere.
    back = f"<itunes:new-feed-url>{host.url(FEED)}</itunes:new-feed-url>"
    host.put("/new.xml", feed_xml([_recent("b"), _recent("a")], back))
    host.put(FEED, feed_xml([_recent("a"), _recent("a2")], names_it))
    poll = await _poll(sqlite_db, updater, podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.feed_url, poll.announced) == (new, 1)
    host.put("/new.xml", feed_xml([_recent("c"), _recent("b"), _recent("a")], back))
    assert (await _poll(sqlite_db, updater, podcast)).announced == 1
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.feed_url == new


async def test_a_feed_that_is_gone_is_paused_and_taken_up_by_adding_it_again(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]))
    podcast = await _followed(sqlite_db, updater, url)
    host.fault(FEED, status=410)
    poll = await _poll(sqlite_db, updater, podcast)
    assert poll.failed
    assert "adding it again takes it up" in sentence(poll.outcome)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.paused, after.episode_count) == (GONE(), 1)
    again, poll = await updater.follow(url, by_operator=False)
    assert (again.paused, poll.failed) == (None, False)


async def test_a_host_that_asks_to_wait_is_not_asked_before(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]), etag='"1"', headers={"Cache-Control": "max-age=1800"})
    podcast = await _followed(sqlite_db, updater, url)
    for _ in range(2):
        current = await get_podcast(sqlite_db, podcast.id)
        assert current is not None
        assert current.polled_at is not None
        assert current.next_poll_at is not None
        assert current.next_reason == HOST_ASKS(wait=1800)
        assert current.next_poll_at >= current.polled_at + timedelta(minutes=30)
        await updater.poll(current)
    host.fault(FEED, status=503, headers={"Retry-After": "2400"})
    await _poll(sqlite_db, updater, podcast)
    current = await get_podcast(sqlite_db, podcast.id)
    assert current is not None
    assert current.next_reason == RETRY_AFTER(wait=2400)


async def test_what_the_feed_asks_holds_for_looks_that_bring_nothing(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")], "<ttl>20</ttl>"), etag='"1"')
    podcast = await _followed(sqlite_db, updater, url)
    assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    current = await get_podcast(sqlite_db, podcast.id)
    assert current is not None
    assert current.next_reason == HOST_ASKS(wait=1200)


async def test_a_crowd_is_held_until_somebody_decides(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def items(name: str) -> list[str]:
        return [_recent(f"{name}{n}", days=n, title=f"{name} number {n}") for n in range(1, 7)]

    newest = _recent("newest", days=0)
    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml([newest, *items("old")])))
    host.put(FEED, feed_xml(items("other")))
    poll = await _poll(sqlite_db, updater, podcast)
    assert (poll.new, poll.held, poll.announced) == (0, 6, 0)
    assert sentence(poll.outcome) == "6 held, as most of the feed looks new at once"
    assert len((await waiting_items(sqlite_db))[podcast.id]) == 6
    assert (await _poll(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert await _titles_to_announce(sqlite_db) == []

    assert await decide_held(sqlite_db, podcast.id, HeldState.RELEASED) == 6
    current = await get_podcast(sqlite_db, podcast.id)
    assert current is not None
    poll = await updater.poll_afresh(current)
    assert (poll.new, poll.announced, poll.held) == (6, 6, 0)
    assert await waiting_items(sqlite_db) == {}
    assert len(await list_episodes(sqlite_db)) == 13


async def test_a_feed_whose_ids_all_changed_brings_nothing_new(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def items(prefix: str) -> list[str]:
        return [
            _recent(f"{prefix}{n}", days=n, title=f"Number {n}").replace(
                f"cdn.example/{prefix}{n}", f"cdn.example/{n}"
            )
            for n in range(1, 7)
        ]

    podcast = await _followed(sqlite_db, updater, host.put(FEED, feed_xml(items("old-"))))
    before = {one.title: one.id for one in await list_episodes(sqlite_db)}
    host.put(FEED, feed_xml(items("new-")))
    poll = await _poll(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.announced) == ("6 known again under a new id", 0)
    assert {one.title: one.id for one in await list_episodes(sqlite_db)} == before
    host.put(FEED, feed_xml([_recent("today", days=0), *items("new-")]))
    assert (await _poll(sqlite_db, updater, podcast)).announced == 1
