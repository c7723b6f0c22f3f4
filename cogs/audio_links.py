"""Whether the audio of a keyed feed is linked in the server that asks."""

from __future__ import annotations

from dataclasses import replace

from bot.discord_client.client import bot_of
from bot.quotes import Hit
from bot.shown_episodes import is_keyed
from cogs.access import Interaction, guild_of
from storage.models import Episode
from storage.tables.guild_podcasts import get_guild_podcast


async def as_linked_here(interaction: Interaction, episode: Episode) -> Episode:
    """The episode, marked where a moderator of this server lets its audio be linked."""
    if not is_keyed(episode):
        return episode
    chosen = await get_guild_podcast(bot_of(interaction).db, guild_of(interaction), episode.podcast_id)
    return replace(episode, audio_linked=chosen.audio)


async def hit_as_linked_here(interaction: Interaction, hit: Hit) -> Hit:
    """The same for a quote's episode."""
    return replace(hit, episode=await as_linked_here(interaction, hit.episode))
