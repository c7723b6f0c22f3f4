"""One item: its dates, durations, enclosures, addresses, chapters and content hash."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.feeds.parsing.feed_parser import (
    MAX_ADDRESS,
    MAX_IDENTITY_BYTES,
    MAX_TITLE,
    parse_feed,
    read_item_notes,
)
from storage.models import Chapter, ChapterSource, EpisodeKind, FileLink, Person
from tests.unit.feeds.material import feed_xml, item_xml, read
from tests.unit.feeds.parsing.material import PSC_CHAPTERS, only_item


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
        ("86400", 86400),
        ("86401", None),
        ("1:2:3:4", None),
        ("an hour", None),
        ("1h 6m", 3960),
        (":", None),
        ("", None),
        ("9" * 5_000, None),
    ],
)
def test_durations(written: str, seconds: float | None) -> None:
    item = only_item(feed_xml([item_xml("a", f"<itunes:duration>{written}</itunes:duration>")]))
    assert item.duration_s == seconds


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Sun, 01 Mar 2026 12:00:00 +0200", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("Sun, 01 Mar 2026 12:00:00 EST", datetime(2026, 3, 1, 17, tzinfo=UTC)),
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("01 Mar 2026 12:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -0500", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Mar 2026 99:00:00 GMT", None),
    ],
)
def test_dates(written: str, published: datetime | None) -> None:
    item = only_item(feed_xml([item_xml("a", f"<pubDate>{written}</pubDate>")]))
    assert item.published == published


@pytest.mark.parametrize(
    ("enclosure", "is_episode"),
    [
        ('url="https://x.example/a.mp3" type="audio/mpeg"', True),
        ('url="https://x.example/a" type="Video/MP4"', True),
        ('url="https://x.example/a.M4A?key=1" type=""', True),
        ('url="https://x.example/a.mp3" type="application/octet-stream"', True),
        ('url="https://x.example/a.mp3"', True),
        ('url="https://x.example/a" type=""', True),
        ('url="https://x.example/a.mp3" type="image/jpeg"', True),
        ('url="https://x.example/a" type="image/jpeg"', False),
        ('url="https://x.example/a.pdf" type="application/pdf"', False),
        ('url="file:///a.mp3" type="audio/mpeg"', False),
        ('url="javascript:alert(1)//.mp3" type="audio/mpeg"', False),
        ('url="/a.mp3" type="audio/mpeg"', True),
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
    item = only_item(feed_xml([item_xml("a", cover, video, video, enclosure="")]))
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
    assert feed.info.title == ""
    assert [item.title for item in read(feed)] == ["Untitled episode", "x" * MAX_TITLE]


def _hash(*inside: str, **said: str) -> str:
    return only_item(feed_xml([item_xml("a", *inside, **said)])).content_hash  # type: ignore[arg-type]


def test_the_content_hash_ignores_what_hosts_write_anew() -> None:
    plain = _hash()
    assert plain == _hash()
    assert _hash(enclosure="https://cdn.example/a.mp3?key=1") == plain
    # A length with its advertisements, and a date that moves: that one is compared by itself.
    assert _hash("<itunes:duration>9</itunes:duration>") == plain
    assert _hash("<pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate>") == plain
    art = [_hash(f'<itunes:image href="https://art.example/{one}"/>') for one in ("t1/a.png?x=1", "t2/a.png")]
    assert art[0] == art[1]
    changed = [
        _hash(title="Renamed"),
        _hash(notes="More"),
        _hash(enclosure="https://cdn.example/b.mp3"),
        _hash('<itunes:image href="https://art.example/a.png"/>'),
        _hash("<link>https://show.example/new</link>"),
        _hash('<podcast:transcript url="https://cdn.example/a.vtt" type="text/vtt"/>'),
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
        _hash(PSC_CHAPTERS),
    ]
    assert len(set(changed)) == len(changed)
    assert _hash('<podcast:chapters url="https://cdn.example/c.json?key=2"/>') in changed


def test_an_item_with_elements_of_the_podcast_namespaces() -> None:
    told = (
        '<podcast:chapters url="https://cdn.example/c.json" type="application/json+chapters"/>',
        '<podcast:person role="guest">Ada Lovelace</podcast:person>',
        "<podcast:season>2</podcast:season><podcast:episode>7.5</podcast:episode>",
        "<itunes:episodeType>Trailer</itunes:episodeType>",
    )
    body = feed_xml(
        [item_xml("a", *told, PSC_CHAPTERS), item_xml("b")], "<podcast:person>Bob</podcast:person>"
    )
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
            parse_feed(feed_xml([item_xml("a", PSC_CHAPTERS, notes=notes), item_xml("b", notes=notes)]), None)
        )
    )
    assert ([one.title for one in listed.chapters], listed.chapters_source) == (
        ["One", "Two"],
        ChapterSource.PSC,
    )
    assert [one.title for one in written.chapters] == ["Hello", "Apples", "Pears"]
    assert written.chapters_source is ChapterSource.NOTES
    assert read_item_notes(only_item(feed_xml([item_xml("a", notes="<p>Hi</p>")]))).chapters_source is None
