"""The bot's own rate limit."""

from __future__ import annotations

import asyncio

import pytest

from bot.announcing.transport.rate_limiter import BURST_S, RateLimiter


async def test_no_second_has_more_requests_than_discord_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        # Event loops wake up late.
        now += seconds + 0.0015

    monkeypatch.setattr("bot.announcing.transport.rate_limiter.asyncio.sleep", sleep)
    limiter = RateLimiter(48.0, lambda: now)
    times = []
    for place in range(400):
        if place == 200:
            # The event loop stalls.
            now += 0.7
        await limiter.acquire()
        times.append(now)
    busiest = max(sum(begin <= one < begin + 1 for one in times) for begin in times)
    assert busiest <= 50
    # Waking up late is caught up on, a stall is not.
    assert 200 / (times[199] - times[0]) > 47.5
    assert times[201] - times[200] < BURST_S


async def test_requests_pass_in_order_and_low_priority_ones_yield() -> None:
    limiter = RateLimiter(200.0)
    order: list[str] = []

    async def urgent(name: str) -> None:
        await limiter.acquire()
        order.append(name)

    async def later() -> None:
        await limiter.yield_to_urgent()
        order.append("later")

    tasks = [asyncio.create_task(urgent(str(n))) for n in range(6)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(later()))
    await asyncio.gather(*tasks)
    assert [one for one in order if one != "later"] == [str(n) for n in range(6)]
    assert order.index("later") >= 3
