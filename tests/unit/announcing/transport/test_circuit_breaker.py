"""When sending stops by itself."""

from __future__ import annotations

import pytest

from bot.announcing.transport.circuit_breaker import MAX_INVALID, WINDOW_S, CircuitBreaker


@pytest.mark.parametrize(
    ("statuses", "opens"),
    [
        ([403] * (MAX_INVALID - 1), False),
        ([403] * MAX_INVALID, True),
        ([401, 429] * (MAX_INVALID // 2), True),
        ([200, 404, 500] * MAX_INVALID, False),
    ],
)
def test_it_opens_long_before_discord_bans(statuses: list[int], opens: bool) -> None:
    breaker = CircuitBreaker()
    for status in statuses:
        breaker.record(status, 100.0)
    assert (breaker.wait_s(101.0) > 0) == opens
    assert breaker.wait_s(100.0 + WINDOW_S) == 0


def test_a_ban_is_waited_out() -> None:
    breaker = CircuitBreaker()
    breaker.ban(130.0)
    breaker.ban(110.0)
    assert (breaker.wait_s(100.0), breaker.wait_s(131.0)) == (30.0, 0.0)
