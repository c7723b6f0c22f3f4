"""Transcripts and the list of segments in memory, for tests of the quote search."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from storage.models import FoundTurns, IndexedEpisode, IndexState, SpokenTurn

# Episode 20 is published 20 days after this.
DAY = datetime(2026, 1, 1, tzinfo=UTC)


class MemorySource:
    """A `TurnSource`. The ids of a podcast's episodes are ten times its own and more; `read` are those read."""

    def __init__(self) -> None:
        self.texts: dict[int, dict[int, list[str]]] = {}
        self.revision_of: dict[int, int] = {}
        self.keys: dict[int, int] = {}
        self.indexed: dict[int, str] = {}
        self.read: list[int] = []

    def put(self, podcast_id: int, *texts: str, episode: int = 0) -> int:
        """Store an episode with these turns, and return its id."""
        episode_id = podcast_id * 10 + episode
        self.texts.setdefault(podcast_id, {})[episode_id] = list(texts)
        self.indexed.pop(episode_id, None)
        self.keys[episode_id] = self.keys.get(episode_id, 0) + 1
        self._move_on(podcast_id)
        return episode_id

    def segments(self, podcast_id: int) -> set[str]:
        """The listed segments of a podcast."""
        return {name for one, name in self.indexed.items() if one // 10 == podcast_id and name}

    def _move_on(self, podcast_id: int) -> None:
        self.revision_of[podcast_id] = self.revision_of.get(podcast_id, 0) + 1

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        return {
            podcast_id: self.revision_of[podcast_id]
            for podcast_id in self.texts
            if podcast_ids is None or podcast_id in podcast_ids
        }

    async def state(self, podcast_id: int) -> IndexState:
        await asyncio.sleep(0)
        episodes = sorted(self.texts.get(podcast_id, {}))
        return IndexState(
            self.revision_of.get(podcast_id, 0),
            tuple(
                IndexedEpisode(one, DAY + timedelta(days=one), self.indexed[one], self.keys[one])
                for one in episodes
                if one in self.indexed
            ),
            {one: self.keys[one] for one in episodes if one not in self.indexed},
        )

    async def turns(self, episode_id: int, position: int) -> Sequence[SpokenTurn]:
        """One turn at a time."""
        if position == 0:
            self.read.append(episode_id)
        await asyncio.sleep(0)
        texts = self.texts[episode_id // 10].get(episode_id, [])
        return [
            SpokenTurn(episode_id, place, "Ann", 0, 1_000, texts[place])
            for place in range(position, min(position + 1, len(texts)))
        ]

    async def add(self, podcast_id: int, added: Mapping[str, Mapping[int, int]]) -> int:
        await asyncio.sleep(0)
        self._move_on(podcast_id)
        listed = {
            one: name
            for name, keys in added.items()
            for one, key in keys.items()
            if one not in self.indexed and self.keys.get(one) == key
        }
        self.indexed |= listed
        return len(listed)

    async def replace(
        self, podcast_id: int, old: Collection[str], merged: str, episode_ids: Collection[int]
    ) -> int:
        await asyncio.sleep(0)
        self._move_on(podcast_id)
        moved = [one for one in episode_ids if self.indexed.get(one) in old]
        self.indexed |= dict.fromkeys(moved, merged)
        return len(moved)

    async def forget(self, podcast_id: int, names: Collection[str]) -> int:
        await asyncio.sleep(0)
        self._move_on(podcast_id)
        gone = [one for one, name in self.indexed.items() if name in names and one in self.texts[podcast_id]]
        for one in gone:
            del self.indexed[one]
        return len(gone)

    async def names(self) -> Collection[str]:
        return set(self.indexed.values())

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> FoundTurns:
        ranges = await asyncio.to_thread(find)
        stored = {one: texts for of in self.texts.values() for one, texts in of.items()}
        found = {
            (one, place): SpokenTurn(one, place, "Ann", 0, 1_000, stored[one][place])
            for one, first, last in ranges
            if one in stored
            for place in range(first, min(last + 1, len(stored[one])))
        }
        keys = {one: self.keys[one] for one, _, _ in ranges if one in stored}
        return FoundTurns(await self.revisions(podcast_ids), found, keys=keys)
