"""Sends announcements: each claimed before it is sent, and looked for in the channel before it is sent again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import discord

from bot.announcing.book import Book
from bot.announcing.dress import DIGEST, Dress, Made, Wardrobe
from bot.announcing.following import Follower
from bot.announcing.looking import Standing, look_for
from bot.announcing.outcomes import (
    IN_ORDER_FOR,
    SETTLED_AFTER,
    AttemptFailedError,
    GivenUp,
    Happened,
    after_attempt,
    pause_after,
)
from bot.announcing.places import kind_of, place_of
from bot.announcing.posting import nonce_of, post
from bot.announcing.wire import Wire
from bot.endurance import for_ever, pause
from bot.present.buttons import chapters_button_id
from bot.present.permissions import Announceable, how_to_give, missing_permissions
from bot.processes import RUNNING, is_dead, process_name
from storage.database import Database
from storage.deliveries import (
    begin_anew,
    claim_deliveries,
    delivery_owners,
    fail_delivery,
    gather_digest,
    hasten_deliveries,
    next_delivery_at,
    postpone_delivery,
    release_deliveries,
    renew_delivery_leases,
)
from storage.destinations import (
    pause_destination,
    paused_destinations,
    paused_since,
    record_kind,
    resume_destinations,
)
from storage.episodes import get_episodes
from storage.follow_ups import release_follow_ups
from storage.models import Delivery, DeliveryKind, DeliveryState, DestinationKind, FollowUpKind, Sent

# Most of them wait for their turn: enough for Discord's 50 a second where an answer takes a second.
AT_ONCE = 64
# What another process planned (the command line's `poll`) is noticed this late.
LOOK_AGAIN = timedelta(seconds=5)
# What a killed process held is taken up after this, or at once where it ran on this machine.
LEASE = timedelta(seconds=20)
RENEWED_EVERY_S = 6.0
# Sends end one by one: so long others are waited for before the database is asked for the next.
GATHERED_S = 0.1
CLAIMED_EVERY_S = 0.5
# What is under way when the bot stops may end so long.
STOPPED_WITHIN_S = 2.0
# A rest of this length is an operator's business.
TOLD_FROM_S = 30.0
# More plans than this that are so old go out as one message.
DIGEST_MORE_THAN = 3
DIGEST_AFTER = timedelta(hours=24)
NONCE_WINDOW_S = 120.0
# A nonce is counted on for a little less, as clocks differ.
NONCE_MARGIN_S = 10.0

log = logging.getLogger(__name__)


class _NotOursError(Exception):
    """The lease ran out while this process was held up: another may be sending it."""


class Sender:
    """Delivers what is due, woken when something new is planned."""

    def __init__(
        self,
        client: discord.Client,
        db: Database,
        dress: Dress,
        wire: Wire,
        *,
        nonce_window_s: float = NONCE_WINDOW_S,
    ) -> None:
        self._client = client
        self._db = db
        self._wire = wire
        self._nonce_window_s = nonce_window_s
        self._wardrobe = Wardrobe(dress)
        self._book = Book(db)
        self._me = process_name()
        # A queue each: publishing may wait for an hour, and edits are many.
        self._followers = [
            Follower(client, db, self._wardrobe, wire, self._me, kinds)
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
        # Servers with a destination that waits for somebody, and those that something is for but that are away.
        self._waiting: set[int] = set()
        self._away: set[int] = set()
        self._told_to_wait = False

    def wake(self) -> None:
        """Something was planned."""
        self._woken.set()

    def waits_for_person(self, guild_id: int) -> bool:
        """Whether a delivery to this server waits for somebody to act there."""
        return guild_id in self._waiting

    def waits(self, guild_id: int) -> bool:
        """Whether a delivery waits for something to change in this server."""
        return guild_id in self._waiting or guild_id in self._away

    async def run(self) -> None:
        """Deliver for ever. Raises discord.LoginFailure where Discord refuses the token."""
        RUNNING.add(self._me)
        await self._remember_paused()
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
            await renew_delivery_leases(self._db, self._me, held, _now() + LEASE)
            self._held_until.update((one, end) for one in held if one in self._busy)
        await self._take_over()
        await pause(RENEWED_EVERY_S, self._ends)

    async def _take_over(self) -> None:
        dead = [owner for owner in await delivery_owners(self._db) if is_dead(owner, self._me)]
        if dead:
            count = await release_deliveries(self._db, dead, _now() + SETTLED_AFTER)
            await release_follow_ups(self._db, dead)
            log.info("took over %d deliveries of a process that ended", count)
            self._woken.set()

    async def _step(self) -> None:
        self._woken.clear()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if wait := self._wire.breaker.wait_s(time.monotonic()):
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

    # One delivery

    async def _deliver(self, delivery: Delivery, *, begun_before: bool) -> None:
        """Make one attempt, and note how it ended."""
        try:
            sent = await self._attempt(delivery, begun_before=begun_before)
        except AttemptFailedError as failure:
            await self._note_failure(delivery, failure, begun_before=begun_before)
            return
        except _NotOursError:
            log.warning("delivery %d: this process was held up; another may have it by now", delivery.id)
            return
        except discord.LoginFailure:
            raise
        except Exception as error:
            # Whatever it was, the next delivery must not wait for it, and this one is looked for first.
            log.exception("delivery %d failed", delivery.id)
            reason = f"An error of Earmark's own ({type(error).__name__}); its log says more."
            ours = AttemptFailedError(Happened.UNKNOWN, reason, ours=True)
            await self._note_failure(delivery, ours, begun_before=begun_before)
            return
        await self._book.note(sent)
        log.info(
            "delivery %d: episode %d announced in channel %d as message %d",
            delivery.id,
            delivery.episode_id,
            delivery.channel_id,
            sent.message_id,
        )
        if sent.follow_ups:
            for follower in self._followers:
                follower.wake()
        if delivery.to.paused:
            await self._remember_paused()

    async def _attempt(self, delivery: Delivery, *, begun_before: bool) -> Sent:
        """Send, unless it stands already."""
        channel = await place_of(self._client, delivery.to)
        kind = kind_of(channel)
        if kind is not delivery.to.kind:
            await record_kind(self._db, delivery.destination_id, kind)
        made = await self._made(delivery, begun_before=begun_before)
        standing = await self._standing(delivery, channel) if begun_before else None
        if standing is not None:
            log.info("delivery %d stands already as message %d", delivery.id, standing.message_id)
            form, shown = made.form_of(standing.components_v2), ""
        else:
            standing, made = await self._post(delivery, channel, made)
            form, shown = made.form, made.shown
        return Sent(
            delivery.id,
            standing.message_id,
            _now(),
            standing.thread_id,
            form,
            # What was posted then may be told differently by now.
            shown,
            _follow_ups(delivery, kind),
        )

    async def _made(self, delivery: Delivery, *, begun_before: bool) -> Made:
        if not begun_before or delivery.digest_of is not None:
            several = await self._together(delivery)
            if several:
                episodes = await get_episodes(self._db, several)
                in_order = [episodes[one] for one in several if one in episodes]
                if in_order:
                    return self._wardrobe.digest(in_order, delivery.to.looks, delivery.id)
        made = await self._wardrobe.first(delivery.episode_id, delivery.to.looks, delivery.id)
        if made is None:
            raise AttemptFailedError(Happened.REFUSED, "The episode is not stored any more.")
        return made

    async def _together(self, delivery: Delivery) -> list[int]:
        """The episodes that go out in one message with this one; none where it goes alone."""
        old = _now() - DIGEST_AFTER
        if delivery.planned_at >= old and delivery.digest_of is None:
            return []
        group = await gather_digest(self._db, delivery, planned_before=old, more_than=DIGEST_MORE_THAN)
        return [one.episode_id for one in group]

    async def _standing(self, delivery: Delivery, channel: Announceable) -> Standing | None:
        """The announcement where an earlier attempt, whose answer was lost, did post it."""
        me = self._client.user
        if me is None:
            raise AttemptFailedError(Happened.UNKNOWN, "Discord has not said yet who I am.")
        mark = chapters_button_id(delivery.episode_id, delivery.id)
        since = delivery.sending_since or delivery.planned_at
        found = await look_for(channel, mark, since, me.id)
        if found is None and (missing := missing_permissions(channel)):
            # Taken away while it was looked at: then the channel was shown empty.
            raise AttemptFailedError(Happened.NEEDS_PERSON, how_to_give(missing, channel.mention))
        if found is None:
            await begin_anew(self._db, delivery.id, _now())
        return found

    async def _post(self, delivery: Delivery, channel: Announceable, made: Made) -> tuple[Standing, Made]:
        if time.monotonic() > self._held_until.get(delivery.id, 0.0):
            raise _NotOursError
        kind = DeliveryKind.DIGEST if made.form == DIGEST else DeliveryKind.EPISODE
        nonce = nonce_of(replace(delivery, kind=kind))
        try:
            return await post(self._client, channel, made, nonce, delivery.to.tag_ids), made
        except AttemptFailedError as failure:
            if failure.happened is not Happened.REFUSED:
                raise
            log.warning("delivery %d: %s Trying it in a plainer form.", delivery.id, failure.reason)
        plain = made.plain or await self._wardrobe.plain(delivery.episode_id, delivery.to.looks, delivery.id)
        if plain is None:
            raise AttemptFailedError(Happened.REFUSED, "The episode is not stored any more.")
        return await post(self._client, channel, plain, nonce, delivery.to.tag_ids), plain

    async def _note_failure(
        self, delivery: Delivery, failure: AttemptFailedError, *, begun_before: bool
    ) -> None:
        now = _now()
        follows = after_attempt(
            failure.happened,
            failing_since=delivery.failing_since,
            now=now,
            retry_after_s=failure.retry_after_s,
            nonce_known=self._nonce_known(delivery, now),
        )
        if failure.outage:
            self._away.add(delivery.guild_id)
        if failure.happened is Happened.NEEDS_PERSON:
            new = await self._pause(delivery, failure, now)
        else:
            new = failure.reason != delivery.error
        # A hurdle that stands for days is told once, not at each try.
        level = logging.WARNING if new else logging.DEBUG
        log.log(level, "delivery %d to channel %d: %s", delivery.id, delivery.channel_id, failure.reason)
        if isinstance(follows, GivenUp):
            await fail_delivery(self._db, delivery.id, failure.reason)
            return
        # An earlier attempt may have posted it: only a look into the channel can tell.
        state = DeliveryState.SENDING if begun_before else follows.state
        in_order = failure.happened in (Happened.UNKNOWN, Happened.NOT_SENT) and not failure.ours
        await postpone_delivery(
            self._db,
            delivery.id,
            state=state,
            error=failure.reason,
            next_try_at=follows.next_try_at,
            now=now,
            first_until=IN_ORDER_FOR if in_order else None,
        )

    def _nonce_known(self, delivery: Delivery, now: datetime) -> bool:
        forum = isinstance(self._client.get_channel(delivery.channel_id), discord.ForumChannel)
        if forum or delivery.sending_since is None:
            return False
        left = self._nonce_window_s - NONCE_MARGIN_S - (now - delivery.sending_since).total_seconds()
        return left > 0

    async def _pause(self, delivery: Delivery, failure: AttemptFailedError, now: datetime) -> bool:
        """Post nothing there until somebody has acted, or a while has passed; whether the reason is new."""
        self._waiting.add(delivery.guild_id)
        since, gone_since = await paused_since(self._db, delivery.destination_id)
        rest = pause_after(
            failure.reason, paused_since=since, gone_since=gone_since, gone=failure.gone, now=now
        )
        return await pause_destination(
            self._db,
            delivery.destination_id,
            rest.reason,
            now=now,
            resume_at=rest.resume_at,
            gone=failure.gone,
        )

    # What somebody mended

    async def _remember_paused(self) -> None:
        self._waiting = {one.guild_id for one in await paused_destinations(self._db)}

    async def look_again(self, guild: discord.Guild) -> None:
        """Something changed in a server: what can be posted to again is resumed."""
        if not self.waits(guild.id):
            return
        back = guild.id in self._away and not guild.unavailable
        self._away -= {guild.id} if back else set()
        paused = await paused_destinations(self._db, guild.id)
        mended = []
        for one in paused:
            channel = guild.get_channel_or_thread(one.channel_id)
            # Of what is in no cache only an attempt tells.
            if not isinstance(channel, Announceable) or not missing_permissions(channel):
                mended.append(one.id)
        if len(mended) == len(paused):
            self._waiting.discard(guild.id)
        if mended:
            await resume_destinations(self._db, mended)
        if mended or back:
            await hasten_deliveries(self._db, guild.id)
            self._woken.set()


def _follow_ups(delivery: Delivery, kind: DestinationKind) -> tuple[FollowUpKind, ...]:
    wanted = []
    if delivery.to.open_thread and kind in (DestinationKind.TEXT, DestinationKind.ANNOUNCEMENT):
        wanted.append(FollowUpKind.THREAD)
    if delivery.to.publish and kind is DestinationKind.ANNOUNCEMENT:
        wanted.append(FollowUpKind.PUBLISH)
    return tuple(wanted)


def _now() -> datetime:
    return datetime.now(UTC)
