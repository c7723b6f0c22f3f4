"""A feed host, and an updater and a reader that may reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.feeds.http.fetcher import Fetcher
from bot.polling.feed_updater import FeedUpdater
from bot.polling.services import Reader, open_reader
from bot.workers.parser_thread import ParserThread
from storage.engine.database import Database
from tests.fakes.feed_host import FeedHost
from tests.unit.polling.updating import INTERVAL_S, LOOPBACK


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def updater(sqlite_db: Database) -> AsyncIterator[FeedUpdater]:
    thread = ParserThread()
    async with Fetcher(LOOPBACK) as fetcher:
        yield FeedUpdater(sqlite_db, fetcher, thread, poll_interval_s=INTERVAL_S, jitter=lambda: 1.0)
    thread.close()


@pytest.fixture
async def reader(sqlite_db: Database) -> AsyncIterator[Reader]:
    async with open_reader(sqlite_db, LOOPBACK, poll_interval_s=600) as made:
        yield made
