"""Finding quotes: segments of each podcast, built when its transcripts moved, searched beside the event loop."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from bot.search.building import build_segments
from bot.search.field import Filter, Part
from bot.search.finding import search
from bot.search.moments import Moment
from bot.search.query import read_query
from bot.search.quoting import quote_of
from bot.search.segment import open_segment
from bot.search.verdict import SAID
from storage.models import Quote, SpokenTurn

_Answer = TypeVar("_Answer")
_THREADS = 2


class TurnSource(Protocol):
    """Where the turns come from."""

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        """For each of these podcasts (None: all) that has transcripts, their revision: it only grows."""
        ...

    async def turns(self, podcast_id: int) -> Sequence[SpokenTurn]:
        """All turns of a podcast, ordered by episode and position."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search may see; None means no limit.

    An empty set of podcasts sees nothing. `speaker` is met by everybody whose name has all its words.
    """

    podcast_ids: frozenset[int] | None = None
    episode_id: int | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Built:
    """The segments of a podcast, of the transcripts as they stood at `revision`."""

    revision: int
    parts: tuple[Part, ...]
    turns: Mapping[tuple[int, int], SpokenTurn]


class QuoteSearch:
    """Finds who said something, and when."""

    def __init__(self, source: TurnSource) -> None:
        self._source = source
        self._folder = TemporaryDirectory(prefix="earmark-search-")
        self._built: dict[int, _Built] = {}
        self._building: dict[int, asyncio.Lock] = {}
        self._workers = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")

    async def find(self, words: str, scope: Scope = Scope(), *, limit: int = 5) -> list[Quote]:
        """The best distinct moments, best first; empty when it was never said."""
        query = read_query(words)
        if not query.words or limit <= 0:
            return []
        revisions = await self._revisions(scope.podcast_ids)
        built = {
            podcast_id: await self._index(podcast_id, revision) for podcast_id, revision in revisions.items()
        }
        parts = [part for podcast in built.values() for part in podcast.parts]
        episodes = None if scope.episode_id is None else frozenset({scope.episode_id})
        work = partial(search, parts, query, Filter(episodes, scope.speaker), limit=limit)
        moments = [moment for moment in await self._run(work) if moment.score >= SAID]
        quotes = [quote_of(moment, _turns_of(built[moment.podcast_id], moment)) for moment in moments]
        return [quote for quote in quotes if quote is not None]

    async def warm(self) -> None:
        """Build ahead."""
        for podcast_id, revision in (await self._revisions(None)).items():
            await self._index(podcast_id, revision)

    def close(self) -> None:
        """Let the threads go; what still waits for them is cancelled."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._built.clear()
        self._folder.cleanup()

    async def _revisions(self, podcast_ids: frozenset[int] | None) -> Mapping[int, int]:
        if podcast_ids is not None and not podcast_ids:
            return {}
        revisions = await self._source.revisions(podcast_ids)
        # A podcast that is gone takes its segments with it.
        for podcast_id in tuple(self._built) if podcast_ids is None else podcast_ids:
            if podcast_id not in revisions:
                self._built.pop(podcast_id, None)
                self._building.pop(podcast_id, None)
        return revisions

    async def _index(self, podcast_id: int, revision: int) -> _Built:
        """The segments of a podcast as it stands at `revision`, or later."""
        async with self._building.setdefault(podcast_id, asyncio.Lock()):
            built = self._built.get(podcast_id)
            if built is None or built.revision < revision:
                turns = await self._source.turns(podcast_id)
                parts = await self._run(partial(_build, Path(self._folder.name), podcast_id, turns))
                by_place = {(turn.episode_id, turn.position): turn for turn in turns}
                built = self._built[podcast_id] = _Built(revision, parts, by_place)
        return built

    async def _run(self, work: Callable[[], _Answer]) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)


def _build(folder: Path, podcast_id: int, turns: Sequence[SpokenTurn]) -> tuple[Part, ...]:
    parts = []
    for path in build_segments(folder, turns):
        parts.append(Part(podcast_id, open_segment(path)))
        path.unlink(missing_ok=True)  # what is open is still read
    return tuple(parts)


def _turns_of(built: _Built, moment: Moment) -> list[SpokenTurn]:
    positions = range(moment.first_position, moment.last_position + 1)
    return [built.turns[moment.episode_id, position] for position in positions]
