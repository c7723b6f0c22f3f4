"""Decides when to poll a feed next, and why then. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.workers.clock import failing_from
from storage.models import Rhythm, Status, StatusCode

# The longest wait that a host may ask for: announcements may be an hour late.
LONGEST_ASKED = timedelta(hours=1)
SILENT_AFTER = timedelta(days=90)
LONGEST_SILENT = timedelta(hours=6)
# After a year of silence the longest interval is reached.
FULLY_SILENT_AFTER = timedelta(days=365)

# Around its usual hour a show is polled this much more often, but at most once a minute.
RELEASE_SHARE = 4
SHORTEST_AROUND_RELEASE = timedelta(minutes=1)
RELEASE_EARLY_MIN = 15
RELEASE_LATE_MIN = 60
# A usual hour is one that half of the latest episodes, at least five of them, have in common.
HABIT_OF = 20
HABIT_FROM = 5
HABIT_WIDTH_MIN = 60
DAY_MIN = 24 * 60

# A failing feed is polled again after a quarter of the time for which it has been failing.
FAILING_SHARE = 4
LONGEST_FAILING = timedelta(hours=6)
PAUSED_AFTER = timedelta(days=7)
# A week without polls is no week of failures.
PAUSED_AFTER_FAILURES = 20
FAILURE_JITTER = 0.1
# Polls of a failing feed are never further apart than this or the interval, if the clock is right.
FAILURES_APART = timedelta(days=1)
# Random jitter that shortens intervals, so that podcasts added together drift apart.
EARLY_SHARE = 0.1
LONGEST_EARLY = timedelta(seconds=30)

EVERY = StatusCode("schedule.every", "wait")
HOST_ASKS = StatusCode("schedule.host_asks", "wait")
SILENT = StatusCode("schedule.silent", "days", "wait")
USUAL_HOUR = StatusCode("schedule.usual_hour", "wait")
SKIPPED = StatusCode("schedule.skipped")
SKIPPED_TOO_LONG = StatusCode("schedule.skipped_too_long")
FAILED = StatusCode("schedule.failed")
FAILING = StatusCode("schedule.failing", "failing", "wait")
RETRY_AFTER = StatusCode("schedule.retry_after", "wait")
PAUSED = StatusCode("schedule.paused")
FAILED_FOR_DAYS = StatusCode("schedule.failed_for_days", "days")

# A host that answers "not changed" for ever is found out within a day by one look that asks for the whole document:
# at the latest so long after the last one, and by up to a quarter earlier, so that the feeds spread over the day.
WHOLE_LOOK_AFTER = timedelta(days=1)
WHOLE_LOOK_EARLY_SHARE = 0.25
# A host that was found out is asked for the whole document each time; then it may have been mended.
DISTRUSTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PollingHints:
    """What host and feed ask for: no poll before `fresh_for_s` or `ttl_s`, or in these hours (UTC) and days."""

    fresh_for_s: float | None = None
    ttl_s: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When the next poll is due, and why then. `pause`: why the feed is paused instead. It fails since then."""

    at: datetime
    reason: Status
    pause: Status | None = None
    failing_since: datetime | None = None


def longest_wait(interval: timedelta) -> timedelta:
    """The longest time from one poll to the next."""
    return max(interval, LONGEST_ASKED, LONGEST_SILENT, LONGEST_FAILING)


def asks_whole(
    podcast_id: int, whole_at: datetime | None, false_304_at: datetime | None, now: datetime
) -> bool:
    """Whether a look is unconditional: the last one was a day ago, or the host's "not changed" was false before."""
    if false_304_at is not None and now - false_304_at < DISTRUSTED_FOR:
        return True
    if whole_at is None:
        return True
    drawn = hashlib.sha256(f"{podcast_id} {whole_at.timestamp()}".encode()).digest()
    early = WHOLE_LOOK_AFTER * WHOLE_LOOK_EARLY_SHARE * (int.from_bytes(drawn[:4], "big") / 2**32)
    # A clock that was set back says nothing.
    return not timedelta() <= now - whole_at < WHOLE_LOOK_AFTER - early


def after_success(
    began: datetime,
    now: datetime,
    interval: timedelta,
    asked: PollingHints,
    rhythm: Rhythm,
    known_since: datetime,
    jitter: float,
) -> NextPoll:
    """When to poll again after a poll that began at `began` and succeeded; `jitter` is from [0, 1)."""
    wait, reason = _wait(began, interval, asked, rhythm, known_since)
    if reason.code == HOST_ASKS:
        # Never before the time that the host named.
        at = began + min(wait * (1 + EARLY_SHARE / 2 * jitter), max(LONGEST_ASKED, interval))
    else:
        # A little early, so that a new episode is announced within the interval.
        early = min(wait * EARLY_SHARE, LONGEST_EARLY)
        at = began + wait - early * (1 + jitter) / 2
    skipped = _after_skipped(at, asked)
    if skipped > at:
        latest = max(at, began + LONGEST_ASKED)
        if skipped > latest:
            return NextPoll(latest, SKIPPED_TOO_LONG())
        return NextPoll(skipped, SKIPPED())
    return NextPoll(max(at, now + min(wait * EARLY_SHARE, timedelta(seconds=5))), reason)


