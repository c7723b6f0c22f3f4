"""How much is fetched at once."""

from __future__ import annotations

import asyncio
import math

import pytest

from bot.feeds.http import limits
from bot.feeds.http.failures import RequestError
from bot.feeds.http.limits import (
    MEDIUM_AT_ONCE,
    MEDIUM_BYTES,
    PER_HOST,
    SMALL_BYTES,
    Connections,
    Room,
)


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_host_has_a_bound_and_others_do_not_wait_for_it() -> None:
    connections = Connections()
    release = asyncio.Event()
    busy = 0

    async def hold(name: str) -> None:
        nonlocal busy
        async with connections.to((name, 80)):
            busy += 1
            await release.wait()

    tasks = [asyncio.create_task(hold("a.example")) for _ in range(PER_HOST + 3)]
    await settle()
    assert busy == PER_HOST
    async with connections.to(("b.example", 80)), connections.to(("a.example", 81)):
        pass
    release.set()
    await asyncio.gather(*tasks)
    assert busy == PER_HOST + 3
    assert not connections._hosts


async def test_the_bound_over_all_holds() -> None:
    connections = Connections()
    release = asyncio.Event()
    busy = 0

    async def hold(number: int) -> None:
        nonlocal busy
        async with connections.to((f"{number}.example", 80)):
            busy += 1
            await release.wait()

    tasks = [asyncio.create_task(hold(number)) for number in range(limits.OVER_ALL + 9)]
    await settle()
    assert busy == limits.OVER_ALL
    release.set()
    await asyncio.gather(*tasks)


async def test_waiting_has_an_end_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAIT_S", 0.01)
    connections = Connections()
    async with asyncio.timeout(5), connections.to(("a.example", 80)):
        for _ in range(PER_HOST - 1):
            await connections._hosts["a.example", 80].free.acquire()
        with pytest.raises(RequestError):
            async with connections.to(("a.example", 80)):
                pass
    assert not connections._hosts
    assert connections._over_all._value == limits.OVER_ALL


async def test_large_bodies_are_read_one_after_the_other_and_their_clocks_stand_still() -> None:
    room = Room()
    async with asyncio.timeout(60) as clock, room.claim(clock) as first:
        assert first.size == SMALL_BYTES
        await first.grow()
        assert first.size == MEDIUM_BYTES
        await first.grow()
        assert first.size == math.inf
        # It has less time now: others wait.
        assert (clock.when() or 0) - asyncio.get_running_loop().time() <= limits.LARGE_WITHIN_S

        async def second() -> float:
            async with asyncio.timeout(0.01) as its_clock, room.claim(its_clock) as claim:
                await claim.grow()
                await claim.grow()
                return claim.size

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.03)
        assert not waiting.done()
        first.give_back()
        assert await waiting == math.inf


async def test_a_claim_that_is_given_up_while_it_waits_takes_nothing() -> None:
    room = Room()
    async with asyncio.timeout(60) as clock:
        for _ in range(2):
            claims = [limits.Claim(room._medium, room._large, clock) for _ in range(MEDIUM_AT_ONCE)]
            for claim in claims:
                await claim.grow()

            async def late() -> None:
                async with asyncio.timeout(60) as its_clock, room.claim(its_clock) as claim:
                    await claim.grow()

            waiting = asyncio.create_task(late())
            await settle()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            for claim in claims:
                claim.give_back()
    assert room._medium._value == MEDIUM_AT_ONCE
