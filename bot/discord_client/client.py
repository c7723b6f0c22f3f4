"""The Discord client: it loads the cogs, syncs commands when they change, and runs the background tasks."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import discord
from discord.ext import commands

from bot.announcing.dispatcher import Dispatcher
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import MessageRenderer
from bot.announcing.thread_parents import record_parents
from bot.announcing.transport.transport import Transport
from bot.authority import Authority
from bot.chapter_summaries.opening import run_summaries, summary_model
from bot.config import Settings
from bot.discord_client import discord_patches
from bot.discord_client.calls import end_calls
from bot.discord_client.error_handler import EarmarkTree
from bot.log_setup import PRIVATE
from bot.name_lookup import NameLookup
from bot.polling.poller import Poller
from bot.polling.services import Reader
from bot.present.text import NO_MENTIONS
from bot.quotes import QuoteFinder
from bot.search.quote_search import SWEPT_AFTER_S
from bot.subscriptions import Subscriptions
from bot.upkeep import Upkeep
from bot.workers.outage import OUTAGE
from bot.workers.retry_loop import for_ever
from storage.engine.database import Database
from storage.models import DatabaseUnavailableError
from storage.tables.command_sync import record_sync, synced_hash
from storage.tables.installation import installation_key

COGS = ("cogs.quotes", "cogs.episodes", "cogs.podcasts", "cogs.questions")
# A request that is rate limited for longer fails at once: publishing in announcement channels may be, for minutes.
MAX_RATELIMIT_S = 60.0
HEARTBEAT_S = 20.0
INDEXED_EVERY_S = 2.0
CHECK_AGAIN_S = 6 * 3_600.0
# How long after the last server to wait for another before the bot is ready. Later ones count as unavailable.
GUILDS_GATHERED_S = 0.5
# Discord waits 3 s for an answer, of which a quote may need two.
NAMES_WITHIN_S = 0.5
# From the begin of the stop; a call that begins at its end has the second.
CALLS_END_WITHIN_S = 1.3
LAST_CALLS_END_WITHIN_S = 0.2
DISCONNECTED_WITHIN_S = 0.5

log = logging.getLogger(__name__)


class Earmark(commands.AutoShardedBot):
    """The bot. Its only intent is `guilds`: it receives no messages."""

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
        self.names = NameLookup(db, NAMES_WITHIN_S)
        self.announcements = AnnouncementLoader(db)
        self.dispatcher = Dispatcher(
            self, db, MessageRenderer(self.announcements), transport, nonce_window_s=settings.nonce_window_s
        )
        self.upkeep = Upkeep(
            db, most_left_bytes=settings.left_mb * 1_000_000, tidy=finder.tidy, guilds=self._present_guilds
        )
        self.poller = Poller(db, reader, on_news=self.dispatcher.wake)
        self.subscriptions = Subscriptions(
            db.hurried,
            reader,
            on_follow=self._read_soon,
            on_post=self.dispatcher.wake,
            bounds=settings.bounds,
        )
        self.up_since: float | None = None
        self.failure: BaseException | None = None
        self._authority: Authority | None = None
        self._work: list[asyncio.Task[None]] = []
        self._ending: asyncio.Task[None] | None = None

    def _read_soon(self, podcast_id: int) -> None:
        self.poller.wake()
        self.poller.read_files_soon(podcast_id)

    async def setup_hook(self) -> None:
        """Load the cogs, sync the commands if they have changed, and start the background tasks."""
        if self.settings.discord_api_url:
            _, gateway, _ = await self.http.get_bot_gateway()
            discord_patches.use_gateway(gateway)
        await self.authority()
        for name in COGS:
            await self.load_extension(name)
        await self._sync_commands()
        self._work = [
            asyncio.create_task(self._announce(), name="announcing"),
            asyncio.create_task(self._record_parents(), name="threads"),
            asyncio.create_task(self.poller.run(), name="polling"),
            asyncio.create_task(self._warm(), name="warming"),
            asyncio.create_task(for_ever("indexing", self._index), name="indexing"),
            asyncio.create_task(self._beat(), name="heartbeat"),
            asyncio.create_task(self.upkeep.run(), name="upkeep"),
            *self._summing_up(),
        ]
        for task in self._work:
            task.add_done_callback(self._end_with)

    def _summing_up(self) -> list[asyncio.Task[None]]:
        """What makes summaries, if the operator named a model."""
        settings = self.settings
        model = summary_model(
            settings.summary_url, settings.summary_model, settings.summary_key, settings.summary_tokens
        )
        return (
            [] if model is None else [asyncio.create_task(run_summaries(self.db, model), name="summing up")]
        )

    async def authority(self) -> Authority:
        """What tells who may change settings, with the key of this installation."""
        if self._authority is None:
            self._authority = Authority(await installation_key(self.db))
        return self._authority

    async def _sync_commands(self) -> None:
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        commands_json = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        commands_hash = hashlib.sha256(commands_json.encode()).hexdigest()
        application_id = self.application_id or 0
        if await synced_hash(self.db, application_id) == commands_hash:
            log.info("the commands have not changed")
            return
        await self.tree.sync()
        try:
            await record_sync(self.db, application_id, commands_hash)
        except DatabaseUnavailableError as error:
            # The next start registers them again, which changes nothing.
            OUTAGE.note("remembering which commands are registered", error)
        log.info("registered %d commands with Discord", len(payload))

    async def _announce(self) -> None:
        # Until then the channels and permissions of servers are not known.
        await self.wait_until_ready()
        await self.dispatcher.run()

    async def _record_parents(self) -> None:
        await self.wait_until_ready()
        try:
            await record_parents(self, self.db)
        except DatabaseUnavailableError as error:
            OUTAGE.note("storing which channels threads are in", error)

    def _end_with(self, task: asyncio.Task[None]) -> None:
        """Close the bot when a background task fails, so that it is restarted: half a bot would look healthy."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        expected = isinstance(error, discord.LoginFailure)
        log.critical("%s stopped: %s", task.get_name(), error, exc_info=None if expected else error)
        self.failure = error
        self._ending = asyncio.create_task(self.close())

    async def _warm(self) -> None:
        """Read the search's files, and names, into memory; check for damage and what dead processes left."""
        wait = SWEPT_AFTER_S
        while True:
            try:
                await self.finder.tidy()
                await self.finder.warm()
            except Exception as error:
                # Not needed: a search reads what is missing.
                if not OUTAGE.note("reading the search's files", error):
                    log.exception("the search's files can't be read ahead of time")
            try:
                await self.names.warm()
            except DatabaseUnavailableError as error:
                # Not needed: who asks for a name reads what is missing.
                OUTAGE.note("reading names", error)
            # Not at the start, where it would keep a core from the first answers; an earlier document starts it too.
            self.reader.updater.prepare()
            await asyncio.sleep(wait)
            wait = CHECK_AGAIN_S

    async def _index(self) -> None:
        """Let the search read what was stored of late, by this process or another."""
        await self.finder.keep_up()
        await asyncio.sleep(INDEXED_EVERY_S)

    async def _beat(self) -> None:
        """Touch a file while the gateway is connected, for the container's health check."""
        beat = self.settings.data_dir / "heartbeat"
        while True:
            # `is_ready` stays true when the connection is lost.
            if self._connected():
                await asyncio.to_thread(_touch, beat)
            await asyncio.sleep(HEARTBEAT_S)

    def _connected(self) -> bool:
        return bool(self.shards) and not any(shard.is_closed() for shard in self.shards.values())

    def _present_guilds(self) -> list[int] | None:
        """The servers that the bot is in, those with an outage included; None while Discord has not told them all."""
        return [guild.id for guild in self.guilds] if self.is_ready() and self._connected() else None

    async def on_ready(self) -> None:
        """Log that the bot is up."""
        self.up_since = time.monotonic()
        log.info("up as %s in %d server(s)", self.user, len(self.guilds))

    # A moderator who fixes a permission expects that what waited for it is posted at once.

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
        """The bot may have been given a role: without the members intent, no other member's updates come."""
        await self._announce_what_waits(after.guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """An outage is over; at startup this comes for every server."""
        await self._announce_what_waits(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed: discord.py calls this for no outage."""
        await self.upkeep.guild_removed(guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added, perhaps again."""
        await self.upkeep.guild_joined(guild.id)
        await self._announce_what_waits(guild)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """What Discord told could not be followed; other events and the background work make up for it."""
        error = sys.exc_info()[1]
        if error is None or not OUTAGE.note(event_method, error):
            # One is a modal with what was typed into it.
            log.error(
                "what Discord told in %s could not be followed", event_method, exc_info=error, extra=PRIVATE
            )

    async def _announce_what_waits(self, guild: discord.Guild) -> None:
        # Channels and threads change all the time: the database is asked only if something waits.
        if self.dispatcher.is_blocked(guild.id):
            await self.dispatcher.recheck(guild)

    async def close(self) -> None:
        """Stop the background tasks, let commands and buttons end, then disconnect."""
        for task in self._work:
            task.cancel()
        began = time.monotonic()
        # Both at once: each has a second for what is under way, and all of it must end within three.
        await asyncio.gather(*self._work, self.poller.stop(), self.names.close(), return_exceptions=True)
        # Afterwards, as members go on asking: the connections that an answer takes are closed with the bot's.
        await end_calls(max(CALLS_END_WITHIN_S + began - time.monotonic(), LAST_CALLS_END_WITHIN_S))
        try:
            async with asyncio.timeout(DISCONNECTED_WITHIN_S):
                await super().close()
        except TimeoutError:
            # A gateway that does not answer the end of a connection is given 30 s by discord.py.
            await self.http.close()


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.touch()


def bot_of(interaction: discord.Interaction[Any]) -> Earmark:
    """The bot that an interaction came to."""
    client = interaction.client
    if not isinstance(client, Earmark):
        raise TypeError("this client is not Earmark")
    return client
