"""What nobody follows any more: noted, and deleted in transactions that no other writer waits for long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import LeftPodcast
from storage.models.feed_identity import feed_key
from storage.tables.bulk_writes import insert_new
from storage.tables.podcasts import FOLLOWED, note_left
from storage.tables.quote_tables import answer
from storage.tables.schema import (
    delivery,
    destination,
    episode,
    former_address,
    guild_podcast,
    podcast,
    removed_guild,
)

# What one transaction deletes: some 50 ms.
ROWS_AT_ONCE = 500
EPISODES_AT_ONCE = 50
BYTES_AT_ONCE = 4_000_000
# A byte of turns takes this many more in the search's files.
INDEX_PER_BYTE = 3.4

_SIZE = sa.func.coalesce(
    sa.func.sum(episode.c.notes_bytes + episode.c.turns_bytes * (1 + INDEX_PER_BYTE)), 0.0
)


async def note_followers(db: Database, now: datetime) -> None:
    """Note since when nobody follows a podcast where that is not known yet; forget it where somebody does again."""
    async with db.write() as connection:
        await note_left(connection, podcast.c.deleted_at.is_(None), now)
        # A clock that was wrong must not keep it for longer.
        ahead = sa.and_(podcast.c.left_at > now, podcast.c.deleted_at.is_(None))
        await connection.execute(podcast.update().where(ahead).values(left_at=now))
        again = sa.and_(podcast.c.left_at.is_not(None), podcast.c.deleted_at.is_(None), FOLLOWED)
        await connection.execute(podcast.update().where(again).values(left_at=None))


async def record_guild_removed(db: Database, guild_id: int, now: datetime) -> None:
    """Note that a server removed the bot, unless that is known."""
    async with db.write() as connection:
        await insert_new(connection, removed_guild, {"guild_id": guild_id, "removed_at": now})


async def record_guild_back(db: Database, guild_id: int) -> None:
    """Note that a server has the bot again."""
    async with db.write() as connection:
        await connection.execute(removed_guild.delete().where(removed_guild.c.guild_id == guild_id))


async def compare_guilds(db: Database, present: Collection[int], now: datetime) -> list[int]:
    """Note which servers with settings the bot is not in, and which it is in again; the former that were not noted.

    A server may have removed the bot while it did not run.
    """
    async with db.write() as connection:
        noted = set((await connection.execute(sa.select(removed_guild.c.guild_id))).scalars())
        known = set((await connection.execute(sa.select(destination.c.guild_id).distinct())).scalars())
        back = noted & set(present)
        gone = sorted(known - noted - set(present))
        for guild_id in back:
            await connection.execute(removed_guild.delete().where(removed_guild.c.guild_id == guild_id))
        # Discord's event, or another process, may have noted it a moment ago.
        return [
            guild_id
            for guild_id in gone
            if await insert_new(connection, removed_guild, {"guild_id": guild_id, "removed_at": now})
        ]


async def forget_some(db: Database, before: datetime, now: datetime) -> bool:
    """Delete some of the settings that were removed before then, and of what servers left that removed the bot.

    Answers that were given before then go as well. Whether there may be more.
    """
    guilds = sa.select(removed_guild.c.guild_id).where(removed_guild.c.removed_at <= before)
    expired = sa.or_(destination.c.removed_at <= before, destination.c.guild_id.in_(guilds))
    followed = sa.exists().where(
        destination.c.guild_id == guild_podcast.c.guild_id,
        destination.c.podcast_id == guild_podcast.c.podcast_id,
    )
    async with db.write() as connection:
        for table, which in (
            # Who asked is not kept for longer than it takes to use the buttons.
            (answer, sa.or_(answer.c.guild_id.in_(guilds), answer.c.given_at <= before)),
            (delivery, delivery.c.destination_id.in_(sa.select(destination.c.id).where(expired))),
            (destination, expired),
            (guild_podcast, sa.not_(followed)),
        ):
            some = sa.select(table.c.id).where(which).limit(ROWS_AT_ONCE)
            # The condition twice: PostgreSQL checks it again where it had to wait for somebody who follows again.
            if (await connection.execute(table.delete().where(table.c.id.in_(some), which))).rowcount:
                return True
        await connection.execute(removed_guild.delete().where(removed_guild.c.removed_at <= before))
        await note_left(connection, podcast.c.deleted_at.is_(None), now)
        return False


async def left_podcasts(db: Database) -> list[LeftPodcast]:
    """The podcasts that nobody follows, those that were left first before the others."""
    query = (
        sa.select(podcast.c.id, podcast.c.title, podcast.c.left_at, _SIZE)
        .outerjoin_from(podcast, episode)
        .where(podcast.c.left_at.is_not(None), podcast.c.deleted_at.is_(None), sa.not_(FOLLOWED))
        .group_by(podcast.c.id)
        .order_by(podcast.c.left_at, podcast.c.id)
    )
    async with db.read() as connection:
        return [LeftPodcast(*row[:3], int(row[3])) for row in await connection.execute(query)]


async def begin_deletion(db: Database, podcast_id: int, left_at: datetime, now: datetime) -> bool:
    """Let a podcast that was left at that time be found by nobody any more; False if somebody follows it by now.

    Deleting a long one takes many transactions, and whoever follows its feed meanwhile must not get the half of it.
    """
    abandoned = sa.and_(
        podcast.c.id == podcast_id,
        podcast.c.left_at == left_at,
        podcast.c.deleted_at.is_(None),
        sa.not_(FOLLOWED),
    )
    async with db.write() as connection:
        address = await connection.scalar(sa.select(podcast.c.feed_url).where(abandoned).with_for_update())
        if address is None:
            return False
        begun = await connection.execute(
            podcast.update()
            .where(abandoned)
            .values(
                deleted_at=now,
                feed_url=f"deleted:{podcast_id}",
                feed_key=None,
                feed_host="",
                turns_revision=podcast.c.turns_revision + 1,
            )
        )
        if not begun.rowcount:
            return False
        await connection.execute(former_address.delete().where(former_address.c.podcast_id == podcast_id))
        await _pass_on(connection, feed_key(address))
        return True


async def _pass_on(connection: AsyncConnection, key: str) -> None:
    """Let one that an older version stored for another spelling of a deleted podcast's address answer to it."""
    query = (
        sa.select(podcast.c.id, podcast.c.feed_url)
        .where(podcast.c.feed_key.is_(None), podcast.c.deleted_at.is_(None))
        .order_by(sa.case((FOLLOWED, 0), else_=1), podcast.c.id)
    )
    for row in await connection.execute(query):
        if feed_key(row.feed_url) == key:
            await connection.execute(podcast.update().where(podcast.c.id == row.id).values(feed_key=key))
            return


