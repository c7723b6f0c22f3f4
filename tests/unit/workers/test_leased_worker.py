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
from tests.unit.workers.material import LEASE_S, LIMITS, Bench, FakeQueue, running


@pytest.fixture
def bench() -> Bench:
    clock = FakeClock()
    return Bench(clock, FakeQueue(clock))


async def _no_pause(_seconds: float, _ends: asyncio.Event) -> None:
    """Stands in for the wait after a failure, which the test's clock does not govern."""
    await asyncio.sleep(0)


async def test_what_is_due_is_done_when_it_is(bench: Bench) -> None:
    bench.queue.add("now")
    bench.queue.add("soon", in_s=10)
    async with running(bench.worker(), bench.clock):
        assert bench.done == ["now"]
        await bench.clock.move(9.9)
        assert bench.done == ["now"]
        await bench.clock.move(0.2)
        assert bench.done == ["now", "soon"]


async def test_a_worker_that_is_woken_does_not_sleep_on(bench: Bench) -> None:
    worker = bench.worker()
    async with running(worker, bench.clock):
        bench.queue.add("a")
        await bench.clock.settle()
        assert bench.done == []
        worker.wake()
        await bench.clock.settle()
        assert bench.done == ["a"]
        # What another process adds is noticed, if later.
        bench.queue.add("b")
        await bench.clock.move(LIMITS.longest_sleep_s)
        assert bench.done == ["a", "b"]


async def test_as_many_as_allowed_are_under_way_and_none_waits_for_another(bench: Bench) -> None:
    bench.close("a", "b", "c", "d")
    bench.queue.add("a", "b", "c", "d", "e")
    worker = bench.worker()
    async with running(worker, bench.clock):
        assert bench.begun == worker.under_way == ["a", "b", "c"]
        await bench.open("b")
        assert (bench.done, bench.begun) == (["b"], ["a", "b", "c", "d"])
        await bench.open("c")
        assert bench.done == ["b", "c", "e"]
        await bench.open("a", "d")
    # With all places taken nothing was claimed.
    assert 0 not in bench.queue.claims


async def test_ends_are_gathered_before_the_queue_is_asked_again(bench: Bench) -> None:
    limits = WorkerLimits(at_once=3, longest_sleep_s=60.0, gather_s=0.2, stop_within_s=0.05)
    bench.close("a", "b", "c")
    bench.queue.add("a", "b", "c", "d", "e")
    async with running(bench.worker(limits), bench.clock):
        await bench.open("a")
        await bench.open("b")
        assert len(bench.queue.claims) == 1
        await bench.clock.move(0.2)
        assert bench.queue.claims[1:] == [2]
        assert bench.done == ["a", "b", "d", "e"]
        await bench.open("c")


async def test_a_queue_that_is_expensive_to_ask_is_asked_seldom(bench: Bench) -> None:
    limits = WorkerLimits(
        at_once=4, longest_sleep_s=60.0, gather_s=0.0, stop_within_s=0.05, claim_every_s=0.5, worthwhile=2
    )
    bench.close("a", "b", "c", "d", "e")
    bench.queue.add("a", "b", "c", "d", "e", "f")
    worker = bench.worker(limits)
    async with running(worker, bench.clock):
        await bench.open("a")
        # One free place is not worth a claim yet.
        assert bench.queue.claims == [4]
        await bench.clock.move(0.5)
        assert bench.queue.claims[:2] == [4, 1]
        assert bench.begun[-1] == "e"
        # Two are at once.
        await bench.open("b")
        await bench.open("c")
        assert bench.queue.claims[:3] == [4, 1, 2]
        assert bench.done[-1] == "f"
        await bench.open("d", "e")


async def test_only_what_is_worked_on_is_renewed(bench: Bench) -> None:
    bench.close("long")
    bench.queue.add("short", "long")
    worker = bench.worker()
    async with running(worker, bench.clock):
        assert worker.holds("long")
        assert not worker.holds("short")
        bench.queue.renewed.clear()
        await bench.clock.move(3 * LEASE_S)
        assert worker.holds("long")
        assert bench.begun == ["short", "long"]
        await bench.open("long")
        assert not worker.holds("long")
    assert {tuple(keys) for keys in bench.queue.renewed} == {("long",)}
    assert len(bench.queue.renewed) == int(3 * LEASE_S / RENEWED_EVERY_S)


async def test_a_lease_that_another_process_took_is_held_no_more(bench: Bench) -> None:
    bench.close("a")
    bench.queue.add("a")
    worker = bench.worker()
    async with running(worker, bench.clock):
        bench.queue.held("a", "another", seconds=3600)
        await bench.clock.move(LEASE_S - 1)
        # Until then nobody else could have had it by this worker's own clock.
        assert worker.holds("a")
        await bench.clock.move(1)
        assert not worker.holds("a")
        await bench.open("a")


async def test_work_whose_lease_ran_out_is_not_begun_a_second_time_beside_itself(bench: Bench) -> None:
    bench.close("a")
    bench.queue.add("a")
    worker = bench.worker()
    # Nothing renews the lease: the loop is not running.
    assert await worker.start_due() == 1
    await bench.clock.settle()
    await bench.clock.move(LEASE_S)
    assert not worker.holds("a")
    await worker.start_due()
    await bench.clock.settle()
    assert bench.begun == ["a"]
    # Claimed once more or not: another may have done it in between, so that the first attempt holds it no more.
    await worker._renew()
    assert not worker.holds("a")
    assert bench.queue.renewed == []
    await bench.open("a")
    assert worker.under_way == []


