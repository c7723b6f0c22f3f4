"""The preview of an announcement, which the moderator alone sees."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.discord_client.client import bot_of
from bot.present.announcement import announcement_post, plain_post
from bot.present.buttons import NO_DELIVERY
from cogs.access import Interaction
from storage.models import Looks

BAD_REQUEST = 400


async def send_preview(interaction: Interaction, episode_id: int, looks: Looks) -> None:
    """Send it as a follow-up that mentions nobody; in its plain form where Discord refuses the rich one."""
    what = await bot_of(interaction).announcements.load(episode_id)
    if what is None:
        return
    quiet = replace(looks, role_id=None)
    try:
        shown = announcement_post(what, quiet, delivery_id=NO_DELIVERY)
        await interaction.followup.send(**shown.to_send(), ephemeral=True)
    except discord.HTTPException as error:
        if error.status != BAD_REQUEST:
            raise
        shown = plain_post(what, quiet, delivery_id=NO_DELIVERY)
        await interaction.followup.send(**shown.to_send(), ephemeral=True)
