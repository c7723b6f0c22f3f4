"""Writes a podcast's segments and lists what was written: new ones, and merged ones in place of several."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from bot.search import podcast_index
from bot.search.index.index_view import SegmentView
from bot.search.index.indexer import TurnCollector
from bot.search.index.segment import Segment
from bot.search.index.segment_file import verify
from bot.search.indexing_thread import IndexingThread
from bot.search.podcast_index import PodcastIndex, TurnSource

# A new segment gets episodes until it has so many words: building it takes about 80 bytes of memory a word.
_PIECE_WORDS = 250_000
_PIECE_EPISODES = 200


class IndexWriter:
    """Writes into `folder`, one file at a time, in a thread of its own."""

    def __init__(self, source: TurnSource, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._thread = IndexingThread()
        self._stopped = False

    @property
    def cpu_s(self) -> float:
        """Seconds of computing that building and merging have taken so far."""
        return self._thread.cpu_s

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped = True

    def close(self) -> None:
        """Stop, and let the thread end."""
        self.stop()
        self._thread.close()

    async def build(self, podcast_id: int, left: dict[int, int]) -> None:
        """Write a segment of the first of these episodes, given with the keys of their turns, and take them out.

        Turns are read a page at a time, so that a long transcript is never in memory as a whole. Raises OSError.
        """
        collector = TurnCollector()
        taken: dict[int, int] = {}
        for episode_id in list(left)[:_PIECE_EPISODES]:
            taken[episode_id] = left.pop(episode_id)
            position = 0
            while turns := await self._source.turns(episode_id, position):
                await self._thread.run(partial(collector.add, episode_id, turns))
                position = turns[-1].position + 1
                if self._stopped:
                    return
            if collector.words >= _PIECE_WORDS:
                break
        spoken = set(collector.episodes)
        added = {"": {one: key for one, key in taken.items() if one not in spoken}}
        if spoken:
            path = await self._thread.run(partial(_write, collector, self._folder))
            added[path.name] = {one: key for one, key in taken.items() if one in spoken}
        await self._source.add(podcast_id, added)

    async def merge(self, podcast_id: int, index: PodcastIndex, views: Sequence[SegmentView]) -> None:
        """Write one segment of several of an index. Searches that have the old ones open can still read them."""
        order = {episode_id: at for at, episode_id in enumerate(index.keys)}
        name, episodes = await self._thread.run(partial(podcast_index.merge, self._folder, views, order))
        old = [view.segment.name for view in views if view.segment.name != name]
        await self._source.replace(podcast_id, old, name, episodes)
        await self._unlink({*old, name} - set(await self._source.names()))

    async def forget(self, podcast_id: int, names: Collection[str]) -> int:
        """Delete segments that are missing or damaged, so that their episodes are indexed anew; how many."""
        forgotten = await self._source.forget(podcast_id, names)
        await self._unlink(names)
        return forgotten

    async def verify(self, segment: Segment) -> None:
        """Read the whole file. Raises SegmentDamagedError, FileNotFoundError."""
        await self._thread.run(partial(verify, segment.path))

    async def _unlink(self, names: Collection[str]) -> None:
        for name in names:
            with contextlib.suppress(IsADirectoryError):
                await self._thread.run(partial((self._folder / name).unlink, missing_ok=True))


def _write(collector: TurnCollector, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return collector.write(folder)
