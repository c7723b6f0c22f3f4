"""The Discord client: set-up, commands synced when they changed, and supervision."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import json
import logging
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import discord
import yarl
from discord.ext import commands

from bot.announcing.dispatcher import Sender
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.transport.transport import Transport
from bot.config import TOKEN_REFUSED, ConfigError, Settings
from bot.discord_client.error_handler import EarmarkTree
from bot.polling.poller import Poller
from bot.polling.services import Reader
from bot.present.text import NO_MENTIONS
from bot.quotes import SEARCH_FOLDER, QuoteFinder
from bot.search.quote_search import SWEPT_AFTER_S
from bot.subscriptions import Subscriptions
from storage.engine.database import Database
from storage.tables.command_sync import record_sync, synced_hash

COGS = ("cogs.quotes", "cogs.episodes", "cogs.podcasts")
# The interpreter hands the lock on this often: while a feed is parsed in its thread, the event loop waits
# 3 ms instead of the 15 ms that the default of 5 ms brings.
SWITCH_INTERVAL_S = 0.0005
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
# A bot that falls soon after it came up keeps waiting longer: Discord counts the sessions that are begun.
LONG_UP_S = 300.0
# Publishing in announcement channels may be limited for minutes; nothing else waits that long.
MAX_RATELIMIT_S = 60.0
HEARTBEAT_S = 20.0
CHECK_AGAIN_S = 6 * 3_600.0
# After the last server that Discord told of. One that comes later is known by then, as one with an outage.
GUILDS_GATHERED_S = 0.5
AUTHENTICATION_FAILED = 4004

log = logging.getLogger(__name__)


class Earmark(commands.AutoShardedBot):
    """The bot. It receives no messages: `guilds` is its only intent."""

    def __init__(self, settings: Settings, db: Database, reader: Reader, finder: QuoteFinder) -> None:
        transport = Transport()
        super().__init__(
            http_trace=transport.trace,
            guild_ready_timeout=GUILDS_GATHERED_S,
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=EarmarkTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=NO_MENTIONS,
            allowed_contexts=discord.app_commands.AppCommandContext(guild=True),
            allowed_installs=discord.app_commands.AppInstallationType(guild=True),
            max_ratelimit_timeout=MAX_RATELIMIT_S,
        )
        self.settings = settings
        self.db = db
        self.reader = reader
        self.finder = finder
        self.announcements = AnnouncementLoader(db)
        self.sender = Sender(
            self, db, MessageRenderer(self.announcements), transport, nonce_window_s=settings.nonce_window_s
        )
        self.poller = Poller(db, reader, on_news=self.sender.wake)
        self.subscriptions = Subscriptions(db, reader, on_follow=self._read_soon, on_post=self.sender.wake)
        self.up_since: float | None = None
        self.failure: BaseException | None = None
        self._work: list[asyncio.Task[None]] = []
        self._ending: asyncio.Task[None] | None = None

    def _read_soon(self, podcast_id: int) -> None:
        self.poller.look_soon()
        self.poller.read_files_soon(podcast_id)

    async def setup_hook(self) -> None:
        """Load the cogs and tell Discord of the commands, where they changed."""
        if self.settings.discord_api_url:
            # After an invalid session discord.py falls back to Discord's own gateway, past the proxy in front.
            _, gateway, _ = await self.http.get_bot_gateway()
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        for name in COGS:
            await self.load_extension(name)
        await self._sync_commands()
        self._work = [
            asyncio.create_task(self._announce(), name="announcing"),
            asyncio.create_task(self.poller.run(), name="polling"),
            asyncio.create_task(self._warm(), name="warming"),
            asyncio.create_task(self._beat(), name="heartbeat"),
        ]
        for task in self._work:
            task.add_done_callback(self._end_with)

    async def _sync_commands(self) -> None:
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        told = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        now = hashlib.sha256(told.encode()).hexdigest()
        application_id = self.application_id or 0
        if await synced_hash(self.db, application_id) == now:
            log.info("commands are as Discord knows them")
            return
        await self.tree.sync()
        await record_sync(self.db, application_id, now)
        log.info("told Discord of %d commands", len(payload))

    async def _announce(self) -> None:
        # Channels and permissions are known only once Discord has told about the servers.
        await self.wait_until_ready()
        await self.sender.run()

    def _end_with(self, task: asyncio.Task[None]) -> None:
        """A part that died takes the bot down, to be started anew: half a bot would look alive."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        expected = isinstance(error, discord.LoginFailure)
        log.critical("%s stopped: %s", task.get_name(), error, exc_info=None if expected else error)
        self.failure = error
        self._ending = asyncio.create_task(self.close())

    async def _warm(self) -> None:
        """Read ahead; later look again for damage, and for what a process left behind that died."""
        wait = SWEPT_AFTER_S
        while True:
            try:
                await self.finder.tidy()
                await self.finder.warm()
            except Exception:
                # The first question reads what is missing; the bot can live without having read ahead.
                log.exception("the files of the search can't be read ahead")
            await asyncio.sleep(wait)
            wait = CHECK_AGAIN_S

    async def _beat(self) -> None:
        """Touch a file while the gateway is connected: what the container's health check looks at."""
        beat = self.settings.data_dir / "heartbeat"
        while True:
            # `is_ready` stays true when the connection is lost; the shards know.
            if self.shards and not any(shard.is_closed() for shard in self.shards.values()):
                await asyncio.to_thread(_touch, beat)
            await asyncio.sleep(HEARTBEAT_S)

    async def on_ready(self) -> None:
        """Say that the bot is up."""
        self.up_since = time.monotonic()
        log.info("up as %s in %d server(s)", self.user, len(self.guilds))

    # A moderator who mends a permission expects what waited for it to appear at once.

    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """A channel's permissions may have changed."""
        await self._announce_what_waits(after.guild)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """A thread may have been unlocked."""
        await self._announce_what_waits(after.guild)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """A role's permissions may have changed."""
        await self._announce_what_waits(after.guild)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """Roles may have been given to the bot itself: of no other member is it told."""
        await self._announce_what_waits(after.guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """An outage is over; at the start this comes for every server."""
        await self._announce_what_waits(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was let in again."""
        await self._announce_what_waits(guild)

    async def _announce_what_waits(self, guild: discord.Guild) -> None:
        # Channels and threads change all the time; the database is asked only where something waits.
        if self.sender.waits(guild.id):
            await self.sender.look_again(guild)

    async def close(self) -> None:
        """Stop working, then disconnect."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self.poller.stop()
        await super().close()


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.touch()


async def run_bot(settings: Settings, db: Database, reader: Reader) -> int:
    """Run until told to stop; the exit code. Raises ConfigError where Discord refuses the token."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    if settings.discord_api_url:
        discord.http.Route.BASE = settings.discord_api_url
    # No voice is spoken here; that its libraries are missing is nobody's warning.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    # What is imported stays: left out of every later collection, which would hold the loop up for 40 ms.
    gc.collect()
    gc.freeze()
    finder = QuoteFinder(db, settings.data_dir / SEARCH_FOLDER)
    running = asyncio.ensure_future(_run_for_ever(settings, db, reader, finder))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("stopped")
    finally:
        finder.close()
    return 0


async def _run_for_ever(settings: Settings, db: Database, reader: Reader, finder: QuoteFinder) -> None:
    retry_s = FIRST_RETRY_S
    while True:
        bot = Earmark(settings, db, reader, finder)
        try:
            async with bot:
                await bot.start(settings.discord_token or "")
                if bot.failure is not None:
                    raise bot.failure  # noqa: TRY301 - what follows is decided in one place, below
        except discord.LoginFailure as error:
            raise ConfigError(TOKEN_REFUSED) from error
        except discord.RateLimited as error:
            retry_s = max(retry_s, error.retry_after)
            log.warning("Discord asks to wait; trying again in %.0f s", retry_s)
        except discord.ConnectionClosed as error:
            if error.code == AUTHENTICATION_FAILED:
                raise ConfigError(TOKEN_REFUSED) from error
            log.warning(
                "the gateway closed the connection (%s); connecting again in %.0f s", error.code, retry_s
            )
        except (
            discord.HTTPException,
            discord.GatewayNotFound,
            aiohttp.ClientError,
            OSError,
            TimeoutError,
        ) as error:
            log.warning("Discord can't be reached (%s); trying again in %.0f s", _one_line(error), retry_s)
        except Exception as error:
            if error is not bot.failure:
                raise
            log.warning("starting anew in %.0f s", retry_s)
        else:
            return
        if bot.up_since is not None and time.monotonic() - bot.up_since > LONG_UP_S:
            retry_s = FIRST_RETRY_S
        # Jitter, so that many processes do not come back at the same moment, and never too early.
        await asyncio.sleep(retry_s * random.uniform(1.0, 1.2))  # noqa: S311
        retry_s = min(LONGEST_RETRY_S, retry_s * 2)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def bot_of(interaction: discord.Interaction[Any]) -> Earmark:
    """The bot that an interaction came to."""
    client = interaction.client
    if not isinstance(client, Earmark):
        raise TypeError("this client is not Earmark")
    return client
