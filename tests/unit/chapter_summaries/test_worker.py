"""What is made without anybody's asking, and what stands in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot.chapter_summaries.worker import SummaryWorker, good_enough, wanted
from bot.chapter_summaries.writer import BudgetUsedUpError, ModelBudget
from bot.language_model.chat_client import ModelError, ModelProblem
from storage.engine.database import Database
from storage.models import Chapter, FollowUpKind, Sent, SummaryCandidate
from storage.tables.deliveries import due_deliveries, plan_delivery
from storage.tables.delivery_outcomes import finish_deliveries
from storage.tables.destinations import add_destination
from storage.tables.follow_ups import FollowUpQueue
from storage.tables.model_budget import next_month
from storage.tables.summaries import SummaryQueue, plan_summary, summary_state
from storage.tables.summary_tables import summary
from tests.fakes.watch import TIMEOUT_S
from tests.unit.storage.material import ids, item, stored, turn

MODEL = "teller"
NOW = datetime.now().astimezone()
LATER = NOW + timedelta(hours=1)
PUBLIC, KEYED = "https://feeds.example/show.xml", "https://feeds.example/show.xml?auth=8f3a9c0d1e2b4f56"


class _Writer:
    """Fails in turn with each of these errors, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.asked: list[int] = []
        self.done = asyncio.Event()
        self.changes = True

    async def write(self, episode_id: int) -> bool:
        self.asked.append(episode_id)
        if self.errors:
            raise self.errors.pop(0)
        self.done.set()
        return self.changes


async def _announced(db: Database) -> int:
    podcast_id = await stored(db, item("scones", chapters=(Chapter(0, "Flour"),), turns=(turn("We bake."),)))
    episode_id = (await ids(db, podcast_id))["scones"]
    to, _ = await add_destination(db, podcast_id, guild_id=1, channel_id=10, added_by=5, now=NOW)
    await plan_delivery(db, to.id, episode_id, NOW)
    return episode_id


async def _make_due(db: Database, episode_id: int) -> None:
    async with db.write() as connection:
        await connection.execute(
            summary.update().where(summary.c.episode_id == episode_id).values(due_at=NOW, error=None)
        )


def _worker(db: Database, writer: _Writer, episode_id: int | None = None) -> SummaryWorker:
    return SummaryWorker(db, writer, ModelBudget(MODEL, None), episode_id=episode_id)  # type: ignore[arg-type]


@asynccontextmanager
async def _running(worker: SummaryWorker) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _state(db: Database, episode_id: int) -> tuple[bool, str | None]:
    """Once something has come of it: whether it is made, and the code of what is in the way."""
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            state = await summary_state(db, episode_id)
            if state.done or state.problem is not None:
                return state.done, state.problem.code if state.problem else None
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("feed_url", "switched_on", "by_default", "made"),
    [
        (PUBLIC, False, True, True),
        (PUBLIC, True, False, True),
        (PUBLIC, False, False, False),
        (KEYED, False, True, False),
        (KEYED, True, False, True),
    ],
)
def test_of_a_keyed_feed_only_what_a_moderator_switched_on_is_made(
    feed_url: str, *, switched_on: bool, by_default: bool, made: bool
) -> None:
    assert wanted(SummaryCandidate(1, feed_url, switched_on, by_default)) == made


@pytest.mark.parametrize(
    ("passed", "checked", "good"),
    [(0, 0, True), (0, 19, True), (13, 20, False), (14, 20, True), (34, 50, False), (35, 50, True)],
)
def test_a_model_of_which_too_little_passes_is_switched_off(passed: int, checked: int, *, good: bool) -> None:
    assert good_enough(passed, checked) == good


async def test_what_is_announced_is_summed_up(sqlite_db: Database) -> None:
    episode_id = await _announced(sqlite_db)
    writer = _Writer()
    async with _running(_worker(sqlite_db, writer)):
        await asyncio.wait_for(writer.done.wait(), TIMEOUT_S)
        assert await _state(sqlite_db, episode_id) == (True, None)
    assert writer.asked == [episode_id]


async def test_what_was_planned_once_is_not_planned_again(sqlite_db: Database) -> None:
    await _announced(sqlite_db)
    worker = _worker(sqlite_db, _Writer())
    assert (await worker.plan(), await worker.plan()) == (1, 0)


@pytest.mark.parametrize(
    ("error", "code", "wait"),
    [
        (ModelError(ModelProblem.BUSY), "summary.no_answer", timedelta(minutes=2)),
        (ModelError(ModelProblem.NOT_ALLOWED), "summary.no_answer", timedelta(hours=1)),
        (BudgetUsedUpError(), "summary.budget_used_up", None),
    ],
)
async def test_what_is_in_the_way_is_told_and_waited_for(
    sqlite_db: Database, error: Exception, code: str, wait: timedelta | None
) -> None:
    episode_id = await _announced(sqlite_db)
    await plan_summary(sqlite_db, episode_id, MODEL, NOW)
    begun = datetime.now().astimezone()
    async with _running(_worker(sqlite_db, _Writer(error), episode_id)):
        assert await _state(sqlite_db, episode_id) == (False, code)
    due_at = await SummaryQueue(sqlite_db, MODEL).next_due_at(NOW)
    assert due_at is not None
    expected = begun + wait if wait else next_month(begun)
    assert abs(due_at - expected) < timedelta(seconds=TIMEOUT_S)


@pytest.mark.parametrize("error", [ModelError(ModelProblem.BUSY), BudgetUsedUpError()])
async def test_what_was_made_before_something_came_in_the_way_is_shown(
    sqlite_db: Database, error: Exception
) -> None:
    episode_id = await _announced(sqlite_db)
    [delivery] = await due_deliveries(sqlite_db, NOW, 5)
    await finish_deliveries(sqlite_db, [Sent(delivery.id, 77, NOW, form="card", shown="before")])
    await plan_summary(sqlite_db, episode_id, MODEL, NOW)
    writer = _Writer(error)
    writer.changes = False
    async with _running(_worker(sqlite_db, writer, episode_id)):
        await _state(sqlite_db, episode_id)
    if isinstance(error, ModelError):
        # As after the wait, which is a minute.
        await _make_due(sqlite_db, episode_id)
        async with _running(_worker(sqlite_db, writer, episode_id)):
            await asyncio.wait_for(writer.done.wait(), TIMEOUT_S)
            assert await _state(sqlite_db, episode_id) == (True, None)
    due = await FollowUpQueue(sqlite_db).claim("me", now=LATER, until=LATER, limit=5)
    assert [one.kind for one in due] == [FollowUpKind.SUMMARY]
