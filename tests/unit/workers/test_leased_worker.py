"""The loop around leased work, on a queue in memory and a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from typing import Any

import pytest

from bot.workers.leased_worker import LeasedWorker, WorkerLimits
from bot.workers.worker_identity import RENEWED_EVERY_S, process_name
from tests.fakes.clock import FakeClock
from tests.fakes.watch import TIMEOUT_S
from tests.unit.workers.material import LEASE_S, LIMITS, FakeQueue, WorkerHarness, running, unavailable


@pytest.fixture
def harness() -> WorkerHarness:
    clock = FakeClock()
    return WorkerHarness(clock, FakeQueue(clock))


async def _no_pause(_seconds: float, _ends: asyncio.Event) -> None:
    """Stands in for the wait after a failure, which the test's clock does not govern."""
    await asyncio.sleep(0)


async def test_what_is_due_is_done_when_it_is(harness: WorkerHarness) -> None:
    harness.queue.add("now")
    harness.queue.add("soon", in_s=10)
    async with running(harness.worker(), harness.clock):
        assert harness.done == ["now"]
        await harness.clock.move(9.9)
        assert harness.done == ["now"]
        await harness.clock.move(0.2)
        assert harness.done == ["now", "soon"]


async def test_a_worker_that_is_woken_does_not_sleep_on(harness: WorkerHarness) -> None:
    worker = harness.worker()
    async with running(worker, harness.clock):
        harness.queue.add("a")
        await harness.clock.settle()
        assert harness.done == []
        worker.wake()
        await harness.clock.settle()
        assert harness.done == ["a"]
        # What another process adds is noticed, if later.
        harness.queue.add("b")
        await harness.clock.move(LIMITS.longest_sleep_s)
        assert harness.done == ["a", "b"]


async def test_as_many_as_allowed_are_under_way_and_none_waits_for_another(harness: WorkerHarness) -> None:
    harness.block("a", "b", "c", "d")
    harness.queue.add("a", "b", "c", "d", "e")
    worker = harness.worker()
    async with running(worker, harness.clock):
        assert harness.begun == worker.under_way == ["a", "b", "c"]
        await harness.unblock("b")
        assert (harness.done, harness.begun) == (["b"], ["a", "b", "c", "d"])
        await harness.unblock("c")
        assert harness.done == ["b", "c", "e"]
        await harness.unblock("a", "d")
    # With all places taken nothing was claimed.
    assert 0 not in harness.queue.claims


async def test_ends_are_gathered_before_the_queue_is_asked_again(harness: WorkerHarness) -> None:
    limits = WorkerLimits(at_once=3, longest_sleep_s=60.0, gather_s=0.2, stop_within_s=0.05)
    harness.block("a", "b", "c")
    harness.queue.add("a", "b", "c", "d", "e")
    async with running(harness.worker(limits), harness.clock):
        await harness.unblock("a")
        await harness.unblock("b")
        assert len(harness.queue.claims) == 1
        await harness.clock.move(0.2)
        assert harness.queue.claims[1:] == [2]
        assert harness.done == ["a", "b", "d", "e"]
        await harness.unblock("c")


async def test_a_queue_that_is_expensive_to_ask_is_asked_seldom(harness: WorkerHarness) -> None:
    limits = WorkerLimits(
        at_once=4, longest_sleep_s=60.0, gather_s=0.0, stop_within_s=0.05, claim_every_s=0.5, worthwhile=2
    )
    harness.block("a", "b", "c", "d", "e")
    harness.queue.add("a", "b", "c", "d", "e", "f")
    worker = harness.worker(limits)
    async with running(worker, harness.clock):
        await harness.unblock("a")
        # One free place is not worth a claim yet.
        assert harness.queue.claims == [4]
        await harness.clock.move(0.5)
        assert harness.queue.claims[:2] == [4, 1]
        assert harness.begun[-1] == "e"
        # Two are at once.
        await harness.unblock("b")
        await harness.unblock("c")
        assert harness.queue.claims[:3] == [4, 1, 2]
        assert harness.done[-1] == "f"
        await harness.unblock("d", "e")


