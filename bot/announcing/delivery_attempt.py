"""One attempt at a delivery: find the channel, search it for the message, send it, store how that ended."""

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
    ATTEMPTS_APART,
    GIVE_UP_AFTER,
    IN_ORDER_FOR,
    AttemptFailedError,
    AttemptOutcome,
    announced_from,
    destination_pause,
    next_attempt,
)
from bot.announcing.transport.channels import destination_kind, resolve_channel
from bot.announcing.transport.existing_message import (
    TOO_BUSY,
    ExistingMessage,
    SoughtMessage,
    find_existing_message,
)
from bot.announcing.transport.posting import delivery_nonce, post
from bot.present.buttons import AnnouncementButton, announcement_button_id
from bot.present.permissions import Announceable, how_to_grant, missing_permissions
from bot.workers.clock import failing_from
from storage.engine.database import Database
from storage.models import (
    DatabaseUnavailableError,
    Delivery,
    DeliveryKind,
    DeliveryState,
    DestinationKind,
    FollowUpKind,
    Sent,
    StatusCode,
)
from storage.tables.deliveries import gather_digest
from storage.tables.delivery_outcomes import begin_anew, fail_delivery, postpone_delivery
from storage.tables.destinations import pause_destination, paused_since, record_kind
from storage.tables.episodes import get_episode, get_episodes

# More deliveries than this that were planned longer ago than DIGEST_AFTER are sent as one message.
DIGEST_MORE_THAN = 3
DIGEST_AFTER = timedelta(hours=24)
# A nonce is relied on for a little less than Discord remembers it, as clocks differ.
NONCE_MARGIN_S = 10.0

FAULT = StatusCode("delivery.fault", "error")
NOT_STORED = StatusCode("delivery.not_stored")
NOT_LOGGED_IN = StatusCode("delivery.not_logged_in")

LEASE_LOST = "delivery %d: this process was stalled and has lost the lease; another may be sending it"

log = logging.getLogger(__name__)


class _LeaseLostError(Exception):
    """The lease ran out while this process was stalled: another process may be sending the delivery."""


