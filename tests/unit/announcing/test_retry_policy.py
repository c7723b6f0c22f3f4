"""Whether and when a failed attempt is made again, and how long a destination is paused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.announcing.retry_policy import (
    DATE_MARGIN,
    FIRST_PAUSE,
    FIRST_RETRY,
    GIVE_UP_AFTER,
    GONE_AFTER,
    GONE_RETRY,
    GONE_SINCE,
    LONGEST_PAUSE,
    LONGEST_RETRY,
    SETTLED_AFTER,
    AttemptOutcome,
    Retry,
    announced_from,
    destination_pause,
    next_attempt,
)
from storage.models import DeliveryState, as_text

REFUSED = as_text("403")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANNED, SENDING = DeliveryState.PLANNED, DeliveryState.SENDING
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("outcome", "failing_for", "nonce_known", "state", "wait"),
    [
        (AttemptOutcome.NOT_SENT, timedelta(0), False, PLANNED, FIRST_RETRY),
        (AttemptOutcome.NOT_SENT, 60 * SECOND, False, PLANNED, 30 * SECOND),
        (AttemptOutcome.NOT_SENT, timedelta(days=2), False, PLANNED, LONGEST_RETRY),
        # Under a nonce that Discord remembers, a second request gives the same message.
        (AttemptOutcome.UNKNOWN, timedelta(0), True, SENDING, FIRST_RETRY),
        (AttemptOutcome.UNKNOWN, timedelta(0), False, SENDING, SETTLED_AFTER),
        (AttemptOutcome.UNKNOWN, 60 * SECOND, False, SENDING, 30 * SECOND),
        (AttemptOutcome.UNKNOWN, GIVE_UP_AFTER, True, SENDING, LONGEST_RETRY),
    ],
)
def test_an_attempt_is_made_again(
    outcome: AttemptOutcome, failing_for: timedelta, nonce_known: bool, state: DeliveryState, wait: timedelta
) -> None:
    retry = next_attempt(outcome, failing_since=NOW - failing_for, now=NOW, nonce_known=nonce_known)
    assert retry == Retry(state, NOW + wait)


def test_a_first_failure_is_retried_soon_and_what_discord_asks_for_is_obeyed() -> None:
    first = next_attempt(AttemptOutcome.NOT_SENT, failing_since=None, now=NOW)
    assert first == Retry(PLANNED, NOW + FIRST_RETRY)
    asked = next_attempt(AttemptOutcome.NOT_SENT, failing_since=None, now=NOW, retry_after_s=77.5)
    assert asked == Retry(PLANNED, NOW + timedelta(seconds=77.5))


@pytest.mark.parametrize("failing_for", [timedelta(0), timedelta(days=90)])
def test_what_needs_a_moderator_waits_for_its_destination_and_is_never_given_up(
    failing_for: timedelta,
) -> None:
    retry = next_attempt(AttemptOutcome.NEEDS_MODERATOR, failing_since=NOW - failing_for, now=NOW)
    assert retry == Retry(PLANNED, None)


@pytest.mark.parametrize("outcome", [AttemptOutcome.NOT_SENT, AttemptOutcome.UNKNOWN])
def test_what_fails_for_days_is_given_up(outcome: AttemptOutcome) -> None:
    assert next_attempt(outcome, failing_since=NOW - GIVE_UP_AFTER - SECOND, now=NOW) is None


def test_what_discord_rejects_is_given_up() -> None:
    assert next_attempt(AttemptOutcome.REJECTED, failing_since=None, now=NOW) is None


@pytest.mark.parametrize(
    ("paused_for", "wait"),
    [
        (timedelta(0), FIRST_PAUSE),
        (timedelta(minutes=8), FIRST_PAUSE),
        (timedelta(hours=2), timedelta(minutes=30)),
        (timedelta(days=30), LONGEST_PAUSE),
    ],
)
def test_a_destination_is_paused_for_longer_and_longer(paused_for: timedelta, wait: timedelta) -> None:
    pause = destination_pause(REFUSED, paused_since=NOW - paused_for, gone_since=None, gone=False, now=NOW)
    assert (pause.reason, pause.resume_at) == (REFUSED, NOW + wait)


@pytest.mark.parametrize(
    ("missing_for", "gone", "believed"),
    [
        (None, True, False),
        (GONE_AFTER, True, False),
        (GONE_AFTER + SECOND, True, True),
        # A channel that Discord shows again is not gone, whatever else is wrong.
        (GONE_AFTER + SECOND, False, False),
    ],
)
def test_a_channel_counts_as_gone_only_after_days(
    missing_for: timedelta | None, gone: bool, believed: bool
) -> None:
    since = None if missing_for is None else NOW - missing_for
    pause = destination_pause(REFUSED, paused_since=since, gone_since=since, gone=gone, now=NOW)
    assert pause.reason == (GONE_SINCE(since=since.isoformat()) if believed and since else REFUSED)
    assert (pause.resume_at == NOW + GONE_RETRY) == believed


MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("perhaps_since", "published", "expected"),
    [
        (NOW - MONTH, None, NOW - MONTH),
        # It came out before the backup was made, or about then.
        (NOW - MONTH, NOW - 2 * MONTH, NOW - MONTH),
        (NOW - MONTH, NOW - MONTH + SECOND, NOW - MONTH),
        # What came out later stands no further back, whatever zone its date was meant in.
        (NOW - MONTH, NOW - SECOND, NOW - SECOND - DATE_MARGIN),
        (NOW - MONTH, NOW + MONTH, NOW - DATE_MARGIN),
        (NOW - SECOND, NOW, NOW - SECOND),
        # By a wrong clock.
        (NOW + MONTH, None, NOW - GIVE_UP_AFTER),
        (NOW + MONTH, NOW, NOW - DATE_MARGIN),
    ],
)
def test_an_announcement_of_another_database_is_no_older_than_its_episode(
    perhaps_since: datetime, published: datetime | None, expected: datetime
) -> None:
    assert announced_from(perhaps_since, published, NOW) == expected
