"""`/episode` and `/chapters`: what an episode is about, and where in it; told to the one who asks alone."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.buttons import CHAPTERS_ID, TRANSCRIPT_ID, episode_buttons
from bot.present.cards import chapters_cards, episode_card
from bot.present.text import NO_MENTIONS
from bot.present.transcript import transcript_file, transcript_name
from cogs.access import Interaction, defer, require_visible_episode, require_visible_ids
from cogs.audio_links import as_linked_here
from cogs.buttons import StatelessButton
from cogs.command_options import ChosenEpisode, ChosenPodcast
from storage.models import Chapter, Episode
from storage.tables.episodes import chapters_of, list_episodes
from storage.tables.transcripts import episode_turns


class Episodes(commands.Cog):
    """The commands that show an episode."""

    @app_commands.command(description="Show the newest episode, or the one you name: notes, chapters, links")
    @app_commands.describe(podcast="Of this podcast", episode="This episode instead of the newest")
    @app_commands.guild_only()
    async def episode(
        self,
        interaction: Interaction,
        podcast: ChosenPodcast | None = None,
        episode: ChosenEpisode | None = None,
    ) -> None:
        """Show an episode."""
        db = bot_of(interaction).db
        if episode is None:
            ids = [podcast.id] if podcast else await require_visible_ids(interaction)
            newest = await list_episodes(db, ids, limit=1)
            if not newest:
                raise MemberError("No episode is stored yet.")
            episode = newest[0]
        await _send_episode(interaction, episode, (await chapters_of(db, [episode.id]))[episode.id])

    @app_commands.command(description="List an episode's chapters, each with a link that plays there")
    @app_commands.describe(episode="The episode")
    @app_commands.guild_only()
    async def chapters(self, interaction: Interaction, episode: ChosenEpisode) -> None:
        """Show an episode's chapters."""
        await _send_chapters(interaction, episode)


async def _send_episode(interaction: Interaction, episode: Episode, chapters: Sequence[Chapter]) -> None:
    episode = await as_linked_here(interaction, episode)
    await interaction.response.send_message(
        embed=episode_card(episode, chapters),
        view=episode_buttons(episode),
        ephemeral=True,
        allowed_mentions=NO_MENTIONS,
    )


async def _send_chapters(interaction: Interaction, episode: Episode) -> None:
    episode = await as_linked_here(interaction, episode)
    chapters = (await chapters_of(bot_of(interaction).db, [episode.id]))[episode.id]
    first, *others = chapters_cards(episode, chapters)
    await interaction.response.send_message(
        embed=first, view=episode_buttons(episode), ephemeral=True, allowed_mentions=NO_MENTIONS
    )
    for card in others:
        await interaction.followup.send(embed=card, ephemeral=True, allowed_mentions=NO_MENTIONS)


class ChaptersButton(StatelessButton, template=CHAPTERS_ID):
    """`Chapters` or `Notes`: the button that every announcement has."""

    async def answer(self, interaction: Interaction) -> None:
        """Show all chapters to the member who pressed, or the notes where there are no chapters."""
        episode = await require_visible_episode(interaction, self.ids[0])
        if episode.chapter_count:
            await _send_chapters(interaction, episode)
        else:
            await _send_episode(interaction, episode, ())


class TranscriptButton(StatelessButton, template=TRANSCRIPT_ID):
    """`Transcript`, below an announcement."""

    async def answer(self, interaction: Interaction) -> None:
        """Send it as a file to the member who pressed."""
        episode = await require_visible_episode(interaction, self.ids[0])
        # A long transcript is read in pages, and uploading the file takes a while.
        await defer(interaction)
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
    bot.add_dynamic_items(ChaptersButton, TranscriptButton)
