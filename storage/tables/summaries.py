"""Summaries by a language model: what is to be made, by whom, and what was asked and answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Status, StoredSummary, SummaryCandidate, SummaryJob, SummaryLine, SummaryState
from storage.models.announcements import DeliveryKind, DeliveryState
from storage.tables.bulk_writes import insert_into
from storage.tables.due_times import Condition, has_come
from storage.tables.follow_ups import EDITED_WITHIN, ask_for_summary_edits
from storage.tables.leases import NO_LEASE, LeaseQueue, not_leased
from storage.tables.model_budget import correct_tokens, take_tokens
from storage.tables.schema import chapter, delivery, destination, episode, guild_podcast, podcast, turn
from storage.tables.summary_tables import chapter_line, summary

# What a row says until the answer is there: it was asked, and if the process is killed the answer is lost.
INTERRUPTED = "interrupted"
LONGEST_WAIT = timedelta(days=40)

# Nothing was said of a chapter, or nothing came back: that is no fault of a line.
_CHECKED = sa.or_(
    chapter_line.c.line.is_not(None), chapter_line.c.rejected.not_in([INTERRUPTED, "none", "no_answer"])
)


async def summary_candidates(db: Database, model: str, now: datetime, limit: int) -> list[SummaryCandidate]:
    """Recently announced episodes with chapters and a transcript that this model has not been asked about."""
    switch = sa.func.coalesce(guild_podcast.c.summaries, sa.null())
    of_server = sa.and_(
        guild_podcast.c.guild_id == destination.c.guild_id,
        guild_podcast.c.podcast_id == destination.c.podcast_id,
    )
    wanted = sa.func.max(sa.case((switch.is_(sa.true()), 1), else_=0))
    unsaid = sa.func.max(sa.case((switch.is_(None), 1), else_=0))
    query = (
        sa.select(episode.c.id, podcast.c.feed_url, wanted.label("wanted"), unsaid.label("unsaid"))
        .select_from(
            delivery.join(destination)
            .join(episode, episode.c.id == delivery.c.episode_id)
            .join(podcast, podcast.c.id == episode.c.podcast_id)
            .outerjoin(guild_podcast, of_server)
            .outerjoin(summary, summary.c.episode_id == episode.c.id)
        )
        .where(
            delivery.c.state != DeliveryState.FAILED,
            delivery.c.kind == DeliveryKind.EPISODE,
            delivery.c.planned_at > now - EDITED_WITHIN,
            destination.c.removed_at.is_(None),
            episode.c.transcript_source.is_not(None),
            sa.exists().where(chapter.c.episode_id == episode.c.id),
            sa.exists().where(turn.c.episode_id == episode.c.id),
            sa.or_(summary.c.episode_id.is_(None), summary.c.model != model),
        )
        .group_by(episode.c.id, podcast.c.feed_url)
        .having(wanted + unsaid > 0)
        .order_by(episode.c.id.desc())
        .limit(limit)
    )
    async with db.read() as connection:
        return [
            SummaryCandidate(row.id, row.feed_url, bool(row.wanted), bool(row.unsaid))
            for row in await connection.execute(query)
        ]


async def plan_summary(db: Database, episode_id: int, model: str, now: datetime) -> None:
    """Let a summary be made with this model; what it was asked already is not asked again."""
    async with db.write() as connection:
        await _plan(connection, episode_id, model, now)


async def forget_lines(db: Database, episode_id: int) -> None:
    """Let everything about an episode be asked again."""
    async with db.write() as connection:
        await connection.execute(chapter_line.delete().where(chapter_line.c.episode_id == episode_id))
        await connection.execute(
            summary.update()
            .where(summary.c.episode_id == episode_id)
            .values(overview=None, overview_basis="")
        )


async def _plan(connection: AsyncConnection, episode_id: int, model: str, now: datetime) -> None:
    planned = insert_into(connection, summary).values(episode_id=episode_id, model=model, due_at=now)
    await connection.execute(
        planned.on_conflict_do_update(
            index_elements=["episode_id"],
            set_={"model": model, "due_at": now, "asked": summary.c.asked + 1, "attempts": 0, "error": None},
        )
    )


class SummaryQueue(LeaseQueue[SummaryJob, int]):
    """Summaries that are to be made with a model, of all episodes or of one."""

    def __init__(self, db: Database, model: str, episode_id: int | None = None) -> None:
        scope = summary.c.model == model
        super().__init__(
            db, summary, scope if episode_id is None else sa.and_(scope, summary.c.episode_id == episode_id)
        )

    def key_of(self, item: SummaryJob) -> int:
        """The episode's id."""
        return item.episode_id

    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next one is due or its lease ends."""
        del now
        columns = summary.c
        at = sa.case((columns.lease_until > columns.due_at, columns.lease_until), else_=columns.due_at)
        query = sa.select(sa.func.min(at)).where(self._scope, columns.due_at.is_not(None))
        async with self._db.read() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def _due(self, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[int]:
        query = (
            sa.select(summary.c.episode_id)
            .where(self._scope, self._still_due(now), not_leased(summary, now))
            .order_by(summary.c.due_at, summary.c.episode_id)
            .limit(limit)
        )
        return list((await connection.execute(query)).scalars())

    def _still_due(self, now: datetime) -> Condition:
        return has_come(summary.c.due_at, now, LONGEST_WAIT)

    def _claimed_values(self, now: datetime) -> Mapping[str, Any]:
        del now
        return {"attempts": summary.c.attempts + 1}

    async def _load(
        self, connection: AsyncConnection, keys: Collection[int], now: datetime
    ) -> list[SummaryJob]:
        del now
        query = sa.select(summary.c.episode_id, summary.c.attempts, summary.c.asked).where(self._among(keys))
        return [SummaryJob(*row) for row in await connection.execute(query)]


async def finish_summary(db: Database, job: SummaryJob, now: datetime, *, changed: bool) -> None:
    """Note that a summary is made, and have it shown if it `changed`; one that was asked for again stays due."""
    of_job = summary.c.episode_id == job.episode_id
    async with db.write() as connection:
        done = await connection.execute(
            summary.update()
            .where(of_job, summary.c.asked == job.asked)
            .values(due_at=None, error=None, attempts=0, **NO_LEASE)
        )
        if not done.rowcount:
            await connection.execute(summary.update().where(of_job).values(attempts=0, **NO_LEASE))
        if changed:
            await ask_for_summary_edits(connection, job.episode_id, now)


async def postpone_summary(
    db: Database, job: SummaryJob, error: Status, due_at: datetime, *, shown_at: datetime | None = None
) -> None:
    """Go on at `due_at`; with `shown_at`, the time now, what is made by then is shown already."""
    async with db.write() as connection:
        await connection.execute(
            summary.update()
            .where(summary.c.episode_id == job.episode_id)
            .values(error=error, due_at=due_at, **NO_LEASE)
        )
        if shown_at is not None:
            await ask_for_summary_edits(connection, job.episode_id, shown_at)


async def stored_summary(db: Database, episode_id: int) -> StoredSummary:
    """What a model wrote about an episode."""
    async with db.read() as connection:
        lines = await connection.execute(
            sa.select(
                chapter_line.c.position,
                chapter_line.c.model,
                chapter_line.c.basis,
                chapter_line.c.line,
                chapter_line.c.rejected,
            ).where(chapter_line.c.episode_id == episode_id)
        )
        whole = (
            await connection.execute(
                sa.select(summary.c.overview, summary.c.overview_basis).where(
                    summary.c.episode_id == episode_id
                )
            )
        ).first()
        return StoredSummary({row.position: SummaryLine(*row) for row in lines}, *(whole or (None, "")))


async def summary_state(db: Database, episode_id: int) -> SummaryState:
    """Whether the summary of an episode is made, and what is in the way where it is not."""
    query = sa.select(summary.c.due_at, summary.c.error).where(summary.c.episode_id == episode_id)
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
        return SummaryState(done=row is None or row.due_at is None, problem=row.error if row else None)


async def begin_line(
    db: Database, episode_id: int, line: SummaryLine, now: datetime, *, tokens: int, most_tokens: int | None
) -> bool:
    """Note that a chapter's line is asked for, and count its tokens; False where the month's are used up."""
    async with db.write() as connection:
        if not await take_tokens(connection, now, tokens, most_tokens):
            return False
        values = {
            "model": line.model,
            "basis": line.basis,
            "asked_at": now,
            "line": None,
            "rejected": INTERRUPTED,
        }
        asked = insert_into(connection, chapter_line).values(
            episode_id=episode_id, position=line.position, **values
        )
        await connection.execute(
            asked.on_conflict_do_update(index_elements=["episode_id", "position"], set_=values)
        )
        return True


async def end_line(
    db: Database, episode_id: int, line: SummaryLine, asked_at: datetime, *, more_tokens: int
) -> None:
    """Store the answer, and correct the count of tokens."""
    async with db.write() as connection:
        await connection.execute(
            chapter_line.update()
            .where(_place(episode_id, line))
            .values(line=line.line, rejected=line.rejected)
        )
        await correct_tokens(connection, asked_at, more_tokens)


async def take_line_back(
    db: Database, episode_id: int, line: SummaryLine, asked_at: datetime, *, tokens: int
) -> None:
    """Forget that a line was asked for: the server did nothing about it."""
    async with db.write() as connection:
        await connection.execute(chapter_line.delete().where(_place(episode_id, line)))
        await correct_tokens(connection, asked_at, -tokens)


def _place(episode_id: int, line: SummaryLine) -> Condition:
    return sa.and_(
        chapter_line.c.episode_id == episode_id,
        chapter_line.c.position == line.position,
        chapter_line.c.basis == line.basis,
    )


async def begin_overview(
    db: Database, episode_id: int, basis: str, now: datetime, *, tokens: int, most_tokens: int | None
) -> bool:
    """Note that an episode's two sentences are asked for; False where the month's tokens are used up."""
    async with db.write() as connection:
        if not await take_tokens(connection, now, tokens, most_tokens):
            return False
        await connection.execute(
            summary.update()
            .where(summary.c.episode_id == episode_id)
            .values(overview=None, overview_basis=basis)
        )
        return True


async def end_overview(
    db: Database, episode_id: int, overview: str | None, asked_at: datetime, *, more_tokens: int
) -> None:
    """Store the two sentences, or that there are none, and correct the count of tokens."""
    async with db.write() as connection:
        await connection.execute(
            summary.update().where(summary.c.episode_id == episode_id).values(overview=overview)
        )
        await correct_tokens(connection, asked_at, more_tokens)


async def take_overview_back(db: Database, episode_id: int, asked_at: datetime, *, tokens: int) -> None:
    """Forget that the two sentences were asked for: the server did nothing about it."""
    async with db.write() as connection:
        await connection.execute(
            summary.update().where(summary.c.episode_id == episode_id).values(overview_basis="")
        )
        await correct_tokens(connection, asked_at, -tokens)


async def keep_chapters(db: Database, episode_id: int, chapters: int) -> None:
    """Forget the lines of chapters that an episode no longer has."""
    async with db.write() as connection:
        await connection.execute(
            chapter_line.delete().where(
                chapter_line.c.episode_id == episode_id, chapter_line.c.position >= chapters
            )
        )


async def checked_lines(db: Database, model: str, newest: int) -> tuple[int, int]:
    """Of this model's newest answers that could be checked: how many passed, and how many there were."""
    latest = (
        sa.select(chapter_line.c.line)
        .where(chapter_line.c.model == model, _CHECKED)
        .order_by(chapter_line.c.asked_at.desc())
        .limit(newest)
        .subquery()
    )
    async with db.read() as connection:
        row = (
            await connection.execute(
                sa.select(sa.func.count(latest.c.line), sa.func.count()).select_from(latest)
            )
        ).one()
        return row[0], row[1]
