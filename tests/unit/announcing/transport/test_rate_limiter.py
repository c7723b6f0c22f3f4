"""The bot's own pace, and when it stops by itself."""

from __future__ import annotations

import asyncio

import pytest

from bot.announcing.transport.circuit_breaker import MOST, WINDOW_S, CircuitBreaker
from bot.announcing.transport.rate_limiter import SLACK_S, RateLimiter
from bot.announcing.transport.transport import ResendBlockedError, SendAttempt


async def test_no_second_has_more_requests_than_discord_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        # Loops wake up late.
        now += seconds + 0.0015

    monkeypatch.setattr("bot.announcing.transport.rate_limiter.asyncio.sleep", sleep)
    limiter = RateLimiter(48.0, lambda: now)
    times = []
    for place in range(400):
        if place == 200:
            # Something held the loop up.
            now += 0.7
        await limiter.acquire()
        times.append(now)
    busiest = max(sum(begin <= one < begin + 1 for one in times) for begin in times)
    assert busiest <= 50
    # What it is late by is caught up with, but for a stall.
    assert 200 / (times[199] - times[0]) > 47.5
    assert times[201] - times[200] < SLACK_S


async def test_turns_are_taken_in_order_and_what_can_wait_steps_back() -> None:
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


@pytest.mark.parametrize(
    ("statuses", "waits"),
    [
        ([403] * (MOST - 1), False),
        ([403] * MOST, True),
        ([401, 429] * (MOST // 2), True),
        ([200, 404, 500] * MOST, False),
    ],
)
def test_the_breaker_opens_long_before_discord_bans(statuses: list[int], waits: bool) -> None:
    breaker = CircuitBreaker()
    for status in statuses:
        breaker.note(status, 100.0)
    assert (breaker.wait_s(101.0) > 0) == waits
    assert breaker.wait_s(100.0 + WINDOW_S) == 0


def test_a_ban_is_waited_out() -> None:
    breaker = CircuitBreaker()
    breaker.ban(130.0)
    breaker.ban(110.0)
    assert (breaker.wait_s(100.0), breaker.wait_s(131.0)) == (30.0, 0.0)


@pytest.mark.parametrize(
    ("answers", "again"),
    [([], True), ([429], True), ([400], True), ([500], False), ([None], False), ([429, 502], False)],
)
def test_a_message_goes_out_again_only_where_it_was_refused_for_certain(
    answers: list[int | None], again: bool
) -> None:
    this = SendAttempt()
    for status in answers:
        this.begin()
        if status is not None:
            this.end(status)
    assert this.may_have_arrived == (not again)
    if again:
        this.begin()
        return
    with pytest.raises(ResendBlockedError):
        this.begin()
