"""JSON Feed <https://www.jsonfeed.org/version/1.1/>, versions 1 and 1.1, in the shape of a feed in XML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.feeds.errors import FeedError
from bot.feeds.parsing.enclosures import LinkedFile
from bot.feeds.parsing.feedparser_adapter import ParsedItem
from bot.feeds.parsing.podcast_namespace import MAX_LINKS, FeedExtras, ItemExtras
from storage.models import StatusCode

# Reading JSON takes up to ten times its size in memory.
MAX_BYTES = 16 * 1024 * 1024
MAX_ITEMS_READ = 100_000
_VERSION = "jsonfeed.org/version/"

NO_JSON_FEED = StatusCode("document.no_json_feed")
JSON_BROKEN = StatusCode("document.json_broken")
JSON_TOO_LARGE = StatusCode("document.json_too_large", "mib")


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """The podcast, in the names of feedparser, and its items as they are written, in the order of the document."""

    fields: Mapping[str, Any]
    extras: FeedExtras
    items: tuple[Mapping[str, Any], ...]


def is_json(body: bytes | bytearray) -> bool:
    """Whether a document begins as an object or a list of JSON does."""
    return bytes(body[:200]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_json_feed(body: bytes | bytearray) -> JsonFeed:
    """Read a document in UTF-8. Raises FeedError where it is no JSON Feed."""
    if len(body) > MAX_BYTES:
        raise FeedError(JSON_TOO_LARGE(mib=MAX_BYTES // 2**20))
    try:
        read = json.loads(bytes(body).decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise FeedError(JSON_BROKEN()) from error
    if (
        not isinstance(read, dict)
        or _VERSION not in _text(read.get("version"))
        or not isinstance(read.get("items"), list)
    ):
        raise FeedError(NO_JSON_FEED())
    fields = {
        "title": _text(read.get("title")),
        "link": _text(read.get("home_page_url")),
        "image": {"href": _text(read.get("icon")) or _text(read.get("favicon"))},
        "language": _text(read.get("language")),
    }
    items = tuple(one for one in read["items"][:MAX_ITEMS_READ] if isinstance(one, dict))
    return JsonFeed(fields, FeedExtras(next_page=_text(read.get("next_url")) or None), items)


def json_item(item: Mapping[str, Any]) -> ParsedItem:
    """An item in the shape of one that feedparser has read."""
    attachments = list(_attachments(item))
    extras = ItemExtras(
        files=[LinkedFile(_text(one.get("url")), _text(one.get("mime_type"))) for one in attachments],
        durations=[_text(one.get("duration_in_seconds")) for one in attachments],
    )
    # `content_text` has no markup: its "<" must not begin any.
    plain = _text(item.get("content_text")).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>\n")
    fields = {
        "id": _text(item.get("id")),
        "title": _text(item.get("title")),
        "link": _text(item.get("url")) or _text(item.get("external_url")),
        "published": _text(item.get("date_published")),
        "updated": _text(item.get("date_modified")),
        "image": {"href": _text(item.get("image")) or _text(item.get("banner_image"))},
        "content": [{"value": _text(item.get("content_html"))}, {"value": plain}],
        "summary": _text(item.get("summary")),
    }
    return ParsedItem(fields, extras)


def json_date(item: Mapping[str, Any]) -> str:
    """The date of an item as it is written."""
    return _text(item.get("date_published")) or _text(item.get("date_modified"))


def json_hash(item: Mapping[str, Any], around: bytes) -> str:
    """A hash of what an item says, and of what affects its meaning."""
    said = json.dumps(item, ensure_ascii=True, sort_keys=True).encode()
    return hashlib.sha256(around + said).hexdigest()[:32]


def _attachments(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = item.get("attachments")
    for one in (found if isinstance(found, list) else [])[:MAX_LINKS]:
        if isinstance(one, dict):
            yield one


def _text(value: object) -> str:
    """A text, or a number as one: hosts write ids both ways."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # Half of a surrogate pair and NUL can be written in JSON, and can't be stored.
    return str(value).encode("utf-8", "replace").decode().replace("\0", "\ufffd")
