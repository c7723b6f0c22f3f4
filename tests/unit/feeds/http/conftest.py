"""A feed host and a fetcher that may reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.feeds.http.fetcher import Fetcher
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.http.material import LOOPBACK


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK) as running:
        yield running
