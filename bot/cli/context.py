"""What several commands share: exit codes, the open database, and which podcast or episode is meant."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.cli.records import shown_feed
from bot.config import Settings, prepare_data_dir
from bot.lookup import LookupFailedError, Named, find
from bot.polling.services import Reader, open_reader
from bot.text.feed_addresses import feed_address
from bot.text.known_keys import KNOWN_KEYS
from bot.text.web_addresses import is_web_address
from storage.engine.database import Database, open_database
from storage.models import Episode
from storage.tables.episodes import episode_titles, get_episode
from storage.tables.podcasts import feed_addresses, list_podcasts, podcast_by_feed

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CONFIG = 78
EXIT_INTERRUPTED = 130

# How many feeds' keys are looked out for in what is printed and logged.
MOST_FEEDS = 10_000

Options = argparse.Namespace


@asynccontextmanager
async def open_db(settings: Settings, *, single_user: bool = False) -> AsyncIterator[Database]:
    """The database that the settings name, open for as long as the context lasts."""
    prepare_data_dir(settings)
    db = await open_database(settings.database_url, single_user=single_user)
    try:
        # Before anything is logged or printed that may repeat one.
        await asyncio.to_thread(KNOWN_KEYS.add, *await feed_addresses(db, MOST_FEEDS))
        yield db
    finally:
        await db.close()


def open_services(db: Database, settings: Settings) -> AbstractAsyncContextManager[Reader]:
    """Fetches and parses feeds into this database, as the settings say."""
    return open_reader(
        db,
        settings.allow_private_feeds,
        poll_interval_s=settings.poll_interval_s,
        reading_mib=settings.reading_mib,
        bounds=settings.bounds,
        wait_for_files_s=settings.wait_for_files_s,
    )


async def podcast_id(db: Database, wanted: str) -> int:
    """The id of the podcast that is meant: by id, title, or its feed's address. Raises LookupFailedError."""
    podcasts = await list_podcasts(db)
    address = feed_address(wanted)
    if is_web_address(address) or address.startswith("file://"):
        # As it was added, at an earlier address, or masked as `podcasts` prints it.
        stored = await podcast_by_feed(db, address)
        podcasts = [stored] if stored else [one for one in podcasts if shown_feed(one.feed_url) == address]
        if len(podcasts) == 1:
            return podcasts[0].id
        if not podcasts:
            raise LookupFailedError(f"No podcast is read from {shown_feed(address)}.")
        names = ", ".join(f"“{one.title}” ({one.id})" for one in podcasts)
        raise LookupFailedError(f"Several podcasts are shown as {address}: {names}; name one by its id.")
    return find("podcast", wanted, [Named(one.id, one.title) for one in podcasts]).id


async def episode_named(db: Database, wanted: str) -> Episode:
    """The episode that is meant. Raises LookupFailedError."""
    named = find("episode", wanted, [Named(one.id, one.title) for one in await episode_titles(db, None)])
    episode = await get_episode(db, named.id)
    if episode is None:
        raise LookupFailedError(f"The episode “{named.title}” was removed just now.")
    return episode
