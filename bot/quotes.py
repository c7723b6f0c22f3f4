"""Quotes as they are shown: what the search found, with its episode, its chapter and a link that plays it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.play_links import LEAD_IN_MS, play_link
from bot.search.calibration import SAID
from bot.search.quote_search import QuoteSearch, Scope
from storage.engine.database import Database
from storage.models import Chapter, Episode, FoundTurns, IndexState, Quote, SpokenTurn
from storage.tables.search_index import TurnRange, find_turns, index_state, save_segments, segment_names
from storage.tables.transcripts import turns_of_episodes, turns_revisions

# The lowest score of a quote that is offered as the closest match.
LEAST_GUESS = 0.03
# In the data folder; a cache that may be deleted.
SEARCH_FOLDER = "search"


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer to a search."""

    quote: Quote
    episode: Episode
    chapter: Chapter | None
    url: str | None


class StoredTurns:
    """The search's source of turns, and its list of index segments, both in the database (`TurnSource`)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        """The revision of each podcast's turns and segments."""
        return await turns_revisions(self._db, podcast_ids)

    async def state(self, podcast_id: int) -> IndexState:
        """Which episodes are in which segments."""
        return await index_state(self._db, podcast_id)

    async def turns(self, episode_ids: Sequence[int]) -> Sequence[SpokenTurn]:
        """All turns of these episodes."""
        return await turns_of_episodes(self._db, episode_ids)

    async def save(
        self, podcast_id: int, revision: int, added: Mapping[str, Collection[int]], removed: Collection[str]
    ) -> bool:
        """Store which segments are in use; False if the podcast's turns have moved on since `revision`."""
        return await save_segments(self._db, podcast_id, revision, added, removed)

    async def names(self) -> Collection[str]:
        """Every segment that is in use."""
        return await segment_names(self._db)

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> FoundTurns:
        """Run `find`, and read the episodes, chapters and turns of what it finds in one transaction."""
        return await find_turns(self._db, lambda: [TurnRange(*one) for one in find()], podcast_ids)


class QuoteFinder:
    """Searches the stored transcripts."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._search = QuoteSearch(StoredTurns(db), folder)

    async def warm(self) -> None:
        """Bring the index up to date ahead of the first search."""
        await self._search.warm()

    async def tidy(self) -> None:
        """Delete index files that are no longer in use."""
        await self._search.tidy()

    def close(self) -> None:
        """Let the search's threads end."""
        self._search.close()

    async def find(self, words: str, scope: Scope, *, limit: int) -> list[Hit]:
        """The moments where this was said, best first; empty if it never was."""
        return await self._hits(words, scope, limit, SAID)

    async def guess(self, words: str, scope: Scope) -> Hit | None:
        """The closest match for words that were never said; None if nothing is similar."""
        return next(iter(await self._hits(words, scope, 1, LEAST_GUESS)), None)

    async def _hits(self, words: str, scope: Scope, limit: int, least: float) -> list[Hit]:
        quotes, spoken = await self._search.find_with_rows(words, scope, limit=limit, least=least)
        return [
            hit_of(quote, spoken.episodes[quote.episode_id], spoken.chapters[quote.episode_id])
            for quote in quotes
            if quote.episode_id in spoken.episodes
        ]


def hit_of(quote: Quote, episode: Episode, chapters: Sequence[Chapter]) -> Hit:
    """A quote with its chapter and the link that plays it."""
    return Hit(
        quote,
        episode,
        chapter_at(chapters, quote.start_ms),
        play_link(episode, quote.start_ms, lead_in_ms=LEAD_IN_MS),
    )


def chapter_at(chapters: Sequence[Chapter], moment_ms: int | None) -> Chapter | None:
    """The chapter that is playing at this moment."""
    if moment_ms is None:
        return None
    place = bisect_right([chapter.start_ms for chapter in chapters], moment_ms)
    return chapters[place - 1] if place else None
