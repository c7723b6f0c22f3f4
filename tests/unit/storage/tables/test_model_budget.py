"""The tokens of a month, counted by several processes at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.engine.database import Database
from storage.tables.model_budget import correct_tokens, month_of, next_month, take_tokens, tokens_used
from tests.unit.storage.material import NOW

PARIS = timezone(timedelta(hours=1))


async def _take(db: Database, tokens: int, most: int | None, now: datetime = NOW) -> bool:
    async with db.write() as connection:
        return await take_tokens(connection, now, tokens, most)


async def test_no_more_is_taken_than_there_is_however_many_take_at_once(db: Database) -> None:
    taken = await asyncio.gather(*(_take(db, 30, 100) for _ in range(8)))
    assert sum(taken) == 3
    assert await tokens_used(db, NOW) == 90
    assert await _take(db, 10, 100)
    assert not await _take(db, 1, 100)


async def test_zero_sends_nothing_and_none_sets_no_bound(db: Database) -> None:
    assert not await _take(db, 1, 0)
    assert await _take(db, 10**9, None)


async def test_what_was_counted_wrong_is_corrected(db: Database) -> None:
    await _take(db, 100, None)
    for more, used in ((-40, 60), (15, 75), (-500, 0)):
        async with db.write() as connection:
            await correct_tokens(connection, NOW, more)
        assert await tokens_used(db, NOW) == used


async def test_each_month_is_counted_for_itself(db: Database) -> None:
    await _take(db, 100, 100)
    later = next_month(NOW)
    assert await tokens_used(db, later) == 0
    assert await _take(db, 100, 100, later)


@pytest.mark.parametrize(
    ("moment", "month", "following"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 2, 1, tzinfo=UTC), "2026-02", datetime(2026, 3, 1, tzinfo=UTC)),
        # A month begins in UTC.
        (
            datetime(2026, 3, 1, 0, 30, tzinfo=PARIS),
            "2026-02",
            datetime(2026, 3, 1, tzinfo=UTC),
        ),
    ],
)
def test_months_are_those_of_the_calendar_in_utc(moment: datetime, month: str, following: datetime) -> None:
    assert (month_of(moment), next_month(moment)) == (month, following)