async def test_only_what_is_worked_on_is_renewed(harness: WorkerHarness) -> None:
    harness.block("long")
    harness.queue.add("short", "long")
    worker = harness.worker()
    async with running(worker, harness.clock):
        assert worker.holds("long")
        assert not worker.holds("short")
        harness.queue.renewed.clear()
        await harness.clock.move(3 * LEASE_S)
        assert worker.holds("long")
        assert harness.begun == ["short", "long"]
        await harness.unblock("long")
        assert not worker.holds("long")
    assert {tuple(keys) for keys in harness.queue.renewed} == {("long",)}
    assert len(harness.queue.renewed) == int(3 * LEASE_S / RENEWED_EVERY_S)


async def test_a_lease_that_another_process_took_is_held_no_more(harness: WorkerHarness) -> None:
    harness.block("a")
    harness.queue.add("a")
    worker = harness.worker()
    async with running(worker, harness.clock):
        harness.queue.held("a", "another", seconds=3600)
        await harness.clock.move(LEASE_S - 1)
        # Until then nobody else could have had it by this worker's own clock.
        assert worker.holds("a")
        await harness.clock.move(1)
        assert not worker.holds("a")
        await harness.unblock("a")


async def test_work_whose_lease_ran_out_is_not_begun_a_second_time_beside_itself(
    harness: WorkerHarness,
) -> None:
    harness.block("a")
    harness.queue.add("a")
    worker = harness.worker()
    # Nothing renews the lease: the loop is not running.
    assert await worker.start_due() == 1
    await harness.clock.settle()
    await harness.clock.move(LEASE_S)
    assert not worker.holds("a")
    await worker.start_due()
    await harness.clock.settle()
    assert harness.begun == ["a"]
    # Claimed once more or not: another may have done it in between, so that the first attempt holds it no more.
    await worker._renew()
    assert not worker.holds("a")
    assert harness.queue.renewed == []
    await harness.unblock("a")
    assert worker.under_way == []