async def podcasts_in_deletion(db: Database) -> list[int]:
    """The podcasts whose deletion has begun, also in a process that was killed."""
    query = sa.select(podcast.c.id).where(podcast.c.deleted_at.is_not(None)).order_by(podcast.c.id)
    async with db.read() as connection:
        return list((await connection.execute(query)).scalars())


async def delete_some(db: Database, podcast_id: int) -> bool:
    """Delete some episodes of a podcast whose deletion has begun, and all that hangs on them; whether it is left.

    The podcast goes with its last episodes. Its segments of the search are listed nowhere then.
    """
    doomed = podcast.c.deleted_at.is_not(None)
    async with db.write() as connection:
        # Searches of all processes see that what they have of it is old.
        moved = await connection.execute(
            podcast.update()
            .where(podcast.c.id == podcast_id, doomed)
            .values(turns_revision=podcast.c.turns_revision + 1)
        )
        if not moved.rowcount:
            return False
        rows = await connection.execute(
            sa.select(episode.c.id, episode.c.notes_bytes + episode.c.turns_bytes)
            .where(episode.c.podcast_id == podcast_id)
            .limit(EPISODES_AT_ONCE)
        )
        some = _up_to(BYTES_AT_ONCE, [(row[0], row[1]) for row in rows])
        if some:
            await connection.execute(episode.delete().where(episode.c.id.in_(some)))
            return True
        await connection.execute(podcast.delete().where(podcast.c.id == podcast_id, doomed))
        return False


def _up_to(most: int, sizes: Collection[tuple[int, int]]) -> list[int]:
    """The first of these (id, size) that have no more than `most` together, at least one if there is any."""
    some: list[int] = []
    for id_, size in sizes:
        if some and size > most:
            break
        some.append(id_)
        most -= size
    return some
