"""Documents that are cut off, damaged, wrongly declared or no feed: read whole or refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.errors import FeedError
from bot.feeds.parsing import xml_split
from bot.feeds.parsing.feed_parser import parse_feed, read_item_notes
from tests.unit.feeds.material import feed_xml, item_xml, read
from tests.unit.feeds.parsing.material import read_or_refusal
from tests.unit.scaling import assert_linear

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
def test_the_time_to_find_the_end_of_a_feed_grows_with_its_length(part: str) -> None:
    def refuse(body: bytes) -> None:
        with pytest.raises(FeedError, match=r"ends in the middle|more than"):
            xml_split.split(body)

    quarter, whole = (f"{_HEAD}<x>{part * (size // len(part))}".encode() for size in (500_000, 2_000_000))
    assert_linear(refuse, quarter, whole)


SMALL = feed_xml(
    [
        item_xml(
            "a", '<podcast:transcript url="https://cdn.example/a.vtt" type="text/vtt"/>', notes="<p>Été</p>"
        ),
        item_xml("b", published=datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ]
)


@given(st.integers(0, len(SMALL)))
def test_a_feed_cut_off_anywhere_is_refused(cut: int) -> None:
    try:
        part = parse_feed(SMALL[:cut], None)
    except FeedError:
        assert cut < len(SMALL)
    else:
        assert part == parse_feed(SMALL, None)


@given(st.binary(max_size=300), st.none() | st.text(max_size=60))
def test_bytes_of_any_kind_are_read_or_refused(body: bytes, content_type: str | None) -> None:
    with pytest.raises(FeedError):
        parse_feed(body, content_type)


@settings(max_examples=2 * settings().max_examples)
@given(st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 30), st.binary(max_size=8)), max_size=6))
def test_a_feed_with_damage_anywhere_is_read_or_refused(damages: list[tuple[int, int, bytes]]) -> None:
    body = SMALL
    for place, removed, put in damages:
        body = body[:place] + put + body[place + removed :]
    feed = read_or_refusal(body)
    if isinstance(feed, str):
        assert feed.endswith(".")
        return
    for item in read(feed):
        assert read_item_notes(item).identity == item.identity


@pytest.mark.parametrize("encoding", ["UT\xff", "zlib", "idna", "nonsense", ""])
def test_an_unknown_encoding_is_refused_or_ignored(encoding: str) -> None:
    body = SMALL.replace(b"UTF-8", encoding.encode("latin-1"))
    feed = read_or_refusal(body)
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
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "it is JSON, but no JSON Feed"),
        (b'{"version": ', "it begins like JSON"),
        (b"/etc/passwd", "neither RSS nor Atom"),
        (b"http://show.example/feed.xml", "neither RSS nor Atom"),
        (b"<rss><channel>", "ends in the middle"),
    ],
)
def test_a_document_that_is_no_feed_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(FeedError, match=told):
        parse_feed(body, None)
