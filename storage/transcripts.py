"""Turns: those that are stored, and the published transcripts still to be fetched."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from storage.database import Database
from storage.models import FileLink, PendingTranscript, SpokenTurn, TranscriptSource, Turn
from storage.rows import replace_turns
from storage.schema import episode, podcast, transcript_link, turn

# Rows become objects on the event loop: a page of 500 takes about 2 ms.
PAGE = 500


async def turns_revisions(db: Database, podcast_ids: Collection[int] | None) -> dict[int, int]:
    """The revision of each podcast's turns; of these podcasts where they are named."""
    query = sa.select(podcast.c.id, podcast.c.turns_revision)
    if podcast_ids is not None:
        query = query.where(podcast.c.id.in_(podcast_ids))
    async with db.read() as connection:
        return {row.id: row.turns_revision for row in await connection.execute(query)}


async def podcast_turns(db: Database, podcast_id: int) -> list[SpokenTurn]:
    """All turns of a podcast, by episode and position."""
    query = (
        sa.select(turn)
        .join_from(turn, episode)
        .where(episode.c.podcast_id == podcast_id)
        .order_by(turn.c.episode_id, turn.c.position)
        .limit(PAGE)
    )
    return await _paged(db, query)


async def episode_turns(db: Database, episode_id: int) -> list[SpokenTurn]:
    """The turns of one episode, in order."""
    query = (
        sa.select(turn)
        .where(turn.c.episode_id == episode_id)
        .order_by(turn.c.episode_id, turn.c.position)
        .limit(PAGE)
    )
    return await _paged(db, query)


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
            found += [
                SpokenTurn(row.episode_id, row.position, row.speaker, row.start_ms, row.end_ms, row.text)
                for row in rows
            ]
            if len(rows) < PAGE:
                return found


async def speakers(
    db: Database,
    podcast_ids: Collection[int],
    *,
    episode_id: int | None = None,
    containing: str = "",
    limit: int = 25,
) -> list[str]:
    """The names of those who speak, the most talkative first."""
    query = (
        sa.select(turn.c.speaker)
        .join_from(turn, episode)
        .where(episode.c.podcast_id.in_(podcast_ids), turn.c.speaker.is_not(None))
        .group_by(turn.c.speaker)
        .order_by(sa.func.count().desc(), turn.c.speaker)
        .limit(limit)
    )
    if episode_id is not None:
        query = query.where(turn.c.episode_id == episode_id)
    if containing:
        # Of each name once, not of each turn.
        query = query.having(turn.c.speaker.icontains(containing, autoescape=True))
    async with db.read() as connection:
        return [name for name in (await connection.execute(query)).scalars() if name]


async def pending_transcripts(
    db: Database, podcast_id: int, *, due_at: datetime | None, max_attempts: int | None, limit: int
) -> list[PendingTranscript]:
    """Published transcripts of episodes without turns, newest episodes first.

    Those that are due for a try then, and were not tried that often; None means no such bound.
    """
    query = (
        sa.select(
            transcript_link.c.episode_id,
            episode.c.title,
            transcript_link.c.position,
            transcript_link.c.url,
            transcript_link.c.mime_type,
            transcript_link.c.attempts,
        )
        .join_from(transcript_link, episode)
        .where(
            episode.c.podcast_id == podcast_id,
            episode.c.transcript_source.is_(None),
            sa.true() if max_attempts is None else transcript_link.c.attempts < max_attempts,
            sa.true()
            if due_at is None
            else sa.or_(transcript_link.c.next_try_at.is_(None), transcript_link.c.next_try_at <= due_at),
        )
        .order_by(episode.c.sorted_at.desc(), episode.c.id, transcript_link.c.position)
        .limit(limit)
    )
    async with db.read() as connection:
        return [
            PendingTranscript(
                row.episode_id, row.title, row.position, FileLink(row.url, row.mime_type), row.attempts
            )
            for row in await connection.execute(query)
        ]


async def save_transcript(
    db: Database, episode_id: int, source: TranscriptSource, turns: Collection[Turn]
) -> None:
    """Store the turns that a published transcript gave, unless the episode has some."""
    async with db.write() as connection:
        standing = await connection.execute(
            sa.select(episode.c.transcript_source).where(episode.c.id == episode_id).with_for_update()
        )
        if standing.scalar() is not None:
            # Another process was quicker, or the notes of the episode hold its speech by now.
            return
        await replace_turns(connection, episode_id, source, list(turns))
        await connection.execute(
            podcast.update()
            .where(
                podcast.c.id
                == sa.select(episode.c.podcast_id).where(episode.c.id == episode_id).scalar_subquery()
            )
            .values(turns_revision=podcast.c.turns_revision + 1)
        )


async def record_transcript_failure(
    db: Database, episode_id: int, position: int, error: str, next_try_at: datetime
) -> None:
    """Keep why a published transcript could not be read, and when to try again."""
    async with db.write() as connection:
        await connection.execute(
            transcript_link.update()
            .where(transcript_link.c.episode_id == episode_id, transcript_link.c.position == position)
            .values(attempts=transcript_link.c.attempts + 1, error=error, next_try_at=next_try_at)
        )
