"""How many tokens a paid model may take in a month: counted before it is asked, and corrected by its answer."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.tables.bulk_writes import insert_new
from storage.tables.summary_tables import model_tokens


def month_of(moment: datetime) -> str:
    """The calendar month in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def next_month(moment: datetime) -> datetime:
    """When the next calendar month in UTC begins."""
    now = moment.astimezone(UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)


async def tokens_used(db: Database, moment: datetime) -> int:
    """How many tokens were counted in this month."""
    async with db.read() as connection:
        query = sa.select(model_tokens.c.tokens).where(model_tokens.c.month == month_of(moment))
        return int(await connection.scalar(query) or 0)


async def take_tokens(connection: AsyncConnection, moment: datetime, tokens: int, most: int | None) -> bool:
    """Count these tokens unless the month would then have more than `most`; whether that was done.

    Processes that take at once are counted one after the other.
    """
    month = month_of(moment)
    await insert_new(connection, model_tokens, {"month": month, "tokens": 0})
    within = sa.true() if most is None else model_tokens.c.tokens + tokens <= most
    taken = await connection.execute(
        model_tokens.update()
        .where(model_tokens.c.month == month, within)
        .values(tokens=model_tokens.c.tokens + tokens)
    )
    return taken.rowcount > 0


async def correct_tokens(connection: AsyncConnection, moment: datetime, tokens: int) -> None:
    """Add what was counted too little, or take off what was too much, in the month in which it was taken."""
    await connection.execute(
        model_tokens.update()
        .where(model_tokens.c.month == month_of(moment))
        .values(tokens=sa.case((model_tokens.c.tokens + tokens > 0, model_tokens.c.tokens + tokens), else_=0))
    )
