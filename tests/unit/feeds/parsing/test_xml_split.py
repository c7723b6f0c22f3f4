"""Splitting a document gives the same items as parsing it whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.errors import FeedError
from bot.feeds.parsing import xml_split as splitting
from bot.feeds.parsing.documents import item_dates
from bot.feeds.parsing.feed_parser import _hashed, _item, _without_repeats, parse_feed
from bot.feeds.parsing.feedparser_adapter import read_whole
from bot.feeds.parsing.xml_split import DECLARATION, SplitDocument, WholeDocument, split
from bot.text.encoding import to_utf8
from storage.models import FeedItem, UnchangedItem
from tests.paths import SHARED_DATA
from tests.unit.feeds.material import feed_xml, item_xml, read

PREFIXED = b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry>%s</a:entry></a:feed>'
PODCAST = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
TAGS = [
    *("<rss>", "</rss>", "<channel>", "</channel>", "<feed>", "</feed>", "<rdf:RDF>"),
    *("<item>", "</item>", "<item/>", "<entry>", "</entry>", "<p:liveItem>", "</p:liveItem>"),
    *("<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE", "[", "]>"),
    *("<a b='", "'>", "x", "&y;", "<"),
]
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://show.example/"><title>Show</title>',
    "</feed>",
)
RSS = (
    '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Show</title>',
    "</channel></rss>",
)
RDF = (
    (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f"{PODCAST}><channel><title>Show</title></channel>"
    ),
    "</rdf:RDF>",
)
TRANSCRIPT = '<podcast:transcript url="https://cdn.example/{n}.vtt" type="text/vtt"/>'
INSIDE = (
    "<description>&lt;item&gt;&lt;/item&gt; &amp;lt;</description>",
    "<description><![CDATA[</item><item><title>no</title></item>]]></description>",
    "<description><![CDATA[<!-- ]]>--&gt;</description>",
    "<!-- </item><item> <![CDATA[ -->",
    "<?target </item> ?>",
    "<items><x:item xmlns:x='urn:x'>x</x:item></items>",
    '<category domain="a > b">x</category>',
    "<summary>Été “quoted” 😀</summary>",
    '<link rel="enclosure" type="audio/mpeg" href="https://cdn.example/{n}.m4a"/>',
    "<pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate>",
    "<image><title>no title</title></image>",
    "<media:title xmlns:media='http://search.yahoo.com/mrss/'>Another</media:title>",
    TRANSCRIPT,
    "\n",
)
BETWEEN = (
    "",
    "\n\t",
    "<!-- <item> -->",
    "<?x <entry> ?>",
    "<generator>between</generator>",
    "<image><title>Cover</title><url>https://x.example/c.png</url></image>",
    "loose text",
)
AROUND = ("<item>{}</item>", "<item\n>{}</item >", '<item rdf:about="{{n}}">{}</item>', "<item/>")


def whole(body: bytes) -> list[FeedItem]:
    """The items of the same document, read without being split."""
    start = re.search(rb"<(?:rss|feed|rdf)", body, re.IGNORECASE)
    assert start is not None
    _, extras, entries = read_whole(DECLARATION + body[start.start() :])
    found = [(entry, _item(entry, extras, ())) for entry in entries]
    dates = [next((one.only for one in item_dates(entry.fields, None)), None) for entry, _ in found]
    items = [
        _hashed(replace(item, published=date), "")
        for (_, item), date in zip(found, dates, strict=True)
        if isinstance(item, FeedItem)
    ]
    return [item for item in _without_repeats(items) if isinstance(item, FeedItem)]


def plain(items: list[FeedItem]) -> list[FeedItem]:
    """Items without what only a split document has."""
    return [replace(item, raw_hash="") for item in items]


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Well-formed feeds with all that could lead a scan astray."""
    head, tail = draw(st.sampled_from([ATOM, RSS, RDF]))
    name = "entry" if head == ATOM[0] else "item"
    parts = [draw(st.sampled_from(["", "\n ", '<?xml version="1.0"?>', "<!DOCTYPE rss>", "\ufeff"])), head]
    for n in range(draw(st.integers(0, 6))):
        inside = draw(st.lists(st.sampled_from(INSIDE), max_size=4))
        enclosure = (
            '<link rel="enclosure" type="audio/mpeg" href="https://cdn.example/{n}.mp3"/>'
            if name == "entry"
            else '<enclosure url="https://cdn.example/{n}.mp3" type="audio/mpeg"/>'
        )
        guid = "<id>urn:{n}</id>" if name == "entry" else '<guid isPermaLink="false">urn:{n}</guid>'
        body = "".join(["<title>Of {n}</title>", guid, enclosure, *inside])
        around = draw(st.sampled_from(AROUND[:2] if "rdf:" not in head else AROUND))
        if name == "entry":
            body = body.replace(TRANSCRIPT, "")
            around = around.replace("item", "entry")
        parts += [around.format(body).replace("{n}", str(n)), draw(st.sampled_from(BETWEEN))]
    return "".join([*parts, tail, draw(st.sampled_from(["", "\n", "<!-- <item> -->", "\0\0"]))]).encode()


