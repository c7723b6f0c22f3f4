"""Follow-ups of sent messages: opening a thread, publishing, editing. None of them holds up new announcements."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import aiohttp
import discord
from discord.http import MultipartParameters

from bot.announcing.messages.rendered_messages import DIGEST, MessageRenderer
from bot.announcing.retry_policy import AttemptFailedError, AttemptOutcome
from bot.announcing.transport.channels import ANSWER_LOST, ANSWERED, error_text, resolve_channel, retry_after
from bot.announcing.transport.transport import Transport
from bot.present.permissions import why_no_thread
from bot.present.post import thread_name
from bot.shown_episodes import shown_episode
from bot.status_messages.sentences import sentence
from bot.workers.clock import failing_from
from bot.workers.leased_worker import LeasedWorker, WorkerLimits
from storage.engine.database import Database
from storage.models import FollowUp, FollowUpKind, Status, StatusCode
from storage.tables.episodes import get_episode
from storage.tables.follow_ups import FollowUpQueue, finish_follow_up, postpone_follow_up

AT_ONCE = 4
# They are claimed in batches; AT_ONCE of a batch are done at a time.
BATCH = 16
LIMITS = WorkerLimits(
    at_once=BATCH,
    worthwhile=BATCH,
    # A follow-up that hangs delays the next batch no longer than this.
    claim_every_s=5.0,
    gather_s=0.0,
    longest_sleep_s=5.0,
    stop_within_s=1.5,
)
WORK_TIMEOUT_S = 100.0
# Publishing is limited to about ten an hour in each channel.
PUBLISHED_AGAIN_AFTER = timedelta(minutes=6)
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
# Attempts that fail are never further apart than this, if the clock is right.
ATTEMPTS_APART = timedelta(hours=3)
GIVE_UP_AFTER = timedelta(days=2)
THREAD_SLEEPS_AFTER: Literal[4320] = 4320
# Discord's error codes for what was done already.
THREAD_EXISTS, PUBLISHED_ALREADY = 160004, 40033

PUBLISHING_LIMITED = StatusCode("delivery.publishing_limited")

log = logging.getLogger(__name__)


class FollowUpWorker:
    """Does the follow-ups of some kinds when they are due, a few at a time, after announcements that queue."""

    def __init__(
        self,
        client: discord.Client,
        db: Database,
        renderer: MessageRenderer,
        transport: Transport,
        kinds: Sequence[FollowUpKind],
    ) -> None:
        self._client = client
        self._db = db
        self._renderer = renderer
        self._transport = transport
        self._worker = LeasedWorker(
            f"following up with {kinds[0].value}",
            FollowUpQueue(db, kinds),
            self._work,
            LIMITS,
            rest_s=lambda: transport.circuit_breaker.wait_s(time.monotonic()),
            fatal=(discord.LoginFailure,),
        )
        self._slots = asyncio.Semaphore(AT_ONCE)
        # By channel, when Discord accepts publishing again.
        self._publish_from: dict[int, datetime] = {}

    def wake(self) -> None:
        """A message was sent that has follow-ups."""
        self._worker.wake()

    async def run(self) -> None:
        """Follow up until cancelled. Raises discord.LoginFailure where Discord refuses the token."""
        await self._worker.run()

    async def _work(self, follow_up: FollowUp) -> None:
        async with self._slots:
            await self._do(follow_up)

    async def _do(self, follow_up: FollowUp) -> None:
        now = _now()
        self._publish_from = {channel: at for channel, at in self._publish_from.items() if at > now}
        if follow_up.kind is FollowUpKind.PUBLISH and (at := self._publish_from.get(follow_up.channel_id)):
            # A request now would be refused, and count against the bot.
            await postpone_follow_up(
                self._db,
                follow_up,
                PUBLISHING_LIMITED(),
                failing_since=follow_up.failing_since or now,
                due_at=at,
            )
            return
        await self._transport.rate_limiter.yield_to_urgent()
        try:
            async with asyncio.timeout(WORK_TIMEOUT_S):
                shown = await self._carry_out(follow_up)
        except discord.HTTPException as error:
            if error.status == 401:
                raise discord.LoginFailure("the token was refused while following up") from error
            for_good = error.status in (400, 404)
            await self._postpone(
                follow_up, ANSWERED(status=error.status, answer=error.text), error, for_good=for_good
            )
        except AttemptFailedError as error:
            await self._postpone(
                follow_up, error.status, error, for_good=error.outcome is AttemptOutcome.REJECTED
            )
        except (discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            await self._postpone(follow_up, ANSWER_LOST(error=error_text(error)), error, for_good=False)
        else:
            await finish_follow_up(self._db, follow_up, shown=shown)
            log.info("delivery %d: %s done", follow_up.delivery_id, follow_up.kind)

    async def _carry_out(self, follow_up: FollowUp) -> str | None:
        """Send the request; for an edit, the hash of what the message shows now."""
        if follow_up.kind not in (FollowUpKind.THREAD, FollowUpKind.PUBLISH):
            return await self._edit(follow_up)
        channel = await resolve_channel(self._client, follow_up.to)
        try:
            if follow_up.kind is FollowUpKind.THREAD:
                if (missing := why_no_thread(channel)) is not None:
                    # A request now would be refused, and count against the bot.
                    raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, missing)
                await self._open_thread(follow_up)
            else:
                await self._client.http.publish_message(follow_up.channel_id, follow_up.message_id)
        except discord.HTTPException as error:
            # A message has one thread and is published once, however often that is requested.
            if error.code not in (THREAD_EXISTS, PUBLISHED_ALREADY):
                raise
        return None

    async def _open_thread(self, follow_up: FollowUp) -> None:
        episode = await get_episode(self._db, follow_up.episode_id)
        await self._client.http.start_thread_with_message(
            follow_up.channel_id,
            follow_up.message_id,
            name=thread_name(shown_episode(episode).title if episode else ""),
            auto_archive_duration=THREAD_SLEEPS_AFTER,
        )

    async def _edit(self, follow_up: FollowUp) -> str | None:
        if follow_up.form == DIGEST:
            # It announces others, too; a restored database may know of this one alone.
            return None
        looks = replace(follow_up.to.looks, role_id=follow_up.role_id)
        rendered = await self._renderer.edit(
            follow_up.episode_id, looks, follow_up.delivery_id, follow_up.form
        )
        if rendered is None or rendered.shown == follow_up.shown:
            return None
        await resolve_channel(self._client, follow_up.to)
        payload = MultipartParameters(rendered.payload, None, None)
        await self._client.http.edit_message(follow_up.channel_id, follow_up.message_id, params=payload)
        return rendered.shown

    async def _postpone(
        self, follow_up: FollowUp, reason: Status, error: BaseException, *, for_good: bool
    ) -> None:
        now = _now()
        since = failing_from(follow_up.failing_since, now, times=follow_up.attempts, apart=ATTEMPTS_APART)
        failing_for = now - since
        due_at: datetime | None = None
        if not for_good and failing_for < GIVE_UP_AFTER:
            wait = min(LONGEST_RETRY, max(FIRST_RETRY, failing_for / 2))
            if follow_up.kind is FollowUpKind.PUBLISH and isinstance(error, discord.RateLimited):
                wait = max(wait, PUBLISHED_AGAIN_AFTER)
            due_at = now + max(wait, timedelta(seconds=retry_after(error)))
            if follow_up.kind is FollowUpKind.PUBLISH and isinstance(error, discord.RateLimited):
                self._publish_from[follow_up.channel_id] = due_at
        level = logging.WARNING if follow_up.failing_since is None or due_at is None else logging.DEBUG
        log.log(level, "delivery %d: no %s: %s", follow_up.delivery_id, follow_up.kind, sentence(reason))
        await postpone_follow_up(self._db, follow_up, reason, failing_since=since, due_at=due_at)


def _now() -> datetime:
    return datetime.now(UTC)
