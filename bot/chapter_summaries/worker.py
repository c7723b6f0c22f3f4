"""Makes summaries in the background, one episode at a time, of what is announced where somebody wants to see them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.chapter_summaries.writer import BudgetUsedUpError, ModelBudget, SummaryWriter
from bot.language_model.chat_client import ModelError
from bot.status_messages.sentences import sentence
from bot.text.feed_keys import key_sign
from bot.workers.leased_worker import LeasedWorker, WorkerLimits
from storage.engine.database import Database
from storage.models import StatusCode, SummaryCandidate, SummaryJob
from storage.tables.model_budget import next_month
from storage.tables.summaries import (
    SummaryQueue,
    checked_lines,
    finish_summary,
    plan_summary,
    postpone_summary,
    summary_candidates,
)

LIMITS = WorkerLimits(at_once=1, longest_sleep_s=30.0, gather_s=0.0, stop_within_s=1.0)
LOOKED_EVERY_S = 10.0
PLANNED_AT_ONCE = 20
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
# A model of whose newest lines fewer pass is switched off.
LEAST_PASSED, JUDGED_BY_MOST, JUDGED_BY_LEAST = 0.7, 50, 20

BUDGET_USED_UP = StatusCode("summary.budget_used_up")
NO_ANSWER = StatusCode("summary.no_answer", "problem")

log = logging.getLogger(__name__)


def wanted(candidate: SummaryCandidate) -> bool:
    """Whether a summary is made: of a keyed feed only where a moderator switched it on."""
    return candidate.switched_on or (candidate.by_default and key_sign(candidate.feed_url) is None)


def good_enough(passed: int, checked: int) -> bool:
    """Whether a model may go on, by how many of its newest lines passed the checks."""
    return checked < JUDGED_BY_LEAST or passed >= LEAST_PASSED * checked


class SummaryWorker:
    """Plans what is to be made and makes it, until cancelled: for all that is announced, or for one episode."""

    def __init__(
        self,
        db: Database,
        writer: SummaryWriter,
        budget: ModelBudget,
        *,
        episode_id: int | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._db = db
        self._writer = writer
        self._model = budget.model
        self._now = now
        self._told_off = False
        queue = SummaryQueue(db, budget.model, episode_id)
        # Whoever asks for one episode has planned it.
        beside = {"planning summaries": self._plan_step} if episode_id is None else {}
        self._worker = LeasedWorker("summing up chapters", queue, self._write, LIMITS, beside=beside)

    async def run(self) -> None:
        """Make what is due, and plan what is wanted; of one episode only what is planned."""
        await self._worker.run()

    async def _plan_step(self) -> None:
        await self.plan()
        await self._worker.pause(LOOKED_EVERY_S)

    async def plan(self) -> int:
        """Plan the summaries that are wanted and missing; how many."""
        if not await self._may_go_on():
            return 0
        candidates = await summary_candidates(self._db, self._model, self._now(), PLANNED_AT_ONCE)
        found = [one for one in candidates if wanted(one)]
        for one in found:
            await plan_summary(self._db, one.episode_id, self._model, self._now())
        if found:
            self._worker.wake()
        return len(found)

    async def _may_go_on(self) -> bool:
        passed, checked = await checked_lines(self._db, self._model, JUDGED_BY_MOST)
        good = good_enough(passed, checked)
        if not good and not self._told_off:
            log.error(
                "the model %s is switched off: %d of its last %d lines pass the checks; name another one in "
                "EARMARK_SUMMARY_MODEL",
                self._model,
                passed,
                checked,
            )
        self._told_off = not good
        return good

    async def _write(self, job: SummaryJob) -> None:
        now = self._now()
        try:
            changed = await self._writer.write(job.episode_id)
        except BudgetUsedUpError:
            log.warning("episode %d: %s", job.episode_id, sentence(BUDGET_USED_UP()))
            # What there is may be shown: by then the announcement is too old to be edited.
            await postpone_summary(self._db, job, BUDGET_USED_UP(), next_month(now), shown_at=now)
        except ModelError as error:
            status = NO_ANSWER(problem=str(error))
            wait = (
                LONGEST_RETRY
                if not error.passing
                else min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(job.attempts, 10))
            )
            log.warning("episode %d: %s", job.episode_id, error)
            await postpone_summary(self._db, job, status, now + wait)
        else:
            # An attempt that was cut off may have stored lines that nobody shows yet.
            await finish_summary(self._db, job, now, changed=changed or job.attempts > 1)
