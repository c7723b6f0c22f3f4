"""A real discord.py bot, small, that runs against the fake inside the test's process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import discord
import pytest
import yarl
from discord import app_commands
from discord.ext import commands

from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import ChannelKind
from tests.fakes.watch import TIMEOUT_S

NOBODY = discord.AllowedMentions.none()


class Star(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"star:(?P<number>\d+)"):
    """A button that survives restarts."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(discord.ui.Button(label=f"Star {number}", custom_id=f"star:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, item
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> Any:
        if self.number == 2:
            await interaction.response.edit_message(content="two stars", allowed_mentions=NOBODY)
            return
        view = discord.ui.View().add_item(Star(self.number + 1))
        await interaction.response.send_message(f"starred {self.number}", view=view, ephemeral=True)


class PodcastCommands(app_commands.Group):
    """Subcommands with a channel option and a deferred answer."""

    def __init__(self) -> None:
        super().__init__(
            name="podcast",
            description="Podcasts",
            guild_only=True,
            default_permissions=discord.Permissions(manage_guild=True),
        )

    @app_commands.command(description="Follow a podcast")
    async def add(
        self, interaction: discord.Interaction, url: str, channel: app_commands.AppCommandChannel
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        may = interaction.permissions.manage_guild
        found = channel.resolve()
        embed = discord.Embed(title=url, description=f"{channel.name} {found} may={may}")
        await interaction.edit_original_response(embed=embed)
        await interaction.followup.send("and more", ephemeral=True)


class Probe(commands.AutoShardedBot):
    """Registers its commands in `setup_hook`; `up` is set when it is ready."""

    def __init__(self) -> None:
        super().__init__(
            commands.when_mentioned,
            intents=discord.Intents(guilds=True),
            allowed_mentions=NOBODY,
            guild_ready_timeout=0.02,
        )
        self.seen: list[str] = []
        self.up = asyncio.Event()

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Star)
        self.tree.add_command(_quote)
        self.tree.add_command(PodcastCommands())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Leave out the library's pause of 5 s between two shards."""

    async def on_ready(self) -> None:
        self.up.set()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.seen.append(f"join {guild.name}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.seen.append(f"remove {guild.name}")

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self.seen.append(f"unavailable {guild.name}")

    def text_channel(self, channel_id: int) -> discord.TextChannel:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        return channel


@app_commands.command(name="quote", description="Find a quote")
@app_commands.guild_only()
async def _quote(interaction: discord.Interaction, words: str, count: int = 1) -> None:
    view = (
        discord.ui.View()
        .add_item(Star(1))
        .add_item(discord.ui.Button(label="Listen", url="https://a.example"))
    )
    await interaction.response.send_message(f"{words} x{count}", view=view)


@_quote.autocomplete("words")
async def _complete(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    del interaction
    return [app_commands.Choice(name=f"{current}{end}", value=end) for end in "ab"]


@asynccontextmanager
async def running(bot: Probe, token: str) -> AsyncIterator[None]:
    """Run a bot until it is ready, and end it; what ends it before is raised."""
    task = asyncio.create_task(bot.start(token))
    up = asyncio.create_task(bot.up.wait())
    try:
        await asyncio.wait({task, up}, return_when=asyncio.FIRST_COMPLETED, timeout=TIMEOUT_S)
        if task.done():
            await task
        assert bot.up.is_set()
        yield
    finally:
        up.cancel()
        await bot.close()
        await asyncio.wait({task})


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        yield server


@pytest.fixture
def pointed(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point discord.py at the fake: the second address is where it goes after an invalid session."""
    monkeypatch.setattr(discord.http.Route, "BASE", fake.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway.url))


@pytest.fixture
async def probe(fake: FakeDiscord, pointed: None) -> AsyncIterator[Probe]:
    """Yield a bot that is connected to a guild "Alpha" with the channels 11 (text) and 12 (announcements)."""
    guild = fake.world.add_guild("Alpha", guild_id=10)
    fake.world.add_channel(guild.id, "news", channel_id=11)
    fake.world.add_channel(guild.id, "wire", ChannelKind.ANNOUNCEMENT, channel_id=12)
    bot = Probe()
    async with running(bot, fake.token):
        yield bot
