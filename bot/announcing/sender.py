"""Sends announcements: each noted before it is sent, and looked for in the channel before it is sent again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import discord

from bot.announcing.outcomes import GivenUp, Happened, after_attempt
from bot.endurance import for_ever
from bot.present.buttons import announcement_buttons, chapters_button_id
from bot.present.cards import announcement, without_addresses
from bot.present.permissions import Announceable, how_to_give, missing_permissions
from bot.present.text import NO_MENTIONS
from storage.database import Database
from storage.deliveries import (
    begin_delivery,
    due_deliveries,
    fail_delivery,
    finish_delivery,
    next_delivery_at,
    postpone_delivery,
)
from storage.episodes import chapters_of, get_episode
from storage.models import Chapter, Delivery, DeliveryState, Episode

AT_ONCE = 8
BATCH = 64
# What another process planned (the command line's `poll`) is noticed this late.
LOOK_AGAIN = timedelta(seconds=5)
# How far back, and how many messages, a lost answer is looked for.
LOOK_BACK = timedelta(minutes=2)
LOOK_BACK_MESSAGES = 1_000
FIRST_PAGE = 100
# Longer than discord.py's own retries take; after it the answer counts as lost.
SEND_TIMEOUT_S = 120.0

LOST_ANSWERS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
ARCHIVED_THREAD = 50083

log = logging.getLogger(__name__)


class _AttemptFailedError(Exception):
    """An attempt brought no message; how it ended, and why in words for a moderator."""

    def __init__(self, happened: Happened, reason: str) -> None:
        super().__init__(reason)
        self.happened = happened
        self.reason = reason


class Sender:
    """Delivers what is due, woken when something new is planned."""

    def __init__(self, client: discord.Client, db: Database) -> None:
        self._client = client
        self._db = db
        self._woken = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._failure: BaseException | None = None
        # Delivery → its server, where somebody has to act first.
        self._waiting: dict[int, int] = {}

    def wake(self) -> None:
        """Something was planned."""
        self._woken.set()

    def waits_for_person(self, guild_id: int) -> bool:
        """Whether a delivery to this server waits for somebody to act there."""
        return guild_id in self._waiting.values()

    async def run(self) -> None:
        """Deliver for ever. Raises discord.LoginFailure where Discord refuses the token."""
        try:
            await for_ever("announcing", self._step, fatal=(discord.LoginFailure,))
        finally:
            busy = list(self._busy.values())
            for task in busy:
                task.cancel()
            # They still hold the database, which is closed next.
            await asyncio.gather(*busy, return_exceptions=True)

    async def _step(self) -> None:
        self._woken.clear()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if not await self._start_due():
            await self._sleep()

    async def deliver_due(self) -> int:
        """Try each delivery that is due once; how many there were."""
        tried = await self._start_due()
        await asyncio.gather(*self._busy.values())
        return tried

    async def _start_due(self) -> int:
        """Start on what is due. One channel gets its episodes in order; channels do not wait for each other."""
        free = AT_ONCE - len(self._busy)
        if free <= 0:
            return 0
        due = await due_deliveries(self._db, _now(), BATCH, busy_channels=tuple(self._busy))
        by_channel: dict[int, list[Delivery]] = {}
        for one in due:
            if one.channel_id in by_channel or len(by_channel) < free:
                by_channel.setdefault(one.channel_id, []).append(one)
        for channel_id, deliveries in by_channel.items():
            task = asyncio.create_task(self._deliver_in_order(deliveries), name=f"announce in {channel_id}")
            self._busy[channel_id] = task
            task.add_done_callback(partial(self._done, channel_id))
        return sum(map(len, by_channel.values()))

    async def _deliver_in_order(self, deliveries: Sequence[Delivery]) -> None:
        for one in deliveries:
            await self.deliver(one)

    def _done(self, channel_id: int, task: asyncio.Task[None]) -> None:
        self._busy.pop(channel_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error
        self._woken.set()

    async def _sleep(self) -> None:
        until = await next_delivery_at(self._db, busy_channels=tuple(self._busy))
        wait = LOOK_AGAIN
        # While all hands are full, what is due has to wait until one is free, which wakes this.
        if until is not None and len(self._busy) < AT_ONCE:
            wait = min(wait, max(timedelta(0), until - _now()))
        try:
            async with asyncio.timeout(wait.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            return

    async def deliver(self, delivery: Delivery) -> None:
        """Make one attempt, and note how it ended."""
        self._waiting.pop(delivery.id, None)
        try:
            message_id = await self._attempt(delivery)
        except _AttemptFailedError as failure:
            await self._note_failure(delivery, failure.happened, failure.reason)
            return
        except discord.LoginFailure:
            raise
        except Exception as error:
            # Whatever it was, the next delivery must not wait for it, and this one is looked for first.
            log.exception("delivery %d failed", delivery.id)
            reason = f"An error of Earmark's own ({type(error).__name__}); its log says more."
            await self._note_failure(delivery, Happened.UNKNOWN, reason)
            return
        await finish_delivery(self._db, delivery.id, message_id)
        log.info(
            "delivery %d: episode %d announced in channel %d as message %d",
            delivery.id,
            delivery.episode_id,
            delivery.channel_id,
            message_id,
        )

    async def _attempt(self, delivery: Delivery) -> int:
        """Send, unless it stands already; the message's id."""
        episode = await get_episode(self._db, delivery.episode_id)
        if episode is None:
            raise _AttemptFailedError(Happened.REFUSED, "The episode is not stored any more.")
        channel = await self._channel(delivery)
        if missing := missing_permissions(channel):
            raise _AttemptFailedError(Happened.NEEDS_PERSON, how_to_give(missing, channel.mention))
        custom_id = chapters_button_id(episode.id, delivery.id)
        if delivery.state is DeliveryState.SENDING:
            standing = await self._look_for(channel, custom_id, delivery)
            if standing is not None:
                log.info("delivery %d stands already as message %d", delivery.id, standing)
                return standing
        chapters = (await chapters_of(self._db, [episode.id]))[episode.id]
        if not await begin_delivery(self._db, delivery.id, _now()):
            raise _AttemptFailedError(Happened.REFUSED, "This channel stopped following the podcast.")
        return await self._send(channel, delivery, episode, chapters, custom_id)

    async def _channel(self, delivery: Delivery) -> Announceable:
        guild = self._client.get_guild(delivery.guild_id)
        if guild is None:
            raise _AttemptFailedError(Happened.NEEDS_PERSON, "I am not in this server any more.")
        if guild.unavailable:
            raise _AttemptFailedError(Happened.NOT_SENT, "Discord has an outage that this server is part of.")
        channel: object = guild.get_channel_or_thread(delivery.channel_id)
        if channel is None:
            # An archived thread is in no cache.
            try:
                channel = await guild.fetch_channel(delivery.channel_id)
            except (discord.NotFound, discord.Forbidden) as error:
                raise _AttemptFailedError(
                    Happened.NEEDS_PERSON, "The channel is gone, or I may not see it."
                ) from error
            except LOST_ANSWERS as error:
                raise _AttemptFailedError(
                    Happened.NOT_SENT, "Discord did not tell about the channel."
                ) from error
        if not isinstance(channel, Announceable):
            raise _AttemptFailedError(Happened.NEEDS_PERSON, "This kind of channel takes no messages.")
        return channel

    async def _look_for(self, channel: Announceable, custom_id: str, delivery: Delivery) -> int | None:
        """The id of the announcement where an earlier attempt, whose answer was lost, did post it."""
        since = (delivery.sending_since or delivery.planned_at) - LOOK_BACK
        try:
            seen = 0
            # The newest page is read whole whatever its dates say: our clock may be wrong.
            async for message in channel.history(limit=FIRST_PAGE):
                if self._is_ours(message) and custom_id in _custom_ids(message):
                    return message.id
                seen += 1
                oldest = message.created_at
            if seen < FIRST_PAGE or oldest < since:
                return None
            # Much was said since: ours is among the first of it.
            async for message in channel.history(limit=LOOK_BACK_MESSAGES, after=since, oldest_first=True):
                if self._is_ours(message) and custom_id in _custom_ids(message):
                    return message.id
        except LOST_ANSWERS as error:
            raise _AttemptFailedError(
                Happened.UNKNOWN, f"The channel can't be looked at: {_words(error)}."
            ) from error
        return None

    def _is_ours(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    async def _send(
        self,
        channel: Announceable,
        delivery: Delivery,
        episode: Episode,
        chapters: Sequence[Chapter],
        custom_id: str,
    ) -> int:
        card = announcement(episode, chapters)
        try:
            return await self._post(channel, delivery, card, announcement_buttons(episode, custom_id))
        except _AttemptFailedError as failure:
            if failure.happened is not Happened.REFUSED:
                raise
            log.warning("delivery %d: %s Trying it without its addresses.", delivery.id, failure.reason)
        # One address that Discord does not like must not lose the announcement.
        plain = without_addresses(card)
        return await self._post(
            channel, delivery, plain, announcement_buttons(episode, custom_id, links=False)
        )

    async def _post(
        self, channel: Announceable, delivery: Delivery, card: discord.Embed, buttons: discord.ui.View
    ) -> int:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                message = await channel.send(
                    embed=card,
                    view=buttons,
                    allowed_mentions=NO_MENTIONS,
                    nonce=_nonce(delivery),
                )
        except (discord.Forbidden, discord.NotFound) as error:
            raise _AttemptFailedError(Happened.NEEDS_PERSON, f"Discord refused: {error.text}.") from error
        except discord.RateLimited as error:
            raise _AttemptFailedError(Happened.NOT_SENT, "Discord asked to wait.") from error
        except discord.HTTPException as error:
            if error.status == 401:
                raise discord.LoginFailure("the token was refused while announcing") from error
            happened = Happened.UNKNOWN if error.status >= 500 else Happened.REFUSED
            if error.status == 429:
                happened = Happened.NOT_SENT
            elif error.code == ARCHIVED_THREAD:
                happened = Happened.NEEDS_PERSON
            raise _AttemptFailedError(happened, f"Discord answered {error.status}: {error.text}.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _AttemptFailedError(Happened.UNKNOWN, f"The answer was lost: {_words(error)}.") from error
        return message.id

    async def _note_failure(self, delivery: Delivery, happened: Happened, reason: str) -> None:
        # A hurdle that stands for days is told once, not at each try.
        level = logging.WARNING if reason != delivery.error else logging.DEBUG
        log.log(level, "delivery %d to channel %d: %s", delivery.id, delivery.channel_id, reason)
        follows = after_attempt(
            happened, attempts=delivery.attempts + 1, planned_at=delivery.planned_at, now=_now()
        )
        if isinstance(follows, GivenUp):
            await fail_delivery(self._db, delivery.id, reason)
            return
        if happened is Happened.NEEDS_PERSON:
            self._waiting[delivery.id] = delivery.guild_id
        state = follows.state
        if delivery.state is DeliveryState.SENDING and happened is not Happened.UNKNOWN:
            # An earlier attempt may have posted it: only a look into the channel can tell.
            state = DeliveryState.SENDING
        await postpone_delivery(
            self._db, delivery.id, state=state, error=reason, next_try_at=follows.next_try_at
        )


def _nonce(delivery: Delivery) -> str:
    """The same for every attempt, and no other delivery's, of this database or another: Discord keeps nonces
    per author, and the same one in two channels would silently lose the second message. 25 characters at most."""
    return f"{delivery.id}.{int(delivery.planned_at.timestamp())}"[:25]


def _custom_ids(message: discord.Message) -> set[str]:
    return {
        child.custom_id
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
        if isinstance(child, discord.Button | discord.SelectMenu) and child.custom_id
    }


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _now() -> datetime:
    return datetime.now(UTC)
