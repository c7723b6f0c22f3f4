"""How much is fetched at once."""

from __future__ import annotations

import asyncio
import math

import pytest

from bot.feeds.http import limits
from bot.feeds.http.failures import RequestError
from bot.feeds.http.limits import (
    MAX_MEDIUM,
    MAX_PER_HOST,
    MAX_PER_SITE,
    MEDIUM_BYTES,
    SMALL_BYTES,
    BodyLimiter,
    ConnectionLimiter,
)
from tests.fakes.watch import TIMEOUT_S


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_connections_to_one_host_are_limited_without_holding_up_others() -> None:
    connections = ConnectionLimiter()
    release = asyncio.Event()
    busy = 0

    async def hold(name: str) -> None:
        nonlocal busy
        async with connections.slot((name, 80)):
            busy += 1
            await release.wait()

    tasks = [asyncio.create_task(hold("a.example")) for _ in range(MAX_PER_HOST + 3)]
    await settle()
    assert busy == MAX_PER_HOST
    async with connections.slot(("b.example", 80)), connections.slot(("a.example", 81)):
        pass
    release.set()
    await asyncio.gather(*tasks)
    assert busy == MAX_PER_HOST + 3
    assert not connections._hosts


async def test_a_site_gets_no_more_by_having_many_names() -> None:
    connections = ConnectionLimiter()
    release = asyncio.Event()
    busy = 0

    async def hold(name: str) -> None:
        nonlocal busy
        async with connections.slot((name, 443)):
            busy += 1
            await release.wait()

    tasks = [asyncio.create_task(hold(f"{number}.show.example")) for number in range(3 * MAX_PER_SITE)]
    await settle()
    assert busy == MAX_PER_SITE
    async with connections.slot(("show2.example", 443)), connections.slot(("127.0.0.1", 443)):
        pass
    release.set()
    await asyncio.gather(*tasks)
    assert not connections._hosts


async def test_connections_in_all_are_limited() -> None:
    connections = ConnectionLimiter()
    release = asyncio.Event()
    busy = 0

    async def hold(number: int) -> None:
        nonlocal busy
        async with connections.slot((f"{number}.example", 80)):
            busy += 1
            await release.wait()

    tasks = [asyncio.create_task(hold(number)) for number in range(limits.MAX_CONNECTIONS + 9)]
    await settle()
    assert busy == limits.MAX_CONNECTIONS
    release.set()
    await asyncio.gather(*tasks)


async def test_a_wait_that_times_out_holds_no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECTION_TIMEOUT_S", 0.01)
    connections = ConnectionLimiter()
    async with asyncio.timeout(TIMEOUT_S), connections.slot(("a.example", 80)):
        for _ in range(MAX_PER_HOST - 1):
            await connections._hosts["a.example", 80].free.acquire()
        with pytest.raises(RequestError):
            async with connections.slot(("a.example", 80)):
                pass
    assert not connections._hosts
    assert connections._slots._value == limits.MAX_CONNECTIONS


async def test_small_bodies_that_wait_for_the_parser_are_limited_and_their_timeouts_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_SMALL", 2)
    bodies = BodyLimiter()
    waiting = [asyncio.create_task(_hold(bodies, 0, complete=True)) for _ in range(2)]
    await settle()

    async def third() -> None:
        async with asyncio.timeout(0.01) as clock, bodies.slot(clock):
            pass

    arriving, cancelled = asyncio.create_task(third()), asyncio.create_task(third())
    await asyncio.sleep(0.03)
    assert not arriving.done()
    cancelled.cancel()
    waiting.pop().cancel()
    await arriving
    waiting.pop().cancel()
    await settle()
    assert bodies._small._value == 2


async def test_large_bodies_are_read_one_at_a_time_and_their_timeouts_pause() -> None:
    bodies = BodyLimiter()
    async with asyncio.timeout(60) as clock, bodies.slot(clock) as first:
        assert first.capacity == SMALL_BYTES
        await first.grow()
        assert first.capacity == MEDIUM_BYTES
        await first.grow()
        assert first.capacity == math.inf
        # It has less time now, as others wait.
        assert (clock.when() or 0) - asyncio.get_running_loop().time() <= limits.LARGE_TIMEOUT_S

        async def second() -> float:
            async with asyncio.timeout(0.01) as its_clock, bodies.slot(its_clock) as slot:
                await slot.grow()
                await slot.grow()
                return slot.capacity

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.03)
        assert not waiting.done()
        first.release()
        assert await waiting == math.inf


async def test_a_cancelled_wait_for_memory_holds_no_slot() -> None:
    bodies = BodyLimiter()
    async with asyncio.timeout(60) as clock:
        for _ in range(2):
            slots = [limits.BodySlot(bodies._medium, bodies._large, clock) for _ in range(MAX_MEDIUM)]
            for slot in slots:
                await slot.grow()

            async def late() -> None:
                async with asyncio.timeout(60) as its_clock, bodies.slot(its_clock) as slot:
                    await slot.grow()

            waiting = asyncio.create_task(late())
            await settle()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            for slot in slots:
                slot.release()
    assert bodies._medium._free._value == MAX_MEDIUM
    assert not bodies._medium._arriving


async def _hold(bodies: BodyLimiter, grown: int, sent: int = 0, *, complete: bool = False) -> str:
    """How a body ended that takes its memory and then, having sent so much, nothing more."""
    try:
        async with asyncio.timeout(TIMEOUT_S) as clock, bodies.slot(clock) as slot:
            for _ in range(grown):
                await slot.grow()
            slot.count(sent)
            if complete:
                slot.complete()
            await asyncio.Event().wait()
    except TimeoutError:
        return "gave way"
    return ""


@pytest.mark.parametrize("grown", [1, 2])
async def test_bodies_that_hardly_arrive_give_way_to_one_that_waits(
    monkeypatch: pytest.MonkeyPatch, grown: int
) -> None:
    monkeypatch.setattr(limits, "GIVES_WAY_AFTER_S", 0.01)
    bodies = BodyLimiter()
    most = MAX_MEDIUM if grown == 1 else limits.MAX_LARGE
    dripping = [asyncio.create_task(_hold(bodies, grown, sent=1)) for _ in range(most)]
    await settle()
    async with asyncio.timeout(TIMEOUT_S) as clock, bodies.slot(clock) as slot:
        for _ in range(grown):
            await slot.grow()
        assert slot.capacity > SMALL_BYTES
    ended, others = await asyncio.wait(dripping, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in ended] == ["gave way"]
    assert len(others) == most - 1
    for task in others:
        task.cancel()


async def test_bodies_that_come_fast_or_are_complete_keep_their_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "GIVES_WAY_AFTER_S", 0.01)
    bodies = BodyLimiter()
    holders = [asyncio.create_task(_hold(bodies, 1, sent=2**40)) for _ in range(MAX_MEDIUM - 1)]
    holders.append(asyncio.create_task(_hold(bodies, 1, complete=True)))
    await settle()
    waiting = asyncio.create_task(_hold(bodies, 1))
    # Twenty looks at who could give way.
    await asyncio.sleep(0.2)
    assert not any(task.done() for task in holders)
    for task in (*holders, waiting):
        task.cancel()
    await asyncio.gather(*holders, waiting, return_exceptions=True)
    assert bodies._medium._free._value == MAX_MEDIUM
