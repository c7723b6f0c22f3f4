"""A feed's bytes → the podcast and its episodes. feedparser does the reading."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.feeds.addresses import is_web_address
from bot.feeds.fetch import FeedError
from bot.feeds.namespace import ItemExtras, read_extras
from bot.feeds.video import episode_video
from bot.notes import read_notes
from storage.models import FeedInfo, FeedItem, FileLink

MAX_TITLE = 500
MAX_ADDRESS = 2_000
# PostgreSQL's indexes hold values of at most 2,704 bytes.
MAX_IDENTITY_BYTES = 2_000
MAX_DURATION_S = 7 * 86_400
MEDIA_SUFFIXES = (".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wav", ".flac", ".mp4", ".m4v", ".mov", ".webm")
# The longest podcast at hand has 1,278 episodes. Each takes about a millisecond to read and to store.
MAX_ITEMS = 10_000
_ITEM_TAG = re.compile(r"</?(?:item|entry)[\s>]", re.IGNORECASE)
_QUOTE_OR_END = re.compile(r"<!\[CDATA\[|<!--|</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_CLOSING = {"<![CDATA[": "]]>", "<!--": "-->"}


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as it arrived; its items without what their notes hold."""

    info: FeedInfo
    items: tuple[FeedItem, ...]


def parse_feed(body: bytes, content_type: str | None) -> ParsedFeed:
    """Parse RSS or Atom; takes seconds. Raises FeedError where it is no feed, or only a part of one."""
    import feedparser  # noqa: PLC0415 - a start without anything to parse does without its memory

    _require_whole(body)
    headers = {"content-type": content_type} if content_type else {}
    # A stream, never a string: feedparser takes strings for addresses and file names to open.
    try:
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # it lets out whatever its parts raise
        raise FeedError("The feed is too broken to be read.") from error
    if not parsed.get("version") and not parsed.entries:
        raise FeedError("This is no podcast feed: it holds neither RSS nor Atom.")
    extras = read_extras(body)
    aligned: Iterable[ItemExtras] = extras.items
    if len(extras.items) != len(parsed.entries):
        # The document was not well-formed, and which extra belongs to which item would be a guess.
        aligned = (ItemExtras() for _ in parsed.entries)
    items = [
        item
        for entry, extra in zip(parsed.entries, aligned, strict=False)
        if (item := _item(entry, extra)) is not None
    ]
    return ParsedFeed(_info(parsed.feed, extras.channel_title), tuple(_without_repeats(items)))


def read_item_notes(item: FeedItem) -> FeedItem:
    """Add what the notes hold: chapters, turns, the first lines."""
    try:
        notes = read_notes(item.notes, item.duration_s)
    except Exception:
        # One item's notes must not keep the others from being read.
        log.exception("the notes of “%s” can't be read", item.title)
        return item
    return replace(item, chapters=notes.chapters, turns=notes.turns, intro=notes.intro)


def _require_whole(body: bytes) -> None:
    """A feed that was cut off in the middle would look as if its older episodes were gone."""
    text = (
        body.decode("utf-16", "replace") if body[:2] in (b"\xff\xfe", b"\xfe\xff") else body.decode("latin-1")
    )
    if not text.strip():
        raise FeedError("This is no podcast feed: it is empty.")
    if not re.search(r"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>]", text[:100_000], re.IGNORECASE):
        raise FeedError("This is no podcast feed: it holds neither RSS nor Atom.")
    if not _closes(text):
        raise FeedError("The feed ends in the middle; nothing of it was stored.")
    if text.count("<item") + text.count("<entry") > MAX_ITEMS:
        raise FeedError(f"The feed has more than {MAX_ITEMS} items; so many are not read.")


def _closes(text: str) -> bool:
    """Whether the root element is closed, by a tag that is one, and no item begins or ends behind it."""
    closed, place = -1, 0
    while (found := _QUOTE_OR_END.search(text, place)) is not None:
        place = found.end()
        closing = _CLOSING.get(found[0].upper())
        if closing is None:
            closed = place
        elif (end := text.find(closing, place)) >= 0:
            # What is quoted, in notes and comments, is no tag, and opens nothing either.
            place = end + len(closing)
        else:
            break
    return closed >= 0 and _ITEM_TAG.search(text, closed) is None


