"""What announcements are made of: read, worked out beside the event loop, and kept for the next destination."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.show_notes.blurb import blurb
from bot.summaries.summarizer import Summary, summarise
from bot.text.tokenizer import normal_words
from storage.engine.database import Database
from storage.models import Announcement, SpokenTurn, Turn
from storage.tables.episodes import Announced, list_episodes, read_announced
from storage.tables.transcripts import episode_turns

# An episode goes to many channels one after another; of others hardly any is asked for again.
KEPT = 16
# Episodes of the show that tell which words are common in it: more take longer and tell no more.
COMPARED = 6

Spoken = Sequence[SpokenTurn]


class AnnouncementLoader:
    """Gives what is announced of an episode, as it stands now; the last few are kept, and made anew on a change."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[int, tuple[Announced, Announcement]] = OrderedDict()
        # One at a time: many channels ask for the same episode at once, and the work is the processor's.
        self._working = asyncio.Lock()

    async def load(self, episode_id: int) -> Announcement | None:
        """What is announced of an episode; None where it is not stored."""
        told = await read_announced(self._db, episode_id, datetime.now(UTC))
        if told is None:
            return None
        async with self._working:
            kept = self._kept.get(episode_id)
            if kept is None or kept[0] != told:
                # A turn that changes meanwhile moves the revision: the next time finds these old.
                turns = await episode_turns(self._db, episode_id)
                others = await self._others(told) if turns else []
                kept = (told, await asyncio.to_thread(_made, told, turns, others))
                self._kept[episode_id] = kept
            self._kept.move_to_end(episode_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return kept[1]

    async def _others(self, told: Announced) -> list[Spoken]:
        newest = await list_episodes(self._db, [told.episode.podcast_id], limit=COMPARED + 1)
        return [
            await episode_turns(self._db, one.id)
            for one in newest
            if one.id != told.episode.id and one.turn_count
        ]


def _made(told: Announced, turns: Spoken, others: Sequence[Spoken]) -> Announcement:
    episode, chapters = told.episode, told.chapters
    said = [Turn(one.speaker, one.start_ms, one.end_ms, one.text, one.mark) for one in turns]
    summary = (
        summarise(episode.title, chapters, said, _said_often(others))
        if said
        else Summary((None,) * len(chapters), ())
    )
    return Announcement(
        episode=episode,
        guests=told.guests,
        blurb=blurb(episode.intro, episode.title),
        chapters=chapters,
        lines=summary.lines,
        summary=summary.overall,
        withdrawn=told.withdrawn,
    )


def _said_often(others: Sequence[Spoken]) -> Mapping[str, int]:
    return Counter(word for turns in others for one in turns for word in normal_words(one.text))
