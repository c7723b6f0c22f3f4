"""Feeds that break the rules, look after look: what is stored, and what is announced."""

from __future__ import annotations

from bot.feeds.errors import FeedError
from storage.engine.database import Database
from storage.models import as_text
from tests.unit.feeds.stories import OLD, Told, open_story

NEW = Told("n-1", "On harbours", days=0.1)


async def test_an_honest_new_episode_is_announced_once(sqlite_db: Database) -> None:
    async with open_story(sqlite_db) as story:
        assert await story.look(*OLD) == []
        assert await story.look(hours=1) == []
        assert await story.look(NEW, *OLD, hours=2) == ["On harbours"]
        assert await story.look(NEW, *OLD, hours=3) == []
        story.fails(FeedError(as_text("down")))
        assert await story.look(hours=4) == []
        assert await story.titles() == ["On harbours", *(one.title for one in OLD)]
