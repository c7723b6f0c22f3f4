"""The quote search: every podcast's segments on disk, kept up to date and searched beside the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.search import podcast_index
from bot.search.calibration import SAID
from bot.search.candidates.query import Query, parse_query
from bot.search.highlighting import quote_of
from bot.search.hits import IndexHit
from bot.search.index.index_view import Filter, SegmentView
from bot.search.index.segment_file import SegmentDamagedError, sweep, verify
from bot.search.podcast_index import PodcastIndex, TurnSource
from bot.search.searcher import search
from storage.models import FoundTurns, IndexState, Quote, SpokenTurn

_Result = TypeVar("_Result")
# The indexes of so many podcasts stay open, those that were searched last.
_MAX_OPEN = 256
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


class QuoteSearch:
    """Finds who said something, and when.

    The segments in `folder` are a cache. The source lists those in use; what is missing, outdated or damaged is
    rebuilt from its turns. Any number of processes may share the folder and the source.
    """

    def __init__(self, source: TurnSource, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._indexes: OrderedDict[int, PodcastIndex] = OrderedDict()
        self._locks: dict[int, asyncio.Lock] = {}
        self._merging: dict[int, asyncio.Task[None]] = {}
        # Indexing a new podcast takes seconds. It has a thread of its own, so that no search waits for it.
        self._indexing = ThreadPoolExecutor(1, thread_name_prefix="indexing")

    async def find(self, words: str, scope: Scope = Scope(), *, limit: int = 5) -> list[Quote]:
        """The best distinct quotes, best first; none if this was never said."""
        quotes, _ = await self.find_with_rows(words, scope, limit=limit)
        return quotes

    async def find_with_rows(
        self, words: str, scope: Scope = Scope(), *, limit: int = 5, least: float = SAID
    ) -> tuple[list[Quote], FoundTurns]:
        """The same with the rows that were read for them. A lower score as `least` lets guesses through."""
        query = parse_query(words)
        if not query.words or limit <= 0 or scope.podcast_ids == frozenset():
            return [], FoundTurns({})
        # Loaded indexes are searched first: reading what was found also tells whether they are up to date.
        indexes = self._loaded(scope.podcast_ids)
        for _ in range(_TRIES):
            views = [view for index in indexes.values() for view in index.views]
            task = _SearchTask(views, query, scope.filter(), limit, least)
            spoken = await self._source.spoken(task, scope.podcast_ids)
            if spoken.revisions == {id_: index.revision for id_, index in indexes.items()}:
                break
            indexes = {id_: await self._index(id_, revision) for id_, revision in spoken.revisions.items()}
        quotes = [quote_of(hit, _turns_of(hit, spoken.turns)) for hit in task.hits]
        return [quote for quote in quotes if quote is not None], spoken

    async def tidy(self) -> None:
        """Delete the files that a killed process left behind, once they are too old to be in the making."""
        listed = await self._source.names()
        removed = await self._in_thread(partial(_sweep_old, self._folder, listed))
        if removed:
            log.info("deleted %d unused files of the search index", len(removed))

    async def warm(self) -> None:
        """Load and check the indexes ahead of the first search, and build what is missing."""
        for podcast_id, revision in list((await self._source.revisions(None)).items())[:_MAX_OPEN]:
            index = await self._index(podcast_id, revision)
            if podcast_id in self._merging:
                await asyncio.wait({self._merging[podcast_id]})
                index = await self._index(podcast_id, index.revision + 1)
            await self._check(podcast_id, index)

    def close(self) -> None:
        """Let the thread end; work that still waits for it is cancelled."""
        for task in self._merging.values():
            task.cancel()
        self._indexing.shutdown(wait=False, cancel_futures=True)
        self._indexes.clear()

    def _loaded(self, podcast_ids: frozenset[int] | None) -> dict[int, PodcastIndex]:
        wanted = list(self._indexes) if podcast_ids is None else podcast_ids & self._indexes.keys()
        for podcast_id in wanted:
            self._indexes.move_to_end(podcast_id)
        return {podcast_id: self._indexes[podcast_id] for podcast_id in wanted}

    async def _index(self, podcast_id: int, revision: int) -> PodcastIndex:
        """A podcast's index as of `revision` or later."""
        async with self._locks.setdefault(podcast_id, asyncio.Lock()):
            index = self._indexes.get(podcast_id)
            if index is None or index.revision < revision:
                index = await self._load(podcast_id, index)
                self._indexes[podcast_id] = index
                if podcast_index.to_merge(index):
                    self._start_merge(podcast_id, index)
            self._indexes.move_to_end(podcast_id)
            while len(self._indexes) > _MAX_OPEN:
                forgotten, _ = self._indexes.popitem(last=False)
                self._locks.pop(forgotten, None)
        return index

    async def _load(self, podcast_id: int, loaded: PodcastIndex | None) -> PodcastIndex:
        """Open the listed segments, after building those that are missing."""
        await asyncio.to_thread(partial(self._folder.mkdir, parents=True, exist_ok=True))
        while True:
            state = await self._source.state(podcast_id)
            names = {episode.segment for episode in state.indexed if episode.segment}
            opened = await self._in_thread(partial(podcast_index.open_segments, self._folder, names, loaded))
            if opened.broken:
                # If another process has merged them away, the revision has moved and this does nothing.
                await self._source.save(podcast_id, state.revision, {}, opened.broken)
            elif state.unindexed:
                await self._build(podcast_id, state)
            else:
                return PodcastIndex(state.revision, podcast_index.views_of(podcast_id, state, opened.by_name))

    async def _build(self, podcast_id: int, state: IndexState) -> None:
        """Build segments of some of the episodes that are in none."""
        some = state.unindexed[: podcast_index.EPISODES_AT_ONCE]
        turns = await self._source.turns(some)
        added = await self._in_thread(partial(podcast_index.build, self._folder, some, turns))
        await self._source.save(podcast_id, state.revision, added, [])

    def _start_merge(self, podcast_id: int, index: PodcastIndex) -> None:
        if podcast_id not in self._merging:
            task = asyncio.create_task(self._merge(podcast_id, index), name=f"merging {podcast_id}")
            self._merging[podcast_id] = task
            task.add_done_callback(lambda _: self._merging.pop(podcast_id, None))

    async def _merge(self, podcast_id: int, index: PodcastIndex) -> None:
        """Merge segments in the background. Searches that have the old ones open can still read them."""
        views = podcast_index.to_merge(index)
        try:
            state = await self._source.state(podcast_id)
            order = {episode.id: at for at, episode in enumerate(state.indexed)}
            name, episodes = await self._in_thread(partial(podcast_index.merge, self._folder, views, order))
            old = [view.segment.name for view in views if view.segment.name != name]
            saved = await self._source.save(podcast_id, index.revision, {name: episodes}, old)
            if not saved and name in await self._source.names():
                return
            for unlisted in old if saved else [name]:
                await asyncio.to_thread((self._folder / unlisted).unlink, missing_ok=True)
        except Exception:
            # The old segments are still in use, and are merged after the next change.
            log.exception("the search segments of podcast %d could not be merged", podcast_id)

    async def _check(self, podcast_id: int, index: PodcastIndex) -> None:
        """Read every byte of a podcast's segments, and rebuild a damaged one."""
        for view in index.views:
            try:
                await self._in_thread(partial(verify, view.segment.path))
            except (SegmentDamagedError, FileNotFoundError) as error:
                if view.segment.name not in await self._source.names():
                    # It was merged with others meanwhile.
                    continue
                log.warning("rebuilding a search segment of podcast %d: %s", podcast_id, error)
                await self._source.save(podcast_id, index.revision, {}, [view.segment.name])
                self._indexes.pop(podcast_id, None)
                view.segment.path.unlink(missing_ok=True)
                await self._index(podcast_id, index.revision + 1)
                return

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._indexing, work)


class _SearchTask:
    """One search, to be called beside the event loop. It returns the ranges of turns to read and keeps its hits."""

    def __init__(
        self, views: Sequence[SegmentView], query: Query, filter_: Filter, limit: int, least: float
    ) -> None:
        self._search = partial(search, views, query, filter_, limit=limit)
        self._least = least
        self.hits: list[IndexHit] = []

    def __call__(self) -> list[tuple[int, int, int]]:
        self.hits = [hit for hit in self._search() if hit.score >= self._least]
        return [(hit.episode_id, hit.first_position, hit.last_position) for hit in self.hits]


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