async def test_what_a_dead_process_held_is_taken_over_at_once(
    harness: WorkerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    host = process_name().partition("/")[0]
    harness.queue.held("of the dead", f"{host}/4194305/abc", seconds=3600)
    harness.queue.held("of another machine", "elsewhere:1/4194305/abc", seconds=3600)
    async with running(harness.worker(), harness.clock):
        assert harness.done == ["of the dead"]
        # The other's lease has to end.
        await harness.clock.move(3600)
        assert harness.done == ["of the dead", "of another machine"]
    assert caplog.text.count("took over 1 leases") == 1


async def test_two_workers_share_a_queue(harness: WorkerHarness) -> None:
    names = [f"n{number}" for number in range(6)]
    harness.block(*names)
    harness.queue.add(*names)
    one, other = harness.worker(), harness.worker()
    async with running(one, harness.clock), running(other, harness.clock):
        assert sorted(one.under_way + other.under_way) == sorted(harness.begun) == names
        assert len(await harness.queue.owners()) == 2
        await harness.unblock(*names)
    assert sorted(harness.done) == names


async def test_a_worker_that_stops_waits_for_what_ends_soon_and_releases_the_rest(
    harness: WorkerHarness,
) -> None:
    harness.block("hangs", "ends")
    harness.queue.add("hangs", "ends")
    worker = harness.worker()
    running = asyncio.create_task(worker.run())
    await harness.clock.settle()
    assert len(await harness.queue.owners()) == 1
    harness.queue.add("later")
    running.cancel()
    await harness.clock.settle()
    assert worker.stopping
    harness.gates["ends"].set()
    # Nothing is begun any more.
    assert await worker.start_due() == 0
    await asyncio.wait({running})
    assert (harness.begun, harness.done) == (["hangs", "ends"], ["ends"])
    assert await harness.queue.owners() == []
    assert worker.under_way == []


async def test_what_is_claimed_while_the_worker_stops_is_released_unbegun(harness: WorkerHarness) -> None:
    claiming, go_on = asyncio.Event(), asyncio.Event()
    claim = harness.queue.claim

    class SlowQueue(FakeQueue):
        async def claim(self, *arguments: Any, **options: Any) -> list[str]:
            claiming.set()
            await go_on.wait()
            return await claim(*arguments, **options)

    slow = SlowQueue(harness.clock, harness.queue.rows)
    harness.queue.add("a")
    worker = LeasedWorker("testing", slow, harness.work, LIMITS, clock=harness.clock)
    running = asyncio.create_task(worker.run())
    await claiming.wait()
    running.cancel()
    await harness.clock.settle()
    go_on.set()
    await asyncio.wait({running})
    assert harness.begun == []
    assert harness.queue.claims == [3]
    assert await harness.queue.owners() == []


async def test_leases_that_cannot_be_released_end_by_themselves(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(_queue: FakeQueue, owners: Collection[str], now: datetime) -> int:
        raise OSError("the database is away")

    monkeypatch.setattr(FakeQueue, "release", failing)
    async with running(harness.worker(), harness.clock):
        pass
    assert "the leases can't be released (the database is away)" in caplog.text


async def test_a_database_that_fails_holds_up_the_worker_and_ends_nothing(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.pause", _no_pause)
    harness.queue.failures = 2
    harness.queue.add("a")
    async with running(harness.worker(), harness.clock):
        assert harness.done == ["a"]
    assert caplog.text.count("testing is held up") == 2


async def test_what_work_raises_holds_up_the_worker(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.pause", _no_pause)
    harness.broken["bad"] = OSError("the database is away")
    harness.queue.add("bad", "good")
    async with running(harness.worker(), harness.clock):
        assert harness.done == ["good"]
        assert "held up" in caplog.text
        # Nothing renews it: its lease ends, and it is tried again.
        del harness.broken["bad"]
        await harness.clock.move(LEASE_S)
        assert harness.done == ["good", "bad"]


async def test_after_a_failure_one_at_a_time_is_begun_until_one_ends_well(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.pause", _no_pause)
    names = ("a", "b", "c")
    for name in names:
        harness.broken[name] = unavailable()
    harness.queue.add(*names)
    harness.block(*names)
    worker = harness.worker()
    async with running(worker, harness.clock):
        assert harness.begun == ["a", "b", "c"]
        await harness.unblock(*names)
        harness.block(*names)
        await harness.clock.move(LEASE_S)
        assert worker.under_way == ["a"]
        # Nobody asks the queue meanwhile.
        asked = len(harness.queue.claims)
        await harness.clock.move(LEASE_S)
        assert len(harness.queue.claims) == asked
        harness.broken.clear()
        await harness.unblock("a")
        assert worker.under_way == ["b", "c"]
        await harness.unblock("b", "c")
    assert harness.done == ["a", "b", "c"]


async def test_what_is_fatal_ends_the_worker_and_releases_the_leases(harness: WorkerHarness) -> None:
    harness.broken["bad"] = PermissionError("not any more")
    harness.queue.add("bad")
    with pytest.raises(PermissionError):
        await asyncio.wait_for(harness.worker().run(), TIMEOUT_S)
    assert await harness.queue.owners() == []


async def test_while_it_rests_nothing_is_begun(harness: WorkerHarness) -> None:
    harness.queue.add("a")
    harness.rest_s = 30.0
    worker = harness.worker()
    async with running(worker, harness.clock):
        worker.wake()
        await harness.clock.move(29)
        assert harness.queue.claims == []
        harness.rest_s = 0.0
        await harness.clock.move(1)
        assert harness.done == ["a"]


async def test_steps_beside_it_are_repeated_until_it_stops(harness: WorkerHarness) -> None:
    beats: list[float] = []
    worker: LeasedWorker[str, str]

    async def beat() -> None:
        beats.append(harness.clock.passed)
        await worker.pause(10)

    worker = harness.worker(beside={"beating": beat})
    async with running(worker, harness.clock):
        await harness.clock.move(25)
    assert beats == [0, 10, 20]
