"""Destinations: which channel of which server follows which podcast."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import (
    AnnouncementStyle,
    DeliveryState,
    Destination,
    DestinationKind,
    Followers,
    Looks,
    Removal,
    Status,
)
from storage.tables.bulk_writes import insert_new
from storage.tables.podcasts import note_left
from storage.tables.schema import delivery, destination, guild_podcast, podcast

# What an update sets to end a pause.
NOT_PAUSED: Mapping[str, Any] = dict.fromkeys(("paused", "paused_since", "resume_at", "gone_since"))

_ACTIVE = destination.c.removed_at.is_(None)
# The columns of a destination, labelled so that they can stand beside those of another table.
DESTINATION = (
    *(
        column.label(f"to_{column.name}")
        for column in destination.c
        if column.name
        not in ("added_by", "added_at", "removed_at", "paused_since", "resume_at", "gone_since", "parent_id")
    ),
    *(
        sa.select(chosen)
        .where(
            guild_podcast.c.guild_id == destination.c.guild_id,
            guild_podcast.c.podcast_id == destination.c.podcast_id,
        )
        .scalar_subquery()
        .label(f"to_{chosen.name}")
        for chosen in (guild_podcast.c.audio, guild_podcast.c.summaries)
    ),
)
_DESTINATION = sa.select(*DESTINATION)
_FOLLOWED = sa.select(destination.c.podcast_id).where(
    destination.c.guild_id == sa.bindparam("guild_id", type_=sa.BigInteger), _ACTIVE
)


def as_destination(row: sa.Row[*tuple[Any, ...]]) -> Destination:
    """The destination in a row that has the columns of `DESTINATION`."""
    return Destination(
        id=row.to_id,
        podcast_id=row.to_podcast_id,
        guild_id=row.to_guild_id,
        channel_id=row.to_channel_id,
        kind=DestinationKind(row.to_kind),
        looks=Looks(
            AnnouncementStyle(row.to_style),
            row.to_role_id,
            row.to_silent,
            row.to_spoiler,
            bool(row.to_audio),
            row.to_summaries,
        ),
        open_thread=row.to_open_thread,
        publish=row.to_publish,
        tag_ids=tuple(int(tag) for tag in row.to_tag_ids.split(",") if tag),
        paused=row.to_paused,
    )


async def add_destination(
    db: Database,
    podcast_id: int,
    *,
    guild_id: int,
    channel_id: int,
    added_by: int,
    now: datetime,
    kind: DestinationKind = DestinationKind.TEXT,
    parent_id: int | None = None,
) -> tuple[Destination, bool]:
    """Let a channel follow a podcast, again where it was removed; the destination, and whether it is new.

    `parent_id`: the channel that a thread is in, unless it is private.
    """
    same = sa.and_(destination.c.podcast_id == podcast_id, destination.c.channel_id == channel_id)
    async with db.write() as connection:
        added = await insert_new(
            connection,
            destination,
            {
                "podcast_id": podcast_id,
                "guild_id": guild_id,
                "channel_id": channel_id,
                "added_by": added_by,
                "added_at": now,
                "kind": kind,
                "parent_id": parent_id,
            },
        )
        if not added:
            revived = await connection.execute(
                destination.update()
                .where(same, destination.c.removed_at.is_not(None))
                .values(
                    removed_at=None,
                    added_by=added_by,
                    added_at=now,
                    guild_id=guild_id,
                    kind=kind,
                    **NOT_PAUSED,
                )
            )
            added = bool(revived.rowcount)
        await connection.execute(
            podcast.update()
            .where(podcast.c.id == podcast_id, podcast.c.left_at.is_not(None))
            .values(left_at=None)
        )
        row = (await connection.execute(_DESTINATION.where(same))).one()
        return as_destination(row), added


async def remove_destinations(
    db: Database, *, guild_id: int, podcast_id: int, now: datetime, destination_id: int | None = None
) -> Removal:
    """Remove the destinations of a podcast in this server, or the one that is named; what was removed.

    Deliveries that wait are given up: when the podcast is added again months later, they are no news. The settings
    stay, so that they can be brought back, until `removals.forget_some` deletes them.
    """
    followed = sa.and_(destination.c.guild_id == guild_id, destination.c.podcast_id == podcast_id, _ACTIVE)
    if destination_id is not None:
        followed = sa.and_(followed, destination.c.id == destination_id)
    async with db.write() as connection:
        rows = await connection.execute(_DESTINATION.where(followed).order_by(destination.c.id))
        removed = tuple(as_destination(row) for row in rows)
        waiting = await _remove(connection, followed, now)
        return Removal(podcast_id, now, removed, waiting)


async def _remove(connection: AsyncConnection, which: sa.ColumnElement[bool], now: datetime) -> int:
    """Remove these destinations; how many announcements waited there."""
    given_up = await connection.execute(
        delivery.update()
        .where(_waiting(which))
        .values(state=DeliveryState.FAILED, error=None, next_try_at=None)
    )
    left = await connection.execute(
        destination.update().where(which).values(removed_at=now).returning(destination.c.podcast_id)
    )
    await note_left(connection, podcast.c.id.in_(list(left.scalars())), now)
    return given_up.rowcount


async def waiting_deliveries(db: Database, destination_ids: Collection[int]) -> int:
    """How many announcements to these destinations are not sent yet."""
    query = sa.select(sa.func.count()).select_from(delivery)
    async with db.read() as connection:
        return (
            await connection.execute(query.where(_waiting(destination.c.id.in_(destination_ids))))
        ).scalar_one()


async def removed_destinations(
    db: Database, *, guild_id: int, podcast_id: int, removed_at: datetime
) -> list[Destination]:
    """What one removal took away, and nobody has brought back yet."""
    async with db.read() as connection:
        rows = await connection.execute(
            _DESTINATION.where(_removed(guild_id, podcast_id, removed_at)).order_by(destination.c.id)
        )
        return [as_destination(row) for row in rows]


async def restore_destinations(
    db: Database, *, guild_id: int, podcast_id: int, removed_at: datetime, added_by: int, now: datetime
) -> list[Destination]:
    """Bring back, with their settings, the destinations that one removal took away; those that were brought back."""
    async with db.write() as connection:
        restored = await connection.execute(
            destination.update()
            .where(_removed(guild_id, podcast_id, removed_at))
            .values(removed_at=None, added_by=added_by, added_at=now, **NOT_PAUSED)
            .returning(destination.c.id)
        )
        ids = list(restored.scalars())
        if ids:
            await connection.execute(podcast.update().where(podcast.c.id == podcast_id).values(left_at=None))
        rows = await connection.execute(
            _DESTINATION.where(destination.c.id.in_(ids)).order_by(destination.c.id)
        )
        return [as_destination(row) for row in rows]


def _removed(guild_id: int, podcast_id: int, removed_at: datetime) -> sa.ColumnElement[bool]:
    """What was removed at this moment, which no two removals in one server share."""
    columns = destination.c
    return sa.and_(
        columns.guild_id == guild_id, columns.podcast_id == podcast_id, columns.removed_at == removed_at
    )


def _waiting(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Deliveries to these destinations that are not sent yet."""
    return sa.and_(
        delivery.c.destination_id.in_(sa.select(destination.c.id).where(which)),
        delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]),
    )


