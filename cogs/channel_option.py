"""The option that names a channel in which a podcast is announced, also one that Discord has no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.channel_names import NamedChannel, channels_named, labels, offered
from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.text import CHOICE_NAME, escaped
from cogs.access import Interaction, followed_podcasts, guild_of, may_manage_server
from cogs.command_options import CompletedOption, named_so_far
from storage.models import Destination, DestinationKind
from storage.tables.destinations import guild_destinations

SHOWN = 20


class DestinationChannelOption(CompletedOption):
    """A channel that announces the podcast of the option `podcast`, also where Discord has none any more."""

    async def transform(self, interaction: Interaction, value: str, /) -> str:  # noqa: ARG002 - the base's signature
        """What was typed: which channel it means depends on the podcast."""
        return value

    async def complete(self, interaction: Interaction, typed: str) -> Iterable[tuple[str, str]]:
        """The channels that announce the podcast, or any podcast while none is named."""
        named = await named_so_far(interaction, await followed_podcasts(interaction))
        podcasts = {one.id for one in named}
        there = await guild_destinations(bot_of(interaction).db, guild_of(interaction))
        mine = [one for one in there if one.podcast_id in podcasts and _may_know_of(interaction, one)]
        return offered(named_channels(interaction, mine), typed, CHOICE_NAME)


ChosenDestinationChannel = app_commands.Transform[str, DestinationChannelOption]


def named_channels(interaction: Interaction, destinations: Iterable[Destination]) -> list[NamedChannel]:
    """The channels of these destinations as Discord has them now, each once."""
    return list({one.channel_id: _named(interaction.guild, one) for one in destinations}.values())


def _may_know_of(interaction: Interaction, one: Destination) -> bool:
    """Whether Discord shows the member that the channel is there; one that is gone is no secret."""
    channel: Any = interaction.guild.get_channel_or_thread(one.channel_id) if interaction.guild else None
    if channel is None or may_manage_server(interaction):
        return True
    return bool(channel.permissions_for(interaction.user).view_channel)


def _named(guild: discord.Guild | None, one: Destination) -> NamedChannel:
    channel: Any = guild.get_channel_or_thread(one.channel_id) if guild else None
    is_thread = one.kind is DestinationKind.THREAD
    if channel is None:
        return NamedChannel(one.channel_id, is_thread=is_thread)
    within = channel.parent if isinstance(channel, discord.Thread) else channel.category
    return NamedChannel(one.channel_id, channel.name, within.name if within else None, is_thread)


def shown_channels(interaction: Interaction, destinations: Sequence[Destination]) -> str:
    """These channels as a text shows them: mentions, and what is gone in words, as its mention would say nothing."""
    channels = named_channels(interaction, destinations)
    called = labels(channels, CHOICE_NAME)
    # What Discord has no name for is called by its id alone.
    shown = [f"<#{one.id}>" if one.name is not None else called[one.id] for one in channels[:SHOWN]]
    more = f" and {len(channels) - SHOWN} more" if len(channels) > SHOWN else ""
    return ", ".join(shown) + more


def destination_named(
    interaction: Interaction, destinations: Sequence[Destination], typed: str, title: str
) -> Destination:
    """The one of a podcast's destinations that is meant. Raises MemberError unless it is one of them.

    `title` is the podcast's, as it is shown.
    """
    meant = channels_named(named_channels(interaction, destinations), typed, CHOICE_NAME)
    there = shown_channels(interaction, destinations)
    if not meant:
        raise MemberError(
            f"{title} is not announced in “{escaped(typed, CHOICE_NAME)}”. It is announced in {there}: "
            "name one of these."
        )
    if len(meant) > 1:
        raise MemberError(
            f"“{escaped(typed, CHOICE_NAME)}” may be several of the channels in which {title} is announced: "
            "choose one of those that are offered."
        )
    return next(one for one in destinations if one.channel_id == meant[0].id)
