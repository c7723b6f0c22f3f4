"""What follows an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.announcing.retry_policy import (
    FIRST_RETRY,
    GIVE_UP_AFTER,
    GONE_AFTER,
    GONE_RETRY,
    LONGEST_PERSON_RETRY,
    LONGEST_RETRY,
    PERSON_RETRY,
    SETTLED_AFTER,
    AttemptOutcome,
    Retry,
    destination_pause,
    next_attempt,
)
from storage.models import DeliveryState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANNED, SENDING = DeliveryState.PLANNED, DeliveryState.SENDING
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("outcome", "failing_for", "nonce_known", "state", "wait"),
    [
        (AttemptOutcome.NOT_SENT, timedelta(0), False, PLANNED, FIRST_RETRY),
        (AttemptOutcome.NOT_SENT, 60 * SECOND, False, PLANNED, 30 * SECOND),
        (AttemptOutcome.NOT_SENT, timedelta(days=2), False, PLANNED, LONGEST_RETRY),
        # The same message under a nonce that Discord knows needs no settling.
        (AttemptOutcome.UNKNOWN, timedelta(0), True, SENDING, FIRST_RETRY),
        (AttemptOutcome.UNKNOWN, timedelta(0), False, SENDING, SETTLED_AFTER),
        (AttemptOutcome.UNKNOWN, 60 * SECOND, False, SENDING, 30 * SECOND),
        (AttemptOutcome.UNKNOWN, GIVE_UP_AFTER, True, SENDING, LONGEST_RETRY),
    ],
)
def test_it_is_tried_again(
    outcome: AttemptOutcome, failing_for: timedelta, nonce_known: bool, state: DeliveryState, wait: timedelta
) -> None:
    follows = next_attempt(outcome, failing_since=NOW - failing_for, now=NOW, nonce_known=nonce_known)
    assert follows == Retry(state, NOW + wait)


def test_a_first_failure_is_retried_soon_and_what_discord_asks_for_is_obeyed() -> None:
    first = next_attempt(AttemptOutcome.NOT_SENT, failing_since=None, now=NOW)
    assert first == Retry(PLANNED, NOW + FIRST_RETRY)
    asked = next_attempt(AttemptOutcome.NOT_SENT, failing_since=None, now=NOW, retry_after_s=77.5)
    assert asked == Retry(PLANNED, NOW + timedelta(seconds=77.5))


@pytest.mark.parametrize("failing_for", [timedelta(0), timedelta(days=90)])
def test_what_needs_a_person_waits_with_its_destination_and_is_never_given_up(failing_for: timedelta) -> None:
    follows = next_attempt(AttemptOutcome.NEEDS_MODERATOR, failing_since=NOW - failing_for, now=NOW)
    assert follows == Retry(PLANNED, None)


@pytest.mark.parametrize("outcome", [AttemptOutcome.NOT_SENT, AttemptOutcome.UNKNOWN])
def test_what_fails_for_days_is_given_up(outcome: AttemptOutcome) -> None:
    assert next_attempt(outcome, failing_since=NOW - GIVE_UP_AFTER - SECOND, now=NOW) is None


def test_what_discord_refuses_for_ever_is_given_up() -> None:
    assert next_attempt(AttemptOutcome.REJECTED, failing_since=None, now=NOW) is None


@pytest.mark.parametrize(
    ("paused_for", "wait"),
    [
        (timedelta(0), PERSON_RETRY),
        (timedelta(minutes=8), PERSON_RETRY),
        (timedelta(hours=2), timedelta(minutes=30)),
        (timedelta(days=30), LONGEST_PERSON_RETRY),
    ],
)
def test_what_waits_for_a_person_is_tried_ever_more_rarely(paused_for: timedelta, wait: timedelta) -> None:
    rest = destination_pause("403", paused_since=NOW - paused_for, gone_since=None, gone=False, now=NOW)
    assert (rest.reason, rest.resume_at) == ("403", NOW + wait)


@pytest.mark.parametrize(
    ("missing_for", "gone", "believed"),
    [
        (None, True, False),
        (GONE_AFTER, True, False),
        (GONE_AFTER + SECOND, True, True),
        # What Discord shows again is not gone, whatever else stands in the way.
        (GONE_AFTER + SECOND, False, False),
    ],
)
def test_a_channel_counts_as_gone_only_after_days(
    missing_for: timedelta | None, gone: bool, believed: bool
) -> None:
    since = None if missing_for is None else NOW - missing_for
    rest = destination_pause("404", paused_since=since, gone_since=since, gone=gone, now=NOW)
    assert rest.reason.startswith("The channel is gone: ") == believed
    assert (rest.resume_at == NOW + GONE_RETRY) == believed
