"""The JSON chapters file that `podcast:chapters` links to: by the standard (Podcasting 2.0) and as tools write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from bot.chapters.json_times import starts_ms, told_start
from bot.status_messages.sentences import StatusError
from bot.text.encoding import to_text
from bot.text.item_text import line
from storage.models import Chapter, StatusCode
from storage.models.chapter_lists import within_episode

# The longest files seen so far have some ten kilobytes.
MAX_BYTES = 4_000_000
MAX_CHAPTERS = 2_000
_MAX_TITLE = 500
# Of an object, so many names are looked at, and lists are looked for so deep.
_MOST_NAMES = 100
DEEPEST = 3
# By the letters of their names.
_LISTS = (
    "chapters", "chapter", "markers", "chaptermarks", "chapterlist", "bookmarks", "timestamps", "segments", "items",
)  # fmt: skip
_TITLES = (
    "title", "titles", "name", "label", "text", "gist", "heading", "headline", "chaptertitle",
    "chaptername", "chapter",
)  # fmt: skip
_NO_LETTERS = re.compile(r"[\W_]+")
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


def read_chapters_file(
    body: bytes, content_type: str | None = None, duration_s: float | None = None
) -> tuple[Chapter, ...]:
    """The chapters that a listener is shown, in the order of their starts. Raises ChaptersError.

    Left out are those with `toc: false`, which only change the picture, those without a title or a time, and those
    behind the episode's end, which `duration_s` tells. `content_type` is the header that the file's host sent.
    """
    if len(body) > MAX_BYTES:
        raise ChaptersError(TOO_LARGE(size=len(body), most=MAX_BYTES))
    try:
        data = json.loads(to_text(body, content_type))
    except (ValueError, RecursionError):
        raise ChaptersError(INVALID_JSON()) from None
    listed = _listed(data, DEEPEST)
    if listed is None:
        raise ChaptersError(NO_LIST())
    entries = list(islice(_entries(listed), MAX_CHAPTERS))
    if listed and not entries:
        raise ChaptersError(NO_CHAPTERS())
    found = [
        (start, title)
        for one in entries
        if not _is_hidden(one) and (title := _title(one)) and (start := told_start(one)) is not None
    ]
    starts = starts_ms([start for start, _ in found], duration_s)
    chapters = [Chapter(at, title) for at, (_, title) in zip(starts, found, strict=True)]
    return within_episode(sorted(chapters, key=lambda one: one.start_ms), duration_s)


def _listed(data: object, deep: int) -> list[Any] | None:
    """The list of chapters in a document: itself, by its name, or inside of something else."""
    if isinstance(data, list):
        return data
    if not isinstance(data, dict) or not deep:
        return None
    named = {_letters(name): value for name, value in islice(data.items(), _MOST_NAMES)}
    for name in _LISTS:
        value = named.get(name)
        if isinstance(value, list):
            return value
        if isinstance(value, dict) and value:
            return _listed(value, deep - 1) or _by_key(value)
    inner = (value for value in named.values() if isinstance(value, dict))
    return next((listed for value in inner if (listed := _listed(value, deep - 1)) is not None), None)


def _by_key(named: dict[str, Any]) -> list[Any] | None:
    """Chapters by their starts or numbers: {"00:00": "The lamp"}, {"1": {"startTime": 0, "title": "The lamp"}}."""
    values = list(named.values())
    if all(isinstance(one, str) for one in values):
        return [list(one) for one in named.items()]
    return values if all(isinstance(one, dict) for one in values) else None


def _entries(listed: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The entries of a list, with those of the lists in them: parts of chapters, and pairs of a start and a title."""
    for one in listed:
        if isinstance(one, dict):
            entry = _plain(one)
            yield entry
            for inner in (entry.get(name) for name in _LISTS):
                if isinstance(inner, list):
                    yield from (_plain(part) for part in inner if isinstance(part, dict))
        elif isinstance(one, list) and len(one) == 2:
            yield {"start": one[0], "title": one[1]}


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry by the letters of its names: `start_time`, `startTime` and `@StartTime` are one; unwrapped."""
    if len(entry) == 1 and isinstance(inner := next(iter(entry.values())), dict):
        entry = inner
    return {_letters(name): value for name, value in islice(entry.items(), _MOST_NAMES)}


def _letters(name: str) -> str:
    # Of a prefixed name, what stands behind the prefix.
    return _NO_LETTERS.sub("", name[:100].rpartition(":")[2]).casefold()


def _is_hidden(entry: dict[str, Any]) -> bool:
    return str(entry.get("toc")).casefold() == "false"


def _title(entry: dict[str, Any]) -> str:
    tags = entry.get("tags")
    found = [entry.get(name) for name in _TITLES]
    if isinstance(tags, dict):
        found += [value for name, value in islice(tags.items(), _MOST_NAMES) if _letters(name) == "title"]
    return next((title for value in found if (title := _text(value))), "")


def _text(value: object) -> str:
    if isinstance(value, dict):
        # By language, or as YouTube has it: {"simpleText": "…"}.
        value = next((one for one in value.values() if isinstance(one, str)), None)
    elif isinstance(value, list) and value:
        value = value[0]
    return line(value)[:_MAX_TITLE] if isinstance(value, str) else ""
