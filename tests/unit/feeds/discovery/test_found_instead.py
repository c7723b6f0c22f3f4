"""What a document is that is no feed."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.discovery.found_instead import NoFeedError, found_instead
from bot.feeds.discovery.named_feeds import NamedFeed
from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import parse_feed
from bot.feeds.parsing.xml_split import CUT_OFF, EMPTY, NO_FEED
from bot.status_messages.sentences import sentence


def told(body: bytes, content_type: str | None = None) -> str:
    """The sentence for a document that is read as a feed."""
    with pytest.raises(FeedError) as caught:
        parse_feed(body, content_type)
    return str(found_instead(body, content_type, caught.value))


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("feed.txt", "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"<!doctype html><title>Our  shows</title><p>Hello", None, "a web page, “Our shows”, which names no feed."),
        (b"\n<HTML><body>Hello", None, "a web page, which names no feed."),
        (b"<?xml version='1.0'?>\n<!-- x --><html xmlns='http://www.w3.org/1999/xhtml'>", None, "a web page, which"),
        (b"<div>Hello</div>", "text/html", "a web page"),
        ("<html><title>Über uns</title>".encode("utf-16"), "text/html", "a web page, “Über uns”"),
        (b"<html><title>In</title><form><input type=Password></form>", None, "a page to sign in at"),
        (b"\x89PNG\r\n\x1a\n\0\0", "application/rss+xml", "an image."),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", None, "an image."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "an image."),
        (b"<?xml version='1.0'?><svg/>", None, "an image."),
        (b"ID3\x04\0\0\0\0\0\0", "audio/mpeg", "an audio or video file"),
        (b"\xff\xfb\x90\x64\0\0", None, "an audio or video file"),
        (b"\0\0\0\x20ftypM4A ", None, "an audio or video file"),
        (b"\1\2\3\0", "audio/x-odd", "an audio or video file"),
        (b"%PDF-1.7\n", None, "a PDF document."),
        (_zip(), None, "an archive of files"),
        (b'{"error": "not found"}', "application/json", ": it is JSON, but no JSON Feed."),
        (b"#EXTM3U\n#EXTINF:1,x\nhttp://a.example/1.mp3", "audio/x-mpegurl", "a playlist."),
        (b"[playlist]\nFile1=http://a.example/1", "audio/x-scpls", "a playlist."),
        (b"<asx version='3.0'></asx>", None, "a playlist."),
        (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", None, "an OPML file"),
        (b"<?xml version='1.0'?><urlset></urlset>", "text/xml", "XML of another kind: it begins with <urlset>"),
        (b"Not here.", "text/plain", "plain text."),
        (bytes(range(256)), None, "it holds neither RSS nor Atom."),
        (b"", "text/xml", "it is empty."),
    ],
)  # fmt: skip
def test_what_was_found_is_told(body: bytes, content_type: str | None, expected: str) -> None:
    sentence = told(body, content_type)
    assert sentence.startswith("This is no podcast feed")
    assert expected in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_damaged_feed_stays_one_and_a_page_that_tells_of_feeds_is_none() -> None:
    damaged = FeedError(CUT_OFF())
    assert found_instead(b"<rss><channel>", None, damaged) is damaged
    page = found_instead(b"<!DOCTYPE html><title>How to</title><pre><rss></pre>", None, damaged)
    assert "a web page, “How to”" in str(page)


def test_what_a_page_names_travels_with_the_error() -> None:
    page = b"<html><base href=/x/><link rel=alternate type=application/rss+xml href=kettle.rss title=Kettle>"
    error = pickle.loads(pickle.dumps(found_instead(page, "text/html", FeedError(NO_FEED()))))
    assert isinstance(error, NoFeedError)
    assert error.named.base == "/x/"
    assert error.named.links == (NamedFeed("Kettle", "kettle.rss", 0),)
    opml = b"<opml><outline text='A' xmlUrl='https://a.example/f'/></opml>"
    listed = found_instead(opml, None, FeedError(NO_FEED()))
    assert isinstance(listed, NoFeedError)
    assert [one.href for one in listed.named.links] == ["https://a.example/f"]


MARKS = st.sampled_from(
    [
        b"<html>",
        b"<!--",
        b"-->",
        b"<?xml",
        b"?>",
        b"<!DOCTYPE [",
        b"]>",
        b"<opml>",
        b"{",
        b"\xff\xfe",
        b"\0",
        b"<title>",
    ]
)


@given(
    st.lists(MARKS | st.binary(max_size=20)).map(b"".join),
    st.sampled_from([None, "text/html", "image/x", "a/json"]),
)
def test_any_bytes_are_told_in_a_sentence(body: bytes, content_type: str | None) -> None:
    assert sentence(found_instead(body, content_type, FeedError(NO_FEED())).status).endswith(".")
    assert found_instead(body, content_type, FeedError(EMPTY())).status == EMPTY()


def test_a_long_hostile_page_is_told_soon() -> None:
    for body in (
        b"<!--" * 50_000,
        b"<b id=1>" * 390 + b"<p>" * 100_000,
        b"<outline " * 50_000,
        b"<?" * 99_999,
    ):
        for begun in (b"<html>", b"<opml>", b""):
            assert "no podcast feed" in str(found_instead(begun + body, None, FeedError(NO_FEED())))
