"""Linked files, which are transcripts and chapters published beside episodes: which to read, and how that ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.engine.sqlite_reader import numbered_parameters, numbered_values
from storage.models import FileKind, FileLink, FileProblems, PendingFile, Status
from storage.tables.bulk_writes import Row, insert_many
from storage.tables.due_times import LONGEST_FILE_WAIT, Condition, has_come
from storage.tables.podcasts import FOLLOWED
from storage.tables.schema import episode, linked_file, podcast

# With ten times as many, each search of an added network would hold up the event loop for 40 ms.
MOST_DUE = 1_000


async def pending_files(
    db: Database, podcast_id: int, *, due_at: datetime | None, limit: int
) -> list[PendingFile]:
    """The linked files that are due to be read at that time, newest episodes first.

    With `due_at` None all that may still bring something, which includes files that were given up and whose episode
    still lacks a transcript or chapters.
    """
    columns = linked_file.c
    if due_at is None:
        lacking = sa.case(
            (columns.kind == FileKind.TRANSCRIPT, episode.c.transcript_source),
            else_=episode.c.chapters_source,
        )
        due = sa.or_(columns.next_try_at.is_not(None), lacking.is_(None))
    else:
        due = _is_due(due_at)
    query = (
        sa.select(
            columns.episode_id,
            episode.c.title,
            columns.kind,
            columns.position,
            columns.url,
            columns.mime_type,
            columns.attempts,
            episode.c.duration_s,
        )
        .join_from(linked_file, episode)
        .where(episode.c.podcast_id == podcast_id, due)
        .order_by(episode.c.sorted_at.desc(), episode.c.id, columns.kind, columns.position)
        .limit(limit)
    )
    async with db.read() as connection:
        return [
            PendingFile(
                row.episode_id,
                row.title,
                FileKind(row.kind),
                row.position,
                FileLink(row.url, row.mime_type),
                row.attempts,
                row.duration_s,
            )
            for row in await connection.execute(query)
        ]


async def due_files(db: Database, podcast_id: int, now: datetime) -> int:
    """How many linked files of a podcast are due to be read."""
    query = (
        sa.select(sa.func.count())
        .select_from(linked_file.join(episode))
        .where(episode.c.podcast_id == podcast_id, _is_due(now))
    )
    async with db.read() as connection:
        return int(await connection.scalar(query) or 0)


async def due_transcripts(db: Database, podcast_ids: Collection[int] | None) -> list[tuple[int, str]]:
    """The transcript files that will be read as soon as it is their turn, of these podcasts or of all.

    Their episodes and types, at most `MOST_DUE`, as every search asks for them.
    """
    statement = _due_transcripts(None if podcast_ids is None else len(podcast_ids))
    values = numbered_values("podcast", podcast_ids or ())
    rows = await db.quick_read(lambda rows: rows(statement, values))
    return [(row[0], row[1]) for row in rows]


@lru_cache(maxsize=128)
def _due_transcripts(podcasts: int | None) -> sa.Select[Any]:
    columns = linked_file.c
    due = (
        sa.select(columns.episode_id, columns.mime_type)
        .join_from(linked_file, episode)
        .where(
            columns.next_try_at <= sa.func.current_timestamp(),
            columns.kind == FileKind.TRANSCRIPT.value,
            episode.c.podcast_id.in_(sa.select(podcast.c.id).where(FOLLOWED)),
        )
        .limit(MOST_DUE)
    )
    if podcasts is None:
        return due
    return due.where(episode.c.podcast_id.in_(numbered_parameters("podcast", podcasts)))


async def podcasts_with_due_files(
    db: Database, now: datetime, limit: int, *, besides: Collection[int] = ()
) -> list[int]:
    """The podcasts, `besides` these, with a linked file that is due to be read; longest due first."""
    query = (
        sa.select(episode.c.podcast_id)
        .join_from(linked_file, episode)
        .where(
            _is_due(now),
            episode.c.podcast_id.not_in(besides),
            episode.c.podcast_id.in_(sa.select(podcast.c.id).where(FOLLOWED)),
        )
        .group_by(episode.c.podcast_id)
        .order_by(sa.func.min(linked_file.c.next_try_at), episode.c.podcast_id)
        .limit(limit)
    )
    async with db.read() as connection:
        return list((await connection.execute(query)).scalars())


async def file_problems(db: Database, podcast_ids: Collection[int] | None = None) -> dict[int, FileProblems]:
    """How many linked files and notes can't be read, by podcast; of these podcasts or of all."""
    chosen = sa.true() if podcast_ids is None else episode.c.podcast_id.in_(podcast_ids)
    files = (
        sa.select(episode.c.podcast_id, episode.c.sorted_at, linked_file.c.position, linked_file.c.error)
        .join_from(linked_file, episode)
        .where(linked_file.c.error.is_not(None), chosen)
    )
    notes = sa.select(
        episode.c.podcast_id, episode.c.sorted_at, sa.literal(-1).label("position"), episode.c.notes_error
    ).where(episode.c.notes_error.is_not(None), chosen)
    failed = sa.union_all(files, notes).subquery()
    podcasts = failed.c.podcast_id
    newest_first = (failed.c.sorted_at.desc(), failed.c.position)
    ranked = sa.select(
        podcasts,
        failed.c.error,
        sa.func.count().over(partition_by=podcasts).label("count"),
        sa.func.row_number().over(partition_by=podcasts, order_by=newest_first).label("place"),
    ).subquery()
    query = sa.select(ranked.c.podcast_id, ranked.c.count, ranked.c.error).where(ranked.c.place == 1)
    async with db.read() as connection:
        return {
            podcast_id: FileProblems(count, error)
            for podcast_id, count, error in await connection.execute(query)
        }


