"""The heartbeat that a health check looks at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from discord.ext import commands

from bot.config import load_settings
from bot.discord_client import client
from bot.discord_client.client import Earmark
from bot.feeds.http.address_guard import AllowedAddresses
from bot.log_setup import TextFormatter
from bot.polling.services import Reader, open_reader
from bot.quotes import QuoteFinder
from bot.upkeep import Upkeep
from bot.workers.outage import DatabaseOutage
from storage.engine.database import Database
from storage.models import DatabaseUnavailableError, Status
from tests.fakes.in_process_reader import InProcessReader
from tests.fakes.watch import TIMEOUT_S
from tests.unit.cogs.connected_bot import connected


@pytest.fixture
async def reader(sqlite_db: Database) -> AsyncIterator[Reader]:
    async with open_reader(
        sqlite_db, AllowedAddresses(), poll_interval_s=600, documents=InProcessReader()
    ) as made:
        yield made


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
    checked = asyncio.Event()
    made = {number: Shard(closed=closed) for number, closed in enumerate(shards)}

    async def sleep(_seconds: float) -> None:
        checked.set()
        await asyncio.Event().wait()

    class Watched:
        """Stands in for asyncio in the client: the heartbeat sleeps forever after its first check."""

        def __getattr__(self, name: str) -> object:
            return sleep if name == "sleep" else getattr(asyncio, name)

    monkeypatch.setattr(Earmark, "shards", property(lambda _bot: made))
    monkeypatch.setattr(client, "asyncio", Watched())
    beating = asyncio.create_task(bot._beat())
    async with asyncio.timeout(TIMEOUT_S):
        await checked.wait()
    beating.cancel()
    await asyncio.wait({beating})
    await finder.close()
    assert (tmp_path / "heartbeat").exists() == beats


async def test_a_gateway_that_does_not_answer_the_end_holds_nothing_up(
    sqlite_db: Database, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings({"EARMARK_DATA_DIR": str(tmp_path)}, tmp_path / ".env")
    bot = Earmark(settings, sqlite_db, reader, QuoteFinder(sqlite_db, tmp_path / "search"))
    closed: list[str] = []

    async def unanswered(_self: object) -> None:
        closed.append("gateway")
        await asyncio.Event().wait()

    async def close_http() -> None:
        closed.append("http")

    monkeypatch.setattr(commands.AutoShardedBot, "close", unanswered)
    monkeypatch.setattr(client, "DISCONNECTED_WITHIN_S", 0.01)
    monkeypatch.setattr(bot.http, "close", close_http)
    async with asyncio.timeout(TIMEOUT_S):
        await bot.close()
    assert closed == ["gateway", "http"]


async def test_a_server_that_removes_the_bot_is_told_from_one_with_an_outage(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    async def removed(_self: Upkeep, guild_id: int) -> None:
        await told.put(("removed", guild_id))

    async def joined(_self: Upkeep, guild_id: int) -> None:
        await told.put(("joined", guild_id))

    async def unavailable(guild: discord.Guild) -> None:
        await told.put(("unavailable", guild.id))

    monkeypatch.setattr(Upkeep, "guild_removed", removed)
    monkeypatch.setattr(Upkeep, "guild_joined", joined)
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, bot), asyncio.timeout(TIMEOUT_S):
        bot.add_listener(unavailable, "on_guild_unavailable")
        assert bot._present_guilds() == [10]
        await fake.guild_outage(10)
        assert await told.get() == ("unavailable", 10)
        assert bot._present_guilds() == [10]
        await fake.guild_back(10)
        new = await fake.join_guild("Beta")
        assert await told.get() == ("joined", new.id)
        await fake.remove_guild(10)
        assert await told.get() == ("removed", 10)
        assert bot._present_guilds() == [new.id]
        with monkeypatch.context() as patch:
            patch.setattr(Earmark, "shards", property(lambda _bot: {0: Shard(closed=True)}))
            assert bot._present_guilds() is None


async def test_which_servers_there_are_is_not_known_before_discord_has_told(
    sqlite_db: Database, reader: Reader, tmp_path: Path
) -> None:
    settings = load_settings({"EARMARK_DATA_DIR": str(tmp_path)}, tmp_path / ".env")
    bot = Earmark(settings, sqlite_db, reader, QuoteFinder(sqlite_db, tmp_path / "search"))
    assert bot._present_guilds() is None


async def test_documents_can_be_read_once_the_search_is_warm(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = InProcessReader()
    told: list[int] = []
    settings = load_settings({"EARMARK_DATA_DIR": str(tmp_path)}, tmp_path / ".env")
    finder = QuoteFinder(sqlite_db, tmp_path / "search")

    async def broken() -> None:
        told.append(documents.started)
        raise OSError("the disk is away")

    monkeypatch.setattr(finder, "warm", broken)
    async with open_reader(sqlite_db, AllowedAddresses(), poll_interval_s=600, documents=documents) as reader:
        warming = asyncio.create_task(Earmark(settings, sqlite_db, reader, finder)._warm())
        async with asyncio.timeout(TIMEOUT_S):
            while not documents.started:  # noqa: ASYNC110 - the fake tells nobody
                await asyncio.sleep(0.01)
        warming.cancel()
    assert told == [0]
    await finder.close()


async def test_a_database_that_is_away_is_told_once_and_ends_no_start(
    sqlite_db: Database,
    reader: Reader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = DatabaseUnavailableError(Status("database.full"))
    synced = []

    async def refuse(*_: object) -> None:
        raise away

    async def sync() -> None:
        synced.append(True)

    monkeypatch.setattr(client, "OUTAGE", DatabaseOutage())
    monkeypatch.setattr(client, "record_sync", refuse)
    finder = QuoteFinder(sqlite_db, tmp_path / "search")
    bot = Earmark(load_settings({}, tmp_path / ".env"), sqlite_db, reader, finder)
    monkeypatch.setattr(bot.tree, "sync", sync)
    await bot._sync_commands()
    assert synced
    for error in (away, ValueError("nonsense")):
        try:
            raise error
        except (DatabaseUnavailableError, ValueError):
            await bot.on_error("on_guild_remove")
    told = [one.message for one in caplog.records if one.levelname == "ERROR"]
    assert [one.split(":")[0] for one in told] == [
        "the database can't be used (database.full)",
        "what Discord told in on_guild_remove could not be followed",
    ]
    # What it told may be a modal with what was typed into it.
    assert "nonsense" not in TextFormatter(None).format(caplog.records[-1])
    await finder.close()
