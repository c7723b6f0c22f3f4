"""Steps that are repeated for ever and outlast a failing database, and how tasks are ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any

from bot.workers.outage import OUTAGE

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 60.0
# A database that is locked, full or restarted comes back, and asking it costs little.
LONGEST_OUTAGE_WAIT_S = 15.0

Step = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


async def for_ever(
    what: str,
    step: Step,
    *,
    fatal: tuple[type[Exception], ...] = (),
    until: asyncio.Event | None = None,
) -> None:
    """Repeat a step; after a failure it waits, each time twice as long. Raises what is `fatal`.

    Once `until` is set, it ends after the step that is under way.
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
            if OUTAGE.note(what, error):
                wait = min(wait, LONGEST_OUTAGE_WAIT_S)
            else:
                log.error("%s is held up for %.0f s: %s", what, wait, error)  # noqa: TRY400 - one line
            await pause(wait, ends)
        else:
            failures = 0


async def pause(seconds: float, ends: asyncio.Event) -> None:
    """Wait that long, or until the event is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ends.wait()


async def wait_or_cancel(tasks: Collection[asyncio.Task[None]], seconds: float) -> None:
    """Give tasks that long to end by themselves, then cancel the others; what they raise is dropped.

    A task that is cancelled in the middle of a statement leaves a connection behind that nobody closes.
    """
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def run_together(*work: Coroutine[Any, Any, None]) -> None:
    """Run all of these; when one fails, or this is cancelled, the others are cancelled and the error is raised."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
