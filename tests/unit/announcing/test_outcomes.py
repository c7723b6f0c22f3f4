"""What follows an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.announcing.outcomes import (
    FIRST_RETRY,
    GIVE_UP_AFTER,
    LONGEST_PERSON_RETRY,
    LONGEST_RETRY,
    PERSON_RETRY,
    GivenUp,
    Happened,
    Postponed,
    after_attempt,
)
from storage.models import DeliveryState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANNED, SENDING = DeliveryState.PLANNED, DeliveryState.SENDING


@pytest.mark.parametrize(
    ("happened", "attempts", "state", "wait"),
    [
        (Happened.NOT_SENT, 1, PLANNED, FIRST_RETRY),
        (Happened.NOT_SENT, 2, PLANNED, 2 * FIRST_RETRY),
        (Happened.NOT_SENT, 4, PLANNED, 8 * FIRST_RETRY),
        (Happened.UNKNOWN, 1, SENDING, FIRST_RETRY),
        (Happened.UNKNOWN, 100_000, SENDING, LONGEST_RETRY),
        (Happened.NEEDS_PERSON, 1, PLANNED, PERSON_RETRY),
        (Happened.NEEDS_PERSON, 50, PLANNED, PERSON_RETRY),
    ],
)
def test_it_is_tried_again(happened: Happened, attempts: int, state: DeliveryState, wait: timedelta) -> None:
    follows = after_attempt(happened, attempts=attempts, planned_at=NOW, now=NOW)
    assert follows == Postponed(state, NOW + wait)


@pytest.mark.parametrize(
    ("waited", "wait"),
    [
        (timedelta(0), PERSON_RETRY),
        (timedelta(minutes=8), PERSON_RETRY),
        (timedelta(hours=2), timedelta(minutes=30)),
        (timedelta(hours=4), LONGEST_PERSON_RETRY),
        (GIVE_UP_AFTER, LONGEST_PERSON_RETRY),
    ],
)
def test_what_waits_for_a_person_is_tried_ever_more_rarely(waited: timedelta, wait: timedelta) -> None:
    follows = after_attempt(Happened.NEEDS_PERSON, attempts=9, planned_at=NOW - waited, now=NOW)
    assert follows == Postponed(PLANNED, NOW + wait)


@pytest.mark.parametrize("happened", Happened)
def test_old_news_are_given_up(happened: Happened) -> None:
    planned_at = NOW - GIVE_UP_AFTER - timedelta(seconds=1)
    assert after_attempt(happened, attempts=1, planned_at=planned_at, now=NOW) == GivenUp()


def test_what_discord_refuses_for_ever_is_given_up() -> None:
    assert after_attempt(Happened.REFUSED, attempts=1, planned_at=NOW, now=NOW) == GivenUp()
