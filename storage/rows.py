"""Writes that several transactions share. They take a connection, and so are for `storage` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Chapter, TranscriptSource, Turn
from storage.schema import chapter, episode, turn

# Parameters are bound on the event loop: this many take about a millisecond, and in between others run.
ROWS_AT_ONCE = 250
Row = dict[str, Any]
# What an Integer column holds on PostgreSQL.
MAX_INT = 2**31 - 1


async def insert_new(connection: AsyncConnection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with the same unique values stands; whether it was inserted."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    result = await connection.execute(insert(table).values(**values).on_conflict_do_nothing())
    return bool(result.rowcount)


async def replace_chapters(connection: AsyncConnection, episode_id: int, chapters: Sequence[Chapter]) -> None:
    """Make these the chapters of the episode."""
    await connection.execute(chapter.delete().where(chapter.c.episode_id == episode_id))
    await insert_many(connection, chapter, chapter_rows(episode_id, chapters))


def chapter_rows(episode_id: int, chapters: Sequence[Chapter]) -> list[Row]:
    """The chapters of an episode as rows."""
    return [
        {"episode_id": episode_id, "position": position, "start_ms": one.start_ms, "title": one.title}
        for position, one in enumerate(chapters)
        if 0 <= one.start_ms <= MAX_INT
    ]


async def replace_turns(
    connection: AsyncConnection, episode_id: int, source: TranscriptSource, turns: Sequence[Turn]
) -> None:
    """Make these the turns of the episode."""
    await connection.execute(turn.delete().where(turn.c.episode_id == episode_id))
    await insert_many(connection, turn, turn_rows(episode_id, turns))
    await connection.execute(
        episode.update().where(episode.c.id == episode_id).values(transcript_source=source)
    )


def turn_rows(episode_id: int, turns: Sequence[Turn]) -> list[Row]:
    """The turns of an episode as rows."""
    return [
        {
            "episode_id": episode_id,
            "position": position,
            "speaker": one.speaker,
            "start_ms": _bounded(one.start_ms),
            "end_ms": _bounded(one.end_ms),
            "text": one.text,
        }
        for position, one in enumerate(turns)
    ]


def _bounded(milliseconds: int | None) -> int | None:
    return milliseconds if milliseconds is not None and 0 <= milliseconds <= MAX_INT else None


async def insert_many(connection: AsyncConnection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows, some at once."""
    for first in range(0, len(rows), ROWS_AT_ONCE):
        await connection.execute(table.insert(), rows[first : first + ROWS_AT_ONCE])
