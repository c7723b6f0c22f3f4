"""Writes that several transactions have in common. They take a connection, so they are for `storage` alone."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Chapter, ChapterSource, Person, Status, TranscriptSource, Turn
from storage.tables.column_types import clean
from storage.tables.schema import chapter, episode, indexed_episode, person, speaker, turn

# Parameters are bound on the event loop: this many take about a millisecond, and others run in between.
ROWS_AT_ONCE = 250
Row = dict[str, Any]
# The largest value of an Integer column on PostgreSQL.
MAX_INT = 2**31 - 1
TURNS_KEY_BITS = 62


def text_bytes(texts: Iterable[str]) -> int:
    """How many bytes these texts take when they are stored."""
    return min(MAX_INT, sum(len(one) if one.isascii() else len(clean(one).encode()) for one in texts))


async def insert_new(connection: AsyncConnection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one with the same unique values; whether it was inserted."""
    insert = insert_into(connection, table).values(**values).on_conflict_do_nothing()
    return bool((await connection.execute(insert)).rowcount)


def insert_into(connection: AsyncConnection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens to a row that is there already."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


async def replace_chapters(
    connection: AsyncConnection,
    episode_id: int,
    source: ChapterSource | None,
    chapters: Sequence[Chapter],
) -> None:
    """Replace the chapters of an episode."""
    await connection.execute(chapter.delete().where(chapter.c.episode_id == episode_id))
    await insert_many(connection, chapter, chapter_rows(episode_id, chapters))
    await connection.execute(
        episode.update().where(episode.c.id == episode_id).values(chapters_source=source)
    )


async def replace_persons(connection: AsyncConnection, episode_id: int, persons: Sequence[Person]) -> None:
    """Replace the people who take part in an episode."""
    await connection.execute(person.delete().where(person.c.episode_id == episode_id))
    await insert_many(connection, person, person_rows(episode_id, persons))


def person_rows(episode_id: int, persons: Sequence[Person]) -> list[Row]:
    """The people who take part in an episode as rows."""
    return [
        {"episode_id": episode_id, "position": position, "name": one.name, "role": one.role}
        for position, one in enumerate(persons)
    ]


def chapter_rows(episode_id: int, chapters: Sequence[Chapter]) -> list[Row]:
    """The chapters of an episode as rows."""
    return [
        {"episode_id": episode_id, "position": position, "start_ms": one.start_ms, "title": one.title}
        for position, one in enumerate(chapters)
        if 0 <= one.start_ms <= MAX_INT
    ]


async def replace_turns(
    connection: AsyncConnection,
    episode_id: int,
    source: TranscriptSource,
    turns: Sequence[Turn],
    choice: Status | None = None,
) -> None:
    """Replace the turns of an episode; `choice` says why these, where there were several transcripts."""
    await connection.execute(turn.delete().where(turn.c.episode_id == episode_id))
    await connection.execute(indexed_episode.delete().where(indexed_episode.c.episode_id == episode_id))
    await connection.execute(speaker.delete().where(speaker.c.episode_id == episode_id))
    await insert_turns(connection, {episode_id: turns})
    await connection.execute(
        episode.update()
        .where(episode.c.id == episode_id)
        .values(
            transcript_source=source,
            transcript_choice=choice,
            turns_key=new_turns_key(),
            turns_bytes=text_bytes(one.text for one in turns),
        )
    )


def new_turns_key() -> int:
    """A key for turns that have just been written."""
    return secrets.randbits(TURNS_KEY_BITS)


async def insert_turns(connection: AsyncConnection, turns: Mapping[int, Sequence[Turn]]) -> None:
    """Insert the turns of episodes that have none, by episode, and count the turns of each speaker."""
    await insert_many(
        connection,
        turn,
        [row for id_, turns_of_one in turns.items() for row in _turn_rows(id_, turns_of_one)],
    )
    await insert_many(
        connection,
        speaker,
        [row for id_, turns_of_one in turns.items() for row in _speaker_rows(id_, turns_of_one)],
    )


def _speaker_rows(episode_id: int, turns: Sequence[Turn]) -> list[Row]:
    counts: Counter[str] = Counter()
    for name, count in Counter(one.speaker for one in turns).items():
        if name and (stored := clean(name)):
            counts[stored] += count
    return [{"episode_id": episode_id, "name": name, "turns": count} for name, count in counts.items()]


def _turn_rows(episode_id: int, turns: Sequence[Turn]) -> list[Row]:
    return [
        {
            "episode_id": episode_id,
            "position": position,
            "speaker": one.speaker,
            "start_ms": _bounded(one.start_ms),
            "end_ms": _bounded(one.end_ms),
            "text": one.text,
            "mark": one.mark,
        }
        for position, one in enumerate(turns)
    ]


def _bounded(milliseconds: int | None) -> int | None:
    return milliseconds if milliseconds is not None and 0 <= milliseconds <= MAX_INT else None


async def insert_many(connection: AsyncConnection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows, in batches."""
    for first in range(0, len(rows), ROWS_AT_ONCE):
        await connection.execute(table.insert(), rows[first : first + ROWS_AT_ONCE])
