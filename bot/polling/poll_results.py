"""What is stored of a poll: how it ended, what it brought, and when the next one is due."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.feeds.changes.feed_moves import permanent_move
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetched
from bot.feeds.schedule import NextPoll, PollingHints, after_failure, after_success, longest_wait
from bot.polling.awaited_files import with_waits
from bot.polling.feed_documents import Reading
from bot.polling.feed_outcomes import (
    GONE,
    PAUSED_AS_FAILING,
    PAUSED_AS_GONE,
    UNCHANGED,
    about_moves,
    with_remarks,
)
from storage.models import Podcast, PollOutcome, PollResult, Rhythm, Validators


@dataclass(frozen=True, slots=True)
class PollResults:
    """Makes the results of polls that are `interval` apart, where neither host nor feed asks for something else.

    Announcements of new episodes wait so long for their files. `jitter` is drawn from [0, 1). A poll lasts from
    when it `began` until `now`.
    """

    interval: timedelta
    wait_for_files: timedelta
    jitter: Callable[[], float] = random.random

    @property
    def longest_wait(self) -> timedelta:
        """The longest time from one poll of a feed to the next."""
        return longest_wait(self.interval)

    def read(self, reading: Reading, began: datetime, now: datetime, *, known_since: datetime) -> PollResult:
        """What a poll brought that read the feed."""
        info, fetched = reading.read.info, reading.fetched
        asked = PollingHints(fetched.fresh_for_s, info.ttl_s, info.skip_hours, info.skip_days)
        due = self._due(began, now, asked, reading.read.rhythm, known_since)
        # Without validators the next poll reads the items that were left out, even if the feed does not change.
        validators = Validators() if reading.read.unread else fetched.validators
        ended = PollOutcome(
            reading.outcome, began, due.at, due.reason, validators, move=reading.move, whole=True
        )
        decision = reading.read.decision
        return PollResult(
            info,
            with_waits(decision.changes, now + self.wait_for_files),
            ended,
            decision.held,
            reading.read.rhythm,
            decision.refreshed,
            decision.left_out,
            decision.listed_again,
            reading.read.left_unread,
        )

    def unchanged(self, podcast: Podcast, fetched: Fetched, began: datetime, now: datetime) -> PollOutcome:
        """How a poll ended that found the feed unchanged.

        The host may send new validators with the same body. They keep the next poll cheap.
        """
        asked = PollingHints(fetched.fresh_for_s, podcast.ttl_s, podcast.skip_hours, podcast.skip_days)
        due = self._due(began, now, asked, podcast.rhythm, podcast.added_at)
        whole = fetched.body is not None
        # A new host that answers "not changed" has shown nothing yet.
        move = permanent_move(podcast.feed_url, fetched.moved_to) if whole else None
        outcome = with_remarks(UNCHANGED(), about_moves(podcast.outcome))
        return PollOutcome(outcome, began, due.at, due.reason, fetched.validators, move=move, whole=whole)

    def failed(self, podcast: Podcast, error: FeedError, began: datetime, now: datetime) -> PollOutcome:
        """How a poll ended that failed: a feed that is gone, or has failed for days, is paused."""
        due = after_failure(
            now,
            self.interval,
            podcast.failing_since,
            podcast.failures,
            error.retry_after_s,
            self.jitter(),
        )
        outcome, pause = error.status, due.pause
        if error.gone:
            outcome, pause = PAUSED_AS_GONE(failure=outcome), GONE()
        elif pause is not None:
            outcome = PAUSED_AS_FAILING(failure=outcome, days=pause.args["days"])
        return PollOutcome(
            outcome, began, due.at, due.reason, failed=True, failing_since=due.failing_since, pause=pause
        )

    def _due(
        self, began: datetime, now: datetime, asked: PollingHints, rhythm: Rhythm, known_since: datetime
    ) -> NextPoll:
        return after_success(began, now, self.interval, asked, rhythm, known_since, self.jitter())
