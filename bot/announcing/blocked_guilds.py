"""Servers whose deliveries wait until somebody acts there, or until an outage ends."""

from __future__ import annotations

import discord

from bot.present.permissions import Announceable, missing_permissions
from storage.engine.database import Database
from storage.tables.delivery_outcomes import hasten_deliveries
from storage.tables.destinations import paused_destinations, resume_destinations


class BlockedGuilds:
    """Servers with a paused destination, and servers that are unavailable while a delivery waits."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._needing_person: set[int] = set()
        self._in_outage: set[int] = set()

    def is_blocked(self, guild_id: int) -> bool:
        """Whether a delivery waits for something to change in this server."""
        return guild_id in self._needing_person or guild_id in self._in_outage

    def note(self, guild_id: int, *, outage: bool) -> None:
        """A delivery to this server failed: because of an outage, or because a moderator has to act."""
        (self._in_outage if outage else self._needing_person).add(guild_id)

    async def refresh(self) -> None:
        """Look up which servers have paused destinations."""
        self._needing_person = {one.guild_id for one in await paused_destinations(self._db)}

    async def recheck(self, guild: discord.Guild) -> bool:
        """Resume what can be posted to again in a server in which something changed; whether anything was."""
        if not self.is_blocked(guild.id):
            return False
        back = guild.id in self._in_outage and not guild.unavailable
        if back:
            self._in_outage.discard(guild.id)
        paused = await paused_destinations(self._db, guild.id)
        repaired = []
        for one in paused:
            channel = guild.get_channel_or_thread(one.channel_id)
            # Only an attempt can tell about a channel that is not cached.
            if not isinstance(channel, Announceable) or not missing_permissions(channel):
                repaired.append(one.id)
        if len(repaired) == len(paused):
            self._needing_person.discard(guild.id)
        if repaired:
            await resume_destinations(self._db, repaired)
        if repaired or back:
            await hasten_deliveries(self._db, guild.id)
        return bool(repaired) or back
