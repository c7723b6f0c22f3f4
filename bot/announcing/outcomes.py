"""What becomes of a delivery after an attempt: decided from what happened, without doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from storage.models import DeliveryState

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)
# What only a person can mend: a change in the server is noticed at once, the rest is looked at ever more rarely.
PERSON_RETRY = timedelta(minutes=2)
LONGEST_PERSON_RETRY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)


class Happened(Enum):
    """How an attempt ended that brought no message's id."""

    # Discord refused, or was never reached: the message does not stand.
    NOT_SENT = auto()
    # The answer was lost: the message may stand, and the channel has to be looked at first.
    UNKNOWN = auto()
    # A moderator has to act: a permission or the channel is missing.
    NEEDS_PERSON = auto()
    # Discord will refuse this very message for ever.
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Postponed:
    """Try again at this time, from this state."""

    state: DeliveryState
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Try no more."""


def after_attempt(
    happened: Happened, *, attempts: int, planned_at: datetime, now: datetime
) -> Postponed | GivenUp:
    """Decide what follows. `attempts` counts this one."""
    if happened is Happened.REFUSED or now - planned_at > GIVE_UP_AFTER:
        return GivenUp()
    if happened is Happened.NEEDS_PERSON:
        waited = now - planned_at
        return Postponed(
            DeliveryState.PLANNED, now + min(LONGEST_PERSON_RETRY, max(PERSON_RETRY, waited / 4))
        )
    wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 10))
    state = DeliveryState.SENDING if happened is Happened.UNKNOWN else DeliveryState.PLANNED
    return Postponed(state, now + wait)
