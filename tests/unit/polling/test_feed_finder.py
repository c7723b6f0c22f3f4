"""Following the feed that is meant: by several addresses, or by a page that names it."""

from __future__ import annotations

import pytest

from bot.feeds.errors import FeedError
from bot.polling.feed_finder import SeveralFeedsError, follow_any
from bot.polling.feed_updater import FeedUpdater
from bot.text.feed_addresses import feed_addresses
from storage.engine.database import Database
from storage.tables.podcasts import list_podcasts
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml

HTML = "text/html; charset=utf-8"


def _feed(host: FeedHost, path: str, title: str = "Copper Kettle") -> str:
    return host.put(path, feed_xml([item_xml(path)], title=title))


def _page(host: FeedHost, path: str, *links: str, title: str = "Our shows") -> str:
    head = "".join(f'<link rel="alternate" type="application/rss+xml" {one}>' for one in links)
    return host.put(
        path, f"<!doctype html><html><head><title>{title}</title>{head}</head></html>", content_type=HTML
    )


async def _refusal(updater: FeedUpdater, *addresses: str) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await follow_any(updater, addresses, by_operator=True)
    assert str(caught.value).endswith(".")
    return caught.value


async def test_the_one_feed_that_a_page_names_is_followed(updater: FeedUpdater, host: FeedHost) -> None:
    feed = _feed(host, "/shows/kettle.rss")
    page = _page(
        host,
        "/about/",
        'href="/shows/kettle.rss" title="Copper Kettle"',
        'href="/comments/feed/" title="Copper Kettle » Comments Feed"',
    )
    for _ in range(2):
        found = await follow_any(updater, [page], by_operator=True)
        assert (found.podcast.feed_url, found.podcast.id, found.named) == (feed, 1, True)
    # Relative to where the redirects ended.
    host.fault("/go", "redirect", times=9, location=page)
    _page(host, "/about/", 'href="../shows/kettle.rss"')
    assert (await follow_any(updater, [host.url("/go")], by_operator=True)).podcast.id == 1
    assert not (await follow_any(updater, [feed], by_operator=True)).named


async def test_of_several_one_has_to_be_chosen(
    updater: FeedUpdater, host: FeedHost, sqlite_db: Database
) -> None:
    page = _page(host, "/", 'href="/pots.rss" title="Pots"', 'href="/kettle.rss" title="Kettle"')
    several = await _refusal(updater, page)
    assert isinstance(several, SeveralFeedsError)
    assert [(one.title, one.address) for one in several.feeds] == [
        ("Pots", host.url("/pots.rss")),
        ("Kettle", host.url("/kettle.rss")),
    ]
    assert str(several) == f"{page} names 2 feeds: add the one that you mean."
    opml = "<opml><body><outline text='A' xmlUrl='https://a.example/f'/><outline xmlUrl='https://b.example/f'/></body></opml>"
    listed = await _refusal(updater, host.put("/all.opml", opml))
    assert isinstance(listed, SeveralFeedsError)
    assert await list_podcasts(sqlite_db) == []


async def test_a_page_without_a_feed_is_told(updater: FeedUpdater, host: FeedHost) -> None:
    told = str(await _refusal(updater, _page(host, "/page")))
    assert told == "This is no podcast feed but a web page, “Our shows”, which names no feed."
    # What only looks like a feed is one, or is not told of.
    _feed(host, "/kettle.rss")
    hint = '<html><title>Hints</title><a href="/kettle.rss">RSS</a></html>'
    assert (await follow_any(updater, [host.put("/a", hint, content_type=HTML)], by_operator=True)).named
    dead = host.put("/b", hint.replace("/kettle.rss", "/dead.rss"), content_type=HTML)
    assert "a web page, “Hints”" in str(await _refusal(updater, dead))


async def test_a_named_feed_that_fails_is_told_and_a_page_leads_to_no_second_one(
    updater: FeedUpdater, host: FeedHost
) -> None:
    page = _page(host, "/page", 'href="/gone.rss"')
    told = str(await _refusal(updater, page))
    assert told.startswith(f"{page} names the feed {host.url('/gone.rss')}, which can't be followed: ")
    assert "404" in told
    _feed(host, "/kettle.rss")
    _page(host, "/gone.rss", 'href="/kettle.rss"', title="Other page")
    assert "a web page, “Other page”" in str(await _refusal(updater, page))


async def test_a_named_feed_on_a_private_address_is_refused(updater: FeedUpdater, host: FeedHost) -> None:
    page = _page(host, "/page", 'href="http://[::1]:1/kettle.rss"')
    assert "it leads to a private address" in str(await _refusal(updater, page))


async def test_the_spelling_that_answers_is_taken(updater: FeedUpdater, host: FeedHost) -> None:
    feed = _feed(host, "/feed.xml")
    bare = feed.removeprefix("http://")
    ids = {
        (await follow_any(updater, feed_addresses(typed), by_operator=True)).podcast.id
        for typed in (
            bare,
            f"feed://{bare}",
            f"<{feed}>",
            f"[Kettle]({feed})",
            f"{feed}#top",
            f"{feed}?",
            f"HTTP://{bare}",
        )
    }
    assert ids == {1}
    other = (await follow_any(updater, [_feed(host, "/Feed.xml")], by_operator=True)).podcast.id
    assert other == 2


async def test_of_spellings_that_all_fail_what_was_answered_first_is_told(
    updater: FeedUpdater, host: FeedHost
) -> None:
    assert "can't be reached" in str(await _refusal(updater, "https://127.0.0.1:1/a", "http://127.0.0.1:1/a"))
    page = _page(host, "/page")
    assert "a web page" in str(
        await _refusal(updater, page.replace("http", "https"), page, "http://127.0.0.1:1")
    )


async def test_pages_of_apps_are_told_before_they_are_asked_for(updater: FeedUpdater, host: FeedHost) -> None:
    for address, app in (
        ("https://open.spotify.com/show/1", "Spotify"),
        ("https://podcasts.apple.com/us/podcast/x/id1", "Apple Podcasts"),
        ("https://www.youtube.com/@show", "YouTube"),
    ):
        told = str(await _refusal(updater, address))
        assert told.startswith(f"This is a page of {app}, which is no feed: paste the address of")
    assert not host.requests


async def test_what_is_stored_stays_where_a_page_comes_instead(
    updater: FeedUpdater, host: FeedHost, sqlite_db: Database
) -> None:
    feed = _feed(host, "/feed.xml")
    found = await follow_any(updater, [feed], by_operator=True)
    _page(host, "/feed.xml", 'href="/other.rss"', title="Sign up")
    again = await follow_any(updater, [feed], by_operator=True)
    assert again.poll.failed
    [stored] = await list_podcasts(sqlite_db)
    assert (stored.id, stored.feed_url, stored.title, stored.episode_count) == (
        found.podcast.id,
        feed,
        "Copper Kettle",
        1,
    )
