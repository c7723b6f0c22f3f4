"""Hostile documents: each is refused in one sentence or read in part."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.parsing import feed_parser, feedparser_adapter
from bot.feeds.parsing.feed_parser import parse_feed
from bot.feeds.parsing.feedparser_adapter import MAX_ITEM_BYTES
from bot.feeds.parsing.feedparser_patches import patched_feedparser
from bot.status_messages.sentences import sentence
from tests.fakes.hostile_html import reopened_formatting
from tests.paths import ROOT
from tests.unit.feeds.material import feed_xml, item_xml, read

MIB = 2**20
SOUND, OTHER = item_xml("sound"), item_xml("other")


def _ending(body: bytes) -> str | list[str]:
    """The sentence, or the items and warnings."""
    try:
        feed = parse_feed(body, None)
    except FeedError as error:
        return str(error)
    return [*(item.identity for item in read(feed)), *map(sentence, feed.warnings)]


def _much(part: str, size: int) -> str:
    return part * (size // len(part))


BROKEN = "1 item is too broken to be read."
LARGE = "1 item is too large to be read."


@pytest.mark.parametrize(
    "inside",
    [
        "<x>" * 100_000,
        "<x>" * 100_000 + "</x>" * 100_000,
        "<x>" * 100_000 + "</y>" * 100_000,
        "</y>" + "<x>" * 100_000,
        "</y>" + _much("<", MIB),
        "</y>" + _much("&", MIB),
        "</y>" + _much("<a <a", MIB),
        "</y>" + _much('<a b="<a', MIB),
        "</y>" + _much("<x/>", MIB),
        "</y>" + _much("x\n", MIB),
        "<a " + " ".join(f'b{n}=""' for n in range(50_000)) + "/>",
        "<a b='" + _much("c", MIB) + "'/>",
        "".join(f'<x xmlns:n{n}="u{n}"/>' for n in range(10_000)),
        "<?x?>" * 10_000,
        "<category>a</category>" * 60_000,
        _much("\n", MIB),
    ],
    ids=lambda inside: f"{inside[:12]!r}-{len(inside)}",
)
def test_an_item_that_takes_too_long_is_left_out_and_its_neighbours_are_read(inside: str) -> None:
    body = feed_xml([SOUND, item_xml("bad", inside), OTHER])
    assert _ending(body) == ["sound", "other", BROKEN]


@pytest.mark.parametrize(
    "inside",
    [
        "<author>" + _much("a", MIB) + "</author>",
        "<itunes:keywords>" + _much("a,", MIB) + "</itunes:keywords>",
        "<category>a</category>" * 20_000,
        "<pubDate>" + _much("1:", MIB) + "</pubDate>",
        "<guid>" + _much("../", MIB) + "</guid>",
        "<description>" + _much("&amp;lt;a", MIB) + "</description>",
        "<description><![CDATA[" + _much("<div>", MIB) + "]]></description>",
        "<title>" + _much("a ", MIB) + "</title>",
        "</y>" + _much("<a b='c' ", 100_000),
        "</y>" + _much("<!--", 100_000) + "-->",
        "</y><content type='xhtml'><div>" + _much("&#32;", 100_000),
        "</y><author>" + _much("a", 400_000),
    ],
    ids=lambda inside: f"{inside[:12]!r}-{len(inside)}",
)
def test_items_that_take_quadratic_time_in_feedparser_are_read(inside: str) -> None:
    body = feed_xml([SOUND, item_xml("odd", inside), OTHER])
    identities = _ending(body)
    assert len(identities) == 3
    assert (identities[0], identities[-1]) == ("sound", "other")


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        (feed_xml([SOUND, item_xml("bad", title="t" * 10 * MIB), OTHER]), ["sound", "other", LARGE]),
        (feed_xml([SOUND, item_xml("bad", notes="n" * MAX_ITEM_BYTES)]), ["sound", LARGE]),
        (
            feed_xml([SOUND, *[item_xml("bad", notes="n" * MAX_ITEM_BYTES)] * 2]),
            ["sound", "2 items are too large to be read."],
        ),
        (feed_xml(["<item/>"] * 200_000), "The feed has more than 100000 items; so many are not read."),
        (feed_xml(["<item>"] * 200_000), "The feed has more than 100000 items; so many are not read."),
        (feed_xml([SOUND], "<x>" * 100_000), "The feed is too broken to be read."),
        (
            feed_xml([SOUND], "<x>" * 500_000),
            "The feed says more than 1 MiB beside its items; so much is not read.",
        ),
        (feed_xml([SOUND], "<!-- -->" * 2 * MIB), "The feed is cut into too many pieces to be read."),
        (feed_xml([SOUND], "<!--"), "The feed ends in the middle; nothing of it was stored."),
        (feed_xml([SOUND], "<![CDATA["), "The feed ends in the middle; nothing of it was stored."),
        (feed_xml([SOUND])[:-20], "The feed ends in the middle; nothing of it was stored."),
        (_much("<", MIB).encode(), "This is no podcast feed: it holds neither RSS nor Atom."),
        (b"\0" * MIB, "This is no podcast feed: it is empty."),
        (b"<html>" + b"<p>" * MIB, "This is no podcast feed: it holds neither RSS nor Atom."),
    ],
    ids=lambda value: f"{value[:30]!r}-{len(value)}",
)
def test_hostile_documents_are_refused_or_read_in_part(body: bytes, ending: str | list[str]) -> None:
    assert _ending(body) == ending


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "a\x06b",
        "a&nbsp;b",
        "a&nosuch;b",
        "a & b",
        "I <3 it",
        "<x:y/>",
        "\ufffe",
        "&#0;",
        "&#xFFFFFFFF;",
        "]]>",
    ],
)
def test_items_with_small_faults_are_read(text: str) -> None:
    body = feed_xml([SOUND, item_xml("odd", f"<description>{text}</description>"), OTHER])
    assert _ending(body) == ["sound", "odd", "other"]


@pytest.mark.parametrize(
    "before",
    [b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", b"PHP Notice: in line 3\n", b"\0\0", b"<!-- a -->"],
)
def test_junk_before_the_declaration_is_ignored(before: bytes) -> None:
    assert _ending(before + feed_xml([SOUND, OTHER])) == ["sound", "other"]


def _billion() -> str:
    levels = "".join(f'<!ENTITY a{level + 1} "{f"&a{level};" * 10}">' for level in range(12))
    return f'<!DOCTYPE rss [<!ENTITY a0 "ha">{levels}]>'


@pytest.mark.parametrize(
    "doctype",
    [
        _billion(),
        f'<!DOCTYPE rss [<!ENTITY a12 "{"ha" * 40_000}">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">',
        "<!DOCTYPE rss [",
        '<!DOCTYPE rss [<!ENTITY a12 "',
    ],
    ids=lambda doctype: doctype[:40],
)
def test_no_entity_of_a_document_is_expanded(doctype: str) -> None:
    notes = f"<description>{'&a12;' * 1_000}</description>"
    body = feed_xml([item_xml("a", notes)], title="&a12;").replace(b"<rss", doctype.encode() + b"<rss", 1)
    try:
        feed = parse_feed(body, None)
    except FeedError:
        return
    [item] = read(feed)
    assert (feed.info.title, item.notes) == ("&a12;", "&a12;" * 1_000)


def test_no_entity_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("sesame")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]><rss'
    body = feed_xml([item_xml("a", "<description>&x;</description>")], title="&x;")
    assert "sesame" not in repr(parse_feed(body.replace(b"<rss", doctype.encode(), 1), None))


def test_parsing_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_parser, "MAX_WORK_S", -1.0)
    assert len(read(parse_feed(feed_xml([SOUND]), None))) == 1
    monkeypatch.setattr(feedparser_adapter, "BATCH_ITEMS", 1)
    with pytest.raises(FeedError, match=r"^The feed takes too long to be read\.$"):
        parse_feed(feed_xml([SOUND, OTHER]), None)


def test_too_many_notes_at_once_wait_for_a_later_poll() -> None:
    body = feed_xml([item_xml(name, notes="n" * 1_000) for name in "abcd"])
    first = parse_feed(body, None, notes_bytes=2_500)
    assert [len(item.notes) for item in read(first)] == [1_000, 1_000, 0, 0]
    assert first.warnings == (feed_parser.NOTES_WAIT(count=2),)
    assert first.unread == 2
    second = parse_feed(body, None, {item.raw_hash for item in read(first)}, notes_bytes=2_500)
    assert [(item.identity, len(item.notes)) for item in read(second)] == [("c", 1_000), ("d", 1_000)]
    assert (second.warnings, second.unread) == ((), 0)
    assert [bool(item.content_hash) for item in (*read(first), *read(second))] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]


def test_an_exception_of_feedparser_costs_one_item(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = patched_feedparser()

    class Fragile:
        def parse(self, stream: object, **said: object) -> object:
            body = stream.getvalue()  # type: ignore[attr-defined]
            if b"fragile" in body:
                raise RecursionError
            return whole.parse(stream, **said)

    monkeypatch.setattr(feedparser_adapter, "patched_feedparser", Fragile)
    assert _ending(feed_xml([SOUND, item_xml("fragile"), OTHER])) == ["sound", "other", BROKEN]
    with pytest.raises(FeedError, match=r"^The feed is too broken to be read\.$"):
        parse_feed(feed_xml([SOUND], title="fragile"), None)


def _items(inside: str, size: int = 27 * MIB) -> bytes:
    one = item_xml("a", inside)
    return feed_xml([item_xml(f"g{n}", inside) for n in range(max(1, size // len(one.encode())))])


LARGEST: dict[str, Callable[[], bytes]] = {
    "characters of four bytes": lambda: _items(f"<description>{_much('😀', MIB // 2 - 500)}</description>"),
    "one wide character in each": lambda: _items(f"<description>“{_much('a', 2 * MIB - 500)}</description>"),
    "many small ones": lambda: _items(f"<description>{_much('a', 3_000)}</description>"),
    "attributes": lambda: _items("<a " + " ".join(f'b{n}=""' for n in range(200_000)) + "/>"),
    "deep": lambda: _items("<x>" * 250_000 + "</x>" * 50_000, 9 * MIB),
    "broken": lambda: _items("</y>" + _much("<>", 500_000), 9 * MIB),
    "mended": lambda: _items(f"<description>{_much('a & b ', MIB - 9_000)}</description>"),
    "of another encoding": lambda: feed_xml([SOUND, "<x>" + _much("x", 15 * MIB) + "</x>"]) + b"\xe9",
    "one title": lambda: feed_xml([item_xml("a", title="t" * 30 * MIB)]),
}
MEASURE = """
import sys
from pathlib import Path
from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import parse_feed

