"""Quotes: what the search found, with its episode, its chapter and a link that plays it."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.play_links import LEAD_IN_MS, play_link
from bot.search.quote_search import ANSWERED_WITHIN_S, FoundQuotes, QuoteSearch, Scope
from bot.text.plurals import counted
from bot.transcripts.formats.registry import may_be_readable, published_formats
from storage.engine.database import Database
from storage.models import Chapter, Episode, FoundTurns, IndexState, Quote, SpokenTurn
from storage.tables.linked_files import MOST_DUE, due_transcripts
from storage.tables.search_index import (
    TurnRange,
    add_segments,
    find_turns,
    forget_segments,
    index_state,
    replace_segments,
    segment_names,
)
from storage.tables.transcripts import turns_from, turns_revisions

# The lowest score of a quote that is offered as the closest match.
LEAST_GUESS = 0.03
# In the data folder; a cache that may be deleted.
SEARCH_FOLDER = "search"
# On the command line an answer is whole, and waits for so long.
WHOLE_ANSWER_S = 600.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer to a search."""

    quote: Quote
    episode: Episode
    chapter: Chapter | None

    @property
    def url(self) -> str | None:
        """A link that plays it; None if there is none to show."""
        return play_link(self.episode, self.quote.start_ms, lead_in_ms=LEAD_IN_MS)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search, best first, and how many transcripts of what was searched are still being read."""

    hits: list[Hit]
    being_read: int = 0


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

    async def turns(self, episode_id: int, position: int) -> Sequence[SpokenTurn]:
        """A page of an episode's turns."""
        return await turns_from(self._db, episode_id, position)

    async def add(self, podcast_id: int, added: Mapping[str, Mapping[int, int]]) -> int:
        """List new segments, without the episodes whose turns are others by now."""
        return await add_segments(self._db, podcast_id, added)

    async def replace(
        self, podcast_id: int, old: Collection[str], merged: str, episode_ids: Collection[int]
    ) -> int:
        """List a merged segment in place of those that it was made of."""
        return await replace_segments(self._db, podcast_id, old, merged, episode_ids)

    async def forget(self, podcast_id: int, names: Collection[str]) -> int:
        """Take segments off the list."""
        return await forget_segments(self._db, podcast_id, names)

    async def names(self) -> Collection[str]:
        """Every segment that is in use."""
        return await segment_names(self._db)

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> FoundTurns:
        """Run `find`, and read the episodes, chapters and turns of what it finds in one transaction."""
        return await find_turns(self._db, lambda: [TurnRange(*one) for one in find()], podcast_ids)


class QuoteFinder:
    """Searches the stored transcripts; waits for `within_s` for those that are still to be indexed."""

    def __init__(self, db: Database, folder: Path, *, within_s: float = ANSWERED_WITHIN_S) -> None:
        self._db = db
        self._search = QuoteSearch(StoredTurns(db), folder, within_s=within_s)

    async def warm(self) -> None:
        """Bring the index up to date ahead of the first search."""
        # Finding them takes 75 ms, for which the first answer would hold up the event loop.
        await asyncio.to_thread(published_formats)
        await self._search.warm()

    async def keep_up(self) -> None:
        """Index in the background what has changed."""
        await self._search.keep_up()

    async def tidy(self) -> None:
        """Delete index files that are no longer in use."""
        await self._search.tidy()

    async def close(self) -> None:
        """End the search's background work."""
        await self._search.close()

    async def find(self, words: str, scope: Scope, *, limit: int) -> list[Hit]:
        """The moments where this was said, best first; empty if it never was."""
        return _hits(await self._search.search(words, scope, limit=limit))

    async def answer(self, words: str, scope: Scope, *, limit: int) -> Found:
        """The same, and how many transcripts that would count are still being read."""
        found = await self._search.search(words, scope, limit=limit)
        due = await due_transcripts(self._db, scope.podcast_ids)
        being_read = found.unread.union(
            episode_id for episode_id, mime_type in due if may_be_readable(mime_type)
        )
        # Of a podcast that could not be opened in time it isn't known what is in it, nor how many more wait.
        least = MOST_DUE if len(due) == MOST_DUE else int(found.partial)
        return Found(_hits(found), max(len(being_read), least))

    async def guess(self, words: str, scope: Scope) -> Hit | None:
        """The closest match for words that were never said; None if nothing is similar."""
        found = await self._search.search(words, scope, limit=1, least=LEAST_GUESS)
        return next(iter(_hits(found)), None)


def _hits(found: FoundQuotes) -> list[Hit]:
    episodes, chapters = found.rows.episodes, found.rows.chapters
    return [
        hit_of(quote, episodes[quote.episode_id], chapters[quote.episode_id])
        for quote in found.quotes
        if quote.episode_id in episodes
    ]


def still_being_read(transcripts: int) -> str:
    """The sentence that tells of transcripts which an answer does not know yet; "" if there are none."""
    if not transcripts:
        return ""
    at_least = "At least " if transcripts >= MOST_DUE else ""
    verb = "is" if transcripts == 1 else "are"
    return f"{at_least}{counted(transcripts, 'transcript')} {verb} still being read."


def hit_of(quote: Quote, episode: Episode, chapters: Sequence[Chapter]) -> Hit:
    """A quote with its chapter."""
    return Hit(quote, episode, chapter_at(chapters, quote.start_ms))


def chapter_at(chapters: Sequence[Chapter], moment_ms: int | None) -> Chapter | None:
    """The chapter that is playing at this moment."""
    if moment_ms is None:
        return None
    place = bisect_right([chapter.start_ms for chapter in chapters], moment_ms)
    return chapters[place - 1] if place else None
