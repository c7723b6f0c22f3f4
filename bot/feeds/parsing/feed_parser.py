"""Parses a feed into the podcast and its episodes, in time proportional to the items not known yet."""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from calendar import timegm
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.feeds.errors import FeedError
from bot.feeds.parsing.episode_video import episode_video
from bot.feeds.parsing.feedparser_adapter import (
    MAX_ITEM_BYTES,
    ParsedItem,
    read_frame,
    read_items,
    read_whole,
)
from bot.feeds.parsing.newest_items import too_many, written_date
from bot.feeds.parsing.podcast_namespace import FeedExtras
from bot.feeds.parsing.xml_split import MAX_ITEMS, SplitDocument, split
from bot.show_notes.reader import read_notes
from bot.text.encoding import MAX_CONVERTED_BYTES, TextTooLargeError, to_utf8
from bot.text.html_bounds import MarkupError
from bot.text.lasting_addresses import lasting_address, lasting_file, lasting_text
from bot.text.timecodes import duration_s
from bot.text.web_addresses import is_web_address
from storage.models import ChapterSource, FeedInfo, FeedItem, FileLink, Status, StatusCode, UnchangedItem

__all__ = ["MAX_ITEMS", "ParsedFeed", "parse_feed", "read_item_notes"]

MAX_TITLE = 500
MAX_ADDRESS = 2_000
MAX_GUID = 200
# PostgreSQL's indexes allow values of at most 2,704 bytes.
MAX_IDENTITY_BYTES = 2_000
# The notes of all new items are in memory together; more of them wait for a later poll.
MAX_NOTES_BYTES = 24 * 1024 * 1024
# CPU time; 1,000 episodes with transcripts take about 8 s.
MAX_WORK_S = 30.0
MEDIA_SUFFIXES = (".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wav", ".flac", ".mp4", ".m4v", ".mov", ".webm")
# Part of every raw hash: change it to have all items parsed again.
READER = b"1"

NOT_CONVERTED = StatusCode("document.not_converted", "mib")
TAKES_TOO_LONG = StatusCode("document.takes_too_long")
TOO_MUCH_MARKUP = StatusCode("document.too_much_markup", "title")
NOTES_WAIT = StatusCode("document.notes_wait", "count")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed feed: its items in the order of the document, their notes not yet read.

    `unread` counts items whose notes wait for a later poll. Their hashes are empty, and that poll must not be
    conditional. `left_unread` counts those that are left unread for good, as there are too many.
    """

    info: FeedInfo
    entries: tuple[FeedItem | UnchangedItem, ...]
    warnings: tuple[Status, ...] = ()
    unread: int = 0
    left_unread: int = 0


def parse_feed(
    body: bytes | bytearray,
    content_type: str | None,
    known: Container[str] = frozenset(),
    notes_bytes: int = MAX_NOTES_BYTES,
    *,
    stored: int = 0,
    most: int = MAX_ITEMS,
) -> ParsedFeed:
    """Parse RSS or Atom, but not the items whose raw hash is `known`; of the others, so many bytes of notes.

    Only the `most` newest items are read, and none where twice as many episodes are `stored`.
    Raises FeedError where the document is no feed, or only a part of one.
    """
    try:
        text = to_utf8(body, content_type)
    except TextTooLargeError as error:
        raise FeedError(NOT_CONVERTED(mib=MAX_CONVERTED_BYTES // 2**20)) from error
    document = split(text)
    if not isinstance(document, SplitDocument):
        feed, extras, whole = read_whole(document.document)
        items = [_hashed(item, "") for one in whole if (item := _item(one, extras)) is not None]
        dates = {(at, at): item.published for at, item in enumerate(items)}
        beyond = too_many(dates, dates, stored, most) if len(items) > most else frozenset()
        items = [item for at, item in enumerate(items) if (at, at) not in beyond]
        return ParsedFeed(_info(feed, extras), tuple(_without_repeats(items)), left_unread=len(beyond))
    feed, extras = read_frame(document.frame)
    hashes = _raw_hashes(document, extras)
    new = [
        place
        for place, raw_hash in hashes.items()
        if raw_hash not in known and _may_be_episode(document, place)
    ]
    beyond = _left_unread(document, new, stored, most)
    new = [place for place in new if place not in beyond]
    readings = read_items(document, new, _time_check())
    found: dict[tuple[int, int], FeedItem | UnchangedItem] = {
        place: UnchangedItem(raw_hash) for place, raw_hash in hashes.items() if raw_hash in known
    }
    left_out: Counter[StatusCode] = Counter()
    taken = unread = 0
    for place, reading in zip(new, readings, strict=True):
        if isinstance(reading, StatusCode):
            left_out[reading] += 1
        elif (item := _item(reading, extras)) is not None:
            taken += sys.getsizeof(item.notes)
            if taken > notes_bytes:
                # Without hashes it is parsed again at the next poll, among fewer new items.
                unread += 1
                found[place] = replace(item, notes="")
            else:
                found[place] = _hashed(item, hashes[place])
    entries = _without_repeats(found[place] for place in sorted(found))
    if unread:
        left_out[NOTES_WAIT] = unread
    return ParsedFeed(_info(feed, extras), tuple(entries), _warnings(left_out), unread, len(beyond))


def read_item_notes(item: FeedItem) -> FeedItem:
    """Add the notes' chapters, turns and first lines. Chapters that the feed itself lists are kept."""
    try:
        notes = read_notes(item.notes, item.duration_s, [one.name for one in item.persons])
    except MarkupError:
        return without_notes(item, TOO_MUCH_MARKUP(title=item.title))
    except MemoryError:
        raise
    except Exception:
        # Other items' notes must still be read.
        log.exception("the notes of “%s” can't be read", item.title)
        return item
    if item.chapters or not notes.chapters:
        return replace(item, turns=notes.turns, intro=notes.intro)
    return replace(
        item,
        chapters=notes.chapters,
        chapters_source=ChapterSource.NOTES,
        turns=notes.turns,
        intro=notes.intro,
    )