@settings(max_examples=2 * settings().max_examples)
@given(documents(), st.randoms(use_true_random=False))
def test_parts_parse_to_the_same_as_the_whole(body: bytes, random: object) -> None:
    assert isinstance(split(body), SplitDocument)
    feed = parse_feed(body, None)
    assert plain(read(feed)) == plain(whole(body.rstrip(b"\0")))
    known = {item.raw_hash for item in read(feed) if random.random() < 0.5}  # type: ignore[attr-defined]
    again = parse_feed(body, None, known)
    assert again.info == feed.info
    assert again.entries == tuple(
        UnchangedItem(item.raw_hash) if item.raw_hash in known else item for item in read(feed)
    )


def _real_feeds() -> list[str]:
    folder = SHARED_DATA / "feeds"
    # What is no feed is refused elsewhere.
    names = {path.name for path in folder.glob("*.xml")} - {"rssparser-unrecognized.xml"}
    return sorted(names) or ["no file there"]


@pytest.mark.parametrize("name", _real_feeds())
def test_parts_of_real_feeds_parse_to_the_same_as_the_whole(shared_data: Path, name: str) -> None:
    body = (shared_data / "feeds" / name).read_bytes()
    feed = parse_feed(body, None)
    assert isinstance(split(to_utf8(body, None)), SplitDocument)
    assert plain(read(feed)) == plain(whole(bytes(to_utf8(body, None))))
    items = read(feed)
    known = {item.raw_hash for item in items[::2]}
    again = parse_feed(body, None, known)
    # An item that is repeated in other bytes is parsed where its first telling is not; the decision drops it.
    parsed = {item.raw_hash: item for item in read(again)}
    assert [item for item in items if item.raw_hash in parsed] == [
        parsed[item.raw_hash] for item in items[1::2]
    ]
    assert sum(isinstance(entry, UnchangedItem) for entry in again.entries) == len(known)
    assert again.info == feed.info


def test_a_live_item_is_cut_out_with_its_content() -> None:
    live = (
        '<podcast:liveItem status="live"><title>Live!</title><link>https://live.example/</link><item><guid>x</guid>'
        '<enclosure url="https://x.example/live.mp3" type="audio/mpeg"/></item><itunes:image href="https://x.example/l"/>'
        "<podcast:liveItem>in itself</podcast:liveItem></podcast:liveItem><podcast:liveItem/>"
    )
    feed = parse_feed(feed_xml([item_xml("a"), live, item_xml("b")], live), None)
    assert feed.info == parse_feed(feed_xml([item_xml("a")]), None).info
    assert [item.identity for item in read(feed)] == ["a", "b"]


def test_hashes_depend_on_the_parts_of_the_frame_that_affect_items() -> None:
    def hashes(body: bytes) -> list[str]:
        return [item.raw_hash for item in read(parse_feed(body, None))]

    items = [item_xml("a"), item_xml("b")]
    plainly = hashes(feed_xml(items))
    assert len(set(plainly)) == 2
    assert hashes(feed_xml(reversed(items), "<ttl>5</ttl>", title="Renamed")) == plainly[::-1]
    for other in (
        feed_xml(items, "<podcast:person>Ada</podcast:person>"),
        feed_xml(items).replace(b"<channel>", b'<channel xml:base="https://x.example">'),
        feed_xml(items).replace(b"itunes.com/dtds", b"itunes.example/dtds"),
    ):
        assert not set(hashes(other)) & set(plainly)


