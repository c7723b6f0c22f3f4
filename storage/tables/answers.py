"""Answers: the quotes that a member was shown, so that the buttons below them work after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.database import Database
from storage.models import Quote
from storage.tables.quote_tables import answer, quote

# The buttons of an answer that was deleted say that it is too old; 20,000 answers of five quotes take some 40 MB.
KEPT_ANSWERS = 20_000
# A member waits while an answer is stored, so old ones are deleted only with every 50th.
PRUNED_EVERY = 50


async def keep_answer(
    db: Database, guild_id: int, member_id: int, quotes: Sequence[Quote], now: datetime
) -> int:
    """Store the quotes of an answer to a member, best first; its id."""
    async with db.write() as connection:
        inserted = await connection.execute(
            answer.insert()
            .values(guild_id=guild_id, member_id=member_id, given_at=now)
            .returning(answer.c.id)
        )
        answer_id = int(inserted.scalar_one())
        await connection.execute(
            quote.insert(),
            [
                {
                    "answer_id": answer_id,
                    "rank": rank,
                    "episode_id": one.episode_id,
                    "position": one.position,
                    "speaker": one.speaker,
                    "start_ms": one.start_ms,
                    "end_ms": one.end_ms,
                    "text": one.text,
                    "match_from": one.match[0],
                    "match_to": one.match[1],
                    "score": one.score,
                    "marks": " ".join(f"{start}-{end}" for start, end in one.highlights),
                }
                for rank, one in enumerate(quotes)
            ],
        )
        if answer_id % PRUNED_EVERY == 0:
            await connection.execute(answer.delete().where(answer.c.id <= answer_id - KEPT_ANSWERS))
        return answer_id


async def answer_quotes(db: Database, answer_id: int, guild_id: int, member_id: int) -> list[Quote]:
    """The quotes of an answer, best first; none unless this member asked in this server and it is still stored."""
    query = (
        sa.select(quote)
        .join_from(quote, answer)
        .where(
            answer.c.id == answer_id,
            answer.c.guild_id == guild_id,
            sa.or_(answer.c.member_id == member_id, answer.c.member_id.is_(None)),
        )
        .order_by(quote.c.rank)
    )
    async with db.read() as connection:
        return [quote_of_row(row) for row in await connection.execute(query)]


def quote_of_row(row: sa.Row[*tuple[Any, ...]]) -> Quote:
    """A row with the columns of a quote."""
    return Quote(
        episode_id=row.episode_id,
        position=row.position,
        speaker=row.speaker,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        text=row.text,
        match=(row.match_from, row.match_to),
        score=row.score,
        # A quote that an earlier version stored has no marks.
        highlights=tuple(_span(one) for one in row.marks.split()) or ((row.match_from, row.match_to),),
    )


def _span(mark: str) -> tuple[int, int]:
    start, _, end = mark.partition("-")
    return int(start), int(end)
