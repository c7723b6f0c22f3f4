"""Parsing a feed into a podcast and its episodes."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.errors import FeedError
from bot.feeds.http.address_guard import is_web_address
from bot.feeds.parsing import feed_parser, xml_split
from bot.feeds.parsing.feed_parser import (
    MAX_ADDRESS,
    MAX_IDENTITY_BYTES,
    MAX_TITLE,
    ParsedFeed,
    parse_feed,
    read_item_notes,
)
from bot.feeds.parsing.feedparser_adapter import BATCH_ITEMS, read_items
from storage.models import Chapter, ChapterSource, EpisodeKind, FeedItem, FileLink, Person, UnchangedItem
from tests.unit.feeds.material import feed_xml, item_xml, read

# How many items have audio or video. Where the catalogue counts items without (noenc) or repeated ones (dupguid),
# they are left out here; two items' only enclosures are pictures.
EPISODES = {
    "feedrs-anchorfm.xml": 1,
    "feedrs-heated.xml": 0,
    "feedrs-nightvale.xml": 1,
    "feedrs-spreaker.xml": 1,
    "gnome-2018-01-20-Intercepted.xml": 43,
    "gnome-2018-01-20-TheTipOff.xml": 14,
    "gnome-2018-02-03-Intercepted.xml": 47,
    "gnome-2018-03-28-Ellinofreneia.xml": 6,
    "gnome-2024-03-13-ndr.xml": 2,
    "gnome-2024-03-14-ndr.xml": 2,
    "gnome-2024-03-15-streetfightradio.xml": 500,
    "gnome-de-grote-no-guid.xml": 12,
    "gnome-de-grote.xml": 12,
    "jorrin-art19.xml": 15,
    "jorrin-feedburner.xml": 36,
    "jorrin-megaphone.xml": 1278,
    "latent-space-2024-02.xml": 32,
    "latent-space-2024-12.xml": 3,
    "partytime-1865.xml": 61,
    "partytime-animated-no-agenda.xml": 20,
    "partytime-dk-podcast.xml": 59,
    "partytime-homegrown-hits.xml": 4,
    "partytime-legacy.xml": 3,
    "partytime-no-agenda.xml": 29,
    "partytime-podverse-test-feed.xml": 5,
    "partytime-themnshow.xml": 54,
    "podarchiver-feed_lautsprecher.xml": 5,
    "podarchiver-feed_lautsprecher_invalid_link.xml": 1,
    "rssparser-item-itunes-episodeType.xml": 1,
    "rssparser-itunes-href.xml": 0,
    "rssparser-itunes-missing-image.xml": 130,
    "w3stling-filter-rss-invalid-xml-character-0x6.xml": 0,
    "w3stling-filter-rss-invalid-xml-escape-string-within-cdata.xml": 0,
    "w3stling-invalid-character-rss-feed.xml": 0,
    "w3stling-module-podcast-example1.xml": 3,
    "w3stling-module-podcast-pc20.xml": 169,
    "w3stling-module-spotify-example1.xml": 1,
    "w3stling-multiple-title-on-different-levels.xml": 0,
    "w3stling-rss-skip-days-skip-hours.xml": 2,
}
TRANSCRIPTS = {
    "partytime-no-agenda.xml": 29,
    "partytime-themnshow.xml": 56,
    "w3stling-module-podcast-example1.xml": 4,
    "w3stling-module-podcast-pc20.xml": 169,
}
# Links to chapter files, and items with a list of `psc:chapters`.
CHAPTER_LINKS = {
    "partytime-homegrown-hits.xml": 4,
    "partytime-no-agenda.xml": 29,
    "partytime-themnshow.xml": 54,
    "w3stling-module-podcast-example1.xml": 3,
    "w3stling-module-podcast-pc20.xml": 169,
}
PSC = {"podarchiver-feed_lautsprecher.xml": 5, "w3stling-module-spotify-example1.xml": 1}


def _read(shared_data: Path, name: str) -> ParsedFeed:
    path = shared_data / "feeds" / name
    if not path.is_file():
        pytest.skip(f"{path} is missing")
    return parse_feed(path.read_bytes(), None)


def _read_or_refusal(body: bytes) -> ParsedFeed | str:
    try:
        return parse_feed(body, None)
    except FeedError as error:
        return str(error)


def _only_item(body: bytes) -> FeedItem:
    [item] = read(parse_feed(body, None))
    return item


@pytest.mark.parametrize("name", EPISODES)
def test_real_feeds_have_as_many_episodes_as_a_person_counts(shared_data: Path, name: str) -> None:
    feed = _read(shared_data, name)
    assert len(read(feed)) == EPISODES[name]
    assert sum(len(item.transcript_links) for item in read(feed)) == TRANSCRIPTS.get(name, 0)
    assert sum(item.chapters_link is not None for item in read(feed)) == CHAPTER_LINKS.get(name, 0)
    assert sum(item.chapters_source is ChapterSource.PSC for item in read(feed)) == PSC.get(name, 0)
    assert len({item.identity for item in read(feed)}) == len(read(feed))
    assert feed.warnings == ()
    for item in read(feed):
        assert item.title
        assert item.published is not None
        assert item.published.tzinfo is not None
        assert item.enclosure_url is not None
        for address in (item.enclosure_url, item.link, item.image_url, item.video_url):
            assert address is None or is_web_address(address)


def test_every_real_feed_is_in_the_table(shared_data: Path) -> None:
    found = {path.name for path in (shared_data / "feeds").glob("*.xml")}
    assert found - set(EPISODES) == {"rssparser-unrecognized.xml"}


def test_a_real_document_that_is_no_feed_is_refused(shared_data: Path) -> None:
    with pytest.raises(FeedError, match=r"^This is no podcast feed: it holds neither RSS nor Atom\.$"):
        _read(shared_data, "rssparser-unrecognized.xml")


def test_the_longest_element_of_an_item_is_its_notes(shared_data: Path) -> None:
    [item] = read(_read(shared_data, "feedrs-nightvale.xml"))
    assert len(item.notes) > 1_800


def test_two_weeks_later_four_items_are_new(shared_data: Path) -> None:
    before = {item.identity for item in read(_read(shared_data, "gnome-2018-01-20-Intercepted.xml"))}
    after = {item.identity for item in read(_read(shared_data, "gnome-2018-02-03-Intercepted.xml"))}
    assert (len(before & after), len(after - before)) == (43, 4)


def test_an_evergreen_item_stays_the_same_beside_news_of_the_same_title(shared_data: Path) -> None:
    before = {item.identity for item in read(_read(shared_data, "gnome-2024-03-13-ndr.xml"))}
    after = {item.identity for item in read(_read(shared_data, "gnome-2024-03-14-ndr.xml"))}
    assert (len(before & after), len(after - before)) == (1, 1)


def test_items_without_a_guid_are_told_apart_by_enclosure_and_title(shared_data: Path) -> None:
    items = read(_read(shared_data, "gnome-de-grote-no-guid.xml"))
    assert {item.guid for item in items} == {None}
    assert len({item.identity for item in items}) == 12


@pytest.mark.parametrize("name", ["feedrs-spreaker.xml", "podarchiver-feed_lautsprecher.xml"])
def test_a_real_feed_that_was_cut_off_is_refused(shared_data: Path, name: str) -> None:
    body = (shared_data / "feeds" / name).read_bytes()
    for cut in range(0, body.rindex(b"</rss>") + 5, max(1, len(body) // 60)):
        with pytest.raises(FeedError):
            parse_feed(body[:cut], None)


_A, _B = item_xml("a"), item_xml("b", notes="</rss>")
_HEAD = feed_xml(["@"]).decode().partition("@")[0]
_TAIL = "</channel></rss>"


@pytest.mark.parametrize(
    "body",
    [
        f"{_HEAD}{_A}<item><title>b</title><description><![CDATA[</channel></rss>",
        f"{_HEAD}{_A}<item><title>b</title><description><![CDATA[</rss>\n\n",
        f"{_HEAD}{_A}<item><title>b</title><!-- </channel></rss>",
        f"{_HEAD}{_A}{_B}",
        f"{_HEAD}{_A}{_B}<item>",
        f"{_HEAD}{_A}{_B}<!-- </rss> -->",
        f"{_HEAD}{_A}<item><title>x</title><description><![CDATA[</rss>]]></description>",
        f"{_HEAD}{_A}<!-- --><item><description><![CDATA[<!-- -->]]></description><!-- {_TAIL}",
        # One answer that was stuck to a part of another.
        f"{_HEAD}{_A}{_TAIL}{_HEAD}{_A}{_B}",
        f"{_HEAD}{_A}{_TAIL}</item>",
    ],
)
def test_a_feed_cut_off_after_a_quoted_end_tag_is_refused(body: str) -> None:
    with pytest.raises(FeedError, match="ends in the middle"):
        parse_feed(body.encode(), None)


@pytest.mark.parametrize(
    "behind",
    [
        "",
        "\n \t\r\n" * 50,
        "<!-- made in 0.2 s -->",
        "<!-- </rss> -->\n<!-- cached -->",
        "<!-- never closed",
        "</body></html>",
        "\0" * 100,
        "<script>track()</script>",
        "<b>Warning</b>: something at line 3",
    ],
)
def test_what_follows_the_end_of_a_feed_is_ignored(behind: str) -> None:
    feed = parse_feed(f"{_HEAD}{_A}{_B}{_TAIL}{behind}".encode(), None)
    assert [item.identity for item in read(feed)] == ["a", "b"]


@pytest.mark.parametrize(
    "notes", ["<!-- cut", "--> <!--", "<![CDATA[", "a <!-- b --> c", "</rss>", "<!--" * 1_000]
)
def test_tags_inside_notes_are_no_structure_of_the_feed(notes: str) -> None:
    body = feed_xml([item_xml("a", notes=notes), item_xml("b")])
    assert [item.identity for item in read(parse_feed(body, None))] == ["a", "b"]


def test_tags_inside_comments_are_ignored() -> None:
    body = feed_xml([_A, "<!-- notes stand in <![CDATA[ -->", item_xml("b")])
    assert [item.identity for item in read(parse_feed(body, None))] == ["a", "b"]


@pytest.mark.parametrize(
    "part", ["<!--", "<![CDATA[", "</rss", "</rss><item>", "<!-- </rss> -->", "</rss \n", "<", "</a", "a:"]
)
def test_finding_the_end_of_a_long_feed_takes_little_time(part: str) -> None:
    body = f"{_HEAD}<x>{part * (2_000_000 // len(part))}".encode()
    begun = time.process_time()
    with pytest.raises(FeedError, match=r"ends in the middle|more than"):
        xml_split.split(body)
    assert time.process_time() - begun < 2


def test_a_feed_of_too_many_items_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_split, "MAX_ITEMS", 3)
    items = [item_xml(name) for name in "abcd"]
    assert len(read(parse_feed(feed_xml(items[:3]), None))) == 3
    with pytest.raises(FeedError, match=r"^The feed has more than 3 items; so many are not read\.$"):
        parse_feed(feed_xml(items), None)


def test_entities_of_html_in_the_title_are_kept() -> None:
    assert parse_feed(feed_xml([_A], title="B&auml;r &amp; K&uuml;che"), None).info.title == "Bär & Küche"


def test_an_item_whose_notes_break_their_reader_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(feed_parser, "read_notes", breaks)
    item = _only_item(feed_xml([item_xml("a", notes="<p>Notes</p>")]))
    assert read_item_notes(item) == item


SMALL = feed_xml(
    [
        item_xml(
            "a", '<podcast:transcript url="https://cdn.example/a.vtt" type="text/vtt"/>', notes="<p>Été</p>"
        ),
        item_xml("b", published=datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ]
)


@settings(max_examples=60)
@given(st.integers(0, len(SMALL)))
def test_a_feed_cut_off_anywhere_is_refused(cut: int) -> None:
    try:
        part = parse_feed(SMALL[:cut], None)
    except FeedError:
        assert cut < len(SMALL)
    else:
        assert part == parse_feed(SMALL, None)


@settings(max_examples=100)
@given(st.binary(max_size=300), st.none() | st.text(max_size=60))
def test_bytes_of_any_kind_are_read_or_refused(body: bytes, content_type: str | None) -> None:
    with pytest.raises(FeedError):
        parse_feed(body, content_type)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 30), st.binary(max_size=8)), max_size=6))
def test_a_feed_with_damage_anywhere_is_read_or_refused(damages: list[tuple[int, int, bytes]]) -> None:
    body = SMALL
    for place, removed, put in damages:
        body = body[:place] + put + body[place + removed :]
    feed = _read_or_refusal(body)
    if isinstance(feed, str):
        assert feed.endswith(".")
        return
    for item in read(feed):
        assert read_item_notes(item).identity == item.identity


@pytest.mark.parametrize("encoding", ["UT\xff", "zlib", "idna", "nonsense", ""])
def test_an_unknown_encoding_is_refused_or_ignored(encoding: str) -> None:
    body = SMALL.replace(b"UTF-8", encoding.encode("latin-1"))
    feed = _read_or_refusal(body)
    if isinstance(feed, str):
        assert feed == "The feed is too broken to be read."
    else:
        assert [item.identity for item in read(feed)] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_that_are_declared_are_read(encoding: str) -> None:
    text = SMALL.decode().replace("UTF-8", encoding).replace("Small Show", "Café")
    assert parse_feed(text.encode(encoding), None).info.title == "Café"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "it is empty"),
        (b" \n ", "it is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "neither RSS nor Atom"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "neither RSS nor Atom"),
        (b"/etc/passwd", "neither RSS nor Atom"),
        (b"http://show.example/feed.xml", "neither RSS nor Atom"),
        (b"<rss><channel>", "ends in the middle"),
    ],
)
def test_a_document_that_is_no_feed_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(FeedError, match=told):
        parse_feed(body, None)


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


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3504", 3504),
        ("1014.708", 1014.708),
        ("58:24", 3504),
        ("1:06:35", 3995),
        (" 00:00:07 ", 7),
        ("\n 90 \n", 90),
        ("0", None),
        ("-5", None),
        ("00:00", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("604800", 604800),
        ("604801", None),
        ("1:2:3:4", None),
        ("an hour", None),
        ("1h 6m", None),
        (":", None),
        ("", None),
        ("9" * 5_000, None),
    ],
)
def test_durations(written: str, seconds: float | None) -> None:
    item = _only_item(feed_xml([item_xml("a", f"<itunes:duration>{written}</itunes:duration>")]))
    assert item.duration_s == seconds


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Sun, 01 Mar 2026 12:00:00 +0200", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("Sun, 01 Mar 2026 12:00:00 EST", datetime(2026, 3, 1, 17, tzinfo=UTC)),
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("01 Mar 2026 12:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -0500", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Mar 2026 99:00:00 GMT", None),
    ],
)
def test_dates(written: str, published: datetime | None) -> None:
    item = _only_item(feed_xml([item_xml("a", f"<pubDate>{written}</pubDate>")]))
    assert item.published == published


@pytest.mark.parametrize(
    ("enclosure", "is_episode"),
    [
        ('url="https://x.example/a.mp3" type="audio/mpeg"', True),
        ('url="https://x.example/a" type="Video/MP4"', True),
        ('url="https://x.example/a.M4A?key=1" type=""', True),
        ('url="https://x.example/a.mp3" type="application/octet-stream"', True),
        ('url="https://x.example/a.mp3"', True),
        ('url="https://x.example/a" type=""', False),
        ('url="https://x.example/a.mp3" type="image/jpeg"', False),
        ('url="https://x.example/a.pdf" type="application/pdf"', False),
        ('url="file:///a.mp3" type="audio/mpeg"', False),
        ('url="javascript:alert(1)//.mp3" type="audio/mpeg"', False),
        ('url="/a.mp3" type="audio/mpeg"', False),
        ('url="" type="audio/mpeg"', False),
        ('type="audio/mpeg"', False),
        (f'url="https://x.example/{"a" * MAX_ADDRESS}.mp3" type="audio/mpeg"', False),
    ],
)
def test_an_episode_is_an_item_with_audio_or_video(enclosure: str, is_episode: bool) -> None:
    body = feed_xml([item_xml("a", f"<enclosure {enclosure}/>", enclosure="")])
    assert len(read(parse_feed(body, None))) == is_episode


def test_the_first_enclosure_with_audio_or_video_is_taken() -> None:
    cover = '<enclosure url="https://x.example/a.png" type="image/png"/>'
    video = '<enclosure url="https://x.example/a.mp4" type="video/mp4"/>'
    item = _only_item(feed_xml([item_xml("a", cover, video, video, enclosure="")]))
    assert (item.enclosure_url, item.enclosure_type) == ("https://x.example/a.mp4", "video/mp4")


def test_only_web_addresses_are_kept() -> None:
    body = feed_xml(
        [
            item_xml(
                "a",
                "<link>javascript:alert(1)</link>",
                '<itunes:image href="file:///etc/passwd"/>',
                '<podcast:transcript url="file:///etc/passwd" type="text/vtt"/>',
                '<podcast:transcript url="/relative.vtt" type="text/vtt"/>',
                '<podcast:transcript url="https://cdn.example/a.vtt" type="text/vtt"/>',
            )
        ],
        '<itunes:image href="data:image/png;base64,x"/>',
    ).replace(b"https://show.example/", b"ftp://show.example/")
    feed = parse_feed(body, None)
    [item] = read(feed)
    assert (feed.info.link, feed.info.image_url, item.link, item.image_url) == (None, None, None, None)
    assert [link.url for link in item.transcript_links] == ["https://cdn.example/a.vtt"]


def test_a_live_item_is_no_episode_and_names_no_podcast() -> None:
    live = (
        '<podcast:liveItem status="live" start="2026-03-01T12:00:00Z"><title>Live!</title><guid>live</guid>'
        '<enclosure url="https://x.example/live.mp3" type="audio/mpeg"/></podcast:liveItem>'
    )
    feed = parse_feed(feed_xml([item_xml("a")], live), None)
    assert feed.info.title == "Small Show"
    assert [item.identity for item in read(feed)] == ["a"]


def test_items_that_are_repeated_count_once() -> None:
    items = [item_xml("a", title="First"), item_xml("b"), item_xml("a", title="Second")]
    assert [item.title for item in read(parse_feed(feed_xml(items), None))] == ["First", "About b"]


def test_items_without_a_guid_are_told_apart_by_enclosure_with_title() -> None:
    items = [
        item_xml("a", title=title, guid=False, enclosure=f"https://cdn.example/{file}.mp3")
        for title, file in [("One", "x"), ("Two", "x"), ("One", "y"), ("One", "x")]
    ]
    # A signature that is new at each request makes no other item.
    items.append(item_xml("a", title="Two", guid=False, enclosure="https://cdn.example/x.mp3?key=1"))
    found = [(item.title, item.enclosure_url) for item in read(parse_feed(feed_xml(items), None))]
    x, y = "https://cdn.example/x.mp3", "https://cdn.example/y.mp3"
    assert found == [("One", x), ("Two", x), ("One", y)]


def test_long_identities_are_hashed() -> None:
    long = "ü" * MAX_IDENTITY_BYTES
    enclosure = "https://cdn.example/same.mp3"
    body = feed_xml([item_xml(long + end, enclosure=enclosure) for end in "ab"])
    items = read(parse_feed(body, None))
    assert len(items) == 2
    assert all(len(item.identity.encode()) <= MAX_IDENTITY_BYTES for item in items)
    assert items == read(parse_feed(body, None))


def test_missing_titles_get_a_default_and_long_ones_are_cut() -> None:
    feed = parse_feed(feed_xml([item_xml("a", title=" "), item_xml("b", title="x" * 9_999)], title=""), None)
    assert feed.info.title == "Untitled podcast"
    assert [item.title for item in read(feed)] == ["Untitled episode", "x" * MAX_TITLE]


def _hash(*inside: str, **said: str) -> str:
    return _only_item(feed_xml([item_xml("a", *inside, **said)])).content_hash  # type: ignore[arg-type]


def test_the_content_hash_ignores_signatures_of_urls() -> None:
    plain = _hash()
    assert plain == _hash()
    assert _hash(enclosure="https://cdn.example/a.mp3?key=1") == plain
    changed = [
        _hash(title="Renamed"),
        _hash(notes="More"),
        _hash(enclosure="https://cdn.example/b.mp3"),
        _hash("<itunes:duration>9</itunes:duration>"),
        _hash("<link>https://show.example/new</link>"),
        _hash('<podcast:transcript url="https://cdn.example/a.vtt" type="text/vtt"/>'),
        _hash("<pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate>"),
    ]
    assert max(Counter([plain, *changed]).values()) == 1


def test_the_content_hash_covers_the_podcast_namespaces() -> None:
    changed = [
        _hash(),
        _hash("<itunes:episodeType>bonus</itunes:episodeType>"),
        _hash("<itunes:season>1</itunes:season>"),
        _hash("<itunes:episode>1</itunes:episode>"),
        _hash("<podcast:person>Ada</podcast:person>"),
        _hash('<podcast:chapters url="https://cdn.example/c.json?key=1"/>'),
        _hash(_PSC),
    ]
    assert len(set(changed)) == len(changed)
    assert _hash('<podcast:chapters url="https://cdn.example/c.json?key=2"/>') in changed


_PSC = (
    '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="1:02" title="Two"/>'
    '<psc:chapter start="0" title="One"/></psc:chapters>'
)


def test_an_item_with_elements_of_the_podcast_namespaces() -> None:
    told = (
        '<podcast:chapters url="https://cdn.example/c.json" type="application/json+chapters"/>',
        '<podcast:person role="guest">Ada Lovelace</podcast:person>',
        "<podcast:season>2</podcast:season><podcast:episode>7.5</podcast:episode>",
        "<itunes:episodeType>Trailer</itunes:episodeType>",
    )
    body = feed_xml([item_xml("a", *told, _PSC), item_xml("b")], "<podcast:person>Bob</podcast:person>")
    a, b = read(parse_feed(body, None))
    assert a.chapters_link == FileLink("https://cdn.example/c.json", "application/json+chapters")
    assert (a.season, a.number, a.kind) == (2, 7.5, EpisodeKind.TRAILER)
    assert a.persons == (Person("Ada Lovelace", "guest"),)
    assert (a.chapters, a.chapters_source) == ((Chapter(0, "One"), Chapter(62_000, "Two")), ChapterSource.PSC)
    assert b.persons == (Person("Bob", "host"),)
    assert (b.chapters_link, b.season, b.number, b.kind, b.chapters_source) == (
        None,
        None,
        None,
        EpisodeKind.FULL,
        None,
    )


def test_chapters_in_the_feed_are_preferred_to_those_in_the_notes() -> None:
    notes = "<p>00:00 Hello<br/>01:00 Apples<br/>02:00 Pears</p>"
    listed, written = (
        read_item_notes(one)
        for one in read(
            parse_feed(feed_xml([item_xml("a", _PSC, notes=notes), item_xml("b", notes=notes)]), None)
        )
    )
    assert ([one.title for one in listed.chapters], listed.chapters_source) == (
        ["One", "Two"],
        ChapterSource.PSC,
    )
    assert [one.title for one in written.chapters] == ["Hello", "Apples", "Pears"]
    assert written.chapters_source is ChapterSource.NOTES
    assert read_item_notes(_only_item(feed_xml([item_xml("a", notes="<p>Hi</p>")]))).chapters_source is None


def test_polling_hints_of_a_feed() -> None:
    inside = (
        "<itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>",
        "<ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>",
    )
    info = parse_feed(feed_xml([_A], *inside), None).info
    assert info.new_feed_url == "https://new.example/feed"
    assert (info.ttl_s, info.skip_hours, info.skip_days) == (3_600, frozenset({3}), frozenset({6}))
    elsewhere = "<itunes:new-feed-url>file:///etc/passwd</itunes:new-feed-url>"
    assert parse_feed(feed_xml([_A], elsewhere), None).info.new_feed_url is None


def test_only_unknown_items_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [item_xml(name) for name in "abcd"]
    text = "<item><title>A text</title><guid>text</guid></item>"
    known = {item.raw_hash for item in read(parse_feed(feed_xml(items), None))}
    parsed = []

    def watched(document: object, places: list[object], rest: object) -> object:
        parsed.append(len(places))
        return read_items(document, places, rest)  # type: ignore[arg-type]

    monkeypatch.setattr(feed_parser, "read_items", watched)
    feed = parse_feed(feed_xml([item_xml("new"), text, *items, item_xml("deep")]), None, known)
    assert parsed == [2]
    assert [type(entry) for entry in feed.entries] == [FeedItem, *[UnchangedItem] * 4, FeedItem]
    assert [item.identity for item in read(feed)] == ["new", "deep"]
    assert {entry.raw_hash for entry in feed.entries if isinstance(entry, UnchangedItem)} == known


def test_rest_is_called_while_a_long_feed_is_parsed() -> None:
    rests = []
    body = feed_xml([item_xml(f"g{n}") for n in range(BATCH_ITEMS * 3)])
    assert len(parse_feed(bytearray(body), None, rest=lambda: rests.append(1)).entries) == BATCH_ITEMS * 3
    assert len(rests) == 2
