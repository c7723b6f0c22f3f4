"""What the tests of the feed updater share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.feed_outcomes import Poll
from bot.polling.feed_updater import FeedUpdater
from storage.engine.database import Database
from storage.models import Podcast
from storage.tables.deliveries import due_deliveries
from storage.tables.destinations import add_destination
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import get_podcast
from tests.unit.feeds.material import item_xml

LOOPBACK = AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))
FEED = "/feed.xml"
INTERVAL_S = 600.0
# A podcast is polled this much before its interval is over, so that what is new is announced within it.
POLLED_EARLY = timedelta(seconds=30)


def now_utc() -> datetime:
    """The time by the clock that the updater reads."""
    return datetime.now(UTC)


# Fixed for the run: dates in feeds have whole seconds, so an item served twice must not get a second date.
STARTED = datetime.now(UTC)


def recent(name: str, *inside: str, days: int = 1, title: str | None = None) -> str:
    """An item that was published so many days ago."""
    return item_xml(name, *inside, published=STARTED - timedelta(days=days), title=title)


async def followed(db: Database, updater: FeedUpdater, url: str, channel_id: int = 10) -> Podcast:
    """A podcast that one channel follows."""
    podcast, _ = await updater.follow(url, by_operator=False)
    await add_destination(db, podcast.id, guild_id=1, channel_id=channel_id, added_by=5, now=now_utc())
    return podcast


async def poll_again(db: Database, updater: FeedUpdater, podcast: Podcast) -> Poll:
    """Poll the podcast as it is stored now."""
    current = await get_podcast(db, podcast.id)
    assert current is not None
    return await updater.poll(current)


async def titles_to_announce(db: Database) -> list[str]:
    """The titles of the episodes whose announcements are due, in that order."""
    titles = {one.id: one.title for one in await list_episodes(db)}
    return [titles[one.episode_id] for one in await due_deliveries(db, now_utc(), 100)]
