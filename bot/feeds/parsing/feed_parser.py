"""Parses a feed into the podcast and its episodes, in time proportional to the items not known yet."""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.feeds.errors import FeedError
from bot.feeds.parsing.documents import FeedDocument, item_dates, open_document
from bot.feeds.parsing.durations import first_length_s
from bot.feeds.parsing.enclosures import MAX_ADDRESS, LinkedFile, episode_file, page_address, web_address
from bot.feeds.parsing.episode_video import episode_video
from bot.feeds.parsing.feedparser_adapter import ParsedItem
from bot.feeds.parsing.newest_items import too_many
from bot.feeds.parsing.podcast_namespace import FeedExtras
from bot.feeds.parsing.settled_dates import SettledDates
from bot.feeds.parsing.xml_split import MAX_ITEMS
from bot.show_notes.reader import read_notes
from bot.text.encoding import MAX_CONVERTED_BYTES, TextTooLargeError, to_utf8
from bot.text.html_bounds import MarkupError
from bot.text.item_text import line, markup
from bot.text.lasting_addresses import lasting_address, lasting_file, lasting_text
from storage.models import (
    Chapter,
    ChapterSource,
    FeedInfo,
    FeedItem,
    FileLink,
    Status,
    StatusCode,
    UnchangedItem,
)
from storage.models.chapter_lists import best_list, within_episode

__all__ = ["MAX_ADDRESS", "MAX_ITEMS", "ParsedFeed", "parse_feed", "read_item_notes"]

MAX_TITLE = 500
MAX_GUID = 200
# PostgreSQL's indexes allow values of at most 2,704 bytes.
MAX_IDENTITY_BYTES = 2_000
# The notes of all new items are in memory together; more of them wait for a later poll.
MAX_NOTES_BYTES = 24 * 1024 * 1024
# CPU time; 1,000 episodes with transcripts take about 8 s.
MAX_WORK_S = 30.0

