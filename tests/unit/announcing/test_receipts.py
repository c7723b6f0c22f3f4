"""Sent messages are recorded several at a time, and each waits for its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.announcing.receipts import Receipts
from storage.engine.database import Database
from storage.models import Sent
from tests.unit.workers.material import unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeTable:
    """Takes what is recorded, batch by batch, and fails as often as it is told to."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, failures: int = 0, failure: Exception | None = None
    ) -> None:
        self.batches: list[list[int]] = []
        self.tried = asyncio.Event()
        self._failure = failure or OSError("a fault")
        self._failures = failures
        monkeypatch.setattr("bot.announcing.receipts.finish_deliveries", self.finish)
        monkeypatch.setattr("bot.announcing.receipts.GATHERED_S", 0.01)
        monkeypatch.setattr("bot.announcing.receipts.RETRY_S", 0.01)

    async def finish(self, _db: Database, arrived: Sequence[Sent]) -> None:
        if self._failures:
            self._failures -= 1
            self.tried.set()
            raise self._failure
        self.batches.append([one.delivery_id for one in arrived])


async def test_what_arrives_together_is_one_transaction(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = FakeTable(monkeypatch)
    receipts = Receipts(sqlite_db)
    await asyncio.gather(*(receipts.record(Sent(number, 99, NOW)) for number in (1, 2, 3)))
    await receipts.record(Sent(4, 99, NOW))
    assert table.batches == [[1, 2, 3], [4]]


async def test_each_that_waits_is_told_of_a_failure(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = FakeTable(monkeypatch, failures=1)
    receipts = Receipts(sqlite_db)
    ended = await asyncio.gather(
        *(receipts.record(Sent(number, 99, NOW)) for number in (1, 2)), return_exceptions=True
    )
    assert [type(one) for one in ended] == [OSError, OSError]
    await receipts.record(Sent(3, 99, NOW))
    assert table.batches == [[3]]


async def test_one_that_is_cancelled_keeps_no_other_from_its_record(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = FakeTable(monkeypatch)
    receipts = Receipts(sqlite_db)
    first = asyncio.create_task(receipts.record(Sent(1, 99, NOW)))
    second = asyncio.create_task(receipts.record(Sent(2, 99, NOW)))
    await asyncio.sleep(0)
    first.cancel()
    await second
    # It stands all the same: the message was sent.
    assert table.batches == [[1, 2]]
    assert first.cancelled()


async def test_what_is_known_is_kept_until_the_database_can_be_used(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = FakeTable(monkeypatch, failures=3, failure=unavailable())
    receipts = Receipts(sqlite_db)
    first = asyncio.create_task(receipts.record(Sent(1, 99, NOW)))
    await table.tried.wait()
    await asyncio.gather(first, receipts.record(Sent(2, 99, NOW)))
    assert table.batches == [[1, 2]]


async def test_nothing_is_tried_for_ever_for_a_worker_that_stopped(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = FakeTable(monkeypatch, failures=10**9, failure=unavailable())
    receipts = Receipts(sqlite_db)
    waits = asyncio.create_task(receipts.record(Sent(1, 99, NOW)))
    await table.tried.wait()
    writing = receipts._writing
    assert writing is not None
    waits.cancel()
    await writing
    assert table.batches == []
