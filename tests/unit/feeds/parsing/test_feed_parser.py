"""Parsing a feed into a podcast and its episodes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.parsing import documents, feed_parser, xml_split
from bot.feeds.parsing.feed_parser import parse_feed, read_item_notes
from bot.feeds.parsing.feedparser_adapter import read_items
from storage.models import FeedItem, UnchangedItem
from tests.unit.feeds.material import feed_xml, item_xml, read
from tests.unit.feeds.parsing.material import only_item


def test_a_feed_of_too_many_items_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_split, "MAX_LISTED", 3)
    items = [item_xml(name) for name in "abcd"]
    assert len(read(parse_feed(feed_xml(items[:3]), None))) == 3
    with pytest.raises(FeedError, match=r"^The feed has more than 3 items; so many are not read\.$"):
        parse_feed(feed_xml(items), None)


def test_entities_of_html_in_the_title_are_kept() -> None:
    assert (
        parse_feed(feed_xml([item_xml("a")], title="B&auml;r &amp; K&uuml;che"), None).info.title
        == "Bär & Küche"
    )


def test_an_item_whose_notes_break_their_reader_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(feed_parser, "read_notes", breaks)
    item = only_item(feed_xml([item_xml("a", notes="<p>Notes</p>")]))
    assert read_item_notes(item) == item


def test_an_atom_feed_is_read() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom Show</title><id>x</id>
        <entry><id>tag:1</id><title>One</title><updated>2026-03-01T12:00:00Z</updated>
        <link rel="alternate" href="https://show.example/1"/><content type="html">&lt;p&gt;Hi&lt;/p&gt;</content>
        <link rel="enclosure" type="audio/mpeg" href="https://cdn.example/1.mp3"/></entry></feed>"""
    feed = parse_feed(body, None)
    assert feed.info.title == "Atom Show"
    [item] = read(feed)
    assert (item.identity, item.title, item.link) == ("tag:1", "One", "https://show.example/1")
    assert item.published == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert item.notes == "<p>Hi</p>"


def test_a_whole_item() -> None:
    body = feed_xml(
        [
            item_xml(
                "a",
                "<itunes:duration>1:06:35</itunes:duration>",
                "<link>https://show.example/a</link>",
                '<itunes:image href="https://show.example/a.png"/>',
                '<podcast:transcript url="https://cdn.example/a.vtt" type="text/vtt"/>',
                published=datetime(2026, 3, 1, 12, tzinfo=UTC),
                enclosure_type="audio/mpeg",
                title="  Of  apples\n& pears ",
                notes="<p>Notes</p>",
            )
        ],
        '<itunes:image href="https://show.example/cover.png"/>',
    )
    feed = parse_feed(body, "application/rss+xml; charset=utf-8")
    assert (feed.info.title, feed.info.link, feed.info.language) == (
        "Small Show",
        "https://show.example/",
        "en",
    )
    assert feed.info.image_url == "https://show.example/cover.png"
    [item] = read(feed)
    assert (item.identity, item.guid, item.title) == ("a", "a", "Of apples & pears")
    assert (item.link, item.image_url) == ("https://show.example/a", "https://show.example/a.png")
    assert (item.enclosure_url, item.enclosure_type) == ("https://cdn.example/a.mp3", "audio/mpeg")
    assert (item.published, item.duration_s) == (datetime(2026, 3, 1, 12, tzinfo=UTC), 3995)
    assert [link.url for link in item.transcript_links] == ["https://cdn.example/a.vtt"]
    assert (item.notes, item.intro, item.chapters, item.turns) == ("<p>Notes</p>", "", (), ())
    assert read_item_notes(item).intro == "Notes"


def test_a_live_item_is_no_episode_and_names_no_podcast() -> None:
    live = (
        '<podcast:liveItem status="live" start="2026-03-01T12:00:00Z"><title>Live!</title><guid>live</guid>'
        '<enclosure url="https://x.example/live.mp3" type="audio/mpeg"/></podcast:liveItem>'
    )
    feed = parse_feed(feed_xml([item_xml("a")], live), None)
    assert feed.info.title == "Small Show"
    assert [item.identity for item in read(feed)] == ["a"]


def test_items_whose_bytes_are_repeated_count_once_and_an_id_alone_decides_nothing() -> None:
    items = [item_xml("a", title="First"), item_xml("b"), item_xml("a", title="Second"), item_xml("b")]
    assert [item.title for item in read(parse_feed(feed_xml(items), None))] == ["First", "About b", "Second"]


def test_items_without_a_guid_are_told_apart_by_enclosure_with_title() -> None:
    items = [
        item_xml("a", title=title, guid=False, enclosure=f"https://cdn.example/{file}.mp3")
        for title, file in [("One", "x"), ("Two", "x"), ("One", "y"), ("One", "x")]
    ]
    found = [(item.title, item.enclosure_url) for item in read(parse_feed(feed_xml(items), None))]
    x, y = "https://cdn.example/x.mp3", "https://cdn.example/y.mp3"
    assert found == [("One", x), ("Two", x), ("One", y)]


def test_polling_hints_of_a_feed() -> None:
    inside = (
        "<itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>",
        "<ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>",
    )
    info = parse_feed(feed_xml([item_xml("a")], *inside), None).info
    assert info.new_feed_url == "https://new.example/feed"
    assert (info.ttl_s, info.skip_hours, info.skip_days) == (3_600, frozenset({3}), frozenset({6}))
    elsewhere = "<itunes:new-feed-url>file:///etc/passwd</itunes:new-feed-url>"
    assert parse_feed(feed_xml([item_xml("a")], elsewhere), None).info.new_feed_url is None


def test_only_unknown_items_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [item_xml(name) for name in "abcd"]
    text = "<item><title>A text</title><guid>text</guid></item>"
    known = {item.raw_hash for item in read(parse_feed(feed_xml(items), None))}
    parsed = []

    def watched(document: object, places: list[object], rest: object) -> object:
        parsed.append(len(places))
        return read_items(document, places, rest)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "read_items", watched)
    feed = parse_feed(feed_xml([item_xml("new"), text, *items, item_xml("deep")]), None, known)
    assert parsed == [2]
    assert [type(entry) for entry in feed.entries] == [FeedItem, *[UnchangedItem] * 4, FeedItem]
    assert [item.identity for item in read(feed)] == ["new", "deep"]
    assert {entry.raw_hash for entry in feed.entries if isinstance(entry, UnchangedItem)} == known
