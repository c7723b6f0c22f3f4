"""The quote search: every podcast's segments on disk, kept up to date and searched beside the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.search.calibration import SAID
from bot.search.candidates.query import Query, parse_query
from bot.search.highlighting import quote_of
from bot.search.hits import IndexHit
from bot.search.index.index_view import Filter, SegmentView
from bot.search.index.segment_file import FileCondition, sweep
from bot.search.index_keeper import IndexKeeper
from bot.search.podcast_index import PodcastIndex, TurnSource
from bot.search.searcher import search
from storage.models import FoundTurns, Quote, SpokenTurn

# So long a search waits for what is still to be indexed.
ANSWERED_WITHIN_S = 1.0
# A search whose podcasts change meanwhile is repeated; after so many tries its result is used as it is.
_TRIES = 4
# A younger file that isn't listed may be one that another process is about to list.
SWEPT_AFTER_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search sees; None means no limit.

    An empty set of podcasts sees nothing. `speaker` matches every name that has all its words. Episodes are seen from
    `since` to before `until`.
    """

    podcast_ids: frozenset[int] | None = None
    episode_id: int | None = None
    speaker: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def filter(self) -> Filter:
        """The filter for the chosen podcasts' segments."""
        return Filter(
            None if self.episode_id is None else frozenset({self.episode_id}),
            self.speaker,
            self.since.timestamp() if self.since else None,
            self.until.timestamp() if self.until else None,
        )


@dataclass(frozen=True, slots=True)
class FoundQuotes:
    """What a search found, best first, with the rows that were read for it.

    `partial`: what was said of late in these podcasts was not all at hand yet, as far as is known that of the
    episodes `unread`.
    """

    quotes: list[Quote]
    rows: FoundTurns
    partial: bool = False
    unread: frozenset[int] = frozenset()


class QuoteSearch:
    """Finds who said something, and when.

    The segments in `folder` are a cache. The source lists those in use; what is missing, outdated or damaged is
    rebuilt from its turns, in the background. Any number of processes may share the folder and the source.

    A search waits for what is still to be indexed for `within_s`; after that it is answered out of what is at hand.
    """

    def __init__(self, source: TurnSource, folder: Path, *, within_s: float = ANSWERED_WITHIN_S) -> None:
        self._source = source
        self._folder = folder
        self._within_s = within_s
        self._keeper = IndexKeeper(source, folder)

    async def find(self, words: str, scope: Scope = Scope(), *, limit: int = 5) -> list[Quote]:
        """The best distinct quotes, best first; none if this was never said."""
        return (await self.search(words, scope, limit=limit)).quotes

    async def search(
        self, words: str, scope: Scope = Scope(), *, limit: int = 5, least: float = SAID
    ) -> FoundQuotes:
        """The same with the rows that were read for it. A lower score as `least` lets guesses through."""
        query = parse_query(words)
        if not query.words or limit <= 0 or scope.podcast_ids == frozenset():
            return FoundQuotes([], FoundTurns({}))
        until = time.monotonic() + self._within_s
        # What is open is searched first: reading what was found also tells whether it is up to date.
        indexes = self._keeper.at_hand(scope.podcast_ids)
        hidden: dict[int, int | None] = {}
        for _ in range(_TRIES):
            task = _SearchTask(_views(indexes, hidden), query, scope.filter(), limit, least)
            rows = await self._source.spoken(task, scope.podcast_ids)
            outdated = _outdated(task.hits, indexes, rows)
            self._keeper.doubt(task.doubted)
            behind = _behind(indexes, rows.revisions, task.unread.keys())
            newer = {one: index for one, index in indexes.items() if one in rows.revisions}
            if behind:
                newer |= await self._keeper.up_to_date(behind, until - time.monotonic())
            if not outdated and all(index is indexes.get(one) for one, index in newer.items()):
                break
            indexes, hidden = newer, hidden | outdated
        quotes = [
            quote_of(hit, _turns_of(hit, rows.turns)) for hit in task.hits if hit.episode_id not in outdated
        ]
        unread = [*task.unread.values(), *(newer[one].unread for one in behind if one in newer)]
        return FoundQuotes(
            [quote for quote in quotes if quote is not None], rows, bool(behind), frozenset().union(*unread)
        )

    async def tidy(self) -> None:
        """Delete the files that a killed process left behind, once they are too old to be in the making."""
        listed = await self._source.names()
        removed = await asyncio.to_thread(_sweep_old, self._folder, listed)
        if removed:
            log.info("deleted %d unused files of the search index", len(removed))

    async def keep_up(self) -> None:
        """Index in the background what has changed."""
        await self._keeper.wake_changed()

    async def warm(self) -> None:
        """Index everything and check all segments, ahead of the first search."""
        await self._keeper.settle()
        await self._keeper.check()

    async def close(self) -> None:
        """End the background work."""
        await self._keeper.close()


