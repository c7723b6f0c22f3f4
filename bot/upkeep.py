"""Deletes what nobody follows any more, and gives its space back to the disk.

Any number of processes may do so at once: each step checks in its own transaction that it is still called for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta

from bot.workers.clock import SYSTEM_CLOCK, Clock
from bot.workers.outage import OUTAGE
from storage.engine.database import Database
from storage.engine.sqlite_space import SMALL_BYTES, RewriteError
from storage.models import LeftPodcast
from storage.tables.removals import (
    begin_deletion,
    compare_guilds,
    delete_some,
    forget_some,
    left_podcasts,
    note_followers,
    podcasts_in_deletion,
    record_guild_back,
    record_guild_removed,
)

# Settings of what was removed, and podcasts that nobody follows, are kept this long.
KEPT = timedelta(days=30)
# Where those podcasts take too much space they go sooner, but a moderator who removed one by mistake has a day.
KEPT_AT_LEAST = timedelta(days=1)
FIRST_AFTER_S = 60.0
EVERY_S = 3_600.0
# Between two transactions, so that others get their turn.
REST_S = 0.02

log = logging.getLogger(__name__)


def to_delete(left: Sequence[LeftPodcast], now: datetime, most_bytes: int) -> list[LeftPodcast]:
    """Which of the podcasts that nobody follows go now, those that were left first before the others."""
    size = sum(one.size for one in left)
    gone = []
    for one in sorted(left, key=lambda one: one.left_at):
        age = now - one.left_at
        if age >= KEPT or (age >= KEPT_AT_LEAST and size > most_bytes):
            gone.append(one)
            size -= one.size
    return gone


def next_deletion(left: Sequence[LeftPodcast], now: datetime, most_bytes: int) -> datetime | None:
    """When the next of these podcasts, which are kept for now, may have to go; None where there are none."""
    over = sum(one.size for one in left) > most_bytes
    young = [one.left_at + KEPT_AT_LEAST for one in left] if over else []
    return min((due for due in (*young, *(one.left_at + KEPT for one in left)) if due > now), default=None)


def _no_search() -> Awaitable[None]:
    return asyncio.sleep(0)


def _no_guilds() -> None:
    """The servers that the bot is in, of a program that is not connected."""


class Upkeep:
    """The sweep through what is stored, once an hour.

    `guilds` returns the servers that the bot is in, None while that is not known. `tidy` deletes the search's files
    that are listed nowhere.
    """

    def __init__(
        self,
        db: Database,
        *,
        most_left_bytes: int,
        tidy: Callable[[], Awaitable[None]] = _no_search,
        guilds: Callable[[], Collection[int] | None] = _no_guilds,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._db = db
        self._most = most_left_bytes
        self._tidy = tidy
        self._guilds = guilds
        self._clock = clock
        self._ends = asyncio.Event()

    async def run(self) -> None:
        """Sweep until cancelled."""
        await self._clock.wait(FIRST_AFTER_S, self._ends)
        while not self._ends.is_set():
            wait = EVERY_S
            try:
                wait = await self.sweep()
            except Exception as error:
                # Nothing is lost by waiting.
                if not OUTAGE.note("deleting what nobody follows", error):
                    log.exception("what nobody follows can't be deleted now")
            await self._clock.wait(wait, self._ends)

    async def guild_removed(self, guild_id: int) -> None:
        """Discord says that the bot was removed from a server."""
        await record_guild_removed(self._db, guild_id, self._clock.now())

    async def guild_joined(self, guild_id: int) -> None:
        """The bot was added to a server, perhaps again."""
        await record_guild_back(self._db, guild_id)

    async def sweep(self) -> float:
        """Delete what is due, and give the space back; in how many seconds to look again."""
        now = self._clock.now()
        present = self._guilds()
        if present is not None:
            for guild_id in await compare_guilds(self._db, present, now):
                log.warning(
                    "server %d follows podcasts, and the bot is not in it any more: its settings go in %d days",
                    guild_id,
                    KEPT.days,
                )
            # Not while that is unknown: a server may have the bot again since it was noted.
            while await forget_some(self._db, now - KEPT, now):
                await self._rest()
        await note_followers(self._db, now)
        left = await left_podcasts(self._db)
        gone = to_delete(left, now, self._most)
        for one in gone:
            if await begin_deletion(self._db, one.id, one.left_at, now):
                log.info(
                    "podcast %d, “%s”, goes: nobody has followed it since %s",
                    one.id,
                    one.title,
                    one.left_at.date(),
                )
        await self._delete()
        kept = [one for one in left if one not in gone]
        due = next_deletion(kept, now, self._most)
        return EVERY_S if due is None else min(EVERY_S, max(1.0, (due - now).total_seconds()))

    async def _delete(self) -> None:
        begun = await podcasts_in_deletion(self._db)
        for podcast_id in begun:
            steps = 1
            while await delete_some(self._db, podcast_id):
                steps += 1
                await self._rest()
            log.info("podcast %d is deleted, in %d steps", podcast_id, steps)
        if begun:
            await self._tidy()
        freed = await self._db.shrink()
        if freed:
            log.info("gave %.1f MB back to the disk", freed / 1_000_000)

    async def _rest(self) -> None:
        # By the machine's clock: the writers that wait for their turn do so, too.
        await asyncio.sleep(REST_S)


async def let_file_shrink(db: Database, *, small_bytes: int = SMALL_BYTES) -> None:
    """Rewrite a small SQLite file of an older version, which could not give space back; tell of a large one."""
    space = await db.file_space()
    if space is None or space.returns:
        return
    mb = space.size // 2**20 + 1
    if space.size > small_bytes:
        log.warning(
            "the database file (%d MB) keeps the space of what is deleted until it was rewritten once: "
            "`python -m bot compact` does that, needs up to %d MB of free disk space and some %d s",
            mb,
            2 * mb,
            mb // 50 + 1,
        )
        return
    try:
        won = await db.rewrite()
    except RewriteError as error:
        log.warning("%s Until then it keeps the space of what is deleted.", error)
    else:
        log.info("rewrote the database file, so that it gives space back; it is %d MB smaller", won // 2**20)