def highest():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

parse_feed(b'<rss><channel><item><enclosure url="https://x.example/a.mp3"/></item></channel></rss>', None)
body = bytearray(Path(sys.argv[1]).stat().st_size)
with open(sys.argv[1], "rb") as file:
    file.readinto(body)
idle = highest()
try:
    kept = parse_feed(body, None)
except FeedError as error:
    print(error, file=sys.stderr)
print(highest() - idle)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not tell a process its memory"
)
@pytest.mark.parametrize("what", LARGEST)
def test_memory_grows_by_at_most_64_mb(tmp_path: Path, what: str) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(LARGEST[what]())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert int(done.stdout) <= 64_000_000, done.stderr


def test_an_item_whose_notes_cost_too_much_is_read_without_them() -> None:
    body = feed_xml([item_xml("a", notes=f"https://youtu.be/x {reopened_formatting()}"), SOUND])
    costly, sound = (feed_parser.read_item_notes(one) for one in read(parse_feed(body, None)))
    assert costly.notes_error == feed_parser.TOO_MUCH_MARKUP(title="About a")
    assert (costly.notes, costly.intro, costly.video_url) == ("", "", None)
    # So that it is not tried again.
    assert costly.raw_hash
    assert costly.content_hash
    assert sound.notes_error is None
