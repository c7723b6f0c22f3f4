"""Which stored episode an item with a new id is: hosts change ids, URLs and titles at will."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import unquote

from storage.models import FeedItem, KnownEpisode, Status, StatusCode

SAME_DATE = timedelta(hours=12)
SAME_DURATION_S = 2.0

SAME_AUDIO_FILE = StatusCode("item.same_audio_file")
SAME_FILE_NAME = StatusCode("item.same_file_name")
SAME_TITLE_AND_DATE = StatusCode("item.same_title_and_date")
SAME_TITLE = StatusCode("item.same_title")
SAME_DATE_AND_DURATION = StatusCode("item.same_date_and_duration")

T = TypeVar("T", FeedItem, KnownEpisode)


@dataclass(frozen=True, slots=True)
class Match:
    """The stored episode that an item is, and why."""

    episode: KnownEpisode
    why: Status


def match_single(
    items: Sequence[FeedItem], gone: Sequence[KnownEpisode], stored: Iterable[KnownEpisode], newest: datetime
) -> dict[str, Match]:
    """Of a few items with new ids, those that replace a stored episode; by identity.

    `gone` are stored episodes that the feed no longer lists. Daily shows reuse file names and titles: so the file
    must belong to a single episode, its title or date must agree, and nothing may contradict it.
    """
    if not items or not gone:
        return {}
    used: Counter[Hashable] = Counter(audio_file(one) for one in stored)
    by_file = {file: one for file, one in _unique(gone, audio_file).items() if used[file] == 1}
    found = {}
    for file, item in _unique(items, audio_file).items():
        old = by_file.get(file)
        if old is not None and (_same_title(item, old) or same_date(item, old)) and _fits(item, old, newest):
            found[item.identity] = Match(old, SAME_AUDIO_FILE())
    return found


def match_crowd(
    items: Sequence[FeedItem], gone: Sequence[KnownEpisode], newest: datetime
) -> dict[str, Match]:
    """Match many items at once by keys that are unique on both sides, the most reliable key first; by identity."""
    found: dict[str, Match] = {}
    for code, key, agree in _PASSES:
        taken = {match.episode.id for match in found.values()}
        there = _unique([old for old in gone if old.id not in taken], key)
        for value, item in _unique([item for item in items if item.identity not in found], key).items():
            old = there.get(value)
            if old is not None and agree(item, old) and _fits(item, old, newest):
                found[item.identity] = Match(old, code())
    return found


def audio_file(one: FeedItem | KnownEpisode) -> str | None:
    """The audio's URL without its scheme and its query, which hosts sign anew each time."""
    return (one.enclosure_url or "").partition("?")[0].partition("#")[0].partition("://")[2] or None


def _fits(item: FeedItem, old: KnownEpisode, newest: datetime) -> bool:
    """Whether the date allows a match: one after all known episodes means a new episode under an old title.

    Unless it has the old one's duration: then that one was only given a new date.
    """
    return item.published is None or item.published <= newest or same_duration(item, old)


def _unique(
    ones: Iterable[T], key: Callable[[FeedItem | KnownEpisode], Hashable | None]
) -> dict[Hashable, T]:
    by_key: dict[Hashable, list[T]] = {}
    for one in ones:
        by_key.setdefault(key(one), []).append(one)
    return {value: found[0] for value, found in by_key.items() if value is not None and len(found) == 1}


def file_name(one: FeedItem | KnownEpisode) -> str | None:
    """The name of the audio file, in small letters."""
    return unquote((audio_file(one) or "").rstrip("/").rpartition("/")[2]).casefold() or None


def folded_title(one: FeedItem | KnownEpisode) -> str | None:
    """The title as titles are compared."""
    return " ".join(one.title.casefold().split()) or None


def _title_and_day(one: FeedItem | KnownEpisode) -> Hashable | None:
    return None if one.published is None else (folded_title(one), one.published.date())


def _day_and_duration(one: FeedItem | KnownEpisode) -> Hashable | None:
    if one.published is None or one.duration_s is None:
        return None
    return one.published.date(), round(one.duration_s)


def _same_title(item: FeedItem, old: KnownEpisode) -> bool:
    return folded_title(item) == folded_title(old)


def same_date(item: FeedItem | KnownEpisode, old: KnownEpisode) -> bool:
    """Whether both were published within hours."""
    return (
        item.published is not None
        and old.published is not None
        and abs(item.published - old.published) < SAME_DATE
    )


def same_duration(item: FeedItem | KnownEpisode, old: KnownEpisode) -> bool:
    """Whether both are equally long."""
    return (
        item.duration_s is not None
        and old.duration_s is not None
        and abs(item.duration_s - old.duration_s) <= SAME_DURATION_S
    )


def _always(_item: FeedItem, _old: KnownEpisode) -> bool:
    return True


def _more_agrees(item: FeedItem, old: KnownEpisode) -> bool:
    """Whether date, duration or title agrees, if there is any: different hosts number their files alike."""
    unknown = (item.published is None or old.published is None) and (
        item.duration_s is None or old.duration_s is None
    )
    return unknown or _same_title(item, old) or same_date(item, old) or same_duration(item, old)


_PASSES: tuple[
    tuple[
        StatusCode,
        Callable[[FeedItem | KnownEpisode], Hashable | None],
        Callable[[FeedItem, KnownEpisode], bool],
    ],
    ...,
] = (
    (SAME_AUDIO_FILE, audio_file, _always),
    (SAME_FILE_NAME, file_name, _more_agrees),
    (SAME_TITLE_AND_DATE, _title_and_day, _always),
    (SAME_TITLE, folded_title, _always),
    (SAME_DATE_AND_DURATION, _day_and_duration, _always),
)
