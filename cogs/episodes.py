"""`/episode` and `/chapters`: what an episode is about, and where in it."""

from __future__ import annotations

import asyncio
import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.buttons import CHAPTERS_ID, TRANSCRIPT_ID, episode_buttons
from bot.present.cards import chapters_cards, episode_card
from bot.present.text import NO_MENTIONS
from bot.present.transcript import transcript_file, transcript_name
from cogs.command_options import (
    Choices,
    Interaction,
    TellingButton,
    episode_choices,
    episode_named,
    followed_episode,
    followed_or_tell,
    podcast_choices,
    podcast_named,
)
from storage.models import Episode
from storage.tables.episodes import chapters_of, list_episodes
from storage.tables.transcripts import episode_turns


class Episodes(commands.Cog):
    """Looking at episodes."""

    @app_commands.command(description="Show the newest episode, or the one you name: notes, chapters, links")
    @app_commands.describe(podcast="Of this podcast", episode="This episode instead of the newest")
    @app_commands.guild_only()
    async def episode(
        self, interaction: Interaction, podcast: str | None = None, episode: str | None = None
    ) -> None:
        """Show an episode."""
        bot = bot_of(interaction)
        podcasts = await followed_or_tell(interaction)
        if podcast:
            podcasts = [podcast_named(podcasts, podcast)]
        ids = [one.id for one in podcasts]
        if episode:
            found = await episode_named(bot, ids, episode)
        else:
            newest = await list_episodes(bot.db, ids, limit=1)
            if not newest:
                raise MemberError("No episode is stored yet.")
            found = newest[0]
        chapters = (await chapters_of(bot.db, [found.id]))[found.id]
        await interaction.response.send_message(
            embed=episode_card(found, chapters), view=episode_buttons(found), allowed_mentions=NO_MENTIONS
        )

    @app_commands.command(description="List an episode's chapters, each with a link that plays there")
    @app_commands.describe(episode="The episode")
    @app_commands.guild_only()
    async def chapters(self, interaction: Interaction, episode: str) -> None:
        """Show an episode's chapters."""
        podcasts = await followed_or_tell(interaction)
        found = await episode_named(bot_of(interaction), [one.id for one in podcasts], episode)
        await _send_chapters(interaction, found, ephemeral=False)

    @episode.autocomplete("podcast")
    async def _podcasts(self, interaction: Interaction, typed: str) -> Choices:
        return await podcast_choices(interaction, typed)

    @episode.autocomplete("episode")
    @chapters.autocomplete("episode")
    async def _episodes(self, interaction: Interaction, typed: str) -> Choices:
        return await episode_choices(interaction, typed)


async def _send_chapters(interaction: Interaction, episode: Episode, *, ephemeral: bool) -> None:
    chapters = (await chapters_of(bot_of(interaction).db, [episode.id]))[episode.id]
    first, *others = chapters_cards(episode, chapters)
    await interaction.response.send_message(
        embed=first, view=episode_buttons(episode), ephemeral=ephemeral, allowed_mentions=NO_MENTIONS
    )
    for card in others:
        await interaction.followup.send(embed=card, ephemeral=ephemeral, allowed_mentions=NO_MENTIONS)


class AllChapters(TellingButton, template=CHAPTERS_ID):
    """The button below an announcement that every announcement has."""

    async def answer(self, interaction: Interaction) -> None:
        """Show all chapters to the member who pressed; the notes, where there are none."""
        episode = await followed_episode(interaction, self.ids[0])
        if episode.chapter_count:
            await _send_chapters(interaction, episode, ephemeral=True)
            return
        await interaction.response.send_message(
            embed=episode_card(episode, ()),
            view=episode_buttons(episode),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


class Transcript(TellingButton, template=TRANSCRIPT_ID):
    """The button below an announcement that gives the transcript."""

    async def answer(self, interaction: Interaction) -> None:
        """Send it as a file to the member who pressed."""
        episode = await followed_episode(interaction, self.ids[0])
        # A long transcript is read page by page, and a file takes its time to go up.
        await interaction.response.defer(ephemeral=True, thinking=True)
        turns = await episode_turns(bot_of(interaction).db, episode.id)
        if not turns:
            raise MemberError("This episode has no transcript any more.")
        text = await asyncio.to_thread(transcript_file, episode, turns)
        await interaction.followup.send(
            file=discord.File(io.BytesIO(text), filename=transcript_name(episode)),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


async def setup(bot: Earmark) -> None:
    """Load the commands and buttons of this file."""
    await bot.add_cog(Episodes())
    bot.add_dynamic_items(AllChapters, Transcript)
