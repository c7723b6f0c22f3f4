"""What several commands share: exit codes, the open database, and which podcast or episode is meant."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.cli.records import shown_feed
from bot.config import Settings, prepare_data_dir
from bot.lookup import LookupFailedError
from bot.lookup.choosing import Choice
from bot.lookup.episode_numbers import asks_for_newest
from bot.name_lookup import NameLookup
from bot.polling.services import Reader, open_reader
from bot.text.feed_addresses import feed_address
from bot.text.known_keys import KNOWN_KEYS
from bot.text.web_addresses import is_web_address
from storage.engine.database import Database, open_database
from storage.models import Episode
from storage.tables.episodes import get_episode, get_episodes, list_episodes
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
    # A show may be called like a host.
    if (is_web_address(address) and "/" in wanted) or address.startswith("file://"):
        # As it was added, at an earlier address, or masked as `podcasts` prints it.
        stored = await podcast_by_feed(db, address)
        podcasts = [stored] if stored else [one for one in podcasts if shown_feed(one.feed_url) == address]
        if len(podcasts) == 1:
            return podcasts[0].id
        if not podcasts:
            raise LookupFailedError(f"No podcast is read from {shown_feed(address)}.")
        names = ", ".join(f"“{one.title}” ({one.id})" for one in podcasts)
        raise LookupFailedError(f"Several podcasts are shown as {address}: {names}; name one by its id.")
    by_id = {one.id: one for one in podcasts}
    row = _row(wanted)
    if row in by_id:
        return row
    choice = await NameLookup(db).podcast(wanted, podcasts)
    if choice.found is not None:
        return choice.found
    raise _refusal("podcast", wanted, choice, {one.id: f"“{one.title}” ({one.id})" for one in podcasts})


async def episode_named(db: Database, wanted: str) -> Episode:
    """The episode that is meant: an id of `episodes --json`, number, title or `latest`. Raises LookupFailedError."""
    row = _row(wanted)
    episode = await get_episode(db, row) if row is not None else None
    if episode is not None:
        return episode
    if asks_for_newest(wanted) and (newest := await list_episodes(db, limit=1)):
        return newest[0]
    choice = await NameLookup(db).episode(wanted, await list_podcasts(db))
    ids = [choice.found] if choice.found is not None else choice.offered or choice.closest
    episodes = await get_episodes(db, ids)
    if choice.found is not None:
        if choice.found not in episodes:
            raise LookupFailedError("That episode was removed just now.")
        return episodes[choice.found]
    raise _refusal("episode", wanted, choice, {one: _told(episodes[one]) for one in ids if one in episodes})


def _row(wanted: str) -> int | None:
    """The id that a bare number is; one too large for any row is none."""
    text = wanted.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _told(episode: Episode) -> str:
    """An episode with its show, date and id."""
    date = f", {episode.published.date().isoformat()}" if episode.published else ""
    return f"“{episode.title}” ({episode.podcast_title}{date}, {episode.id})"


def _refusal(kind: str, wanted: str, choice: Choice, told: Mapping[int, str]) -> LookupFailedError:
    text = " ".join(wanted.split())
    if len(choice.offered) > 1:
        names = ", ".join(told[one] for one in choice.offered if one in told)
        return LookupFailedError(f"Several {kind}s fit “{text}”: {names}; name one by its id.")
    closest = ", ".join(told[one] for one in choice.offered or choice.closest if one in told)
    nearest = f" The closest: {closest}." if closest else ""
    return LookupFailedError(f"No {kind} is called “{text}”.{nearest}")