async def test_what_a_dead_process_held_is_taken_over_at_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    host = process_name().partition("/")[0]
    bench.queue.held("of the dead", f"{host}/4194305/abc", seconds=3600)
    bench.queue.held("of another machine", "elsewhere:1/4194305/abc", seconds=3600)
    async with running(bench.worker(), bench.clock):
        assert bench.done == ["of the dead"]
        # The other's lease has to end.
        await bench.clock.move(3600)
        assert bench.done == ["of the dead", "of another machine"]
    assert caplog.text.count("took over 1 leases") == 1


async def test_two_workers_share_a_queue(bench: Bench) -> None:
    names = [f"n{number}" for number in range(6)]
    bench.close(*names)
    bench.queue.add(*names)
    one, other = bench.worker(), bench.worker()
    async with running(one, bench.clock), running(other, bench.clock):
        assert sorted(one.under_way + other.under_way) == sorted(bench.begun) == names
        assert len(await bench.queue.owners()) == 2
        await bench.open(*names)
    assert sorted(bench.done) == names


async def test_a_worker_that_stops_sees_to_the_end_what_ends_soon_and_releases_the_rest(bench: Bench) -> None:
    bench.close("hangs", "ends")
    bench.queue.add("hangs", "ends")
    worker = bench.worker()
    running = asyncio.create_task(worker.run())
    await bench.clock.settle()
    assert len(await bench.queue.owners()) == 1
    bench.queue.add("later")
    running.cancel()
    await bench.clock.settle()
    assert worker.stopping
    bench.doors["ends"].set()
    # Nothing is begun any more.
    assert await worker.start_due() == 0
    await asyncio.wait({running})
    assert (bench.begun, bench.done) == (["hangs", "ends"], ["ends"])
    assert await bench.queue.owners() == []
    assert worker.under_way == []


async def test_what_is_claimed_while_the_worker_stops_is_released_unbegun(bench: Bench) -> None:
    claiming, go_on = asyncio.Event(), asyncio.Event()
    claim = bench.queue.claim

    class SlowQueue(FakeQueue):
        async def claim(self, *arguments: Any, **options: Any) -> list[str]:
            claiming.set()
            await go_on.wait()
            return await claim(*arguments, **options)

    slow = SlowQueue(bench.clock, bench.queue.rows)
    bench.queue.add("a")
    worker = LeasedWorker("testing", slow, bench.work, LIMITS, clock=bench.clock)
    running = asyncio.create_task(worker.run())
    await claiming.wait()
    running.cancel()
    await bench.clock.settle()
    go_on.set()
    await asyncio.wait({running})
    assert bench.begun == []
    assert bench.queue.claims == [3]
    assert await bench.queue.owners() == []


async def test_leases_that_cannot_be_released_end_by_themselves(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(_queue: FakeQueue, owners: Collection[str], now: datetime) -> int:
        raise OSError("the database is away")

    monkeypatch.setattr(FakeQueue, "release", failing)
    async with running(bench.worker(), bench.clock):
        pass
    assert "the leases can't be released (the database is away)" in caplog.text


async def test_a_database_that_fails_holds_up_the_worker_and_ends_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.pause", _no_pause)
    bench.queue.failures = 2
    bench.queue.add("a")
    async with running(bench.worker(), bench.clock):
        assert bench.done == ["a"]
    assert caplog.text.count("testing is held up") == 2


async def test_what_work_raises_holds_up_the_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.pause", _no_pause)
    bench.broken["bad"] = OSError("the database is away")
    bench.queue.add("bad", "good")
    async with running(bench.worker(), bench.clock):
        assert bench.done == ["good"]
        assert "held up" in caplog.text
        # Nothing renews it: its lease ends, and it is tried again.
        del bench.broken["bad"]
        await bench.clock.move(LEASE_S)
        assert bench.done == ["good", "bad"]


async def test_what_is_fatal_ends_the_worker_and_releases_the_leases(bench: Bench) -> None:
    bench.broken["bad"] = PermissionError("not any more")
    bench.queue.add("bad")
    with pytest.raises(PermissionError):
        await asyncio.wait_for(bench.worker().run(), 5)
    assert await bench.queue.owners() == []


async def test_while_it_rests_nothing_is_begun(bench: Bench) -> None:
    bench.queue.add("a")
    bench.rest_s = 30.0
    worker = bench.worker()
    async with running(worker, bench.clock):
        worker.wake()
        await bench.clock.move(29)
        assert bench.queue.claims == []
        bench.rest_s = 0.0
        await bench.clock.move(1)
        assert bench.done == ["a"]


async def test_steps_beside_it_are_repeated_until_it_stops(bench: Bench) -> None:
    beats: list[float] = []
    worker: LeasedWorker[str, str]

    async def beat() -> None:
        beats.append(bench.clock.passed)
        await worker.pause(10)

    worker = bench.worker(beside={"beating": beat})
    async with running(worker, bench.clock):
        await bench.clock.move(25)
    assert beats == [0, 10, 20]
