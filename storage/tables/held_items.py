"""Items that are held because too many looked new at once, until a person decides or the feed stops listing them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import HeldItem, HeldState
from storage.tables.bulk_writes import insert_many
from storage.tables.column_types import clean
from storage.tables.schema import held_item, podcast


async def held_states(connection: AsyncConnection, podcast_id: int) -> Mapping[str, HeldState]:
    """What was decided about held items, by identity."""
    rows = await connection.execute(
        sa.select(held_item.c.identity, held_item.c.state).where(held_item.c.podcast_id == podcast_id)
    )
    return {identity: HeldState(state) for identity, state in rows}


async def keep_held(
    connection: AsyncConnection,
    podcast_id: int,
    waiting: Sequence[HeldItem],
    stored: Collection[str],
    now: datetime,
) -> None:
    """Make these the items that wait; those that no longer wait, and those that were `stored`, are deleted."""
    known = await held_states(connection, podcast_id)
    named = {clean(one.identity) for one in waiting}
    gone = [
        identity
        for identity, state in known.items()
        if identity in stored or (state is HeldState.WAITING and identity not in named)
    ]
    for identity in gone:
        await connection.execute(
            held_item.delete().where(held_item.c.podcast_id == podcast_id, held_item.c.identity == identity)
        )
    await insert_many(
        connection,
        held_item,
        [
            {
                "podcast_id": podcast_id,
                "identity": one.identity,
                "title": one.title,
                "published": one.published,
                "reason": one.reason,
                "state": HeldState.WAITING,
                "held_at": now,
            }
            for one in waiting
            if clean(one.identity) not in known
        ],
    )


async def waiting_items(
    db: Database, podcast_ids: Collection[int] | None = None
) -> dict[int, list[HeldItem]]:
    """The items that wait for a decision, by podcast, newest first; of these podcasts or of all."""
    query = (
        sa.select(held_item)
        .where(held_item.c.state == HeldState.WAITING)
        .order_by(held_item.c.podcast_id, held_item.c.published.desc().nulls_last(), held_item.c.identity)
    )
    if podcast_ids is not None:
        query = query.where(held_item.c.podcast_id.in_(podcast_ids))
    found: dict[int, list[HeldItem]] = {}
    async with db.read() as connection:
        for row in await connection.execute(query):
            found.setdefault(row.podcast_id, []).append(
                HeldItem(row.identity, row.title, row.published, row.reason)
            )
    return found


async def decide_held(db: Database, podcast_id: int, state: HeldState) -> int:
    """Release or discard the items that wait; how many. Released ones are stored by the next poll."""
    async with db.write() as connection:
        result = await connection.execute(
            held_item.update()
            .where(held_item.c.podcast_id == podcast_id, held_item.c.state == HeldState.WAITING)
            .values(state=state)
        )
        if result.rowcount:
            # Without validators the next poll reads the feed even if it has not changed.
            await connection.execute(
                podcast.update()
                .where(podcast.c.id == podcast_id)
                .values(etag=None, last_modified=None, body_hash=None)
            )
        return result.rowcount
