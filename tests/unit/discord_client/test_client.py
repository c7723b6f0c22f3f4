"""The bot's own frame: a start that Discord puts off, and the sign of life for a health check."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import discord
import pytest

from bot.config import load_settings
from bot.discord_client import client
from bot.discord_client.client import Earmark, run_bot
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import Reader, open_reader
from bot.quotes import QuoteFinder
from storage.engine.database import Database


@pytest.fixture
async def reader(sqlite_db: Database) -> AsyncIterator[Reader]:
    async with open_reader(sqlite_db, AllowedAddresses(), poll_interval_s=600) as made:
        yield made


async def test_a_start_that_discord_puts_off_waits_as_long_as_asked(
    sqlite_db: Database, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    starts = 0

    class Scripted:
        """Stands in for the bot: put off at first, and then at once told to stop."""

        failure = None
        up_since = None

        def __init__(self, *_: object) -> None: ...

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *_: object) -> None: ...

        async def start(self, _token: str) -> None:
            nonlocal starts
            starts += 1
            if starts == 1:
                raise discord.RateLimited(345.0)

    class Slept:
        """Stands in for asyncio in the client: it sleeps no time, and keeps how long it should."""

        def __getattr__(self, name: str) -> object:
            return getattr(asyncio, name)

        async def sleep(self, seconds: float) -> None:
            waits.append(seconds)

    monkeypatch.setattr(client, "Earmark", Scripted)
    monkeypatch.setattr(client, "asyncio", Slept())
    settings = load_settings({"EARMARK_DATA_DIR": str(tmp_path), "DISCORD_TOKEN": "t"}, tmp_path / ".env")
    assert await run_bot(settings, sqlite_db, reader) == 0
    assert starts == 2
    assert len(waits) == 1
    assert 345.0 <= waits[0] <= 345.0 * 1.2


class Shard:
    """One connection, open or not."""

    def __init__(self, *, closed: bool) -> None:
        self.closed = closed

    def is_closed(self) -> bool:
        """Whether it is lost."""
        return self.closed


@pytest.mark.parametrize(
    ("shards", "beats"),
    [([], False), ([True], False), ([False, True], False), ([False], True), ([False, False], True)],
)
async def test_the_heartbeat_stops_while_a_shard_is_closed(
    sqlite_db: Database,
    reader: Reader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shards: list[bool],
    beats: bool,
) -> None:
    settings = load_settings({"EARMARK_DATA_DIR": str(tmp_path)}, tmp_path / ".env")
    finder = QuoteFinder(sqlite_db, tmp_path / "search")
    bot = Earmark(settings, sqlite_db, reader, finder)
    looked = asyncio.Event()
    made = {number: Shard(closed=closed) for number, closed in enumerate(shards)}

    async def sleep(_seconds: float) -> None:
        looked.set()
        await asyncio.Event().wait()

    class Watched:
        """Stands in for asyncio in the client: after its first look the heart rests."""

        def __getattr__(self, name: str) -> object:
            return sleep if name == "sleep" else getattr(asyncio, name)

    monkeypatch.setattr(Earmark, "shards", property(lambda _bot: made))
    monkeypatch.setattr(client, "asyncio", Watched())
    beating = asyncio.create_task(bot._beat())
    async with asyncio.timeout(5):
        await looked.wait()
    beating.cancel()
    await asyncio.wait({beating})
    finder.close()
    assert (tmp_path / "heartbeat").exists() == beats