@pytest.mark.parametrize(
    ("body", "guids"),
    [
        # The one that was not closed, and the one that was closed twice, take nothing from the others.
        (feed_xml([item_xml("a").removesuffix("</item>"), item_xml("b")]), ["a", "b"]),
        (feed_xml([item_xml("a") + "</item>", item_xml("b")]), ["a", "b"]),
        (feed_xml([item_xml("a", "</description>"), item_xml("b"), item_xml("c", "<b>")]), ["a", "b", "c"]),
        (feed_xml([item_xml("a"), item_xml("b")], "<open>"), ["a", "b"]),
        (feed_xml([item_xml("a"), item_xml("b").removesuffix("</item>")]), ["a", "b"]),
        (feed_xml([item_xml("a")]).replace(b"<item>", b"<ITEM>").replace(b"</item>", b"</ITEM>"), ["a"]),
        (feed_xml([item_xml("a")]).replace(b"<item>", b"<ITEM>"), ["a"]),
        (feed_xml([item_xml("a", "<item><guid>inner</guid></item>"), item_xml("b")]), ["a", "b"]),
        # Elements of a whole with another prefix.
        (
            PREFIXED
            % b'<a:id>a</a:id><a:link rel="enclosure" type="audio/mpeg" href="https://x.example/a"/>',
            ["a"],
        ),
        # Two documents in one.
        (feed_xml([item_xml("a")]) + feed_xml([item_xml("b")]), ["a", "b"]),
    ],
)
def test_items_of_documents_with_structural_faults(body: bytes, guids: list[str]) -> None:
    assert [item.guid for item in read(parse_feed(body, None))] == guids


@pytest.mark.parametrize(
    "body",
    [
        feed_xml([item_xml("a")]) + feed_xml([item_xml("b")]),
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry/></a:feed>',
        b"<rss><channel><item/></channel><item/></rss>",
        b"<rss><channel><item/></channel><channel><item/></channel></rss>",
        b"<rss><channel><podcast:liveItem></channel></rss>",
        b"<rss><channel></podcast:liveItem></channel></rss>",
        b"<rss><channel <item/></channel></rss>",
        b"<rss <channel><item/></channel></rss>",
    ],
)
def test_a_document_that_is_not_safe_to_split_stays_whole(body: bytes) -> None:
    assert isinstance(split(body), WholeDocument)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE rss>",
        '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://x.example/rss.dtd">',
        '<!DOCTYPE rss [<!ENTITY x "<rss><item>]>"> <!-- ]> <rss> --> ]>',
        "<!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]\n>",
    ],
)
def test_tags_inside_a_doctype_are_ignored(doctype: str) -> None:
    body = feed_xml([item_xml("a")]).replace(b"<rss", doctype.encode() + b"<rss", 1)
    assert [item.identity for item in read(parse_feed(body, None))] == ["a"]


def test_too_many_tags_and_too_large_frames_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = feed_xml([item_xml("a"), "<!-- -->" * 100])
    assert len(read(parse_feed(body, None))) == 1
    with monkeypatch.context() as patch:
        patch.setattr(splitting, "MAX_STEPS", 50)
        with pytest.raises(FeedError, match=r"^The feed is cut into too many pieces to be read\.$"):
            split(body)
    monkeypatch.setattr(splitting, "MAX_FRAME_BYTES", 500)
    with pytest.raises(FeedError, match=r"beside its items; so much is not read\.$"):
        split(body)


@settings(max_examples=4 * settings().max_examples)
@given(st.lists(st.sampled_from(TAGS), max_size=30))
def test_any_order_of_tags_is_split_or_refused(parts: list[str]) -> None:
    body = "".join(parts).encode()
    try:
        document = split(body)
    except FeedError:
        return
    if isinstance(document, SplitDocument):
        ends = [0]
        for start, end in document.items:
            assert ends[-1] <= start < end
            ends.append(end)
        assert document.frame.startswith(DECLARATION)


@given(st.lists(st.sampled_from(TAGS), max_size=30))
def test_any_order_of_tags_inside_a_feed_is_read_or_refused(parts: list[str]) -> None:
    body = "".join(parts).encode()
    try:
        feed = parse_feed(feed_xml([item_xml("a"), body.decode(), item_xml("b")]), None)
    except FeedError:
        return
    assert {item.identity for item in read(feed)} <= {"a", "b"}


def test_a_tag_on_the_border_of_two_windows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "WINDOW", splitting.OVERLAP + 40)
    for more in range(200):
        body = feed_xml([item_xml("a"), " " * more, item_xml("b", "<x>y</x>" * 30)])
        document = split(body)
        assert isinstance(document, SplitDocument)
        assert [document.item(place)[:6] for place in document.items] == [b"<item>"] * 2
        assert document.items[1][1] == body.rindex(b"</channel>")