def without_notes(item: FeedItem, why: Status) -> FeedItem:
    """The item with the reason why its notes were not read. Its hashes keep it from being tried again."""
    return replace(item, notes="", notes_error=why)


def _raw_hashes(document: SplitDocument, extras: FeedExtras) -> dict[tuple[int, int], str]:
    """By the items' places: hashes of their bytes and of the surroundings that affect their meaning."""
    around = repr((READER, document.root_tag, document.channel_tag, extras.persons)).encode(
        "utf-8", "replace"
    )
    # SHA-256, as processors compute it in hardware.
    begun = hashlib.sha256(around)
    hashes = {}
    with memoryview(document.body) as view:
        for start, end in document.items:
            one = begun.copy()
            one.update(view[start:end])
            hashes[start, end] = one.hexdigest()[:32]
    return hashes


def _left_unread(
    document: SplitDocument, new: Sequence[tuple[int, int]], stored: int, most: int
) -> frozenset[tuple[int, int]]:
    if len(document.items) <= most and stored + len(new) <= most:
        return frozenset()
    with memoryview(document.body) as view:
        dates = {(start, end): written_date(view[start:end]) for start, end in document.items}
    return too_many(dates, new, stored, most)


def _may_be_episode(document: SplitDocument, place: tuple[int, int]) -> bool:
    """Whether the item may be an episode: without the word "enclosure" it needs no parsing to tell."""
    start, end = place
    return end - start > MAX_ITEM_BYTES or b"enclosure" in document.item(place).lower()


def _time_check() -> Callable[[], None]:
    begun = time.thread_time()

    def check() -> None:
        if time.thread_time() - begun > MAX_WORK_S:
            raise FeedError(TAKES_TOO_LONG())

    return check


def _warnings(left_out: Mapping[StatusCode, int]) -> tuple[Status, ...]:
    return tuple(code(count=count) for code, count in left_out.items())


