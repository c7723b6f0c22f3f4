"""What polls and reads podcasts, put together: one session to fetch with, one thread to parse in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from bot.polling.feed_updater import FeedUpdater
from bot.polling.linked_files import LinkedFiles
from bot.workers.parser_thread import ParserThread
from storage.engine.database import Database


@dataclass(frozen=True, slots=True)
class Reader:
    """Updates podcasts from their feeds, and reads the files that episodes link to."""

    updater: FeedUpdater
    files: LinkedFiles


@asynccontextmanager
async def open_reader(
    db: Database, allowed: AllowedAddresses, *, poll_interval_s: float
) -> AsyncIterator[Reader]:
    """What reads podcasts into this database, for as long as the context lasts."""
    thread = ParserThread()
    try:
        async with Fetcher(allowed) as fetcher:
            yield Reader(
                FeedUpdater(db, fetcher, thread, poll_interval_s=poll_interval_s),
                LinkedFiles(db, fetcher, thread),
            )
    finally:
        thread.close()
