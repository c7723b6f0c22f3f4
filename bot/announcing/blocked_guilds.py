"""Which servers something waits for: somebody who acts there, or the end of an outage."""

from __future__ import annotations

import discord

from bot.present.permissions import Announceable, missing_permissions
from storage.engine.database import Database
from storage.tables.deliveries import hasten_deliveries
from storage.tables.destinations import paused_destinations, resume_destinations


class Waiting:
    """Servers with a destination that rests, and those that something is for but that are away."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._for_person: set[int] = set()
        self._away: set[int] = set()

    def for_anything(self, guild_id: int) -> bool:
        """Whether a delivery waits for something to change in this server."""
        return guild_id in self._for_person or guild_id in self._away

    def note(self, guild_id: int, *, outage: bool) -> None:
        """A delivery to this server waits from now on."""
        (self._away if outage else self._for_person).add(guild_id)

    async def remember(self) -> None:
        """Look up which servers wait for somebody."""
        self._for_person = {one.guild_id for one in await paused_destinations(self._db)}

    async def look_again(self, guild: discord.Guild) -> bool:
        """Something changed in a server: what can be posted to again is resumed; whether anything is."""
        if not self.for_anything(guild.id):
            return False
        back = guild.id in self._away and not guild.unavailable
        if back:
            self._away.discard(guild.id)
        paused = await paused_destinations(self._db, guild.id)
        mended = []
        for one in paused:
            channel = guild.get_channel_or_thread(one.channel_id)
            # Of what is in no cache only an attempt tells.
            if not isinstance(channel, Announceable) or not missing_permissions(channel):
                mended.append(one.id)
        if len(mended) == len(paused):
            self._for_person.discard(guild.id)
        if mended:
            await resume_destinations(self._db, mended)
        if mended or back:
            await hasten_deliveries(self._db, guild.id)
        return bool(mended) or back
