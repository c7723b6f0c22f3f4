"""Waiting for another process without polling: every request at a fake wakes the waiting tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Long enough that only a real failure reaches it: a busy machine may take twenty times as long as an idle one.
TIMEOUT_S = 120.0


class Watch:
    """A condition that is notified whenever something happens."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()

    async def notify(self) -> None:
        """Wake all waiting tasks, so that they check again."""
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
        """Wait for the predicate's first true value; `seen` says in the error what happened instead."""
        async with self._condition:
            try:
                return await asyncio.wait_for(self._condition.wait_for(predicate), timeout_s)
            except TimeoutError:
                wanted = what or "what the test wants to see"
                raise TimeoutError(
                    f"waited {timeout_s} s for {wanted}; seen: {seen() or 'nothing'}"
                ) from None