def _info(feed: Mapping[str, Any], channel_title: str | None) -> FeedInfo:
    return FeedInfo(
        title=_line(channel_title or feed.get("title")) or "Untitled podcast",
        link=_address(feed.get("link")),
        image_url=_address((feed.get("image") or {}).get("href")),
        language=_line(feed.get("language"))[:20] or None,
    )


def _item(entry: Mapping[str, Any], extra: ItemExtras) -> FeedItem | None:
    enclosure = _enclosure(entry.get("enclosures") or ())
    if enclosure is None:
        return None
    url, mime_type = enclosure
    guid = str(entry.get("id") or "").strip()[:MAX_ADDRESS] or None
    title = _line(entry.get("title")) or "Untitled episode"
    notes = _notes(entry)
    link = _address(entry.get("link"))
    links = tuple(
        FileLink(one.url, one.mime_type[:100])
        for one in extra.transcripts
        if len(one.url) <= MAX_ADDRESS and is_web_address(one.url)
    )
    item = FeedItem(
        identity=_identity(str(entry.get("id") or "").strip() or f"{url.partition('?')[0]} {title}"),
        guid=guid,
        title=title,
        link=link,
        published=_published(entry),
        duration_s=_duration(entry.get("itunes_duration") or entry.get("duration")),
        image_url=_address((entry.get("image") or {}).get("href")),
        enclosure_url=url,
        enclosure_type=mime_type,
        video_url=episode_video(link, extra.alternates, notes),
        notes=notes,
        intro="",
        content_hash="",
        transcript_links=links,
    )
    return replace(item, content_hash=_content_hash(item))


def _identity(text: str) -> str:
    """What makes it the same item tomorrow, short enough to stand in an index."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= MAX_IDENTITY_BYTES else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _without_repeats(items: Iterable[FeedItem]) -> list[FeedItem]:
    """Hosts repeat items inside one document; the first one stands."""
    found: dict[str, FeedItem] = {}
    for item in items:
        found.setdefault(item.identity, item)
    return list(found.values())


def _content_hash(item: FeedItem) -> str:
    # Hosts sign addresses anew for every request: the query says nothing about the content.
    told = (
        item.title,
        item.link,
        item.published,
        item.duration_s,
        (item.enclosure_url or "").partition("?")[0],
        item.video_url,
        item.notes,
        [(link.url.partition("?")[0], link.mime_type) for link in item.transcript_links],
    )
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()


def _line(value: object) -> str:
    return " ".join(str(value or "").split())[:MAX_TITLE]


def _address(value: object) -> str | None:
    text = str(value or "").strip()
    return text if text and len(text) <= MAX_ADDRESS and is_web_address(text) else None


def _enclosure(enclosures: Iterable[Mapping[str, Any]]) -> tuple[str, str | None] | None:
    for one in enclosures:
        url = _address(one.get("href"))
        kind = str(one.get("type") or "").strip().lower()[:100]
        if url is None:
            continue
        named = url.partition("?")[0].lower().endswith(MEDIA_SUFFIXES)
        # An enclosure may be the cover of a newsletter: only what sounds or moves makes an episode.
        if kind.startswith(("audio/", "video/")) or (named and not kind.startswith(("image/", "text/"))):
            return url, kind or None
    return None


def _published(entry: Mapping[str, Any]) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _duration(value: object) -> float | None:
    """Seconds out of "3504", "1014.7", "58:24" or "1:06:35"."""
    parts = str(value or "").strip().split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) > 3:
        return None
    seconds = sum(number * 60**place for place, number in enumerate(reversed(numbers)))
    return seconds if 0 < seconds <= MAX_DURATION_S else None


def _notes(entry: Mapping[str, Any]) -> str:
    """The longest of what the item says about itself: hosts differ in which element holds the notes."""
    said = [str(one.get("value") or "") for one in entry.get("content") or ()]
    said += [str(entry.get(name) or "") for name in ("summary", "subtitle", "description")]
    return max(said, key=len)
