"""The machine's clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.workers.clock import SYSTEM_CLOCK, failing_from
from tests.fakes.watch import TIMEOUT_S

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_it_goes_on_and_is_waited_for() -> None:
    before, began = SYSTEM_CLOCK.now(), SYSTEM_CLOCK.monotonic()
    await SYSTEM_CLOCK.wait(0.02, asyncio.Event())
    assert SYSTEM_CLOCK.monotonic() - began >= 0.01
    assert before <= SYSTEM_CLOCK.now() <= datetime.now(UTC)


async def test_an_event_ends_the_waiting() -> None:
    event = asyncio.Event()
    event.set()
    await asyncio.wait_for(SYSTEM_CLOCK.wait(3_600, event), TIMEOUT_S)


@pytest.mark.parametrize(
    ("since", "times", "from_now"),
    [
        (None, 0, True),
        (NOW - timedelta(hours=1), 0, False),
        (NOW - timedelta(hours=8), 7, False),
        (NOW - timedelta(hours=8, seconds=1), 7, True),
        # The clock was wrong when it began to fail, or is so now.
        (datetime(1970, 1, 1, tzinfo=UTC), 500, True),
        (datetime(2099, 1, 1, tzinfo=UTC), 500, True),
        (NOW + timedelta(seconds=1), 3, True),
    ],
)
def test_since_when_something_fails_is_plausible(since: datetime | None, times: int, from_now: bool) -> None:
    found = failing_from(since, NOW, times=times, apart=timedelta(hours=1))
    assert found == (NOW if from_now else since)
