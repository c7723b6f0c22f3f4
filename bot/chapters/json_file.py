"""The JSON chapters file that `podcast:chapters` links to (Podcasting 2.0). Pure."""

from __future__ import annotations

import json
from typing import Any

from bot.status_messages.sentences import StatusError
from bot.text.encoding import to_text
from bot.text.timecodes import json_ms
from storage.models import Chapter, StatusCode

# The longest files seen so far have some ten kilobytes.
MAX_BYTES = 4_000_000
MAX_CHAPTERS = 2_000
_MAX_TITLE = 500
_UNSPECIFIC_TYPES = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})


TOO_LARGE = StatusCode("chapters.too_large", "size", "most")
INVALID_JSON = StatusCode("chapters.invalid_json")
NO_LIST = StatusCode("chapters.no_list")
NO_CHAPTERS = StatusCode("chapters.none")


class ChaptersError(StatusError):
    """The file or tag has no readable list of chapters."""


def may_be_chapters(mime_type: str) -> bool:
    """Whether a file that a feed names with this type is worth waiting for: a type that says nothing is."""
    media_type = mime_type.partition(";")[0].strip().lower()
    return media_type in _UNSPECIFIC_TYPES or "json" in media_type


def read_chapters_file(body: bytes, content_type: str | None = None) -> tuple[Chapter, ...]:
    """The chapters that a listener is shown, in the order of their starts. Raises ChaptersError.

    Left out are those with `toc: false`, which only change the picture, and those without a title or a time.
    `content_type` is the header that the file's host sent.
    """
    if len(body) > MAX_BYTES:
        raise ChaptersError(TOO_LARGE(size=len(body), most=MAX_BYTES))
    try:
        data = json.loads(to_text(body, content_type))
    except (ValueError, RecursionError):
        raise ChaptersError(INVALID_JSON()) from None
    listed = data.get("chapters") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise ChaptersError(NO_LIST())
    entries = [one for one in listed if isinstance(one, dict)]
    if listed and not entries:
        raise ChaptersError(NO_CHAPTERS())
    chapters = [found for one in entries[:MAX_CHAPTERS] if (found := _chapter(one))]
    return tuple(sorted(chapters, key=lambda one: one.start_ms))


def _chapter(entry: dict[str, Any]) -> Chapter | None:
    if entry.get("toc") is False or str(entry.get("toc")).lower() == "false":
        return None
    title, start_ms = entry.get("title"), json_ms(entry.get("startTime"))
    if not isinstance(title, str) or start_ms is None:
        return None
    title = " ".join(title.split())[:_MAX_TITLE]
    return Chapter(start_ms, title) if title else None
