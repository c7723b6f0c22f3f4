"""When a feed is polled next, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.schedule import (
    FAILED_FOR_DAYS,
    LONGEST_ASKED,
    LONGEST_EARLY,
    LONGEST_FAILING,
    LONGEST_SILENT,
    PollingHints,
    after_failure,
    after_success,
    asks_whole,
    longest_wait,
    rhythm_of,
)
from bot.status_messages.sentences import sentence
from storage.models import Rhythm

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
TEN = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FRESH = Rhythm(NOW - timedelta(days=3))
LONG_AGO = NOW - timedelta(days=1000)
NOTHING_ASKED = PollingHints()
ALL_HOURS = frozenset(range(24))


def _minutes(
    asked: PollingHints = NOTHING_ASKED,
    rhythm: Rhythm = FRESH,
    *,
    interval: timedelta = TEN,
    known_since: datetime = LONG_AGO,
    jitter: float = 0.999,
) -> tuple[float, str]:
    due = after_success(NOW, NOW, interval, asked, rhythm, known_since, jitter)
    return round((due.at - NOW) / MINUTE, 1), sentence(due.reason)


@pytest.mark.parametrize(
    ("asked", "rhythm", "minutes", "reason"),
    [
        (PollingHints(), FRESH, 9.5, "every 10 min"),
        (PollingHints(fresh_for_s=300), FRESH, 9.5, "every 10 min"),
        (PollingHints(fresh_for_s=1200), FRESH, 21.0, "the host asks for 20 min between two looks"),
        (PollingHints(ttl_s=1800, fresh_for_s=60), FRESH, 31.5, "the host asks for 30 min between two looks"),
        # Honoured up to an hour.
        (PollingHints(ttl_s=86_400), FRESH, 60.0, "the host asks for 60 min between two looks"),
        (PollingHints(skip_hours=frozenset({11, 13})), FRESH, 9.5, "every 10 min"),
        (PollingHints(skip_hours=frozenset({12})), FRESH, 60.0, "the feed asks not to be read at this hour"),
        (
            PollingHints(skip_hours=frozenset({12, 13, 14})),
            FRESH,
            60.0,
            "the feed asks not to be read at this hour; after an hour it is all the same",
        ),
        (PollingHints(skip_days=frozenset({3})), FRESH, 9.5, "every 10 min"),
        (PollingHints(skip_hours=ALL_HOURS), FRESH, 9.5, "every 10 min"),
        (PollingHints(), Rhythm(NOW - timedelta(days=89)), 9.5, "every 10 min"),
        (PollingHints(), Rhythm(NOW - timedelta(days=90)), 59.5, "nothing new for 90 days: every 60 min"),
        (PollingHints(), Rhythm(NOW - timedelta(days=400)), 359.5, "nothing new for 400 days: every 6 h"),
        (PollingHints(), Rhythm(FRESH.newest_at, 12 * 60 + 10), 2.3, "around its usual hour: every 150 s"),
        (PollingHints(), Rhythm(FRESH.newest_at, 11 * 60 + 10), 2.3, "around its usual hour: every 150 s"),
        (PollingHints(), Rhythm(FRESH.newest_at, 10 * 60 + 50), 9.5, "every 10 min"),
        (PollingHints(), Rhythm(FRESH.newest_at, 12 * 60 + 20), 9.5, "every 10 min"),
        # Whoever asks to wait is not asked more often.
        (
            PollingHints(ttl_s=1200),
            Rhythm(FRESH.newest_at, 12 * 60),
            21.0,
            "the host asks for 20 min between two looks",
        ),
    ],
)
def test_the_next_poll_after_a_success(
    asked: PollingHints, rhythm: Rhythm, minutes: float, reason: str
) -> None:
    assert _minutes(asked, rhythm) == (minutes, reason)


def test_silence_counts_from_when_the_podcast_was_added() -> None:
    old = Rhythm(NOW - timedelta(days=400))
    assert _minutes(rhythm=old, known_since=NOW - timedelta(days=1))[1] == "every 10 min"
    assert _minutes(rhythm=Rhythm(), known_since=NOW - timedelta(days=100))[1].startswith(
        "nothing new for 100"
    )


def test_a_usual_hour_around_midnight() -> None:
    midnight = NOW.replace(hour=23, minute=50)
    due = after_success(midnight, midnight, TEN, PollingHints(), Rhythm(NOW, 5), LONG_AGO, 0.0)
    assert sentence(due.reason).startswith("around its usual hour")


def test_a_short_interval_is_not_made_shorter() -> None:
    usual = Rhythm(FRESH.newest_at, 12 * 60)
    assert _minutes(rhythm=usual, interval=MINUTE)[1] == "every 60 s"
    assert _minutes(rhythm=usual, interval=2 * MINUTE)[1] == "around its usual hour: every 60 s"


def test_a_poll_longer_than_the_interval_is_followed_by_a_pause() -> None:
    due = after_success(NOW, NOW + timedelta(hours=1), TEN, PollingHints(), FRESH, LONG_AGO, 0.5)
    assert due.at == NOW + timedelta(hours=1, seconds=5)


@given(
    st.builds(
        PollingHints,
        st.one_of(st.none(), st.floats(0, 1e9)),
        st.one_of(st.none(), st.floats(0, 1e9)),
        st.frozensets(st.integers(0, 23)),
        st.frozensets(st.integers(0, 6)),
    ),
    st.builds(
        Rhythm,
        st.one_of(st.none(), st.datetimes(timezones=st.just(UTC), max_value=datetime(2026, 3, 4))),  # noqa: DTZ001
        st.one_of(st.none(), st.integers(0, 1439)),
    ),
    st.floats(1, 86_400 * 365),
    st.floats(0, 0.999),
)
def test_a_host_may_ask_for_an_hour_at_most(
    asked: PollingHints, rhythm: Rhythm, interval_s: float, jitter: float
) -> None:
    interval = timedelta(seconds=interval_s)
    due = after_success(NOW, NOW, interval, asked, rhythm, NOW - timedelta(days=89), jitter)
    assert NOW < due.at <= NOW + max(interval, LONGEST_ASKED)
    if asked == PollingHints():
        assert due.at <= NOW + interval
    silent = after_success(NOW, NOW, interval, PollingHints(), rhythm, LONG_AGO, jitter)
    assert silent.at <= NOW + max(interval, LONGEST_SILENT)
    assert due.reason


@pytest.mark.parametrize(
    ("failing", "failures", "retry_after_s", "minutes", "reason"),
    [
        (None, 0, None, 10, "it failed: tried again after the usual time"),
        (timedelta(minutes=30), 3, None, 10, "it failed: tried again after the usual time"),
        (timedelta(hours=4), 9, None, 60, "it has failed for 4 h: tried again after 60 min"),
        (timedelta(days=3), 30, None, 360, "it has failed for 3 days: tried again after 6 h"),
        (timedelta(days=8), 19, None, 360, "it has failed for 8 days: tried again after 6 h"),
        (None, 0, 1800.0, 30, "the host asks to wait for 30 min"),
        (None, 0, 1e12, 60, "the host asks to wait for 60 min"),
        (None, 0, 5.0, 10, "it failed: tried again after the usual time"),
    ],
)
def test_a_failing_feed_is_polled_ever_later(
    failing: timedelta | None, failures: int, retry_after_s: float | None, minutes: float, reason: str
) -> None:
    since = NOW - failing if failing else None
    due = after_failure(NOW, TEN, since, failures, retry_after_s, 1.0)
    assert (round((due.at - NOW) / MINUTE), sentence(due.reason), due.pause) == (minutes, reason, None)


def test_a_week_of_failures_pauses_the_feed() -> None:
    due = after_failure(NOW, TEN, NOW - timedelta(days=7), 20, None, 0.5)
    assert due.pause == FAILED_FOR_DAYS(days=7)


@pytest.mark.parametrize(
    "since",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2099, 1, 1, tzinfo=UTC),
        # Nobody polled for half a year.
        NOW - timedelta(days=180),
    ],
)
def test_a_wrong_clock_pauses_no_feed_and_the_failures_count_anew(since: datetime) -> None:
    due = after_failure(NOW, TEN, since, 99, None, 1.0)
    assert (due.pause, due.failing_since, due.at) == (None, NOW, NOW + TEN)
    later = NOW + timedelta(days=8)
    assert after_failure(later, TEN, due.failing_since, 130, None, 1.0).pause == FAILED_FOR_DAYS(days=8)


@pytest.mark.parametrize("interval", [timedelta(seconds=1), TEN, timedelta(days=3)])
@given(st.floats(0, 10**7), st.floats(0, 10**7), st.integers(0, 10**6), st.floats(0, 0.999))
def test_no_wait_is_longer_than_the_longest(
    interval: timedelta, asked_s: float, retry_s: float, failing_s: int, jitter: float
) -> None:
    since, asked = NOW - timedelta(seconds=failing_s), PollingHints(asked_s, None, frozenset(range(23)))
    rhythm = Rhythm(since)
    for due in (
        after_success(NOW, NOW, interval, asked, rhythm, LONG_AGO, jitter),
        after_failure(NOW, interval, since, 10**6, retry_s, jitter),
        after_failure(NOW, interval, since, 0, None, jitter),
    ):
        assert due.at - NOW <= longest_wait(interval)


@given(st.integers(0, 10**6), st.integers(0, 19), st.floats(0, 0.999))
def test_backoff_is_bounded_and_jittered(failing_s: int, failures: int, jitter: float) -> None:
    due = after_failure(NOW, TEN, NOW - timedelta(seconds=failing_s), failures, None, jitter)
    assert 0.9 * TEN <= due.at - NOW <= LONGEST_FAILING


def _days(*moments: tuple[int, int, int]) -> list[datetime]:
    return [NOW.replace(hour=hour, minute=minute) - timedelta(days=day) for day, hour, minute in moments]


@pytest.mark.parametrize(
    ("published", "minute"),
    [
        (_days((1, 9, 0), (8, 9, 5), (15, 9, 10), (22, 9, 0), (29, 9, 30)), 9 * 60 + 5),
        (_days((1, 23, 50), (8, 0, 10), (15, 23, 55), (22, 0, 0), (29, 0, 5)), 0),
        # Half of them are a habit.
        (_days((1, 9, 0), (2, 9, 1), (3, 9, 2), (4, 1, 0), (5, 15, 0), (6, 20, 0)), 9 * 60 + 1),
        (_days((1, 9, 0), (2, 12, 1), (3, 15, 2), (4, 1, 0), (5, 18, 0), (6, 21, 0)), None),
        (_days((1, 9, 0), (8, 9, 5), (15, 9, 10), (22, 9, 0)), None),
        ([], None),
    ],
)
def test_the_usual_hour_is_that_of_most_of_the_latest_episodes(
    published: list[datetime], minute: int | None
) -> None:
    future = NOW + timedelta(days=300)
    rhythm = rhythm_of([*reversed(published), future], NOW)
    assert rhythm == Rhythm(max(published, default=None), minute)


def test_podcasts_added_together_drift_apart() -> None:
    early = after_success(NOW, NOW, TEN, PollingHints(), FRESH, LONG_AGO, 0.0)
    late = after_success(NOW, NOW, TEN, PollingHints(), FRESH, LONG_AGO, 0.999)
    assert timedelta(0) < early.at - late.at <= LONGEST_EARLY


def test_the_whole_look_comes_once_a_day_and_not_for_all_feeds_at_once() -> None:
    def due(podcast_id: int, hours: float) -> bool:
        return asks_whole(podcast_id, NOW, None, NOW + timedelta(hours=hours))

    ids = range(1, 401)
    assert not any(due(one, hours) for one in ids for hours in (0, 1, 17.9))
    assert all(due(one, 24) for one in ids)
    for hours in range(18, 24):
        came = sum(due(one, hours + 1) and not due(one, hours) for one in ids)
        assert 40 <= came <= 95
    # What is due at one time now is spread anew the next time.
    early = [one for one in ids if due(one, 19)]
    again = [one for one in early if asks_whole(one, NOW + DAY, None, NOW + DAY + timedelta(hours=19))]
    assert len(again) < len(early) / 2


def test_the_whole_look_is_due_where_nothing_is_known_or_the_host_is_not_trusted() -> None:
    assert asks_whole(1, None, None, NOW)
    assert asks_whole(1, NOW + DAY, None, NOW)
    assert asks_whole(1, NOW, NOW - 29 * DAY, NOW)
    assert not asks_whole(1, NOW, NOW - 31 * DAY, NOW)
