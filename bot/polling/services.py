"""What polls and reads podcasts, put together: one session to fetch with, one process to read documents in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.bounds import DEFAULT_BOUNDS, Bounds
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from bot.polling.feed_updater import FeedUpdater
from bot.polling.linked_files import LinkedFiles
from bot.reading.document_reader import DocumentReader, ReadingProcess
from bot.reading.limits import DEFAULT_READING_MIB
from storage.engine.database import Database


@dataclass(frozen=True, slots=True)
class Reader:
    """Updates podcasts from their feeds, and reads the files that episodes link to."""

    updater: FeedUpdater
    files: LinkedFiles


@asynccontextmanager
async def open_reader(
    db: Database,
    allowed: AllowedAddresses,
    *,
    poll_interval_s: float,
    reading_mib: int = DEFAULT_READING_MIB,
    documents: DocumentReader | None = None,
    bounds: Bounds = DEFAULT_BOUNDS,
    wait_for_files_s: float = 0.0,
) -> AsyncIterator[Reader]:
    """What reads podcasts into this database, for as long as the context lasts.

    Documents are read in a process of their own, which may take `reading_mib` of memory, or by `documents`. It is
    started ahead of a new podcast and once the bot answers, so that it holds up no start. New episodes are announced
    `wait_for_files_s` later where the feed names files beside them that are not read by then.
    """
    if documents is None:
        documents = ReadingProcess(reading_mib)
    try:
        async with Fetcher(allowed, max_feed_bytes=bounds.feed_mib * 2**20) as fetcher:
            yield Reader(
                FeedUpdater(
                    db,
                    fetcher,
                    documents,
                    poll_interval_s=poll_interval_s,
                    bounds=bounds,
                    wait_for_files_s=wait_for_files_s,
                ),
                LinkedFiles(db, fetcher, documents, bounds),
            )
    finally:
        await documents.close()
