"""What a server chose for a podcast in all of its channels, and where it announces it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import GuildPodcast, PodcastSources, Visibility
from storage.tables.bulk_writes import insert_new
from storage.tables.schema import destination, guild_podcast

_GUILD = sa.bindparam("guild_id", type_=sa.BigInteger)
_SETTINGS = (guild_podcast.c.visible, guild_podcast.c.audio, guild_podcast.c.summaries)
_SOURCES = (
    sa.select(destination.c.podcast_id, destination.c.channel_id, destination.c.parent_id, *_SETTINGS)
    .outerjoin_from(
        destination,
        guild_podcast,
        sa.and_(
            guild_podcast.c.guild_id == destination.c.guild_id,
            guild_podcast.c.podcast_id == destination.c.podcast_id,
        ),
    )
    .where(destination.c.guild_id == _GUILD, destination.c.removed_at.is_(None))
)


async def podcast_sources(db: Database, guild_id: int) -> dict[int, PodcastSources]:
    """The podcasts that a server follows by their id, each with its channels and settings: one quick read."""
    rows = await db.quick_read(lambda rows: rows(_SOURCES, {"guild_id": guild_id}))
    settings: dict[int, GuildPodcast] = {}
    channels: dict[int, set[int]] = defaultdict(set)
    parents: dict[int, dict[int, int]] = defaultdict(dict)
    for podcast_id, channel_id, parent_id, *chosen in rows:
        settings[podcast_id] = _as_settings(guild_id, podcast_id, *chosen)
        channels[podcast_id].add(channel_id)
        if parent_id is not None:
            parents[podcast_id][channel_id] = parent_id
    return {one: PodcastSources(settings[one], frozenset(channels[one]), parents[one]) for one in settings}


async def get_guild_podcast(db: Database, guild_id: int, podcast_id: int) -> GuildPodcast:
    """What a server chose for a podcast; the defaults where it chose nothing."""
    async with db.read() as connection:
        return await _current(connection, guild_id, podcast_id)


async def configure_guild_podcast(
    db: Database, guild_id: int, podcast_id: int, change: Callable[[GuildPodcast], GuildPodcast]
) -> GuildPodcast:
    """Change what a server chose for a podcast, in one transaction; what it is now."""
    key = {"guild_id": guild_id, "podcast_id": podcast_id}
    async with db.write() as connection:
        # A row that is there can be locked: two moderators may change different settings at once.
        await insert_new(connection, guild_podcast, key)
        changed = change(await _current(connection, guild_id, podcast_id, lock=True))
        await connection.execute(
            guild_podcast.update()
            .where(guild_podcast.c.guild_id == guild_id, guild_podcast.c.podcast_id == podcast_id)
            .values(visible=changed.visible, audio=changed.audio, summaries=changed.summaries)
        )
        return changed


async def _current(
    connection: AsyncConnection, guild_id: int, podcast_id: int, *, lock: bool = False
) -> GuildPodcast:
    query = sa.select(*_SETTINGS).where(
        guild_podcast.c.guild_id == guild_id, guild_podcast.c.podcast_id == podcast_id
    )
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return _as_settings(guild_id, podcast_id, *(row or (None, None, None)))


def _as_settings(guild_id: int, podcast_id: int, visible: Any, audio: Any, summaries: Any) -> GuildPodcast:
    # A row that was read without SQLAlchemy's types has 0 and 1.
    shown = None if summaries is None else bool(summaries)
    return GuildPodcast(guild_id, podcast_id, Visibility(visible or Visibility.CHANNEL), bool(audio), shown)
