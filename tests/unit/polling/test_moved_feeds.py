"""Feeds that moved, for a while or for good, or are gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.polling.feed_outcomes import GONE, UNCHANGED
from bot.polling.feed_updater import FeedUpdater
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.tables.destinations import remove_followers
from storage.tables.podcasts import former_addresses, get_podcast
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml
from tests.unit.feeds.stories import URL, Told, open_story
from tests.unit.polling.updating import FEED, followed, now_utc, poll_again, recent


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


KETTLE = tuple(
    Told(f"k-{number}", title, days=6 + 7 * number, length=f"{30 + number}:07")
    for number, title in enumerate(("Spouts", "Lids", "Handles", "Whistles", "Rims", "Tin", "Scale", "Steam"))
)
RIVERS = tuple(
    Told(f"r-{number}", title, days=2 + 7 * number, length=f"{50 + number}:11")
    for number, title in enumerate(("Deltas", "Weirs", "Eddies", "Fords", "Banks"))
)
NEWS = Told("k-new", "On harbours", days=0.1, length="28:00")
THEIR_NEWS = Told("r-new", "On estuaries", days=0.05, length="44:00")
ELSEWHERE = "https://rivers.example/feed.xml"
NAMES_IT = f"<itunes:new-feed-url>{ELSEWHERE}</itunes:new-feed-url>"


def _body(items: Sequence[Told], title: str, *inside: str) -> bytes:
    return feed_xml([one.xml() for one in items], *inside, title=title)


@pytest.mark.parametrize("way", ["named", "301", "302", "in place"])
async def test_another_show_renames_nothing_and_announces_nothing_and_is_told(
    sqlite_db: Database, way: str
) -> None:
    async with open_story(sqlite_db) as story:
        own = _body(KETTLE, "Copper Kettle")
        assert await story.look(body=own) == []
        for hours, theirs in ((1, RIVERS), (2, (THEIR_NEWS, *RIVERS))):
            other = _body(theirs, "Wide Rivers")
            if way == "named":
                story.serve(ELSEWHERE, other)
                assert await story.look(body=_body(KETTLE, "Copper Kettle", NAMES_IT), hours=hours) == []
            else:
                story.serve(URL, other, moved_to=ELSEWHERE if way == "301" else None)
                story.now += timedelta(hours=1)
                assert await story.look_again() == []
            assert story.poll is not None
            assert story.poll.failed is (way != "named")
            assert "holds another show, “Wide Rivers”" in sentence(story.poll.outcome) or (
                "shows another show, “Wide Rivers”" in sentence(story.poll.outcome)
            )
        assert await story.look(body=_body((NEWS, *KETTLE), "Copper Kettle"), hours=3) == ["On harbours"]
        podcast = await story.podcast()
        assert (podcast.title, podcast.feed_url, podcast.failing_since) == ("Copper Kettle", URL, None)
        assert await story.titles() == ["On harbours", *(one.title for one in KETTLE)]


async def test_a_members_feed_stays_where_it_names_the_public_one(sqlite_db: Database) -> None:
    members = f"{URL}?key=s3cret9182"
    named = "<itunes:new-feed-url>https://feeds.example/public.xml</itunes:new-feed-url>"
    async with open_story(sqlite_db, members) as story:
        # Other episodes at first, then the same ones: what is lost is the key.
        story.serve("https://feeds.example/public.xml", _body(RIVERS[:3], "Pots (public)"))
        story.serve(members, _body(KETTLE[:5], "Pots (members)", named))
        assert await story.look_again() == []
        story.serve("https://feeds.example/public.xml", _body(KETTLE[:5], "Pots (public)"))
        story.serve(members, _body((NEWS, *KETTLE[:5]), "Pots (members)", named))
        assert await story.look_again() == ["On harbours"]
        podcast = await story.podcast()
        assert (podcast.title, podcast.feed_url) == ("Pots (members)", members)
        assert await story.titles() == ["On harbours", *(one.title for one in KETTLE[:5])]
        assert story.poll is not None
        assert "that one has no key, and this one has" in sentence(story.poll.outcome)


@pytest.mark.parametrize("first", [True, False], ids=["when it is added", "later"])
async def test_a_feed_that_names_another_show_stays_what_it_is(sqlite_db: Database, first: bool) -> None:
    async with open_story(sqlite_db) as story:
        story.serve(ELSEWHERE, _body(RIVERS, "Copper Kettle, the sequel"))
        assert await story.look(body=_body(KETTLE, "Copper Kettle", NAMES_IT if first else "")) == []
        assert await story.look(body=_body((NEWS, *KETTLE), "Copper Kettle", NAMES_IT), hours=1) == [
            "On harbours"
        ]
        podcast = await story.podcast()
        assert (podcast.title, podcast.feed_url) == ("Copper Kettle", URL)
        # It is told for as long as it is so.
        await story.look(hours=2)
        assert story.poll is not None
        assert sentence(story.poll.outcome).startswith(
            "unchanged; the feed names https://rivers.example/feed.xml"
        )


RENAMED = tuple(
    one.but(guid=f"urn:{one.name}", file=f"https://media.example/{one.name}-v2.mp3") for one in KETTLE
)


@pytest.mark.parametrize("way", ["named", "301"])
@pytest.mark.parametrize("first", [True, False], ids=["when it is added", "later"])
async def test_a_move_to_the_same_show_is_followed_where_titles_and_dates_tell(
    sqlite_db: Database, way: str, first: bool
) -> None:
    async with open_story(sqlite_db) as story:
        if not first:
            assert await story.look(body=_body(KETTLE, "Copper Kettle")) == []
        there = _body(RENAMED, "Copper Kettle Weekly")
        if way == "named":
            story.serve(ELSEWHERE, there)
            story.serve(URL, _body(KETTLE, "Copper Kettle", NAMES_IT))
        else:
            story.serve(URL, there, moved_to=ELSEWHERE)
        story.now += timedelta(hours=1)
        assert await story.look_again() == []
        assert (await story.podcast()).feed_url == ELSEWHERE
        story.serve(ELSEWHERE, _body((NEWS, *RENAMED), "Copper Kettle Weekly"))
        story.now += timedelta(hours=1)
        assert await story.look_again() == ["On harbours"]
        assert len(await story.stored()) == 9


async def test_a_chain_of_new_addresses_is_followed_to_its_end(sqlite_db: Database) -> None:
    def names(url: str) -> str:
        return f"<itunes:new-feed-url>{url}</itunes:new-feed-url>"

    second, third = "https://two.example/f.xml", "https://three.example/f.xml"
    async with open_story(sqlite_db) as story:
        story.serve(second, _body(KETTLE, "Copper Kettle", names(third)))
        story.serve(third, _body((NEWS, *KETTLE), "Copper Kettle", names(second)))
        assert await story.look(body=_body(KETTLE, "Copper Kettle")) == []
        assert await story.look(body=_body(KETTLE, "Copper Kettle", names(second)), hours=1) == [
            "On harbours"
        ]
        assert (await story.podcast()).feed_url == third


async def test_a_show_known_by_its_name_alone_is_read_and_not_moved(sqlite_db: Database) -> None:
    """All three of a small feed are replaced while it is redirected."""
    async with open_story(sqlite_db) as story:
        assert await story.look(body=_body(KETTLE[:3], "Copper Kettle")) == []
        new = [
            Told(f"n-{number}", f"On {what}", days=0.1 * number)
            for number, what in enumerate(("tea", "tin", "ore"))
        ]
        story.serve(URL, _body(new, "Copper Kettle"), moved_to=ELSEWHERE)
        assert sorted(await story.look_again()) == ["On ore", "On tea", "On tin"]
        assert (await story.podcast()).feed_url == URL
        # Now its episodes are known there.
        story.serve(URL, _body(new, "Copper Kettle", "<ttl>60</ttl>"), moved_to=ELSEWHERE)
        assert await story.look_again() == []
        assert (await story.podcast()).feed_url == ELSEWHERE


async def test_a_host_that_says_not_changed_for_another_has_shown_nothing(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def own(*items: str) -> bytes:
        return feed_xml([*items, recent("a", days=6), recent("b", days=13)], title="Copper Kettle")

    podcast = await followed(sqlite_db, updater, host.put(FEED, own(), etag='"const"'))
    rivers = host.put("/rivers.xml", _body(RIVERS, "Wide Rivers"), etag='"const"')
    host.fault(FEED, "redirect", status=301, location=rivers, times=2)
    poll = await poll_again(sqlite_db, updater, podcast)
    assert poll.failed
    assert "shows another show, “Wide Rivers”" in sentence(poll.outcome)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.feed_url, after.title) == (podcast.feed_url, "Copper Kettle")


async def test_who_adds_what_nobody_followed_gets_what_is_there_now(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, _body(KETTLE, "Copper Kettle"))
    podcast, _ = await updater.follow(url, by_operator=True)
    host.put(FEED, _body(RIVERS, "Wide Rivers"))
    # Somebody follows what was there before.
    again, poll = await updater.follow(url, by_operator=True)
    assert (again.title, poll.failed, again.episode_count) == ("Copper Kettle", True, 8)
    await remove_followers(sqlite_db, podcast.id, now_utc())
    again, poll = await updater.follow(url, by_operator=True)
    assert (again.id, again.title, again.left_at) == (podcast.id, "Wide Rivers", None)
    assert (poll.failed, poll.new, poll.announced) == (False, 5, 0)


async def test_one_answer_without_a_title_renames_nothing(sqlite_db: Database) -> None:
    async with open_story(sqlite_db) as story:
        assert await story.look(body=_body(KETTLE, "Copper Kettle")) == []
        untitled = _body((NEWS, *KETTLE), "").replace(b"<title></title>", b"", 1)
        assert await story.look(body=untitled, hours=1) == ["On harbours"]
        assert (await story.podcast()).title == "Copper Kettle"
        assert story.poll is not None
        assert story.poll.title == "Copper Kettle"
        assert await story.look(body=_body((NEWS, *KETTLE), "Tin Kettle"), hours=2) == []
        assert (await story.podcast()).title == "Tin Kettle"
