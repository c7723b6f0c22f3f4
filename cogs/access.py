"""What a member may see, by the channels that they can view."""

from __future__ import annotations

from typing import Any, NoReturn

import discord
from discord import app_commands

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import ALREADY_ANSWERED, MemberError
from bot.present.visibility import Viewer, readers_may_see, sees
from storage.models import Destination, Episode, Podcast
from storage.tables.destinations import guild_destinations, guild_podcast_ids
from storage.tables.episodes import get_episode
from storage.tables.guild_podcasts import podcast_sources
from storage.tables.podcasts import list_podcasts

NOT_FOLLOWED = "This server does not follow that podcast any more."
NONE_FOLLOWED = (
    "This server follows no podcast yet; whoever may use `/podcast` here can add one with `/podcast add`."
)
# True and the same whether there is none or none that this member sees.
NONE_VISIBLE = NONE_FOLLOWED.replace("no podcast yet", "no podcast yet that you can see")
NOT_TOLD_YET = "Discord has not told me yet who can view which channel of this server; try again in a minute."

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


def _viewer(interaction: Interaction) -> Viewer:
    """The member, and what Discord says of them."""
    guild, member, here = interaction.guild, interaction.user, interaction.channel
    if guild is None or not isinstance(member, discord.Member):
        raise app_commands.NoPrivateMessage
    ids = {interaction.channel_id, here.parent_id if isinstance(here, discord.Thread) else None}
    return Viewer(
        member, frozenset(one for one in ids if one is not None), interaction.permissions.administrator
    )


async def visible_ids(interaction: Interaction) -> frozenset[int]:
    """The podcasts of this server that the member sees: all that any answer to them may speak of.

    Raises MemberError while Discord has not told the server's channels and roles.
    """
    viewer = _viewer(interaction)
    sources = await podcast_sources(bot_of(interaction).db, guild_of(interaction))
    # Every server has @everyone.
    if sources and viewer.member.guild.get_role(viewer.member.guild.id) is None:
        raise MemberError(NOT_TOLD_YET)
    return frozenset(podcast_id for podcast_id, one in sources.items() if sees(viewer, one))


async def visible_podcasts(interaction: Interaction) -> list[Podcast]:
    """The podcasts of this server that the member sees, by title."""
    return await list_podcasts(bot_of(interaction).db, await visible_ids(interaction))


async def require_visible_ids(interaction: Interaction) -> frozenset[int]:
    """The podcasts of this server that the member sees. Raises MemberError where there are none."""
    return await visible_ids(interaction) or _refuse(NONE_VISIBLE)


async def require_visible_podcasts(interaction: Interaction) -> list[Podcast]:
    """The podcasts of this server that the member sees, by title. Raises MemberError where there are none."""
    return await visible_podcasts(interaction) or _refuse(NONE_VISIBLE)


async def require_visible_episode(interaction: Interaction, episode_id: int) -> Episode:
    """The episode of this id, which may be forged. Raises MemberError unless the member sees its podcast."""
    episode = await get_episode(bot_of(interaction).db, episode_id)
    if episode is None or episode.podcast_id not in await visible_ids(interaction):
        raise MemberError(NOT_FOLLOWED)
    return episode


async def followed_podcasts(interaction: Interaction) -> list[Podcast]:
    """The podcasts that a moderator may choose settings for, by title: with Manage Server all that are followed here.

    Others whom the server lets use these commands choose among those that they see.
    """
    if not may_manage_server(interaction):
        return await visible_podcasts(interaction)
    bot = bot_of(interaction)
    return await list_podcasts(bot.db, await guild_podcast_ids(bot.db, guild_of(interaction)))


async def require_followed_podcasts(interaction: Interaction) -> list[Podcast]:
    """The podcasts that a moderator may choose settings for. Raises MemberError where there are none."""
    return await followed_podcasts(interaction) or _refuse(NONE_FOLLOWED)


async def may_be_shared_here(interaction: Interaction, podcast_id: int) -> bool:
    """Whether all who can view this channel see the podcast."""
    sources = await podcast_sources(bot_of(interaction).db, guild_of(interaction))
    channel = interaction.channel
    return (
        podcast_id in sources
        and isinstance(channel, discord.abc.GuildChannel | discord.Thread)
        and readers_may_see(channel, sources[podcast_id])
    )


async def destinations_of(interaction: Interaction, podcast: Podcast) -> list[Destination]:
    """Where this server announces a podcast."""
    destinations = await guild_destinations(bot_of(interaction).db, guild_of(interaction))
    return [one for one in destinations if one.podcast_id == podcast.id]


def _refuse(sentence: str) -> NoReturn:
    raise MemberError(sentence)


def may_manage_server(interaction: Interaction) -> bool:
    """Whether the member has Manage Server: Discord sends their permissions with every interaction."""
    return interaction.permissions.manage_guild or interaction.permissions.administrator
