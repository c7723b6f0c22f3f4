"""Runs the client until told to stop, and restarts it after failures that may pass: no Discord, no network, a bug."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import signal
import sys
import time

import aiohttp
import discord

from bot.config import TOKEN_REFUSED, ConfigError, Settings
from bot.discord_client import discord_patches
from bot.discord_client.client import Earmark
from bot.polling.services import Reader
from bot.quotes import SEARCH_FOLDER, QuoteFinder
from bot.workers.stop_deadline import StopDeadline
from storage.engine.database import Database

# How often the interpreter switches threads: while a thread parses a feed, the event loop waits 3 ms with this,
# and 15 ms with the default of 5 ms.
SWITCH_INTERVAL_S = 0.0005
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
# A bot that fails sooner than this after it was ready keeps backing off: Discord limits new sessions to 1,000 a day.
LONG_UP_S = 300.0
AUTHENTICATION_FAILED = 4004

log = logging.getLogger(__name__)


async def run_bot(settings: Settings, db: Database, reader: Reader) -> int:
    """Run until SIGINT or SIGTERM; the exit code. Raises ConfigError if Discord refuses the token."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    if settings.discord_api_url:
        discord_patches.use_api(settings.discord_api_url)
    discord_patches.silence_voice_warnings()
    # Imported modules are never freed. Frozen, they are left out of garbage collections, which would block the event
    # loop for 40 ms.
    gc.collect()
    gc.freeze()
    finder = QuoteFinder(db, settings.data_dir / SEARCH_FOLDER)
    running = asyncio.ensure_future(_run_with_restarts(settings, db, reader, finder))
    loop, deadline = asyncio.get_running_loop(), StopDeadline()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, running, deadline)
    try:
        await running
    except asyncio.CancelledError:
        log.info("stopped")
    finally:
        await finder.close()
    return 0


def _stop(running: asyncio.Future[None], deadline: StopDeadline) -> None:
    deadline.begin()
    running.cancel()


async def _run_with_restarts(settings: Settings, db: Database, reader: Reader, finder: QuoteFinder) -> None:
    retry_s = FIRST_RETRY_S
    while True:
        bot = Earmark(settings, db, reader, finder)
        failure = await _run(bot, settings.discord_token or "")
        if failure is None:
            return
        reason = restart_reason(failure)
        if reason is None:
            if failure is not bot.failure:
                raise failure
            # The part that failed has logged why.
            reason = "the bot stopped"
        if isinstance(failure, discord.RateLimited):
            retry_s = max(retry_s, failure.retry_after)
        log.warning("%s; trying again in %.0f s", reason, retry_s)
        if bot.up_since is not None and time.monotonic() - bot.up_since > LONG_UP_S:
            retry_s = FIRST_RETRY_S
        # With jitter, so that many processes do not return at the same moment; never earlier than asked.
        await asyncio.sleep(retry_s * random.uniform(1.0, 1.2))  # noqa: S311
        retry_s = min(LONGEST_RETRY_S, retry_s * 2)


async def _run(bot: Earmark, token: str) -> BaseException | None:
    """Run the bot until it ends; what made it end, or None if it was closed."""
    try:
        async with bot:
            await bot.start(token)
    except Exception as error:  # noqa: BLE001 - the caller decides, and raises what it does not know
        return error
    return bot.failure


def restart_reason(failure: BaseException) -> str | None:
    """Why to start again after this failure; None if it is not one that passes. Raises ConfigError for the token."""
    refused = isinstance(failure, discord.ConnectionClosed) and failure.code == AUTHENTICATION_FAILED
    if refused or isinstance(failure, discord.LoginFailure):
        raise ConfigError(TOKEN_REFUSED) from failure
    match failure:
        case discord.RateLimited():
            return "Discord asks to wait"
        case discord.ConnectionClosed():
            return f"the gateway closed the connection ({failure.code})"
        case (
            discord.HTTPException()
            | discord.GatewayNotFound()
            | aiohttp.ClientError()
            | OSError()
            | TimeoutError()
        ):
            return f"Discord can't be reached ({_one_line(failure)})"
    return None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
