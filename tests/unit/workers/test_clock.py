"""The machine's clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.workers.clock import SYSTEM_CLOCK
from tests.fakes.watch import TIMEOUT_S


async def test_it_goes_on_and_is_waited_for() -> None:
    before, began = SYSTEM_CLOCK.now(), SYSTEM_CLOCK.monotonic()
    await SYSTEM_CLOCK.wait(0.02, asyncio.Event())
    assert SYSTEM_CLOCK.monotonic() - began >= 0.01
    assert before <= SYSTEM_CLOCK.now() <= datetime.now(UTC)


async def test_an_event_ends_the_waiting() -> None:
    event = asyncio.Event()
    event.set()
    await asyncio.wait_for(SYSTEM_CLOCK.wait(3_600, event), TIMEOUT_S)
