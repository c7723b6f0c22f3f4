"""Sends announcements as they come due, and what follows them; several processes may share the work."""

from __future__ import annotations

import logging
import time

import discord

from bot.announcing.blocked_guilds import BlockedGuilds
from bot.announcing.delivery_attempt import DeliveryAttempts
from bot.announcing.follow_ups import FollowUpWorker
from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.retry_policy import SETTLED_AFTER
from bot.announcing.transport.transport import Transport
from bot.workers.leased_worker import LeasedWorker, WorkerLimits
from bot.workers.retry_loop import run_together
from storage.engine.database import Database
from storage.models import Delivery, FollowUpKind
from storage.tables.delivery_queue import DeliveryQueue

LIMITS = WorkerLimits(
    # Most of them wait for the rate limiter: enough for Discord's 50 a second if an answer takes a second.
    at_once=64,
    worthwhile=32,
    # Finding what is due takes 60 ms while 20,000 deliveries wait.
    claim_every_s=0.5,
    gather_s=0.1,
    longest_sleep_s=5.0,
    stop_within_s=1.5,
)
# A longer rest than this is logged as an error, as the operator should look into it.
LONG_REST_S = 30.0
BLOCKED_GUILDS_REFRESHED_EVERY_S = 6.0
NONCE_WINDOW_S = 120.0

log = logging.getLogger(__name__)


class Dispatcher:
    """Sends deliveries when they are due; `wake` says that one was just planned."""

    def __init__(
        self,
        client: discord.Client,
        db: Database,
        renderer: MessageRenderer,
        transport: Transport,
        *,
        nonce_window_s: float = NONCE_WINDOW_S,
    ) -> None:
        self._transport = transport
        self._blocked_guilds = BlockedGuilds(db)
        self._worker = LeasedWorker(
            "announcing",
            DeliveryQueue(db, settled_after=SETTLED_AFTER),
            self._deliver,
            LIMITS,
            rest_s=self._rest_s,
            fatal=(discord.LoginFailure,),
            beside={"refreshing the blocked servers": self._refresh_blocked_guilds},
        )
        self._attempts = DeliveryAttempts(
            client,
            db,
            renderer,
            self._blocked_guilds,
            nonce_window_s=nonce_window_s,
            is_ours=self._worker.holds,
        )
        # A queue each: publishing may wait for an hour, and edits are many.
        self._follow_ups = [
            FollowUpWorker(client, db, renderer, transport, kinds)
            for kinds in (
                (FollowUpKind.THREAD,),
                (FollowUpKind.PUBLISH,),
                (FollowUpKind.EDIT, FollowUpKind.TRANSCRIPT, FollowUpKind.SUMMARY, FollowUpKind.WITHDRAWN),
            )
        ]
        self._resting = False

    def wake(self) -> None:
        """A delivery was planned, or made due."""
        self._worker.wake()

    async def run(self) -> None:
        """Deliver until cancelled. Raises discord.LoginFailure where Discord refuses the token."""
        await run_together(self._worker.run(), *(one.run() for one in self._follow_ups))

    def is_blocked(self, guild_id: int) -> bool:
        """Whether a delivery to this server waits for somebody to act there, or for an outage to end."""
        return self._blocked_guilds.is_blocked(guild_id)

    async def recheck(self, guild: discord.Guild) -> None:
        """Resume deliveries to a blocked server, in which something has changed, where they are possible again."""
        if await self._blocked_guilds.recheck(guild):
            self._worker.wake()

    async def _deliver(self, delivery: Delivery) -> None:
        sent = await self._attempts.deliver(delivery)
        for worker in self._follow_ups if sent and sent.follow_ups else ():
            worker.wake()

    def _rest_s(self) -> float:
        """How long Discord has to be left alone; a rest is logged once."""
        rest = self._transport.circuit_breaker.wait_s(time.monotonic())
        if rest and not self._resting:
            level = logging.ERROR if rest > LONG_REST_S else logging.INFO
            log.log(level, "Discord asks to be left alone: nothing is announced for %.1f s", rest)
        self._resting = bool(rest)
        return rest

    async def _refresh_blocked_guilds(self) -> None:
        # Another process may have found a server blocked whose changes only this one hears of.
        await self._blocked_guilds.refresh()
        await self._worker.pause(BLOCKED_GUILDS_REFRESHED_EVERY_S)
