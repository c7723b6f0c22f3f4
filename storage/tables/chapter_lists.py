"""The lists of chapters of an episode: the best is shown, and the others are kept for when that changes."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Chapter, ChapterSource
from storage.models.chapter_lists import best_list
from storage.tables.bulk_writes import chapter_rows, insert_many, replace_chapters
from storage.tables.schema import chapter, episode, other_chapter

# What a feed's item itself brings: its newest list replaces the one before, whichever of the two that was.
_OF_THE_ITEM = frozenset({ChapterSource.PSC, ChapterSource.NOTES})

Lists = dict[ChapterSource, tuple[Chapter, ...]]


async def keep_list(
    connection: AsyncConnection, episode_id: int, source: ChapterSource | None, chapters: Sequence[Chapter]
) -> bool:
    """Store a list of an episode's chapters, and choose again which is shown; whether that list was written anew.

    Without a source, the choice alone is made again: the episode's length may be another one now.
    """
    stored = (
        await connection.execute(
            sa.select(episode.c.chapters_source, episode.c.duration_s)
            .where(episode.c.id == episode_id)
            .with_for_update()
        )
    ).one_or_none()
    if stored is None:
        return False
    shown = ChapterSource(stored.chapters_source) if stored.chapters_source else None
    others = await _others(connection, episode_id)
    if source is None and not others:
        return False
    lists = dict(others)
    if shown is not None:
        lists[shown] = await _shown(connection, episode_id)
    if source is not None and chapters:
        if source in _OF_THE_ITEM:
            lists = {one: listed for one, listed in lists.items() if one not in _OF_THE_ITEM}
        lists[source] = tuple(chapters)
    chosen = best_list(lists, stored.duration_s)
    if chosen is None:
        return False
    written = chosen is source or chosen is not shown
    if written:
        await replace_chapters(connection, episode_id, chosen, lists[chosen])
    left = {one: listed for one, listed in lists.items() if one is not chosen}
    if left != others:
        await _replace_others(connection, episode_id, left)
    return written


async def _shown(connection: AsyncConnection, episode_id: int) -> tuple[Chapter, ...]:
    query = (
        sa.select(chapter.c.start_ms, chapter.c.title)
        .where(chapter.c.episode_id == episode_id)
        .order_by(chapter.c.position)
    )
    return tuple(Chapter(*row) for row in await connection.execute(query))


async def _others(connection: AsyncConnection, episode_id: int) -> Lists:
    columns = other_chapter.c
    query = (
        sa.select(columns.source, columns.start_ms, columns.title)
        .where(columns.episode_id == episode_id)
        .order_by(columns.source, columns.position)
    )
    found: dict[ChapterSource, list[Chapter]] = {}
    for source, start_ms, title in await connection.execute(query):
        found.setdefault(ChapterSource(source), []).append(Chapter(start_ms, title))
    return {source: tuple(listed) for source, listed in found.items()}


async def _replace_others(connection: AsyncConnection, episode_id: int, lists: Lists) -> None:
    await connection.execute(other_chapter.delete().where(other_chapter.c.episode_id == episode_id))
    rows = [
        row | {"source": source}
        for source, chapters in lists.items()
        for row in chapter_rows(episode_id, chapters)
    ]
    await insert_many(connection, other_chapter, rows)
