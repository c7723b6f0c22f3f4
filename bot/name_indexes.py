"""Keeps the indexes of episodes' names: made off the event loop, one at a time, and anew when names change."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.lookup.name_index import Nameable, NameIndex
from bot.lookup.word_likeness import NameVocabulary
from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.names import EpisodeName, episode_names, names_revisions

# Some 50 bytes each, of some ten a name; the indexes that were asked for longest ago are made again when needed.
KEPT_WORDS = 1_500_000
# So many different words, some 200 bytes each, may be those of names that are gone.
KEPT_UNUSED = 50_000
# Many voices are no sign of who an episode is with.
MAX_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class _Kept:
    revision: tuple[int, int]
    index: NameIndex


class NameIndexes:
    """The indexes of the names of podcasts' episodes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        # What is typed is compared once with each word of all names.
        self._vocabulary = NameVocabulary()
        self._making: dict[int, asyncio.Task[NameIndex | None]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def of(
        self, podcasts: Sequence[Podcast], within_s: float | None = None
    ) -> tuple[list[NameIndex], list[int]]:
        """The indexes of these podcasts, and the ids of those whose index is not there after `within_s` seconds: it
        goes on being made. Until then one that has become old is better than none.
        """
        revisions = await names_revisions(self._db, [one.id for one in podcasts])
        there = [one for one in podcasts if one.id in revisions]
        found = {one.id: self._kept[one.id].index for one in there if one.id in self._kept}
        making = {one.id: self._make(one) for one in there if self._is_old(one.id, revisions[one.id])}
        if making:
            await asyncio.wait(making.values(), timeout=within_s)
        for podcast_id, task in making.items():
            if task.done() and (index := task.result()) is not None:
                found[podcast_id] = index
        for podcast_id in found.keys() & self._kept.keys():
            self._kept.move_to_end(podcast_id)
        indexes = [found[one.id] for one in there if one.id in found]
        return indexes, [one.id for one in there if one.id not in found]

    async def warm(self, podcasts: Sequence[Podcast]) -> None:
        """Make those that are missing, as long as there is room, and rest after each as long as it took."""
        revisions = await names_revisions(self._db, [one.id for one in podcasts])
        for podcast in podcasts:
            if self._word_count() > KEPT_WORDS // 2:
                return
            if podcast.id in revisions and self._is_old(podcast.id, revisions[podcast.id]):
                began = time.monotonic()
                await asyncio.wait([self._make(podcast)])
                await asyncio.sleep(time.monotonic() - began)

    async def close(self) -> None:
        """End what is being made."""
        making = list(self._making.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    def _is_old(self, podcast_id: int, revision: tuple[int, int]) -> bool:
        kept = self._kept.get(podcast_id)
        return kept is None or kept.revision != revision

    def _make(self, podcast: Podcast) -> asyncio.Task[NameIndex | None]:
        task = self._making.get(podcast.id)
        if task is None:
            task = self._making[podcast.id] = asyncio.create_task(self._made(podcast), name="names")
            task.add_done_callback(lambda done: self._end(podcast.id, done))
        return task

    def _end(self, podcast_id: int, task: asyncio.Task[NameIndex | None]) -> None:
        del self._making[podcast_id]
        if not task.cancelled():
            # Nobody may be waiting any more; who asks next is told.
            task.exception()

    async def _made(self, podcast: Podcast) -> NameIndex | None:
        async with self._one_at_a_time:
            revision = (await names_revisions(self._db, [podcast.id])).get(podcast.id)
            if revision is None:
                self._kept.pop(podcast.id, None)
                return None
            names = await episode_names(self._db, podcast.id)
            if len(self._vocabulary) > KEPT_UNUSED + 2 * sum(
                one.index.different_words for one in self._kept.values()
            ):
                self._kept.clear()
                self._vocabulary = NameVocabulary()
            index = await asyncio.to_thread(_episodes_index, names, podcast.title, self._vocabulary)
            self._kept[podcast.id] = _Kept(revision, index)
            self._kept.move_to_end(podcast.id)
            while self._word_count() > KEPT_WORDS and len(self._kept) > 1:
                self._kept.popitem(last=False)
            return index

    def _word_count(self) -> int:
        return sum(one.index.word_count for one in self._kept.values())


def as_nameable(names: Collection[EpisodeName]) -> list[Nameable]:
    """Episodes as an index takes them."""
    return [Nameable(one.id, one.title, one.people[:MAX_PEOPLE], one.number, one.season) for one in names]


def _episodes_index(names: Sequence[EpisodeName], of: str, vocabulary: NameVocabulary) -> NameIndex:
    return NameIndex(as_nameable(names), of, vocabulary)
