"""Finds what is stored by the names that people type: the indexes of names, and who asks them off the event loop."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence

from bot.lookup.choosing import Choice, choose, rank
from bot.lookup.name_index import Nameable, NameIndex, TypedName
from bot.lookup.name_words import name_words
from bot.lookup.word_likeness import NameVocabulary
from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.names import EpisodeName, episode_names, names_revision
from storage.tables.transcripts import speakers

# Some 500 bytes each; the indexes of podcasts that were asked for longest ago are made again when they are needed.
KEPT_NAMES = 150_000
MAX_SPEAKERS = 2_000
# Many voices are no sign of who an episode is with.
MAX_PEOPLE = 12


class NameLookup:
    """Finds podcasts, episodes and speakers by name, and keeps the indexes of episodes' names."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[int, tuple[tuple[int, int], NameIndex]] = OrderedDict()
        # What is typed is compared once with each word of all names.
        self._vocabulary = NameVocabulary()
        # One podcast is read at a time, and by one asker.
        self._reading = asyncio.Lock()

    async def podcast(self, text: str, podcasts: Sequence[Podcast]) -> Choice:
        """Which of these podcasts is meant."""
        return await asyncio.to_thread(lambda: choose(text, [_podcasts_index(podcasts)]))

    async def podcasts_like(self, typed: str, podcasts: Sequence[Podcast]) -> list[int]:
        """The ids of those that fit what somebody is typing, best first; all before they have typed."""
        if not name_words(typed):
            return [one.id for one in podcasts]
        return await asyncio.to_thread(lambda: _fitting(typed, [_podcasts_index(podcasts)]))

    async def episode(self, text: str, podcasts: Sequence[Podcast]) -> Choice:
        """Which episode of these podcasts is meant."""
        indexes = await self._indexes(podcasts)
        return await asyncio.to_thread(choose, text, indexes)

    async def episodes_like(self, typed: str, podcasts: Sequence[Podcast]) -> list[int]:
        """The ids of the episodes that fit what somebody is typing, best first."""
        indexes = await self._indexes(podcasts)
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

    async def _indexes(self, podcasts: Sequence[Podcast]) -> list[NameIndex]:
        indexes = [await self._index(one) for one in podcasts]
        while sum(len(index) for _, index in self._kept.values()) > KEPT_NAMES and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return [index for index in indexes if index is not None]

    async def _index(self, podcast: Podcast) -> NameIndex | None:
        async with self._reading:
            revision = await names_revision(self._db, podcast.id)
            kept = self._kept.get(podcast.id)
            if revision is None:
                self._kept.pop(podcast.id, None)
                return None
            if kept is None or kept[0] != revision:
                names = await episode_names(self._db, podcast.id)
                kept = (
                    revision,
                    await asyncio.to_thread(_episodes_index, names, podcast.title, self._vocabulary),
                )
                self._kept[podcast.id] = kept
            self._kept.move_to_end(podcast.id)
            return kept[1]


def _episodes_index(names: Sequence[EpisodeName], of: str, vocabulary: NameVocabulary) -> NameIndex:
    nameable = (Nameable(one.id, one.title, one.people[:MAX_PEOPLE], one.number, one.season) for one in names)
    return NameIndex(nameable, of, vocabulary)


def _podcasts_index(podcasts: Sequence[Podcast]) -> NameIndex:
    return NameIndex(Nameable(one.id, one.title) for one in podcasts)


def _speakers_index(names: Sequence[str]) -> NameIndex:
    return NameIndex(Nameable(place, name) for place, name in enumerate(names))


def _speaker_meant(text: str, names: Sequence[str]) -> Choice:
    choice = choose(text, [_speakers_index(names)])
    # Feeds write one name in several ways; the search finds all of them by any.
    ways = {tuple(name_words(names[place])): place for place in reversed(choice.offered)}
    return Choice(found=choice.offered[0]) if len(ways) == 1 and len(choice.offered) > 1 else choice


def _fitting(typed: str, indexes: Sequence[NameIndex]) -> list[int]:
    return [one.id for one in rank(TypedName(typed, unfinished=True), indexes) if one.score >= OFFERED_FROM]


# While somebody types, more is offered than what fits.
OFFERED_FROM = 0.35
