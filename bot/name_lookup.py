"""Finds what is stored by the names that people type, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import lru_cache

from bot.lookup import LookupFailedError
from bot.lookup.choosing import COMPARED, Choice, choose, rank
from bot.lookup.episode_numbers import typed_number
from bot.lookup.name_index import Nameable, NameIndex, TypedName
from bot.lookup.name_words import name_words
from bot.name_indexes import NameIndexes, as_nameable
from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.names import episodes_called
from storage.tables.podcasts import followed_podcasts
from storage.tables.transcripts import speakers

MAX_SPEAKERS = 2_000
UNREAD = "The names of the episodes are still being read: try again in a moment."
# While somebody types, more is offered than what fits.
OFFERED_FROM = 0.35


class NameLookup:
    """Finds podcasts, episodes and speakers by name.

    Episodes' names that are not read after `waits_s` seconds are found by what the database alone makes of them.
    """

    def __init__(self, db: Database, waits_s: float | None = None) -> None:
        self._db = db
        self._waits_s = waits_s
        self._episodes = NameIndexes(db)

    async def warm(self) -> None:
        """Make the indexes ahead of time, with rests between them."""
        await self._episodes.warm(await followed_podcasts(self._db))

    async def close(self) -> None:
        """End what is being made ahead of time."""
        await self._episodes.close()

    async def podcast(self, text: str, podcasts: Sequence[Podcast]) -> Choice:
        """Which of these podcasts is meant."""
        return await asyncio.to_thread(lambda: choose(text, [_podcasts_index(podcasts)]))

    async def podcasts_like(self, typed: str, podcasts: Sequence[Podcast]) -> list[int]:
        """The ids of those that fit what somebody is typing, best first; all before they have typed."""
        if not name_words(typed):
            return [one.id for one in podcasts]
        return await asyncio.to_thread(lambda: _fitting(typed, [_podcasts_index(podcasts)]))

    async def episode(self, text: str, podcasts: Sequence[Podcast]) -> Choice:
        """Which episode of these podcasts is meant. Raises LookupFailedError where nothing fits of what is read."""
        indexes, complete = await self._indexes(text, podcasts)
        choice = await asyncio.to_thread(choose, text, indexes)
        if complete:
            return choice
        if choice.found is None and not choice.offered:
            raise LookupFailedError(UNREAD)
        # What is not read yet may fit better.
        return Choice(offered=(choice.found,)) if choice.found is not None else choice

    async def episodes_like(self, typed: str, podcasts: Sequence[Podcast]) -> list[int]:
        """The ids of the episodes that fit what somebody is typing, best first."""
        indexes, _ = await self._indexes(typed, podcasts)
        return await asyncio.to_thread(_fitting, typed, indexes)

    async def speaker(
        self, text: str, podcast_ids: Collection[int], episode_id: int | None = None
    ) -> tuple[Choice, list[str]]:
        """Who is meant of those who speak there, by their place in the names that come with it."""
        names = await speakers(self._db, podcast_ids, episode_id=episode_id, limit=MAX_SPEAKERS)
        return await asyncio.to_thread(_speaker_meant, text, names), names

    async def speakers_like(
        self, typed: str, podcast_ids: Collection[int], episode_id: int | None = None
    ) -> list[str]:
        """The names of those who speak there and fit what somebody is typing, best first."""
        names = await speakers(self._db, podcast_ids, episode_id=episode_id, limit=MAX_SPEAKERS)
        if not name_words(typed):
            return names
        places = await asyncio.to_thread(lambda: _fitting(typed, [_speakers_index(names)]))
        return [names[place] for place in places]

    async def _indexes(self, typed: str, podcasts: Sequence[Podcast]) -> tuple[list[NameIndex], bool]:
        """The indexes of their episodes, and whether they are all there. In place of those that are not, one of what
        the database finds by itself.
        """
        indexes, missing = await self._episodes.of(podcasts, self._waits_s)
        if not missing:
            return indexes, True
        number = typed_number(typed)
        called = await episodes_called(
            self._db, missing, typed.strip(), number.number if number else None, COMPARED
        )
        return [*indexes, NameIndex(as_nameable(called))], False


def _podcasts_index(podcasts: Sequence[Podcast]) -> NameIndex:
    return _index_of(tuple((one.id, one.title) for one in podcasts))


def _speakers_index(names: Sequence[str]) -> NameIndex:
    return _index_of(tuple(enumerate(names)))


@lru_cache(maxsize=8)
def _index_of(names: tuple[tuple[int, str], ...]) -> NameIndex:
    """Kept from one letter that somebody types to the next."""
    return NameIndex(Nameable(*one) for one in names)


def _speaker_meant(text: str, names: Sequence[str]) -> Choice:
    choice = choose(text, [_speakers_index(names)])
    # Feeds write one name in several ways; the search finds all of them by any.
    ways = {tuple(name_words(names[place])): place for place in reversed(choice.offered)}
    return Choice(found=choice.offered[0]) if len(ways) == 1 and len(choice.offered) > 1 else choice


def _fitting(typed: str, indexes: Sequence[NameIndex]) -> list[int]:
    return [one.id for one in rank(TypedName(typed, unfinished=True), indexes) if one.score >= OFFERED_FROM]
