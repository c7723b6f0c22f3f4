"""Lets a dispatcher do what is due, without its loop."""

from __future__ import annotations

import asyncio

from bot.announcing.dispatcher import Dispatcher
from bot.announcing.follow_ups import FollowUpWorker


async def start_due(of: Dispatcher | FollowUpWorker) -> int:
    """Claim what is due once and wait until it is done; how many items that were."""
    started = await of._worker.start_due()
    await asyncio.gather(*(one.task for one in of._worker._under_way.values()))
    return started


async def deliver_due(dispatcher: Dispatcher) -> int:
    """Send until nothing is due; how many attempts that took."""
    tried = 0
    while started := await start_due(dispatcher):
        tried += started
    return tried
