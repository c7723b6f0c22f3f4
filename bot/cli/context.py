"""What several commands share: exit codes, the open database, and which podcast or episode is meant."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.config import Settings, prepare_data_dir
from bot.lookup import LookupFailedError, Named, find
from bot.polling.services import Reader, open_reader
from storage.engine.database import Database, open_database
from storage.models import Episode
from storage.tables.episodes import episode_titles, get_episode
from storage.tables.podcasts import list_podcasts

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CONFIG = 78
EXIT_INTERRUPTED = 130

Options = argparse.Namespace


@asynccontextmanager
async def open_db(settings: Settings, *, single_user: bool = False) -> AsyncIterator[Database]:
    """The database that the settings name, open for as long as the context lasts."""
    prepare_data_dir(settings)
    db = await open_database(settings.database_url, single_user=single_user)
    try:
        yield db
    finally:
        await db.close()


def open_services(db: Database, settings: Settings) -> AbstractAsyncContextManager[Reader]:
    """Fetches and parses feeds into this database, as the settings say."""
    return open_reader(db, settings.allow_private_feeds, poll_interval_s=settings.poll_interval_s)


async def podcast_id(db: Database, wanted: str) -> int:
    """The id of the podcast that is meant. Raises LookupFailedError."""
    return find("podcast", wanted, [Named(one.id, one.title) for one in await list_podcasts(db)]).id


async def episode_named(db: Database, wanted: str) -> Episode:
    """The episode that is meant. Raises LookupFailedError."""
    named = find("episode", wanted, [Named(one.id, one.title) for one in await episode_titles(db, None)])
    episode = await get_episode(db, named.id)
    if episode is None:
        raise LookupFailedError(f"The episode “{named.title}” was removed just now.")
    return episode