class DeliveryAttempts:
    """Makes attempts at deliveries that this process has leased; `is_ours` says whether it still has."""

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

    async def deliver(self, delivery: Delivery) -> Sent | None:
        """Make one attempt and store how it ended; return what was sent. Raises LoginFailure, database errors."""
        try:
            sent = await self._attempt(delivery)
        except AttemptFailedError as failure:
            await self._record_failure(delivery, failure)
            return None
        except _LeaseLostError:
            log.warning(LEASE_LOST, delivery.id)
            return None
        except (discord.LoginFailure, DatabaseUnavailableError):
            # Without the database no failure can be stored either. Once the lease has ended it is looked for.
            raise
        except Exception as error:
            # It must not hold up other deliveries. The next attempt searches for the message first.
            log.exception("delivery %d failed", delivery.id)
            fault = FAULT(error=type(error).__name__)
            await self._record_failure(
                delivery, AttemptFailedError(AttemptOutcome.UNKNOWN, fault, is_bug=True)
            )
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

    async def _attempt(self, delivery: Delivery) -> Sent:
        """Send the message, unless an earlier attempt did."""
        channel = await resolve_channel(self._client, delivery.to)
        kind = destination_kind(channel)
        if kind is not delivery.to.kind:
            await record_kind(self._db, delivery.destination_id, kind)
        rendered = await self._render(delivery)
        message = await self._find_existing(delivery, channel) if delivery.begun_before else None
        if message is not None:
            log.info("delivery %d was already sent, as message %d", delivery.id, message.message_id)
            # What it shows is not known: the episode may have changed since.
            form, shown = rendered.form_of_existing(components_v2=message.components_v2), ""
            role_id = message.role_id
            if message.in_digest:
                form = DIGEST
        else:
            message, rendered = await self._post(delivery, channel, rendered)
            form, shown, role_id = rendered.form, rendered.shown, rendered.role_id
        follow_ups = _follow_ups(delivery, kind)
        if not message.has_our_ids and not message.in_digest:
            # Its buttons ask for what another database has under these ids.
            follow_ups = (*follow_ups, FollowUpKind.EDIT)
        return Sent(
            delivery.id, message.message_id, _now(), message.thread_id, form, shown, role_id, follow_ups
        )

    async def _render(self, delivery: Delivery) -> RenderedMessage:
        if not delivery.begun_before or delivery.digest_of is not None:
            together = await self._digest_episodes(delivery)
            stored = await get_episodes(self._db, together) if together else {}
            if episodes := [stored[one] for one in together if one in stored]:
                return self._renderer.digest(episodes, delivery.to.looks, delivery.id)
        rendered = await self._renderer.first(delivery.episode_id, delivery.to.looks, delivery.id)
        if rendered is None:
            raise AttemptFailedError(AttemptOutcome.REJECTED, NOT_STORED())
        return rendered

    async def _digest_episodes(self, delivery: Delivery) -> list[int]:
        """The episodes of the digest that this delivery sends, oldest first; none if it sends its episode alone."""
        old = _now() - DIGEST_AFTER
        if delivery.planned_at >= old and delivery.digest_of is None:
            return []
        group = await gather_digest(self._db, delivery, planned_before=old, more_than=DIGEST_MORE_THAN)
        return [one.episode_id for one in group]

    async def _find_existing(self, delivery: Delivery, channel: Announceable) -> ExistingMessage | None:
        """The message of an earlier attempt whose answer was lost, if it was posted."""
        me = self._client.user
        if me is None:
            raise AttemptFailedError(AttemptOutcome.UNKNOWN, NOT_LOGGED_IN())
        custom_id = announcement_button_id(AnnouncementButton.CHAPTERS, delivery.episode_id, delivery.id)
        since = delivery.sending_since or delivery.planned_at
        if since > (now := _now()):
            # It began by a wrong clock, at a time that nobody knows.
            since = min(delivery.planned_at, now - GIVE_UP_AFTER)
        sought = SoughtMessage(me.id, custom_id)
        if (perhaps := delivery.perhaps_sent_since) is not None:
            # What was planned before the backup was made has the same ids in both databases.
            agree = delivery.planned_at <= perhaps
            episode = await get_episode(self._db, delivery.episode_id)
            sought = SoughtMessage(me.id, custom_id, episode, agree)
            since = min(since, announced_from(perhaps, episode.published if episode else None, now))
        found = await find_existing_message(channel, sought, since)
        if found is None and (missing := missing_permissions(channel)):
            # A permission that is taken away during the search makes the channel look empty.
            raise AttemptFailedError(AttemptOutcome.NEEDS_MODERATOR, how_to_grant(missing, channel.mention))
        if found is None:
            self._require_lease(delivery)
            await begin_anew(self._db, delivery.id, _now())
        return found

    async def _post(
        self, delivery: Delivery, channel: Announceable, rendered: RenderedMessage
    ) -> tuple[ExistingMessage, RenderedMessage]:
        kind = DeliveryKind.DIGEST if rendered.form == DIGEST else DeliveryKind.EPISODE
        nonce = delivery_nonce(replace(delivery, kind=kind))
        try:
            return await self._post_once(delivery, channel, rendered, nonce), rendered
        except AttemptFailedError as failure:
            if failure.outcome is not AttemptOutcome.REJECTED:
                raise
            log.warning("delivery %d: %s Sending it as plain text instead.", delivery.id, failure)
        plain = rendered.plain or await self._renderer.plain(
            delivery.episode_id, delivery.to.looks, delivery.id
        )
        if plain is None:
            raise AttemptFailedError(AttemptOutcome.REJECTED, NOT_STORED())
        return await self._post_once(delivery, channel, plain, nonce), plain

    async def _post_once(
        self, delivery: Delivery, channel: Announceable, rendered: RenderedMessage, nonce: str
    ) -> ExistingMessage:
        self._require_lease(delivery)
        return await post(self._client, channel, rendered, nonce, delivery.to.tag_ids)

    def _require_lease(self, delivery: Delivery) -> None:
        if not self._is_ours(delivery.id):
            raise _LeaseLostError

    async def _record_failure(self, delivery: Delivery, failure: AttemptFailedError) -> None:
        """Store when to try again, or that the delivery is given up."""
        if not self._is_ours(delivery.id):
            # Storing a failure gives the lease back, and another process may hold it by now.
            log.warning(LEASE_LOST, delivery.id)
            return
        now = _now()
        failing_since = failing_from(
            delivery.failing_since, now, times=delivery.attempts, apart=ATTEMPTS_APART
        )
        retry = next_attempt(
            failure.outcome,
            failing_since=failing_since,
            now=now,
            retry_after_s=failure.retry_after_s,
            nonce_known=self._nonce_known(delivery, now),
        )
        if failure.outage:
            self._blocked_guilds.note(delivery.guild_id, outage=True)
        if failure.outcome is AttemptOutcome.NEEDS_MODERATOR:
            new = await self._pause(delivery, failure, now)
        else:
            new = delivery.error is None or delivery.error.code != failure.status.code
        # An obstacle that lasts for days is a warning only once.
        level = logging.WARNING if new else logging.DEBUG
        log.log(level, "delivery %d to channel %d: %s", delivery.id, delivery.channel_id, failure)
        if retry is None:
            if failure.status.code == TOO_BUSY:
                # Whoever asks for it by hand has seen that it is not there.
                await begin_anew(self._db, delivery.id, now)
            await fail_delivery(self._db, delivery.id, failure.status)
            return
        # Only a search of the channel can tell whether an earlier attempt posted the message.
        state = DeliveryState.SENDING if delivery.begun_before else retry.state
        in_order = failure.outcome in (AttemptOutcome.UNKNOWN, AttemptOutcome.NOT_SENT) and not failure.is_bug
        await postpone_delivery(
            self._db,
            delivery.id,
            state=state,
            error=failure.status,
            next_try_at=retry.next_try_at,
            now=now,
            failing_since=failing_since,
            first_until=IN_ORDER_FOR if in_order else None,
        )

    def _nonce_known(self, delivery: Delivery, now: datetime) -> bool:
        forum = isinstance(self._client.get_channel(delivery.channel_id), discord.ForumChannel)
        if forum or delivery.sending_since is None or delivery.sending_since > now:
            return False
        left = self._nonce_window_s - NONCE_MARGIN_S - (now - delivery.sending_since).total_seconds()
        return left > 0

    async def _pause(self, delivery: Delivery, failure: AttemptFailedError, now: datetime) -> bool:
        """Pause the destination until somebody has acted, or a while has passed; whether the reason is new."""
        self._blocked_guilds.note(delivery.guild_id, outage=False)
        since, gone_since = await paused_since(self._db, delivery.destination_id)
        pause = destination_pause(
            failure.status, paused_since=since, gone_since=gone_since, gone=failure.gone, now=now
        )
        return await pause_destination(
            self._db,
            delivery.destination_id,
            pause.reason,
            now=now,
            resume_at=pause.resume_at,
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