NOT_CONVERTED = StatusCode("document.not_converted", "mib")
TAKES_TOO_LONG = StatusCode("document.takes_too_long")
TOO_MUCH_MARKUP = StatusCode("document.too_much_markup", "title")
ITEMS_SILENT = StatusCode("document.items_silent", "count")
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
    address: str | None = None,
    now: datetime | None = None,
) -> ParsedFeed:
    """Parse RSS, Atom or JSON Feed, but no items whose raw hash is `known`; of the others, so many bytes of notes.

    Only the `most` newest items are read, and none where twice as many episodes are `stored`. `address` is where the
    document was found, `now` when.
    Raises FeedError where the document is no feed, or only a part of one.
    """
    try:
        text = to_utf8(body, content_type)
    except TextTooLargeError as error:
        raise FeedError(NOT_CONVERTED(mib=MAX_CONVERTED_BYTES // 2**20)) from error
    document = open_document(text)
    info = _info(document, address)
    dates = SettledDates(
        lambda at: document.dates(at, info.language),
        len(document.hashes),
        info.language,
        now or datetime.now(UTC),
    )
    hashes = document.hashes
    unchanged = {at for at, raw_hash in enumerate(hashes) if raw_hash and raw_hash in known}
    new = [at for at in range(len(hashes)) if at not in unchanged and document.may_be_episode(at)]
    beyond = _left_unread(dates, new, stored, most)
    new = [at for at in new if at not in beyond]
    found: dict[int, FeedItem | UnchangedItem] = {at: UnchangedItem(hashes[at]) for at in unchanged}
    left_out: Counter[StatusCode] = Counter()
    taken = unread = 0
    bases = tuple(base for base in (address, info.link) if base)
    for at, reading in zip(new, document.read(new, _time_check()), strict=True):
        item = reading if isinstance(reading, StatusCode) else _item(reading, document.extras, bases)
        if isinstance(item, StatusCode):
            left_out[item] += 1
        elif item is not None and not isinstance(reading, StatusCode):
            dates.told(at, item_dates(reading.fields, info.language))
            item = replace(item, published=dates.date(at))
            taken += sys.getsizeof(item.notes)
            if taken > notes_bytes:
                # Without hashes it is parsed again at the next poll, among fewer new items.
                unread += 1
                found[at] = replace(item, notes="")
            else:
                found[at] = _hashed(item, hashes[at])
    entries = _without_repeats(found[at] for at in sorted(found))
    if unread:
        left_out[NOTES_WAIT] = unread
    return ParsedFeed(info, tuple(entries), _warnings(left_out), unread, len(beyond))


def read_item_notes(item: FeedItem) -> FeedItem:
    """Add the notes' turns and first lines, and their chapters where these are better than the feed's own list."""
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
    lists: dict[ChapterSource, tuple[Chapter, ...]] = {}
    if item.chapters_source is not None and item.chapters:
        lists[item.chapters_source] = within_episode(item.chapters, item.duration_s)
    if notes.chapters:
        lists[ChapterSource.NOTES] = notes.chapters
    source = best_list(lists, item.duration_s)
    return replace(
        item,
        chapters=lists[source] if source else (),
        chapters_source=source,
        turns=notes.turns,
        intro=notes.intro,
    )


def without_notes(item: FeedItem, why: Status) -> FeedItem:
    """The item with the reason why its notes were not read. Its hashes keep it from being tried again."""
    return replace(item, notes="", notes_error=why)


def _left_unread(dates: SettledDates, new: Sequence[int], stored: int, most: int) -> frozenset[int]:
    if dates.count <= most and stored + len(new) <= most:
        return frozenset()
    return too_many([dates.date(at) for at in range(dates.count)], new, stored, most)


def _time_check() -> Callable[[], None]:
    begun = time.thread_time()

    def check() -> None:
        if time.thread_time() - begun > MAX_WORK_S:
            raise FeedError(TAKES_TOO_LONG())

    return check


def _warnings(left_out: Mapping[StatusCode, int]) -> tuple[Status, ...]:
    return tuple(code(count=count) for code, count in left_out.items())


def _info(document: FeedDocument, address: str | None) -> FeedInfo:
    feed, extras = document.fields, document.extras
    bases = (address,) if address else ()
    return FeedInfo(
        title=line(extras.channel_title or feed.get("title"))[:MAX_TITLE],
        link=page_address(feed.get("link"), bases),
        image_url=web_address((feed.get("image") or {}).get("href"), bases),
        language=line(feed.get("language"))[:20] or None,
        new_feed_url=web_address(extras.new_feed_url, bases),
        ttl_s=extras.ttl_s,
        skip_hours=frozenset(extras.skip_hours),
        skip_days=frozenset(extras.skip_days),
        author=line(feed.get("author"))[:MAX_TITLE] or None,
        guid=line(extras.podcast_guid)[:MAX_GUID] or None,
        next_page=extras.next_page,
    )


def _item(parsed: ParsedItem, feed: FeedExtras, bases: Sequence[str]) -> FeedItem | StatusCode | None:
    """The episode, without its date; None where the item links no file, a code where none of its files sounds."""
    entry, extra = parsed.fields, parsed.extras
    # In what is too broken for the pass of the namespaces, feedparser may have found more.
    files = (*extra.files, *_loose_files(entry))
    enclosure = episode_file(files, bases)
    if enclosure is None:
        return ITEMS_SILENT if any(not one.media for one in files) else None
    url, mime_type = enclosure
    guid = str(entry.get("id") or "").strip()
    title = (
        line(extra.title or entry.get("title") or entry.get("itunes_title"))[:MAX_TITLE] or "Untitled episode"
    )
    notes = _notes(entry)
    link = page_address(entry.get("link"), bases)
    chapters = tuple(sorted(extra.chapters, key=lambda chapter: chapter.start_ms))
    lengths = (entry.get("itunes_duration"), entry.get("duration"))
    return FeedItem(
        identity=_identity(guid or f"{url.partition('?')[0]} {title}"),
        guid=guid[:MAX_ADDRESS] or None,
        title=title,
        link=link,
        published=None,
        duration_s=first_length_s([*extra.durations, *(str(one or "") for one in lengths)]),
        image_url=web_address((entry.get("image") or {}).get("href"), bases),
        enclosure_url=url,
        enclosure_type=mime_type,
        video_url=episode_video(link, extra.alternates, notes),
        notes=notes,
        intro="",
        content_hash="",
        chapters=chapters,
        chapters_source=ChapterSource.PSC if chapters else None,
        transcript_links=tuple(one for link in extra.transcripts if (one := _file(link, bases)) is not None),
        chapters_link=_file(extra.chapters_link, bases),
        kind=extra.kind,
        season=extra.season,
        number=extra.number,
        persons=tuple(extra.persons or feed.persons),
    )


def _loose_files(entry: Mapping[str, Any]) -> Iterator[LinkedFile]:
    """The files that feedparser found."""
    for one in entry.get("enclosures") or ():
        yield LinkedFile(str(one.get("href") or ""), str(one.get("type") or ""))
    for one in entry.get("media_content") or ():
        yield LinkedFile(
            str(one.get("url") or ""), str(one.get("type") or one.get("medium") or ""), media=True
        )


def _hashed(item: FeedItem, raw_hash: str) -> FeedItem:
    return replace(item, raw_hash=raw_hash, content_hash=_content_hash(item))


def _file(link: FileLink | None, bases: Sequence[str]) -> FileLink | None:
    if link is None or (url := web_address(link.url, bases)) is None:
        return None
    return FileLink(url, link.mime_type[:100])


def _identity(text: str) -> str:
    """What identifies the item in later polls, short enough for an index."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= MAX_IDENTITY_BYTES else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _without_repeats(
    entries: Iterable[FeedItem | UnchangedItem],
) -> list[FeedItem | UnchangedItem]:
    """The items without those whose bytes stand there twice. An id may stand on several others."""
    found: dict[object, FeedItem | UnchangedItem] = {}
    for place, entry in enumerate(entries):
        found.setdefault(entry.raw_hash or place, entry)
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


def _notes(entry: Mapping[str, Any]) -> str:
    """The longest of the elements that may have the notes: hosts differ in which one does."""
    texts = [str(one.get("value") or "") for one in entry.get("content") or ()]
    texts += [str(entry.get(name) or "") for name in ("summary", "subtitle", "description")]
    return markup(max(texts, key=len))