def _wait(
    began: datetime, interval: timedelta, asked: PollingHints, rhythm: Rhythm, known_since: datetime
) -> tuple[timedelta, Status]:
    wish_s = max(asked.fresh_for_s or 0, asked.ttl_s or 0)
    wish = min(timedelta(seconds=min(wish_s, LONGEST_ASKED.total_seconds())), LONGEST_ASKED)
    if wish > interval:
        return wish, HOST_ASKS(wait=_seconds(wish))
    # Silence counts from when the podcast was added: an old feed may resume just then.
    silent = began - max(rhythm.newest_at or known_since, known_since)
    if silent >= SILENT_AFTER:
        share = (silent - SILENT_AFTER) / (FULLY_SILENT_AFTER - SILENT_AFTER)
        wait = timedelta(hours=1) + (LONGEST_SILENT - timedelta(hours=1)) * min(1.0, share)
        if wait > interval:
            return wait, SILENT(days=silent.days, wait=_seconds(wait))
    if rhythm.release_minute is not None and _near_release(began, rhythm.release_minute):
        often = max(interval / RELEASE_SHARE, min(interval, SHORTEST_AROUND_RELEASE))
        if often < interval:
            return often, USUAL_HOUR(wait=_seconds(often))
    return interval, EVERY(wait=_seconds(interval))


def _near_release(moment: datetime, minute: int) -> bool:
    away = (_minute_of_day(moment) - minute + DAY_MIN // 2) % DAY_MIN - DAY_MIN // 2
    return -RELEASE_EARLY_MIN <= away <= RELEASE_LATE_MIN


def _after_skipped(at: datetime, asked: PollingHints) -> datetime:
    """`at`, or the first full hour after it that the feed does not ask to skip."""
    moment = at
    for _ in range(8 * 24):
        utc = moment.astimezone(UTC)
        if utc.hour not in asked.skip_hours and utc.weekday() not in asked.skip_days:
            return moment
        moment = utc.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    # The feed skips all hours of all days, which is ignored.
    return at


def after_failure(
    now: datetime,
    interval: timedelta,
    failing_since: datetime | None,
    failures: int,
    retry_after_s: float | None,
    jitter: float,
) -> NextPoll:
    """When to poll again after a failure that `failures` others preceded; after a week of them, not at all."""
    since = failing_from(failing_since, now, times=failures, apart=max(FAILURES_APART, interval))
    failing = now - since
    if failing >= PAUSED_AFTER and failures >= PAUSED_AFTER_FAILURES:
        return NextPoll(now, PAUSED(), FAILED_FOR_DAYS(days=failing.days), failing_since=since)
    wait = max(interval, min(failing / FAILING_SHARE, LONGEST_FAILING))
    reason = FAILED()
    if wait > interval:
        reason = FAILING(failing=_seconds(failing), wait=_seconds(wait))
    wait *= 1 - FAILURE_JITTER + FAILURE_JITTER * jitter
    if retry_after_s is not None:
        wish = min(timedelta(seconds=min(retry_after_s, LONGEST_ASKED.total_seconds())), LONGEST_ASKED)
        if wish > wait:
            return NextPoll(now + wish, RETRY_AFTER(wait=_seconds(wish)), failing_since=since)
    return NextPoll(now + wait, reason, failing_since=since)


def rhythm_of(published: Collection[datetime], now: datetime) -> Rhythm:
    """The newest episode's date, and the minute of the day around which most of the latest were published."""
    past = sorted((moment for moment in published if moment <= now), reverse=True)
    if not past:
        return Rhythm()
    return Rhythm(past[0], _habit([_minute_of_day(moment) for moment in past[:HABIT_OF]]))


def _habit(minutes: Collection[int]) -> int | None:
    """The middle one of the minutes within one hour of the day, where that hour has at least half of them."""
    if len(minutes) < HABIT_FROM:
        return None
    best: list[int] = []
    for start in set(minutes):
        # Relative to the start, so that an hour around midnight counts as one.
        inside = sorted((minute - start) % DAY_MIN for minute in minutes)
        inside = [away for away in inside if away < HABIT_WIDTH_MIN]
        if len(inside) > len(best):
            best = [(start + away) % DAY_MIN for away in inside]
    return best[len(best) // 2] if len(best) * 2 >= len(minutes) else None


def _minute_of_day(moment: datetime) -> int:
    utc = moment.astimezone(UTC)
    return utc.hour * 60 + utc.minute


def _seconds(span: timedelta) -> int | float:
    seconds = span.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
