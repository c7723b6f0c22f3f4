"""Finding quotes: the segments of each podcast on disk, searched beside the event loop."""

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
from bot.search.candidates.query import Query, read_query
from bot.search.highlighting import quote_of
from bot.search.hits import Moment
from bot.search.index.index_view import Filter, Part
from bot.search.index.segment_file import SegmentDamagedError, sweep, verify
from bot.search.podcast_index import Shelf, TurnSource
from bot.search.searcher import search
from storage.models import IndexState, Quote, Spoken, SpokenTurn

_Answer = TypeVar("_Answer")
# Podcasts whose segments stay open, those that were asked for last.
_MOST_SHELVES = 256
# Where turns move while they are searched, it is done again; in the end with what is there.
_TRIES = 4
# What no list names may be another process's that is about to be listed.
SWEPT_AFTER_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search may see; None means no limit.

    An empty set of podcasts sees nothing. `speaker` is met by everybody whose name has all its words. Of episodes
    those from `since` to before `until` are seen.
    """

    podcast_ids: frozenset[int] | None = None
    episode_id: int | None = None
    speaker: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def filter(self) -> Filter:
        """The same for segments of chosen podcasts."""
        return Filter(
            None if self.episode_id is None else frozenset({self.episode_id}),
            self.speaker,
            self.since.timestamp() if self.since else None,
            self.until.timestamp() if self.until else None,
        )


class QuoteSearch:
    """Finds who said something, and when.

    Segments lie in `folder`, a cache: the source says which of them count, and what is missing, stale or damaged is
    built anew from its turns. Any number of processes may share folder and source.
    """

    def __init__(self, source: TurnSource, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._shelves: OrderedDict[int, Shelf] = OrderedDict()
        self._locks: dict[int, asyncio.Lock] = {}
        self._merging: dict[int, asyncio.Task[None]] = {}
        # Building takes seconds where a podcast is new: no search waits behind another podcast's.
        self._indexing = ThreadPoolExecutor(1, thread_name_prefix="indexing")

    async def find(self, words: str, scope: Scope = Scope(), *, limit: int = 5) -> list[Quote]:
        """The best distinct moments, best first; empty when it was never said."""
        quotes, _ = await self.find_with_rows(words, scope, limit=limit)
        return quotes

    async def find_with_rows(
        self, words: str, scope: Scope = Scope(), *, limit: int = 5, least: float = SAID
    ) -> tuple[list[Quote], Spoken]:
        """The same, with what was read of them; with a lower `least` score guesses, too, at what was never said."""
        query = read_query(words)
        if not query.words or limit <= 0 or scope.podcast_ids == frozenset():
            return [], Spoken({})
        # What is at hand is searched first: whether it still stands is told by the reading of what was found.
        shelves = self._at_hand(scope.podcast_ids)
        for _ in range(_TRIES):
            parts = [part for one in shelves.values() for part in one.parts]
            finding = _Finding(parts, query, scope.filter(), limit, least)
            spoken = await self._source.spoken(finding, scope.podcast_ids)
            if spoken.revisions == {id_: one.revision for id_, one in shelves.items()}:
                break
            shelves = {id_: await self._shelf(id_, revision) for id_, revision in spoken.revisions.items()}
        quotes = [quote_of(moment, _turns_of(moment, spoken.turns)) for moment in finding.moments]
        return [quote for quote in quotes if quote is not None], spoken

    async def tidy(self) -> None:
        """Remove what a process that died left behind, once it is old enough to be nobody's work."""
        listed = await self._source.names()
        removed = await self._run(self._indexing, partial(_sweep_old, self._folder, listed))
        if removed:
            log.info("removed %d files of the search that nothing names", len(removed))

    async def warm(self) -> None:
        """Build and check ahead."""
        for podcast_id, revision in list((await self._source.revisions(None)).items())[:_MOST_SHELVES]:
            standing = await self._shelf(podcast_id, revision)
            if podcast_id in self._merging:
                await asyncio.wait({self._merging[podcast_id]})
                standing = await self._shelf(podcast_id, standing.revision + 1)
            await self._check(podcast_id, standing)

    def close(self) -> None:
        """Let the thread go; what still waits for it is cancelled."""
        for task in self._merging.values():
            task.cancel()
        self._indexing.shutdown(wait=False, cancel_futures=True)
        self._shelves.clear()

    def _at_hand(self, podcast_ids: frozenset[int] | None) -> dict[int, Shelf]:
        wanted = list(self._shelves) if podcast_ids is None else podcast_ids & self._shelves.keys()
        for podcast_id in wanted:
            self._shelves.move_to_end(podcast_id)
        return {podcast_id: self._shelves[podcast_id] for podcast_id in wanted}

    async def _shelf(self, podcast_id: int, revision: int) -> Shelf:
        """The segments of a podcast as it stands at `revision`, or later; built where they are missing."""
        async with self._locks.setdefault(podcast_id, asyncio.Lock()):
            standing = self._shelves.get(podcast_id)
            if standing is None or standing.revision < revision:
                standing = await self._put_up(podcast_id, standing)
                self._shelves[podcast_id] = standing
                if podcast_index.to_merge(standing):
                    self._merge_soon(podcast_id, standing)
            self._shelves.move_to_end(podcast_id)
            while len(self._shelves) > _MOST_SHELVES:
                forgotten, _ = self._shelves.popitem(last=False)
                self._locks.pop(forgotten, None)
        return standing

    async def _put_up(self, podcast_id: int, standing: Shelf | None) -> Shelf:
        await asyncio.to_thread(partial(self._folder.mkdir, parents=True, exist_ok=True))
        while True:
            state = await self._source.state(podcast_id)
            names = {one.segment for one in state.indexed if one.segment}
            opened = await self._run(
                self._indexing, partial(podcast_index.open_all, self._folder, names, standing)
            )
            if opened.broken:
                # Merged away by another process, unless the list still names it.
                await self._source.save(podcast_id, state.revision, {}, opened.broken)
            elif state.unindexed:
                await self._index(podcast_id, state)
            else:
                return Shelf(state.revision, podcast_index.parts_of(podcast_id, state, opened.segments))

    async def _index(self, podcast_id: int, state: IndexState) -> None:
        """Let episodes stand in a segment that stand in none, some at a time."""
        some = state.unindexed[: podcast_index.EPISODES_AT_ONCE]
        turns = await self._source.turns(some)
        added = await self._run(self._indexing, partial(podcast_index.build, self._folder, some, turns))
        await self._source.save(podcast_id, state.revision, added, [])

    def _merge_soon(self, podcast_id: int, standing: Shelf) -> None:
        if podcast_id not in self._merging:
            task = asyncio.create_task(self._merge(podcast_id, standing), name=f"merging {podcast_id}")
            self._merging[podcast_id] = task
            task.add_done_callback(lambda _: self._merging.pop(podcast_id, None))

    async def _merge(self, podcast_id: int, standing: Shelf) -> None:
        """Make one of many segments, beside all else. Whoever searches the old ones still reads them."""
        parts = podcast_index.to_merge(standing)
        try:
            state = await self._source.state(podcast_id)
            order = {one.id: place for place, one in enumerate(state.indexed)}
            work = partial(podcast_index.merge, self._folder, parts, order)
            name, episodes = await self._run(self._indexing, work)
            old = [part.segment.path.name for part in parts if part.segment.path.name != name]
            saved = await self._source.save(podcast_id, standing.revision, {name: episodes}, old)
            if not saved and name in await self._source.names():
                return
            for unlisted in old if saved else [name]:
                await asyncio.to_thread((self._folder / unlisted).unlink, missing_ok=True)
        except Exception:
            # What was searched before is searched still, and the next one to be put up is merged again.
            log.exception("the segments of podcast %d can't be merged", podcast_id)

    async def _check(self, podcast_id: int, standing: Shelf) -> None:
        """Read every byte of a podcast's segments; what is damaged is built anew, and told."""
        for part in standing.parts:
            try:
                await self._run(self._indexing, partial(verify, part.segment.path))
            except (SegmentDamagedError, FileNotFoundError) as error:
                if part.segment.path.name not in await self._source.names():
                    # Merged with others meanwhile.
                    continue
                log.warning("podcast %d: a segment is built anew: %s", podcast_id, error)
                await self._source.save(podcast_id, standing.revision, {}, [part.segment.path.name])
                self._shelves.pop(podcast_id, None)
                part.segment.path.unlink(missing_ok=True)
                await self._shelf(podcast_id, standing.revision + 1)
                return

    @staticmethod
    async def _run(threads: ThreadPoolExecutor, work: Callable[[], _Answer]) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(threads, work)


class _Finding:
    """One search, run beside the event loop: what it found stays in `moments`."""

    def __init__(
        self, parts: Sequence[Part], query: Query, filter_: Filter, limit: int, least: float
    ) -> None:
        self._search = partial(search, parts, query, filter_, limit=limit)
        self._least = least
        self.moments: list[Moment] = []

    def __call__(self) -> list[tuple[int, int, int]]:
        self.moments = [moment for moment in self._search() if moment.score >= self._least]
        return [(one.episode_id, one.first_position, one.last_position) for one in self.moments]


def _turns_of(moment: Moment, turns: Mapping[tuple[int, int], SpokenTurn]) -> list[SpokenTurn]:
    positions = range(moment.first_position, moment.last_position + 1)
    found = [turns.get((moment.episode_id, position)) for position in positions]
    # Changed since: `quote_of` makes nothing of none.
    return [turn for turn in found if turn is not None] if all(found) else []


def _sweep_old(folder: Path, listed: Collection[str]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return sweep(folder, {*listed, *(path.name for path in folder.iterdir() if _is_young(path))})


def _is_young(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < SWEPT_AFTER_S
    except FileNotFoundError:
        return False
