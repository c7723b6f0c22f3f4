"""What commands, buttons and events still do when the bot stops: discord.py starts a task for each and forgets it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

# How discord.py names these tasks.
STARTED_BY = ("CommandTree-", "discord-ui-", "discord.py: ")
CANCELLED_WITHIN_S = 0.2

log = logging.getLogger(__name__)


def calls_under_way() -> set[asyncio.Task[Any]]:
    """The tasks of commands, autocompletes, buttons, modals and events that have not ended."""
    here = asyncio.current_task()
    return {one for one in asyncio.all_tasks() if one is not here and one.get_name().startswith(STARTED_BY)}


async def end_calls(within_s: float) -> None:
    """Let all of them end, also those that begin meanwhile, and cut off what takes longer."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while (calls := calls_under_way()) and (left_s := until - loop.time()) > 0:
        await asyncio.wait(calls, timeout=left_s)
    if not calls:
        return
    log.warning("%d commands, buttons or events were cut off, as the bot stops", len(calls))
    for one in calls:
        one.cancel()
    await asyncio.wait(calls, timeout=CANCELLED_WITHIN_S)
