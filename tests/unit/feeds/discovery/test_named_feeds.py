"""Which feeds a page or a list of subscriptions names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.discovery.named_feeds import (
    MAX_NAMED,
    FeedLink,
    NamedFeed,
    NamedFeeds,
    feed_links,
    feeds_of_outline,
    feeds_of_page,
)
from bot.text.html_lines import parse_html
from bot.text.web_addresses import is_web_address

PAGE = "https://show.example/about/us"


def found(html: str, address: str = PAGE) -> list[tuple[str, str]]:
    """The titles and addresses of the feeds that a page names."""
    return [(one.title, one.address) for one in feed_links(feeds_of_page(parse_html(html)), address)]


def link(href: str, title: str = "", kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    """An element of a page's head."""
    titled = f' title="{title}"' if title else ""
    return f'<link rel="{rel}" type="{kind}"{titled} href="{href}">'


KETTLE = "https://show.example/shows/kettle.rss"


@pytest.mark.parametrize(
    ("html", "addresses"),
    [
        (link("/shows/kettle.rss"), [KETTLE]),
        (link("../shows/kettle.rss"), [KETTLE]),
        (link("//show.example/shows/kettle.rss"), [KETTLE]),
        (link("feed:https://show.example/shows/kettle.rss"), [KETTLE]),
        ('<base href="https://cdn.example/x/">' + link("kettle.rss"), ["https://cdn.example/x/kettle.rss"]),
        ('<base href="/shows/">' + link("kettle.rss"), [KETTLE]),
        ("<LINK REL='ALTERNATE' TYPE='Application/RSS+XML; charset=utf-8' HREF=/shows/kettle.rss>", [KETTLE]),
        (link("/shows/kettle.rss", rel="home alternate"), [KETTLE]),
        (link("/a.json", kind="application/feed+json"), ["https://show.example/a.json"]),
        (link("/a", kind="application/atom+xml"), ["https://show.example/a"]),
        (link("/shows/kettle.xml", kind="text/xml"), ["https://show.example/shows/kettle.xml"]),
        (f"<body><p>late</p>{link('/shows/kettle.rss')}</body>", [KETTLE]),
        # Twice the same, and the page itself.
        (link("/shows/kettle.rss") + link(KETTLE + "#top") + link(PAGE), [KETTLE]),
        # What is no feed.
        (link("/wp-json/1", kind="application/json") + link("/oembed", kind="application/json+oembed"), []),
        (link("/fr/", kind="text/html") + link("/s.css", rel="alternate stylesheet"), []),
        (link("javascript:alert(1)") + link("data:text/xml,<rss/>") + link("file:///etc/passwd"), []),
        (link("https://open.spotify.com/show/1"), []),
        ('<link rel="alternate" href="/other">', []),
        # Of one feed in several formats the likeliest to have episodes.
        (link("/a.json", "Kettle", "application/feed+json") + link("/a.rss", "Kettle"), ["https://show.example/a.rss"]),
        (link("/k.atom", kind="application/atom+xml") + link("/k.rss"), ["https://show.example/k.rss"]),
        (
            link("/k.atom", kind="application/atom+xml") + link("/pots.rss"),
            ["https://show.example/k.atom", "https://show.example/pots.rss"],
        ),
        # Feeds of comments.
        (link("/feed/", "Kettle » Feed") + link("/comments/feed/", "Kettle » Comments Feed"), ["https://show.example/feed/"]),
        (link("/feed/", "Kettle") + link("/comments/feed/", "قهوة"), ["https://show.example/feed/"]),
        (link("/x.rss", "Kettle") + link("/y.rss", "Kommentar-Feed"), ["https://show.example/x.rss"]),
        (link("/x.rss", "Kettle") + link("/y.rss", "Kettle: Comments"), ["https://show.example/x.rss"]),
        (link("/x.rss", "Kettle") + link("/about/us/feed/", "Comments on us"), ["https://show.example/x.rss"]),
        (link("/comments/feed/", "Comments Feed"), ["https://show.example/comments/feed/"]),
        # A show may be called so.
        (
            link("/x.rss", "Kettle") + link("/free.rss", "Comment Is Free, the show"),
            ["https://show.example/x.rss", "https://show.example/free.rss"],
        ),
        # Several, those that may have episodes first.
        (
            link("/feed/", "Blog") + link("/feed/podcast/", "Podcast"),
            ["https://show.example/feed/podcast/", "https://show.example/feed/"],
        ),
        # Links in the text count where the head names none.
        ('<a href="/shows/kettle.rss">Subscribe</a>', [KETTLE]),
        ('<a href="https://feeds.example/kettle">RSS</a>', ["https://feeds.example/kettle"]),
        ('<a href="itpc://feeds.example/kettle">iTunes</a>', ["https://feeds.example/kettle"]),
        ('<a href="/sitemap.xml">Map</a><a href="#rss">RSS</a><a href="/about">us</a>', []),
        ('<a href="https://podcasts.apple.com/x">RSS</a>', []),
        (link("/shows/kettle.rss") + '<a href="/other.rss">Other</a>', [KETTLE]),
    ],
)  # fmt: skip
def test_a_page_names(html: str, addresses: list[str]) -> None:
    assert [address for _, address in found(f"<html><head>{html}</head></html>")] == addresses


def test_titles_are_on_one_line() -> None:
    assert found(link("/a.rss", "The \n Copper\tKettle &amp; Co")) == [
        ("The Copper Kettle & Co", "https://show.example/a.rss")
    ]


def test_subscriptions_are_read() -> None:
    named = feeds_of_outline(
        '<opml><body><outline text="Tools">'
        "<outline type='rss' text='Pots' xmlUrl='https://pots.example/f?a=1&amp;b=2'/>"
        '<outline title="Kettle" text="x" XMLURL="https://kettle.example/f"/></outline></body></opml>'
    )
    assert feed_links(named, "file:///tmp/a.opml") == (
        FeedLink("Pots", "https://pots.example/f?a=1&b=2"),
        FeedLink("Kettle", "https://kettle.example/f"),
    )


def test_many_are_bounded() -> None:
    assert len(feeds_of_outline('<outline xmlUrl="https://a.example/"/>' * 999).links) == MAX_NAMED
    assert len(feeds_of_page(parse_html(link("/a.rss") * 999)).links) == MAX_NAMED


HREF = (
    st.sampled_from(
        ["/a.rss", "http://[", "//", "feed:", "https://b.example/comments/feed", "?x", "\ud800", ""]
    )
    | st.text()
)
ADDRESS = st.sampled_from([PAGE, "https://a.example", "http://[::1]:8/a?b", "file:///tmp/a.opml"])


@given(st.lists(st.builds(NamedFeed, st.text(), HREF, st.integers(0, 4), st.booleans())), HREF, ADDRESS)
def test_any_links_give_web_addresses(links: list[NamedFeed], base: str, address: str) -> None:
    feeds = feed_links(NamedFeeds(tuple(links), base), address)
    assert all(is_web_address(one.address) for one in feeds)


@given(st.text(st.sampled_from("<>link rel=alternate href='\"/.a outline xmlUrl")))
def test_any_markup_is_read(text: str) -> None:
    feeds_of_page(parse_html(text))
    feeds_of_outline(text)
