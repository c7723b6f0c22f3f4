"""What to do after an attempt that failed: retry when, give up, or pause the destination. Decides only, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.status_messages.sentences import StatusError
from storage.models import DeliveryState, Status, StatusCode

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=3)
# Discord may still carry out a request whose answer was lost, so the channel is not searched for the message before
# this has passed. While Discord remembers the nonce that does not matter: a second request gives the same message.
SETTLED_AFTER = timedelta(seconds=5)
# How long newer announcements wait for one that fails, so that a channel gets its episodes in order.
IN_ORDER_FOR = timedelta(minutes=10)
# For what only a moderator can fix. What Discord sends an event for is noticed at once; these retries are for the
# rest.
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
# Discord now and then denies a channel that exists, so it counts as gone only after this.
GONE_AFTER = timedelta(days=3)
GONE_RETRY = timedelta(days=1)

# Attempts that fail are never further apart than this, if the clock is right.
ATTEMPTS_APART = timedelta(hours=1)

# How far the date of an episode may be after it really came out: some feeds name a day, or a time in another zone.
DATE_MARGIN = timedelta(days=2)

GONE_SINCE = StatusCode("delivery.gone_since", "since")


class AttemptOutcome(Enum):
    """How an attempt failed."""

    # Discord refused it, or was never reached: there is no message.
    NOT_SENT = auto()
    # The answer was lost: there may be a message, which has to be searched for before sending again.
    UNKNOWN = auto()
    # A moderator has to act: a permission or the channel is missing.
    NEEDS_MODERATOR = auto()
    # Discord will never accept this message.
    REJECTED = auto()


class AttemptFailedError(StatusError):
    """An attempt failed; how, and why, for a moderator.

    `retry_after_s` is how long Discord asks to wait. `gone`: Discord says that the channel does not exist. `outage`:
    the server is unavailable, and Discord will say when it is back. `is_bug`: an error inside Earmark, which later
    episodes do not wait for.
    """

    def __init__(
        self,
        outcome: AttemptOutcome,
        status: Status,
        *,
        retry_after_s: float = 0.0,
        gone: bool = False,
        outage: bool = False,
        is_bug: bool = False,
    ) -> None:
        super().__init__(status)
        self.outcome = outcome
        self.retry_after_s = retry_after_s
        self.gone = gone
        self.outage = outage
        self.is_bug = is_bug


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at this time, from this state; None means as soon as the destination is resumed."""

    state: DeliveryState
    next_try_at: datetime | None


def next_attempt(
    outcome: AttemptOutcome,
    *,
    failing_since: datetime | None,
    now: datetime,
    retry_after_s: float = 0.0,
    nonce_known: bool = False,
) -> Retry | None:
    """When to try again; None to give up. The wait is half of the time since the first of the failures in a row.

    `nonce_known`: Discord is sure to remember the nonce of an attempt that it may have carried out.
    """
    if outcome is AttemptOutcome.NEEDS_MODERATOR:
        return Retry(DeliveryState.PLANNED, None)
    failing_for = now - (failing_since or now)
    if outcome is AttemptOutcome.REJECTED or failing_for > GIVE_UP_AFTER:
        return None
    wait = min(LONGEST_RETRY, max(FIRST_RETRY, failing_for / 2))
    if outcome is AttemptOutcome.UNKNOWN and not nonce_known:
        wait = max(wait, SETTLED_AFTER)
    wait = max(wait, timedelta(seconds=min(retry_after_s, GIVE_UP_AFTER.total_seconds())))
    state = DeliveryState.SENDING if outcome is AttemptOutcome.UNKNOWN else DeliveryState.PLANNED
    return Retry(state, now + wait)


@dataclass(frozen=True, slots=True)
class DestinationPause:
    """Post nothing to a destination until then, for this reason."""

    reason: Status
    resume_at: datetime


def destination_pause(
    reason: Status,
    *,
    paused_since: datetime | None,
    gone_since: datetime | None,
    gone: bool,
    now: datetime,
) -> DestinationPause:
    """How long to pause a destination that only a moderator can repair. `gone`: Discord says it does not exist."""
    missing_for = now - gone_since if gone and gone_since else timedelta(0)
    if gone_since and missing_for > GONE_AFTER:
        return DestinationPause(GONE_SINCE(since=gone_since.isoformat()), now + GONE_RETRY)
    paused_for = now - (paused_since or now)
    return DestinationPause(reason, now + min(LONGEST_PAUSE, max(FIRST_PAUSE, paused_for / 4)))


def announced_from(perhaps_since: datetime, published: datetime | None, now: datetime) -> datetime:
    """From when on another database may have announced an episode, if it may have sent it since `perhaps_since`.

    That may be weeks ago, and a busy channel can't be read that far back; before it came out nobody announced it.
    """
    if perhaps_since > now:
        # The backup was made by a wrong clock.
        perhaps_since = now - GIVE_UP_AFTER
    return perhaps_since if published is None else max(perhaps_since, min(published, now) - DATE_MARGIN)
