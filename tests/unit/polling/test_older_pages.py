"""Feeds that are paged: read back when they are added, and not afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.bounds import Bounds
from bot.polling import older_pages
from bot.polling.feed_updater import FeedUpdater
from bot.polling.services import open_reader
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.tables.episodes import list_episodes
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.polling.updating import (
    FEED,
    LOOPBACK,
    STARTED,
    followed,
    poll_again,
    recent,
    titles_to_announce,
)


def _next(href: str, rel: str = "next") -> str:
    return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{href}"/>'


def _page(first: int, last: int, *inside: str) -> bytes:
    return feed_xml([recent(f"e{day}", days=day) for day in range(first, last + 1)], *inside)


def _paged(host: FeedHost, pages: int, per_page: int = 3, *, relative: bool = False) -> str:
    """Pages of a feed, each of which names the next; the address of the first."""
    for page in range(1, pages + 1):
        path = FEED if page == 1 else f"{FEED}?paged={page}"
        to = f"?paged={page + 1}" if relative else host.url(f"{FEED}?paged={page + 1}").replace("&", "&amp;")
        first = (page - 1) * per_page
        host.put(path, _page(first, first + per_page - 1, *([_next(to)] if page < pages else [])))
    return host.url(FEED)


@pytest.mark.parametrize("relative", [True, False], ids=["relative", "absolute"])
async def test_older_pages_are_read_back_when_a_podcast_is_added(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, relative: bool
) -> None:
    podcast = await followed(sqlite_db, updater, _paged(host, 12, relative=relative))
    stored = await list_episodes(sqlite_db)
    assert [one.guid for one in stored] == [f"e{day}" for day in range(36)]
    assert podcast.outcome is not None
    assert sentence(podcast.outcome) == "added with 36 episodes; read 12 pages"
    # From then on the first page alone is read, and what slips from it to the second is not new.
    host.put(FEED, feed_xml([recent("new", days=0), recent("e0", days=0)], _next("?paged=2")))
    asked = len(host.requests)
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (poll.new, poll.announced, len(host.requests) - asked) == (1, 1, 1)
    assert await titles_to_announce(sqlite_db) == ["About new"]


async def test_archives_of_an_atom_feed_are_read_back(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def atom(names: str, *links: str) -> str:
        entries = "".join(
            f"<entry><id>{name}</id><title>About {name}</title><updated>{day}</updated>"
            f'<link rel="enclosure" type="audio/mpeg" href="https://cdn.example/{name}.mp3"/></entry>'
            for name in names
            if (day := (STARTED - timedelta(days=ord(name))).isoformat())
        )
        return (
            '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Small Show</title>'
            f"<id>urn:x</id>{''.join(links)}{entries}</feed>"
        )

    host.put("/2.xml", atom("cd", '<link rel="prev-archive" href="/3.xml"/>'))
    host.put("/3.xml", atom("ef"))
    url = host.put(
        FEED, atom("abc", '<link rel="self" href="/x"/>', '<link rel="prev-archive" href="2.xml"/>')
    )
    podcast = await followed(sqlite_db, updater, url)
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("abcdef")
    assert podcast.outcome is not None
    assert sentence(podcast.outcome) == "added with 6 episodes; read 3 pages"


async def test_pages_that_lead_in_circles_or_nowhere_end_it(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    host.put("/2.xml", _page(3, 5, _next(host.url(FEED))))
    _, poll = await updater.follow(host.put(FEED, _page(0, 2, _next("/2.xml"))), by_operator=False)
    assert sentence(poll.outcome) == "added with 6 episodes; read 2 pages"
    # A host that shows the same items on every page.
    for number in range(1, 9):
        path = f"/same.xml?p={number}"
        host.put(path, feed_xml([recent("x")], _next(f"/same.xml?p={number + 1}")))
    _, poll = await updater.follow(host.url("/same.xml?p=1"), by_operator=False)
    assert sentence(poll.outcome) == "added with 1 episode; read 2 pages"


async def test_a_page_that_fails_ends_it_with_a_remark(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = _paged(host, 4)
    host.put(f"{FEED}?paged=3", "<html>Too many requests</html>")
    podcast, poll = await updater.follow(url, by_operator=False)
    assert podcast.episode_count == 6
    told = sentence(poll.outcome)
    assert told.startswith(
        "added with 6 episodes; read 2 pages; page 3 can't be read, nor what is behind it: "
    )


async def test_pages_on_another_host_are_none_of_the_feed(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    for number, href in enumerate(("https://elsewhere.example/2.xml", "ftp://elsewhere.example/2.xml")):
        url = host.put(f"/{number}.xml", _page(0, 2, _next(href)))
        podcast, poll = await updater.follow(url, by_operator=False)
        assert podcast.episode_count == 3
        assert "its older items are on another host, " in sentence(poll.outcome)


async def test_no_more_is_read_than_the_bounds_allow(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = _paged(host, 9)
    bounds = Bounds(episodes=7)
    documents = InProcessReader()
    async with open_reader(
        sqlite_db, LOOPBACK, poll_interval_s=600, documents=documents, bounds=bounds
    ) as reader:
        podcast, poll = await reader.updater.follow(url, by_operator=False)
    assert [one.guid for one in await list_episodes(sqlite_db)] == [f"e{day}" for day in range(7)]
    assert podcast.left_unread == 2
    told = "added with 7 episodes; read 3 pages; older pages are left unread, as that is enough at once"
    assert sentence(poll.outcome) == told
    monkeypatch.setattr(older_pages, "MAX_PAGES", 2)
    for path in (FEED, *(f"{FEED}?paged={page}" for page in range(2, 10))):
        host.remove(path)
    host.put("/b.xml", _page(0, 1, _next("/c.xml")))
    host.put("/c.xml", _page(2, 3, _next("/d.xml")))
    _, poll = await updater.follow(host.url("/b.xml"), by_operator=False)
    assert "read 2 pages; older pages are left unread" in sentence(poll.outcome)


async def test_episodes_without_dates_keep_the_order_of_the_pages(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    host.put("/2.xml", feed_xml([item_xml("b"), item_xml("a")]))
    await updater.follow(
        host.put(FEED, feed_xml([item_xml("d"), item_xml("c")], _next("/2.xml"))), by_operator=False
    )
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("dcba")


async def test_what_slipped_to_the_next_page_meanwhile_is_one_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    host.put("/2.xml", _page(2, 4, _next("/3.xml")))
    host.put("/3.xml", _page(4, 6))
    _, poll = await updater.follow(host.put(FEED, _page(0, 2, _next("/2.xml"))), by_operator=False)
    assert sentence(poll.outcome) == "added with 7 episodes; read 3 pages"
    assert [one.guid for one in await list_episodes(sqlite_db)] == [f"e{day}" for day in range(7)]
