"""What is to become of items that looked new in a crowd: listed, released or discarded from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.polling.feed_updater import Pipeline, Poll
from storage.engine.database import Database
from storage.models import HeldState, Podcast
from storage.tables.held_items import decide_held


@dataclass(frozen=True, slots=True)
class Decided:
    """How many items of a podcast were decided about, and how the look ended that followed a release."""

    podcast: Podcast
    items: int
    poll: Poll | None


async def release(db: Database, pipeline: Pipeline, podcasts: Sequence[Podcast]) -> list[Decided]:
    """Take what waits for new: it is stored, and announced as anything new would be, by a look right now."""
    decided = []
    for podcast in podcasts:
        items = await decide_held(db, podcast.id, HeldState.RELEASED)
        decided.append(Decided(podcast, items, await pipeline.poll_afresh(podcast)))
    return decided


async def discard(db: Database, podcasts: Sequence[Podcast]) -> list[Decided]:
    """Take what waits for old: it is neither stored nor announced, now or later."""
    return [
        Decided(podcast, await decide_held(db, podcast.id, HeldState.DISCARDED), None) for podcast in podcasts
    ]
