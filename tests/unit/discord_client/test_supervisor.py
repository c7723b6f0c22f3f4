"""When the bot is started again, and when it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import aiohttp
import discord
import pytest

from bot.config import ConfigError, Settings, load_settings
from bot.discord_client import supervisor
from bot.discord_client.supervisor import (
    AUTHENTICATION_FAILED,
    FIRST_RETRY_S,
    LONG_UP_S,
    LONGEST_RETRY_S,
    restart_reason,
    run_bot,
)
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import Reader, open_reader
from storage.engine.database import Database
from tests.fakes.in_process_reader import InProcessReader
from tests.fakes.watch import TIMEOUT_S


@pytest.fixture
async def reader(sqlite_db: Database) -> AsyncIterator[Reader]:
    async with open_reader(
        sqlite_db, AllowedAddresses(), poll_interval_s=600, documents=InProcessReader()
    ) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"EARMARK_DATA_DIR": str(tmp_path), "DISCORD_TOKEN": "t"}, tmp_path / ".env")


class ScriptedBot:
    """Stands in for the bot: each start ends as the next of `ends` says, the one after the last when told to stop."""

    def __init__(self, *ends: Exception | None, up_s: float | None = None, own_fault: bool = False) -> None:
        self.ends = list(ends)
        self.up_s, self.own_fault = up_s, own_fault
        self.failure: Exception | None = None
        self.up_since: float | None = None
        self.slept: list[float] = []

    def __call__(self, *_: object) -> Self:
        self.failure = None
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def start(self, _token: str) -> None:
        """Start, and end at once."""
        end = self.ends.pop(0) if self.ends else None
        if self.up_s is not None:
            self.up_since = time.monotonic() - self.up_s
        if self.own_fault:
            self.failure = end
        elif end is not None:
            raise end

    async def sleep(self, seconds: float) -> None:
        """Stands in for asyncio's: takes no time, and is noted."""
        self.slept.append(seconds)

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)


async def run(script: ScriptedBot, monkeypatch: pytest.MonkeyPatch, *needed: object) -> int:
    """Run the bot by this script."""
    monkeypatch.setattr(supervisor, "Earmark", script)
    monkeypatch.setattr(supervisor, "asyncio", script)
    return await run_bot(*needed)  # type: ignore[arg-type]


async def test_a_start_that_discord_puts_off_waits_as_long_as_asked(
    sqlite_db: Database, reader: Reader, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = ScriptedBot(discord.RateLimited(345.0))
    assert await run(script, monkeypatch, settings, sqlite_db, reader) == 0
    [wait] = script.slept
    assert 345.0 <= wait <= 345.0 * 1.2


@pytest.mark.parametrize(
    ("up_s", "last"), [(None, LONGEST_RETRY_S), (1.0, LONGEST_RETRY_S), (LONG_UP_S + 9, 1)]
)
async def test_it_backs_off_until_it_was_up_for_long(
    sqlite_db: Database,
    reader: Reader,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    up_s: float | None,
    last: float,
) -> None:
    script = ScriptedBot(*[OSError("unreachable")] * 9, up_s=up_s)
    await run(script, monkeypatch, settings, sqlite_db, reader)
    assert FIRST_RETRY_S <= script.slept[0] <= FIRST_RETRY_S * 1.2
    assert last <= script.slept[-1] <= last * 1.2


async def test_a_task_of_the_bots_own_that_failed_starts_it_again(
    sqlite_db: Database,
    reader: Reader,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    script = ScriptedBot(ZeroDivisionError("a bug"), own_fault=True)
    assert await run(script, monkeypatch, settings, sqlite_db, reader) == 0
    assert len(script.slept) == 1
    assert "the bot stopped; trying again" in caplog.text


async def test_what_nobody_knows_ends_it(
    sqlite_db: Database, reader: Reader, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ZeroDivisionError):
        await run(ScriptedBot(ZeroDivisionError("a bug")), monkeypatch, settings, sqlite_db, reader)


class Response:
    """What an HTTPException is made of."""

    status, reason = 503, "Service Unavailable"


class Socket:
    """What a ConnectionClosed is made of."""

    def __init__(self, code: int) -> None:
        self.close_code = code


def _closed(code: int) -> discord.ConnectionClosed:
    return discord.ConnectionClosed(Socket(code), shard_id=0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (discord.RateLimited(3.0), "Discord asks to wait"),
        (_closed(4009), "the gateway closed the connection (4009)"),
        (aiohttp.ClientError("a\nb"), "Discord can't be reached (a b)"),
        (TimeoutError(), "Discord can't be reached (TimeoutError)"),
        (OSError("no route"), "Discord can't be reached (no route)"),
        (
            discord.HTTPException(Response(), "down"),
            "Discord can't be reached (503 Service Unavailable (error code: 0): down)",
        ),
        (ZeroDivisionError("a bug"), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_passes_has_a_reason(failure: Exception, reason: str | None) -> None:
    assert restart_reason(failure) == reason


@pytest.mark.parametrize("failure", [discord.LoginFailure("no"), _closed(AUTHENTICATION_FAILED)])
def test_a_refused_token_is_for_the_operator(failure: Exception) -> None:
    with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
        restart_reason(failure)


async def test_a_signal_starts_the_clock_and_ends_the_bot(
    sqlite_db: Database, reader: Reader, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    class Deadline:
        def begin(self) -> None:
            begun.append("deadline")

    started = asyncio.Event()

    async def for_ever(*_: object) -> None:
        started.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(supervisor, "StopDeadline", Deadline)
    monkeypatch.setattr(supervisor, "_run_with_restarts", for_ever)
    running = asyncio.create_task(run_bot(settings, sqlite_db, reader))
    await asyncio.wait_for(started.wait(), TIMEOUT_S)
    assert begun == []
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, TIMEOUT_S) == 0
    assert begun == ["deadline"]
