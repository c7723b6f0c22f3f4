"""What follows a message that stands: a thread under it, publishing, edits. None of it holds up a first post."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import aiohttp
import discord
from discord.http import MultipartParameters

from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.announcing.transport.channels import error_text, resolve_channel, retry_after
from bot.announcing.transport.transport import Transport
from bot.present.text import cut
from bot.workers.retry_loop import pause
from bot.workers.worker_identity import LEASE
from storage.engine.database import Database
from storage.models import FollowUp, FollowUpKind
from storage.tables.episodes import get_episode
from storage.tables.follow_ups import (
    claim_follow_ups,
    finish_follow_up,
    next_follow_up_at,
    postpone_follow_up,
)

AT_ONCE = 4
BATCH = 16
LOOK_AGAIN_S = 5.0
WORK_TIMEOUT_S = 100.0
# Publishing is limited to about ten an hour in each channel.
PUBLISHED_AGAIN_AFTER = timedelta(minutes=6)
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=2)
THREAD_NAME = 100
THREAD_SLEEPS_AFTER: Literal[4320] = 4320
# Discord's words for: it is done already.
THREAD_EXISTS, PUBLISHED_ALREADY = 160004, 40033

log = logging.getLogger(__name__)


class Follower:
    """Does what is due, a few at a time, while no first post waits."""

    def __init__(
        self,
        client: discord.Client,
        db: Database,
        renderer: MessageRenderer,
        transport: Transport,
        me: str,
        kinds: Sequence[FollowUpKind],
    ) -> None:
        self.name = kinds[0].value
        # What is being worked on: the lease is renewed of that alone.
        self.held: set[tuple[int, FollowUpKind]] = set()
        self._client = client
        self._db = db
        self._renderer = renderer
        self._transport = transport
        self._me = me
        self._kinds = kinds
        self._woken = asyncio.Event()
        # Channels in which Discord lets nothing be published before then.
        self._published_from: dict[int, datetime] = {}

    def wake(self) -> None:
        """Something is to follow."""
        self._woken.set()

    async def step(self) -> None:
        """Do what is due, or wait for it."""
        self._woken.clear()
        if wait := self._transport.circuit_breaker.wait_s(time.monotonic()):
            await pause(wait, self._woken)
            return
        now = _now()
        due = await claim_follow_ups(self._db, self._me, self._kinds, now=now, until=now + LEASE, limit=BATCH)
        self.held = {(one.delivery_id, one.kind) for one in due}
        try:
            for first in range(0, len(due), AT_ONCE):
                await asyncio.gather(*(self._do(one) for one in due[first : first + AT_ONCE]))
        finally:
            self.held.clear()
        if not due:
            at = await next_follow_up_at(self._db, self._kinds)
            left = LOOK_AGAIN_S if at is None else max(0.05, (at - _now()).total_seconds())
            await pause(min(LOOK_AGAIN_S, left), self._woken)

    async def _do(self, one: FollowUp) -> None:
        now = _now()
        self._published_from = {channel: at for channel, at in self._published_from.items() if at > now}
        if one.kind is FollowUpKind.PUBLISH and (at := self._published_from.get(one.channel_id)):
            # Asking all the same would be refused, and counted.
            await postpone_follow_up(
                self._db, one, "Discord limits publishing in a channel.", now=now, due_at=at
            )
            return
        await self._transport.rate_limiter.yield_to_urgent()
        try:
            async with asyncio.timeout(WORK_TIMEOUT_S):
                shown = await self._done(one)
        except discord.HTTPException as error:
            if error.status == 401:
                raise discord.LoginFailure("the token was refused while following up") from error
            for_good = error.status in (400, 404)
            await self._later(
                one, f"Discord answered {error.status}: {error.text}.", error, for_good=for_good
            )
        except AttemptFailedError as error:
            await self._later(one, error.reason, error, for_good=error.outcome is AttemptOutcome.REJECTED)
        except (discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            await self._later(one, f"The answer was lost: {error_text(error)}.", error, for_good=False)
        else:
            await finish_follow_up(self._db, one, shown=shown)
            log.info("delivery %d: %s done", one.delivery_id, one.kind)

    async def _done(self, one: FollowUp) -> str | None:
        """Do it; what an edited message shows now."""
        if one.kind in (FollowUpKind.EDIT, FollowUpKind.WITHDRAWN):
            return await self._edit(one)
        await resolve_channel(self._client, one.to)
        try:
            if one.kind is FollowUpKind.THREAD:
                await self._open_thread(one)
            else:
                await self._client.http.publish_message(one.channel_id, one.message_id)
        except discord.HTTPException as error:
            # It has the message's id, and so is there once however often it is asked for.
            if error.code not in (THREAD_EXISTS, PUBLISHED_ALREADY):
                raise
        return None

    async def _open_thread(self, one: FollowUp) -> None:
        episode = await get_episode(self._db, one.episode_id)
        await self._client.http.start_thread_with_message(
            one.channel_id,
            one.message_id,
            name=cut(episode.title if episode else "", THREAD_NAME) or "…",
            auto_archive_duration=THREAD_SLEEPS_AFTER,
        )

    async def _edit(self, one: FollowUp) -> str | None:
        made = await self._renderer.edit(one.episode_id, one.to.looks, one.delivery_id, one.form)
        if made is None or made.shown == one.shown:
            return None
        await resolve_channel(self._client, one.to)
        payload = MultipartParameters(made.payload, None, None)
        await self._client.http.edit_message(one.channel_id, one.message_id, params=payload)
        return made.shown

    async def _later(self, one: FollowUp, reason: str, error: BaseException, *, for_good: bool) -> None:
        now = _now()
        failing_for = now - (one.failing_since or now)
        due_at: datetime | None = None
        if not for_good and failing_for < GIVE_UP_AFTER:
            wait = min(LONGEST_RETRY, max(FIRST_RETRY, failing_for / 2))
            if one.kind is FollowUpKind.PUBLISH and isinstance(error, discord.RateLimited):
                wait = max(wait, PUBLISHED_AGAIN_AFTER)
            due_at = now + max(wait, timedelta(seconds=retry_after(error)))
            if one.kind is FollowUpKind.PUBLISH and isinstance(error, discord.RateLimited):
                self._published_from[one.channel_id] = due_at
        level = logging.WARNING if one.failing_since is None or due_at is None else logging.DEBUG
        log.log(level, "delivery %d: no %s: %s", one.delivery_id, one.kind, reason)
        await postpone_follow_up(self._db, one, reason, now=now, due_at=due_at)


def _now() -> datetime:
    return datetime.now(UTC)
