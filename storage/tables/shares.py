"""Quotes that members shared: claimed before they are posted, so that none is posted twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import Share, WantedShare
from storage.tables.answers import quote_of_row
from storage.tables.quote_tables import quote, share

T = TypeVar("T")

# The first key of PostgreSQL's advisory locks for shares, the second is made from the server's id.
SHARES_LOCK = 7_316

_SHARES = sa.select(share, *(one for one in quote.c if one.name not in share.c)).join_from(share, quote)


async def claim_share(
    db: Database,
    wanted: WantedShare,
    now: datetime,
    objection: Callable[[Sequence[Share]], T | None],
    *,
    since: tuple[datetime, datetime],
    gone: Collection[int] = (),
) -> int | T:
    """Note that a quote is shared and return the share's id, unless there is an objection, which is returned instead.

    `objection` is given what `recent_shares` returns, read in the transaction that notes it. `gone`: shares whose
    messages were found to be deleted.
    """
    async with db.write() as connection:
        if db.dialect == "postgresql":
            # Of two processes each would else find that there is room for one more.
            key = sa.func.hashint8(sa.cast(wanted.guild_id, sa.BigInteger))
            await connection.execute(
                sa.select(sa.func.pg_advisory_xact_lock(sa.cast(SHARES_LOCK, sa.Integer), key))
            )
        if gone:
            await _note_gone(connection, share.c.id.in_(gone), now)
        objected = objection(await _recent(connection, wanted, since))
        if objected is not None:
            return objected
        inserted = await connection.execute(
            share.insert()
            .values(
                answer_id=wanted.answer_id,
                rank=wanted.rank,
                guild_id=wanted.guild_id,
                channel_id=wanted.channel_id,
                member_id=wanted.member_id,
                shared_at=now,
            )
            .returning(share.c.id)
        )
        return int(inserted.scalar_one())


async def recent_shares(db: Database, wanted: WantedShare, since: tuple[datetime, datetime]) -> list[Share]:
    """What speaks against sharing it, newest first.

    That is what was shared of its episode in its channel since the first moment, and by its member or in its channel
    since the second.
    """
    async with db.read() as connection:
        return await _recent(connection, wanted, since)


async def get_share(db: Database, share_id: int) -> Share | None:
    """A share by its id."""
    async with db.read() as connection:
        row = (await connection.execute(_SHARES.where(share.c.id == share_id))).first()
        return _share(row) if row else None


async def record_posted(db: Database, share_id: int, message_id: int) -> None:
    """Note the message that a share was posted as."""
    async with db.write() as connection:
        await connection.execute(share.update().where(share.c.id == share_id).values(message_id=message_id))


async def forget_share(db: Database, share_id: int) -> None:
    """Note that the quote was not shared after all."""
    async with db.write() as connection:
        await connection.execute(share.delete().where(share.c.id == share_id))


async def take_back_share(db: Database, share_id: int, now: datetime) -> None:
    """Note that a share was taken back."""
    async with db.write() as connection:
        await _note_gone(connection, share.c.id == share_id, now)


async def _note_gone(connection: AsyncConnection, which: sa.ColumnElement[bool], now: datetime) -> None:
    await connection.execute(share.update().where(which, share.c.gone_at.is_(None)).values(gone_at=now))


async def _recent(
    connection: AsyncConnection, wanted: WantedShare, since: tuple[datetime, datetime]
) -> list[Share]:
    stood_since, counted_since = since
    here = share.c.channel_id == wanted.channel_id
    query = _SHARES.where(
        share.c.guild_id == wanted.guild_id,
        sa.or_(
            sa.and_(share.c.shared_at > stood_since, here, quote.c.episode_id == wanted.quote.episode_id),
            sa.and_(share.c.shared_at > counted_since, sa.or_(here, share.c.member_id == wanted.member_id)),
        ),
        # Both of the above, in a way that the index serves.
        share.c.shared_at > min(since),
    ).order_by(share.c.shared_at.desc(), share.c.id.desc())
    return [_share(row) for row in await connection.execute(query)]


def _share(row: sa.Row[*tuple[Any, ...]]) -> Share:
    return Share(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        member_id=row.member_id,
        shared_at=row.shared_at,
        message_id=row.message_id,
        gone_at=row.gone_at,
        quote=quote_of_row(row),
    )
