"""Finding quotes: one index a podcast, built when its transcripts moved, searched beside the event loop."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from bot.search.index import PodcastIndex
from bot.search.searching import read_query, search
from storage.models import Quote, SpokenTurn

_Answer = TypeVar("_Answer")


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
    """The index of a podcast, of the transcripts as they stood at `revision`."""

    revision: int
    index: PodcastIndex


class QuoteSearch:
    """Finds who said something, and when.

    It keeps the indexes of the podcasts asked for last, up to `max_words` words in all (about 20 bytes a word
    beside the texts themselves); a podcast that alone has more is still searched. Building and searching run
    in one thread, so they are never in each other's way, and an index needs no lock.
    """

    def __init__(self, source: TurnSource, *, max_words: int = 1_500_000) -> None:
        self._source = source
        self._max_words = max_words
        self._built: OrderedDict[int, _Built] = OrderedDict()
        self._building: dict[int, asyncio.Lock] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="search")

    async def find(self, words: str, scope: Scope = Scope(), *, limit: int = 5) -> list[Quote]:
        """The best distinct moments, best first; empty when it was never said."""
        query = read_query(words, scope.episode_id, scope.speaker)
        if not query.words or limit <= 0:
            return []
        quotes: list[Quote] = []
        for podcast_id, revision in (await self._revisions(scope.podcast_ids)).items():
            index = await self._index(podcast_id, revision)
            quotes += await self._run(partial(search, index, query, limit))
        quotes.sort(key=lambda quote: (-quote.score, -quote.episode_id))
        return quotes[:limit]

    async def warm(self) -> None:
        """Build indexes ahead, as many as may be kept."""
        for podcast_id, revision in (await self._revisions(None)).items():
            if self._words() >= self._max_words:
                return
            await self._index(podcast_id, revision)

    def close(self) -> None:
        """Let the thread go; what still waits for it is cancelled."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._built.clear()

    async def _revisions(self, podcast_ids: frozenset[int] | None) -> Mapping[int, int]:
        if podcast_ids is not None and not podcast_ids:
            return {}
        revisions = await self._source.revisions(podcast_ids)
        # A podcast that is gone takes its index with it.
        for podcast_id in tuple(self._built) if podcast_ids is None else podcast_ids:
            if podcast_id not in revisions:
                self._built.pop(podcast_id, None)
                self._building.pop(podcast_id, None)
        return revisions

    async def _index(self, podcast_id: int, revision: int) -> PodcastIndex:
        """The index of a podcast as it stands at `revision`, or later."""
        async with self._building.setdefault(podcast_id, asyncio.Lock()):
            built = self._built.get(podcast_id)
            if built is None or built.revision < revision:
                turns = await self._source.turns(podcast_id)
                built = _Built(revision, await self._run(partial(PodcastIndex, turns)))
                self._built[podcast_id] = built
            self._built.move_to_end(podcast_id)
            self._forget_oldest()
        return built.index

    def _forget_oldest(self) -> None:
        while len(self._built) > 1 and self._words() > self._max_words:
            self._built.popitem(last=False)

    def _words(self) -> int:
        return sum(built.index.word_count for built in self._built.values())

    async def _run(self, work: Callable[[], _Answer]) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)
