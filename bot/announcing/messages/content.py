"""What an announcement says: read from the database, summarised in a thread, and cached for the next channel."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.show_notes.blurb import blurb
from bot.summaries.mentions import Around, Show
from bot.summaries.summarizer import Summary, summarise
from bot.text.tokenizer import normal_words
from storage.engine.database import Database
from storage.models import Announcement, Episode, SpokenTurn
from storage.tables.episodes import AnnouncedEpisode, chapters_of, list_episodes, read_announced_episode
from storage.tables.transcripts import episode_turns

# An episode goes to many channels in a row, and is hardly ever asked for again after that.
KEPT = 16
# How many other episodes tell which words and sentences are common in the show: more would change little.
COMPARED = 6

Turns = Sequence[SpokenTurn]


class AnnouncementLoader:
    """Loads announcements, and keeps the last few; one whose episode has changed is made again."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[int, tuple[AnnouncedEpisode, Announcement]] = OrderedDict()
        # Many channels ask for the same episode at once: the first does the work, which is CPU-bound.
        self._lock = asyncio.Lock()

    async def load(self, episode_id: int) -> Announcement | None:
        """The announcement of an episode as it is now; None if it is not stored."""
        stored = await read_announced_episode(self._db, episode_id, datetime.now(UTC))
        if stored is None:
            return None
        async with self._lock:
            kept = self._kept.get(episode_id)
            if kept is None or kept[0] != stored:
                # A turn that changes between the reads changes the revision, so that the next call notices.
                turns = await episode_turns(self._db, episode_id)
                others = await self._others(stored)
                spoken = [await episode_turns(self._db, one.id) for one in others if turns and one.turn_count]
                titles = await self._chapter_titles(others)
                kept = (stored, await asyncio.to_thread(_announcement, stored, turns, others, spoken, titles))
                self._kept[episode_id] = kept
            self._kept.move_to_end(episode_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return kept[1]

    async def _chapter_titles(self, episodes: Sequence[Episode]) -> frozenset[str]:
        chapters = await chapters_of(self._db, [one.id for one in episodes])
        return frozenset(one.title for each in chapters.values() for one in each)

    async def _others(self, stored: AnnouncedEpisode) -> list[Episode]:
        """The newest other episodes of the podcast."""
        newest = await list_episodes(self._db, [stored.episode.podcast_id], limit=COMPARED + 1)
        return [one for one in newest if one.id != stored.episode.id][:COMPARED]


def _announcement(
    stored: AnnouncedEpisode,
    turns: Turns,
    others: Sequence[Episode],
    spoken_in_others: Sequence[Turns],
    usual_titles: frozenset[str],
) -> Announcement:
    episode, chapters, language = stored.episode, stored.chapters, stored.language
    spoken = [one.as_turn() for one in turns]
    people = tuple({*stored.guests, *(one.speaker for one in turns if one.speaker)})
    around = Around(episode.title, episode.intro, people)
    show = Show(episode.podcast_title, _word_counts(spoken_in_others), language, usual_titles)
    summary = summarise(chapters, spoken, around, show) if spoken else Summary((), ())
    return Announcement(
        episode=episode,
        guests=stored.guests,
        blurb=blurb(episode.intro, episode.title, others=[one.intro for one in others], language=language),
        chapters=chapters,
        lines=stored.lines,
        mentioned=summary.mentioned,
        overview=stored.overview,
        quotations=summary.quotations,
        withdrawn=stored.withdrawn,
    )


def _word_counts(others: Sequence[Turns]) -> Mapping[str, int]:
    return Counter(word for turns in others for one in turns for word in normal_words(one.text))
