"""A process that indexes one episode after the other for the search, and kills itself at a given step.

`python -m tests.e2e.indexing DATABASE FOLDER [STEP NUMBER]`; STEP is one of `STEPS`. It prints, as JSON, in which
episode each episode's words are found.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import quotes
from bot.quotes import QuoteFinder
from bot.search import podcast_index
from bot.search.index import segment_file
from bot.search.quote_search import Scope
from storage.engine.database import open_database, sqlite_url
from storage.models import TranscriptSource, Turn
from storage.tables import search_index
from storage.tables.episodes import list_episodes
from storage.tables.transcripts import save_transcript

# Before a file is complete; before and after a new segment is listed; before and after a merged one is.
STEPS = ("write", "list", "listed", "merge", "merged")
SAID = "the {} badger hummed beneath the bakery"
NAMES = ("first", "second", "third", "fourth", "fifth", "sixth")


def _die_at(step: str, number: int) -> Callable[[str], None]:
    left = {step: number}

    def passing(here: str) -> None:
        left[here] = left.get(here, 0) - 1
        if here == step and left[here] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return passing


def _arrange(passing: Callable[[str], None]) -> None:
    fsync, add, replace, merge = (
        os.fsync,
        search_index.add_segments,
        search_index.replace_segments,
        podcast_index.merge,
    )

    def noted_fsync(file: int) -> None:
        passing("write")
        fsync(file)

    async def noted_add(*asked: Any) -> int:
        passing("list")
        listed = await add(*asked)
        passing("listed")
        return listed

    async def noted_replace(*asked: Any) -> int:
        moved = await replace(*asked)
        passing("merged")
        return moved

    def noted_merge(*asked: Any) -> tuple[str, list[int]]:
        made = merge(*asked)
        passing("merge")
        return made

    segment_file.os.fsync = noted_fsync  # type: ignore[attr-defined]
    quotes.add_segments = noted_add  # type: ignore[attr-defined,assignment]
    quotes.replace_segments = noted_replace  # type: ignore[attr-defined,assignment]
    podcast_index.merge = noted_merge  # type: ignore[assignment]


async def index(database: Path, folder: Path) -> list[int]:
    """Store and index one episode after the other, and return the episodes in which each one's words are found."""
    db = await open_database(sqlite_url(database))
    finder = QuoteFinder(db, folder)
    try:
        await finder.warm()
        episodes = sorted((await list_episodes(db)), key=lambda one: one.id)
        for episode, name in zip(episodes, NAMES, strict=True):
            if not episode.turn_count:
                turn = Turn("Nell", 0, 9_000, SAID.format(name))
                await save_transcript(db, episode.id, TranscriptSource("vtt"), [turn])
            await finder.warm()
        found = [await finder.find(f'"{SAID.format(name)}"', Scope(), limit=1) for name in NAMES]
        return [hits[0].episode.id for hits in found]
    finally:
        await finder.close()
        await db.close()


def main(arguments: list[str]) -> None:
    database, folder, *death = arguments
    if death:
        _arrange(_die_at(death[0], int(death[1])))
    print(json.dumps(asyncio.run(index(Path(database), Path(folder)))))


if __name__ == "__main__":
    main(sys.argv[1:])
