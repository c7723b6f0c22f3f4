"""Waiting for what another process does, without polling: every change at the fake wakes those who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Only a fault makes a test wait this long: a machine that is busy with other things may take twenty times as long as
# an idle one for what a test waits for, and must not fail it.
TIMEOUT_S = 120.0


class Watch:
    """One condition that is notified whenever something happened."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()

    async def notify(self) -> None:
        """Wake everybody who waits, to look again."""
        async with self._condition:
            self._condition.notify_all()

    async def wait_for(
        self,
        predicate: Callable[[], T],
        timeout_s: float = TIMEOUT_S,
        *,
        what: str = "",
        seen: Callable[[], str] = str,
    ) -> T:
        """Return the predicate's first true value; `seen` tells, for the failure, what happened instead."""
        async with self._condition:
            try:
                return await asyncio.wait_for(self._condition.wait_for(predicate), timeout_s)
            except TimeoutError:
                wanted = what or "what the test wants to see"
                raise TimeoutError(
                    f"waited {timeout_s} s for {wanted}; seen: {seen() or 'nothing'}"
                ) from None
