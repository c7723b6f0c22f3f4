"""Work that goes on for ever, and outlasts a failing database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 60.0

log = logging.getLogger(__name__)


async def for_ever(
    what: str,
    step: Callable[[], Awaitable[None]],
    *,
    fatal: tuple[type[Exception], ...] = (),
    until: asyncio.Event | None = None,
) -> None:
    """Take the step again and again; after a failure a while later, and ever later. Raises what is `fatal`.

    Where `until` is set, it ends after the step that is being taken.
    """
    ends = until or asyncio.Event()
    failures = 0
    while not ends.is_set():
        try:
            await step()
        except fatal:
            raise
        except Exception as error:  # noqa: BLE001
            # The database, most likely: it comes back, and the bot need not leave Discord meanwhile.
            wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(failures, 10))
            failures += 1
            log.error("%s is held up for %.0f s: %s", what, wait, error)  # noqa: TRY400 - one line
            await pause(wait, ends)
        else:
            failures = 0


async def pause(seconds: float, ends: asyncio.Event) -> None:
    """Wait so long, or until it ends."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ends.wait()
