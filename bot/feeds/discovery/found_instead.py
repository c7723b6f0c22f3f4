"""What a document is that is no feed: told in one sentence, with the feeds that it names. Pure."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from bot.feeds.discovery.named_feeds import NamedFeeds, feeds_of_outline, feeds_of_page
from bot.feeds.errors import FeedError
from bot.feeds.parsing.xml_split import EMPTY, NO_FEED
from bot.text.encoding import to_text
from bot.text.html_bounds import MarkupError
from bot.text.html_lines import parse_html
from storage.models import Status, StatusCode

PAGE = StatusCode("document.page", "title")
UNTITLED_PAGE = StatusCode("document.untitled_page")
SIGN_IN = StatusCode("document.sign_in")
IMAGE = StatusCode("document.image")
MEDIA = StatusCode("document.media")
PDF = StatusCode("document.pdf")
ARCHIVE = StatusCode("document.archive")
PLAYLIST = StatusCode("document.playlist")
OUTLINE = StatusCode("document.outline")
OTHER_XML = StatusCode("document.other_xml", "root")
PLAIN_TEXT = StatusCode("document.plain_text")

# What a page names stands at its beginning, and a list of a thousand subscriptions is as long.
READ_BYTES = 1024 * 1024
START_BYTES = 4_096
MAX_TITLE = 100
_MAGIC: tuple[tuple[bytes, StatusCode], ...] = (
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|BM....\0\0\0\0|\0\0[\1\2]\0|II\*\0|MM\0\*", IMAGE),
    (rb"....ftyp(?:avif|heic|mif1)", IMAGE),
    (
        rb"ID3[\2-\4]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][^\0\xff]|OggS|fLaC|....ftyp|RIFF....(?:WAVE|AVI )|\x1aE\xdf\xa3",
        MEDIA,
    ),
    (rb"(?:\xef\xbb\xbf)?\s*<svg[\s>]", IMAGE),
    (rb"%PDF-", PDF),
    (rb"PK[\3\5]|Rar!|7z\xbc\xaf|\xfd7zXZ|BZh[1-9]|.{257}ustar", ARCHIVE),
)
_PLAYLIST = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:#EXTM3U|\[playlist\]|<(?:asx|playlist|smil)[\s>])", re.IGNORECASE
)
_BEFORE_ROOT = re.compile(
    r"(?:\s|\ufeff|<\?(?:(?!\?>).){0,1000}\?>|<!--(?:(?!-->).){0,2000}-->|<!DOCTYPE[^<>\[]*(?:\[[^\]]*\]\s*)?>)*+",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?P<name>[A-Za-z][\w.-]{0,40})")
_HTML_SIGN = re.compile(r"<!doctype\s+html|<(?:html|head|body|title|meta|script)[\s>]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Sound and pictures are told by their type, too, where their bytes are of a kind that isn't known here.
_TYPES = (("image/", IMAGE), ("audio/", MEDIA), ("video/", MEDIA), ("application/pdf", PDF))


class NoFeedError(FeedError):
    """A document is no feed: its status says what it is. `named`: the feeds that it names.

    `address`: where it was read, once that is known.
    """

    def __init__(self, status: Status, named: NamedFeeds | None = None) -> None:
        super().__init__(status)
        self.named = named or NamedFeeds()
        self.address: str | None = None


def found_instead(body: bytes | bytearray, content_type: str | None, error: FeedError) -> FeedError:
    """The error for a document that can't be read as a feed: what it is instead, or the same one."""
    start = bytes(body[:START_BYTES])
    code = error.status.code
    if code == EMPTY:
        return error
    if code != NO_FEED and not _is_surely_page(start) and not _PLAYLIST.match(start):
        # A feed that is damaged, or JSON of another kind; a playlist may begin like that.
        return error
    status, named = _found(bytes(body[:READ_BYTES]), start, content_type)
    return NoFeedError(status or error.status, named)


def _is_surely_page(start: bytes) -> bool:
    return re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html[\s>])", start, re.IGNORECASE) is not None


def _found(body: bytes, start: bytes, content_type: str | None) -> tuple[Status | None, NamedFeeds]:
    kind = (content_type or "").partition(";")[0].strip().lower()
    magic = next((code for pattern, code in _MAGIC if re.match(pattern, start, re.DOTALL)), None)
    if _PLAYLIST.match(start):
        magic = PLAYLIST
    if magic is not None:
        return magic(), NamedFeeds()
    text = to_text(body, content_type)
    before = _BEFORE_ROOT.match(text)
    rest = text[before.end() if before else 0 :]
    root = _ROOT.match(rest)
    name = root["name"].lower() if root else ""
    if name == "opml":
        return OUTLINE(), feeds_of_outline(text)
    if name == "html" or _HTML_SIGN.search(text[:START_BYTES]) or (root and kind == "text/html"):
        return _page(text)
    if root and text.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        return (IMAGE() if name == "svg" else OTHER_XML(root=root["name"])), NamedFeeds()
    return _by_type(kind, start), NamedFeeds()


def _by_type(kind: str, start: bytes) -> Status | None:
    typed = next((code for begins, code in _TYPES if kind.startswith(begins)), None)
    if _CONTROL.search(start):
        return typed() if typed else None
    return PLAIN_TEXT()


def _page(text: str) -> tuple[Status, NamedFeeds]:
    try:
        page = parse_html(text)
    except MarkupError:
        return UNTITLED_PAGE(), NamedFeeds()
    named = feeds_of_page(page)
    if not named.links and _asks_for_password(page):
        return SIGN_IN(), named
    title = " ".join((one.text(deep=True) if (one := page.css_first("title")) else "").split())[:MAX_TITLE]
    return (PAGE(title=title) if title else UNTITLED_PAGE()), named


def _asks_for_password(page: LexborHTMLParser) -> bool:
    return any((one.attributes.get("type") or "").lower() == "password" for one in page.css("input"))
