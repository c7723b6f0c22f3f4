"""A feed host, and an updater and a reader that may reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.feeds.http.fetcher import Fetcher
from bot.polling.feed_updater import FeedUpdater
from bot.polling.services import Reader, open_reader
from storage.engine.database import Database
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.polling.updating import INTERVAL_S, LOOPBACK


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def updater(sqlite_db: Database) -> AsyncIterator[FeedUpdater]:
    documents = InProcessReader()
    async with Fetcher(LOOPBACK) as fetcher:
        yield FeedUpdater(sqlite_db, fetcher, documents, poll_interval_s=INTERVAL_S, jitter=lambda: 1.0)
    await documents.close()


@pytest.fixture
def documents() -> InProcessReader:
    return InProcessReader()


@pytest.fixture
async def reader(sqlite_db: Database, documents: InProcessReader) -> AsyncIterator[Reader]:
    async with open_reader(sqlite_db, LOOPBACK, poll_interval_s=600, documents=documents) as made:
        yield made