def _behind(
    indexes: Mapping[int, PodcastIndex], revisions: Mapping[int, int], unreadable: Collection[int]
) -> dict[int, int]:
    """The podcasts, with their revisions, that had more to search than what could be read of these indexes."""
    return {
        one: revision
        for one, revision in revisions.items()
        if one in unreadable
        or (index := indexes.get(one)) is None
        or index.revision < revision
        or not index.complete
    }


def _outdated(
    hits: Sequence[IndexHit], indexes: Mapping[int, PodcastIndex], rows: FoundTurns
) -> dict[int, int | None]:
    """The found episodes whose turns are others by now, or were deleted, with the keys of the old turns."""
    indexed = {hit.episode_id: indexes[hit.podcast_id].keys.get(hit.episode_id) for hit in hits}
    return {one: key for one, key in indexed.items() if rows.keys.get(one) != key}


def _views(indexes: Mapping[int, PodcastIndex], hidden: Mapping[int, int | None]) -> list[SegmentView]:
    """The segments of these indexes, without what was indexed of episodes with the keys in `hidden`."""
    views: list[SegmentView] = []
    for index in indexes.values():
        without = {one for one, key in hidden.items() if one in index.keys and index.keys[one] == key}
        views += (replace(view, without=view.without | without) if without else view for view in index.views)
    return views


class _SearchTask:
    """One search, to be called beside the event loop. It returns the ranges of turns to read and keeps its hits.

    A segment whose file was changed is not read: `unread` are its episodes, by podcast. `doubted` are the segments
    whose files are no longer what they were, by podcast.
    """

    def __init__(
        self, views: Sequence[SegmentView], query: Query, filter_: Filter, limit: int, least: float
    ) -> None:
        self._views = views
        self._search = partial(search, query=query, filter_=filter_, limit=limit)
        self._least = least
        self.hits: list[IndexHit] = []
        self.unread: dict[int, frozenset[int]] = {}
        self.doubted: dict[int, set[str]] = {}

    def __call__(self) -> list[tuple[int, int, int]]:
        views = [view for view in self._views if self._is_readable(view)]
        self.hits = [hit for hit in self._search(views) if hit.score >= self._least]
        return [(hit.episode_id, hit.first_position, hit.last_position) for hit in self.hits]

    def _is_readable(self, view: SegmentView) -> bool:
        condition = view.segment.condition()
        if condition is FileCondition.SAME:
            return True
        podcast_id = view.podcast_id
        self.doubted.setdefault(podcast_id, set()).add(view.segment.name)
        if condition is FileCondition.UNNAMED:
            return True
        self.unread[podcast_id] = self.unread.get(podcast_id, frozenset()) | view.dates.keys()
        return False


def _turns_of(hit: IndexHit, turns: Mapping[tuple[int, int], SpokenTurn]) -> list[SpokenTurn]:
    """The hit's turns; none if some are missing because the transcript has changed since."""
    positions = range(hit.first_position, hit.last_position + 1)
    found = [turns.get((hit.episode_id, position)) for position in positions]
    return [turn for turn in found if turn is not None] if all(found) else []


def _sweep_old(folder: Path, listed: Collection[str]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return sweep(folder, {*listed, *(path.name for path in folder.iterdir() if _is_young(path))})


def _is_young(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < SWEPT_AFTER_S
    except FileNotFoundError:
        return False