def _info(feed: Mapping[str, Any], extras: FeedExtras) -> FeedInfo:
    return FeedInfo(
        title=_line(extras.channel_title or feed.get("title")),
        link=_address(feed.get("link")),
        image_url=_address((feed.get("image") or {}).get("href")),
        language=_line(feed.get("language"))[:20] or None,
        new_feed_url=_address(extras.new_feed_url),
        ttl_s=extras.ttl_s,
        skip_hours=frozenset(extras.skip_hours),
        skip_days=frozenset(extras.skip_days),
        author=_line(feed.get("author")) or None,
        guid=_line(extras.podcast_guid)[:MAX_GUID] or None,
        next_page=extras.next_page,
    )


def _item(parsed: ParsedItem, feed: FeedExtras) -> FeedItem | None:
    entry, extra = parsed.fields, parsed.extras
    enclosure = _enclosure(entry.get("enclosures") or ())
    if enclosure is None:
        return None
    url, mime_type = enclosure
    guid = str(entry.get("id") or "").strip()
    title = _line(entry.get("title")) or "Untitled episode"
    notes = _notes(entry)
    link = _address(entry.get("link"))
    chapters = tuple(sorted(extra.chapters, key=lambda chapter: chapter.start_ms))
    return FeedItem(
        identity=_identity(guid or f"{url.partition('?')[0]} {title}"),
        guid=guid[:MAX_ADDRESS] or None,
        title=title,
        link=link,
        published=_published(entry),
        duration_s=duration_s(str(entry.get("itunes_duration") or entry.get("duration") or "")),
        image_url=_address((entry.get("image") or {}).get("href")),
        enclosure_url=url,
        enclosure_type=mime_type,
        video_url=episode_video(link, extra.alternates, notes),
        notes=notes,
        intro="",
        content_hash="",
        chapters=chapters,
        chapters_source=ChapterSource.PSC if chapters else None,
        transcript_links=tuple(one for link in extra.transcripts if (one := _file(link)) is not None),
        chapters_link=_file(extra.chapters_link),
        kind=extra.kind,
        season=extra.season,
        number=extra.number,
        persons=tuple(extra.persons or feed.persons),
    )


def _hashed(item: FeedItem, raw_hash: str) -> FeedItem:
    return replace(item, raw_hash=raw_hash, content_hash=_content_hash(item))


def _file(link: FileLink | None) -> FileLink | None:
    if link is None or (url := _address(link.url)) is None:
        return None
    return FileLink(url, link.mime_type[:100])


def _identity(text: str) -> str:
    """What identifies the item in later polls, short enough for an index."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= MAX_IDENTITY_BYTES else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _without_repeats(
    entries: Iterable[FeedItem | UnchangedItem],
) -> list[FeedItem | UnchangedItem]:
    """The items without repetitions inside one document; the first of each is kept."""
    found: dict[object, FeedItem | UnchangedItem] = {}
    for entry in entries:
        found.setdefault(entry.identity if isinstance(entry, FeedItem) else entry, entry)
    return list(found.values())


def _content_hash(item: FeedItem) -> str:
    # Without what hosts write anew at each look: tokens in addresses, a date that moves, a length with its ads.
    content = (
        item.title,
        item.link and lasting_address(item.link),
        item.image_url and lasting_file(item.image_url),
        item.enclosure_url and lasting_file(item.enclosure_url),
        item.video_url and lasting_address(item.video_url),
        hashlib.sha256(lasting_text(item.notes).encode("utf-8", "replace")).hexdigest(),
        [(lasting_file(link.url), link.mime_type) for link in item.transcript_links],
        item.chapters,
        item.chapters_link and lasting_file(item.chapters_link.url),
        item.kind,
        item.season,
        item.number,
        item.persons,
    )
    return hashlib.sha256(repr(content).encode("utf-8", "replace")).hexdigest()


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
        # An enclosure may be a newsletter's picture: only audio and video make an episode.
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


def _notes(entry: Mapping[str, Any]) -> str:
    """The longest of the elements that may have the notes: hosts differ in which one does."""
    texts = [str(one.get("value") or "") for one in entry.get("content") or ()]
    texts += [str(entry.get(name) or "") for name in ("summary", "subtitle", "description")]
    return max(texts, key=len)