async def record_read(db: Database, files: Collection[PendingFile]) -> None:
    """Note that these files were read, or need not be."""
    async with db.write() as connection:
        for one in files:
            await connection.execute(
                linked_file.update().where(_same(one)).values(next_try_at=None, error=None)
            )


async def record_file_failure(
    db: Database, file: PendingFile, error: Status, next_try_at: datetime | None
) -> None:
    """Store why a linked file could not be read, and when to try again; None gives it up."""
    async with db.write() as connection:
        await connection.execute(
            linked_file.update()
            .where(_same(file))
            .values(attempts=linked_file.c.attempts + 1, error=error, next_try_at=next_try_at)
        )


async def put_off_files(
    db: Database, files: Collection[PendingFile], error: Status, next_try_at: datetime
) -> None:
    """Store that files were not asked for, and why; it counts as no attempt."""
    async with db.write() as connection:
        for one in files:
            await connection.execute(
                linked_file.update().where(_same(one)).values(error=error, next_try_at=next_try_at)
            )


def _is_due(now: datetime) -> Condition:
    return has_come(linked_file.c.next_try_at, now, LONGEST_FILE_WAIT)


def _same(file: PendingFile) -> sa.ColumnElement[bool]:
    # The address is compared, too: the feed may have put another one in that place meanwhile.
    return sa.and_(
        linked_file.c.episode_id == file.episode_id,
        linked_file.c.kind == file.kind,
        linked_file.c.position == file.position,
        linked_file.c.url == file.link.url,
    )


async def save_links(
    connection: AsyncConnection, episode_id: int, links: Mapping[FileKind, Sequence[FileLink]], now: datetime
) -> None:
    """Replace the linked files of an episode; attempts and errors of an address that stays are kept."""
    columns = linked_file.c
    stored = (
        await connection.execute(
            sa.select(
                columns.kind,
                columns.url,
                columns.mime_type,
                columns.attempts,
                columns.next_try_at,
                columns.error,
            )
            .where(columns.episode_id == episode_id)
            .order_by(columns.kind, columns.position)
        )
    ).all()
    wanted = [(str(kind), link.url, link.mime_type) for kind in sorted(links) for link in links[kind]]
    if wanted == [(row.kind, row.url, row.mime_type) for row in stored]:
        return
    known = {(row.kind, row.url): row for row in stored}
    await connection.execute(linked_file.delete().where(columns.episode_id == episode_id))
    await insert_many(connection, linked_file, link_rows(episode_id, links, now, known))


def link_rows(
    episode_id: int,
    links: Mapping[FileKind, Sequence[FileLink]],
    now: datetime,
    known: Mapping[tuple[str, str], sa.Row[*tuple[Any, ...]]] | None = None,
) -> list[Row]:
    """Linked files as rows, with what is known of their addresses; new ones are due now."""
    return [
        {
            "episode_id": episode_id,
            "kind": kind,
            "position": position,
            "url": link.url,
            "mime_type": link.mime_type,
            "attempts": row.attempts if row else 0,
            "next_try_at": row.next_try_at if row else now,
            "error": row.error if row else None,
        }
        for kind, links_of_kind in links.items()
        for position, link in enumerate(links_of_kind)
        for row in [(known or {}).get((str(kind), link.url))]
    ]
