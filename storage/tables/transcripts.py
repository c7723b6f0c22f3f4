"""Turns, and who speaks them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import SpokenTurn, Status, TranscriptSource, Turn, TurnMark
from storage.tables.bulk_writes import replace_turns
from storage.tables.follow_ups import ask_for_edits
from storage.tables.schema import episode, person, podcast, speaker, turn

# Rows are made into objects on the event loop: a page of 500 takes about 2 ms.
PAGE = 500


async def turns_revisions(db: Database, podcast_ids: Collection[int] | None) -> dict[int, int]:
    """The revision of the turns of these podcasts, or of all."""
    query = sa.select(podcast.c.id, podcast.c.turns_revision)
    if podcast_ids is not None:
        query = query.where(podcast.c.id.in_(podcast_ids))
    async with db.read() as connection:
        return {row.id: row.turns_revision for row in await connection.execute(query)}


async def turns_from(db: Database, episode_id: int, position: int) -> list[SpokenTurn]:
    """Up to `PAGE` turns of an episode, in order, from this position on."""
    query = (
        sa.select(turn)
        .where(turn.c.episode_id == episode_id, turn.c.position >= position)
        .order_by(turn.c.position)
        .limit(PAGE)
    )
    async with db.read() as connection:
        return [spoken_turn(row) for row in await connection.execute(query)]


async def episode_turns(db: Database, episode_id: int) -> list[SpokenTurn]:
    """The turns of one episode, in order."""
    query = (
        sa.select(turn)
        .where(turn.c.episode_id == episode_id)
        .order_by(turn.c.episode_id, turn.c.position)
        .limit(PAGE)
    )
    return await _paged(db, query)


def spoken_turn(row: Iterable[Any]) -> SpokenTurn:
    """The turn in a row of the table, whose columns are in the order of its fields."""
    episode_id, position, speaker, start_ms, end_ms, text, mark = row
    return SpokenTurn(episode_id, position, speaker, start_ms, end_ms, text, TurnMark(mark) if mark else None)


async def _paged(db: Database, query: sa.Select[tuple[object, ...]]) -> list[SpokenTurn]:
    found: list[SpokenTurn] = []
    async with db.read() as connection:
        while True:
            page = query
            if found:
                last = found[-1]
                page = query.where(
                    sa.tuple_(turn.c.episode_id, turn.c.position) > sa.tuple_(last.episode_id, last.position)
                )
            rows = (await connection.execute(page)).all()
            found += map(spoken_turn, rows)
            if len(rows) < PAGE:
                return found


async def speakers(
    db: Database, podcast_ids: Collection[int], *, episode_id: int | None = None, limit: int = 25
) -> list[str]:
    """The names of speakers, those with the most turns first."""
    query = (
        sa.select(speaker.c.name)
        .join_from(speaker, episode)
        .where(episode.c.podcast_id.in_(podcast_ids))
        .group_by(speaker.c.name)
        .order_by(sa.func.sum(speaker.c.turns).desc(), speaker.c.name)
        .limit(limit)
    )
    if episode_id is not None:
        query = query.where(speaker.c.episode_id == episode_id)
    async with db.read() as connection:
        return list((await connection.execute(query)).scalars())


async def people_of(db: Database, episode_id: int) -> list[str]:
    """The names of the people who take part in an episode, according to its feed."""
    query = sa.select(person.c.name).where(person.c.episode_id == episode_id).order_by(person.c.position)
    async with db.read() as connection:
        return list((await connection.execute(query)).scalars())


async def transcript_source(db: Database, episode_id: int) -> TranscriptSource | None:
    """Where the turns of an episode were read."""
    query = sa.select(episode.c.transcript_source).where(episode.c.id == episode_id)
    async with db.read() as connection:
        source = await connection.scalar(query)
        return TranscriptSource(source) if source else None


async def save_transcript(
    db: Database,
    episode_id: int,
    source: TranscriptSource,
    turns: Collection[Turn],
    *,
    instead_of: TranscriptSource | None = None,
    choice: Status | None = None,
) -> bool:
    """Replace the turns from `instead_of` by those of a published transcript; `choice` says why these were preferred.

    Returns False, and changes nothing, if the episode has turns from another source by now.
    """
    async with db.write() as connection:
        stored_source = (
            await connection.execute(
                sa.select(episode.c.transcript_source).where(episode.c.id == episode_id).with_for_update()
            )
        ).first()
        if stored_source is None or stored_source[0] != instead_of:
            # Another process was quicker, the episode's notes have a transcript by now, or it was deleted.
            return False
        await replace_turns(connection, episode_id, source, list(turns), choice)
        await connection.execute(
            podcast.update()
            .where(
                podcast.c.id
                == sa.select(episode.c.podcast_id).where(episode.c.id == episode_id).scalar_subquery()
            )
            .values(turns_revision=podcast.c.turns_revision + 1)
        )
        await ask_for_edits(connection, [episode_id], datetime.now(UTC), transcript=True)
        return True


async def record_choice(db: Database, episode_id: int, choice: Status) -> None:
    """Store why the current turns were preferred to others."""
    async with db.write() as connection:
        await connection.execute(
            episode.update().where(episode.c.id == episode_id).values(transcript_choice=choice)
        )
