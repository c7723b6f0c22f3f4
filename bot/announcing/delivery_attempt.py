"""One delivery: where it goes, whether it stands already, sending it, and what becomes of a failure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord

from bot.announcing.blocked_guilds import BlockedGuilds
from bot.announcing.messages.rendered_messages import DIGEST, MessageRenderer, RenderedMessage
from bot.announcing.receipts import Receipts
from bot.announcing.retry_policy import (
    IN_ORDER_FOR,
    AttemptFailedError,
    AttemptOutcome,
    destination_pause,
    next_attempt,
)
from bot.announcing.transport.channels import destination_kind, resolve_channel
from bot.announcing.transport.existing_message import ExistingMessage, find_existing_message
from bot.announcing.transport.posting import delivery_nonce, post
from bot.present.buttons import AnnouncementButton, announcement_button_id
from bot.present.permissions import Announceable, how_to_give, missing_permissions
from storage.engine.database import Database
from storage.models import Delivery, DeliveryKind, DeliveryState, DestinationKind, FollowUpKind, Sent
from storage.tables.deliveries import gather_digest
from storage.tables.delivery_outcomes import begin_anew, fail_delivery, postpone_delivery
from storage.tables.destinations import pause_destination, paused_since, record_kind
from storage.tables.episodes import get_episodes

# More plans than this that are so old go out as one message.
DIGEST_MORE_THAN = 3
DIGEST_AFTER = timedelta(hours=24)
# A nonce is counted on for a little less, as clocks differ.
NONCE_MARGIN_S = 10.0

log = logging.getLogger(__name__)


class _NotOursError(Exception):
    """The lease ran out while this process was held up: another may be sending it."""


class DeliveryAttempts:
    """Makes attempts at deliveries that this process holds; `is_ours` says whether it still does."""

    def __init__(
        self,
        client: discord.Client,
        db: Database,
        renderer: MessageRenderer,
        blocked_guilds: BlockedGuilds,
        *,
        nonce_window_s: float,
        is_ours: Callable[[int], bool],
    ) -> None:
        self._client = client
        self._db = db
        self._renderer = renderer
        self._blocked_guilds = blocked_guilds
        self._nonce_window_s = nonce_window_s
        self._is_ours = is_ours
        self._receipts = Receipts(db)

    async def deliver(self, delivery: Delivery, *, begun_before: bool) -> Sent | None:
        """Make one attempt, and note how it ended; what arrived. Raises what the database raises, LoginFailure."""
        try:
            sent = await self._attempt(delivery, begun_before=begun_before)
        except AttemptFailedError as failure:
            await self._note_failure(delivery, failure, begun_before=begun_before)
            return None
        except _NotOursError:
            log.warning("delivery %d: this process was held up; another may have it by now", delivery.id)
            return None
        except discord.LoginFailure:
            raise
        except Exception as error:
            # Whatever it was, the next delivery must not wait for it, and this one is looked for first.
            log.exception("delivery %d failed", delivery.id)
            reason = f"An error of Earmark's own ({type(error).__name__}); its log says more."
            ours = AttemptFailedError(AttemptOutcome.UNKNOWN, reason, ours=True)
            await self._note_failure(delivery, ours, begun_before=begun_before)
            return None
        await self._receipts.record(sent)
        log.info(
            "delivery %d: episode %d announced in channel %d as message %d",
            delivery.id,
            delivery.episode_id,
            delivery.channel_id,
            sent.message_id,
        )
        if delivery.to.paused:
            await self._blocked_guilds.refresh()
        return sent

    async def _attempt(self, delivery: Delivery, *, begun_before: bool) -> Sent:
        """Send, unless it stands already."""
        channel = await resolve_channel(self._client, delivery.to)
        kind = destination_kind(channel)
        if kind is not delivery.to.kind:
            await record_kind(self._db, delivery.destination_id, kind)
        made = await self._made(delivery, begun_before=begun_before)
        standing = await self._standing(delivery, channel) if begun_before else None
        if standing is not None:
            log.info("delivery %d stands already as message %d", delivery.id, standing.message_id)
            form, shown = made.form_of_existing(components_v2=standing.components_v2), ""
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

    async def _made(self, delivery: Delivery, *, begun_before: bool) -> RenderedMessage:
        if not begun_before or delivery.digest_of is not None:
            several = await self._together(delivery)
            if several:
                episodes = await get_episodes(self._db, several)
                in_order = [episodes[one] for one in several if one in episodes]
                if in_order:
                    return self._renderer.digest(in_order, delivery.to.looks, delivery.id)
        made = await self._renderer.first(delivery.episode_id, delivery.to.looks, delivery.id)
        if made is None:
            raise AttemptFailedError(AttemptOutcome.REJECTED, "The episode is not stored any more.")
        return made

    async def _together(self, delivery: Delivery) -> list[int]:
        """The episodes that go out in one message with this one; none where it goes alone."""
        old = _now() - DIGEST_AFTER
        if delivery.planned_at >= old and delivery.digest_of is None:
            return []
        group = await gather_digest(self._db, delivery, planned_before=old, more_than=DIGEST_MORE_THAN)
        return [one.episode_id for one in group]

    async def _standing(self, delivery: Delivery, channel: Announceable) -> ExistingMessage | None:
        """The announcement where an earlier attempt, whose answer was lost, did post it."""
        me = self._client.user
        if me is None:
            raise AttemptFailedError(AttemptOutcome.UNKNOWN, "Discord has not said yet who I am.")
        custom_id = announcement_button_id(AnnouncementButton.CHAPTERS, delivery.episode_id, delivery.id)
        since = delivery.sending_since or delivery.planned_at
        found = await find_existing_message(channel, custom_id, since, me.id)
        if found is None and (missing := missing_permissions(channel)):
            # Taken away while it was looked at: then the channel was shown empty.
            raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, how_to_give(missing, channel.mention))
        if found is None:
            await begin_anew(self._db, delivery.id, _now())
        return found

    async def _post(
        self, delivery: Delivery, channel: Announceable, made: RenderedMessage
    ) -> tuple[ExistingMessage, RenderedMessage]:
        if not self._is_ours(delivery.id):
            raise _NotOursError
        kind = DeliveryKind.DIGEST if made.form == DIGEST else DeliveryKind.EPISODE
        nonce = delivery_nonce(replace(delivery, kind=kind))
        try:
            return await post(self._client, channel, made, nonce, delivery.to.tag_ids), made
        except AttemptFailedError as failure:
            if failure.outcome is not AttemptOutcome.REJECTED:
                raise
            log.warning("delivery %d: %s Trying it in a plainer form.", delivery.id, failure.reason)
        plain = made.plain or await self._renderer.plain(delivery.episode_id, delivery.to.looks, delivery.id)
        if plain is None:
            raise AttemptFailedError(AttemptOutcome.REJECTED, "The episode is not stored any more.")
        return await post(self._client, channel, plain, nonce, delivery.to.tag_ids), plain

    async def _note_failure(
        self, delivery: Delivery, failure: AttemptFailedError, *, begun_before: bool
    ) -> None:
        now = _now()
        retry = next_attempt(
            failure.outcome,
            failing_since=delivery.failing_since,
            now=now,
            retry_after_s=failure.retry_after_s,
            nonce_known=self._nonce_known(delivery, now),
        )
        if failure.outage:
            self._blocked_guilds.note(delivery.guild_id, outage=True)
        if failure.outcome is AttemptOutcome.NEEDS_MODERATOR:
            new = await self._pause(delivery, failure, now)
        else:
            new = failure.reason != delivery.error
        # A hurdle that stands for days is told once, not at each try.
        level = logging.WARNING if new else logging.DEBUG
        log.log(level, "delivery %d to channel %d: %s", delivery.id, delivery.channel_id, failure.reason)
        if retry is None:
            await fail_delivery(self._db, delivery.id, failure.reason)
            return
        # An earlier attempt may have posted it: only a look into the channel can tell.
        state = DeliveryState.SENDING if begun_before else retry.state
        in_order = failure.outcome in (AttemptOutcome.UNKNOWN, AttemptOutcome.NOT_SENT) and not failure.ours
        await postpone_delivery(
            self._db,
            delivery.id,
            state=state,
            error=failure.reason,
            next_try_at=retry.next_try_at,
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
        self._blocked_guilds.note(delivery.guild_id, outage=False)
        since, gone_since = await paused_since(self._db, delivery.destination_id)
        rest = destination_pause(
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


def _follow_ups(delivery: Delivery, kind: DestinationKind) -> tuple[FollowUpKind, ...]:
    wanted = []
    if delivery.to.open_thread and kind in (DestinationKind.TEXT, DestinationKind.ANNOUNCEMENT):
        wanted.append(FollowUpKind.THREAD)
    if delivery.to.publish and kind is DestinationKind.ANNOUNCEMENT:
        wanted.append(FollowUpKind.PUBLISH)
    return tuple(wanted)


def _now() -> datetime:
    return datetime.now(UTC)
