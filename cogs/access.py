"""What a member may see: only podcasts that the server follows."""

from __future__ import annotations

from typing import Any, NoReturn

import discord
from discord import app_commands

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import ALREADY_ANSWERED, MemberError
from storage.models import Destination, Episode, Podcast
from storage.tables.destinations import guild_destinations, guild_podcast_ids
from storage.tables.episodes import get_episode
from storage.tables.podcasts import list_podcasts

NOT_FOLLOWED = "This server does not follow that podcast any more."

Interaction = discord.Interaction[Any]


async def defer(interaction: Interaction, *, ephemeral: bool = True, thinking: bool = True) -> None:
    """Promise an answer, before anything is written: Discord waits for 3 s, then for 15 minutes.

    Without `thinking` the message that a button is on stays, to be edited.
    """
    try:
        await interaction.response.defer(ephemeral=ephemeral, thinking=thinking)
    except discord.HTTPException as error:
        # Its confirmation was lost, and discord.py promised again.
        if error.code != ALREADY_ANSWERED:
            raise


def guild_of(interaction: Interaction) -> int:
    """The server that an interaction came from. Raises NoPrivateMessage where it came from none."""
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def followed_podcasts(interaction: Interaction) -> list[Podcast]:
    """The podcasts that this server follows, by title: the only ones that its members may see."""
    bot = bot_of(interaction)
    return await list_podcasts(bot.db, await guild_podcast_ids(bot.db, guild_of(interaction)))


async def require_followed_podcasts(interaction: Interaction) -> list[Podcast]:
    """The podcasts that this server follows. Raises MemberError where there are none."""
    return await followed_podcasts(interaction) or _refuse_none_followed()


async def require_followed_ids(interaction: Interaction) -> frozenset[int]:
    """The ids of the podcasts that this server follows. Raises MemberError where there are none."""
    return await guild_podcast_ids(bot_of(interaction).db, guild_of(interaction)) or _refuse_none_followed()


async def destinations_of(interaction: Interaction, podcast: Podcast) -> list[Destination]:
    """Where this server announces a podcast."""
    destinations = await guild_destinations(bot_of(interaction).db, guild_of(interaction))
    return [one for one in destinations if one.podcast_id == podcast.id]


def _refuse_none_followed() -> NoReturn:
    raise MemberError(
        "This server follows no podcast yet; whoever may use `/podcast` here can add one with `/podcast add`."
    )


async def require_followed_episode(interaction: Interaction, episode_id: int) -> Episode:
    """The episode of this id, which may be forged. Raises MemberError unless this server follows its podcast."""
    bot = bot_of(interaction)
    episode = await get_episode(bot.db, episode_id)
    if episode is None or episode.podcast_id not in await guild_podcast_ids(bot.db, guild_of(interaction)):
        raise MemberError(NOT_FOLLOWED)
    return episode
