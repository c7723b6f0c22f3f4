"""What announcements are made of: read, worked out beside the event loop, and kept for the next destination."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from storage.database import Database
from storage.episodes import Announced, read_announced
from storage.models import Announcement, Chapter, SaidLine, SpokenTurn, Turn
from storage.transcripts import episode_turns

# An episode goes to many channels one after another; of others hardly any is asked for again.
KEPT = 16


class Summary(Protocol):
    """What is said in an episode: a line or None for each chapter, and some for the whole of it."""

    @property
    def lines(self) -> Sequence[SaidLine | None]:
        """By chapter."""

    @property
    def overall(self) -> Sequence[SaidLine]:
        """Of the whole episode."""


# Of the episode's title, its chapters and its turns.
Summarise = Callable[[str, Sequence[Chapter], Sequence[Turn]], Summary]
# Of the beginning of the notes: two or three sentences, "" where they say nothing.
Blurb = Callable[[str], str]


class Contents:
    """Gives what is announced of an episode, as it stands now; the last few are kept, and made anew on a change."""

    def __init__(self, db: Database, *, blurb: Blurb, summarise: Summarise | None) -> None:
        self._db = db
        self._blurb = blurb
        self._summarise = summarise
        self._kept: OrderedDict[int, tuple[Announced, Announcement]] = OrderedDict()
        # One at a time: many channels ask for the same episode at once, and the work is the processor's.
        self._working = asyncio.Lock()

    async def of(self, episode_id: int) -> Announcement | None:
        """What is announced of an episode; None where it is not stored."""
        told = await read_announced(self._db, episode_id)
        if told is None:
            return None
        async with self._working:
            kept = self._kept.get(episode_id)
            if kept is None or kept[0] != told:
                # A turn that changes meanwhile moves the revision: the next time finds these old.
                turns = await episode_turns(self._db, episode_id) if self._summarise is not None else []
                kept = (told, await asyncio.to_thread(self._make, told, turns))
                self._kept[episode_id] = kept
            self._kept.move_to_end(episode_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return kept[1]

    def _make(self, told: Announced, turns: Sequence[SpokenTurn]) -> Announcement:
        episode, chapters = told.episode, told.chapters
        said = [Turn(one.speaker, one.start_ms, one.end_ms, one.text, one.mark) for one in turns]
        summary = self._summarise(episode.title, chapters, said) if self._summarise and said else None
        return Announcement(
            episode=episode,
            guests=told.guests,
            blurb=self._blurb(episode.intro),
            chapters=chapters,
            lines=tuple(summary.lines) if summary else (None,) * len(chapters),
            summary=tuple(summary.overall) if summary else (),
        )