async def followers(db: Database, podcast_id: int) -> Followers:
    """Who follows the podcast."""
    async with db.read() as connection:
        return await _followers(connection, podcast_id)


async def remove_followers(db: Database, podcast_id: int, now: datetime) -> Followers:
    """Let nobody follow the podcast any more, as `remove_destinations` does in one server; who did."""
    async with db.write() as connection:
        before = await _followers(connection, podcast_id)
        await connection.execute(podcast.update().where(podcast.c.id == podcast_id).values(by_operator=False))
        await _remove(connection, sa.and_(destination.c.podcast_id == podcast_id, _ACTIVE), now)
        await note_left(connection, podcast.c.id == podcast_id, now)
        return before


async def _followers(connection: AsyncConnection, podcast_id: int) -> Followers:
    followed = sa.and_(destination.c.podcast_id == podcast_id, _ACTIVE)
    counts = sa.select(
        sa.func.count(destination.c.guild_id.distinct()).label("servers"),
        sa.func.count().label("channels"),
        sa.select(sa.func.count()).select_from(delivery).where(_waiting(followed)).scalar_subquery(),
        sa.select(podcast.c.by_operator).where(podcast.c.id == podcast_id).scalar_subquery(),
    )
    servers, channels, waiting, by_operator = (await connection.execute(counts.where(followed))).one()
    return Followers(servers, channels, waiting, bool(by_operator))


async def all_destinations(db: Database, podcast_ids: Collection[int] | None = None) -> list[Destination]:
    """The destinations of all servers, one server after the other; of these podcasts or of all."""
    query = _DESTINATION.where(_ACTIVE).order_by(destination.c.guild_id, destination.c.id)
    if podcast_ids is not None:
        query = query.where(destination.c.podcast_id.in_(podcast_ids))
    async with db.read() as connection:
        return [as_destination(row) for row in await connection.execute(query)]


