"""Which channels the threads are in that an older version stored: an archived thread is not in discord.py's cache."""

from __future__ import annotations

import logging

import discord

from bot.announcing.transport.channels import REQUEST_ERRORS
from bot.present.visibility import public_parent
from storage.engine.database import Database
from storage.tables.destinations import orphaned_threads, record_parent

log = logging.getLogger(__name__)


async def record_parents(client: discord.Client, db: Database) -> None:
    """Store them, so that those who can view such a channel go on seeing what its threads announce."""
    for one in await orphaned_threads(db):
        guild = client.get_guild(one.guild_id)
        if guild is None or guild.unavailable:
            continue
        try:
            channel = guild.get_thread(one.channel_id) or await guild.fetch_channel(one.channel_id)
        except (*REQUEST_ERRORS, discord.InvalidData) as error:
            # The next start asks again; until then it is seen from inside the thread alone.
            log.info("destination %d: its thread is not told: %s", one.id, type(error).__name__)
            continue
        if (parent_id := public_parent(channel)) is not None:
            await record_parent(db, one.channel_id, parent_id)
