"""Decides about held items: those that waited because most of a feed looked new at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.polling.feed_outcomes import Poll
from bot.polling.feed_updater import FeedUpdater
from storage.engine.database import Database
from storage.models import HeldState, Podcast
from storage.tables.held_items import decide_held


@dataclass(frozen=True, slots=True)
class HeldDecision:
    """How many items of a podcast were decided about, and the poll that followed a release."""

    podcast: Podcast
    items: int
    poll: Poll | None


async def release(db: Database, updater: FeedUpdater, podcasts: Sequence[Podcast]) -> list[HeldDecision]:
    """Treat held items as new: a poll right now stores and announces them like any new episode."""
    decided = []
    for podcast in podcasts:
        items = await decide_held(db, podcast.id, HeldState.RELEASED)
        decided.append(HeldDecision(podcast, items, await updater.poll_afresh(podcast)))
    return decided


async def discard(db: Database, podcasts: Sequence[Podcast]) -> list[HeldDecision]:
    """Treat held items as old: they are neither stored nor announced, now or later."""
    return [
        HeldDecision(podcast, await decide_held(db, podcast.id, HeldState.DISCARDED), None)
        for podcast in podcasts
    ]
