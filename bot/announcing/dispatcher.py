"""Sends announcements: claims what is due, keeps what is held its own, and takes up what dead processes held."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import discord

from bot.announcing.blocked_guilds import Waiting
from bot.announcing.delivery_attempt import DeliveryAttempts
from bot.announcing.follow_ups import Follower
from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.retry_policy import SETTLED_AFTER
from bot.announcing.transport.transport import Transport
from bot.workers.retry_loop import for_ever, pause
from bot.workers.worker_identity import LEASE, RENEWED_EVERY_S, RUNNING, is_dead, process_name
from storage.engine.database import Database
from storage.models import Delivery, FollowUpKind
from storage.tables.deliveries import (
    claim_deliveries,
    delivery_owners,
    next_delivery_at,
    release_deliveries,
    renew_delivery_leases,
)
from storage.tables.follow_ups import follow_up_owners, release_follow_ups, renew_follow_up_leases

# Most of them wait for their turn: enough for Discord's 50 a second where an answer takes a second.
AT_ONCE = 64
# What another process planned (the command line's `poll`) is noticed this late.
LOOK_AGAIN = timedelta(seconds=5)
# Sends end one by one: so long others are waited for before the database is asked for the next.
GATHERED_S = 0.1
CLAIMED_EVERY_S = 0.5
# What is under way when the bot stops may end so long.
STOPPED_WITHIN_S = 2.0
# A rest of this length is an operator's business.
TOLD_FROM_S = 30.0
NONCE_WINDOW_S = 120.0

log = logging.getLogger(__name__)


class Sender:
    """Delivers what is due, woken when something new is planned."""

    def __init__(
        self,
        client: discord.Client,
        db: Database,
        renderer: MessageRenderer,
        transport: Transport,
        *,
        nonce_window_s: float = NONCE_WINDOW_S,
    ) -> None:
        self._client = client
        self._db = db
        self._transport = transport
        self._me = process_name()
        self._waiting = Waiting(db)
        self._attempts = DeliveryAttempts(
            client, db, renderer, self._waiting, nonce_window_s=nonce_window_s, is_ours=self._is_ours
        )
        # A queue each: publishing may wait for an hour, and edits are many.
        self._followers = [
            Follower(client, db, renderer, transport, self._me, kinds)
            for kinds in (
                (FollowUpKind.THREAD,),
                (FollowUpKind.PUBLISH,),
                (FollowUpKind.EDIT, FollowUpKind.WITHDRAWN),
            )
        ]
        self._woken = asyncio.Event()
        self._ends = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._held_until: dict[int, float] = {}
        self._claimed = 0.0
        self._failure: BaseException | None = None
        self._told_to_wait = False

    def wake(self) -> None:
        """Something was planned."""
        self._woken.set()

    def waits(self, guild_id: int) -> bool:
        """Whether a delivery waits for something to change in this server."""
        return self._waiting.for_anything(guild_id)

    async def run(self) -> None:
        """Deliver for ever. Raises discord.LoginFailure where Discord refuses the token."""
        RUNNING.add(self._me)
        fatal = (discord.LoginFailure,)
        work = {"keeping deliveries": self._renew, "announcing": self._step}
        work |= {f"following up with {one.name}": one.step for one in self._followers}
        tasks = [
            asyncio.create_task(for_ever(what, step, fatal=fatal, until=self._ends), name=what)
            for what, step in work.items()
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            await self._end(tasks)

    async def _end(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        self._ends.set()
        self._woken.set()
        for follower in self._followers:
            follower.wake()
        # They still hold the database, which is closed next; a statement is not cut in the middle.
        busy = [*self._busy.values(), *tasks]
        _, late = await asyncio.wait(busy, timeout=STOPPED_WITHIN_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        try:
            await release_deliveries(self._db, [self._me], _now() + SETTLED_AFTER)
            await release_follow_ups(self._db, [self._me])
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, and it is said
            log.warning("leases can't be given back (%s); they end by themselves", error)
        RUNNING.discard(self._me)

    # Which process sends what

    async def _renew(self) -> None:
        held = list(self._busy)
        if held:
            end = time.monotonic() + LEASE.total_seconds()
            still = await renew_delivery_leases(self._db, self._me, held, _now() + LEASE)
            self._held_until.update((one, end) for one in still if one in self._busy)
        if following := [key for one in self._followers for key in one.held]:
            await renew_follow_up_leases(self._db, self._me, following, _now() + LEASE)
        await self._take_over()
        # Another process may have met what stands in the way.
        await self._waiting.remember()
        await pause(RENEWED_EVERY_S, self._ends)

    async def _take_over(self) -> None:
        # One that was killed while it opened a thread holds no delivery.
        owners = {*await delivery_owners(self._db), *await follow_up_owners(self._db)}
        dead = [owner for owner in owners if is_dead(owner, self._me)]
        if dead:
            count = await release_deliveries(self._db, dead, _now() + SETTLED_AFTER)
            count += await release_follow_ups(self._db, dead)
            log.info("took over %d deliveries and what follows them of a process that ended", count)
            self._woken.set()
            for follower in self._followers:
                follower.wake()

    async def _step(self) -> None:
        self._woken.clear()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if wait := self._transport.circuit_breaker.wait_s(time.monotonic()):
            if not self._told_to_wait:
                level = logging.ERROR if wait > TOLD_FROM_S else logging.INFO
                log.log(level, "Discord asks to be left alone: nothing is announced for %.1f s", wait)
            self._told_to_wait = True
            await pause(wait, self._ends)
            return
        self._told_to_wait = False
        await self._start_due()
        if self._busy:
            await pause(GATHERED_S, self._ends)
        await self._sleep()

    async def deliver_due(self) -> int:
        """Try what is due until nothing is; how many attempts that took."""
        tried = 0
        while started := await self._start_due():
            tried += started
            await asyncio.gather(*self._busy.values())
        return tried

    async def _start_due(self) -> int:
        """Start on what is due. One channel gets its episodes in order; channels do not wait for each other."""
        free = AT_ONCE - len(self._busy)
        since = time.monotonic() - self._claimed
        # To find what is due takes 60 ms where 20,000 wait: it is not asked for one by one.
        if self._ends.is_set() or not free or (free < AT_ONCE // 2 and since < CLAIMED_EVERY_S):
            return 0
        self._claimed = time.monotonic()
        now = _now()
        end = time.monotonic() + LEASE.total_seconds()
        due = await claim_deliveries(self._db, self._me, now=now, until=now + LEASE, limit=free)
        for one in due:
            self._held_until[one.id] = end
            begun_before = one.sending_since is not None and one.sending_since < now
            task = asyncio.create_task(
                self._deliver(one, begun_before=begun_before), name=f"announce in {one.channel_id}"
            )
            self._busy[one.id] = task
            task.add_done_callback(partial(self._done, one.id))
        return len(due)

    def _done(self, delivery_id: int, task: asyncio.Task[None]) -> None:
        self._busy.pop(delivery_id, None)
        self._held_until.pop(delivery_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error
        self._woken.set()

    async def _sleep(self) -> None:
        if self._busy:
            # Each that ends wakes this.
            await pause(CLAIMED_EVERY_S, self._woken)
            return
        wait = LOOK_AGAIN
        now = _now()
        until = await next_delivery_at(self._db, now)
        if until is not None:
            wait = min(wait, max(timedelta(0), until - now))
        await pause(wait.total_seconds(), self._woken)

    async def _deliver(self, delivery: Delivery, *, begun_before: bool) -> None:
        sent = await self._attempts.deliver(delivery, begun_before=begun_before)
        for follower in self._followers if sent and sent.follow_ups else ():
            follower.wake()

    def _is_ours(self, delivery_id: int) -> bool:
        return time.monotonic() < self._held_until.get(delivery_id, 0.0)

    async def look_again(self, guild: discord.Guild) -> None:
        """Something changed in a server that something waits for."""
        if await self._waiting.look_again(guild):
            self._woken.set()


def _now() -> datetime:
    return datetime.now(UTC)
