"""What becomes of a delivery after an attempt: decided from its outcome alone, without any I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from storage.models import DeliveryState

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=3)
# A request in flight may still be worked off: so long after the last one the channel is not looked at. Where Discord
# still knows the nonce, a second one is the same message in any case.
SETTLED_AFTER = timedelta(seconds=5)
# While an announcement fails, newer ones wait for it so long: a channel gets its episodes in their order.
IN_ORDER_FOR = timedelta(minutes=10)
# What only a person can mend: a change in the server is noticed at once, the rest is looked at ever more rarely.
PERSON_RETRY = timedelta(minutes=2)
LONGEST_PERSON_RETRY = timedelta(hours=1)
# Discord says now and then that a channel is not there although it is.
GONE_AFTER = timedelta(days=3)
GONE_RETRY = timedelta(days=1)


class AttemptOutcome(Enum):
    """How an attempt ended that brought no message's id."""

    # Discord refused, or was never reached: the message does not stand.
    NOT_SENT = auto()
    # The answer was lost: the message may stand, and the channel has to be looked at first.
    UNKNOWN = auto()
    # A moderator has to act: a permission or the channel is missing.
    NEEDS_MODERATOR = auto()
    # Discord will refuse this very message for ever.
    REJECTED = auto()


class AttemptFailedError(Exception):
    """An attempt brought no message; how it ended, and why in words for a moderator.

    `retry_after_s` is what Discord asks for. `gone`: it says that the channel is not there. `outage`: the server
    is unavailable, and will be told to be back. `ours`: an error of Earmark's own, for which no other episode waits.
    """

    def __init__(
        self,
        outcome: AttemptOutcome,
        reason: str,
        *,
        retry_after_s: float = 0.0,
        gone: bool = False,
        outage: bool = False,
        ours: bool = False,
    ) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.gone = gone
        self.outage = outage
        self.ours = ours


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at this time, from this state; None: when its destination is resumed."""

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
    """Decide what follows. `failing_since`: of the first of the attempts that failed in a row.

    `nonce_known`: Discord surely still knows the nonce, where this attempt may have been worked off.
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
    """Post nothing there until then, for this reason."""

    reason: str
    resume_at: datetime


def destination_pause(
    reason: str,
    *,
    paused_since: datetime | None,
    gone_since: datetime | None,
    gone: bool,
    now: datetime,
) -> DestinationPause:
    """Decide how long a destination rests to which nothing can be posted. `gone`: Discord says it is not there."""
    missing_for = now - gone_since if gone and gone_since else timedelta(0)
    if gone_since and missing_for > GONE_AFTER:
        since = f"{gone_since:%d %B %Y}"
        told = f"The channel is gone: Discord does not show it to me since {since}."
        return DestinationPause(f"{told} `/podcast remove` ends this.", now + GONE_RETRY)
    paused_for = now - (paused_since or now)
    return DestinationPause(reason, now + min(LONGEST_PERSON_RETRY, max(PERSON_RETRY, paused_for / 4)))
