"""`/podcast remove`: end announcing a podcast in one channel or in all, and bring back what that took away."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.settings_buttons import (
    BRING_BACK_ID,
    REMOVE_FROM_ID,
    REMOVE_ID,
    bring_back_button,
    moment_of,
    remove_buttons,
)
from bot.present.text import CONTENT, NO_MENTIONS, cut, escaped
from bot.subscriptions import NO_LONGER_FOLLOWS, NOTHING_TO_BRING_BACK
from bot.text.plurals import counted
from bot.upkeep import KEPT
from cogs.access import NOT_FOLLOWED, Interaction, defer, destinations_of, guild_of
from cogs.authority import signer_of
from cogs.buttons import SettingsButton
from cogs.channel_option import ChosenDestinationChannel, destination_named, shown_channels
from cogs.command_options import FollowedPodcast
from storage.models import Destination, Podcast, Removal
from storage.tables.destinations import get_destination, waiting_deliveries
from storage.tables.podcasts import get_podcast

TITLE = 120


class PodcastRemoval(commands.Cog):
    """The part of the command group `podcast` that removes."""

    @app_commands.command(description="Stop announcing a podcast, in one channel or in this server")
    @app_commands.describe(
        podcast="The podcast",
        channel="Only in this channel, also one that is deleted; in all channels when you name none",
    )
    async def remove(
        self,
        interaction: Interaction,
        podcast: FollowedPodcast,
        channel: ChosenDestinationChannel | None = None,
    ) -> None:
        """Ask whether to stop, and say what that ends."""
        there = await destinations_of(interaction, podcast)
        if not there:
            raise MemberError(NOT_FOLLOWED)
        one = destination_named(interaction, there, channel, _title(podcast)) if channel else None
        going = there if one is None else [one]
        waiting = await waiting_deliveries(bot_of(interaction).db, [each.id for each in going])
        staying = [each for each in there if each not in going]
        await interaction.response.send_message(
            cut(_question(interaction, podcast, going, staying, waiting), CONTENT),
            view=remove_buttons(await signer_of(interaction), podcast.id, one.id if one else None),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


def _title(podcast: Podcast) -> str:
    return f"**{escaped(podcast.title, TITLE)}**"


def _question(
    interaction: Interaction,
    podcast: Podcast,
    going: Sequence[Destination],
    staying: Sequence[Destination],
    waiting: int,
) -> str:
    """What stopping ends, and what stays."""
    title = _title(podcast)
    lines = [f"Stop announcing {title} in {shown_channels(interaction, going)}?"]
    if staying:
        lines.append(
            f"It stays in {shown_channels(interaction, staying)}. Members who can view none of these channels find "
            "nothing of it any more."
        )
    else:
        lines.append("It can't be searched from this server any more.")
    if waiting:
        lines.append(
            f"{counted(waiting, 'announcement')} that {'wait' if waiting > 1 else 'waits'} will not be sent."
        )
    lines.append(
        f"What was posted stays. The settings are kept for {KEPT.days} days: until then it can be brought back."
    )
    return "\n".join(lines)


async def _ended(interaction: Interaction, podcast_id: int, destination_id: int | None = None) -> None:
    """Stop, and show in place of the question what was removed, with the button that brings it back."""
    bot, guild_id = bot_of(interaction), guild_of(interaction)
    podcast = await get_podcast(bot.db, podcast_id)
    removal = await bot.subscriptions.stop(guild_id, podcast_id, destination_id)
    if podcast is None or not removal.destinations:
        await _instead(interaction, NOT_FOLLOWED if destination_id is None else NO_LONGER_FOLLOWS)
        return
    view = bring_back_button(await signer_of(interaction), podcast_id, removal.at)
    await _instead(interaction, _removed_text(interaction, podcast, removal), view)


def _removed_text(interaction: Interaction, podcast: Podcast, removal: Removal) -> str:
    given_up = f" {counted(removal.waiting, 'announcement')} will not be sent." if removal.waiting else ""
    where = shown_channels(interaction, removal.destinations)
    return (
        f"{_title(podcast)} is not announced in {where} any more.{given_up}\n"
        f"For {KEPT.days} days **Bring back** undoes that, and `/podcast add` in the same channel brings back its "
        "settings. What comes out until then is not announced."
    )


async def _instead(interaction: Interaction, text: str, view: discord.ui.View | None = None) -> None:
    """Show this in place of the message with the button."""
    await interaction.edit_original_response(
        content=cut(text, CONTENT), view=view, allowed_mentions=NO_MENTIONS
    )


class RemoveButton(SettingsButton, template=REMOVE_ID):
    """The two answers to the question whether to stop following in a server."""

    async def change(self, interaction: Interaction) -> None:
        """Stop following, or keep it."""
        podcast_id, sure = self.ids
        await defer(interaction, thinking=False)
        podcast = await get_podcast(bot_of(interaction).db, podcast_id)
        if podcast is None or not await destinations_of(interaction, podcast):
            await _instead(interaction, NOT_FOLLOWED)
        elif sure:
            await _ended(interaction, podcast_id)
        else:
            await _instead(interaction, f"{_title(podcast)} stays.")


class RemoveFromButton(SettingsButton, template=REMOVE_FROM_ID):
    """The two answers to the question whether to stop following in one channel."""

    async def change(self, interaction: Interaction) -> None:
        """Stop announcing there, or keep it."""
        destination_id, sure = self.ids
        await defer(interaction, thinking=False)
        db = bot_of(interaction).db
        one = await get_destination(db, destination_id)
        podcast = await get_podcast(db, one.podcast_id) if one else None
        if one is None or podcast is None or one.guild_id != guild_of(interaction):
            await _instead(interaction, NO_LONGER_FOLLOWS)
        elif sure:
            await _ended(interaction, podcast.id, one.id)
        else:
            await _instead(interaction, f"{_title(podcast)} stays in {shown_channels(interaction, [one])}.")


class BringBackButton(SettingsButton, template=BRING_BACK_ID):
    """`Bring back`, below what was removed."""

    async def change(self, interaction: Interaction) -> None:
        """Let the channels follow again, as they did."""
        podcast_id, moment = self.ids
        removed_at = moment_of(moment)
        if removed_at is None:
            raise MemberError(NOTHING_TO_BRING_BACK)
        await defer(interaction, thinking=False)
        bot = bot_of(interaction)
        back = await bot.subscriptions.bring_back(
            guild_of(interaction), podcast_id, removed_at, member_id=interaction.user.id
        )
        podcast = await get_podcast(bot.db, podcast_id)
        await _instead(
            interaction,
            f"{_title(podcast) if podcast else 'It'} is announced in {shown_channels(interaction, back)} again, with "
            "the settings that it had. What came out in between is not announced.",
        )