async def guild_destinations(db: Database, guild_id: int) -> list[Destination]:
    """The destinations of this server."""
    query = _DESTINATION.where(destination.c.guild_id == guild_id, _ACTIVE).order_by(destination.c.id)
    async with db.read() as connection:
        return [as_destination(row) for row in await connection.execute(query)]


async def guild_podcast_ids(db: Database, guild_id: int) -> frozenset[int]:
    """The podcasts that this server follows, which are all that its members may see."""
    return await db.quick_read(
        lambda rows: frozenset(row[0] for row in rows(_FOLLOWED, {"guild_id": guild_id}))
    )


async def get_destination(db: Database, destination_id: int) -> Destination | None:
    """A destination by its id, unless it was removed."""
    async with db.read() as connection:
        row = (
            await connection.execute(_DESTINATION.where(destination.c.id == destination_id, _ACTIVE))
        ).first()
    return as_destination(row) if row else None


async def configure_destination(
    db: Database, destination_id: int, change: Callable[[Destination], Destination]
) -> Destination | None:
    """Change how episodes are announced there; the changed destination, or None if it was removed.

    It is read and written in one transaction: two moderators may change different settings at once.
    """
    this = destination.c.id == destination_id
    async with db.write() as connection:
        row = (await connection.execute(_DESTINATION.where(this, _ACTIVE).with_for_update())).first()
        if row is None:
            return None
        current = as_destination(row)
        changed = change(current)
        if changed != current:
            await connection.execute(destination.update().where(this).values(**_settings(changed)))
        return changed


def _settings(of: Destination) -> dict[str, Any]:
    return {
        "style": of.looks.style,
        "role_id": of.looks.role_id,
        "silent": of.looks.silent,
        "spoiler": of.looks.spoiler,
        "open_thread": of.open_thread,
        "publish": of.publish,
        "tag_ids": ",".join(map(str, of.tag_ids)),
    }


async def orphaned_threads(db: Database) -> list[Destination]:
    """The threads of which it is not stored what channel they are in: private ones, and those of an older version."""
    query = _DESTINATION.where(
        _ACTIVE, destination.c.kind == DestinationKind.THREAD, destination.c.parent_id.is_(None)
    )
    async with db.read() as connection:
        return [as_destination(row) for row in await connection.execute(query.order_by(destination.c.id))]


async def record_parent(db: Database, channel_id: int, parent_id: int) -> None:
    """Store the channel that a thread is in."""
    async with db.write() as connection:
        await connection.execute(
            destination.update().where(destination.c.channel_id == channel_id).values(parent_id=parent_id)
        )


async def record_kind(db: Database, destination_id: int, kind: DestinationKind) -> None:
    """Store the kind that Discord says the channel has."""
    async with db.write() as connection:
        await connection.execute(
            destination.update().where(destination.c.id == destination_id).values(kind=kind)
        )


async def paused_since(db: Database, destination_id: int) -> tuple[datetime | None, datetime | None]:
    """Since when the destination is paused, and since when Discord says that the channel does not exist."""
    query = sa.select(destination.c.paused_since, destination.c.gone_since).where(
        destination.c.id == destination_id
    )
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
    return (row.paused_since, row.gone_since) if row else (None, None)


async def pause_destination(
    db: Database, destination_id: int, reason: Status, *, now: datetime, resume_at: datetime, gone: bool
) -> bool:
    """Post nothing there until `resume_at` or until it is resumed; whether the reason has another code than before.

    `gone`: Discord says that the channel does not exist.
    """
    columns = destination.c
    moment = sa.bindparam("now", now, columns.added_at.type)
    async with db.write() as connection:
        previous: Status | None = await connection.scalar(
            sa.select(columns.paused).where(columns.id == destination_id)
        )
        await connection.execute(
            destination.update()
            .where(columns.id == destination_id)
            .values(
                paused=reason,
                paused_since=sa.func.coalesce(columns.paused_since, moment),
                gone_since=sa.func.coalesce(columns.gone_since, moment) if gone else None,
                resume_at=resume_at,
            )
        )
        return previous is None or previous.code != reason.code


async def paused_destinations(db: Database, guild_id: int | None = None) -> list[Destination]:
    """The paused destinations, of one server where it is given."""
    query = _DESTINATION.where(_ACTIVE, destination.c.paused.is_not(None)).order_by(destination.c.id)
    if guild_id is not None:
        query = query.where(destination.c.guild_id == guild_id)
    async with db.read() as connection:
        return [as_destination(row) for row in await connection.execute(query)]


async def resume_destinations(db: Database, destination_ids: Collection[int]) -> None:
    """End the pause of these destinations."""
    async with db.write() as connection:
        await connection.execute(
            destination.update().where(destination.c.id.in_(destination_ids)).values(**NOT_PAUSED)
        )
